/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reference of the settings in four forms, from the table.
 */
#include "base/json_write.h"
#include "base/settings_types.h"

#include <stdio.h>

static const struct words {
    const char *initial, *none, *range;
} words[] = {
    [SETTINGS_ENGLISH] = {"default", "none", "range"},
    [SETTINGS_CHINESE] = {"默认", "无", "范围"},
};

/* "duration, default 900 s, range 1 to 86400 s" */
static void append_facts(struct buffer *out, const struct setting_row *row,
                         enum settings_language language)
{
    const struct words *w = &words[language];
    const char *unit = setting_range_unit(row);
    buffer_append_text(out, setting_types[row->type].name[language]);
    if (row->type == SETTING_TYPE_CHOICE)
        buffer_append_format(out, " (%s)", row->unit);
    buffer_append_format(out, ", %s %s", w->initial, *row->initial ? row->initial : w->none);
    if (unit)
        buffer_append_format(out, ", %s %.17g..%.17g%s%s", w->range, row->low, row->high,
                             *unit ? " " : "", unit);
}

void settings_reference_text(struct buffer *out, enum settings_language language)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = &setting_rows[i];
        buffer_append_format(out, "%s\n    %s\n    ", row->name, row->help[language]);
        append_facts(out, row, language);
        buffer_append_byte(out, '\n');
    }
}

/* Text of a manual page: a backslash and a hyphen have a meaning in roff, so has a dot or an
 * apostrophe at the beginning of a line. */
static void append_roff(struct buffer *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        buffer_append_text(out, "\\&");
    for (; *text; text++) {
        if (*text == '\\' || *text == '-')
            buffer_append_byte(out, '\\');
        buffer_append_byte(out, (uint8_t)*text);
    }
}

void settings_reference_man(struct buffer *out, enum settings_language language)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = &setting_rows[i];
        buffer_append_text(out, ".TP\n.B ");
        append_roff(out, row->name);
        buffer_append_byte(out, '\n');
        append_roff(out, row->help[language]);
        buffer_append_text(out, "\n.br\n");
        append_facts(out, row, language);
        buffer_append_byte(out, '\n');
    }
}

/* A default that YAML would take for something else stands in quotes. */
static void append_yaml_default(struct buffer *out, const struct setting_row *row)
{
    bool list = setting_is_sequence(row);
    bool bare = *row->initial && row->type != SETTING_TYPE_STRING &&
                row->type != SETTING_TYPE_PATH && row->type != SETTING_TYPE_TIMEZONE;
    if (list) {
        buffer_append_text(out, "[]");
    } else if (bare) {
        buffer_append_text(out, row->initial);
    } else {
        struct json_writer w = json_write_to(out);
        json_write_text(&w, row->initial);
    }
}

void settings_reference_yaml(struct buffer *out, enum settings_language language)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = &setting_rows[i];
        buffer_append_format(out, "# %s\n# ", row->help[language]);
        append_facts(out, row, language);
        buffer_append_format(out, "\n%s: ", row->name);
        append_yaml_default(out, row);
        buffer_append_text(out, "\n\n");
    }
}

static void append_choices(struct json_writer *w, const char *choices)
{
    struct slice all = slice_make(choices, strlen(choices));
    json_write_key(w, "enum");
    json_write_array_open(w);
    for (size_t at = 0; at <= all.len;) {
        size_t end = slice_find(all, '|', at);
        json_write_string(w, slice_part(all, at, end - at));
        at = end + 1;
    }
    json_write_array_close(w);
}

static void append_property(struct json_writer *w, const struct setting_row *row,
                            enum settings_language language)
{
    bool number = row->type == SETTING_TYPE_INTEGER || row->type == SETTING_TYPE_REAL;
    json_write_key(w, row->name);
    json_write_object_open(w);
    json_write_key(w, "description");
    json_write_text(w, row->help[language]);
    json_write_key(w, "type");
    json_write_raw(
        w, slice_make(setting_types[row->type].schema, strlen(setting_types[row->type].schema)));
    if (row->type == SETTING_TYPE_CHOICE)
        append_choices(w, row->unit);
    if (number) {
        json_write_key(w, "minimum");
        json_write_real(w, row->low);
        json_write_key(w, "maximum");
        json_write_real(w, row->high);
    }
    if (*row->initial) {
        json_write_key(w, "default");
        if (number || row->type == SETTING_TYPE_BOOLEAN)
            json_write_raw(w, slice_make(row->initial, strlen(row->initial)));
        else
            json_write_text(w, row->initial);
    }
    json_write_object_close(w);
}

void settings_reference_schema(struct buffer *out, enum settings_language language)
{
    struct json_writer w = json_write_to(out);
    json_write_object_open(&w);
    json_write_key(&w, "$schema");
    json_write_text(&w, "https://json-schema.org/draft/2020-12/schema");
    json_write_key(&w, "type");
    json_write_text(&w, "object");
    json_write_key(&w, "additionalProperties");
    json_write_boolean(&w, false);
    json_write_key(&w, "properties");
    json_write_object_open(&w);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        append_property(&w, &setting_rows[i], language);
    json_write_object_close(&w);
    json_write_object_close(&w);
}
