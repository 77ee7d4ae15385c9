/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store wrapper: sticky transactions, the growing map, one writer, sealed values, a full disk.
 */
#include "db/db.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { THINGS, OTHERS };
static const char *const tables[] = {"things", "others", NULL};

static char folder[128];
static char error[DB_ERROR_SIZE];

static void remove_files(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-db-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    remove_files(folder);
    return 0;
}

static struct db *open_as(enum db_access access)
{
    struct db *db;
    struct db_options options = {.access = access, .tables = tables};
    enum status status = db_open(&db, folder, &options, error);
    if (status != STATUS_OK)
        print_error("%s\n", error);
    assert_int_equal(status, STATUS_OK);
    return db;
}

static void put_one(struct db *db, const char *key, const char *value)
{
    struct db_txn txn;
    db_begin(&txn, db, DB_WRITER);
    db_put(&txn, THINGS, slice_from(key), slice_from(value));
    assert_int_equal(db_commit(&txn), STATUS_OK);
}

static void assert_holds(struct db *db, const char *key, const char *want)
{
    struct db_txn txn;
    struct slice value;
    db_begin(&txn, db, DB_READER);
    assert_int_equal(db_get(&txn, THINGS, slice_from(key), &value), want != NULL);
    assert_true(slice_equal(value, slice_from(want)));
    assert_int_equal(txn.status, STATUS_OK);
    db_abort(&txn);
}

static void what_was_committed_is_there(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    put_one(db, "a", "1");
    struct db_txn txn;
    db_begin(&txn, db, DB_WRITER);
    db_put(&txn, THINGS, SLICE("b"), SLICE("2"));
    db_abort(&txn);
    db_close(&db);
    assert_null(db);
    db = open_as(DB_READER);
    assert_holds(db, "a", "1");
    assert_holds(db, "b", NULL);
    db_close(&db);
}

static void the_first_error_sticks(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    struct db_txn txn;
    struct slice value;
    char key[DB_KEY_MAX + 1];
    memset(key, 'k', sizeof key);
    db_begin(&txn, db, DB_WRITER);
    db_put(&txn, THINGS, SLICE("a"), SLICE("1"));
    db_put(&txn, THINGS, slice_make(key, sizeof key), SLICE("1"));
    assert_int_equal(txn.status, STATUS_INVALID);
    assert_false(db_get(&txn, THINGS, SLICE("a"), &value));
    db_put(&txn, THINGS, SLICE("c"), SLICE("1"));
    db_fail(&txn, STATUS_IO);
    assert_int_equal(db_commit(&txn), STATUS_INVALID);
    assert_holds(db, "a", NULL);
    db_begin(&txn, db, DB_WRITER);
    db_put(&txn, THINGS, SLICE(""), SLICE("1"));
    assert_int_equal(db_commit(&txn), STATUS_INVALID);
    db_begin(&txn, db, DB_WRITER);
    assert_false(db_get(&txn, THINGS, SLICE("none"), &value));
    assert_false(db_del(&txn, THINGS, SLICE("none")));
    assert_int_equal(db_commit(&txn), STATUS_OK); /* not there is no error */
    db_close(&db);
}

static void a_reader_cannot_write(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    db_close(&db);
    db = open_as(DB_READER);
    struct db_txn txn;
    db_begin(&txn, db, DB_WRITER);
    db_put(&txn, THINGS, SLICE("a"), SLICE("1"));
    assert_int_equal(db_commit(&txn), STATUS_DENIED);
    db_begin(&txn, db, DB_READER);
    db_put(&txn, THINGS, SLICE("a"), SLICE("1"));
    assert_int_equal(db_commit(&txn), STATUS_DENIED);
    db_close(&db);
}

static void tables_do_not_mix(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    put_one(db, "a", "1");
    struct db_txn txn;
    struct slice value;
    db_begin(&txn, db, DB_WRITER);
    assert_false(db_get(&txn, OTHERS, SLICE("a"), &value));
    db_put(&txn, OTHERS, SLICE("a"), SLICE("other"));
    assert_int_equal(db_count(&txn, THINGS), 1);
    db_empty(&txn, THINGS);
    assert_int_equal(db_count(&txn, THINGS), 0);
    assert_int_equal(db_count(&txn, OTHERS), 1);
    assert_int_equal(db_commit(&txn), STATUS_OK);
    db_close(&db);
}

