/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The types of settings: how each is read from a node of the file and how it is described.
 */
#include "base/settings_types.h"

#include "base/number.h"
#include "base/reader.h"

#include <arpa/inet.h>
#include <stdio.h>

const struct setting_row setting_rows[SETTING_COUNT] = {
#define SETTINGS_ROW(type, member, name, unit, low, high, initial, english, chinese) \
    {SETTING_TYPE_##type,                                                            \
     name,                                                                           \
     unit,                                                                           \
     low,                                                                            \
     high,                                                                           \
     initial,                                                                        \
     {english, chinese},                                                             \
     offsetof(struct settings, member)},
    SETTINGS_TABLE(SETTINGS_ROW)
#undef SETTINGS_ROW
};

static enum setting_result in_range(const struct setting_source *from, double value)
{
    if (value < from->row->low || value > from->row->high)
        return SETTING_OUT_OF_RANGE;
    return SETTING_READ;
}

/* A text without a zero byte, copied. */
static enum setting_result copy_text(const struct setting_source *from,
                                     const struct yaml_node *node, struct slice folder,
                                     const char **to)
{
    struct slice text;
    if (!yaml_text(node, &text) || slice_find(text, 0, 0) != text.len)
        return SETTING_WRONG_TYPE;
    char *copy = arena_alloc(from->arena, folder.len + text.len + 1);
    if (!copy)
        return SETTING_NO_MEMORY;
    slice_copy_text(folder, copy, folder.len + 1);
    slice_copy_text(text, copy + folder.len, text.len + 1);
    *to = copy;
    return SETTING_READ;
}

static enum setting_result read_string(const struct setting_source *from, void *to)
{
    const char **text = to;
    enum setting_result result = copy_text(from, from->node, (struct slice){NULL, 0}, text);
    return result == SETTING_READ ? in_range(from, (double)strlen(*text)) : result;
}

static enum setting_result read_path(const struct setting_source *from, void *to)
{
    const char **path = to;
    bool relative = from->node->text.len > 0 && from->node->text.ptr[0] != '/';
    struct slice folder = relative ? from->folder : (struct slice){NULL, 0};
    enum setting_result result = copy_text(from, from->node, folder, path);
    return result == SETTING_READ ? in_range(from, (double)strlen(*path)) : result;
}

static enum setting_result read_integer(const struct setting_source *from, void *to)
{
    int64_t *number = to;
    if (!yaml_integer(from->node, number))
        return SETTING_WRONG_TYPE;
    return in_range(from, (double)*number);
}

static enum setting_result read_real(const struct setting_source *from, void *to)
{
    double *number = to;
    if (!yaml_real(from->node, number))
        return SETTING_WRONG_TYPE;
    return in_range(from, *number);
}

static enum setting_result read_boolean(const struct setting_source *from, void *to)
{
    bool *value = to;
    return yaml_boolean(from->node, value) ? SETTING_READ : SETTING_WRONG_TYPE;
}

/* A number alone counts in the row's unit. */
static enum setting_result read_duration(const struct setting_source *from, void *to)
{
    int64_t *ns = to, number, unit;
    char one[16];
    snprintf(one, sizeof one, "1%s", from->row->unit);
    struct slice text;
    if (!number_duration(slice_make(one, strlen(one)), &unit) || !yaml_text(from->node, &text))
        return SETTING_WRONG_TYPE;
    if (yaml_integer(from->node, &number)) {
        if (__builtin_mul_overflow(number, unit, ns))
            return SETTING_OUT_OF_RANGE;
    } else if (!number_duration(text, ns)) {
        return SETTING_WRONG_TYPE;
    }
    return in_range(from, (double)*ns / (double)unit);
}

static enum setting_result read_bytes(const struct setting_source *from, void *to)
{
    uint64_t *bytes = to;
    struct slice text;
    if (!yaml_text(from->node, &text) || !number_bytes(text, bytes))
        return SETTING_WRONG_TYPE;
    return in_range(from, (double)*bytes);
}

/* The place of a word among those of the row's unit; false when it is not there. */
static bool find_word(const struct setting_row *row, struct slice text, unsigned *index)
{
    struct slice words = slice_make(row->unit, strlen(row->unit));
    size_t at = 0;
    for (unsigned i = 0; at <= words.len; i++) {
        size_t end = slice_find(words, '|', at);
        if (slice_equal(slice_part(words, at, end - at), text)) {
            *index = i;
            return true;
        }
        at = end + 1;
    }
    return false;
}

static enum setting_result read_choice(const struct setting_source *from, void *to)
{
    struct slice text;
    bool found = yaml_text(from->node, &text) && find_word(from->row, text, to);
    return found ? SETTING_READ : SETTING_WRONG_TYPE;
}

