/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a subcommand's options.
 */
#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct command sample = {
    .name = "sample", .synopsis = "FILE...", .help_en = "a sample", .help_zh = "示例"};

struct values {
    bool json;
    const char *state;
    struct command_list ports;
    struct command_list operands;
    int code;
};

static bool parse(struct values *v, int argc, const char **argv)
{
    *v = (struct values){.code = -1};
    const struct command_option options[] = {{"json", OPTION_FLAG, &v->json, 0},
                                             {"state", OPTION_TEXT, &v->state, 's'},
                                             {"port", OPTION_LIST, &v->ports, 0},
                                             {0}};
    return command_parse(&sample, options, argc, (char **)(uintptr_t)argv, &v->operands, &v->code);
}

#define PARSE(v, ...)                                                          \
    parse(v, sizeof((const char *[]){"sample", __VA_ARGS__}) / sizeof(char *), \
          (const char *[]){"sample", __VA_ARGS__})

static void release(struct values *v)
{
    command_list_release(&v->ports);
    command_list_release(&v->operands);
}

static void test_options_stand_anywhere(void **state)
{
    (void)state;
    struct values v;
    assert_true(PARSE(&v, "a", "--json", "--state", "dir", "b", "--port=1=http", "--port", "2=x"));
    assert_true(v.json);
    assert_string_equal(v.state, "dir");
    assert_int_equal(v.ports.count, 2);
    assert_string_equal(v.ports.items[0], "1=http");
    assert_string_equal(v.ports.items[1], "2=x");
    assert_int_equal(v.operands.count, 2);
    assert_string_equal(v.operands.items[1], "b");
    release(&v);
}

static void test_two_dashes_end_the_options(void **state)
{
    (void)state;
    struct values v;
    assert_true(PARSE(&v, "--", "--json", "-"));
    assert_false(v.json);
    assert_int_equal(v.operands.count, 2);
    assert_string_equal(v.operands.items[0], "--json");
    release(&v);
    assert_true(PARSE(&v, "-s", "dir"));
    assert_string_equal(v.state, "dir");
    release(&v);
    assert_true(PARSE(&v, "-")); /* standard input */
    assert_int_equal(v.operands.count, 1);
    release(&v);
}

static void test_wrong_options_are_refused(void **state)
{
    (void)state;
    struct values v;
    assert_false(PARSE(&v, "--nothing"));
    assert_int_equal(v.code, EXIT_USAGE);
    release(&v);
    assert_false(PARSE(&v, "a", "--state"));
    assert_int_equal(v.code, EXIT_USAGE);
    release(&v);
    assert_false(PARSE(&v, "--json=yes"));
    assert_int_equal(v.code, EXIT_USAGE);
    release(&v);
    assert_false(PARSE(&v, "-x"));
    assert_int_equal(v.code, EXIT_USAGE);
    release(&v);
    assert_false(PARSE(&v, "--jso")); /* no abbreviations: they would break scripts later */
    assert_int_equal(v.code, EXIT_USAGE);
    release(&v);
}

static void test_language_follows_the_environment(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_string_equal(command_text("en", "zh"), "zh");
    setenv("LC_ALL", "C.UTF-8", 1);
    assert_string_equal(command_text("en", "zh"), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_stand_anywhere),
        cmocka_unit_test(test_two_dashes_end_the_options),
        cmocka_unit_test(test_wrong_options_are_refused),
        cmocka_unit_test(test_language_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
