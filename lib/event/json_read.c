/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * JSON to event, row by row of the field table, on jansson. A key that is not known is counted and
 * passed over; a known key with the wrong kind of value refuses the line.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "event/codec.h"
#include "event/fields.h"
#include "event/json.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>

struct reading {
    struct event_json_input *input;
    struct arena *arena;
    struct event *e;
    const char *key; /* the one being read, for the message */
    size_t taken;    /* keys found so far */
};

static enum status fail(struct reading *in, enum status status, const char *why)
{
    snprintf(in->input->error, sizeof in->input->error, "key \"%s\": %s", in->key, why);
    return status;
}

static enum status malformed(struct reading *in, const char *want)
{
    char why[96];
    snprintf(why, sizeof why, "must be %s", want);
    return fail(in, STATUS_MALFORMED, why);
}

static enum status no_memory(struct reading *in)
{
    return fail(in, STATUS_NO_MEMORY, "more than an event may hold");
}

static struct slice slice_of(const json_t *string)
{
    return slice_make(json_string_value(string), json_string_length(string));
}

/* The value of a key, NULL where it is not there or null. */
static json_t *take(struct reading *in, json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    in->key = key;
    in->taken += value ? 1 : 0;
    return json_is_null(value) ? NULL : value;
}

static enum status read_text(struct reading *in, json_t *value, struct slice *to)
{
    if (!json_is_string(value))
        return malformed(in, "a string");
    *to = arena_copy(in->arena, slice_of(value));
    return to->len == json_string_length(value) ? STATUS_OK : no_memory(in);
}

static enum status read_number(struct reading *in, json_t *value, uint64_t max, uint64_t *to)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > max)
        return malformed(in, "a whole number that is not negative");
    *to = (uint64_t)json_integer_value(value);
    return STATUS_OK;
}

static enum status read_duration(struct reading *in, json_t *value, int64_t *to)
{
    uint64_t number = 0;
    enum status status = read_number(in, value, INT64_MAX, &number);
    *to = (int64_t)number;
    return status;
}

static enum status read_part(struct reading *in, json_t *value, uint32_t *to)
{
    uint64_t number = 0;
    enum status status = read_number(in, value, UINT32_MAX, &number);
    *to = (uint32_t)number;
    return status;
}

static enum status read_time(struct reading *in, json_t *value, int64_t *to)
{
    if (!json_is_string(value) || !time_parse(slice_of(value), to))
        return malformed(in, "an RFC 3339 time");
    return STATUS_OK;
}

static enum status read_address(struct reading *in, json_t *value, struct event_address *to)
{
    if (!json_is_object(value))
        return malformed(in, "an object with ip and port");
    size_t taken = in->taken;
    json_t *ip = take(in, value, "ip");
    if (ip) {
        const char *text = json_is_string(ip) ? json_string_value(ip) : "";
        to->family = inet_pton(AF_INET, text, to->ip) == 1    ? 4
                     : inet_pton(AF_INET6, text, to->ip) == 1 ? 6
                                                              : 0;
        if (to->family == 0 || strlen(text) != json_string_length(ip))
            return malformed(in, "an IPv4 or IPv6 address");
    }
    json_t *port = take(in, value, "port");
    uint64_t number = 0;
    if (port && read_number(in, port, UINT16_MAX, &number) != STATUS_OK)
        return malformed(in, "a port number");
    to->port = (uint16_t)number;
    in->input->unknown_keys += json_object_size(value) - (in->taken - taken);
    in->taken = taken;
    return STATUS_OK;
}

static enum status read_params(struct reading *in, json_t *array)
{
    if (!json_is_array(array))
        return malformed(in, "an array of strings and nulls");
    size_t count = json_array_size(array);
    if (count > EVENT_MAX_PARAMS) {
        count = EVENT_MAX_PARAMS;
        in->e->gaps |= EVENT_GAP_limit;
    }
    struct event_param *params = arena_array(in->arena, count, sizeof *params);
    if (!params)
        return no_memory(in);
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_array_get(array, i);
        params[i].null = json_is_null(value);
        if (!params[i].null && read_text(in, value, &params[i].text) != STATUS_OK)
            return malformed(in, "an array of strings and nulls");
    }
    in->e->params = params;
    in->e->param_count = count;
    return STATUS_OK;
}

