/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Building MySQL exchanges.
 */
#include "mysql_script.h"

#include "collector/decoders/mysql_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct decoder mysql_decoder;

void script_init(struct script *s)
{
    *s = (struct script){.bytes = malloc(SCRIPT_BYTES)};
    assert_non_null(s->bytes);
}

void script_release(struct script *s)
{
    free(s->bytes);
    s->bytes = NULL;
}

static struct exchange *new_step(struct script *s, enum direction direction)
{
    assert_true(s->count < SCRIPT_STEPS);
    struct exchange *step = &s->steps[s->count++];
    *step = (struct exchange){.direction = direction, .bytes = {s->bytes + s->used, 0}};
    return step;
}

void script_bytes(struct script *s, enum direction direction, struct slice bytes)
{
    struct exchange *step = s->count ? &s->steps[s->count - 1] : NULL;
    if (!step || step->direction != direction || step->lost)
        step = new_step(s, direction);
    assert_true(s->used + bytes.len <= SCRIPT_BYTES);
    if (bytes.len)
        memcpy(s->bytes + s->used, bytes.ptr, bytes.len);
    s->used += bytes.len;
    step->bytes.len += bytes.len;
}

void script_packet(struct script *s, enum direction direction, uint8_t sequence,
                   struct slice payload)
{
    uint8_t header[MYSQL_HEADER] = {(uint8_t)payload.len, (uint8_t)(payload.len >> 8),
                                    (uint8_t)(payload.len >> 16), sequence};
    script_bytes(s, direction, slice_make(header, sizeof header));
    script_bytes(s, direction, payload);
}

void script_pause(struct script *s)
{
    new_step(s, s->steps[s->count - 1].direction);
}

void script_lose(struct script *s, enum direction direction, size_t lost)
{
    new_step(s, direction)->lost = lost;
    new_step(s, direction);
}

static void append(uint8_t *to, size_t *at, struct slice bytes)
{
    if (bytes.len)
        memcpy(to + *at, bytes.ptr, bytes.len);
    *at += bytes.len;
}

static void append_number(uint8_t *to, size_t *at, uint32_t number, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[(*at)++] = (uint8_t)(number >> 8 * i);
}

static void append_text(uint8_t *to, size_t *at, const char *text)
{
    to[(*at)++] = (uint8_t)strlen(text);
    append(to, at, slice_from(text));
}

void script_login(struct script *s, uint32_t capabilities)
{
    uint8_t p[512];
    size_t n = 0;
    append(p, &n,
           SLICE("\x0a"
                 "5.5.5-10.11\0"
                 "\1\0\0\0"
                 "12345678\0"));
    append_number(p, &n, capabilities & 0xffff, 2);
    append(p, &n, SLICE("\x21\2\0"));
    append_number(p, &n, capabilities >> 16, 2);
    append(p, &n,
           SLICE("\x15\0\0\0\0\0\0\0\0\0\0"
                 "123456789012\0"));
    script_packet(s, TO_CLIENT, 0, slice_make(p, n));
    n = 0;
    append_number(p, &n, capabilities, 4);
    append(p, &n, SLICE("\0\0\0\1\x21"));
    memset(p + n, 0, 23);
    n += 23;
    append(p, &n,
           SLICE("app\0"
                 "\4scrm"
                 "crm\0"
                 "mysql_native_password\0"));
    append(p, &n, SLICE("\x15\x0cprogram_name\6crm-ui\0"));
    p[n - 22] = 20;
    script_packet(s, TO_SERVER, 1, slice_make(p, n - 1));
    SERVER(s, 2, "\0\0\0\2\0\0\0");
}

void script_column(struct script *s, uint8_t sequence, const char *table, const char *name,
                   uint8_t type)
{
    uint8_t p[512];
    size_t n = 0;
    append_text(p, &n, "def");
    append_text(p, &n, *table ? "crm" : "");
    append_text(p, &n, *table ? "alias" : "");
    append_text(p, &n, table);
    append_text(p, &n, name);
    append_text(p, &n, *table ? name : "");
    append(p, &n, SLICE("\x0c\x21\0\0\1\0\0"));
    p[n++] = type;
    append(p, &n, SLICE("\0\0\0\0\0"));
    script_packet(s, TO_CLIENT, sequence, slice_make(p, n));
}

void script_eof(struct script *s, uint8_t sequence, uint16_t status)
{
    uint8_t p[] = {0xfe, 0, 0, (uint8_t)status, (uint8_t)(status >> 8)};
    script_packet(s, TO_CLIENT, sequence, slice_make(p, sizeof p));
}

void script_check(struct script *s, const char *expect)
{
    decode_every_way(&mysql_decoder, s->steps, s->count, s->mid_session, NULL, expect);
}
