/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How fast one core reads SQL: normalising alone, describing texts that differ in their values
 * only, describing texts seen before, and describing statements never seen. Prints one line each.
 */
#include "collector/decoders/sql_normalise.h"
#include "base/buffer.h"
#include "collector/decoders/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TEXTS = 1024, TEXT_SIZE = 512, SECONDS = 2 };

static char texts[TEXTS][TEXT_SIZE];
static struct slice slices[TEXTS];

static const char *const forms[] = {
    "SELECT id, name, phone, id_card FROM crm.customers WHERE id = %d AND status = 'active'",
    "SELECT c.name, l.amount FROM customers c JOIN loans l ON l.customer_id = c.id "
    "WHERE c.phone = '1380000%04d' ORDER BY l.created_at DESC LIMIT 20",
    "UPDATE accounts SET balance = balance - %d.50, updated_at = now() WHERE account_no = 'A-77'",
    "INSERT INTO audit_log (who, what, at) VALUES ('agent%d', 'opened the record', 1700000000)",
};

static void make_texts(const char *tail)
{
    for (size_t i = 0; i < TEXTS; i++) {
        char *to = texts[i];
        int n = snprintf(to, TEXT_SIZE, forms[i % 4], (int)i % 10000);
        snprintf(to + n, TEXT_SIZE - (size_t)n, tail, (int)i);
        slices[i] = slice_from(to);
    }
}

static size_t run_normalise(struct sql_cache *cache)
{
    static struct buffer out;
    (void)cache;
    if (out.max == 0)
        buffer_init(&out, TEXT_SIZE);
    size_t bytes = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        buffer_reset(&out);
        sql_normalise(SQL_POSTGRESQL, slices[i], &out, NULL);
        bytes += slices[i].len;
    }
    return bytes;
}

static size_t run_describe(struct sql_cache *cache)
{
    size_t bytes = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        sql_describe(cache, SQL_POSTGRESQL, slices[i]);
        bytes += slices[i].len;
    }
    return bytes;
}

/* Processor time, in seconds: other programs may run beside. */
static double used_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *what, size_t (*run)(struct sql_cache *), size_t cache_size)
{
    struct sql_cache *cache = sql_cache_new(cache_size);
    size_t bytes = 0, rounds = 0;
    if (!cache)
        exit(1);
    run(cache);
    run(cache);
    run(cache);
    double start = used_time(), seconds = 0;
    while (seconds < SECONDS) {
        bytes += run(cache);
        rounds++;
        seconds = used_time() - start;
    }
    printf("%-40s %7.2f M statements/s %8.1f MB/s\n", what,
           (double)(rounds * TEXTS) / seconds / 1e6, (double)bytes / seconds / 1e6);
    sql_cache_free(&cache);
}

int main(void)
{
    make_texts("");
    measure("normalise", run_normalise, 1);
    measure("describe, text seen before", run_describe, 2 * TEXTS);
    /* Too small for the texts, so that each is new again; its statement is known. */
    measure("describe, new values", run_describe, 64);
    make_texts(" AND c%d = 1");
    measure("describe, new statement", run_describe, 64);
    return 0;
}
