/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each role's sandbox is entered in a child, which then does what it may and tries what it may not.
 */
#include "os/sandbox.h"

#include "base/file.h"
#include "base/pattern.h"
#include "child.h"
#include "os/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];  /* may be written */
static char library[64]; /* may be read */
static int listener;     /* opened before */

struct setting {
    enum sandbox_role role;
    bool connects, accepts;
};

static const struct setting collector = {SANDBOX_COLLECTOR, false, true};
static const struct setting analyzer = {SANDBOX_ANALYZER, true, false};
static const struct setting web = {SANDBOX_WEB, false, true};

static const char *enter(enum sandbox_role role)
{
    const struct sandbox_path paths[] = {
        {folder, true}, {library, false}, {"/etc/hosts", false}, {"/nonexistent/path", true}};
    static struct fault fault;
    enum status status = sandbox_enter(role, paths, sizeof paths / sizeof paths[0], &fault);
    return status == STATUS_OK ? NULL : fault.text;
}

static void *nothing(void *context)
{
    return context;
}

static const char *work_of_all(void)
{
    char path[128], other[128];
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    EXPECT(file_replace(path, SLICE("content"), 0600) == STATUS_OK);
    EXPECT(rename(path, other) == 0 && unlink(other) == 0);
    EXPECT(mkdir(path, 0700) == 0 && rmdir(path) == 0);
    snprintf(path, sizeof path, "%s/book", library);
    struct buffer text;
    buffer_init(&text, 100);
    EXPECT(file_read(path, &text) == STATUS_OK);
    buffer_release(&text);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, nothing, NULL) == 0);
    EXPECT(pthread_join(thread, NULL) == 0);
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory != MAP_FAILED && munmap(memory, 1 << 20) == 0);
    return NULL;
}

static void stop(void *context, int detail)
{
    (void)detail;
    loop_stop(context);
}

/* Libraries that were opened before go on working. */
static const char *work_of_libraries(struct pattern *compiled)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern *late;
    EXPECT(pattern_find(compiled, SLICE("xxabc"), 0, NULL) == STATUS_OK);
    EXPECT(pattern_compile(&late, SLICE("b+c"), 0, error) == STATUS_OK);
    EXPECT(pattern_find(late, SLICE("xxabc"), 0, NULL) == STATUS_OK);
    pattern_free(&late);
    struct loop *loop = loop_new();
    EXPECT(loop && loop_timer(loop, 1, 0, stop, loop));
    loop_run(loop);
    loop_free(&loop);
    return NULL;
}

static const char *forbidden_files(void)
{
    char path[128];
    if (!sandbox_limits_files())
        return NULL;
    snprintf(path, sizeof path, "%s/book", library);
    EXPECT_ERROR(open("/etc/passwd", O_RDONLY), EACCES);
    EXPECT_ERROR(open("/proc/self/maps", O_RDONLY), EACCES);
    EXPECT_ERROR(open(path, O_WRONLY), EACCES);
    EXPECT_ERROR(unlink(path), EACCES);
    return NULL;
}

static const char *forbidden_calls(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_ERROR(mprotect(memory, 4096, PROT_READ | PROT_EXEC), EPERM);
    EXPECT_ERROR(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                 EPERM);
    EXPECT_ERROR(kill(getppid(), 0), EPERM);
    EXPECT_ERROR(setuid(12345), EPERM);
    EXPECT_ERROR(chdir("/"), EPERM);
    EXPECT_ERROR(chmod(folder, 0777), EPERM);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* Not fork(): the thread sanitizer's own loses errno. */
    EXPECT_ERROR(syscall(SYS_fork), EPERM);
#endif
    return NULL;
}