static void a_cursor_walks_in_key_order(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    struct db_txn txn;
    struct db_cursor c;
    uint8_t key[8];
    db_begin(&txn, db, DB_WRITER);
    for (uint64_t i = 0; i < 1000; i++) {
        db_key_u64(key, i * 10);
        db_append(&txn, THINGS, slice_make(key, 8), slice_make(&i, sizeof i));
    }
    db_cursor_open(&c, &txn, THINGS);
    db_key_u64(key, 5001);
    assert_true(db_seek(&c, slice_make(key, 8)));
    assert_int_equal(db_u64_of_key(c.key.ptr), 5010);
    assert_true(db_prev(&c));
    assert_int_equal(db_u64_of_key(c.key.ptr), 5000);
    db_cursor_del(&c);
    assert_true(db_next(&c));
    assert_int_equal(db_u64_of_key(c.key.ptr), 5010);
    assert_true(db_last(&c));
    assert_int_equal(db_u64_of_key(c.key.ptr), 9990);
    assert_false(db_next(&c));
    assert_int_equal(c.key.len, 0);
    assert_true(db_first(&c));
    assert_int_equal(db_u64_of_key(c.key.ptr), 0);
    assert_false(db_prev(&c));
    db_cursor_close(&c);
    assert_int_equal(db_count(&txn, THINGS), 999);
    db_key_u64(key, 3);
    db_append(&txn, THINGS, slice_make(key, 8), SLICE("out of order"));
    assert_int_equal(db_commit(&txn), STATUS_INVALID);
    db_close(&db);
}

static void a_cursor_of_a_failed_transaction_gives_nothing(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    put_one(db, "a", "1");
    struct db_txn txn;
    struct db_cursor c;
    db_begin(&txn, db, DB_READER);
    db_cursor_open(&c, &txn, THINGS);
    assert_true(db_first(&c));
    db_fail(&txn, STATUS_CORRUPT);
    assert_false(db_first(&c));
    db_cursor_close(&c);
    db_cursor_open(&c, &txn, THINGS);
    assert_false(db_first(&c));
    db_cursor_close(&c);
    assert_int_equal(db_commit(&txn), STATUS_CORRUPT);
    db_close(&db);
}

static void a_read_is_a_snapshot_until_it_is_renewed(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    struct db_txn txn;
    struct slice value;
    put_one(db, "a", "1");
    db_begin(&txn, db, DB_READER);
    put_one(db, "a", "2");
    assert_true(db_get(&txn, THINGS, SLICE("a"), &value));
    assert_true(slice_equal(value, SLICE("1")));
    db_reset(&txn);
    assert_false(db_get(&txn, THINGS, SLICE("a"), &value));
    assert_int_equal(db_renew(&txn), STATUS_OK);
    assert_true(db_get(&txn, THINGS, SLICE("a"), &value));
    assert_true(slice_equal(value, SLICE("2")));
    db_reset(&txn);
    db_abort(&txn);
    db_close(&db);
}

enum { LARGE_COUNT = 200, LARGE_SIZE = 1 << 20 };

static void put_large(struct db_txn *txn, void *context)
{
    unsigned *runs = context;
    (*runs)++;
    for (unsigned i = 0; i < LARGE_COUNT; i++) {
        uint8_t key[8];
        db_key_u64(key, i);
        uint8_t *room = db_reserve(txn, THINGS, slice_make(key, 8), LARGE_SIZE);
        if (room)
            memset(room, (int)i, LARGE_SIZE);
    }
}

/* 200 MiB in one transaction, while the map begins with 64. */
static void the_map_grows_under_a_large_transaction(void **state)
{
    (void)state;
    struct db *db;
    struct db_options options = {.access = DB_WRITER, .tables = tables, .lazy = true};
    assert_int_equal(db_open(&db, folder, &options, error), STATUS_OK);
    unsigned runs = 0;
    uint64_t before = db_size(db).map;
    assert_int_equal(db_write(db, put_large, &runs), STATUS_OK);
    assert_true(runs > 1);
    assert_true(db_size(db).map > before);
    assert_true(db_size(db).used > (uint64_t)LARGE_COUNT * LARGE_SIZE);
    assert_int_equal(db_sync(db), STATUS_OK);
    db_close(&db);
}

