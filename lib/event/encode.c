/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Event to frame, row by row of the field table. An upper bound of the size is reserved once; the
 * fields are then written without further tests.
 */
#include "base/hash.h"
#include "event/codec.h"
#include "event/fields.h"
#include "event/wire.h"

enum { VARINT_MAX = 10, SCALAR_MAX = 2 + VARINT_MAX };

struct out {
    uint8_t *at;
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline void put_varint(struct out *o, uint64_t value)
{
    while (value >= 0x80) {
        *o->at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *o->at++ = (uint8_t)value;
}

static inline void put_fixed(struct out *o, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *o->at++ = (uint8_t)(value >> (8 * i));
}

static inline void put_bytes(struct out *o, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(o->at, bytes, len);
    o->at += len;
}

static inline void put_slice(struct out *o, struct slice s)
{
    put_varint(o, s.len);
    put_bytes(o, s.ptr, s.len);
}

static inline void put_tag(struct out *o, unsigned id, enum wire wire)
{
    put_varint(o, id << 2 | (unsigned)wire);
}

/* A number that is there even when it is 0; counts end at what JSON readers can hold. */
static inline void put_number(struct out *o, unsigned id, uint64_t value)
{
    put_tag(o, id, WIRE_VARINT);
    put_varint(o, value < INT64_MAX ? value : INT64_MAX);
}

static inline void put_nonzero(struct out *o, unsigned id, uint64_t value)
{
    if (value != 0)
        put_number(o, id, value);
}

static inline void put_fixed64(struct out *o, unsigned id, uint64_t value)
{
    put_tag(o, id, WIRE_FIXED64);
    put_fixed(o, value, 8);
}

static inline void put_text(struct out *o, unsigned id, struct slice s)
{
    if (s.len == 0)
        return;
    put_tag(o, id, WIRE_BYTES);
    put_slice(o, s);
}

static size_t address_len(const struct event_address *a)
{
    return a->family == 4 ? 4 : a->family == 6 ? 16 : 0;
}

static void put_address(struct out *o, unsigned id, const struct event_address *a)
{
    size_t len = address_len(a);
    if (len == 0 && a->port == 0)
        return;
    put_tag(o, id, WIRE_BYTES);
    put_varint(o, 1 + len + 2);
    put_fixed(o, len ? a->family : 0, 1);
    put_bytes(o, a->ip, len);
    put_fixed(o, a->port, 2);
}

/* Writes the tag of a field whose length is known only after its value, and returns where the value
 * begins; close_part() puts the length before it. */
static uint8_t *open_part(struct out *o, unsigned id)
{
    put_tag(o, id, WIRE_BYTES);
    return o->at;
}

static void close_part(struct out *o, uint8_t *start)
{
    uint8_t length[VARINT_MAX];
    struct out l = {length};
    size_t len = (size_t)(o->at - start);
    put_varint(&l, len);
    size_t shift = (size_t)(l.at - length);
    memmove(start + shift, start, len);
    memcpy(start, length, shift);
    o->at += shift;
}

static void put_object(struct out *o, const struct event_object *object)
{
    size_t columns = least(object->column_count, EVENT_MAX_COLUMNS);
    put_slice(o, object->name);
    put_varint(o, columns);
    for (size_t i = 0; i < columns; i++)
        put_slice(o, object->columns[i]);
}

static void put_objects(struct out *o, unsigned id, const struct event *e)
{
    size_t count = least(e->object_count, EVENT_MAX_OBJECTS);
    if (count == 0)
        return;
    uint8_t *start = open_part(o, id);
    put_varint(o, count);
    for (size_t i = 0; i < count; i++)
        put_object(o, &e->objects[i]);
    close_part(o, start);
}

static void put_error(struct out *o, unsigned id, const struct event *e)
{
    if (e->error_code.len == 0 && e->error_text.len == 0)
        return;
    uint8_t *start = open_part(o, id);
    put_slice(o, e->error_code);
    put_bytes(o, e->error_text.ptr, e->error_text.len);
    close_part(o, start);
}

static void put_classes(struct out *o, unsigned id, const uint64_t classes[EVENT_CLASSES])
{
    if ((classes[0] | classes[1] | classes[2] | classes[3]) == 0)
        return;
    uint8_t *start = open_part(o, id);
    for (unsigned i = 0; i < EVENT_CLASSES; i++)
        put_varint(o, classes[i] < INT64_MAX ? classes[i] : INT64_MAX);
    close_part(o, start);
}

static void put_keys(struct out *o, unsigned id, const struct event *e)
{
    size_t count = least(e->key_count, EVENT_MAX_KEYS);
    if (count == 0)
        return;
    put_tag(o, id, WIRE_BYTES);
    put_varint(o, count * sizeof e->keys->hash);
    for (size_t i = 0; i < count; i++)
        put_bytes(o, e->keys[i].hash, sizeof e->keys[i].hash);
}

static void put_numbers(struct out *o, unsigned id, const struct event *e, unsigned flags)
{
    size_t count = least(e->key_count, EVENT_MAX_KEYS), next = 0;
    if (count == 0 || !(flags & EVENT_ENCODE_numbers))
        return;
    uint8_t *tag = o->at, *start = open_part(o, id);
    for (size_t i = 0; i < count; i++) {
        if (!e->keys[i].has_number)
            continue;
        put_varint(o, i - next);
        put_varint(o, e->keys[i].number);
        put_fixed(o, e->keys[i].space, 8);
        next = i + 1;
    }
    if (next == 0)
        o->at = tag;
    else
        close_part(o, start);
}

/* The gaps, with "limit" where an array is longer than what is written. */
static uint32_t gaps_of(const struct event *e)
{
    bool cut = e->object_count > EVENT_MAX_OBJECTS || e->key_count > EVENT_MAX_KEYS;
    for (size_t i = 0; !cut && i < e->object_count; i++)
        cut = e->objects[i].column_count > EVENT_MAX_COLUMNS;
    return cut ? e->gaps | EVENT_GAP_limit : e->gaps;
}

static size_t size_of_objects(const struct event *e)
{
    size_t size = SCALAR_MAX + VARINT_MAX;
    for (size_t i = 0; i < e->object_count && i < EVENT_MAX_OBJECTS; i++) {
        const struct event_object *object = &e->objects[i];
        size += 2 * VARINT_MAX + object->name.len;
        for (size_t k = 0; k < object->column_count && k < EVENT_MAX_COLUMNS; k++)
            size += VARINT_MAX + object->columns[k].len;
    }
    return size;
}

#define SIZE_TIME(member)        SCALAR_MAX
#define SIZE_DURATION(member)    SCALAR_MAX
#define SIZE_SOURCE_KIND(member) SCALAR_MAX
#define SIZE_TEXT(member)        (SCALAR_MAX + e->member.len)
#define SIZE_SEQ(member)         SCALAR_MAX
#define SIZE_PART(member)        SCALAR_MAX
#define SIZE_ADDRESS(member)     (SCALAR_MAX + 19)
#define SIZE_ACTION(member)      SCALAR_MAX
#define SIZE_STATEMENT(member)   SIZE_TEXT(member)
#define SIZE_SHAPE(member)       SCALAR_MAX
#define SIZE_OBJECTS(member)     size_of_objects(e)
#define SIZE_NUMBER(member)      SCALAR_MAX
#define SIZE_OUTCOME(member)     SCALAR_MAX
#define SIZE_ERROR(member)       (SCALAR_MAX + VARINT_MAX + e->error_code.len + e->error_text.len)
#define SIZE_CLASSES(member)     (SCALAR_MAX + EVENT_CLASSES * VARINT_MAX)
#define SIZE_KEYS(member)        (SCALAR_MAX + least(e->key_count, EVENT_MAX_KEYS) * 16)
#define SIZE_NUMBERS(member) \
    (SCALAR_MAX + least(e->key_count, EVENT_MAX_KEYS) * (2 * VARINT_MAX + 8))
#define SIZE_GAPS(member) SCALAR_MAX

static size_t size_of(const struct event *e)
{
    size_t size = EVENT_FRAME_HEADER + EVENT_FRAME_TRAILER;
#define SIZE_FIELD(id, kind, member, known, group, key) size += SIZE_##kind(member);
    EVENT_FIELD_TABLE(SIZE_FIELD)
#undef SIZE_FIELD
    return size;
}

#define PUT_TIME(id, member)        put_fixed64(o, id, (uint64_t)e->member)
#define PUT_DURATION(id, member)    put_number(o, id, e->member > 0 ? (uint64_t)e->member : 0)
#define PUT_SOURCE_KIND(id, member) put_nonzero(o, id, (uint64_t)e->member)
#define PUT_TEXT(id, member)        put_text(o, id, e->member)
#define PUT_SEQ(id, member)         put_nonzero(o, id, e->member)
#define PUT_PART(id, member)        put_number(o, id, e->member)
#define PUT_ADDRESS(id, member)     put_address(o, id, &e->member)
#define PUT_ACTION(id, member)      put_nonzero(o, id, (uint64_t)e->member)
#define PUT_STATEMENT(id, member)   put_text(o, id, e->member)
#define PUT_SHAPE(id, member)       put_fixed64(o, id, e->member)
#define PUT_OBJECTS(id, member)     put_objects(o, id, e)
#define PUT_NUMBER(id, member)      put_number(o, id, e->member)
#define PUT_OUTCOME(id, member)     put_nonzero(o, id, (uint64_t)e->member)
#define PUT_ERROR(id, member)       put_error(o, id, e)
#define PUT_CLASSES(id, member)     put_classes(o, id, e->member)
#define PUT_KEYS(id, member)        put_keys(o, id, e)
#define PUT_NUMBERS(id, member)     put_numbers(o, id, e, flags)
#define PUT_GAPS(id, member)        put_nonzero(o, id, gaps_of(e))

static void put_fields(struct out *o, const struct event *e, unsigned flags)
{
#define PUT_FIELD(id, kind, member, bit, group, key)     \
    if ((bit) == 0 || (e->known & (uint32_t)(bit)) != 0) \
        PUT_##kind(id, member);
    EVENT_FIELD_TABLE(PUT_FIELD)
#undef PUT_FIELD
}

enum status event_encode(struct buffer *to, const struct event *e, unsigned flags)
{
    size_t bound = size_of(e);
    if (bound > EVENT_FRAME_MAX)
        return STATUS_LIMIT;
    uint8_t *frame = buffer_reserve(to, bound);
    if (!frame)
        return buffer_status(to);
    struct out o = {frame + EVENT_FRAME_HEADER};
    put_fields(&o, e, flags);
    size_t before_crc = (size_t)(o.at - frame);
    struct out header = {frame};
    put_fixed(&header, EVENT_FRAME_MAGIC, 1);
    put_fixed(&header, EVENT_FRAME_VERSION, 1);
    put_fixed(&header, before_crc - EVENT_FRAME_HEADER, 4);
    put_fixed(&o, crc32c(0, slice_make(frame, before_crc)), EVENT_FRAME_TRAILER);
    buffer_extend(to, before_crc + EVENT_FRAME_TRAILER);
    return STATUS_OK;
}
