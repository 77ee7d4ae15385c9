/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL exchanges built message by message for the decoder's tests, and a result watch that
 * only notes which cells it was given.
 */
#ifndef TEST_POSTGRESQL_TALK_H
#define TEST_POSTGRESQL_TALK_H

#include "support/decode_every_way.h"

enum { TALK_TURNS_MAX = 64 };

/* Turns of the two sides; consecutive messages of one side are one exchange, so turn i has the
 * capture time (i + 1) seconds. */
struct talk {
    struct exchange turns[TALK_TURNS_MAX];
    struct buffer bytes[TALK_TURNS_MAX];
    size_t count;
    bool mid_session;
};

void talk_init(struct talk *talk);
void talk_release(struct talk *talk);

void talk_bytes(struct talk *talk, enum direction direction, const void *bytes, size_t len);
void talk_message(struct talk *talk, enum direction direction, char type, const void *body,
                  size_t len);
/* Bytes that are missing here. */
void talk_lose(struct talk *talk, enum direction direction, size_t lost);

/* Message bodies as literals; the terminating zero of the literal is not part of them. */
#define ASK(talk, type, body)    talk_message(talk, TO_SERVER, type, body, sizeof(body) - 1)
#define ANSWER(talk, type, body) talk_message(talk, TO_CLIENT, type, body, sizeof(body) - 1)
#define QUERY(talk, text)        talk_message(talk, TO_SERVER, 'Q', text, sizeof(text))
#define DONE(talk, tag)          talk_message(talk, TO_CLIENT, 'C', tag, sizeof(tag))
#define READY(talk)              ANSWER(talk, 'Z', "I")

/* A start-up message of user app, database bank, program crm, and the server's consent. */
void talk_login(struct talk *talk);
#define WHO   "account=app database=bank program=crm "
#define LOGIN "seq=1 " WHO "action=login outcome=success duration_us=1000000\n"

/* RowDescription of text columns named c1..cn, and rows of that many cells "v". */
void talk_columns(struct talk *talk, unsigned count);
void talk_rows(struct talk *talk, unsigned columns, unsigned count);

/* The events of the talk, fed every way, must be these. Releases the talk. */
void talk_expect(struct talk *talk, const char *events);

/* Cells given to the watch in the last run fed whole: "column=text;". The watch wants none before
 * watch_wants(true). */
void watch_wants(bool wanted);
const char *watch_cells(struct talk *talk);

#endif
