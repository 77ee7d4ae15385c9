/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The command line over the simulated lender: simulate, replay, ask. The people of the answer key
 * stand among the first, and every query answers with the documented exit code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { KEY_PEOPLE_MAX = 32, EMPLOYEE_MAX = 32 };

static char folder[64];

static int make(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dwell-lender-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

/* Runs `dwell ARGUMENTS`, each %s of which is the folder; the output is read by `line`. */
static int dwell(const char *arguments, void (*line)(void *context, const char *text),
                 void *context)
{
    char with_folder[1024], command[2048];
    static char text[1 << 16];
    snprintf(with_folder, sizeof with_folder, "%s", arguments);
    for (char *at; (at = strstr(with_folder, "@"));) {
        char rest[1024];
        snprintf(rest, sizeof rest, "%s", at + 1);
        snprintf(at, sizeof with_folder - (size_t)(at - with_folder), "%s%s", folder, rest);
    }
    snprintf(command, sizeof command, "LC_ALL=C %s %s 2>%s/error", DWELL_PROGRAM, with_folder,
             folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(text, sizeof text, pipe))
        if (line)
            line(context, text);
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

struct ranking {
    char people[400][EMPLOYEE_MAX];
    size_t count;
};

static void take_person(void *context, const char *text)
{
    struct ranking *r = context;
    json_t *j = json_loads(text, 0, NULL);
    assert_non_null(j);
    assert_true(r->count < 400);
    snprintf(r->people[r->count++], EMPLOYEE_MAX, "%s",
             json_string_value(json_object_get(j, "employee")));
    assert_true(json_is_object(json_object_get(j, "terms")));
    json_decref(j);
}

static size_t read_key(char people[KEY_PEOPLE_MAX][EMPLOYEE_MAX])
{
    char path[128], text[512];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/sim/answer-key.csv", folder);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    while (n < KEY_PEOPLE_MAX && fgets(text, sizeof text, f))
        snprintf(people[n++], EMPLOYEE_MAX, "%.*s", (int)strcspn(text, ","), text);
    fclose(f);
    return n;
}

static void insiders_come_first(void **state)
{
    (void)state;
    static struct ranking r;
    char key[KEY_PEOPLE_MAX][EMPLOYEE_MAX];
    size_t found = 0;
    assert_int_equal(dwell("sim -o @/sim --employees 60 --days 42 --strength obvious", NULL, NULL),
                     0);
    assert_int_equal(dwell("check --config @/sim/dwell.yaml", NULL, NULL), 0);
    assert_int_equal(
        dwell("replay -q --config @/sim/dwell.yaml --state @/state @/sim/events.jsonl", NULL, NULL),
        0);
    assert_int_equal(dwell("risk --state @/state --json", take_person, &r), 0);
    size_t n = read_key(key);
    assert_true(n >= 5 && r.count >= 50);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 2 * n; k++)
            found += strcmp(key[i], r.people[k]) == 0;
    assert_true(found * 10 >= n * 7); /* seven in ten among twice as many */
}

static void count_line(void *context, const char *text)
{
    assert_true(text[0] == '{');
    ++*(size_t *)context;
}

static void every_query_answers(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "risk --state @/state --by day --json",
        "events --state @/state --employee E0003 --json",
        "events --state @/state --object /login --json",
        "alerts --state @/state --json",
        "coverage --state @/state --json",
        "status --state @/state --json",
        "explain --state @/state E0003 --json",
        "verify --state @/state --json",
        "who-saw --state @/state --config @/sim/dwell.yaml customer:301715 --json",
        "who-saw --state @/state customer:301715 --json",
        "who-saw --state @/state 301715 --json",
        "events --state @/state --subject 301715 --json",
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        size_t lines = 0;
        assert_int_equal(dwell(queries[i], count_line, &lines), 0);
        assert_true(lines > 0);
    }
    assert_int_equal(
        dwell("report access --state @/state --from 2026-11-01 --to 2026-11-02 -o @/a.csv", NULL,
              NULL),
        0);
    assert_int_equal(dwell("report risk --state @/state -o @/r.csv", NULL, NULL), 0);
    assert_int_equal(dwell("report alerts --state @/state -o @/b.csv", NULL, NULL), 0);
}

/* By day, and by the day that says most. */
static void take_explained_score(void *context, const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    assert_non_null(j);
    *(double *)context = json_real_value(json_object_get(j, "score"));
    json_decref(j);
}

