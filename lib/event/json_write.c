/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Event to JSON, row by row of the field table. What is not known is not printed.
 */
#include "base/json_write.h"

#include "base/clock.h"
#include "event/codec.h"
#include "event/fields.h"
#include "event/json.h"

#include <arpa/inet.h>

struct writing {
    struct json_writer json;
    const char *group; /* the object that is open inside the event's, "" for none */
};

static void close_group(struct writing *w)
{
    if (w->group[0] != '\0')
        json_write_object_close(&w->json);
    w->group = "";
}

static void open_group(struct writing *w, const char *group)
{
    if (group[0] == '\0')
        return;
    json_write_key(&w->json, group);
    json_write_object_open(&w->json);
    w->group = group;
}

/* The key of a field, inside the object of its group. */
static struct json_writer *put_key(struct writing *w, const char *group, const char *key)
{
    if (w->group != group && strcmp(w->group, group) != 0) {
        close_group(w);
        open_group(w, group);
    }
    json_write_key(&w->json, key);
    return &w->json;
}

static void put_hex(struct json_writer *json, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * 16];
    for (size_t i = 0; i < len && i < sizeof text / 2; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    json_write_string(json, slice_make(text, 2 * len));
}

static void write_time(struct writing *w, const char *group, const char *key, int64_t ns)
{
    char text[40];
    size_t len = time_format(ns, 9, text, sizeof text);
    json_write_string(put_key(w, group, key), slice_make(text, len));
}

/* Counts end at what a reader's signed number can hold. */
static void write_number(struct writing *w, const char *group, const char *key, uint64_t value)
{
    json_write_unsigned(put_key(w, group, key), value < INT64_MAX ? value : INT64_MAX);
}

static void write_text(struct writing *w, const char *group, const char *key, struct slice text)
{
    if (text.len > 0)
        json_write_string(put_key(w, group, key), text);
}

static void write_name(struct writing *w, const char *group, const char *key, const char *name)
{
    json_write_text(put_key(w, group, key), name);
}

static size_t format_ipv4(const uint8_t ip[4], char *to)
{
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            to[at++] = '.';
        if (ip[i] >= 100)
            to[at++] = (char)('0' + ip[i] / 100);
        if (ip[i] >= 10)
            to[at++] = (char)('0' + ip[i] / 10 % 10);
        to[at++] = (char)('0' + ip[i] % 10);
    }
    return at;
}

/* Empty where there is none; `to` has INET6_ADDRSTRLEN bytes. */
static struct slice format_ip(const struct event_address *a, char *to)
{
    if (a->family == 4)
        return slice_make(to, format_ipv4(a->ip, to));
    if (a->family == 6 && inet_ntop(AF_INET6, a->ip, to, INET6_ADDRSTRLEN))
        return slice_from(to);
    return (struct slice){0};
}

static void write_address(struct writing *w, const char *group, const char *key,
                          const struct event_address *a)
{
    char text[INET6_ADDRSTRLEN];
    struct slice ip = format_ip(a, text);
    if (ip.len == 0 && a->port == 0)
        return;
    struct json_writer *json = put_key(w, group, key);
    json_write_object_open(json);
    if (ip.len > 0) {
        json_write_key(json, "ip");
        json_write_string(json, ip);
    }
    if (a->port != 0) {
        json_write_key(json, "port");
        json_write_unsigned(json, a->port);
    }
    json_write_object_close(json);
}

static void write_params(struct json_writer *json, const struct event *e)
{
    json_write_array_open(json);
    for (size_t i = 0; i < e->param_count; i++) {
        if (e->params[i].null)
            json_write_null(json);
        else
            json_write_string(json, e->params[i].text);
    }
    json_write_array_close(json);
}

/* A clear statement always has its `params`, if only an empty array: a reader knows it by them. */
static void write_statement(struct writing *w, const char *group, const char *key,
                            const struct event *e, bool clear)
{
    if (!clear || e->clear.len == 0) {
        write_text(w, group, key, e->statement);
        return;
    }
    write_text(w, group, key, e->clear);
    write_params(put_key(w, group, "params"), e);
}

static void write_shape(struct writing *w, const char *group, const char *key, uint64_t shape)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(shape >> (56 - 8 * i));
    put_hex(put_key(w, group, key), bytes, sizeof bytes);
}

static void write_object(struct json_writer *json, const struct event_object *object)
{
    json_write_object_open(json);
    json_write_key(json, "name");
    json_write_string(json, object->name);
    if (object->column_count > 0) {
        json_write_key(json, "columns");
        json_write_array_open(json);
        for (size_t i = 0; i < object->column_count; i++)
            json_write_string(json, object->columns[i]);
        json_write_array_close(json);
    }
    json_write_object_close(json);
}