static const char *network(const struct setting *setting)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    EXPECT_ERROR(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
    EXPECT_ERROR(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
    EXPECT_ERROR(listen(listener, 1), EPERM);
    EXPECT_ERROR(bind(listener, (struct sockaddr *)&any, sizeof any), EPERM);
    if (setting->connects)
        EXPECT(socket(AF_INET, SOCK_DGRAM, 0) >= 0);
    else
        EXPECT_ERROR(socket(AF_INET, SOCK_DGRAM, 0), EPERM);
    EXPECT_ERROR(accept(listener, NULL, NULL), setting->accepts ? EAGAIN : EPERM);
    return NULL;
}

static const char *resolve(void)
{
    struct addrinfo *found = NULL;
    EXPECT(getaddrinfo("localhost", "514", NULL, &found) == 0);
    freeaddrinfo(found);
    return NULL;
}

static const char *live(const void *context)
{
    const struct setting *setting = context;
    char error[PATTERN_ERROR_MAX];
    struct pattern *compiled;
    EXPECT(pattern_compile(&compiled, SLICE("a.c"), 0, error) == STATUS_OK);
    const char *wrong = enter(setting->role);
    if (!wrong)
        wrong = work_of_all();
    if (!wrong)
        wrong = work_of_libraries(compiled);
    if (!wrong)
        wrong = forbidden_files();
    if (!wrong)
        wrong = forbidden_calls();
    if (!wrong)
        wrong = network(setting);
    if (!wrong && setting->connects)
        wrong = resolve();
    pattern_free(&compiled);
    return wrong;
}

static pthread_barrier_t entered;

static void *try_to_listen(void *context)
{
    static char nothing_wrong;
    (void)context;
    pthread_barrier_wait(&entered);
    return listen(listener, 1) == -1 && errno == EPERM ? &nothing_wrong : NULL;
}

static const char *binds_older_threads(const void *context)
{
    const struct setting *setting = context;
    pthread_t thread;
    void *result;
    pthread_barrier_init(&entered, NULL, 2);
    EXPECT(pthread_create(&thread, NULL, try_to_listen, NULL) == 0);
    const char *wrong = enter(setting->role);
    pthread_barrier_wait(&entered);
    EXPECT(pthread_join(thread, &result) == 0);
    EXPECT(wrong || result);
    return wrong;
}

static const char *run_a_program(const void *context)
{
    const struct setting *setting = context;
    const char *wrong = enter(setting->role);
    if (wrong)
        return wrong;
    char *const arguments[] = {NULL};
    execve("/bin/true", arguments, arguments);
    return "execve came back";
}

static void lives(void **state)
{
    child_run(live, *state, 0);
}

static void limits_older_threads(void **state)
{
    child_run(binds_older_threads, *state, 0);
}

static void dies_when_it_runs_a_program(void **state)
{
    child_run(run_a_program, *state, SIGSYS);
}

static int set_up(void **state)
{
    (void)state;
    char path[128];
    strcpy(folder, "/tmp/dwell-sandbox-XXXXXX");
    strcpy(library, "/tmp/dwell-library-XXXXXX");
    if (!mkdtemp(folder) || !mkdtemp(library))
        return -1;
    snprintf(path, sizeof path, "%s/book", library);
    if (file_replace(path, SLICE("text"), 0600) != STATUS_OK)
        return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return bind(listener, (struct sockaddr *)&address, sizeof address) == 0 ? listen(listener, 4)
                                                                            : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char path[128];
    close(listener);
    snprintf(path, sizeof path, "%s/book", library);
    unlink(path);
    rmdir(library);
    return rmdir(folder);
}

#define FOR(body, setting)                                                    \
    {                                                                         \
#body " " #setting, body, NULL, NULL, (void *)(uintptr_t) & (setting) \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOR(lives, collector),
        FOR(lives, analyzer),
        FOR(lives, web),
        FOR(limits_older_threads, collector),
        FOR(dies_when_it_runs_a_program, collector),
        FOR(dies_when_it_runs_a_program, analyzer),
        FOR(dies_when_it_runs_a_program, web),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