/* A reader in another process follows a map that grew after it had opened. */
static void a_reader_follows_the_map(void **state)
{
    (void)state;
    struct db *db = open_as(DB_WRITER);
    put_one(db, "a", "1");
    db_close(&db); /* a handle must not be open over a fork */
    int go[2], done[2];
    char byte = 0;
    assert_int_equal(pipe(go) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        struct db *reader = open_as(DB_READER);
        assert_holds(reader, "a", "1");
        (void)!write(done[1], &byte, 1);
        (void)!read(go[0], &byte, 1);
        struct db_txn txn;
        db_begin(&txn, reader, DB_READER);
        bool ok = db_count(&txn, THINGS) == LARGE_COUNT + 1;
        ok = db_commit(&txn) == STATUS_OK && ok;
        db_close(&reader);
        _exit(ok ? 0 : 1);
    }
    (void)!read(done[0], &byte, 1);
    struct db_options options = {.access = DB_WRITER, .tables = tables, .lazy = true};
    unsigned runs = 0;
    assert_int_equal(db_open(&db, folder, &options, error), STATUS_OK);
    assert_int_equal(db_write(db, put_large, &runs), STATUS_OK);
    (void)!write(go[1], &byte, 1);
    int result = -1;
    waitpid(child, &result, 0);
    assert_int_equal(result, 0);
    db_close(&db);
    for (int i = 0; i < 2; i++) {
        close(go[i]);
        close(done[i]);
    }
}

static void the_maximum_is_kept_and_nothing_lost(void **state)
{
    (void)state;
    struct db *db;
    struct db_options options = {.access = DB_WRITER, .tables = tables, .map_max = 8 << 20};
    assert_int_equal(db_open(&db, folder, &options, error), STATUS_OK);
    put_one(db, "a", "1");
    unsigned runs = 0;
    assert_int_equal(db_write(db, put_large, &runs), STATUS_FULL);
    assert_holds(db, "a", "1");
    put_one(db, "b", "2");
    assert_int_equal(db_size(db).map, 8 << 20);
    db_close(&db);
}

static void a_second_writer_is_told_who_has_it(void **state)
{
    (void)state;
    struct db_options options = {.access = DB_WRITER, .tables = tables};
    struct db *second;
    int ready[2];
    char byte = 0, want[40];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct db *db = open_as(DB_WRITER);
        put_one(db, "a", "1");
        (void)!write(ready[1], &byte, 1);
        pause();
    }
    (void)!read(ready[0], &byte, 1);
    assert_int_equal(db_open(&second, folder, &options, error), STATUS_BUSY);
    snprintf(want, sizeof want, "process %d:", (int)child);
    assert_non_null(strstr(error, want));
    assert_non_null(strstr(error, folder));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    second = open_as(DB_WRITER); /* the lock died with its holder */
    assert_holds(second, "a", "1");
    db_close(&second);
    close(ready[0]);
    close(ready[1]);
}

static void in_one_process_handles_share_the_environment(void **state)
{
    (void)state;
    struct db_options options = {.access = DB_WRITER, .tables = tables};
    struct db *writer = open_as(DB_WRITER), *reader = open_as(DB_READER), *second;
    assert_int_equal(db_open(&second, folder, &options, error), STATUS_BUSY);
    put_one(writer, "a", "1");
    db_close(&writer);
    assert_holds(reader, "a", "1");
    writer = open_as(DB_WRITER);
    put_one(writer, "a", "2");
    db_close(&writer);
    assert_holds(reader, "a", "2");
    db_close(&reader);
    reader = open_as(DB_READER);
    assert_int_equal(db_open(&second, folder, &options, error), STATUS_BUSY);
    db_close(&reader);
}

static void what_cannot_be_opened_is_explained(void **state)
{
    (void)state;
    struct db *db;
    char path[200];
    struct db_options options = {.access = DB_READER, .tables = tables};
    assert_int_equal(db_open(&db, "/tmp/dwell-db-nowhere", &options, error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error, "/tmp/dwell-db-nowhere"));
    assert_null(db);
    assert_int_equal(db_open(&db, folder, &options, NULL), STATUS_NOT_FOUND);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 10000; i++)
        fputc('x', file);
    fclose(file);
    options.access = DB_WRITER;
    assert_int_equal(db_open(&db, folder, &options, error), STATUS_CORRUPT);
    assert_int_equal(db_open(&db, path, &options, error), STATUS_INVALID);
}

