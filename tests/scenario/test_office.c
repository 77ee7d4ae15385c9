/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The analyzer over weeks of a small office: the insider comes first with the right reasons, a stop
 * in the middle changes no bit, a running day is told as such, late events are marked, and a
 * changed byte of the archive is found.
 */
#include "base/clock.h"
#include "office.h"
#include "store/reader.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct office office;

static int make(void **state)
{
    (void)state;
    office_make(&office);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    office_remove(&office);
    return 0;
}

static char *state_of(const char *name)
{
    static char path[2][128];
    static unsigned next;
    char *to = path[next++ % 2];
    snprintf(to, sizeof path[0], "%s/%s", office.folder, name);
    return to;
}

static struct engine *open_engine(const char *name)
{
    struct engine *engine;
    struct fault fault = {""};
    struct engine_options options = {.settings = &office.settings,
                                     .state_dir = state_of(name),
                                     .site_key = &office.key,
                                     .replay = true};
    enum status status = engine_open(&engine, &options, &fault);
    if (status != STATUS_OK)
        fail_msg("%s", fault.text);
    return engine;
}

static struct store_reader *open_reader(const char *name)
{
    struct store_reader *reader;
    char why[256] = "";
    if (store_reader_open(&reader, state_of(name), why, sizeof why) != STATUS_OK)
        fail_msg("%s", why);
    return reader;
}

static void play_all(const char *name)
{
    struct engine *engine = open_engine(name);
    office_play(&office, 0, OFFICE_DAYS - 1, 0, 0, office_engine, engine);
    assert_int_equal(engine_score_running(engine), STATUS_OK);
    engine_close(&engine);
}

struct first {
    double risk;
    char employee[16];
};

static bool rank(void *context, const struct store_person *p)
{
    struct first *f = context;
    if (p->risk <= f->risk)
        return true;
    f->risk = p->risk;
    slice_copy_text(p->employee, f->employee, sizeof f->employee);
    return true;
}

static bool take_alert(void *context, const struct store_alert *a)
{
    struct store_alert *to = context;
    *to = *a;
    assert_true(slice_equal(a->employee, SLICE("E03")));
    assert_int_equal(a->day, OFFICE_FIRST_DAY + OFFICE_BAD_DAY);
    assert_true(a->sentence[LANGUAGE_EN].len > 20);
    assert_true(a->sentence[LANGUAGE_ZH].len > 20);
    return true;
}

static void insider_comes_first(void **state)
{
    (void)state;
    struct arena arena;
    struct first first = {0, ""};
    struct store_day day;
    struct store_alert alert = {0};
    play_all("straight");
    struct store_reader *reader = open_reader("straight");
    assert_int_equal(store_persons(reader, rank, &first), STATUS_OK);
    assert_string_equal(first.employee, "E03");
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        store_day_get(reader, SLICE("E03"), OFFICE_FIRST_DAY + OFFICE_BAD_DAY, &arena, &day),
        STATUS_OK);
    assert_true(day.terms[TERM_enum].points >= 9.9);
    assert_true(day.terms[TERM_undist].points >= 9.9);
    assert_true(day.terms[TERM_share].points >= 5);
    assert_false(day.running);
    assert_int_equal(day.mark, ALERT_MARK_OPENED);
    double sum = 0;
    for (size_t k = 0; k < TERM_COUNT; k++)
        sum += term_in_sum((enum term)k) ? day.terms[k].points : 0;
    assert_true(sum - day.score < 1e-12 && day.score - sum < 1e-12);
    assert_int_equal(store_alerts(reader, 0, take_alert, &alert), STATUS_OK);
    assert_int_equal(alert.id, 1); /* the only one */
    arena_release(&arena);
    store_reader_close(&reader);
}

static void a_stop_changes_no_bit(void **state)
{
    (void)state;
    static const uint64_t stops[] = {150, 1501, 3777, 5901};
    struct buffer straight, stopped;
    uint64_t from = 0;
    for (size_t i = 0; i <= sizeof stops / sizeof *stops; i++) {
        struct engine *engine = open_engine("stopped");
        uint64_t to = i < sizeof stops / sizeof *stops ? stops[i] : 0;
        from = office_play(&office, 0, OFFICE_DAYS - 1, from, to, office_engine, engine);
        if (i % 2 == 0)
            assert_int_equal(engine_commit(engine), STATUS_OK);
        else
            from = 0; /* killed before a commit: the spool gives everything again */
        if (to == 0)
            assert_int_equal(engine_score_running(engine), STATUS_OK);
        engine_close(&engine);
    }
    office_days(state_of("straight"), &straight);
    office_days(state_of("stopped"), &stopped);
    assert_int_equal(straight.len, stopped.len);
    assert_memory_equal(straight.ptr, stopped.ptr, straight.len);
    buffer_release(&straight);
    buffer_release(&stopped);
}

