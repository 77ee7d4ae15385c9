/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Making events from what logs say.
 */
#include "collector/formats/log_event.h"

#include "base/hash.h"
#include "base/reader.h"

#include <arpa/inet.h>

enum { SUBJECT_KEY_MAX = 256 };

/* The cache's copy lives until the next description: ours until the record is done. */
static void keep_objects(struct event *event, const struct log_env *env,
                         const struct sql_description *said)
{
    struct event_object *objects = NULL;
    if (said->object_count > 0)
        objects = arena_array(env->scratch, said->object_count, sizeof *objects);
    event->objects = objects;
    event->object_count = objects ? said->object_count : 0;
    for (size_t i = 0; i < event->object_count; i++) {
        objects[i].name = arena_copy(env->scratch, said->objects[i].name);
        size_t columns = said->objects[i].column_count;
        struct slice *list = columns ? arena_array(env->scratch, columns, sizeof *list) : NULL;
        objects[i].columns = list;
        objects[i].column_count = list ? columns : 0;
        for (size_t j = 0; j < objects[i].column_count; j++)
            list[j] = arena_copy(env->scratch, said->objects[i].columns[j]);
    }
}

bool log_event_statement(struct event *event, const struct log_env *env, enum sql_dialect dialect,
                         struct slice text)
{
    const struct sql_description *said = sql_describe(env->sql, dialect, text);
    event->action = said->action;
    event->statement = arena_copy(env->scratch, said->statement);
    event->shape = said->shape;
    event->known |= EVENT_KNOWS_shape;
    if (said->limit)
        event->gaps |= EVENT_GAP_limit;
    keep_objects(event, env, said);
    if (env->clear)
        event->clear = said->secret ? event->statement : text;
    return said->secret;
}

static struct slice without_schema(struct slice name)
{
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '.')
        at--;
    return slice_part(name, at, name.len);
}

static bool is_qualified(struct slice name)
{
    return slice_find(name, '.', 0) < name.len;
}

static bool same_object(struct slice a, struct slice b)
{
    if (is_qualified(a) && is_qualified(b))
        return slice_equal_nocase(a, b);
    return slice_equal_nocase(without_schema(a), without_schema(b));
}

void log_event_object(struct event *event, const struct log_env *env, struct slice name)
{
    for (size_t i = 0; i < event->object_count; i++)
        if (same_object(event->objects[i].name, name))
            return;
    if (event->object_count == EVENT_MAX_OBJECTS) {
        event->gaps |= EVENT_GAP_limit;
        return;
    }
    struct event_object *objects =
        arena_array(env->scratch, event->object_count + 1, sizeof *objects);
    if (!objects)
        return;
    if (event->object_count > 0)
        memcpy(objects, event->objects, event->object_count * sizeof *objects);
    objects[event->object_count++].name = arena_copy(env->scratch, name);
    event->objects = objects;
}

void log_event_objects_of(struct event *event, const struct log_env *env, enum sql_dialect dialect,
                          struct slice text)
{
    const struct sql_description *said = sql_describe(env->sql, dialect, text);
    for (size_t i = 0; i < said->object_count; i++)
        log_event_object(event, env, said->objects[i].name);
}

static int hex_value(uint8_t c)
{
    uint8_t low = (uint8_t)(c | 0x20);
    if (c >= '0' && c <= '9')
        return c - '0';
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static size_t percent_decode(struct slice s, uint8_t *to, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < max; i++) {
        int high = -1, low = -1;
        if (s.ptr[i] == '%' && i + 2 < s.len) {
            high = hex_value(s.ptr[i + 1]);
            low = hex_value(s.ptr[i + 2]);
        }
        bool coded = high >= 0 && low >= 0;
        to[n++] = coded ? (uint8_t)(high << 4 | low) : s.ptr[i];
        i += coded ? 2 : 0;
    }
    return n;
}

void log_event_subject(struct event *event, const struct log_env *env, struct slice space,
                       struct slice key, bool sequence)
{
    uint8_t decoded[SUBJECT_KEY_MAX];
    struct event_subject *subject = arena_alloc(env->scratch, sizeof *subject);
    if (!subject)
        return;
    struct slice id = slice_make(decoded, percent_decode(key, decoded, sizeof decoded));
    event_subject_hash(env->site_key, space, id, subject->hash);
    if (sequence && log_number(id, &subject->number)) {
        subject->has_number = true;
        subject->space = hash64(space);
    }
    event->keys = subject;
    event->key_count = event->subjects = 1;
    event->rows = 1;
    event->known |= EVENT_KNOWS_subjects | EVENT_KNOWS_rows;
}

