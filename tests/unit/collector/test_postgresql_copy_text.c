/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The columns a COPY's text names.
 */
#include "collector/decoders/postgresql_copy_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Columns as "a,b,-": "-" is computed; "" where the text does not tell; "+" first: with header. */
static const struct {
    const char *text, *columns;
} cases[] = {
    {"copy customers (id, full_name) to stdout", "id,full_name"},
    {"COPY public.\"Customers\" (\"Id\", phone) TO STDOUT WITH (FORMAT csv, HEADER)", "+Id,phone"},
    {"copy (select id, phone from customers where team = 2) to stdout", "id,phone"},
    {"COPY  ( select id, c.phone as p, id_card::text from customers c ) TO STDOUT csv header",
     "+id,phone,id_card"},
    {"copy (select 1, phone from customers where id = 5) to stdout", "-,phone"},
    {"copy (select id || '', upper(phone), (select max(a) from b), x from t) to stdout", "-,-,-,x"},
    {"copy (select distinct id from t) to stdout", "id"},
    {"copy (select distinct on (a) id from t) to stdout", ""},
    {"copy (select * from customers) to stdout", ""},
    {"copy (select c.*, s.score from c, s) to stdout", ""},
    {"copy (with x as (select id from t) select id from x) to stdout", ""},
    {"copy (select id from t) to stdout with (header false)", "id"},
    {"copy (select id from t) to stdout (format csv, header 0)", "id"},
    {"copy (select header from t) to stdout", "header"},
    {"copy t to stdout csv header", "+"},
    {"copy t to stdout", ""},
    {"copy (select id, phone", "id,phone"},
    {"copy (", ""},
    {"copy", ""},
    {"select id from t", ""},
    {"", ""},
};

static void describe(const char *text, char *out, size_t size)
{
    static struct pg_copy_text copy;
    size_t at = 0;
    pg_copy_text_read(&copy, slice_from(text));
    out[0] = 0;
    if (copy.header)
        at += (size_t)snprintf(out, size, "+");
    for (size_t i = 0; i < copy.count && at < size; i++) {
        struct slice name = copy.names[i].len ? copy.names[i] : SLICE("-");
        at += (size_t)snprintf(out + at, size - at, "%s%.*s", i ? "," : "", (int)name.len,
                               (const char *)name.ptr);
    }
}

static void names_columns(void **state)
{
    (void)state;
    char found[256], wanted[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        describe(cases[i].text, found, sizeof found);
        snprintf(wanted, sizeof wanted, "%s", cases[i].columns);
        if (strcmp(found, wanted) != 0)
            fail_msg("%s: '%s' for '%s'", cases[i].text, found, wanted);
    }
}

static void bounds_the_list(void **state)
{
    (void)state;
    static char text[8192];
    static struct pg_copy_text copy;
    size_t at = (size_t)snprintf(text, sizeof text, "copy t (c");
    for (int i = 1; i < RESULT_COLUMNS_MAX; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, ", c");
    snprintf(text + at, sizeof text - at, ") to stdout");
    pg_copy_text_read(&copy, slice_from(text));
    assert_int_equal(copy.count, RESULT_COLUMNS_MAX);
    snprintf(text + at, sizeof text - at, ", c) to stdout");
    pg_copy_text_read(&copy, slice_from(text));
    assert_int_equal(copy.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_columns),
        cmocka_unit_test(bounds_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
