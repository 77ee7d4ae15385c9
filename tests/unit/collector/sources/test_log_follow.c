/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Following a log: every statement in it gives one event in the spool, whatever happens to the file
 * and to the collector. Each statement has a time of its own (T0 + number ms), so that a lost and a
 * doubled one show.
 */
#include "base/file.h"
#include "base/settings.h"
#include "collector/log_inputs.h"
#include "event/codec.h"
#include "spool/feed.h"
#include "support/random.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { NUMBERS_MAX = 200000, GENERATIONS = 64 };
#define T0 INT64_C(1795210000) /* seconds; 2026-11-20 */

static char folder[64], error[DB_ERROR_SIZE];
static uint8_t seen[NUMBERS_MAX];
static struct random rnd;

/* The log as its writer sees it. */
struct writer {
    char path[256];
    int fd;
    unsigned written; /* statements */
    unsigned generation;
    char rest[512]; /* of a line that is half written */
    size_t rest_len;
};

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-follow-XXXXXX");
    memset(seen, 0, sizeof seen);
    return mkdtemp(folder) && mkdir(in_folder("logs"), 0700) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void open_log(struct writer *w)
{
    w->fd = open(w->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(w->fd >= 0);
}

static void write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        assert_true(n > 0);
        bytes += n;
        len -= (size_t)n;
    }
}

/* A csvlog line of statement `n`, of one of five sessions. */
static size_t make_line(char *to, size_t size, unsigned n)
{
    time_t second = T0 + n / 1000;
    struct tm tm;
    char day[32];
    gmtime_r(&second, &tm);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm);
    return (size_t)snprintf(
        to, size,
        "%s.%03u UTC,\"u%u\",\"crm\",%u,\"10.0.0.%u:5000\",6920bd.%u,%u,\"SELECT\",%s UTC,3/1,0,"
        "LOG,00000,\"statement: select name from customers where id = %u\",,,,,,,,,\"app\","
        "\"client backend\",,0\n",
        day, n % 1000, n % 5, 100 + n % 5, 1 + n % 5, n % 5, n, day, n);
}

/* Writes statements, some in two pieces. */
static void write_some(struct writer *w, unsigned count)
{
    char line[512];
    while (count-- > 0 && w->written < NUMBERS_MAX) {
        write_all(w->fd, w->rest, w->rest_len);
        w->rest_len = 0;
        size_t len = make_line(line, sizeof line, w->written++);
        size_t part = count == 0 ? random_below(&rnd, len) : len;
        write_all(w->fd, line, part);
        memcpy(w->rest, line + part, len - part);
        w->rest_len = len - part;
    }
}

/* A rotation that cannot be in the middle of a line, as real ones cannot. */
static void end_line(struct writer *w)
{
    write_all(w->fd, w->rest, w->rest_len);
    w->rest_len = 0;
}

static void rotate_by_name(struct writer *w)
{
    char old[300];
    end_line(w);
    snprintf(old, sizeof old, "%s.%u", w->path, ++w->generation);
    assert_int_equal(rename(w->path, old), 0);
    write_some(w, 3); /* the writer has not yet noticed */
    end_line(w);
    close(w->fd);
    open_log(w);
}

static void copy_file(const char *from, const char *to)
{
    struct buffer bytes;
    buffer_init(&bytes, 1 << 28);
    assert_int_equal(file_read(from, &bytes), STATUS_OK);
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    write_all(fd, (const char *)bytes.ptr, bytes.len);
    close(fd);
    buffer_release(&bytes);
}

static void rotate_by_copy(struct writer *w)
{
    char old[300];
    end_line(w);
    snprintf(old, sizeof old, "%s.%u", w->path, ++w->generation);
    copy_file(w->path, old);
    assert_int_equal(ftruncate(w->fd, 0), 0);
}

