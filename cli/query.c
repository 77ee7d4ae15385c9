/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Queries: options, period, output.
 */
#include "cli/query.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/reader.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 64 << 20, TABLE_MAX = 256 << 20, CELL_MAX = 4096 };

/* A day, or a time; `end`: the end of that day. */
static bool read_time(const struct query *q, const char *text, bool end, int64_t *ns, int32_t *day)
{
    int64_t offset = q->has_status ? (int64_t)q->status.utc_offset_s * NS_PER_S : 0;
    if (!time_parse(slice_from(text), ns))
        return false;
    bool whole_day = strlen(text) == 10;
    if (whole_day)
        *ns += (end ? NS_PER_DAY : 0) - offset;
    int64_t local = *ns + offset - (end && whole_day ? 1 : 0);
    *day = (int32_t)(local / NS_PER_DAY - (local % NS_PER_DAY < 0));
    return true;
}

bool query_day_of(const char *text, int32_t *day)
{
    int64_t ns;
    if (strlen(text) != 10 || !time_parse(slice_from(text), &ns))
        return false;
    *day = (int32_t)(ns / NS_PER_DAY - (ns % NS_PER_DAY < 0));
    return true;
}

static int read_period(struct query *q)
{
    q->from_day = INT32_MIN;
    q->to_day = INT32_MAX;
    if (q->from && !read_time(q, q->from, false, &q->from_ns, &q->from_day))
        return command_usage_error(
            q->command, "--from %s: write a day (2026-11-21) or an RFC 3339 time", q->from);
    if (q->to && !read_time(q, q->to, true, &q->to_ns, &q->to_day))
        return command_usage_error(q->command,
                                   "--to %s: write a day (2026-11-21) or an RFC 3339 time", q->to);
    if (q->from && q->to && q->from_ns >= q->to_ns)
        return command_usage_error(q->command, "--from lies behind --to");
    return EXIT_DONE;
}

bool query_begin(struct query *q, const struct command *command,
                 const struct command_option *options, int argc, char **argv, int *code)
{
    char why[512];
    q->command = command;
    buffer_init(&q->line, LINE_MAX_BYTES);
    buffer_init(&q->cells, TABLE_MAX);
    if (!command_parse(command, options, argc, argv, &q->operands, code))
        return false;
    const char *state = q->state ? q->state : "/var/lib/dwell";
    if (store_reader_open(&q->reader, state, why, sizeof why) != STATUS_OK) {
        log_error("%s: %s: name the state directory with --state", command->name, why);
        *code = EXIT_INPUT;
        return false;
    }
    q->has_status = store_status_get(q->reader, &q->status) == STATUS_OK;
    *code = read_period(q);
    return *code == EXIT_DONE;
}

int query_end(struct query *q, enum status status, int good)
{
    if (status != STATUS_OK) {
        log_error("%s: %s: %s: run dwell verify", q->command->name,
                  q->state ? q->state : "/var/lib/dwell", status_text(status));
        good = EXIT_INPUT;
    }
    if (q->command && !command_flush(q->command))
        good = EXIT_INPUT;
    store_reader_close(&q->reader);
    command_list_release(&q->operands);
    buffer_release(&q->line);
    buffer_release(&q->cells);
    return good;
}

void query_cell(struct query *q, struct slice text)
{
    struct buffer cell;
    buffer_init(&cell, CELL_MAX * 8);
    text_append_terminal(&cell, text_cut(text, CELL_MAX));
    buffer_append_slice(&q->cells, buffer_slice(&cell));
    buffer_append_byte(&q->cells, 0);
    buffer_release(&cell);
    q->cell_count++;
}

void query_cell_format(struct query *q, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    query_cell(q, slice_from(text));
}

void query_cell_number(struct query *q, bool known, const char *prefix, uint64_t number)
{
    if (known)
        query_cell_format(q, "%s%llu", prefix, (unsigned long long)number);
    else
        query_cell(q, slice_from(""));
}

void query_table(struct query *q, const char *const *headings)
{
    buffer_reset(&q->cells);
    q->cell_count = q->columns = 0;
    for (; headings[q->columns] && q->columns < QUERY_COLUMNS; q->columns++) {
        q->right[q->columns] = headings[q->columns][0] == '>';
        query_cell(q, slice_from(headings[q->columns] + q->right[q->columns]));
    }
}

/* Columns on a terminal: East Asian wide characters take two. */
static size_t width_of(struct slice text)
{
    size_t width = 0;
    while (text.len > 0) {
        uint32_t code;
        bool valid;
        text = slice_part(text, text_decode(text, &code, &valid), SIZE_MAX);
        width += code >= 0x1100 &&
                         (code <= 0x115f || (code >= 0x2e80 && code <= 0xd7a3) ||
                          (code >= 0xf900 && code <= 0xfaff) ||
                          (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60))
                     ? 2
                     : 1;
    }
    return width;
}

static struct slice next_cell(struct reader *from)
{
    return reader_cstring(from);
}

static void measure_columns(const struct query *q, size_t widths[QUERY_COLUMNS])
{
    struct reader from = reader_of(buffer_slice(&q->cells));
    for (size_t i = 0; i < q->cell_count; i++) {
        size_t width = width_of(next_cell(&from));
        if (width > widths[i % q->columns])
            widths[i % q->columns] = width;
    }
}

void query_table_print(struct query *q)
{
    size_t widths[QUERY_COLUMNS] = {0};
    struct reader from = reader_of(buffer_slice(&q->cells));
    measure_columns(q, widths);
    for (size_t i = 0; i < q->cell_count; i++) {
        size_t column = i % q->columns;
        bool last = column + 1 == q->columns;
        struct slice cell = next_cell(&from);
        int pad = (int)(widths[column] - width_of(cell));
        if (q->right[column])
            printf("%*s", pad, "");
        fwrite(cell.ptr, 1, cell.len, stdout);
        if (!q->right[column] && !last)
            printf("%*s", pad, "");
        fputs(last ? "\n" : "  ", stdout);
    }
}

struct json_writer query_json(struct query *q)
{
    buffer_reset(&q->line);
    return json_write_to(&q->line);
}

void query_json_print(struct query *q)
{
    buffer_append_byte(&q->line, '\n');
    if (buffer_status(&q->line) == STATUS_OK)
        fwrite(q->line.ptr, 1, q->line.len, stdout);
}

const char *query_day_text(int32_t day)
{
    static char texts[4][32];
    static unsigned next;
    int year;
    unsigned month, date;
    char *to = texts[next++ % 4];
    civil_from_days(day, &year, &month, &date);
    snprintf(to, sizeof texts[0], "%04d-%02u-%02u", year, month, date);
    return to;
}

const char *query_time_text(int64_t ns)
{
    static char texts[4][40];
    static unsigned next;
    char *to = texts[next++ % 4];
    time_format(ns, 0, to, sizeof texts[0]);
    return to;
}

void query_json_terms(struct json_writer *w, const double points[TERM_COUNT])
{
    json_write_key(w, "terms");
    json_write_object_open(w);
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (points[k] > 0) {
            json_write_key(w, term_code((enum term)k));
            json_write_real(w, points[k]);
        }
    json_write_object_close(w);
}

void query_print(struct slice text)
{
    struct buffer out;
    buffer_init(&out, 1 << 16);
    text_append_terminal(&out, text);
    fwrite(out.ptr, 1, out.len, stdout);
    buffer_release(&out);
}

enum language query_language(void)
{
    return *command_text("e", "z") == 'z' ? LANGUAGE_ZH : LANGUAGE_EN;
}