static void the_running_day_is_told(void **state)
{
    (void)state;
    struct arena arena;
    struct store_day day;
    struct engine *engine = open_engine("running");
    uint64_t end = office_play(&office, 0, OFFICE_BAD_DAY - 1, 0, 0, office_engine, engine);
    int32_t bad = OFFICE_FIRST_DAY + OFFICE_BAD_DAY;
    for (unsigned i = 0; i < 40; i++)
        assert_int_equal(office_event(&office, end + i, OFFICE_INSIDER, OFFICE_BAD_DAY,
                                      36000 + i * 30, 600000 + 2 * i, office_engine, engine),
                         STATUS_OK);
    assert_int_equal(engine_score_running(engine), STATUS_OK);
    arena_init(&arena, 1 << 20);
    struct store_reader *reader = open_reader("running");
    assert_int_equal(store_day_get(reader, SLICE("E03"), bad, &arena, &day), STATUS_OK);
    assert_true(day.running);
    assert_true(day.terms[TERM_enum].points >= 9.9);
    assert_int_equal(day.mark, ALERT_MARK_OPENED);
    /* the close finds the same alert and makes no second one */
    assert_int_equal(engine_time(engine, (bad + 2) * NS_PER_DAY), STATUS_OK);
    assert_int_equal(store_day_get(reader, SLICE("E03"), bad, &arena, &day), STATUS_OK);
    assert_false(day.running);
    assert_int_equal(day.alert, 1);
    struct store_status status;
    assert_int_equal(store_status_get(reader, &status), STATUS_OK);
    assert_int_equal(status.alerts, 1);
    assert_int_equal(status.last_closed_day, bad);
    arena_release(&arena);
    store_reader_close(&reader);
    engine_close(&engine);
}

static bool count_events(void *context, const struct store_event *e, const char *next)
{
    (void)next;
    assert_true(slice_equal(e->employee, SLICE("E05")));
    ++*(size_t *)context;
    return true;
}

static void late_events_are_marked(void **state)
{
    (void)state;
    struct arena arena;
    struct store_day before, after;
    size_t events = 0, with_late = 0;
    struct store_event_filter filter = {.employee = SLICE("E05")};
    int32_t day = OFFICE_FIRST_DAY + 3;
    struct engine *engine = open_engine("late");
    uint64_t end = office_play(&office, 0, 8, 0, 0, office_engine, engine);
    assert_int_equal(engine_commit(engine), STATUS_OK);
    arena_init(&arena, 1 << 20);
    struct store_reader *reader = open_reader("late");
    assert_int_equal(store_day_get(reader, SLICE("E05"), day, &arena, &before), STATUS_OK);
    assert_int_equal(store_events(reader, &filter, count_events, &events), STATUS_OK);
    store_reader_close(&reader); /* one process may not write beside its own older reader */
    assert_int_equal(office_event(&office, end, 5, 3, 50000, 777, office_engine, engine),
                     STATUS_OK);
    assert_int_equal(engine_commit(engine), STATUS_OK);
    reader = open_reader("late");
    assert_int_equal(store_day_get(reader, SLICE("E05"), day, &arena, &after), STATUS_OK);
    assert_int_equal(store_events(reader, &filter, count_events, &with_late), STATUS_OK);
    assert_false(before.late);
    assert_true(after.late);
    assert_int_equal(after.measures.late_events, 1);
    assert_true(after.score <= before.score && after.score >= before.score);
    assert_int_equal(with_late, events + 1);
    arena_release(&arena);
    store_reader_close(&reader);
    engine_close(&engine);
}

struct sightings {
    size_t count;
    int64_t dwell_ns;
    bool insider;
};

static bool saw(void *context, const struct store_view *v)
{
    struct sightings *s = context;
    s->count++;
    s->dwell_ns = v->dwell_ns;
    s->insider |= slice_equal(v->employee, SLICE("E03"));
    assert_false(v->database);
    return true;
}

