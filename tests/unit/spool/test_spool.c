/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spool without kills: numbers, acknowledgement, the bound and its two policies, the loss that
 * is told, damage, a full disk.
 */
#include "spool_folder.h"

#include "base/clock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char error[DB_ERROR_SIZE];

static struct spool *open_spool(struct spool_options options)
{
    struct spool *spool;
    enum status status = spool_open(&spool, spool_path("s"), &options, error);
    if (status != STATUS_OK)
        print_error("%s\n", error);
    assert_int_equal(status, STATUS_OK);
    return spool;
}

static struct spool_feed *open_feed(void)
{
    struct spool_feed *feed;
    enum status status = spool_feed_open(&feed, spool_path("s"), error);
    if (status != STATUS_OK)
        print_error("%s\n", error);
    assert_int_equal(status, STATUS_OK);
    return feed;
}

static void put_numbers(struct spool *spool, uint64_t from, uint64_t to)
{
    for (uint64_t n = from; n <= to; n++) {
        struct event e = numbered_event(n, 20);
        assert_int_equal(spool_put(spool, &e), STATUS_OK);
    }
}

static struct spool_state state_of(const struct spool *spool)
{
    struct spool_state state;
    spool_state(spool, &state);
    return state;
}

/* The records after the cursor are the events cursor + 1 .. last, in order. */
static void assert_feed_gives(struct spool_feed *feed, uint64_t cursor, uint64_t last)
{
    struct spool_batch batch;
    while (cursor < last) {
        assert_int_equal(spool_feed_next(feed, cursor, 7, &batch), STATUS_OK);
        assert_int_equal(batch.missing, 0);
        for (size_t i = 0; i < batch.count; i++) {
            assert_int_equal(batch.records[i].sequence, ++cursor);
            assert_int_equal(record_number(&batch.records[i]), cursor);
        }
        assert_int_equal(batch.last, cursor);
    }
    assert_int_equal(spool_feed_next(feed, cursor, 7, &batch), STATUS_END);
}

static void events_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 20);
    struct spool_feed *feed = open_feed();
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, 0, 7, &batch), STATUS_END); /* not committed */
    assert_int_equal(state_of(spool).pending, 20);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).pending, 0);
    assert_feed_gives(feed, 0, 20);
    assert_feed_gives(feed, 12, 20);
    put_numbers(spool, 21, 22);
    assert_int_equal(spool_close(&spool), STATUS_OK); /* commits */
    assert_feed_gives(feed, 18, 22);
    spool_feed_close(&feed);
}

static void an_event_keeps_its_running_numbers(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    struct event_subject key = {.has_number = true, .number = 42};
    struct event e = numbered_event(1, 0);
    e.keys = &key;
    e.key_count = 1;
    e.clear = SLICE("select SECRET");
    assert_int_equal(spool_put(spool, &e), STATUS_OK);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, 0, 1, &batch), STATUS_OK);
    struct slice frame = batch.records[0].frame;
    assert_null(memmem(frame.ptr, frame.len, "SECRET", 6));
    assert_non_null(memchr(frame.ptr, 42, frame.len));
    spool_feed_close(&feed);
}

static void numbers_go_on_after_all_was_removed(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 50);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    uint64_t id = state_of(spool).id;
    struct spool_feed *feed = open_feed();
    assert_int_equal(spool_feed_id(feed), id);
    assert_int_equal(spool_feed_acknowledge(feed, 50), STATUS_OK);
    assert_int_equal(spool_feed_acknowledge(feed, 51), STATUS_INVALID);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).first, 51);
    assert_int_equal(state_of(spool).bytes, 0);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    spool = open_spool((struct spool_options){0});
    assert_int_equal(state_of(spool).id, id);
    assert_int_equal(state_of(spool).next, 51);
    put_numbers(spool, 51, 53);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_feed_gives(feed, 50, 53);
    uint64_t waiting, lost;
    assert_int_equal(spool_feed_backlog(feed, 51, &waiting, &lost), STATUS_OK);
    assert_int_equal(waiting, 2);
    assert_int_equal(lost, 0);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void a_part_is_removed(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 10);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    assert_int_equal(spool_feed_acknowledge(feed, 4), STATUS_OK);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).first, 5);
    assert_feed_gives(feed, 4, 10);
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, 0, 7, &batch), STATUS_OK);
    assert_int_equal(batch.missing, 4);
    assert_int_equal(batch.records[0].sequence, 5);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void a_spool_behind_its_reader_is_told(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 3);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, 3, 7, &batch), STATUS_END);
    assert_int_equal(spool_feed_next(feed, 4, 7, &batch), STATUS_CORRUPT);
    assert_int_equal(batch.count, 0);
    spool_feed_close(&feed);
}

