/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The office's directory and its days.
 */
#include "office.h"

#include "base/clock.h"
#include "base/hash.h"
#include "store/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CUSTOMERS_EACH = 60, STRANGERS = 70, REGISTER_BEGIN = 500000 };

/* The customers of an agent lie far apart in the register. */
static unsigned customer_of(int agent, int i)
{
    uint64_t seed[2] = {(uint64_t)agent, (uint64_t)i};
    return (unsigned)(100000 + hash64(slice_make(seed, sizeof seed)) % 800000);
}

static FILE *create(const struct office *o, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/directory/%s", o->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void write_directory(const struct office *o)
{
    FILE *employees = create(o, "employees.csv"), *assignments = create(o, "assignments.csv");
    FILE *accounts = create(o, "accounts.csv");
    fputs("id,name,department,role,manager,hired,left,shift,workstation\n", employees);
    fputs("employee,subject,from,to\n", assignments);
    fputs("asset,account,employee,from,to\n", accounts);
    for (int a = 0; a < OFFICE_AGENTS; a++) {
        fprintf(employees, "E%02d,Agent %d,service,agent,,,,,10.0.1.%d\n", a, a, a + 1);
        fprintf(accounts, "*,agent%d,E%02d,,\n", a, a);
        for (int i = 0; i < CUSTOMERS_EACH; i++)
            fprintf(assignments, "E%02d,customer:%u,2026-01-01,\n", a, customer_of(a, i));
    }
    fclose(employees);
    fclose(assignments);
    fclose(accounts);
}

void office_make(struct office *o)
{
    struct fault fault;
    char text[512], path[128];
    snprintf(o->folder, sizeof o->folder, "/tmp/dwell-office-XXXXXX");
    assert_non_null(mkdtemp(o->folder));
    snprintf(path, sizeof path, "%s/directory", o->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    write_directory(o);
    memset(o->key.bytes, 7, sizeof o->key.bytes);
    snprintf(text, sizeof text,
             "state_dir: %s/state\ndirectory: %s/directory\nsite: {timezone: '+01:00'}\n",
             o->folder, o->folder);
    assert_int_equal(settings_parse(&o->settings, slice_from(text), "office.yaml", &fault),
                     STATUS_OK);
}

static void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    char child[512];
    for (struct dirent *e; folder && (e = readdir(folder));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        if (unlink(child) != 0)
            remove_tree(child);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

void office_remove(struct office *o)
{
    settings_release(&o->settings);
    remove_tree(o->folder);
}

enum status office_event(const struct office *o, uint64_t sequence, int agent, int day,
                         double second, unsigned customer, office_take *take, void *context)
{
    char account[16], session[32], id[16];
    struct event_subject subject = {.has_number = true, .number = customer, .space = 1};
    struct event_object object = {.name = customer ? SLICE("/customer/{id}") : SLICE("/login")};
    snprintf(account, sizeof account, "agent%d", agent);
    snprintf(session, sizeof session, "s-%d-%d", agent, day);
    snprintf(id, sizeof id, "%u", customer);
    event_subject_hash(&o->key, SLICE("customer"), slice_from(id), subject.hash);
    struct event e = {
        .time_ns =
            (OFFICE_FIRST_DAY + day) * NS_PER_DAY + (int64_t)(second * 1e9) - 3600 * NS_PER_S,
        .known = EVENT_KNOWS_subjects | EVENT_KNOWS_rows,
        .source_kind = EVENT_SOURCE_capture,
        .source_name = SLICE("eth0"),
        .sensor = SLICE("office"),
        .session = slice_from(session),
        .seq = sequence,
        .client = {.family = 4, .ip = {10, 0, 1, (uint8_t)(agent + 1)}, .port = 40000},
        .server = {.family = 4, .ip = {10, 0, 0, 1}, .port = 80},
        .protocol = SLICE("http"),
        .account = slice_from(account),
        .program = SLICE("Browser/1.0"),
        .action = customer ? EVENT_ACTION_view : EVENT_ACTION_login,
        .outcome = EVENT_OUTCOME_success,
        .objects = &object,
        .object_count = 1,
        .rows = customer ? 1 : 0,
        .subjects = customer ? 1 : 0,
        .keys = &subject,
        .key_count = customer ? 1 : 0};
    return take(context, sequence, &e);
}

/* Agents take turns, so that events come in the order of time. */
static unsigned choose(int agent, int day, int turn, bool *bad)
{
    uint64_t seed[3] = {(uint64_t)agent, (uint64_t)day, (uint64_t)turn};
    uint64_t chance = hash64(slice_make(seed, sizeof seed));
    *bad = agent == OFFICE_INSIDER && day == OFFICE_BAD_DAY && turn >= 5;
    if (*bad)
        return (unsigned)(REGISTER_BEGIN + turn * 2);
    if (chance % 29 == 0) /* a stranger now and then: somebody calls */
        return (unsigned)(100000 + chance / 29 % 800000);
    return customer_of(agent, (int)(chance / 29 % CUSTOMERS_EACH));
}

static int turns(int agent, int day)
{
    uint64_t seed[2] = {(uint64_t)day, (uint64_t)agent};
    if (agent == OFFICE_INSIDER && day == OFFICE_BAD_DAY)
        return STRANGERS;
    return 20 + (int)(hash64(slice_make(seed, sizeof seed)) % 10);
}

uint64_t office_play(const struct office *o, int first, int last, uint64_t from, uint64_t to,
                     office_take *take, void *context)
{
    uint64_t n = 0;
    for (int day = first; day <= last; day++) {
        if (day % 7 >= 5)
            continue;
        for (int turn = 0; turn < STRANGERS; turn++)
            for (int agent = 0; agent < OFFICE_AGENTS; agent++) {
                bool bad;
                unsigned customer = turn == 0 ? 0 : choose(agent, day, turn, &bad);
                if (turn >= turns(agent, day))
                    continue;
                n++;
                if (to && n >= to)
                    return n;
                double second = 9 * 3600 + turn * 400 + agent * 20;
                if (n >= from)
                    assert_int_equal(
                        office_event(o, n, agent, day, second, customer, take, context), STATUS_OK);
            }
    }
    return n + 1;
}

enum status office_engine(void *context, uint64_t sequence, const struct event *event)
{
    return engine_event(context, SLICE("office"), 1, sequence, event);
}

static bool append_day(void *context, const struct store_day *d)
{
    struct buffer *to = context;
    buffer_append_slice(to, d->employee);
    buffer_append(to, &d->day, sizeof d->day);
    const double values[] = {d->score,  d->risk,  d->alert_value,
                             d->weight, d->theta, d->measures.dwell_total_s};
    buffer_append(to, values, sizeof values);
    for (size_t k = 0; k < TERM_COUNT; k++) {
        const struct store_term *t = &d->terms[k];
        const double term[] = {t->raw,      t->deflated, t->coincidence, t->points, t->observed,
                               t->expected, t->n};
        buffer_append(to, term, sizeof term);
        buffer_append_slice(to, t->sentence[LANGUAGE_EN]);
        buffer_append_slice(to, t->sentence[LANGUAGE_ZH]);
    }
    return true;
}

void office_days(const char *state_dir, struct buffer *to)
{
    struct store_reader *reader;
    char why[512] = "";
    if (store_reader_open(&reader, state_dir, why, sizeof why) != STATUS_OK)
        fail_msg("%s", why);
    buffer_init(to, 64 << 20);
    assert_int_equal(store_days(reader, INT32_MIN, INT32_MAX, append_day, to), STATUS_OK);
    assert_int_equal(buffer_status(to), STATUS_OK);
    assert_true(to->len > 100000);
    store_reader_close(&reader);
}
