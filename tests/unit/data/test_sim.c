/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The simulated lender: same options, same bytes; its directory knows everybody who acts; the
 * answer key names days on which something was really done; a clean run has no answers; ids are of
 * the kind that was asked for.
 */
#include "analyzer/organisation.h"
#include "assets/assets.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "event/json.h"
#include "event/site_key.h"
#include "sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EMPLOYEES = 40, DAYS = 21 };

/* A run in a folder of its own, and what is counted of it. */
struct run {
    struct sim_options options;
    char folder[64];
    uint64_t hash, events;
    int64_t last_ns;
    struct arena arena;
    bool numbers, uuids, exact_order;
    /* of those that resolve: */
    struct organisation *organisation;
    struct assets *assets;
    struct event_site_key key;
    uint64_t unknown_accounts, unknown_assets;
    uint16_t acts[EMPLOYEES][DAYS];
};

static struct sim_options small(uint64_t seed)
{
    struct sim_options o = sim_defaults();
    o.seed = seed;
    o.employees = EMPLOYEES;
    o.days = DAYS;
    return o;
}

static void path_of(const struct run *r, const char *name, char path[160])
{
    snprintf(path, 160, "%s/%s", r->folder, name);
}

static void read_text(const struct run *r, const char *name, struct buffer *to)
{
    char path[160];
    path_of(r, name, path);
    buffer_init(to, 64 << 20);
    assert_int_equal(file_read(path, to), STATUS_OK);
}

/* The directory is there before the first event. */
static void open_directory(struct run *r)
{
    struct fault fault;
    char path[160];
    path_of(r, "site.key", path);
    assert_int_equal(site_key_read(path, &r->key), STATUS_OK);
    path_of(r, "directory/assets.yaml", path);
    assert_int_equal(assets_load(&r->assets, path, &fault), STATUS_OK);
    path_of(r, "directory", path);
    assert_int_equal(organisation_load(&r->organisation, path, &r->key, &fault), STATUS_OK);
}

static void count_act(struct run *r, const struct event *e)
{
    const struct employee *owner = NULL;
    enum entity_kind kind;
    int64_t local = e->time_ns / 1000000000 + 8 * 3600;
    int32_t day = (int32_t)(local / 86400);
    const struct asset *asset = assets_find(r->assets, &e->server);
    r->unknown_assets += asset == NULL;
    if (asset)
        organisation_account(r->organisation, asset_name(asset), e->account, day, &owner, &kind);
    r->unknown_accounts += owner == NULL;
    int64_t index = day - r->options.first_day;
    if (owner && index >= 0 && index < DAYS)
        r->acts[owner->index][index]++;
}

static enum status take(void *context, struct slice line)
{
    struct run *r = context;
    struct event e;
    if (!r->organisation)
        open_directory(r);
    arena_reset(&r->arena);
    struct event_json_input input = {.site_key = &r->key};
    assert_int_equal(event_from_json(&input, line, &e, &r->arena), STATUS_OK);
    r->exact_order &= e.time_ns >= r->last_ns;
    r->last_ns = e.time_ns;
    r->hash = hash64_seeded(line, r->hash);
    r->events++;
    for (size_t i = 0; i < e.key_count; i++) {
        r->numbers |= e.keys[i].has_number;
        r->uuids |= !e.keys[i].has_number;
    }
    count_act(r, &e);
    return STATUS_OK;
}

static struct run *play(struct sim_options options)
{
    struct fault fault = {""};
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *r = (struct run){.options = options, .folder = "/tmp/dwell-sim-XXXXXX", .exact_order = true};
    arena_init(&r->arena, 1 << 20);
    assert_non_null(mkdtemp(r->folder));
    assert_int_equal(sim_play(&options, r->folder, take, r, NULL, NULL, &fault), STATUS_OK);
    return r;
}

static void drop(struct run *r)
{
    static const char *const names[] = {"directory/employees.csv",
                                        "directory/changes.csv",
                                        "directory/accounts.csv",
                                        "directory/calendar.csv",
                                        "directory/assets.yaml",
                                        "directory/assignments.csv",
                                        "site.key",
                                        "dwell.yaml",
                                        "answer-key.csv",
                                        "answer-days.csv",
                                        "events.jsonl"};
    char path[160];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_of(r, names[i], path);
        unlink(path);
    }
    path_of(r, "directory", path);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(r->folder), 0);
    arena_release(&r->arena);
    assets_free(&r->assets);
    organisation_free(&r->organisation);
    free(r);
}

