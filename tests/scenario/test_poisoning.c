/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Somebody tries to teach the model his crime: what one bad day moves, whether repeating it makes
 * it usual, whether growing slowly does, and whether noise of others hides it. The figures are
 * printed; docs/scoring.md states them.
 */
#include "base/clock.h"
#include "office.h"
#include "store/reader.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <math.h>

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

static const char *state_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", office.folder, name);
    return path;
}

/* Every working day, until `last`, and more of it: strangers that an agent looks at. */
typedef unsigned extra(int agent, int day);

static enum status other_sensor(void *context, uint64_t sequence, const struct event *event)
{
    return engine_event(context, SLICE("extra"), 1, sequence, event);
}

static void add_stranger(struct engine *engine, uint64_t number, int agent, int day, unsigned i)
{
    unsigned customer = (unsigned)(100000 + number * 7919 % 800000);
    double second = 64000.0 + i * 70.0 + agent;
    assert_int_equal(
        office_event(&office, number, agent, day, second, customer, other_sensor, engine),
        STATUS_OK);
}

static void play(const char *name, int last, extra *more)
{
    struct engine *engine;
    struct fault fault = {""};
    struct engine_options options = {.settings = &office.settings,
                                     .state_dir = state_of(name),
                                     .site_key = &office.key,
                                     .replay = true};
    uint64_t next = 1, added = 0;
    assert_int_equal(engine_open(&engine, &options, &fault), STATUS_OK);
    for (int day = 0; day <= last; day++) {
        if (day % 7 >= 5)
            continue;
        next = office_play(&office, 0, day, next, 0, office_engine, engine);
        for (int agent = 0; agent < OFFICE_AGENTS; agent++)
            for (unsigned i = 0; i < more(agent, day); i++)
                add_stranger(engine, ++added, agent, day, i);
    }
    assert_int_equal(engine_time(engine, (OFFICE_FIRST_DAY + last + 2) * NS_PER_DAY), STATUS_OK);
    engine_close(&engine);
}

static struct store_day day_of(const char *name, int agent, int day)
{
    char id[8], why[256] = "";
    static struct arena arena;
    struct store_reader *reader;
    struct store_day found;
    snprintf(id, sizeof id, "E%02d", agent);
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_reader_open(&reader, state_of(name), why, sizeof why), STATUS_OK);
    assert_int_equal(store_day_get(reader, slice_from(id), OFFICE_FIRST_DAY + day, &arena, &found),
                     STATUS_OK);
    store_reader_close(&reader);
    for (size_t k = 0; k < TERM_COUNT; k++)
        found.terms[k].sentence[0] = found.terms[k].sentence[1] = (struct slice){0};
    found.employee = found.group = (struct slice){0};
    arena_release(&arena);
    return found;
}

enum { BEGIN = 23, END = 46 };

static unsigned nothing(int agent, int day)
{
    (void)agent;
    (void)day;
    return 0;
}

static unsigned once(int agent, int day)
{
    return agent == 7 && day == BEGIN + 7 ? 45 : 0;
}

static unsigned every_day(int agent, int day)
{
    return agent == 7 && day >= BEGIN ? 45 : 0;
}

static unsigned slowly(int agent, int day)
{
    return agent == 7 && day >= BEGIN ? (unsigned)(1 + (day - BEGIN) / 3) : 0;
}

/* Others make noise so that the threshold rises. */
static unsigned noise(int agent, int day)
{
    if (agent == 7)
        return every_day(agent, day);
    return day >= BEGIN && (agent * 5 + day) % 7 == 0 ? 40 : 0;
}

/* The gate, and counts cut at 3 mu + 3 before they are learnt (2.2, 6). */
static void one_day_moves_little(void **state)
{
    (void)state;
    play("clean", END, nothing);
    play("once", END, once);
    double before = day_of("clean", 7, BEGIN + 8).terms[TERM_undist].expected;
    double after = day_of("once", 7, BEGIN + 8).terms[TERM_undist].expected;
    struct store_day bad = day_of("once", 7, BEGIN + 7);
    print_message("45 strangers on one day: D %.1f, w %.2f; strangers expected the day after "
                  "%.3f, without that day %.3f\n",
                  bad.score, bad.weight, after, before);
    assert_true(bad.score >= 10);
    assert_true(bad.weight < 0.11);
    assert_true(after < before * 1.1);
}

/* w = 0.1 for each: what is repeated keeps its points for weeks. */
static void repeating_does_not_make_it_usual(void **state)
{
    (void)state;
    play("daily", END, every_day);
    struct store_day first = day_of("daily", 7, BEGIN), last = day_of("daily", 7, BEGIN + 21);
    print_message("45 strangers every working day: D %.1f on the first, %.1f three weeks later; "
                  "undist %.1f and %.1f points\n",
                  first.score, last.score, first.terms[TERM_undist].points,
                  last.terms[TERM_undist].points);
    assert_true(first.score >= first.theta && first.score >= 10);
    assert_true(last.alert_value >= last.theta);
    assert_true(last.terms[TERM_undist].expected < 0.25 * last.terms[TERM_undist].observed);
}

/* The frozen reference (3.8) and the risk that adds up see what no single day shows. */
static void growing_slowly_is_seen(void **state)
{
    (void)state;
    play("slowly", END, slowly);
    double most = 0, drift = 0, value = 0;
    for (int day = BEGIN; day <= END; day++) {
        if (day % 7 >= 5)
            continue;
        struct store_day d = day_of("slowly", 7, day), same = day_of("clean", 7, day);
        most = fmax(most, d.score);
        drift = fmax(drift, d.terms[TERM_drift].raw - same.terms[TERM_drift].raw);
        value = fmax(value, d.alert_value);
    }
    print_message("a stranger more every third day: highest D %.1f, A %.1f; drift up to %.1f bits "
                  "above the same person without it\n",
                  most, value, drift);
    assert_true(drift > 1);
    assert_true(value > day_of("clean", 7, END - 2).alert_value);
}

/* theta stays within 6..16 and moves at most 5 % a day, whatever the others do (section 5). */
static void noise_does_not_hide_it(void **state)
{
    (void)state;
    play("noise", END, noise);
    struct store_day last = day_of("noise", 7, END - 4);
    size_t above = 0, days = 0;
    for (int day = BEGIN; day <= END; day++) {
        if (day % 7 >= 5)
            continue;
        struct store_day d = day_of("noise", 7, day);
        days++;
        above += d.alert_value >= d.theta;
        assert_true(d.theta <= 16 && d.theta >= 6);
    }
    print_message("others make noise: theta %.2f, the person is above it on %zu of %zu days\n",
                  last.theta, above, days);
    assert_true(above * 4 >= days * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_day_moves_little),
        cmocka_unit_test(repeating_does_not_make_it_usual),
        cmocka_unit_test(growing_slowly_is_seen),
        cmocka_unit_test(noise_does_not_hide_it),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