/* A statement that has `params` beside it is as it was sent: literals and all. */
static enum status read_statement(struct reading *in, json_t *root, json_t *value)
{
    struct slice text;
    enum status status = read_text(in, value, &text);
    json_t *params = take(in, root, "params");
    if (status != STATUS_OK || !params) {
        in->e->statement = text;
        return status;
    }
    in->e->clear = text;
    return read_params(in, params);
}

static bool hex_value(uint8_t digit, uint8_t *value)
{
    if (digit >= '0' && digit <= '9')
        *value = (uint8_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
        *value = (uint8_t)(digit - 'a' + 10);
    else
        return false;
    return true;
}

/* Exactly `len` bytes of lower-case hexadecimal digits. */
static bool hex_bytes(const json_t *string, uint8_t *to, size_t len)
{
    struct slice s = json_is_string(string) ? slice_of(string) : (struct slice){NULL, 0};
    if (s.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t high, low;
        if (!hex_value(s.ptr[2 * i], &high) || !hex_value(s.ptr[2 * i + 1], &low))
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum status read_shape(struct reading *in, json_t *value, uint64_t *to)
{
    uint8_t bytes[8];
    if (!hex_bytes(value, bytes, sizeof bytes))
        return malformed(in, "16 hexadecimal digits");
    *to = 0;
    for (unsigned i = 0; i < sizeof bytes; i++)
        *to = *to << 8 | bytes[i];
    return STATUS_OK;
}

static enum status read_columns(struct reading *in, json_t *array, struct event_object *object)
{
    if (!json_is_array(array))
        return malformed(in, "an array of strings");
    size_t count = json_array_size(array);
    if (count > EVENT_MAX_COLUMNS) {
        count = EVENT_MAX_COLUMNS;
        in->e->gaps |= EVENT_GAP_limit;
    }
    struct slice *columns = arena_array(in->arena, count, sizeof *columns);
    if (!columns)
        return no_memory(in);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_text(in, json_array_get(array, i), &columns[i]);
    object->columns = columns;
    object->column_count = count;
    return status;
}

static enum status read_object(struct reading *in, json_t *value, struct event_object *object)
{
    size_t taken = in->taken;
    json_t *name = take(in, value, "name");
    if (!name)
        return malformed(in, "the name of an object");
    enum status status = read_text(in, name, &object->name);
    json_t *columns = take(in, value, "columns");
    if (status == STATUS_OK && columns)
        status = read_columns(in, columns, object);
    in->input->unknown_keys += json_object_size(value) - (in->taken - taken);
    in->taken = taken;
    return status;
}

static enum status read_objects(struct reading *in, json_t *array)
{
    if (!json_is_array(array))
        return malformed(in, "an array of objects");
    size_t count = json_array_size(array);
    if (count > EVENT_MAX_OBJECTS) {
        count = EVENT_MAX_OBJECTS;
        in->e->gaps |= EVENT_GAP_limit;
    }
    struct event_object *objects = arena_array(in->arena, count, sizeof *objects);
    if (!objects)
        return no_memory(in);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_object(in, json_array_get(array, i), &objects[i]);
    in->e->objects = objects;
    in->e->object_count = count;
    return status;
}

/* A server's code: "42P01", "ORA-00942", "WRONGTYPE". */
static bool is_error_code(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_')
            return false;
    }
    return s.len > 0 && s.len <= 32;
}

static enum status read_error(struct reading *in, json_t *value)
{
    struct slice all;
    enum status status = read_text(in, value, &all);
    if (status != STATUS_OK)
        return status;
    size_t colon = slice_find(all, ':', 0);
    struct slice code = slice_part(all, 0, colon);
    struct slice rest = slice_part(all, colon, all.len);
    if (!is_error_code(code) || (rest.len > 0 && !slice_starts(rest, SLICE(": ")))) {
        in->e->error_text = all;
        return STATUS_OK;
    }
    in->e->error_code = code;
    in->e->error_text = slice_part(rest, 2, rest.len);
    return STATUS_OK;
}

static enum status read_classes(struct reading *in, json_t *object, uint64_t to[EVENT_CLASSES])
{
    static const char *const names[EVENT_CLASSES] = {"C0", "C1", "C2", "C3"};
    if (!json_is_object(object))
        return malformed(in, "an object of counts");
    size_t taken = in->taken;
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < EVENT_CLASSES && status == STATUS_OK; i++) {
        json_t *value = take(in, object, names[i]);
        if (value)
            status = read_number(in, value, INT64_MAX, &to[i]);
    }
    in->input->unknown_keys += json_object_size(object) - (in->taken - taken);
    in->taken = taken;
    return status;
}

static bool is_running_number(struct slice id)
{
    uint64_t number;
    return id.len <= EVENT_NUMBER_DIGITS_MAX && slice_to_u64(id, &number);
}

/* "id" or "space:id". */
static void hash_subject(const struct event_json_input *input, struct slice text,
                         struct event_subject *key)
{
    size_t colon = slice_find(text, ':', 0);
    bool spaced = colon < text.len;
    struct slice space = slice_part(text, 0, spaced ? colon : 0);
    struct slice id = spaced ? slice_part(text, colon + 1, text.len) : text;
    if (input->space && spaced)
        input->space(input->context, space);
    event_subject_hash(input->site_key, space, id, key->hash);
    key->has_number = is_running_number(id) && slice_to_u64(id, &key->number);
    key->space = key->has_number ? hash64(space) : 0;
}

static size_t array_size(const json_t *array)
{
    return array ? json_array_size(array) : 0;
}

static enum status read_ids(struct reading *in, const json_t *ids, struct event_subject *keys)
{
    if (array_size(ids) > 0 && !in->input->site_key)
        return fail(in, STATUS_INVALID, "needs the site's key: name its file in the settings");
    for (size_t i = 0; i < array_size(ids); i++) {
        const json_t *id = json_array_get(ids, i);
        if (!json_is_string(id) || json_string_length(id) == 0)
            return malformed(in, "an array of ids");
        hash_subject(in->input, slice_of(id), &keys[i]);
    }
    return STATUS_OK;
}

/* `subject_keys` and, after them, `subject_ids`, which are hashed here and go no further. */
static enum status read_subjects(struct reading *in, json_t *hashes, json_t *ids)
{
    size_t count = array_size(hashes), all = count + array_size(ids);
    if ((hashes && !json_is_array(hashes)) || (ids && !json_is_array(ids)))
        return malformed(in, "an array of strings");
    if (all > EVENT_MAX_KEYS)
        return fail(in, STATUS_LIMIT, "more than 4096 subjects");
    struct event_subject *keys = arena_array(in->arena, all, sizeof *keys);
    if (!keys)
        return no_memory(in);
    for (size_t i = 0; i < count; i++)
        if (!hex_bytes(json_array_get(hashes, i), keys[i].hash, sizeof keys[i].hash))
            return malformed(in, "an array of 32 hexadecimal digits each");
    in->e->keys = keys;
    in->e->key_count = all;
    if (ids && !(in->e->known & EVENT_KNOWS_subjects)) {
        in->e->subjects = all;
        in->e->known |= EVENT_KNOWS_subjects;
    }
    return read_ids(in, ids, keys + count);
}

static enum status read_gaps(struct reading *in, json_t *array)
{
    if (!json_is_array(array))
        return malformed(in, "an array of names");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *name = json_array_get(array, i);
        uint32_t gap = 0;
        if (!json_is_string(name) || !event_gap_find(slice_of(name), &gap))
            return malformed(in, "an array of names of gaps");
        in->e->gaps |= gap;
    }
    return STATUS_OK;
}