static uint64_t hash_of(const struct run *r, const char *name)
{
    struct buffer text;
    read_text(r, name, &text);
    uint64_t hash = hash64(buffer_slice(&text));
    buffer_release(&text);
    return hash;
}

static void same_options_same_bytes(void **state)
{
    (void)state;
    struct run *a = play(small(5)), *b = play(small(5)), *other = play(small(6));
    assert_true(a->events > 10000);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->hash, b->hash);
    assert_int_not_equal(a->hash, other->hash);
    static const char *const files[] = {"directory/assignments.csv", "directory/employees.csv",
                                        "answer-key.csv", "answer-days.csv", "site.key"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(hash_of(a, files[i]), hash_of(b, files[i]));
    drop(a);
    drop(b);
    drop(other);
}

static void the_file_holds_the_same_events(void **state)
{
    (void)state;
    struct fault fault;
    struct run *r = play(small(5));
    assert_int_equal(sim_write(&r->options, r->folder, NULL, NULL, &fault), STATUS_OK);
    struct buffer text;
    read_text(r, "events.jsonl", &text);
    uint64_t hash = 0, lines = 0;
    for (struct slice rest = buffer_slice(&text); rest.len > 0; lines++) {
        size_t end = slice_find(rest, '\n', 0);
        hash = hash64_seeded(slice_part(rest, 0, end), hash);
        rest = slice_part(rest, end + 1, SIZE_MAX);
    }
    assert_int_equal(lines, r->events);
    assert_int_equal(hash, r->hash);
    buffer_release(&text);
    drop(r);
}

static void events_fit_the_directory(void **state)
{
    (void)state;
    struct run *r = play(small(7));
    assert_true(r->exact_order);
    assert_int_equal(r->unknown_accounts, 0);
    assert_int_equal(r->unknown_assets, 0);
    assert_int_equal(organisation_size(r->organisation), EMPLOYEES);
    assert_true(organisation_has_assignments(r->organisation));
    drop(r);
}

/* Calls `row` with the fields of each line after the header; gives how many. */
static size_t each_row(const struct run *r, const char *name,
                       void (*row)(const struct run *, char *fields[]))
{
    struct buffer text;
    read_text(r, name, &text);
    buffer_append_byte(&text, 0);
    char *save, *line = strtok_r((char *)text.ptr, "\n", &save);
    size_t rows = 0;
    while ((line = strtok_r(NULL, "\n", &save)) != NULL) {
        char *fields[8] = {0}, *inner;
        size_t n = 0;
        for (char *f = strtok_r(line, ",", &inner); f && n < 8; f = strtok_r(NULL, ",", &inner))
            fields[n++] = f;
        if (row)
            row(r, fields);
        rows++;
    }
    buffer_release(&text);
    return rows;
}

static int64_t day_index(const struct run *r, const char *date)
{
    int year, month, day;
    assert_int_equal(sscanf(date, "%d-%d-%d", &year, &month, &day), 3);
    return days_from_civil(year, (unsigned)month, (unsigned)day) - r->options.first_day;
}

static void check_answer_day(const struct run *r, char *fields[])
{
    const struct employee *e = organisation_find(r->organisation, slice_from(fields[0]));
    int64_t day = day_index(r, fields[1]);
    assert_non_null(e);
    assert_in_range(day, 0, DAYS - 1);
    assert_true(r->acts[e->index][day] > 0);
}

static void check_answer(const struct run *r, char *fields[])
{
    const struct employee *e = organisation_find(r->organisation, slice_from(fields[0]));
    int64_t from = day_index(r, fields[3]), to = day_index(r, fields[4]);
    assert_non_null(e);
    assert_null(fields[6]); /* a meaning holds no comma */
    assert_true(from <= to && from >= 7 && to < DAYS);
    assert_true(r->acts[e->index][from] > 0);
    assert_true(r->acts[e->index][to] > 0);
}

static void answers_name_days_with_acts(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct run *r = play(small(seed));
        size_t people = each_row(r, "answer-key.csv", check_answer);
        assert_in_range(people, EMPLOYEES / 10, EMPLOYEES / 5);
        assert_true(each_row(r, "answer-days.csv", check_answer_day) >= people);
        drop(r);
    }
}

