/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 and the escapes.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void append(struct buffer *out, struct slice s);

static void assert_becomes(append *function, struct slice from, const char *want)
{
    struct buffer out;
    buffer_init(&out, 4096);
    function(&out, from);
    assert_int_equal(buffer_status(&out), STATUS_OK);
    assert_string_equal(buffer_text(&out), want);
    buffer_release(&out);
}

static void utf8_validity(void **state)
{
    (void)state;
    assert_true(text_is_utf8(SLICE("")));
    assert_true(text_is_utf8(SLICE("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF")));
    static const char *const bad[] = {
        "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xC3",         "\xE4\xB8",         "\xF0\x9F\x98",     "\xFF",
        "\xC3(",        "a\xE4\xB8"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_is_utf8(slice_make(bad[i], strlen(bad[i]))));
}

/* The example of Unicode 15, table 3-8. */
static void maximal_subparts(void **state)
{
    (void)state;
    assert_becomes(
        text_append_utf8, SLICE("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
        "\xEF\xBF\xBD"
        "A");
    assert_becomes(text_append_utf8, SLICE("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
                   "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                   "A");
}

static void code_points_round_trip(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 8);
    for (uint32_t code = 0; code <= 0x10FFFF; code += 7) {
        uint32_t back;
        bool valid;
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        buffer_reset(&out);
        text_append_code(&out, code);
        assert_int_equal(text_decode(buffer_slice(&out), &back, &valid), out.len);
        assert_true(valid && back == code);
    }
    buffer_release(&out);
    assert_int_equal(text_length(SLICE("a\xE4\xB8\xAD\xFF")), 3);
}

static void cut_keeps_characters_whole(void **state)
{
    (void)state;
    struct slice s = SLICE("a\xE4\xB8\xAD");
    assert_int_equal(text_cut(s, 4).len, 4);
    assert_int_equal(text_cut(s, 3).len, 1);
    assert_int_equal(text_cut(s, 2).len, 1);
    assert_int_equal(text_cut(s, 1).len, 1);
    assert_int_equal(text_cut(s, 0).len, 0);
    assert_int_equal(text_cut(SLICE("\x80\x80\x80\x80\x80\x80"), 5).len, 5);
}

static void terminal(void **state)
{
    (void)state;
    assert_becomes(text_append_terminal, SLICE("plain \\ \xE4\xB8\xAD"), "plain \\ \xE4\xB8\xAD");
    assert_becomes(text_append_terminal, SLICE("a\nb\rc\td\x1B[2J\x7F\0"),
                   "a\\nb\\rc\\td\\x1B[2J\\x7F\\x00");
    assert_becomes(text_append_terminal,
                   SLICE("\xC2\x9B"
                         "31m"),
                   "\\x9B31m"); /* C1 CSI */
    assert_becomes(text_append_terminal,
                   SLICE("\xE2\x80\xAE"
                         "gpj"),
                   "\\u{202E}gpj");
    assert_becomes(text_append_terminal, SLICE("\xFF"), "\xEF\xBF\xBD");
}

static void csv(void **state)
{
    (void)state;
    assert_becomes(text_append_csv, SLICE("plain"), "plain");
    assert_becomes(text_append_csv, SLICE(""), "");
    assert_becomes(text_append_csv, SLICE("a,b"), "\"a,b\"");
    assert_becomes(text_append_csv, SLICE("a\"b"), "\"a\"\"b\"");
    assert_becomes(text_append_csv, SLICE("a\r\nb"), "\"a\r\nb\"");
    assert_becomes(text_append_csv, SLICE(" a"), "\" a\"");
    assert_becomes(text_append_csv, SLICE("=1+1"), "'=1+1");
    assert_becomes(text_append_csv, SLICE("+1"), "'+1");
    assert_becomes(text_append_csv, SLICE("-1"), "'-1");
    assert_becomes(text_append_csv, SLICE("@x"), "'@x");
    assert_becomes(text_append_csv, SLICE("\tx"), "\"'\tx\"");
    assert_becomes(text_append_csv, SLICE("\rx"), "\"'\rx\"");
    assert_becomes(text_append_csv, SLICE("=\"a\",b"), "\"'=\"\"a\"\",b\"");
}

static void html(void **state)
{
    (void)state;
    assert_becomes(text_append_html, SLICE("<a href=\"x\">'&'"),
                   "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    assert_becomes(text_append_html, SLICE("a\n\x01\xFF"), "a\n\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void syslog(void **state)
{
    (void)state;
    assert_becomes(text_append_syslog, SLICE("a\"b\\c]d[\n"), "a\\\"b\\\\c\\]d[#012");
    assert_becomes(text_append_syslog, SLICE("\xE4\xB8\xAD\xFF\0"), "\xE4\xB8\xAD\xEF\xBF\xBD#000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_validity),
        cmocka_unit_test(maximal_subparts),
        cmocka_unit_test(code_points_round_trip),
        cmocka_unit_test(cut_keeps_characters_whole),
        cmocka_unit_test(terminal),
        cmocka_unit_test(csv),
        cmocka_unit_test(html),
        cmocka_unit_test(syslog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