#define READ_NAMED(member, find)                                            \
    (json_is_string(value) && find(slice_of(value), &e->member) ? STATUS_OK \
                                                                : malformed(&in, "a known name"))

#define READ_TIME(member)        read_time(&in, value, &e->member)
#define READ_DURATION(member)    read_duration(&in, value, &e->member)
#define READ_SOURCE_KIND(member) READ_NAMED(member, event_source_kind_find)
#define READ_TEXT(member)        read_text(&in, value, &e->member)
#define READ_SEQ(member)         read_number(&in, value, INT64_MAX, &e->member)
#define READ_PART(member)        read_part(&in, value, &e->member)
#define READ_ADDRESS(member)     read_address(&in, value, &e->member)
#define READ_ACTION(member)      READ_NAMED(member, event_action_find)
#define READ_STATEMENT(member)   read_statement(&in, root, value)
#define READ_SHAPE(member)       read_shape(&in, value, &e->member)
#define READ_OBJECTS(member)     read_objects(&in, value)
#define READ_NUMBER(member)      read_number(&in, value, INT64_MAX, &e->member)
#define READ_OUTCOME(member)     READ_NAMED(member, event_outcome_find)
#define READ_ERROR(member)       read_error(&in, value)
#define READ_CLASSES(member)     read_classes(&in, value, e->member)
#define READ_KEYS(member)        STATUS_OK /* with the ids, behind all others */
#define READ_NUMBERS(member)     STATUS_OK /* not part of the form */
#define READ_GAPS(member)        read_gaps(&in, value)