/* Packs a generation, as logrotate does a while later. */
static void pack(struct writer *w, unsigned generation)
{
    char old[300], packed[320];
    struct buffer bytes;
    snprintf(old, sizeof old, "%s.%u", w->path, generation);
    snprintf(packed, sizeof packed, "%s.gz", old);
    buffer_init(&bytes, 1 << 28);
    if (file_read(old, &bytes) == STATUS_OK) {
        gzFile out = gzopen(packed, "wb");
        assert_non_null(out);
        assert_int_equal(gzwrite(out, bytes.ptr, (unsigned)bytes.len), (int)bytes.len);
        assert_int_equal(gzclose(out), Z_OK);
        unlink(old);
    }
    buffer_release(&bytes);
}

struct run {
    struct spool_sink sink;
    struct settings settings;
    struct log_inputs *logs;
    struct log_source_env env;
};

static void begin_run(struct run *run, const char *pattern, const char *format)
{
    struct fault fault;
    char yaml[512];
    int len = snprintf(yaml, sizeof yaml, "collector.logs:\n  - path: '%s'\n    format: %s\n",
                       pattern, format);
    const struct spool_options options = {.max_bytes = 256 << 20, .policy = SPOOL_DROP_NEW};
    *run = (struct run){0};
    assert_int_equal(
        settings_parse(&run->settings, slice_make(yaml, (size_t)len), "t.yaml", &fault), STATUS_OK);
    assert_int_equal(spool_sink_open(&run->sink, in_folder("spool"), &options, error), STATUS_OK);
    run->env =
        (struct log_source_env){.sink = &run->sink, .sensor = SLICE("test"), .clock = clock_real()};
    assert_int_equal(log_inputs_open(&run->logs, &run->settings, &fault), STATUS_OK);
    assert_int_equal(log_inputs_start(run->logs, &run->env), STATUS_OK);
}

static void end_run(struct run *run)
{
    run->sink.sink.close(&run->sink.sink);
    log_inputs_free(&run->logs);
    settings_release(&run->settings);
}

/* Works for so long, or (0) for ever. */
static void work(struct run *run, int64_t ms)
{
    struct clock clock = clock_real();
    int64_t until = clock_monotonic(&clock) + ms * 1000000;
    while (ms == 0 || clock_monotonic(&clock) < until) {
        enum status status = log_inputs_work(run->logs);
        assert_true(status == STATUS_OK || status == STATUS_TIMEOUT);
        if (status == STATUS_TIMEOUT)
            log_inputs_wait(run->logs, -1, 10);
        if (spool_due(run->sink.spool, clock_monotonic(&clock)) || status == STATUS_TIMEOUT)
            assert_int_equal(run->sink.sink.commit(&run->sink.sink), STATUS_OK);
    }
}

static pid_t start_collector(const char *pattern)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        static struct run run;
        begin_run(&run, pattern, "postgresql-csvlog");
        work(&run, 0);
        _exit(1);
    }
    return pid;
}