static void nobody_misbehaves_in_a_clean_run(void **state)
{
    (void)state;
    struct sim_options o = small(1);
    o.clean = true;
    struct run *r = play(o);
    assert_int_equal(each_row(r, "answer-key.csv", NULL), 0);
    assert_int_equal(each_row(r, "answer-days.csv", NULL), 0);
    drop(r);
}

static size_t strong_rows;
static void count_obvious(const struct run *r, char *fields[])
{
    (void)r;
    strong_rows += strcmp(fields[2], "obvious") == 0;
}

static void strength_is_of_all(void **state)
{
    (void)state;
    struct sim_options o = small(2);
    o.strength = SIM_STRENGTH_OBVIOUS;
    struct run *r = play(o);
    strong_rows = 0;
    size_t people = each_row(r, "answer-key.csv", count_obvious);
    assert_true(people > 0);
    assert_int_equal(strong_rows, people);
    drop(r);
}

static void ids_are_of_the_kind_asked_for(void **state)
{
    (void)state;
    static const struct {
        enum sim_ids ids;
        bool numbers, uuids;
    } kinds[] = {
        {SIM_IDS_numeric, true, false}, {SIM_IDS_uuid, false, true}, {SIM_IDS_mixed, true, true}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct sim_options o = small(3);
        o.ids = kinds[i].ids;
        struct run *r = play(o);
        assert_int_equal(r->numbers, kinds[i].numbers);
        assert_int_equal(r->uuids, kinds[i].uuids);
        drop(r);
    }
}

static void without_a_feed_there_are_no_assignments(void **state)
{
    (void)state;
    char path[160];
    struct sim_options o = small(4);
    o.no_assignments = true;
    struct run *r = play(o);
    path_of(r, "directory/assignments.csv", path);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_false(organisation_has_assignments(r->organisation));
    for (size_t i = 0; i < assets_count(r->assets); i++)
        assert_false(asset_has_assignments(assets_at(r->assets, i)));
    drop(r);
}

/* Lines of an access log: counted, with the record in the place of {id}, and nothing of a database.
 */
static enum status take_access(void *context, struct slice line)
{
    struct buffer text;
    uint64_t *lines = context;
    buffer_init(&text, 1 << 16);
    buffer_append_slice(&text, line);
    const char *json = buffer_text(&text);
    assert_non_null(strstr(json, "\"uri\":\"/"));
    assert_non_null(strstr(json, "\"remote_user\":\""));
    assert_null(strstr(json, "{id}"));
    assert_null(strstr(json, "select"));
    buffer_release(&text);
    (*lines)++;
    return STATUS_OK;
}

static void the_access_log_holds_the_applications_requests(void **state)
{
    (void)state;
    struct fault fault = {""};
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *r = (struct run){.options = small(5), .folder = "/tmp/dwell-sim-XXXXXX"};
    r->options.days = 7;
    r->options.access_log = true;
    arena_init(&r->arena, 1 << 20);
    assert_non_null(mkdtemp(r->folder));
    assert_int_equal(sim_play(&r->options, r->folder, take_access, &r->events, NULL, NULL, &fault),
                     STATUS_OK);
    assert_true(r->events > 5000);
    drop(r);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    struct fault fault;
    struct sim_options wrong[5];
    for (size_t i = 0; i < 5; i++)
        wrong[i] = sim_defaults();
    wrong[0].employees = 11;
    wrong[1].days = 6;
    wrong[2].days = 401;
    wrong[3].ids = SIM_IDS_COUNT;
    wrong[4].strength = 4;
    for (size_t i = 0; i < 5; i++) {
        fault.text[0] = 0;
        assert_int_equal(sim_check(&wrong[i], &fault), STATUS_INVALID);
        assert_true(fault.text[0] != 0);
    }
    struct sim_options right = sim_defaults();
    assert_int_equal(sim_check(&right, &fault), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_options_same_bytes),
        cmocka_unit_test(the_file_holds_the_same_events),
        cmocka_unit_test(events_fit_the_directory),
        cmocka_unit_test(answers_name_days_with_acts),
        cmocka_unit_test(nobody_misbehaves_in_a_clean_run),
        cmocka_unit_test(strength_is_of_all),
        cmocka_unit_test(ids_are_of_the_kind_asked_for),
        cmocka_unit_test(without_a_feed_there_are_no_assignments),
        cmocka_unit_test(the_access_log_holds_the_applications_requests),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