static void who_saw_is_answered(void **state)
{
    (void)state;
    struct sightings s = {0};
    uint8_t hash[16];
    struct store_reader *reader = open_reader("straight");
    event_subject_hash(&office.key, SLICE("customer"), SLICE("500020"), hash);
    assert_int_equal(store_who_saw(reader, hash, 0, 0, saw, &s), STATUS_OK);
    assert_true(s.insider);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.dwell_ns, 400 * NS_PER_S); /* to his next view */
    store_reader_close(&reader);
}

static void note(void *context, const char *line)
{
    (void)context;
    assert_true(strlen(line) > 10);
}

static uint64_t faults_of(const char *name)
{
    struct store_verification result;
    struct store_reader *reader = open_reader(name);
    assert_int_equal(store_verify(reader, note, NULL, &result), STATUS_OK);
    assert_true(result.blocks > 0 && result.events > 0);
    store_reader_close(&reader);
    return result.faults;
}

/* Changes a byte of the compressed content of blocks; old copies of pages lie in the file too. */
static void flip_bytes(const char *path)
{
    static const uint8_t zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    struct stat stat;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &stat) == 0);
    uint8_t *bytes = malloc((size_t)stat.st_size);
    assert_int_equal(pread(fd, bytes, (size_t)stat.st_size, 0), stat.st_size);
    for (off_t at = 0; at + 200 < stat.st_size; at++)
        if (memcmp(bytes + at, zstd_magic, sizeof zstd_magic) == 0) {
            uint8_t changed = bytes[at + 100] ^ 1;
            assert_int_equal(pwrite(fd, &changed, 1, at + 100), 1);
        }
    free(bytes);
    close(fd);
}

static void a_changed_byte_is_found(void **state)
{
    (void)state;
    char path[256];
    assert_int_equal(faults_of("straight"), 0);
    assert_int_equal(faults_of("stopped"), 0);
    snprintf(path, sizeof path, "%s/archive/2026-03-10/data.mdb", state_of("stopped"));
    flip_bytes(path);
    assert_true(faults_of("stopped") > 0);
}

static void a_second_instance_is_refused(void **state)
{
    (void)state;
    struct engine *first = open_engine("straight"), *second;
    struct fault fault = {""};
    struct engine_options options = {
        .settings = &office.settings, .state_dir = state_of("straight"), .site_key = &office.key};
    assert_int_equal(engine_open(&second, &options, &fault), STATUS_BUSY);
    assert_null(second);
    assert_true(strlen(fault.text) > 10);
    engine_close(&first);
}

static bool find_loss(void *context, const struct store_coverage *c)
{
    if (c->lost > 0) {
        assert_int_equal(c->day, OFFICE_FIRST_DAY);
        assert_true(slice_equal(c->source, SLICE("office")));
        *(uint64_t *)context += c->lost;
    }
    return true;
}

static void losses_stand_in_coverage(void **state)
{
    (void)state;
    uint64_t lost = 0;
    int64_t since = OFFICE_FIRST_DAY * NS_PER_DAY + 3600 * NS_PER_S;
    struct engine *engine = open_engine("lossy");
    assert_int_equal(engine_loss(engine, SLICE("office"), 1, 1, 10, since), STATUS_OK);
    assert_int_equal(engine_loss(engine, SLICE("office"), 1, 2, 5, since), STATUS_OK);
    assert_int_equal(engine_loss(engine, SLICE("office"), 1, 2, 5, since),
                     STATUS_OK); /* again: not counted */
    assert_int_equal(engine_cursor(engine, SLICE("office"), 1), 2);
    assert_int_equal(engine_cursor(engine, SLICE("office"), 77), 0); /* another spool */
    engine_close(&engine);
    struct store_reader *reader = open_reader("lossy");
    assert_int_equal(store_coverages(reader, INT32_MIN, INT32_MAX, find_loss, &lost), STATUS_OK);
    assert_int_equal(lost, 15);
    store_reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(insider_comes_first),          cmocka_unit_test(a_stop_changes_no_bit),
        cmocka_unit_test(the_running_day_is_told),      cmocka_unit_test(late_events_are_marked),
        cmocka_unit_test(who_saw_is_answered),          cmocka_unit_test(a_changed_byte_is_found),
        cmocka_unit_test(a_second_instance_is_refused), cmocka_unit_test(losses_stand_in_coverage),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
