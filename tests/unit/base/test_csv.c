/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * CSV reading: RFC 4180 and around it.
 */
#include "base/csv.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct csv csv;
static struct fault fault;

static enum status open_text(const char *text)
{
    fault.text[0] = '\0';
    return csv_open(&csv, slice_make(text, strlen(text)), "f.csv", &fault);
}

static void assert_field(const char *column, const char *want)
{
    struct slice field = csv_field(&csv, csv_column(&csv, column));
    assert_true(slice_equal(field, slice_make(want, strlen(want))));
}

static void records(void **state)
{
    (void)state;
    assert_int_equal(
        open_text("\xEF\xBB\xBFid,name\r\n1,\xE4\xB8\xAD\r\n\r\n2,\"a, \"\"b\"\"\nc\"\n3,"),
        STATUS_OK);
    assert_int_equal(csv.columns, 2);
    assert_int_equal(csv_column(&csv, "id"), 0);
    assert_true(csv_column(&csv, "ID") == CSV_NO_COLUMN);
    assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
    assert_int_equal(csv.line, 2);
    assert_field("name", "\xE4\xB8\xAD");
    assert_field("none", "");
    assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
    assert_int_equal(csv.line, 4);
    assert_field("name", "a, \"b\"\nc");
    assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
    assert_int_equal(csv.line, 6);
    assert_field("id", "3");
    assert_field("name", "");
    assert_int_equal(csv_next(&csv, &fault), STATUS_END);
    assert_int_equal(csv_next(&csv, &fault), STATUS_END);
    csv_release(&csv);
}

static void header_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"", "f.csv:1: the file is empty: the first line must name the columns"},
        {"\n\n", "f.csv:1: the file is empty: the first line must name the columns"},
        {"a,,b\n", "f.csv:1: a column has no name"},
        {"a,b,a\n", "f.csv:1: two columns are named \"a\": rename or remove one"},
        {"a,\"b\n", "f.csv:1: a quoted field begins here and never ends: add the closing quote"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_not_equal(open_text(rows[i].text), STATUS_OK);
        assert_string_equal(fault.text, rows[i].fault);
        csv_release(&csv);
    }
}

static void record_faults(void **state)
{
    (void)state;
    static const char stray[] =
        "f.csv:3: a quote or line end stands inside a field: put the field in "
        "quotes and double the quotes in it";
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"1\n", "f.csv:3: 1 fields where the header names 2"},
        {"1,2,3\n", "f.csv:3: 3 fields where the header names 2"},
        {"1,a\"b\n", stray},
        {"1,\"a\"b\n", stray},
        {"1,a\rb\n", stray},
        {"1,\"a\n\n", "f.csv:3: a quoted field begins here and never ends: add the closing quote"},
        {"1,\xD6\xD0\n", "f.csv:3: not UTF-8: save the file as \"CSV UTF-8\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[100] = "a,b\n0,0\n";
        strcat(text, rows[i].text);
        assert_int_equal(open_text(text), STATUS_OK);
        assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
        assert_int_equal(csv_next(&csv, &fault), STATUS_MALFORMED);
        assert_string_equal(fault.text, rows[i].fault);
        csv_release(&csv);
    }
    assert_int_equal(open_text("a\n1\n"), STATUS_OK);
    assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
    assert_int_equal(csv_fault(&csv, &fault, "no such %s", "role"), STATUS_INVALID);
    assert_string_equal(fault.text, "f.csv:2: no such role");
    csv_release(&csv);
}

static void limits(void **state)
{
    (void)state;
    size_t size = CSV_MAX_RECORD + 100;
    char *text = malloc(size + 1);
    memset(text, ',', size);
    text[size] = '\0';
    assert_int_equal(open_text(text), STATUS_LIMIT);
    assert_string_equal(fault.text, "f.csv:1: more than 256 fields");
    csv_release(&csv);
    memset(text, 'a', size);
    assert_int_equal(open_text(text), STATUS_LIMIT);
    assert_string_equal(fault.text, "f.csv:1: the record is longer than 1 MiB");
    csv_release(&csv);
    memset(text, '"', size);
    assert_int_not_equal(open_text(text), STATUS_OK);
    csv_release(&csv);
    free(text);
}

/* What the writer of fields escapes, the reader reads. */
static void reads_what_is_written(void **state)
{
    (void)state;
    static const char *const fields[] = {"plain",      "",       "a,b",         "\"",
                                         "two\nlines", " edge ", "\xE4\xB8\xAD"};
    enum { COUNT = sizeof fields / sizeof fields[0] };
    struct buffer out;
    buffer_init(&out, 1000);
    buffer_append_text(&out, "0,1,2,3,4,5,6\r\n");
    for (size_t i = 0; i < COUNT; i++) {
        buffer_append_text(&out, i > 0 ? "," : "");
        text_append_csv(&out, slice_make(fields[i], strlen(fields[i])));
    }
    assert_int_equal(csv_open(&csv, buffer_slice(&out), "f", &fault), STATUS_OK);
    assert_int_equal(csv_next(&csv, &fault), STATUS_OK);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(slice_equal(csv_field(&csv, i), slice_make(fields[i], strlen(fields[i]))));
    csv_release(&csv);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records),
        cmocka_unit_test(header_faults),
        cmocka_unit_test(record_faults),
        cmocka_unit_test(limits),
        cmocka_unit_test(reads_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