static enum setting_result read_list(const struct setting_source *from, void *to)
{
    struct settings_list *list = to;
    if (from->node->kind != YAML_SEQUENCE)
        return SETTING_WRONG_TYPE;
    if (in_range(from, (double)from->node->count) != SETTING_READ)
        return SETTING_OUT_OF_RANGE;
    const char **items = arena_array(from->arena, from->node->count + 1, sizeof *items);
    if (!items)
        return SETTING_NO_MEMORY;
    size_t count = 0;
    for (const struct yaml_node *item = from->node->first; item; item = item->next) {
        enum setting_result result =
            copy_text(from, item, (struct slice){NULL, 0}, &items[count++]);
        if (result != SETTING_READ)
            return result;
    }
    *list = (struct settings_list){items, count};
    return SETTING_READ;
}

static enum setting_result read_record(const struct setting_source *from,
                                       const struct yaml_node *item, struct settings_record *to)
{
    const struct slice none = {NULL, 0};
    for (unsigned i = 0; i < SETTINGS_RECORD_KEYS; i++)
        to->values[i] = "";
    if (item->kind == YAML_SCALAR)
        return copy_text(from, item, none, &to->values[0]);
    enum setting_result result = item->count > 0 ? SETTING_READ : SETTING_WRONG_TYPE;
    const struct yaml_node *value = item->kind == YAML_MAPPING ? item->first : NULL;
    if (!value)
        return SETTING_WRONG_TYPE;
    for (; value && result == SETTING_READ; value = value->next) {
        unsigned index = SETTINGS_RECORD_KEYS;
        if (!find_word(from->row, value->key->text, &index) || index >= SETTINGS_RECORD_KEYS)
            return SETTING_WRONG_TYPE;
        result = copy_text(from, value, none, &to->values[index]);
    }
    return result;
}

static enum setting_result read_records(const struct setting_source *from, void *to)
{
    struct settings_records *records = to;
    if (from->node->kind != YAML_SEQUENCE)
        return SETTING_WRONG_TYPE;
    if (in_range(from, (double)from->node->count) != SETTING_READ)
        return SETTING_OUT_OF_RANGE;
    struct settings_record *items = arena_array(from->arena, from->node->count + 1, sizeof *items);
    if (!items)
        return SETTING_NO_MEMORY;
    size_t count = 0;
    for (const struct yaml_node *item = from->node->first; item; item = item->next) {
        enum setting_result result = read_record(from, item, &items[count++]);
        if (result != SETTING_READ)
            return result;
    }
    *records = (struct settings_records){items, count};
    return SETTING_READ;
}

static enum setting_result read_address(const struct setting_source *from, void *to)
{
    const char **text = to;
    char host[46];
    uint16_t port;
    enum setting_result result = copy_text(from, from->node, (struct slice){NULL, 0}, text);
    if (result == SETTING_READ && !settings_address(*text, host, &port))
        return SETTING_WRONG_TYPE;
    return result;
}

static enum setting_result read_targets(const struct setting_source *from, void *to)
{
    struct settings_list *list = to;
    struct settings_target target;
    enum setting_result result = read_list(from, to);
    for (size_t i = 0; result == SETTING_READ && i < list->count; i++)
        if (!settings_target(list->items[i], &target))
            return SETTING_WRONG_TYPE;
    return result;
}

/* An offset, or a name that stays inside the zone database. Whether the database has it is told by
 * who loads the zone. */
static bool is_timezone(struct slice text)
{
    if (text.len == 0 || text.len > 64 || text.ptr[0] == '/' || text.ptr[0] == '.')
        return false;
    if (text.ptr[0] == '+' || text.ptr[0] == '-') {
        uint64_t hours, minutes;
        return text.len == 6 && text.ptr[3] == ':' &&
               slice_to_u64(slice_part(text, 1, 2), &hours) &&
               slice_to_u64(slice_part(text, 4, 2), &minutes) && hours <= 14 && minutes < 60;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr("_+-/", c)))
            return false;
    }
    return true;
}

static enum setting_result read_timezone(const struct setting_source *from, void *to)
{
    struct slice text;
    if (!yaml_text(from->node, &text) || !is_timezone(text))
        return SETTING_WRONG_TYPE;
    return copy_text(from, from->node, (struct slice){NULL, 0}, to);
}