static void kill_collector(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void count_event(struct slice frame)
{
    struct event e;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct reader r = reader_of(frame);
    assert_int_equal(event_decode(&r, &e, &arena), STATUS_OK);
    int64_t number = (e.time_ns - T0 * NS_PER_S) / 1000000;
    assert_in_range(number, 0, NUMBERS_MAX - 1);
    seen[number]++;
    arena_release(&arena);
}

/* Every statement once, and nothing else. */
static unsigned count_wrong(unsigned written)
{
    struct spool_feed *feed;
    struct spool_batch batch;
    uint64_t cursor = 0;
    unsigned wrong = 0;
    assert_int_equal(spool_feed_open(&feed, in_folder("spool"), error), STATUS_OK);
    while (spool_feed_next(feed, cursor, SPOOL_BATCH_MAX, &batch) == STATUS_OK) {
        for (size_t i = 0; i < batch.count; i++)
            count_event(batch.records[i].frame);
        cursor = batch.last;
    }
    spool_feed_close(&feed);
    for (unsigned i = 0; i < NUMBERS_MAX; i++) {
        if (seen[i] != (i < written) && wrong++ < 10)
            print_message("statement %u: %u times\n", i, seen[i]);
    }
    return wrong;
}

static void begin_writer(struct writer *w)
{
    *w = (struct writer){0};
    snprintf(w->path, sizeof w->path, "%s", in_folder("logs/app.log"));
    open_log(w);
}

static void sleep_ms(unsigned ms)
{
    usleep(ms * 1000);
}

/* Reads on until nothing more can come. */
static void drain(const char *pattern, int64_t ms)
{
    struct run run;
    begin_run(&run, pattern, "postgresql-csvlog");
    work(&run, ms);
    end_run(&run);
}

static void kills_and_rotations(unsigned rounds, bool by_name, bool by_copy)
{
    struct writer w;
    begin_writer(&w);
    drain(w.path, 50); /* what is rotated from now on is not of before the first start */
    for (unsigned i = 0; i < rounds; i++) {
        pid_t pid = start_collector(w.path);
        unsigned steps = 1 + (unsigned)random_below(&rnd, 30);
        for (unsigned k = 0; k < steps; k++) {
            write_some(&w, (unsigned)random_below(&rnd, 200));
            if (by_name && random_below(&rnd, 25) == 0)
                rotate_by_name(&w);
            else if (by_copy && random_below(&rnd, 25) == 0)
                rotate_by_copy(&w);
            sleep_ms((unsigned)random_below(&rnd, 30));
        }
        kill_collector(pid);
        if (random_below(&rnd, 3) == 0) /* nobody is looking */
            write_some(&w, (unsigned)random_below(&rnd, 500));
    }
    write_some(&w, 1);
    end_line(&w);
    close(w.fd);
    print_message("%u statements, %u rotations, %u kills\n", w.written, w.generation, rounds);
    drain(w.path, 4000 + (int64_t)w.generation * 1500);
    assert_int_equal(count_wrong(w.written), 0);
}

static void kills_lose_and_double_nothing(void **state)
{
    (void)state;
    kills_and_rotations(25, false, false);
}

static void renaming_under_load(void **state)
{
    (void)state;
    kills_and_rotations(12, true, false);
}

static void copy_and_truncate_under_load(void **state)
{
    (void)state;
    kills_and_rotations(12, false, true);
}

static void old_files_are_read_once(void **state)
{
    struct writer w;
    (void)state;
    begin_writer(&w);
    for (unsigned i = 0; i < 3; i++) {
        write_some(&w, 400);
        rotate_by_name(&w);
    }
    pack(&w, 1);
    write_some(&w, 100);
    end_line(&w);
    struct timespec old[2] = {{.tv_sec = time(NULL) - 100}, {.tv_sec = time(NULL) - 100}};
    assert_int_equal(utimensat(AT_FDCWD, in_folder("logs/app.log.1.gz"), old, 0), 0);
    drain(in_folder("logs/app.log*"), 2500);
    pack(&w, 2); /* what was read is packed: it is the same content */
    assert_int_equal(utimensat(AT_FDCWD, in_folder("logs/app.log.2.gz"), old, 0), 0);
    close(w.fd);
    drain(in_folder("logs/app.log*"), 2500);
    assert_int_equal(count_wrong(w.written), 0);
}

static void archives_of_before_are_passed_over(void **state)
{
    struct writer w;
    (void)state;
    begin_writer(&w);
    write_some(&w, 300);
    end_line(&w);
    unsigned before = w.written;
    rotate_by_name(&w);
    write_some(&w, 50);
    end_line(&w);
    close(w.fd);
    drain(w.path, 2500);
    for (unsigned i = 0; i < before + 3; i++)
        seen[i]++; /* not wanted */
    assert_int_equal(count_wrong(w.written), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kills_lose_and_double_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renaming_under_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copy_and_truncate_under_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_files_are_read_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(archives_of_before_are_passed_over, set_up, tear_down),
    };
    rnd = random_start(20261121);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
