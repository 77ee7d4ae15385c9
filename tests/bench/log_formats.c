/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How fast one core reads logs: nginx JSON and PostgreSQL csvlog with pgaudit, made here, into a
 * sink that takes the events and drops them. Prints one line each: MB/s, records/s, events.
 */
#include "base/buffer.h"
#include "collector/formats/log_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { LINES = 100000, BLOCK = 1 << 17, SECONDS = 3, LOG_MAX = 256 << 20 };

static uint64_t taken;

static enum status drop(struct sink *sink, const struct event *event)
{
    (void)sink;
    taken += event->time_ns != 0;
    return STATUS_OK;
}

static void make_nginx(struct buffer *log)
{
    for (int i = 0; i < LINES; i++)
        buffer_append_format(
            log,
            "{\"time\":\"2026-11-21T21:30:47+00:00\",\"msec\":%d.594,\"remote_addr\":\"10.77.0.%"
            "d\","
            "\"remote_port\":\"%d\",\"remote_user\":\"\",\"x_user\":\"user%d\",\"cookie\":"
            "\"CRMSESSID=3ca32b6996f2f60c55de5fac87fd%04d; theme=dark\",\"method\":\"GET\","
            "\"uri\":\"/crm/customer/%d?tab=loans&from=search\",\"request\":\"GET "
            "/crm/customer/%d?tab=loans&from=search HTTP/1.1\",\"status\":200,\"bytes\":4142,"
            "\"body_bytes\":3920,\"request_length\":213,\"rt\":0.002,\"urt\":\"0.001\",\"ua\":"
            "\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36\","
            "\"referer\":\"\",\"host\":\"10.77.0.20\",\"conn\":1,\"conn_requests\":1,\"request_"
            "id\":"
            "\"f5c0e1362b25f3a1141332644d625a5b\"}\n",
            1795296647 + i / 100, i % 200, 1024 + i % 60000, i % 300, i % 300, i * 7, i * 7);
}

static void make_pgaudit(struct buffer *log)
{
    for (int i = 0; i < LINES; i++)
        buffer_append_format(
            log,
            "2026-11-21 21:16:52.%03d "
            "UTC,\"app\",\"bank\",23241,\"10.77.0.10:%d\",6b020a44.%04x,%d,"
            "\"SELECT\",2026-11-21 21:16:52 UTC,3/2987,0,LOG,00000,\"AUDIT: SESSION,%d,1,READ,"
            "SELECT,,,\"\"select id, full_name, phone, id_card, balance from crm.customers where "
            "id ="
            " %d and status = 'active' order by id limit 20\"\",<none>,%d\",,,,,,,,,\"crm web\","
            "\"client backend\",,6627034481378572557\n",
            i % 1000, 1024 + i % 500, i % 500, i, 1 + i / 500, i * 13, i % 20);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads the log again and again, as one file after the other. */
static void run(const char *name, const struct buffer *log)
{
    struct sink sink = {.name = "none", .put = drop};
    const struct log_reader_options options = {.sensor = SLICE("bench"), .sink = &sink};
    struct log_reader *reader = log_reader_new(&options);
    struct slice bytes = buffer_slice(log);
    double start = now(), end = start;
    uint64_t read = 0;
    taken = 0;
    while (reader && end - start < SECONDS) {
        if (log_reader_begin(reader, slice_from(name), bytes, INT64_MAX / 2) != STATUS_OK)
            break;
        for (size_t at = 0; at < bytes.len; at += BLOCK)
            (void)log_reader_feed(reader, slice_part(bytes, at, BLOCK));
        (void)log_reader_end(reader);
        read += bytes.len;
        end = now();
    }
    double seconds = end > start ? end - start : 1;
    printf("%-20s %7.1f MB/s %9.0f records/s %10" PRIu64 " events\n", name,
           (double)read / seconds / 1e6,
           reader ? (double)log_reader_counters(reader)->records / seconds : 0, taken);
    log_reader_free(&reader);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*make)(struct buffer *log);
    } logs[] = {{"nginx JSON", make_nginx}, {"pgaudit csvlog", make_pgaudit}};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        struct buffer log;
        buffer_init(&log, LOG_MAX);
        logs[i].make(&log);
        run(logs[i].name, &log);
        buffer_release(&log);
    }
    return 0;
}
