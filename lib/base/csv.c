/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The CSV reader. A field is a slice of the input, unless it holds doubled quotes.
 */
#include "base/csv.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

static enum status complain(const struct csv *csv, struct fault *fault, size_t line,
                            enum status status, const char *what)
{
    fault_set(fault, csv->name, line, 0, "%s", what);
    return status;
}

static bool at_byte(const struct csv *csv, uint8_t byte)
{
    return reader_left(&csv->at) > 0 && *csv->at.at == byte;
}

/* Passes over the end of a line, or stands at the end of the file. */
static bool end_of_line(struct csv *csv)
{
    struct reader before = csv->at;
    if (at_byte(csv, '\r'))
        reader_skip(&csv->at, 1);
    if (at_byte(csv, '\n')) {
        reader_skip(&csv->at, 1);
        csv->next_line++;
        return true;
    }
    if (reader_left(&csv->at) == 0)
        return true;
    csv->at = before;
    return false;
}

static size_t plain_length(struct slice s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ',' && s.ptr[n] != '"' && s.ptr[n] != '\r' && s.ptr[n] != '\n')
        n++;
    return n;
}

static struct slice left(const struct csv *csv)
{
    return slice_make(csv->at.at, reader_left(&csv->at));
}

/* Each "" becomes one ". */
static bool undouble(struct arena *arena, struct slice *field)
{
    uint8_t *to = arena_alloc(arena, field->len);
    if (!to)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < field->len; i++) {
        to[n++] = field->ptr[i];
        if (field->ptr[i] == '"')
            i++;
    }
    *field = slice_make(to, n);
    return true;
}

static enum status quoted_field(struct csv *csv, struct arena *arena, struct slice *field,
                                struct fault *fault)
{
    bool doubled = false;
    size_t line = csv->next_line;
    reader_skip(&csv->at, 1);
    struct slice rest = left(csv);
    size_t len = 0;
    for (; len < rest.len; len++) {
        if (rest.ptr[len] == '\n')
            csv->next_line++;
        if (rest.ptr[len] != '"')
            continue;
        if (len + 1 >= rest.len || rest.ptr[len + 1] != '"')
            break;
        doubled = true;
        len++;
    }
    if (len >= rest.len)
        return complain(csv, fault, line, STATUS_MALFORMED,
                        "a quoted field begins here and never ends: add the closing quote");
    *field = reader_bytes(&csv->at, len);
    reader_skip(&csv->at, 1);
    if (doubled && !undouble(arena, field))
        return complain(csv, fault, line, STATUS_LIMIT, "the record is too long");
    return STATUS_OK;
}

static enum status read_field(struct csv *csv, struct arena *arena, struct slice *field,
                              struct fault *fault)
{
    if (at_byte(csv, '"'))
        return quoted_field(csv, arena, field, fault);
    *field = reader_bytes(&csv->at, plain_length(left(csv)));
    return STATUS_OK;
}

static enum status read_record(struct csv *csv, struct arena *arena, struct fault *fault)
{
    size_t start = reader_offset(&csv->at);
    csv->field_count = 0;
    for (;;) {
        if (csv->field_count == CSV_MAX_COLUMNS)
            return complain(csv, fault, csv->line, STATUS_LIMIT, "more than 256 fields");
        struct slice *field = &csv->fields[csv->field_count++];
        enum status status = read_field(csv, arena, field, fault);
        if (status != STATUS_OK)
            return status;
        if (reader_offset(&csv->at) - start > CSV_MAX_RECORD)
            return complain(csv, fault, csv->line, STATUS_LIMIT, "the record is longer than 1 MiB");
        if (!text_is_utf8(*field))
            return complain(csv, fault, csv->line, STATUS_MALFORMED,
                            "not UTF-8: save the file as \"CSV UTF-8\"");
        if (end_of_line(csv))
            return STATUS_OK;
        if (!at_byte(csv, ','))
            return complain(
                csv, fault, csv->next_line, STATUS_MALFORMED,
                "a quote or line end stands inside a field: put the field in quotes and "
                "double the quotes in it");
        reader_skip(&csv->at, 1);
    }
}

/* Names need comparing once; 256 of them make that cheap. */
static enum status check_header(const struct csv *csv, struct fault *fault)
{
    for (size_t i = 0; i < csv->columns; i++) {
        if (csv->header[i].len == 0)
            return complain(csv, fault, csv->line, STATUS_MALFORMED, "a column has no name");
        for (size_t k = 0; k < i; k++)
            if (slice_equal(csv->header[i], csv->header[k]))
                return csv_fault(csv, fault, "two columns are named \"%.*s\": rename or remove one",
                                 (int)csv->header[i].len, (const char *)csv->header[i].ptr);
    }
    return STATUS_OK;
}

static void skip_empty_lines(struct csv *csv)
{
    while (reader_left(&csv->at) > 0 && end_of_line(csv))
        continue;
    csv->line = csv->next_line;
}

enum status csv_open(struct csv *csv, struct slice text, const char *name, struct fault *fault)
{
    memset(csv, 0, sizeof *csv);
    csv->name = name;
    csv->next_line = 1;
    csv->at = reader_of(text);
    arena_init(&csv->names, CSV_MAX_RECORD + 65536);
    arena_init(&csv->record, CSV_MAX_RECORD + 65536);
    if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
        reader_skip(&csv->at, 3);
    skip_empty_lines(csv);
    if (reader_left(&csv->at) == 0)
        return complain(csv, fault, 1, STATUS_MALFORMED,
                        "the file is empty: the first line must name the columns");
    enum status status = read_record(csv, &csv->names, fault);
    if (status != STATUS_OK)
        return status;
    csv->columns = csv->field_count;
    memcpy(csv->header, csv->fields, sizeof csv->header);
    csv->field_count = 0;
    return check_header(csv, fault);
}

void csv_release(struct csv *csv)
{
    arena_release(&csv->names);
    arena_release(&csv->record);
}

size_t csv_column(const struct csv *csv, const char *name)
{
    struct slice want = slice_make(name, strlen(name));
    for (size_t i = 0; i < csv->columns; i++)
        if (slice_equal(csv->header[i], want))
            return i;
    return CSV_NO_COLUMN;
}

enum status csv_next(struct csv *csv, struct fault *fault)
{
    skip_empty_lines(csv);
    if (reader_left(&csv->at) == 0)
        return STATUS_END;
    arena_reset(&csv->record);
    enum status status = read_record(csv, &csv->record, fault);
    if (status != STATUS_OK || csv->field_count == csv->columns)
        return status;
    csv_fault(csv, fault, "%zu fields where the header names %zu", csv->field_count, csv->columns);
    return STATUS_MALFORMED;
}

struct slice csv_field(const struct csv *csv, size_t column)
{
    return column < csv->field_count ? csv->fields[column] : (struct slice){NULL, 0};
}

enum status csv_fault(const struct csv *csv, struct fault *fault, const char *format, ...)
{
    char what[FAULT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    fault_set(fault, csv->name, csv->line, 0, "%s", what);
    return STATUS_INVALID;
}