static void a_reader_of_an_older_store_misses_its_table(void **state)
{
    (void)state;
    static const char *const newer[] = {"things", "later", NULL};
    struct db *db = open_as(DB_WRITER);
    db_close(&db);
    struct db_options options = {.access = DB_READER, .tables = newer};
    assert_int_equal(db_open(&db, folder, &options, error), STATUS_NOT_FOUND);
}

static void the_group_may_read(void **state)
{
    (void)state;
    char path[200];
    struct stat st;
    mode_t mask = umask(0077);
    snprintf(path, sizeof path, "%s/deep", folder);
    struct db_options options = {.access = DB_WRITER, .tables = tables};
    struct db *db;
    assert_int_equal(db_open(&db, path, &options, error), STATUS_OK);
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    snprintf(path, sizeof path, "%s/deep/data.mdb", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    snprintf(path, sizeof path, "%s/deep/lock.mdb", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    db_close(&db);
    snprintf(path, sizeof path, "%s/deep", folder);
    remove_files(path);
}

static void a_copy_holds_the_same(void **state)
{
    (void)state;
    char first[128], second[120];
    struct db *db = open_as(DB_WRITER);
    put_one(db, "a", "1");
    snprintf(first, sizeof first, "%s", folder);
    snprintf(second, sizeof second, "%.100s/copy", folder);
    assert_int_equal(mkdir(second, 0700), 0);
    assert_int_equal(db_copy(db, second), STATUS_OK);
    db_close(&db);
    snprintf(folder, sizeof folder, "%s", second);
    db = open_as(DB_READER);
    assert_holds(db, "a", "1");
    db_close(&db);
    remove_files(second);
    snprintf(folder, sizeof folder, "%s", first);
}

/* A file size limit stands in for the full disk: the kernel refuses the same write. */
static void a_full_disk_loses_nothing_committed(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct db *db = open_as(DB_WRITER);
        put_one(db, "a", "1");
        unsigned runs = 0;
        const struct rlimit limit = {1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        enum status status = db_write(db, put_large, &runs);
        assert_holds(db, "a", "1");
        db_close(&db);
        _exit(status == STATUS_FULL ? 0 : 1);
    }
    int result = -1;
    waitpid(child, &result, 0);
    assert_int_equal(result, 0);
    struct db *db = open_as(DB_READER);
    assert_holds(db, "a", "1");
    db_close(&db);
}

static void sealed_values_open_again(void **state)
{
    (void)state;
    struct buffer b;
    uint8_t version;
    struct slice payload;
    buffer_init(&b, 1024);
    db_seal(&b, 2, SLICE("payload"));
    assert_int_equal(b.len, 7 + 5);
    assert_int_equal(db_unseal(buffer_slice(&b), 2, &version, &payload), STATUS_OK);
    assert_int_equal(version, 2);
    assert_true(slice_equal(payload, SLICE("payload")));
    assert_int_equal(db_unseal(buffer_slice(&b), 1, &version, &payload), STATUS_VERSION);
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(db_unseal(slice_part(buffer_slice(&b), 0, len), 2, &version, &payload),
                         STATUS_CORRUPT);
    for (size_t bit = 0; bit < b.len * 8; bit++) {
        b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(db_unseal(buffer_slice(&b), 255, &version, &payload), STATUS_CORRUPT);
        b.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buffer_reset(&b);
    db_seal(&b, 1, SLICE(""));
    assert_int_equal(db_unseal(buffer_slice(&b), 1, &version, &payload), STATUS_OK);
    assert_int_equal(payload.len, 0);
    buffer_release(&b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_there),
        TEST(the_first_error_sticks),
        TEST(a_reader_cannot_write),
        TEST(tables_do_not_mix),
        TEST(a_cursor_walks_in_key_order),
        TEST(a_cursor_of_a_failed_transaction_gives_nothing),
        TEST(a_read_is_a_snapshot_until_it_is_renewed),
        TEST(the_map_grows_under_a_large_transaction),
        TEST(a_reader_follows_the_map),
        TEST(the_maximum_is_kept_and_nothing_lost),
        TEST(a_second_writer_is_told_who_has_it),
        TEST(in_one_process_handles_share_the_environment),
        TEST(what_cannot_be_opened_is_explained),
        TEST(a_reader_of_an_older_store_misses_its_table),
        TEST(the_group_may_read),
        TEST(a_copy_holds_the_same),
        TEST(a_full_disk_loses_nothing_committed),
        TEST(sealed_values_open_again),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
