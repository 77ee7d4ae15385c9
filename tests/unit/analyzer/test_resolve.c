/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who did it: each way in its order with its confidence, dated; nobody is named on a guess.
 */
#include "analyzer/resolve.h"
#include "base/clock.h"
#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAY = 20454 }; /* 2026-01-01 */

static char folder[64];
static struct organisation *organisation;
static struct logins logins;

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make(void **state)
{
    (void)state;
    struct fault fault;
    snprintf(folder, sizeof folder, "/tmp/dwell-resolve-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    write_file("employees.csv", "id,name,department,role,hired,left,workstation\n"
                                "E1,Wang Wei,it,dba,,,10.1.0.1\n"
                                "E2,Wang Wei,it,dba,,2026-01-10,10.1.0.2\n"
                                "E3,Li Na,it,dba,2026-01-11,,10.1.0.2\n");
    write_file("accounts.csv", "asset,account,employee,from,to\n"
                               "*,wang,E1,,2026-01-10\n*,wang,E3,2026-01-11,\n"
                               "*,dba,shared,,\n*,batch,service,,\n");
    if (organisation_load(&organisation, folder, NULL, &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
    return logins_init(&logins) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    organisation_free(&organisation);
    logins_release(&logins);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

static struct event event_of(const char *account, uint8_t client, int second)
{
    return (struct event){.time_ns = DAY * NS_PER_DAY + second * NS_PER_S,
                          .account = slice_from(account),
                          .action = EVENT_ACTION_read,
                          .outcome = EVENT_OUTCOME_success,
                          .client = {.family = 4, .ip = {10, 1, 0, client}, .port = 4000},
                          .server = {.family = 4, .ip = {10, 0, 0, 1}, .port = 5432}};
}

static void is(const struct event *e, int day, const char *employee, enum entity_kind kind,
               unsigned confidence)
{
    struct resolved who;
    resolve(&who, organisation, NULL, &logins, e, day);
    assert_string_equal(slice_copy_text(who.employee, (char[300]){0}, 300), employee);
    assert_int_equal(who.kind, kind);
    assert_int_equal(who.confidence, confidence);
}

static void personal_accounts_are_dated(void **state)
{
    (void)state;
    struct event e = event_of("wang", 9, 0);
    is(&e, DAY + 9, "E1", ENTITY_PERSON, 95);
    is(&e, DAY + 10, "E3", ENTITY_PERSON, 95); /* the account went on to another one */
    e = event_of("E2", 9, 0);
    is(&e, DAY, "E2", ENTITY_PERSON, 90);
}

static void shared_accounts_are_known_by_traces(void **state)
{
    (void)state;
    struct event e = event_of("dba", 9, 0);
    is(&e, DAY, "dba@10.0.0.1:5432", ENTITY_SHARED, 0);
    e.program = SLICE("psql/E3");
    is(&e, DAY, "dba@10.0.0.1:5432", ENTITY_SHARED, 0); /* not yet hired */
    is(&e, DAY + 10, "E3", ENTITY_PERSON, 85);
    e.program = SLICE("for E1, E2");
    is(&e, DAY, "dba@10.0.0.1:5432", ENTITY_SHARED, 0); /* two of them: none */
    e = event_of("dba", 2, 0);
    is(&e, DAY, "E2", ENTITY_PERSON, 60);
    is(&e, DAY + 10, "E3", ENTITY_PERSON, 60); /* the desk's next owner */
}

static void login_at(const char *employee, uint8_t client, int second, enum event_action action)
{
    struct event e = event_of(employee, client, second);
    e.server = (struct event_address){.family = 4, .ip = {10, 1, 0, 50}, .port = 22};
    e.action = action;
    logins_event(&logins, &e, slice_from(employee));
}

static void a_bastion_says_who_came_through(void **state)
{
    (void)state;
    struct event e = event_of("dba", 50, 1000), batch = event_of("batch", 50, 1000);
    login_at("E1", 77, 900, EVENT_ACTION_login);
    is(&e, DAY, "E1", ENTITY_PERSON, 75);
    is(&batch, DAY, "batch@10.0.0.1:5432", ENTITY_SERVICE, 0);
    e.client.ip[3] = 77; /* straight from where he logged in */
    is(&e, DAY, "E1", ENTITY_PERSON, 75);
    login_at("E2", 78, 950, EVENT_ACTION_login);
    e = event_of("dba", 50, 1000);
    is(&e, DAY, "dba@10.0.0.1:5432", ENTITY_SHARED, 0); /* two at once: nobody is guessed */
    login_at("E1", 77, 990, EVENT_ACTION_logout);
    is(&e, DAY, "E2", ENTITY_PERSON, 75);
    e = event_of("dba", 50, 950 + LOGIN_OPEN_S + 1);
    is(&e, DAY, "dba@10.0.0.1:5432", ENTITY_SHARED, 0); /* forgotten, not logged out */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(personal_accounts_are_dated),
        cmocka_unit_test(shared_accounts_are_known_by_traces),
        cmocka_unit_test(a_bastion_says_who_came_through),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
