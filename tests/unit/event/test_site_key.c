/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The site key's file: made once, never overwritten, refused when others may read it.
 */
#include "event/site_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static char path[128];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-site-key-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/site.key", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_key(const char *text, mode_t mode)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

#define DIGITS64 "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static void a_made_key_is_read_back(void **state)
{
    (void)state;
    struct event_site_key made, read, zero = {{0}};
    struct stat st;
    assert_int_equal(site_key_create(path, &made), STATUS_OK);
    assert_memory_not_equal(made.bytes, zero.bytes, sizeof made.bytes);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 65);
    assert_int_equal(site_key_read(path, &read), STATUS_OK);
    assert_memory_equal(made.bytes, read.bytes, sizeof made.bytes);
}

static void a_key_is_never_overwritten(void **state)
{
    (void)state;
    struct event_site_key first, second, read;
    assert_int_equal(site_key_create(path, &first), STATUS_OK);
    assert_int_equal(site_key_create(path, &second), STATUS_EXISTS);
    assert_int_equal(site_key_read(path, &read), STATUS_OK);
    assert_memory_equal(first.bytes, read.bytes, sizeof read.bytes);
}

static void digits_are_read_with_or_without_a_line_end(void **state)
{
    (void)state;
    struct event_site_key key;
    write_key(DIGITS64, 0600);
    assert_int_equal(site_key_read(path, &key), STATUS_OK);
    assert_int_equal(key.bytes[0], 0);
    assert_int_equal(key.bytes[31], 0x1f);
    write_key(DIGITS64 "\r\n", 0640);
    assert_int_equal(site_key_read(path, &key), STATUS_OK);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "00", (DIGITS64 "0"), (DIGITS64 "\n" DIGITS64 "\n"),
                                        ("g" DIGITS64)};
    struct event_site_key key;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_key(texts[i], 0600);
        assert_int_equal(site_key_read(path, &key), STATUS_MALFORMED);
    }
    write_key(DIGITS64, 0644);
    assert_int_equal(site_key_read(path, &key), STATUS_DENIED);
    unlink(path);
    assert_int_equal(site_key_read(path, &key), STATUS_NOT_FOUND);
    assert_int_equal(site_key_read(folder, &key), STATUS_MALFORMED);
    assert_int_equal(site_key_create("/nowhere/site.key", &key), STATUS_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_made_key_is_read_back),
        TEST(a_key_is_never_overwritten),
        TEST(digits_are_read_with_or_without_a_line_end),
        TEST(other_files_are_refused),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
