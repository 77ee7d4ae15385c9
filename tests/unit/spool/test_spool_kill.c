/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exactly once: a collector that appends and an analyzer that reads, each killed at random moments
 * again and again while the other goes on. Afterwards every event that was committed was counted
 * once, in order. The events carry their own sequence number, so that a number given twice or
 * passed over shows.
 */
#include "spool_folder.h"

#include "support/random.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { KILLS = 60, BATCH = 300, MAX_BYTES = 2 << 20 };

static char error[DB_ERROR_SIZE];

static void die(const char *what, enum status status)
{
    fprintf(stderr, "%s: %s %s\n", what, status_text(status), error);
    _exit(1);
}

static void sleep_us(long us)
{
    nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL);
}

/* The collector: appends without end, or up to the sequence number `until`. */
static void append(uint64_t until)
{
    struct spool *spool;
    struct spool_options options = {.max_bytes = MAX_BYTES, .policy = SPOOL_WAIT};
    enum status status = spool_open(&spool, spool_path("s"), &options, error);
    if (status != STATUS_OK)
        die("spool_open", status);
    struct spool_state state;
    spool_state(spool, &state);
    for (uint64_t n = state.next; n < until; n++) {
        struct event e = numbered_event(n, n % 97 == 0 ? 9000 : n % 61);
        while ((status = spool_put(spool, &e)) == STATUS_BUSY) {
            spool_commit(spool);
            sleep_us(500);
        }
        if (status == STATUS_OK && n % 37 == 0)
            status = spool_commit(spool);
        if (status != STATUS_OK)
            die("append", status);
    }
    status = spool_close(&spool);
    if (status != STATUS_OK)
        die("spool_close", status);
}

/* The analyzer's own store: how far it is, and what it counted. */
struct account {
    uint64_t cursor;
    uint64_t events;
    uint64_t sum;
};

static const char *const account_tables[] = {"account", NULL};

static struct account account_get(struct db_txn *txn)
{
    struct account account = {0};
    struct slice value;
    if (db_get(txn, 0, SLICE("a"), &value))
        memcpy(&account, value.ptr, sizeof account);
    return account;
}

static struct db *open_account(void)
{
    struct db *db;
    struct db_options options = {.access = DB_WRITER, .tables = account_tables};
    enum status status = db_open(&db, spool_path("account"), &options, error);
    if (status != STATUS_OK)
        die("account", status);
    return db;
}

static void take_batch(struct account *account, const struct spool_batch *batch)
{
    if (batch->missing != 0)
        die("records are missing", STATUS_CORRUPT);
    for (size_t i = 0; i < batch->count; i++) {
        uint64_t number = record_number(&batch->records[i]);
        if (number != batch->records[i].sequence || number != account->cursor + 1)
            die("out of order", STATUS_CORRUPT);
        account->cursor = number;
        account->events++;
        account->sum += number;
    }
}

/* One batch: counted and committed, then acknowledged. */
static enum status read_batch(struct db *db, struct spool_feed *feed)
{
    struct db_txn txn;
    struct spool_batch batch;
    db_begin(&txn, db, DB_WRITER);
    struct account account = account_get(&txn);
    enum status status = spool_feed_next(feed, account.cursor, BATCH, &batch);
    if (status != STATUS_OK) {
        db_abort(&txn);
        return status;
    }
    take_batch(&account, &batch);
    db_put(&txn, 0, SLICE("a"), slice_make(&account, sizeof account));
    status = db_commit(&txn);
    return status == STATUS_OK ? spool_feed_acknowledge(feed, account.cursor) : status;
}

/* The analyzer: reads without end, or until there is nothing more. */
static void consume(bool to_the_end)
{
    struct spool_feed *feed;
    enum status status;
    while ((status = spool_feed_open(&feed, spool_path("s"), error)) == STATUS_NOT_FOUND)
        sleep_us(500);
    if (status != STATUS_OK)
        die("feed", status);
    struct db *db = open_account();
    for (;;) {
        status = read_batch(db, feed);
        if (status == STATUS_END && to_the_end)
            break;
        if (status == STATUS_END)
            sleep_us(500);
        else if (status != STATUS_OK)
            die("read_batch", status);
    }
    spool_feed_close(&feed);
    db_close(&db);
}

static pid_t start(void (*run)(uint64_t argument), uint64_t argument)
{
    pid_t pid = fork();
    if (pid == 0) {
        run(argument);
        _exit(0);
    }
    return pid;
}

static void run_consumer(uint64_t to_the_end)
{
    consume(to_the_end != 0);
}

static int end_of(pid_t pid)
{
    int result = -1;
    waitpid(pid, &result, 0);
    return result;
}

/* It must still have been running: who ended by itself found something wrong. */
static void kill_one(pid_t pid)
{
    kill(pid, SIGKILL);
    int result = end_of(pid);
    assert_true(WIFSIGNALED(result));
    assert_int_equal(WTERMSIG(result), SIGKILL);
}

static struct account final_account(void)
{
    struct db *db = open_account();
    struct db_txn txn;
    db_begin(&txn, db, DB_READER);
    struct account account = account_get(&txn);
    assert_int_equal(db_commit(&txn), STATUS_OK);
    db_close(&db);
    return account;
}

static void kills_lose_and_double_nothing(void **state)
{
    (void)state;
    struct random random = random_start(20261121);
    pid_t collector = start(append, UINT64_MAX), analyzer = start(run_consumer, false);
    for (int i = 0; i < KILLS; i++) {
        sleep_us((long)random_below(&random, 40000));
        if (random_below(&random, 2) == 0) {
            kill_one(collector);
            collector = start(append, UINT64_MAX);
        } else {
            kill_one(analyzer);
            analyzer = start(run_consumer, false);
        }
    }
    kill_one(collector);
    kill_one(analyzer);

    struct spool *spool;
    struct spool_state spooled;
    struct spool_options options = {.max_bytes = MAX_BYTES, .policy = SPOOL_WAIT};
    assert_int_equal(spool_open(&spool, spool_path("s"), &options, error), STATUS_OK);
    spool_state(spool, &spooled);
    assert_int_equal(spool_close(&spool), STATUS_OK);
    assert_int_equal(end_of(start(append, spooled.next + 100)), 0);
    assert_int_equal(end_of(start(run_consumer, true)), 0);

    struct account account = final_account();
    uint64_t all = spooled.next + 99;
    print_message("%llu events, %d kills\n", (unsigned long long)all, KILLS + 2);
    assert_true(all > 1000);
    assert_int_equal(spooled.lost, 0);
    assert_int_equal(account.cursor, all);
    assert_int_equal(account.events, all);
    assert_int_equal(account.sum, all * (all + 1) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kills_lose_and_double_nothing, spool_folder_make,
                                        spool_folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
