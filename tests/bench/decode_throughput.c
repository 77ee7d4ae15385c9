/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell decode` beside `tshark -r` on the same capture in the same run: statements and megabytes a
 * second of processor time, and peak memory. docs/performance.md says how to run it.
 *
 *     decode_throughput DWELL [MEGABYTES]
 */
#include "bench/traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16, MEGABYTES_DEFAULT = 64 };

struct run {
    double seconds;   /* of processor time, user and system */
    double mebibytes; /* largest resident set */
    bool ok;
};

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Runs a program with its output thrown away. */
static struct run run_program(const char *const *arguments)
{
    char *copy[ARGUMENTS_MAX] = {0};
    struct rusage usage;
    int status;
    for (size_t i = 0; arguments[i] && i < ARGUMENTS_MAX - 1; i++)
        copy[i] = strdup(arguments[i]);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(copy[0], copy);
        _exit(127);
    }
    for (size_t i = 0; copy[i]; i++)
        free(copy[i]);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return (struct run){0};
    return (struct run){.seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
                        .mebibytes = (double)usage.ru_maxrss / 1024,
                        .ok = WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

static void print_run(const char *program, const struct traffic *traffic, struct run run)
{
    if (!run.ok)
        printf("  %-8s did not run\n", program);
    else
        printf("  %-8s %8.2f s %12.0f requests/s %9.1f MB/s %8.0f MiB\n", program, run.seconds,
               (double)traffic->requests / run.seconds, (double)traffic->bytes / 1e6 / run.seconds,
               run.mebibytes);
}

static bool measure(const char *dwell, enum traffic_protocol protocol, uint64_t bytes)
{
    static const char *const fields[] = {"pgsql.query", "mysql.query", "http.request.uri"};
    char path[] = "/tmp/dwell-bench-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file) {
        perror(path);
        return false;
    }
    struct traffic traffic = traffic_write(protocol, file, bytes);
    bool written = !ferror(file) && fclose(file) == 0;
    printf("%s: %llu requests, %llu packets, %.1f MB\n", traffic_name(protocol),
           (unsigned long long)traffic.requests, (unsigned long long)traffic.packets,
           (double)traffic.bytes / 1e6);
    struct run ours = run_program((const char *const[]){dwell, "decode", path, NULL});
    struct run theirs =
        run_program((const char *const[]){"tshark", "-r", path, "-Y", fields[protocol], "-T",
                                          "fields", "-e", fields[protocol], NULL});
    print_run("dwell", &traffic, ours);
    print_run("tshark", &traffic, theirs);
    if (ours.ok && theirs.ok)
        printf("  ratio    %8.1f\n", theirs.seconds / ours.seconds);
    unlink(path);
    return written && ours.ok;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s DWELL [MEGABYTES]\n", argv[0]);
        return 2;
    }
    uint64_t megabytes = argc > 2 ? strtoull(argv[2], NULL, 10) : MEGABYTES_DEFAULT;
    bool ok = true;
    for (int p = 0; p < TRAFFIC_COUNT; p++)
        ok = measure(argv[1], (enum traffic_protocol)p, megabytes * 1000000) && ok;
    return ok ? 0 : 1;
}
