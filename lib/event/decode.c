/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frame to event, row by row of the field table. Every byte may be hostile: checksums keep out
 * accidents, not people. What a later version may have written (fields, enumerators, gap bits that
 * are not known here) is passed over; all else that is not as wire.h says is MALFORMED.
 */
#include "base/hash.h"
#include "event/codec.h"
#include "event/fields.h"
#include "event/wire.h"

struct field {
    uint64_t id;
    unsigned wire;
    uint64_t number;    /* VARINT, FIXED64 */
    struct slice bytes; /* BYTES */
};

/* Nearly all are of one byte. The copy keeps the reader itself out of memory. */
static inline uint64_t take_varint(struct reader *r)
{
    if (reader_left(r) > 0 && r->at[0] < 0x80)
        return reader_u8(r);
    struct reader copy = *r;
    uint64_t value = reader_varint(&copy);
    *r = copy;
    return value;
}

/* The next field; false when the body is not one. */
static inline bool take_field(struct reader *r, struct field *f)
{
    uint64_t tag = take_varint(r);
    *f = (struct field){.id = tag >> 2, .wire = tag & 3};
    if (f->wire == WIRE_VARINT)
        f->number = take_varint(r);
    else if (f->wire == WIRE_FIXED64)
        f->number = reader_le64(r);
    else if (f->wire == WIRE_BYTES)
        f->bytes = reader_bytes(r, take_varint(r));
    else
        reader_fail(r);
    return reader_ok(r);
}

static enum status take_number(uint64_t *to, const struct field *f)
{
    *to = f->number;
    return f->number <= INT64_MAX ? STATUS_OK : STATUS_MALFORMED;
}

static enum status take_duration(int64_t *to, const struct field *f)
{
    *to = (int64_t)f->number;
    return f->number <= INT64_MAX ? STATUS_OK : STATUS_MALFORMED;
}

static enum status take_part(uint32_t *to, const struct field *f)
{
    *to = (uint32_t)f->number;
    return f->number <= UINT32_MAX ? STATUS_OK : STATUS_MALFORMED;
}

/* An enumerator; one that is not known here is 0, which every table keeps for that. */
static unsigned enumerator(const struct field *f, unsigned count)
{
    return f->number < count ? (unsigned)f->number : 0;
}

/* STATUS_OK when all of the field was read and nothing more. */
static enum status whole(const struct reader *r)
{
    return reader_ok(r) && reader_left(r) == 0 ? STATUS_OK : STATUS_MALFORMED;
}

static enum status take_address(struct event_address *to, const struct field *f)
{
    struct reader r = reader_of(f->bytes);
    to->family = reader_u8(&r);
    if (to->family != 0 && to->family != 4 && to->family != 6)
        return STATUS_MALFORMED;
    size_t len = to->family == 4 ? 4 : to->family == 6 ? sizeof to->ip : 0;
    struct slice ip = reader_bytes(&r, len);
    if (ip.len > 0)
        memcpy(to->ip, ip.ptr, ip.len);
    to->port = reader_le16(&r);
    return whole(&r);
}

static struct slice take_slice(struct reader *r)
{
    return reader_bytes(r, take_varint(r));
}

/* A count of things that take at least one byte each, so that a wrong count costs no memory. */
static size_t take_count(struct reader *r, size_t max)
{
    uint64_t count = take_varint(r);
    if (count > max || count > reader_left(r))
        reader_fail(r);
    return reader_ok(r) ? (size_t)count : 0;
}

static enum status take_object(struct event_object *object, struct reader *r, struct arena *arena)
{
    object->name = take_slice(r);
    object->column_count = take_count(r, EVENT_MAX_COLUMNS);
    if (object->column_count == 0)
        return STATUS_OK;
    struct slice *columns = arena_array(arena, object->column_count, sizeof *columns);
    if (!columns)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < object->column_count; i++)
        columns[i] = take_slice(r);
    object->columns = columns;
    return STATUS_OK;
}

static enum status take_objects(struct event *e, const struct field *f, struct arena *arena)
{
    struct reader r = reader_of(f->bytes);
    size_t count = take_count(&r, EVENT_MAX_OBJECTS);
    if (count == 0)
        return STATUS_MALFORMED;
    struct event_object *objects = arena_array(arena, count, sizeof *objects);
    if (!objects)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = take_object(&objects[i], &r, arena);
    e->objects = objects;
    e->object_count = count;
    return status == STATUS_OK ? whole(&r) : status;
}

static enum status take_error(struct event *e, const struct field *f)
{
    struct reader r = reader_of(f->bytes);
    e->error_code = take_slice(&r);
    e->error_text = reader_rest(&r);
    return whole(&r);
}

static enum status take_classes(uint64_t classes[EVENT_CLASSES], const struct field *f)
{
    struct reader r = reader_of(f->bytes);
    for (unsigned i = 0; i < EVENT_CLASSES; i++) {
        classes[i] = take_varint(&r);
        if (classes[i] > INT64_MAX)
            return STATUS_MALFORMED;
    }
    return whole(&r);
}

static enum status take_keys(struct event *e, const struct field *f, struct arena *arena)
{
    enum { HASH = sizeof e->keys->hash };
    struct reader r = reader_of(f->bytes);
    size_t count = f->bytes.len / HASH;
    if (count == 0 || count > EVENT_MAX_KEYS || f->bytes.len % HASH != 0)
        return STATUS_MALFORMED;
    struct event_subject *keys = arena_array(arena, count, sizeof *keys);
    if (!keys)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        memcpy(keys[i].hash, reader_bytes(&r, HASH).ptr, HASH);
    e->keys = keys;
    e->key_count = count;
    return STATUS_OK;
}

