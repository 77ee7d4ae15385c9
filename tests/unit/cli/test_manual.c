/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of subcommands: complete in both languages, and the manual made from it.
 */
#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What the command line prints to standard output. */
static char *output_of(char **argv, int argc, int expect)
{
    static char text[1 << 18];
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    int code = command_main(argc, argv);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_int_equal(code, expect);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void every_command_speaks_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++) {
        assert_non_null(commands[i]->help_en);
        assert_non_null(commands[i]->help_zh);
        assert_true(strcmp(commands[i]->help_en, commands[i]->help_zh) != 0);
        assert_int_equal(commands[i]->options_en != NULL, commands[i]->options_zh != NULL);
    }
}

static void the_manual_names_every_command(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"dwell"}, (char[]){"manual"}, NULL};
    const char *page = output_of(argv, 2, EXIT_DONE);
    assert_true(strncmp(page, ".TH DWELL 1", 11) == 0);
    for (size_t i = 0; commands[i]; i++)
        if (!strstr(page, commands[i]->name) && !strstr(commands[i]->name, "-"))
            fail_msg("%s is not in the manual", commands[i]->name);
}

static void the_settings_have_four_forms(void **state)
{
    static const struct {
        const char *form, *holds;
    } forms[] = {{"text", "analyzer.alert_budget"},
                 {"yaml", "alert_budget:"},
                 {"man", ".TH DWELL.YAML 5"},
                 {"schema", "\"analyzer.alert_budget\""}};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char form[16];
        snprintf(form, sizeof form, "%s", forms[i].form);
        char *argv[] = {(char[]){"dwell"}, (char[]){"settings"}, (char[]){"--format"}, form, NULL};
        if (!strstr(output_of(argv, 4, EXIT_DONE), forms[i].holds))
            fail_msg("%s: no %s", forms[i].form, forms[i].holds);
    }
    char *wrong[] = {(char[]){"dwell"}, (char[]){"settings"}, (char[]){"--format=pdf"}, NULL};
    assert_string_equal(output_of(wrong, 3, EXIT_USAGE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_speaks_both_languages),
        cmocka_unit_test(the_manual_names_every_command),
        cmocka_unit_test(the_settings_have_four_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