static void write_acknowledged(const char *text)
{
    FILE *file = fopen(spool_path("s/acknowledged"), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_damaged_acknowledgement_removes_nothing(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 5);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    assert_int_equal(spool_feed_acknowledge(feed, 3), STATUS_OK);
    char good[200] = "", bad[200];
    FILE *file = fopen(spool_path("s/acknowledged"), "r");
    assert_non_null(file);
    size_t len = fread(good, 1, sizeof good - 1, file);
    fclose(file);
    assert_memory_equal(good, "dwell-acknowledged 1 ", 21);
    for (size_t i = 0; i < len; i++) {
        memcpy(bad, good, sizeof bad);
        bad[i] = bad[i] == '5' ? '4' : '5';
        write_acknowledged(bad);
        assert_int_equal(spool_commit(spool), STATUS_OK);
        bad[i] = '\0';
        write_acknowledged(bad);
        assert_int_equal(spool_commit(spool), STATUS_OK);
        assert_int_equal(state_of(spool).first, 1);
    }
    write_acknowledged(good);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).first, 4);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void touch(const char *name, long age_s)
{
    const char *path = spool_path(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    struct timespec then = {time(NULL) - age_s, 0};
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){then, then}, 0), 0);
}

static void leftovers_of_killed_readers_are_removed(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    touch("s/.new-abcdef", 120);
    touch("s/.new-ghijkl", 0);
    touch("s/kept", 120);
    struct spool_feed *feed = open_feed();
    assert_int_equal(access(spool_path("s/.new-abcdef"), F_OK), -1);
    assert_int_equal(access(spool_path("s/.new-ghijkl"), F_OK), 0);
    assert_int_equal(access(spool_path("s/kept"), F_OK), 0);
    spool_feed_close(&feed);
    spool_close(&spool);
}

/* Fills the spool until it takes no more; the number of the first event refused. */
static uint64_t fill(struct spool *spool, uint64_t from, enum status want)
{
    for (uint64_t n = from;; n++) {
        struct event e = numbered_event(n, 500);
        enum status status = spool_put(spool, &e);
        if (status != STATUS_OK) {
            assert_int_equal(status, want);
            return n;
        }
        if (n % 100 == 0)
            assert_int_equal(spool_commit(spool), STATUS_OK);
    }
}

static void at_the_bound_new_events_are_dropped_counted_and_told(void **state)
{
    (void)state;
    struct spool_options options = {.max_bytes = 1 << 20, .policy = SPOOL_DROP_NEW};
    struct spool *spool = open_spool(options);
    uint64_t refused = fill(spool, 1, STATUS_FULL);
    assert_true(refused > 1000 && refused < 2000);
    for (uint64_t n = refused + 1; n < refused + 10; n++) {
        struct event e = numbered_event(n, 500);
        assert_int_equal(spool_put(spool, &e), STATUS_FULL);
    }
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).lost, 10);
    assert_int_equal(state_of(spool).next, refused);
    assert_int_equal(spool_close(&spool), STATUS_OK);

    spool = open_spool(options); /* the count is kept */
    assert_int_equal(state_of(spool).lost, 10);
    struct spool_feed *feed = open_feed();
    assert_int_equal(spool_feed_acknowledge(feed, refused - 1), STATUS_OK);
    struct event e = numbered_event(refused + 10, 500);
    assert_int_equal(spool_put(spool, &e), STATUS_OK);
    assert_int_equal(spool_commit(spool), STATUS_OK);

    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, refused - 1, 7, &batch), STATUS_OK);
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.missing, 0);
    assert_int_equal(batch.records[0].kind, SPOOL_LOSS);
    assert_int_equal(batch.records[0].lost, 10);
    assert_int_equal(batch.records[0].from_ns, (int64_t)refused * 1000);
    assert_int_equal(batch.records[0].to_ns, (int64_t)(refused + 9) * 1000);
    assert_int_equal(record_number(&batch.records[1]), refused + 10);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void at_the_bound_a_source_that_can_wait_loses_nothing(void **state)
{
    (void)state;
    struct spool_options options = {.max_bytes = 1 << 20, .policy = SPOOL_WAIT};
    struct spool *spool = open_spool(options);
    uint64_t refused = fill(spool, 1, STATUS_BUSY);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    assert_feed_gives(feed, 0, refused - 1);
    assert_int_equal(spool_feed_acknowledge(feed, refused - 1), STATUS_OK);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    struct event e = numbered_event(refused, 500);
    assert_int_equal(spool_put(spool, &e), STATUS_OK);
    assert_int_equal(spool_commit(spool), STATUS_OK);
    assert_int_equal(state_of(spool).lost, 0);
    assert_feed_gives(feed, refused - 1, refused);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void the_folder_stays_bounded_over_many_rounds(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){.max_bytes = 1 << 20});
    struct spool_feed *feed = NULL;
    uint64_t next = 1;
    struct stat st;
    for (int round = 0; round < 30; round++) {
        put_numbers(spool, next, next + 1999);
        next += 2000;
        assert_int_equal(spool_commit(spool), STATUS_OK);
        if (!feed)
            feed = open_feed();
        assert_int_equal(spool_feed_acknowledge(feed, next - 1), STATUS_OK);
        assert_int_equal(spool_commit(spool), STATUS_OK);
    }
    assert_int_equal(stat(spool_path("s/data.mdb"), &st), 0);
    assert_true(st.st_size < 4 << 20);
    spool_feed_close(&feed);
    spool_close(&spool);
}

