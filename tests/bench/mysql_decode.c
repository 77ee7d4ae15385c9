/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How fast one core decodes MySQL: point selects (one row of four columns, a thousand different
 * texts) and results of a hundred rows, with statements described and cells watched.
 */
#include "base/buffer.h"
#include "collector/decoder.h"
#include "collector/decoders/sql.h"
#include "collector/memory.h"
#include "collector/sensitivity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern const struct decoder mysql_decoder;

enum { TEXTS = 1000, SECONDS = 2, STRING = 0xfd, BUFFER_MAX = 1 << 20 };

static struct buffer requests[TEXTS], answer;
static uint64_t events;

static void count_event(void *context, const struct event *event)
{
    (void)context, (void)event;
    events++;
}

static void put_packet(struct buffer *to, uint8_t sequence, struct slice payload)
{
    buffer_append_byte(to, (uint8_t)payload.len);
    buffer_append_byte(to, (uint8_t)(payload.len >> 8));
    buffer_append_byte(to, (uint8_t)(payload.len >> 16));
    buffer_append_byte(to, sequence);
    buffer_append_slice(to, payload);
}

static void put_text(struct buffer *to, const char *text)
{
    buffer_append_byte(to, (uint8_t)strlen(text));
    buffer_append_text(to, text);
}

static void put_texts(uint8_t sequence, const char *const *texts, size_t count, struct slice tail)
{
    struct buffer payload;
    buffer_init(&payload, BUFFER_MAX);
    for (size_t i = 0; i < count; i++)
        put_text(&payload, texts[i]);
    buffer_append_slice(&payload, tail);
    put_packet(&answer, sequence, buffer_slice(&payload));
    buffer_release(&payload);
}

static void make_answer(int rows)
{
    static const char *const names[] = {"id", "full_name", "iban", "phone"};
    static const char *const cells[] = {"123456", "Customer 100", "PL61109010140000071219812874",
                                        "13800138000"};
    uint8_t sequence = 1;
    buffer_reset(&answer);
    put_packet(&answer, sequence++, SLICE("\4"));
    for (int i = 0; i < 4; i++) {
        const char *const texts[] = {"def", "crm", "c", "customers", names[i], names[i]};
        put_texts(sequence++, texts, 6, SLICE("\x0c\x21\0\0\1\0\0\xfd\0\0\0\0\0"));
    }
    put_packet(&answer, sequence++, SLICE("\xfe\0\0\2\0"));
    for (int i = 0; i < rows; i++)
        put_texts(sequence++, cells, 4, SLICE(""));
    put_packet(&answer, sequence, SLICE("\xfe\0\0\2\0"));
}

static void make_requests(void)
{
    for (int i = 0; i < TEXTS; i++) {
        char text[128];
        int len = snprintf(text, sizeof text,
                           "\3select id, full_name, iban, phone from customers where id = %d", i);
        buffer_init(&requests[i], BUFFER_MAX);
        put_packet(&requests[i], 0, slice_make(text, (size_t)len));
    }
}

static void decode(void *state, const struct decoder_env *env, enum direction direction,
                   struct slice bytes)
{
    struct decoder_input input = {.direction = direction, .bytes = bytes, .time_ns = 1};
    if (mysql_decoder.decode(state, env, &input).consumed != bytes.len)
        abort();
    arena_reset(env->scratch);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void measure(const char *name, const struct decoder_env *env, int rows)
{
    void *state = calloc(1, mysql_decoder.state_size);
    if (!state)
        abort();
    make_answer(rows);
    mysql_decoder.init(state, true);
    uint64_t bytes = 0, count = 0;
    double start = cpu_seconds(), spent = 0;
    for (; spent < SECONDS; spent = cpu_seconds() - start)
        for (int i = 0; i < TEXTS; i++, count++) {
            decode(state, env, TO_SERVER, buffer_slice(&requests[i]));
            decode(state, env, TO_CLIENT, buffer_slice(&answer));
            bytes += requests[i].len + answer.len;
        }
    printf("%-14s %10.0f statements/s %12.0f rows/s %8.0f MB/s\n", name, (double)count / spent,
           (double)count * rows / spent, (double)bytes / spent / 1e6);
    free(state);
}

int main(void)
{
    struct arena scratch;
    arena_init(&scratch, 16 << 20);
    struct decoder_env env = {.memory = session_memory_new(2 << 20, 4096),
                              .sql = sql_cache_new(4096),
                              .sensitivity = sensitivity_new(),
                              .scratch = &scratch,
                              .emit = count_event};
    buffer_init(&answer, BUFFER_MAX);
    make_requests();
    measure("point selects", &env, 1);
    measure("100 rows", &env, 100);
    printf("%" PRIu64 " events\n", events);
    sensitivity_free(&env.sensitivity);
    sql_cache_free(&env.sql);
    session_memory_free(&env.memory);
    arena_release(&scratch);
    buffer_release(&answer);
    return 0;
}
