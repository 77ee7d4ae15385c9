/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Coverage from reports to numbers: watched hours, dropped packets, sessions nobody understood,
 * lost events, assets nothing watches, blind days that must not be learnt, canaries.
 */
#include "analyzer/engine.h"
#include "base/clock.h"
#include "store/ledger.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_DAY = 20400, SPOOL = 5, HOUR = 3600, STEP = 600 };

static char folder[64];

struct site {
    struct settings settings;
    struct assets *assets;
    struct engine *engine;
    uint64_t sequence;
};

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void remove_folder(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf %.200s", path);
    assert_int_equal(system(command), 0);
}

static int make(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/dwell-coverage-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    write_file("employees.csv", "id,department,role,workstation\nE1,service,agent,10.1.0.1\n");
    write_file("accounts.csv", "asset,account,employee\n*,one,E1\n*,batch,service\n");
    write_file("assets.yaml", "assets:\n"
                              "  - name: crm\n    kind: application\n    addresses: [10.0.0.1]\n"
                              "  - name: ledger\n    kind: database\n    addresses: [10.0.0.2]\n");
    return 0;
}

static int clear(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

static void open_site(struct site *s, const char *more)
{
    char text[512], path[128];
    struct fault fault;
    *s = (struct site){.sequence = 0};
    snprintf(text, sizeof text, "state_dir: %s/state\ndirectory: %s\nsite: {timezone: UTC}\n%s",
             folder, folder, more);
    snprintf(path, sizeof path, "%s/state", folder);
    remove_folder(path);
    snprintf(path, sizeof path, "%s/assets.yaml", folder);
    if (settings_parse(&s->settings, slice_from(text), "site.yaml", &fault) != STATUS_OK ||
        assets_load(&s->assets, path, &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
    struct engine_options options = {.settings = &s->settings, .assets = s->assets, .replay = true};
    if (engine_open(&s->engine, &options, &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
}

static void close_site(struct site *s)
{
    engine_close(&s->engine);
    assets_free(&s->assets);
    settings_release(&s->settings);
}

static int64_t at(int day, int second)
{
    return (FIRST_DAY + day) * NS_PER_DAY + (int64_t)second * NS_PER_S;
}

static const char *account = "one";

static void view(struct site *s, int64_t time_ns, const char *statement)
{
    char session[32];
    struct event_object object = {.name = SLICE("/customer/{id}")};
    snprintf(session, sizeof session, "s%lld", (long long)(time_ns / NS_PER_DAY));
    struct event e = {.time_ns = time_ns,
                      .source_kind = EVENT_SOURCE_capture,
                      .source_name = SLICE("eth0"),
                      .sensor = SLICE("north"),
                      .session = slice_from(session),
                      .server = {.family = 4, .ip = {10, 0, 0, 1}, .port = 80},
                      .client = {.family = 4, .ip = {10, 1, 0, 1}, .port = 4000},
                      .protocol = SLICE("http"),
                      .account = slice_from(account),
                      .action = EVENT_ACTION_view,
                      .outcome = EVENT_OUTCOME_success,
                      .statement = slice_from(statement),
                      .objects = &object,
                      .object_count = 1};
    assert_int_equal(engine_event(s->engine, SLICE("north"), SPOOL, ++s->sequence, &e), STATUS_OK);
}

static struct watch_report report_of(int64_t from_ns, int64_t to_ns)
{
    return (struct watch_report){.sensor = SLICE("north"),
                                 .source = SLICE("eth0"),
                                 .from_ns = from_ns,
                                 .to_ns = to_ns,
                                 .live = true};
}

static void watch(struct site *s, const struct watch_report *r)
{
    assert_int_equal(engine_watch(s->engine, SLICE("north"), SPOOL, ++s->sequence, r), STATUS_OK);
}

/* A day on which somebody works from eight to four and the sensor reports in ten minutes' steps
 * from `first` to `last` o'clock. */
static void play_day(struct site *s, int day, int first, int last)
{
    for (int second = 0; second < 24 * HOUR; second += STEP) {
        if (second >= 8 * HOUR && second < 16 * HOUR)
            view(s, at(day, second), "GET /customer/?");
        if (second < first * HOUR || second >= last * HOUR)
            continue;
        struct watch_report r = report_of(at(day, second), at(day, second + STEP));
        r.counts[WATCH_packets] = 100;
        watch(s, &r);
    }
}

static struct arena arena;
static struct ledger ledger;

static const struct ledger_row *read_ledger(const char *asset, int from, int to, int64_t now_ns)
{
    char why[256], path[128];
    struct store_reader *reader;
    snprintf(path, sizeof path, "%s/state", folder);
    arena_release(&arena);
    arena_init(&arena, 64 << 20);
    assert_int_equal(store_reader_open(&reader, path, why, sizeof why), STATUS_OK);
    assert_int_equal(
        ledger_build(&ledger, reader, FIRST_DAY + from, FIRST_DAY + to, now_ns, &arena), STATUS_OK);
    store_reader_close(&reader);
    for (size_t i = 0; i < ledger.row_count; i++)
        if (slice_equal(ledger.rows[i].asset, slice_from(asset)))
            return &ledger.rows[i];
    fail_msg("no row for %s", asset);
    return NULL;
}

static double sum_of(double percent, const double points[LEDGER_CAUSE_COUNT])
{
    for (size_t k = 0; k < LEDGER_CAUSE_COUNT; k++)
        percent += points[k];
    return percent;
}

static void every_point_has_its_cause(void **state)
{
    (void)state;
    struct site s;
    open_site(&s, "");
    play_day(&s, 0, 0, 24);
    play_day(&s, 1, 0, 12); /* then the sensor dies */
    struct watch_report r = report_of(at(1, 12 * HOUR), at(1, 12 * HOUR));
    r.counts[WATCH_packets] = 28 * 36;
    r.counts[WATCH_dropped] = 100;
    r.counts[WATCH_undecoded] = 1;
    r.spots[r.spot_count++] = (struct watch_spot){.asset = SLICE("crm"),
                                                  .reason = SLICE("unknown_protocol"),
                                                  .port = 80,
                                                  .sessions = 1,
                                                  .bytes = 4000};
    r.spots[r.spot_count++] =
        (struct watch_spot){.reason = SLICE("encrypted"), .port = 443, .sessions = 7};
    watch(&s, &r);
    assert_int_equal(engine_loss(s.engine, SLICE("north"), SPOOL, ++s.sequence, 48, at(1, 60)),
                     STATUS_OK);
    assert_int_equal(engine_score_running(s.engine), STATUS_OK);

    const struct ledger_row *crm = read_ledger("crm", 0, 0, at(1, 0));
    assert_float_equal(crm->percent, 100, 1e-9);
    assert_int_equal(crm->expected_s, 86400);
    crm = read_ledger("crm", 1, 1, at(2, 0));
    assert_true(crm->inventory && crm->best);
    assert_int_equal(crm->seconds, 12 * HOUR);
    assert_int_equal(crm->expected_s, 24 * HOUR);
    assert_float_equal(crm->points[LEDGER_unwatched], 50, 1e-9);
    assert_int_equal(crm->statements, 48);
    assert_int_equal(crm->lost, 48);
    assert_true(crm->points[LEDGER_dropped] > 0 && crm->points[LEDGER_lost] > 0);
    assert_int_equal(crm->undecoded, 1); /* of two sessions, the other servers' not counted */
    assert_true(crm->points[LEDGER_undecoded] > 0);
    assert_float_equal(sum_of(crm->percent, crm->points), 100, 1e-9);
    assert_float_equal(sum_of(ledger.percent, ledger.points), 100, 1e-9);
    assert_int_equal(ledger.source_count, 2); /* the interface, and its sensor's spool */

    const struct ledger_row *unseen = read_ledger("ledger", 1, 1, at(2, 0));
    assert_float_equal(unseen->points[LEDGER_unseen], 100, 1e-9);
    assert_int_equal(ledger.assets, 2);
    close_site(&s);
}

static void a_silent_sensor_is_a_blind_spot(void **state)
{
    (void)state;
    struct site s;
    open_site(&s, "");
    play_day(&s, 0, 0, 12);
    assert_int_equal(engine_commit(s.engine), STATUS_OK);
    read_ledger("crm", 0, 0, at(0, 12 * HOUR + 59));
    assert_false(ledger.sources[0].silent);
    read_ledger("crm", 0, 0, at(0, 12 * HOUR + 61));
    assert_true(ledger.sources[0].silent);
    close_site(&s);
}

static void get_day(int day, struct store_day *to)
{
    char why[256], path[128];
    struct store_reader *reader;
    snprintf(path, sizeof path, "%s/state", folder);
    arena_release(&arena);
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_reader_open(&reader, path, why, sizeof why), STATUS_OK);
    assert_int_equal(store_day_get(reader, SLICE("E1"), FIRST_DAY + day, &arena, to), STATUS_OK);
    store_reader_close(&reader);
}

static void a_blind_day_is_neither_trusted_nor_learnt(void **state)
{
    (void)state;
    struct site s;
    struct store_day day;
    open_site(&s, "");
    play_day(&s, 0, 0, 24);
    play_day(&s, 1, 0, 24);
    play_day(&s, 2, 0, 9); /* nine hours of 24 */
    play_day(&s, 3, 0, 24);
    assert_int_equal(engine_time(s.engine, at(5, 0)), STATUS_OK);
    assert_int_equal(engine_commit(s.engine), STATUS_OK);
    get_day(1, &day);
    assert_float_equal(day.confidence, 1, 1e-9);
    assert_true(day.terms[TERM_dwell].measured);
    get_day(2, &day);
    assert_float_equal(day.confidence, 9 / 24.0, 1e-9);
    assert_false(day.terms[TERM_undist].measured);
    assert_false(day.terms[TERM_dwell].measured);
    assert_true(day.terms[TERM_hours].measured); /* other sources feed it too */
    get_day(3, &day);
    assert_float_equal(day.confidence, 1, 1e-9);
    assert_true(day.terms[TERM_dwell].measured);
    close_site(&s);
}

static const char *alerted;

static bool count_alert(void *context, const struct store_alert *alert)
{
    assert_true(slice_equal(alert->employee, slice_from(alerted)));
    assert_true(alert->sentence[LANGUAGE_EN].len > 0 && alert->sentence[LANGUAGE_ZH].len > 0);
    ++*(unsigned *)context;
    return true;
}

static unsigned alerts_of_state(void)
{
    char why[256], path[128];
    unsigned count = 0;
    struct store_reader *reader;
    snprintf(path, sizeof path, "%s/state", folder);
    assert_int_equal(store_reader_open(&reader, path, why, sizeof why), STATUS_OK);
    assert_int_equal(store_alerts(reader, 0, count_alert, &count), STATUS_OK);
    store_reader_close(&reader);
    return count;
}

static void a_person_on_a_service_account_alarms(void **state)
{
    (void)state;
    struct site s;
    open_site(&s, "");
    account = "batch";
    view(&s, at(0, HOUR), "GET /customer/?");
    view(&s, at(0, 2 * HOUR), "GET /customer/?");
    account = "one";
    view(&s, at(0, 3 * HOUR), "GET /customer/?");
    assert_int_equal(engine_commit(s.engine), STATUS_OK);
    alerted = "batch@crm";
    assert_int_equal(alerts_of_state(), 1);
    close_site(&s);
}

static void a_canary_that_falls_silent_alarms(void **state)
{
    (void)state;
    struct site s;
    alerted = "canary@crm";
    open_site(&s, "coverage: {canary: dwell-canary, canary_interval: 10m}\n");
    for (int minute = 0; minute <= 60; minute += 10)
        view(&s, at(0, HOUR + minute * 60), "GET /dwell-canary");
    assert_int_equal(engine_time(s.engine, at(0, 2 * HOUR + 20 * 60)), STATUS_OK);
    assert_int_equal(engine_commit(s.engine), STATUS_OK);
    assert_int_equal(alerts_of_state(), 0);
    assert_int_equal(engine_time(s.engine, at(0, 2 * HOUR + 20 * 60 + 1)), STATUS_OK);
    assert_int_equal(engine_time(s.engine, at(0, 3 * HOUR)), STATUS_OK); /* once */
    assert_int_equal(engine_commit(s.engine), STATUS_OK);
    assert_int_equal(alerts_of_state(), 1);
    const struct ledger_row *crm = read_ledger("crm", 0, 0, at(0, 3 * HOUR));
    assert_true(crm->canary_overdue);
    assert_int_equal(crm->canary_ns, at(0, 2 * HOUR));
    crm = read_ledger("crm", 0, 0, at(0, 2 * HOUR + 60));
    assert_false(crm->canary_overdue);
    close_site(&s);
}

static void reports_come_back_as_they_were(void **state)
{
    (void)state;
    struct buffer bytes;
    struct watch_report r = report_of(1, 2), back;
    buffer_init(&bytes, 1 << 16);
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        r.counts[i] = (uint64_t)1 << (7 * i);
    r.spots[r.spot_count++] =
        (struct watch_spot){SLICE("crm"), SLICE("malformed"), 65535, 3, 1 << 30};
    watch_write(&bytes, &r);
    assert_true(watch_read(buffer_slice(&bytes), &back));
    assert_memory_equal(back.counts, r.counts, sizeof r.counts);
    assert_int_equal(back.from_ns, 1);
    assert_int_equal(back.to_ns, 2);
    assert_true(back.live && slice_equal(back.sensor, r.sensor));
    assert_int_equal(back.spot_count, 1);
    assert_int_equal(back.spots[0].port, 65535);
    assert_true(slice_equal(back.spots[0].reason, SLICE("malformed")));
    for (size_t len = 0; len < bytes.len; len++)
        assert_false(watch_read(slice_make(bytes.ptr, len), &back));
    buffer_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_come_back_as_they_were),
        cmocka_unit_test(every_point_has_its_cause),
        cmocka_unit_test(a_silent_sensor_is_a_blind_spot),
        cmocka_unit_test(a_blind_day_is_neither_trusted_nor_learnt),
        cmocka_unit_test(a_person_on_a_service_account_alarms),
        cmocka_unit_test(a_canary_that_falls_silent_alarms),
    };
    int failed = cmocka_run_group_tests(tests, make, clear);
    arena_release(&arena);
    return failed;
}
