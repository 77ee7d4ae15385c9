/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whole files: bounds, atomic replacement, the lock between processes.
 */
#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dwell-file-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void assert_content(const char *path, const char *want)
{
    struct buffer b;
    buffer_init(&b, 1 << 20);
    assert_int_equal(file_read(path, &b), STATUS_OK);
    assert_string_equal(buffer_text(&b), want);
    buffer_release(&b);
}

static void replaces_and_reads(void **state)
{
    (void)state;
    const char *path = in_folder("a");
    struct stat st;
    assert_int_equal(file_replace(path, SLICE("one"), 0640), STATUS_OK);
    assert_content(path, "one");
    assert_int_equal(file_replace(path, SLICE(""), 0600), STATUS_OK);
    assert_content(path, "");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(unlink(path), 0); /* the folder's removal shows that nothing else is left */
}

static void a_failed_replacement_leaves_no_trace(void **state)
{
    (void)state;
    const char *path = in_folder("taken");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_not_equal(file_replace(path, SLICE("x"), 0600), STATUS_OK);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(file_replace("/nonexistent/file", SLICE("x"), 0600), STATUS_NOT_FOUND);
}

static void bounds(void **state)
{
    (void)state;
    const char *path = in_folder("a");
    struct buffer b;
    assert_int_equal(file_replace(path, SLICE("12345"), 0600), STATUS_OK);
    buffer_init(&b, 5);
    assert_int_equal(file_read(path, &b), STATUS_OK);
    assert_int_equal(b.len, 5);
    assert_int_equal(file_read(path, &b), STATUS_LIMIT);
    buffer_release(&b);
    buffer_init(&b, 4);
    assert_int_equal(file_read(path, &b), STATUS_LIMIT);
    buffer_release(&b);
    unlink(path);
}

static void only_regular_files(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 100);
    assert_int_equal(file_read(folder, &b), STATUS_UNSUPPORTED);
    assert_int_equal(file_read("/dev/zero", &b), STATUS_UNSUPPORTED);
    assert_int_equal(file_read(in_folder("none"), &b), STATUS_NOT_FOUND);
    const char *path = in_folder("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(file_read(path, &b), STATUS_UNSUPPORTED); /* and does not wait */
    unlink(path);
    buffer_release(&b);
}

static void folders(void **state)
{
    (void)state;
    assert_int_equal(file_make_folder(in_folder("a/b/c"), 0700), STATUS_OK);
    assert_int_equal(file_make_folder(in_folder("a/b/c/"), 0700), STATUS_OK);
    assert_int_equal(rmdir(in_folder("a/b/c")), 0);
    assert_int_equal(file_replace(in_folder("a/b/c"), SLICE(""), 0600), STATUS_OK);
    assert_int_equal(file_make_folder(in_folder("a/b/c"), 0700), STATUS_EXISTS);
    unlink(in_folder("a/b/c"));
    rmdir(in_folder("a/b"));
    rmdir(in_folder("a"));
    assert_int_equal(file_make_folder("", 0700), STATUS_INVALID);
}

/* The lock of a process that was killed is free. */
static void one_instance(void **state)
{
    (void)state;
    char path[256];
    struct file_lock lock, second;
    strcpy(path, in_folder("lock"));
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        enum status status = file_lock_take(&lock, path);
        (void)!write(ready[1], status == STATUS_OK ? "y" : "n", 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(file_lock_take(&second, path), STATUS_BUSY);
    assert_int_equal(second.fd, -1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(file_lock_take(&second, path), STATUS_OK);
    file_lock_release(&second);
    assert_int_equal(file_lock_take(&lock, path), STATUS_OK);
    file_lock_release(&lock);
    close(ready[0]);
    close(ready[1]);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_and_reads),
        cmocka_unit_test(a_failed_replacement_leaves_no_trace),
        cmocka_unit_test(bounds),
        cmocka_unit_test(only_regular_files),
        cmocka_unit_test(folders),
        cmocka_unit_test(one_instance),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
