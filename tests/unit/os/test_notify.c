/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The service manager's side is played by a datagram socket, named and abstract.
 */
#include "os/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int manager(const char *name, socklen_t name_len)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, name, name_len);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t len = (socklen_t)offsetof(struct sockaddr_un, sun_path) + name_len;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    return fd;
}

static void assert_told(int fd, const char *want)
{
    char text[512] = "";
    assert_true(recv(fd, text, sizeof text - 1, MSG_DONTWAIT) > 0);
    assert_string_equal(text, want);
}

static void tells(int fd)
{
    struct notify notify;
    notify_open(&notify);
    assert_true(notify.fd >= 0);
    notify_ready(&notify);
    assert_told(fd, "READY=1");
    notify_watchdog(&notify);
    assert_told(fd, "WATCHDOG=1");
    notify_stopping(&notify);
    assert_told(fd, "STOPPING=1");
    notify_status(&notify, "two\nREADY=1");
    assert_told(fd, "STATUS=two READY=1");
    notify_reloading(&notify);
    char text[128] = "";
    assert_true(recv(fd, text, sizeof text - 1, MSG_DONTWAIT) > 0);
    assert_memory_equal(text, "RELOADING=1\nMONOTONIC_USEC=", 27);
    notify_close(&notify);
    assert_int_equal(notify.fd, -1);
}

static void a_named_socket(void **state)
{
    (void)state;
    char path[] = "/tmp/dwell-notify-XXXXXX";
    char name[64];
    assert_non_null(mkdtemp(path));
    snprintf(name, sizeof name, "%s/socket", path);
    int fd = manager(name, (socklen_t)strlen(name));
    setenv("NOTIFY_SOCKET", name, 1);
    tells(fd);
    close(fd);
    unlink(name);
    rmdir(path);
}

static void an_abstract_socket(void **state)
{
    (void)state;
    char name[64];
    int len = snprintf(name, sizeof name, "@dwell-notify-%d", (int)getpid());
    setenv("NOTIFY_SOCKET", name, 1);
    name[0] = '\0';
    int fd = manager(name, (socklen_t)len);
    tells(fd);
    close(fd);
}

static void nobody_listens(void **state)
{
    (void)state;
    static const char *const names[] = {"", "relative", "/nonexistent/socket"};
    struct notify notify;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        notify_open(&notify);
        assert_int_equal(notify.fd, -1);
        notify_ready(&notify);
        notify_close(&notify);
    }
    unsetenv("NOTIFY_SOCKET");
    notify_open(&notify);
    assert_int_equal(notify.fd, -1);
}

static void watchdog_period(void **state)
{
    (void)state;
    char pid[32];
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    setenv("WATCHDOG_USEC", "10", 1);
    assert_int_equal(notify_watchdog_ms(), 1);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_watchdog_ms(), 1);
    setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_named_socket),
        cmocka_unit_test(an_abstract_socket),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(watchdog_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