const struct setting_type_row setting_types[SETTING_TYPE_COUNT] = {
    [SETTING_TYPE_STRING] = {{"text", "文本"}, "a text", "\"string\"", "bytes", read_string},
    [SETTING_TYPE_PATH] = {{"path", "路径"}, "a path", "\"string\"", "bytes", read_path},
    [SETTING_TYPE_INTEGER] =
        {{"integer", "整数"}, "a whole number", "\"integer\"", "", read_integer},
    [SETTING_TYPE_REAL] = {{"number", "数值"}, "a number", "\"number\"", "", read_real},
    [SETTING_TYPE_BOOLEAN] =
        {{"boolean", "布尔"}, "true or false", "\"boolean\"", NULL, read_boolean},
    [SETTING_TYPE_DURATION] = {{"duration", "时长"},
                               "a number with one of ns us ms s m h d",
                               "[\"integer\",\"string\"]",
                               "",
                               read_duration},
    [SETTING_TYPE_BYTES] =
        {{"size", "大小"},
         "a number of bytes, or a number with one of KiB MiB GiB TiB kB MB GB TB",
         "[\"integer\",\"string\"]",
         "",
         read_bytes},
    [SETTING_TYPE_CHOICE] = {{"choice", "选项"}, "one of", "\"string\"", NULL, read_choice},
    [SETTING_TYPE_LIST] = {{"list", "列表"}, "a list of texts", "\"array\"", "items", read_list},
    [SETTING_TYPE_RECORDS] = {{"records", "记录列表"},
                              "a list of texts, or of mappings with the keys",
                              "\"array\"",
                              "items",
                              read_records},
    [SETTING_TYPE_ADDRESS] = {{"address", "地址"},
                              "an IP address and a port, as 127.0.0.1:8443 or \"[::1]:8443\"",
                              "\"string\"",
                              NULL,
                              read_address},
    [SETTING_TYPE_TARGETS] = {{"targets", "目标列表"},
                              "a list of udp://host:port or tcp://host:port",
                              "\"array\"",
                              "items",
                              read_targets},
    [SETTING_TYPE_TIMEZONE] = {{"time zone", "时区"},
                               "an IANA name such as Asia/Shanghai, or an offset such as +08:00",
                               "\"string\"",
                               NULL,
                               read_timezone},
};

bool setting_is_sequence(const struct setting_row *row)
{
    return row->type == SETTING_TYPE_LIST || row->type == SETTING_TYPE_TARGETS ||
           row->type == SETTING_TYPE_RECORDS;
}

const char *setting_range_unit(const struct setting_row *row)
{
    const char *unit = setting_types[row->type].low_high;
    return unit && !*unit ? row->unit : unit;
}

enum setting_result setting_read(const struct setting_source *from, struct settings *to)
{
    return setting_types[from->row->type].read(from, (uint8_t *)to + from->row->offset);
}

/* host:port, with an IPv6 host in brackets; `host` holds `size` bytes. */
static bool split_host_port(struct slice text, char *host, size_t size, bool *bracketed,
                            uint16_t *port)
{
    struct reader r = reader_of(text);
    struct slice name;
    *bracketed = text.len > 0 && text.ptr[0] == '[';
    if (*bracketed) {
        reader_skip(&r, 1);
        name = reader_until(&r, ']');
        if (reader_u8(&r) != ':')
            return false;
    } else {
        name = reader_until(&r, ':');
    }
    uint64_t number;
    if (!slice_to_u64(reader_rest(&r), &number) || number > 65535 || name.len == 0 ||
        name.len >= size)
        return false;
    slice_copy_text(name, host, size);
    *port = (uint16_t)number;
    return true;
}

bool settings_address(const char *text, char host[46], uint16_t *port)
{
    uint8_t ip[16];
    bool bracketed;
    return split_host_port(slice_make(text, strlen(text)), host, 46, &bracketed, port) &&
           inet_pton(bracketed ? AF_INET6 : AF_INET, host, ip) == 1;
}

static bool is_host_name(const char *host)
{
    for (; *host; host++) {
        bool letter = (*host >= 'a' && *host <= 'z') || (*host >= 'A' && *host <= 'Z') ||
                      (*host >= '0' && *host <= '9');
        if (!letter && *host != '.' && *host != '-' && *host != '_')
            return false;
    }
    return true;
}

bool settings_target(const char *text, struct settings_target *target)
{
    struct slice s = slice_make(text, strlen(text));
    uint8_t ip[16];
    bool bracketed;
    target->tcp = slice_starts(s, SLICE("tcp://"));
    if (!target->tcp && !slice_starts(s, SLICE("udp://")))
        return false;
    if (!split_host_port(slice_part(s, 6, s.len), target->host, sizeof target->host, &bracketed,
                         &target->port) ||
        target->port == 0)
        return false;
    return bracketed ? inet_pton(AF_INET6, target->host, ip) == 1 : is_host_name(target->host);
}
