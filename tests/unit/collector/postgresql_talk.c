/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Builds PostgreSQL exchanges; stands in for the result watch.
 */
#include "postgresql_talk.h"

#include "collector/sensitivity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static bool wanted;
static struct buffer cells;

void talk_init(struct talk *talk)
{
    *talk = (struct talk){0};
}

void talk_release(struct talk *talk)
{
    for (size_t i = 0; i < talk->count; i++)
        buffer_release(&talk->bytes[i]);
    talk->count = 0;
}

static size_t new_turn(struct talk *talk, enum direction direction)
{
    assert_true(talk->count < TALK_TURNS_MAX);
    buffer_init(&talk->bytes[talk->count], 64 << 20);
    talk->turns[talk->count].direction = direction;
    return talk->count++;
}

void talk_bytes(struct talk *talk, enum direction direction, const void *bytes, size_t len)
{
    size_t turn = talk->count - 1;
    if (talk->count == 0 || talk->turns[turn].direction != direction)
        turn = new_turn(talk, direction);
    buffer_append(&talk->bytes[turn], bytes, len);
    assert_int_equal(buffer_status(&talk->bytes[turn]), STATUS_OK);
    talk->turns[turn].bytes = buffer_slice(&talk->bytes[turn]);
}

void talk_message(struct talk *talk, enum direction direction, char type, const void *body,
                  size_t len)
{
    uint32_t length = (uint32_t)len + 4;
    const uint8_t header[] = {(uint8_t)type, (uint8_t)(length >> 24), (uint8_t)(length >> 16),
                              (uint8_t)(length >> 8), (uint8_t)length};
    talk_bytes(talk, direction, header, sizeof header);
    talk_bytes(talk, direction, body, len);
}

void talk_lose(struct talk *talk, enum direction direction, size_t lost)
{
    talk->turns[new_turn(talk, direction)].lost = lost;
}

void talk_login(struct talk *talk)
{
    static const char startup[] = "\0\0\0\x35\0\3\0\0user\0app\0database\0bank\0"
                                  "application_name\0crm\0";
    talk_bytes(talk, TO_SERVER, startup, sizeof startup);
    ANSWER(talk, 'R', "\0\0\0\0");
    ANSWER(talk, 'S',
           "server_version\0"
           "15.2\0");
    ANSWER(talk, 'K', "\0\0\0\7\0\0\0\1");
    READY(talk);
}

void talk_columns(struct talk *talk, unsigned count)
{
    struct buffer body;
    buffer_init(&body, 1 << 20);
    buffer_append(&body, (const uint8_t[]){(uint8_t)(count >> 8), (uint8_t)count}, 2);
    for (unsigned i = 1; i <= count; i++) {
        buffer_append_format(&body, "c%u", i);
        buffer_append(&body, "\0\0\0\x40\0\0\1\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", 19);
    }
    talk_message(talk, TO_CLIENT, 'T', body.ptr, body.len);
    buffer_release(&body);
}

void talk_rows(struct talk *talk, unsigned columns, unsigned count)
{
    struct buffer body;
    buffer_init(&body, 1 << 20);
    buffer_append(&body, (const uint8_t[]){(uint8_t)(columns >> 8), (uint8_t)columns}, 2);
    for (unsigned i = 0; i < columns; i++)
        buffer_append(&body, "\0\0\0\1v", 5);
    while (count-- > 0)
        talk_message(talk, TO_CLIENT, 'D', body.ptr, body.len);
    buffer_release(&body);
}

void talk_expect(struct talk *talk, const char *events)
{
    const struct decoder *decoder = decoder_named(SLICE("postgresql"));
    assert_non_null(decoder);
    decode_every_way(decoder, talk->turns, talk->count, talk->mid_session, NULL, events);
    talk_release(talk);
}

void watch_wants(bool wants)
{
    wanted = wants;
}

const char *watch_cells(struct talk *talk)
{
    struct buffer out;
    buffer_init(&out, 1 << 20);
    buffer_release(&cells);
    buffer_init(&cells, 1 << 20);
    decode_exchange(decoder_named(SLICE("postgresql")), talk->turns, talk->count, talk->mid_session,
                    NULL, &out);
    buffer_release(&out);
    talk_release(talk);
    return buffer_text(&cells);
}

void result_watch_begin(struct result_watch *watch, const struct decoder_env *env,
                        const struct event_object *objects, size_t object_count,
                        const struct result_column *columns, size_t column_count)
{
    (void)env;
    (void)objects;
    (void)object_count;
    *watch = (struct result_watch){.columns = (uint16_t)column_count};
    /* Reads what it is given. */
    for (size_t i = 0; i < column_count; i++)
        watch->recent[0] += columns[i].name.len ? columns[i].name.ptr[0] : 0;
}

bool result_watch_wants(const struct result_watch *watch, size_t column)
{
    return wanted && column < watch->columns;
}

void result_watch_cell(struct result_watch *watch, const struct decoder_env *env, size_t column,
                       struct slice cell)
{
    (void)env;
    watch->classes[1]++;
    buffer_append_format(&cells, "%zu=%.*s;", column, (int)(cell.len < 60 ? cell.len : 60),
                         cell.len ? (const char *)cell.ptr : "");
}

void result_watch_end(struct result_watch *watch, const struct decoder_env *env,
                      struct event *event)
{
    (void)env;
    event->classes[1] = watch->classes[1];
}