/* Four decimal parts; the usual case, without copying. */
static bool parse_ipv4(struct slice text, uint8_t *ip)
{
    struct reader r = reader_of(text);
    for (int part = 0; part < 4; part++) {
        unsigned value = 0, count = 0;
        while (reader_left(&r) > 0 && *r.at >= '0' && *r.at <= '9' && count++ < 3)
            value = value * 10 + (unsigned)(reader_u8(&r) - '0');
        if (count == 0 || value > 255 || (part < 3 && reader_u8(&r) != '.'))
            return false;
        ip[part] = (uint8_t)value;
    }
    return reader_ok(&r) && reader_left(&r) == 0;
}

static bool parse_ip(struct slice text, struct event_address *address)
{
    char buffer[INET6_ADDRSTRLEN];
    if (parse_ipv4(text, address->ip)) {
        address->family = 4;
        return true;
    }
    text = slice_part(text, 0, slice_find(text, '%', 0)); /* the interface of a link-local one */
    if (text.len >= sizeof buffer || slice_find(text, ':', 0) == text.len)
        return false;
    slice_copy_text(text, buffer, sizeof buffer);
    if (inet_pton(AF_INET6, buffer, address->ip) != 1)
        return false;
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    address->family = 6;
    if (memcmp(address->ip, mapped, sizeof mapped) == 0) {
        memmove(address->ip, address->ip + 12, 4);
        memset(address->ip + 4, 0, 12);
        address->family = 4;
    }
    return true;
}

static bool parse_port(struct slice text, struct event_address *address)
{
    uint64_t port;
    if (!slice_to_u64(text, &port) || port > UINT16_MAX)
        return false;
    address->port = (uint16_t)port;
    return true;
}

/* The host and the port of "host:port", "host(port)" and "[host]:port". */
static void split_port(struct slice text, struct slice *host, struct slice *port)
{
    *host = text;
    *port = (struct slice){NULL, 0};
    size_t open = slice_find(text, '(', 0), close = slice_find(text, ']', 0);
    size_t colon = slice_find(text, ':', 0);
    if (open < text.len && text.ptr[text.len - 1] == ')') {
        *host = slice_part(text, 0, open);
        *port = slice_part(text, open + 1, text.len - open - 2);
    } else if (text.len > 0 && text.ptr[0] == '[' && close < text.len) {
        *host = slice_part(text, 1, close - 1);
        *port = slice_part(text, close + 2, text.len);
    } else if (colon < text.len && slice_find(text, ':', colon + 1) == text.len) {
        *host = slice_part(text, 0, colon);
        *port = slice_part(text, colon + 1, text.len);
    }
}

bool log_address(struct slice text, struct event_address *address)
{
    struct slice host, port;
    struct event_address a = {0};
    split_port(slice_trim(text), &host, &port);
    bool ok = parse_ip(host, &a);
    if (!ok || (port.len > 0 && !parse_port(port, &a)))
        return false;
    *address = a;
    return true;
}

bool log_address_port(struct slice text, struct event_address *address)
{
    struct event_address a = {0};
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || !parse_ip(slice_part(text, 0, colon - 1), &a) ||
        !parse_port(slice_part(text, colon, text.len), &a))
        return false;
    *address = a;
    return true;
}

struct slice log_session_id(const struct log_env *env, struct slice protocol, struct slice name)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *text = arena_alloc(env->scratch, 16);
    if (!text)
        return (struct slice){NULL, 0};
    uint64_t id = hash64_seeded(name, hash64(protocol));
    for (unsigned i = 0; i < 16; i++)
        text[i] = (uint8_t)digits[id >> (60 - 4 * i) & 15];
    return slice_make(text, 16);
}

bool log_number(struct slice text, uint64_t *value)
{
    return slice_to_u64(text, value);
}

bool log_duration(struct slice text, int64_t unit_us, int64_t *us)
{
    struct slice rest = text;
    struct slice whole = log_cut(&rest, '.');
    uint64_t value;
    if (!slice_to_u64(whole, &value) || value > (uint64_t)(INT64_MAX / 2 / unit_us))
        return false;
    int64_t sum = (int64_t)value * unit_us, unit = unit_us;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
        unit /= 10;
        sum += (rest.ptr[i] - '0') * unit;
    }
    *us = sum;
    return true;
}

struct slice log_cut(struct slice *text, uint8_t stop)
{
    size_t at = slice_find(*text, stop, 0);
    struct slice front = slice_part(*text, 0, at);
    *text = slice_part(*text, at + 1, text->len);
    return front;
}

bool log_skip(struct slice *text, struct slice prefix)
{
    if (!slice_starts(*text, prefix))
        return false;
    *text = slice_part(*text, prefix.len, text->len);
    return true;
}
