/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The scanners of HTTP bodies: records and cells, whatever the cut.
 */
#include "collector/decoders/http_body.h"

#include "base/buffer.h"
#include "support/guard.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct body_case {
    const char *name;
    enum http_body_kind kind;
    const char *bytes;
    uint64_t records;
    const char *cells; /* "name=value@depth;" of each */
};

static void on_cell(void *context, struct slice name, struct slice value, unsigned depth)
{
    struct buffer *out = context;
    buffer_append_slice(out, name);
    buffer_append_byte(out, '=');
    buffer_append_slice(out, value);
    buffer_append_format(out, "@%u;", depth);
}

static void check(const struct body_case *c, size_t piece)
{
    struct http_body body;
    struct buffer cells;
    struct guard guard;
    buffer_init(&cells, 1 << 20);
    guard_init(&guard, 4096);
    http_body_begin(&body, c->kind, &(struct http_cells){.cell = on_cell, .context = &cells});
    struct slice bytes = slice_from(c->bytes);
    for (size_t at = 0; at < bytes.len; at += piece)
        http_body_feed(&body, guard_place(&guard, slice_part(bytes, at, piece)));
    uint64_t records = http_body_end(&body);
    if (records != c->records)
        fail_msg("%s in pieces of %zu: %u records", c->name, piece, (unsigned)records);
    if (c->cells)
        assert_string_equal(buffer_text(&cells), c->cells);
    guard_release(&guard);
    buffer_release(&cells);
}

static const struct body_case cases[] = {
    {"empty", HTTP_BODY_JSON, "", 0, ""},
    {"one object", HTTP_BODY_JSON, "{\"id\":77,\"name\":\"A \\\"b\\\" \\u00e9\"}", 1,
     "id=77@1;name=A \"b\" \xc3\xa9@1;"},
    {"list in an object", HTTP_BODY_JSON,
     "{\"total\":5000,\"items\":[{\"id\":1,\"x\":null},{\"id\":2,\"x\":true}]}", 2,
     "total=5000@1;id=1@3;id=2@3;x=true@3;"},
    {"an id inside a record is not another record", HTTP_BODY_JSON,
     "[{\"id\":1,\"address\":{\"id\":9}},{\"id\":2,\"orders\":[{\"id\":5},{\"id\":6}]}]", 2, NULL},
    {"objects without ids", HTTP_BODY_JSON, "{\"rows\":[{\"a\":1},{\"a\":2},{\"a\":3}]}", 3, NULL},
    {"a wrapped record", HTTP_BODY_JSON, "{\"data\":{\"customer\":{\"id\":42,\"iban\":\"X\"}}}", 1,
     NULL},
    {"no record", HTTP_BODY_JSON, "{\"stored\":true}", 0, "stored=true@1;"},
    {"scalars in a list", HTTP_BODY_JSON, "[1,2,3]", 0, "=1@1;=2@1;=3@1;"},
    {"surrogates", HTTP_BODY_JSON, "{\"a\":\"\\ud83d\\ude00\"}", 0, "a=\xf0\x9f\x98\x80@1;"},
    {"lines of JSON", HTTP_BODY_JSON, "{\"id\":1}\n{\"id\":2}\n", 2, "id=1@1;id=2@1;"},
    {"unbalanced", HTTP_BODY_JSON, "]]}}{\"id\":1", 1, "id=1@1;"},
    {"csv", HTTP_BODY_CSV, "id,full_name\n1,\"Customer, \"\"1\"\"\"\n2,B\n", 2,
     "id=1@0;full_name=Customer, \"1\"@0;id=2@0;full_name=B@0;"},
    {"csv without a last newline", HTTP_BODY_CSV, "a;b\r\n1;2", 1, "a=1@0;b=2@0;"},
    {"a newline inside quotes", HTTP_BODY_CSV, "a\tb\n\"x\ny\"\tz\n", 1, "a=x\ny@0;b=z@0;"},
    {"only a header", HTTP_BODY_CSV, "id,name\n", 0, ""},
    {"rows of a table", HTTP_BODY_HTML,
     "<table><tr><th>Name</th></tr><tr data-id=\"40\"><td>Customer 40<td>GB29"
     "<tr data-id='41'><td>C</td></tr></table>",
     2, "=Name@0;data-id=40@0;=Customer 40@0;=GB29@0;data-id=41@0;=C@0;"},
    {"unquoted and scripts", HTTP_BODY_HTML,
     "<tr data-id=7><td>x<script>if(a<b){\"<tr><td>\"}</script><!-- <tr><td> --></table>", 1, NULL},
    {"a page without a table", HTTP_BODY_HTML, "<h1>Customer 123</h1><a href=/crm/customer/1>1</a>",
     0, "=Customer 123@0;=1@0;"},
    {"form", HTTP_BODY_FORM, "username=al%69ce+b&password=a%2Bb&empty=", 0,
     "username=alice b@0;password=a+b@0;empty=@0;"},
};

static void every_case_in_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(&cases[i], 1 << 20);
        for (size_t piece = 1; piece < 8; piece++)
            check(&cases[i], piece);
    }
}

static void long_values_are_cut_not_kept(void **state)
{
    (void)state;
    struct http_body body;
    struct buffer cells;
    uint8_t byte = 'x';
    buffer_init(&cells, 1 << 20);
    http_body_begin(&body, HTTP_BODY_JSON,
                    &(struct http_cells){.cell = on_cell, .context = &cells});
    http_body_feed(&body, SLICE("{\"a\":\""));
    for (int i = 0; i < 100000; i++)
        http_body_feed(&body, slice_make(&byte, 1));
    http_body_feed(&body, SLICE("\"}"));
    assert_int_equal(http_body_end(&body), 0);
    assert_int_equal(cells.len, HTTP_CELL_MAX + strlen("a=@1;"));
    buffer_release(&cells);
}

static void deep_nesting_is_passed_over(void **state)
{
    (void)state;
    struct http_body body;
    struct buffer cells;
    buffer_init(&cells, 1 << 20);
    http_body_begin(&body, HTTP_BODY_JSON,
                    &(struct http_cells){.cell = on_cell, .context = &cells});
    for (int i = 0; i < 100000; i++)
        http_body_feed(&body, SLICE("[{\"id\":"));
    for (int i = 0; i < 100000; i++)
        http_body_feed(&body, SLICE("}]"));
    http_body_feed(&body, SLICE("{\"last\":1}"));
    http_body_end(&body);
    assert_string_equal(buffer_text(&cells), "last=1@1;");
    buffer_release(&cells);
}

static void media_types_choose_the_scanner(void **state)
{
    (void)state;
    assert_int_equal(http_body_kind_of(SLICE("text/html; charset=utf-8")), HTTP_BODY_HTML);
    assert_int_equal(http_body_kind_of(SLICE("Application/JSON")), HTTP_BODY_JSON);
    assert_int_equal(http_body_kind_of(SLICE("application/problem+json")), HTTP_BODY_JSON);
    assert_int_equal(http_body_kind_of(SLICE("image/png")), HTTP_BODY_OTHER);
    assert_int_equal(http_body_kind_of(SLICE("")), HTTP_BODY_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_in_every_cut),
        cmocka_unit_test(long_values_are_cut_not_kept),
        cmocka_unit_test(deep_nesting_is_passed_over),
        cmocka_unit_test(media_types_choose_the_scanner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
