/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The analyzer is killed again and again while it reads a spool; in the end everything is there
 * once, and every score is what it would have been.
 */
#include "analyzer/feeds/spools.h"
#include "office.h"
#include "spool/spool.h"
#include "store/reader.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS = 25, EVENTS_A_TAKE = 97 };

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

static enum status into_spool(void *context, uint64_t sequence, const struct event *event)
{
    (void)sequence;
    return spool_put(context, event);
}

static uint64_t fill_spool(void)
{
    struct spool *spool;
    char path[256], error[DB_ERROR_SIZE];
    struct spool_options options = {.max_bytes = 0};
    snprintf(path, sizeof path, "%s/state/spool/office", office.folder);
    assert_int_equal(spool_open(&spool, path, &options, error), STATUS_OK);
    uint64_t end = office_play(&office, 0, OFFICE_DAYS - 1, 0, 0, into_spool, spool);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    return end - 1;
}

static struct engine *open_engine(const char *state_dir)
{
    struct engine *engine;
    struct fault fault = {""};
    struct engine_options options = {
        .settings = &office.settings, .state_dir = state_dir, .site_key = &office.key};
    return engine_open(&engine, &options, &fault) == STATUS_OK ? engine : NULL;
}

/* The analyzer's work, in a process of its own that may be killed. */
static void analyze(void)
{
    struct spools spools;
    size_t taken;
    struct engine *engine = open_engine(NULL);
    if (!engine)
        _exit(1);
    spools_init(&spools, engine, office.settings.state_dir);
    spools_scan(&spools);
    do
        if (spools_take(&spools, EVENTS_A_TAKE, &taken) != STATUS_OK)
            _exit(1);
    while (taken > 0);
    if (engine_score_running(engine) != STATUS_OK)
        _exit(1);
    spools_release(&spools);
    engine_close(&engine);
    _exit(0);
}

/* True when it came to its end. */
static bool run_for(useconds_t us)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        analyze();
    if (us > 0) {
        usleep(us);
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

static void play_straight(const char *state_dir)
{
    struct engine *engine = open_engine(state_dir);
    assert_non_null(engine);
    office_play(&office, 0, OFFICE_DAYS - 1, 0, 0, office_engine, engine);
    assert_int_equal(engine_score_running(engine), STATUS_OK);
    engine_close(&engine);
}

static void tell(void *context, const char *line)
{
    (void)context;
    print_message("%s\n", line);
}

static void nothing_is_lost_or_doubled(void **state)
{
    (void)state;
    char straight_dir[128];
    struct buffer straight, killed;
    struct store_reader *reader;
    struct store_verification v;
    struct store_status status;
    struct random random = random_start(1);
    uint64_t total = fill_spool();
    unsigned kills = 0;
    while (kills < KILLS && !run_for((useconds_t)(2000 + random_below(&random, 60000))))
        kills++;
    assert_true(kills >= 5);
    assert_true(run_for(0));
    snprintf(straight_dir, sizeof straight_dir, "%s/straight", office.folder);
    play_straight(straight_dir);
    assert_int_equal(store_reader_open(&reader, office.settings.state_dir, NULL, 0), STATUS_OK);
    assert_int_equal(store_verify(reader, tell, NULL, &v), STATUS_OK);
    assert_int_equal(v.faults, 0);
    assert_int_equal(v.events, total);
    assert_int_equal(store_status_get(reader, &status), STATUS_OK);
    assert_int_equal(status.events, total);
    store_reader_close(&reader);
    office_days(straight_dir, &straight);
    office_days(office.settings.state_dir, &killed);
    assert_int_equal(straight.len, killed.len);
    assert_memory_equal(straight.ptr, killed.ptr, straight.len);
    buffer_release(&straight);
    buffer_release(&killed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_or_doubled)};
    return cmocka_run_group_tests(tests, make, clear);
}