/* The objects a group's keys stand in; an absent one is empty. */
static json_t *group_of(json_t *root, const char *group)
{
    return group[0] == '\0' ? root : json_object_get(root, group);
}

/* What is no row of its own: the ids, and the count of what was not understood. */
static enum status read_rest(struct reading in, json_t *root)
{
    json_t *source = json_object_get(root, "source");
    size_t keys = json_object_size(root) - (source ? 1 : 0) + json_object_size(source);
    json_t *ids = take(&in, root, "subject_ids");
    in.input->unknown_keys += keys - in.taken;
    json_t *hashes = json_object_get(root, "subject_keys");
    if (json_is_null(hashes))
        hashes = NULL;
    return hashes || ids ? read_subjects(&in, hashes, ids) : STATUS_OK;
}

static enum status read_event(struct reading in, json_t *root)
{
    struct event *e = in.e;
    in.key = "source";
    if (json_object_get(root, in.key) && !json_is_object(json_object_get(root, in.key)))
        return malformed(&in, "an object");
    enum status status = STATUS_OK;
    json_t *value;
#define READ_FIELD(id, kind, member, bit, group, name)                                            \
    value =                                                                                       \
        status == STATUS_OK && (name)[0] != '\0' ? take(&in, group_of(root, group), name) : NULL; \
    if (value) {                                                                                  \
        e->known |= (uint32_t)(bit);                                                              \
        status = READ_##kind(member);                                                             \
    }
    EVENT_FIELD_TABLE(READ_FIELD)
#undef READ_FIELD
    if (status != STATUS_OK)
        return status;
    return read_rest(in, root);
}

enum status event_from_json(struct event_json_input *input, struct slice line, struct event *e,
                            struct arena *arena)
{
    *e = (struct event){0};
    input->error[0] = '\0';
    if (line.len > EVENT_JSON_LINE_MAX) {
        snprintf(input->error, sizeof input->error, "the line is longer than 4 MiB");
        return STATUS_LIMIT;
    }
    json_error_t error;
    json_t *root = json_loadb((const char *)line.ptr, line.len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!json_is_object(root)) {
        snprintf(input->error, sizeof input->error, "not a JSON object: %s",
                 root ? "another value" : error.text);
        json_decref(root);
        return STATUS_MALFORMED;
    }
    enum status status = read_event((struct reading){input, arena, e, "", 0}, root);
    if (status == STATUS_OK && !json_is_string(json_object_get(root, "time"))) {
        snprintf(input->error, sizeof input->error, "key \"time\": must be there");
        status = STATUS_MALFORMED;
    }
    json_decref(root);
    return status;
}