/* The keys stand before the numbers, in this call's arena, so they may be written to. */
static enum status take_numbers(struct event *e, const struct field *f)
{
    struct event_subject *keys = (struct event_subject *)e->keys;
    struct reader r = reader_of(f->bytes);
    size_t next = 0;
    while (reader_left(&r) > 0) {
        uint64_t step = take_varint(&r);
        if (step >= e->key_count - next)
            return STATUS_MALFORMED;
        struct event_subject *key = &keys[next + step];
        key->number = take_varint(&r);
        key->space = reader_le64(&r);
        key->has_number = true;
        next += step + 1;
    }
    return next > 0 ? whole(&r) : STATUS_MALFORMED;
}

#define TAKE_TIME(member)     (e->member = (int64_t)f->number, STATUS_OK)
#define TAKE_DURATION(member) take_duration(&e->member, f)
#define TAKE_SOURCE_KIND(member) \
    (e->member = (enum event_source_kind)enumerator(f, EVENT_SOURCE_COUNT), STATUS_OK)
#define TAKE_TEXT(member)    (e->member = f->bytes, STATUS_OK)
#define TAKE_SEQ(member)     take_number(&e->member, f)
#define TAKE_PART(member)    take_part(&e->member, f)
#define TAKE_ADDRESS(member) take_address(&e->member, f)
#define TAKE_ACTION(member) \
    (e->member = (enum event_action)enumerator(f, EVENT_ACTION_COUNT), STATUS_OK)
#define TAKE_STATEMENT(member) TAKE_TEXT(member)
#define TAKE_SHAPE(member)     (e->member = f->number, STATUS_OK)
#define TAKE_OBJECTS(member)   take_objects(e, f, arena)
#define TAKE_NUMBER(member)    take_number(&e->member, f)
#define TAKE_OUTCOME(member) \
    (e->member = (enum event_outcome)enumerator(f, EVENT_OUTCOME_COUNT), STATUS_OK)
#define TAKE_ERROR(member)   take_error(e, f)
#define TAKE_CLASSES(member) take_classes(e->member, f)
#define TAKE_KEYS(member)    take_keys(e, f, arena)
#define TAKE_NUMBERS(member) take_numbers(e, f)
#define TAKE_GAPS(member) \
    (e->member = (uint32_t)(f->number & ((UINT64_C(1) << EVENT_GAP_COUNT) - 1)), STATUS_OK)

static inline enum status apply_field(struct event *e, const struct field *f, struct arena *arena)
{
    switch (f->id) {
#define TAKE_FIELD(number, kind, member, bit, group, key) \
    case number:                                          \
        if (f->wire != WIRE_##kind)                       \
            return STATUS_MALFORMED;                      \
        e->known |= (uint32_t)(bit);                      \
        return TAKE_##kind(member);
        EVENT_FIELD_TABLE(TAKE_FIELD)
#undef TAKE_FIELD
    default:
        return STATUS_OK; /* of a later version */
    }
}

static enum status decode_body(struct reader body, struct event *e, struct arena *arena)
{
    struct field f;
    uint64_t last = 0;
    while (reader_left(&body) > 0) {
        if (!take_field(&body, &f) || f.id <= last)
            return STATUS_MALFORMED;
        last = f.id;
        enum status status = apply_field(e, &f, arena);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status check_frame(struct reader *r, struct slice *frame)
{
    struct slice all = slice_make(r->at, reader_left(r));
    uint8_t magic = reader_u8(r), version = reader_u8(r);
    uint32_t body = reader_le32(r);
    if (!reader_ok(r))
        return STATUS_TRUNCATED;
    if (magic != EVENT_FRAME_MAGIC ||
        body > EVENT_FRAME_MAX - EVENT_FRAME_HEADER - EVENT_FRAME_TRAILER)
        return STATUS_CORRUPT;
    if (version == 0 || version > EVENT_FRAME_VERSION)
        return STATUS_VERSION;
    reader_skip(r, body);
    uint32_t crc = reader_le32(r);
    if (!reader_ok(r))
        return STATUS_TRUNCATED;
    if (crc32c(0, slice_part(all, 0, EVENT_FRAME_HEADER + body)) != crc)
        return STATUS_CORRUPT;
    *frame = slice_part(all, 0, EVENT_FRAME_HEADER + body + EVENT_FRAME_TRAILER);
    return STATUS_OK;
}

enum status event_frame_next(struct reader *frames, struct slice *frame)
{
    *frame = (struct slice){NULL, 0};
    if (!reader_ok(frames))
        return STATUS_TRUNCATED;
    if (reader_left(frames) == 0)
        return STATUS_END;
    enum status status = check_frame(frames, frame);
    if (status != STATUS_OK)
        reader_fail(frames);
    return status;
}

enum status event_decode(struct reader *frames, struct event *e, struct arena *arena)
{
    struct slice frame;
    *e = (struct event){0};
    enum status status = event_frame_next(frames, &frame);
    if (status != STATUS_OK)
        return status;
    size_t body = frame.len - EVENT_FRAME_HEADER - EVENT_FRAME_TRAILER;
    return decode_body(reader_of(slice_part(frame, EVENT_FRAME_HEADER, body)), e, arena);
}