static void write_objects(struct writing *w, const char *group, const char *key,
                          const struct event *e)
{
    if (e->object_count == 0)
        return;
    struct json_writer *json = put_key(w, group, key);
    json_write_array_open(json);
    for (size_t i = 0; i < e->object_count; i++)
        write_object(json, &e->objects[i]);
    json_write_array_close(json);
}

/* "code: text", or the one that is there. */
static void write_error(struct writing *w, const char *group, const char *key,
                        const struct event *e)
{
    if (e->error_code.len == 0 || e->error_text.len == 0) {
        write_text(w, group, key, e->error_code.len > 0 ? e->error_code : e->error_text);
        return;
    }
    struct buffer both;
    buffer_init(&both, EVENT_FRAME_MAX);
    buffer_append_slice(&both, e->error_code);
    buffer_append_text(&both, ": ");
    buffer_append_slice(&both, e->error_text);
    write_text(w, group, key, buffer_status(&both) ? e->error_code : buffer_slice(&both));
    buffer_release(&both);
}

static void write_classes(struct writing *w, const char *group, const char *key,
                          const uint64_t classes[EVENT_CLASSES])
{
    static const char *const names[EVENT_CLASSES] = {"C0", "C1", "C2", "C3"};
    if ((classes[0] | classes[1] | classes[2] | classes[3]) == 0)
        return;
    struct json_writer *json = put_key(w, group, key);
    json_write_object_open(json);
    for (unsigned i = 0; i < EVENT_CLASSES; i++) {
        if (classes[i] == 0)
            continue;
        json_write_key(json, names[i]);
        json_write_unsigned(json, classes[i] < INT64_MAX ? classes[i] : INT64_MAX);
    }
    json_write_object_close(json);
}

static void write_keys(struct writing *w, const char *group, const char *key, const struct event *e)
{
    if (e->key_count == 0)
        return;
    struct json_writer *json = put_key(w, group, key);
    json_write_array_open(json);
    for (size_t i = 0; i < e->key_count; i++)
        put_hex(json, e->keys[i].hash, sizeof e->keys[i].hash);
    json_write_array_close(json);
}

static void write_gaps(struct writing *w, const char *group, const char *key, uint32_t gaps)
{
    if (gaps == 0)
        return;
    struct json_writer *json = put_key(w, group, key);
    json_write_array_open(json);
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (gaps >> i & 1)
            json_write_text(json, event_gap_name(i));
    json_write_array_close(json);
}

#define WRITE_TIME(member, group, key) write_time(w, group, key, e->member)
#define WRITE_DURATION(member, group, key) \
    write_number(w, group, key, e->member > 0 ? (uint64_t)e->member : 0)
#define WRITE_SOURCE_KIND(member, group, key) \
    if (e->member != EVENT_SOURCE_unknown)    \
    write_name(w, group, key, event_source_kind_name(e->member))
#define WRITE_TEXT(member, group, key) write_text(w, group, key, e->member)
#define WRITE_SEQ(member, group, key) \
    if (e->member != 0)               \
    write_number(w, group, key, e->member)
#define WRITE_PART(member, group, key)      write_number(w, group, key, e->member)
#define WRITE_ADDRESS(member, group, key)   write_address(w, group, key, &e->member)
#define WRITE_ACTION(member, group, key)    write_name(w, group, key, event_action_name(e->member))
#define WRITE_STATEMENT(member, group, key) write_statement(w, group, key, e, clear)
#define WRITE_SHAPE(member, group, key)     write_shape(w, group, key, e->member)
#define WRITE_OBJECTS(member, group, key)   write_objects(w, group, key, e)
#define WRITE_NUMBER(member, group, key)    write_number(w, group, key, e->member)
#define WRITE_OUTCOME(member, group, key)   write_name(w, group, key, event_outcome_name(e->member))
#define WRITE_ERROR(member, group, key)     write_error(w, group, key, e)
#define WRITE_CLASSES(member, group, key)   write_classes(w, group, key, e->member)
#define WRITE_KEYS(member, group, key)      write_keys(w, group, key, e)
#define WRITE_NUMBERS(member, group, key)   (void)0 /* never shown */
#define WRITE_GAPS(member, group, key)      write_gaps(w, group, key, e->member)

static void write_fields(struct writing *w, const struct event *e, bool clear)
{
#define WRITE_FIELD(id, kind, member, bit, group, key)     \
    if ((bit) == 0 || (e->known & (uint32_t)(bit)) != 0) { \
        WRITE_##kind(member, group, key);                  \
    }
    EVENT_FIELD_TABLE(WRITE_FIELD)
#undef WRITE_FIELD
}

enum status event_to_json(struct buffer *to, const struct event *e, bool clear)
{
    struct writing w = {json_write_to(to), ""};
    json_write_object_open(&w.json);
    write_fields(&w, e, clear);
    close_group(&w);
    json_write_object_close(&w.json);
    return buffer_status(to);
}
