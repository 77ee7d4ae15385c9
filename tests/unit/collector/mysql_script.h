/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * MySQL exchanges built by hand, packet by packet, and fed to the decoder in every way.
 */
#ifndef TESTS_MYSQL_SCRIPT_H
#define TESTS_MYSQL_SCRIPT_H

#include "support/decode_every_way.h"

enum { SCRIPT_STEPS = 64, SCRIPT_BYTES = 1 << 20 };

struct script {
    struct exchange steps[SCRIPT_STEPS];
    size_t count, used;
    uint8_t *bytes;
    bool mid_session;
};

void script_init(struct script *s);
void script_release(struct script *s);

/* A packet, or bytes that are none, behind what this direction said last. */
void script_packet(struct script *s, enum direction direction, uint8_t sequence,
                   struct slice payload);
void script_bytes(struct script *s, enum direction direction, struct slice bytes);

/* What follows comes in a step (and time) of its own, also in the same direction. */
void script_pause(struct script *s);

/* So many bytes of a direction are missing here. */
void script_lose(struct script *s, enum direction direction, size_t lost);

#define CLIENT(s, sequence, literal) script_packet((s), TO_SERVER, (sequence), SLICE(literal))
#define SERVER(s, sequence, literal) script_packet((s), TO_CLIENT, (sequence), SLICE(literal))

/* Greeting, login as app to crm by the program "crm-ui" with these capabilities, OK. The server's
 * are the same. */
void script_login(struct script *s, uint32_t capabilities);

/* A definition of a column, with original names (org_table may be empty). */
void script_column(struct script *s, uint8_t sequence, const char *table, const char *name,
                   uint8_t type);
void script_eof(struct script *s, uint8_t sequence, uint16_t status);

/* The login's event, the first line of most expectations. */
#define LOGGED_IN                                                                 \
    "seq=1 account=app database=crm program=crm-ui action=login outcome=success " \
    "duration_us=1000000\n"

/* Every way; the events must be `expect`. */
void script_check(struct script *s, const char *expect);

#endif
