/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench_syslog_in [MESSAGES]: sshd lines from one local sender over TCP (lines) and UDP through the
 * listener and the format "logins" into a spool. Tells messages and events a second, and what was
 * lost. Loopback only.
 */
#include "base/settings.h"
#include "collector/log_inputs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 45514, BATCH = 64, QUIET_MS = 700 };

static const char message[] = "<38>Nov 21 21:30:27 host sshd[4711]: Accepted password for alice "
                              "from 10.0.0.1 port 50514 ssh2\n";

static void send_tcp(int fd, unsigned long count)
{
    static char block[BATCH * (sizeof message - 1)];
    for (size_t i = 0; i < BATCH; i++)
        memcpy(block + i * (sizeof message - 1), message, sizeof message - 1);
    for (unsigned long sent = 0; sent < count; sent += BATCH)
        for (size_t at = 0; at < sizeof block;) {
            ssize_t n = send(fd, block + at, sizeof block - at, 0);
            if (n <= 0)
                _exit(1);
            at += (size_t)n;
        }
}

/* As fast as the sender can. */
static void send_udp(int fd, unsigned long count)
{
    struct iovec part = {(void *)(uintptr_t)message, sizeof message - 2};
    struct mmsghdr batch[BATCH];
    for (size_t i = 0; i < BATCH; i++)
        batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    for (unsigned long sent = 0; sent < count; sent += BATCH)
        if (sendmmsg(fd, batch, BATCH, 0) <= 0)
            _exit(1);
}

static pid_t start_sender(int type, unsigned long count)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = socket(AF_INET, type, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        _exit(1);
    type == SOCK_STREAM ? send_tcp(fd, count) : send_udp(fd, count);
    close(fd);
    _exit(0);
}

static uint64_t taken;

/* Receives until nothing came for a while; seconds up to the last message. */
static double receive(struct log_inputs *logs, struct spool_sink *sink)
{
    struct clock clock = clock_real();
    int64_t began = clock_monotonic(&clock), last = began;
    uint64_t before = taken;
    while (clock_monotonic(&clock) - last < (int64_t)QUIET_MS * 1000000) {
        if (log_inputs_work(logs) == STATUS_TIMEOUT)
            log_inputs_wait(logs, -1, 50);
        if (taken != before)
            last = clock_monotonic(&clock);
        before = taken;
        if (spool_due(sink->spool, last))
            (void)sink->sink.commit(&sink->sink);
    }
    return (double)(last - began) / 1e9;
}

static int run(const char *folder, const char *way, int type, unsigned long count)
{
    struct spool_sink sink;
    struct settings settings;
    struct fault fault;
    struct log_inputs *logs;
    char yaml[512], error[DB_ERROR_SIZE], path[256];
    const struct spool_options options = {.max_bytes = UINT64_C(8) << 30};
    int len = snprintf(yaml, sizeof yaml,
                       "collector.syslog_%s: ['127.0.0.1:%d']\n"
                       "collector.syslog_routes: [{tag: sshd, format: logins}]\n",
                       way, PORT);
    snprintf(path, sizeof path, "%s/%s", folder, way);
    if (settings_parse(&settings, slice_make(yaml, (size_t)len), "bench", &fault) != STATUS_OK ||
        spool_sink_open(&sink, path, &options, error) != STATUS_OK ||
        log_inputs_open(&logs, &settings, &fault) != STATUS_OK)
        return 1;
    struct log_source_env env = {.sink = &sink, .sensor = SLICE("b"), .clock = clock_real()};
    taken = 0;
    sink.taken = &taken;
    if (log_inputs_start(logs, &env) != STATUS_OK)
        return 1;
    pid_t pid = start_sender(type, count);
    double seconds = receive(logs, &sink);
    waitpid(pid, NULL, 0);
    printf("%s: %lu sent, %lu events, %.2f s, %.0f a second\n", way, count, (unsigned long)taken,
           seconds, (double)taken / seconds);
    sink.sink.close(&sink.sink);
    log_inputs_free(&logs);
    settings_release(&settings);
    return 0;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/dwell-syslog-in-XXXXXX", command[64];
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 640000;
    if (!mkdtemp(folder))
        return 1;
    int code = run(folder, "tcp", SOCK_STREAM, count) | run(folder, "udp", SOCK_DGRAM, count);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? code : 1;
}
