/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * CSV: records have the header's fields, all UTF-8; what is read can be written and read again.
 */
#include "base/csv.h"
#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool is_formula(struct slice field)
{
    return field.len > 0 && field.ptr[0] && strchr("=+-@\t\r", field.ptr[0]);
}

/* Writes the field as a file of one column (its name, the field) and reads it back. */
static void check_field(struct slice field)
{
    struct csv again;
    struct fault fault;
    struct buffer out;
    require(text_is_utf8(field));
    if (field.len == 0 || is_formula(field))
        return;
    buffer_init(&out, 4 * field.len + 100);
    buffer_append_text(&out, "name\n");
    text_append_csv(&out, field);
    require(csv_open(&again, buffer_slice(&out), "again", &fault) == STATUS_OK);
    require(csv_next(&again, &fault) == STATUS_OK);
    require(slice_equal(csv_field(&again, 0), field));
    require(csv_next(&again, &fault) == STATUS_END);
    csv_release(&again);
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv csv;
    struct fault fault = {""};
    enum status status = csv_open(&csv, slice_make(data, size), "fuzz", &fault);
    size_t line = 0;
    while (status == STATUS_OK && (status = csv_next(&csv, &fault)) == STATUS_OK) {
        require(csv.line > line && csv.field_count == csv.columns);
        line = csv.line;
        for (size_t i = 0; i < csv.columns; i++)
            check_field(csv_field(&csv, i));
    }
    require(status == STATUS_END || fault.text[0] != '\0');
    csv_release(&csv);
    return 0;
}