static void take_highest_score(void *context, const char *text)
{
    double *scores = context; /* a ring of 14, then the count */
    json_t *j = json_loads(text, 0, NULL);
    scores[(size_t)scores[14] % 14] = json_real_value(json_object_get(j, "score"));
    scores[14]++;
    json_decref(j);
}

static void explain_chooses_the_most_telling_day(void **state)
{
    (void)state;
    double scores[15] = {0}, best = 0, explained = -1;
    assert_int_equal(dwell("risk --state @/state --by day --json | grep '\"employee\":\"E0003\"'",
                           take_highest_score, scores),
                     0);
    for (size_t i = 0; i < 14; i++)
        best = scores[i] > best ? scores[i] : best;
    assert_int_equal(
        dwell("explain --state @/state E0003 --json", take_explained_score, &explained), 0);
    assert_true(best > 0);
    assert_float_equal(explained, best, 1e-9);
}

/* The key is named by its path; without it an id finds nothing, a hash still does. */
static void who_saw_needs_the_key_for_ids_only(void **state)
{
    (void)state;
    size_t lines = 0;
    assert_int_equal(
        dwell("status --state @/state >/dev/null; mv @/sim/site.key @/sim/moved", NULL, NULL), 0);
    assert_int_equal(dwell("who-saw --state @/state 301715 --json", count_line, &lines), 3);
    assert_int_equal(dwell("who-saw --state @/state 35465a3d427aca448e3b177348b88142 --json",
                           count_line, &lines),
                     0);
    assert_int_equal(
        dwell("status --state @/state >/dev/null; mv @/sim/moved @/sim/site.key", NULL, NULL), 0);
}

static void a_second_replay_changes_nothing(void **state)
{
    (void)state;
    size_t before = 0, after = 0;
    assert_int_equal(dwell("events --state @/state --json", count_line, &before), 0);
    assert_int_equal(
        dwell("replay -q --config @/sim/dwell.yaml --state @/state @/sim/events.jsonl", NULL, NULL),
        0);
    assert_int_equal(dwell("events --state @/state --json", count_line, &after), 0);
    assert_int_equal(before, after);
}

static void count_line_if_brace(void *context, const char *text)
{
    *(size_t *)context += text[0] == '{';
}

static void accounts_are_assigned_once(void **state)
{
    (void)state;
    size_t lines = 0;
    const char *assign =
        "assign newbie E0003 --asset crm --from 2026-11-01 --config @/sim/dwell.yaml";
    assert_int_equal(dwell(assign, NULL, NULL), 0);
    assert_int_equal(dwell(assign, NULL, NULL), 1);
    assert_int_equal(
        dwell("check --config @/sim/dwell.yaml; grep -c newbie @/sim/directory/accounts.csv | "
              "grep -qx 1 && echo {",
              count_line_if_brace, &lines),
        0);
    assert_int_equal(lines, 1);
    assert_int_equal(dwell("assign x NOBODY --asset crm --config @/sim/dwell.yaml", NULL, NULL), 1);
}

static void mistakes_have_their_codes(void **state)
{
    (void)state;
    assert_int_equal(dwell("risk --state @/nowhere", NULL, NULL), 3);
    assert_int_equal(dwell("risk --state @/state --by week", NULL, NULL), 2);
    assert_int_equal(dwell("events --state @/state --from yesterday", NULL, NULL), 2);
    assert_int_equal(dwell("explain --state @/state NOBODY", NULL, NULL), 1);
    assert_int_equal(dwell("who-saw --state @/state", NULL, NULL), 2);
    assert_int_equal(
        dwell("replay --config @/sim/dwell.yaml --state @/s2 @/missing.jsonl", NULL, NULL), 3);
    assert_int_equal(dwell("check --config @/missing.yaml", NULL, NULL), 1);
    assert_int_equal(dwell("report access --state @/state -o @/a.pdf", NULL, NULL), 2);
    assert_int_equal(dwell("report access --state @/state -o @/no/folder/a.csv", NULL, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(insiders_come_first),
        cmocka_unit_test(every_query_answers),
        cmocka_unit_test(explain_chooses_the_most_telling_day),
        cmocka_unit_test(who_saw_needs_the_key_for_ids_only),
        cmocka_unit_test(a_second_replay_changes_nothing),
        cmocka_unit_test(accounts_are_assigned_once),
        cmocka_unit_test(mistakes_have_their_codes),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