static void an_event_beyond_a_frame_is_counted_as_lost(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    uint8_t *large = calloc(1, 5 << 20);
    struct event e = numbered_event(1, 0);
    e.statement = slice_make(large, 5 << 20);
    assert_int_equal(spool_put(spool, &e), STATUS_LIMIT);
    put_numbers(spool, 2, 2);
    assert_int_equal(state_of(spool).lost, 1);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, 0, 7, &batch), STATUS_OK);
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.records[0].kind, SPOOL_LOSS);
    assert_int_equal(record_number(&batch.records[1]), 2);
    spool_feed_close(&feed);
    free(large);
}

static void a_loss_at_the_end_is_told_too(void **state)
{
    (void)state;
    struct spool_options options = {.max_bytes = 1 << 20};
    struct spool *spool = open_spool(options);
    uint64_t refused = fill(spool, 1, STATUS_FULL);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    struct spool_feed *feed = open_feed();
    struct spool_batch batch;
    assert_int_equal(spool_feed_next(feed, refused - 1, 7, &batch), STATUS_OK);
    assert_int_equal(batch.records[0].kind, SPOOL_LOSS);
    assert_int_equal(batch.records[0].lost, 1);
    spool_feed_close(&feed);
}

static void a_commit_is_due_by_number_or_time(void **state)
{
    (void)state;
    struct spool *spool = open_spool((struct spool_options){0});
    int64_t now = NS_PER_S;
    assert_false(spool_due(spool, now));
    put_numbers(spool, 1, 1);
    assert_false(spool_due(spool, now + 1));
    assert_false(spool_due(spool, now + SPOOL_GROUP_NS - 1));
    assert_true(spool_due(spool, now + SPOOL_GROUP_NS));
    assert_int_equal(spool_commit(spool), STATUS_OK);
    now += NS_PER_S;
    assert_false(spool_due(spool, now));
    put_numbers(spool, 2, SPOOL_GROUP_EVENTS);
    assert_false(spool_due(spool, now));
    put_numbers(spool, 1001, 1001);
    assert_true(spool_due(spool, now));
    assert_int_equal(spool_commit(spool), STATUS_OK);
    /* without events now and then, for what was acknowledged meanwhile */
    assert_false(spool_due(spool, now));
    assert_true(spool_due(spool, now + NS_PER_S));
    spool_close(&spool);
}

static void what_cannot_be_opened_is_explained(void **state)
{
    (void)state;
    struct spool_feed *feed;
    struct spool *spool, *second;
    struct spool_options options = {0};
    assert_int_equal(spool_feed_open(&feed, spool_path("none"), error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error, "none"));
    spool = open_spool(options);
    assert_int_equal(spool_open(&second, spool_path("s"), &options, error), STATUS_BUSY);
    assert_non_null(strstr(error, "in use"));
    spool_close(&spool);
    spool_close(&second);
}

/* A limit on the file's size stands in for the full disk. */
static void fill_the_disk(void)
{
    struct spool *spool = open_spool((struct spool_options){0});
    put_numbers(spool, 1, 100);
    bool ok = spool_commit(spool) == STATUS_OK;
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (uint64_t n = 101; n <= 140; n++) {
        struct event e = numbered_event(n, 100000);
        ok = spool_put(spool, &e) == STATUS_OK && ok;
    }
    ok = spool_commit(spool) == STATUS_FULL && ok;
    ok = spool_commit(spool) == STATUS_FULL && state_of(spool).pending == 40 && ok;
    limit.rlim_cur = RLIM_INFINITY; /* somebody made room */
    setrlimit(RLIMIT_FSIZE, &limit);
    ok = spool_commit(spool) == STATUS_OK && ok;
    ok = spool_close(&spool) == STATUS_OK && ok;
    _exit(ok ? 0 : 1);
}

static void a_full_disk_is_told_and_loses_nothing(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        fill_the_disk();
    }
    int result = -1;
    waitpid(child, &result, 0);
    assert_int_equal(result, 0);
    struct spool_feed *feed = open_feed();
    assert_feed_gives(feed, 0, 140);
    spool_feed_close(&feed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, spool_folder_make, spool_folder_remove)
    const struct CMUnitTest tests[] = {
        TEST(events_come_out_as_they_went_in),
        TEST(an_event_keeps_its_running_numbers),
        TEST(numbers_go_on_after_all_was_removed),
        TEST(a_part_is_removed),
        TEST(a_spool_behind_its_reader_is_told),
        TEST(a_damaged_acknowledgement_removes_nothing),
        TEST(leftovers_of_killed_readers_are_removed),
        TEST(at_the_bound_new_events_are_dropped_counted_and_told),
        TEST(at_the_bound_a_source_that_can_wait_loses_nothing),
        TEST(the_folder_stays_bounded_over_many_rounds),
        TEST(an_event_beyond_a_frame_is_counted_as_lost),
        TEST(a_loss_at_the_end_is_told_too),
        TEST(a_commit_is_due_by_number_or_time),
        TEST(what_cannot_be_opened_is_explained),
        TEST(a_full_disk_is_told_and_loses_nothing),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
