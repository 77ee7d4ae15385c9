/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How a PostgreSQL session begins (documentation, sections "Start-up", "Cancelling Requests in
 * Progress", "SSL Session Encryption", "GSSAPI Session Encryption"):
 *
 *     client: [SSLRequest or GSSENCRequest] -> server: 'N' (goes on in the clear), 'S' or 'G' (not)
 *     client: StartupMessage 3.x -> server: [NegotiateProtocolVersion] Authentication...
 * ParameterStatus... BackendKeyData ReadyForQuery, or ErrorResponse client: CancelRequest, on a
 * connection of its own
 *
 *     +----------------+----------------+----------------------------------+
 *     | length (4, BE) | version/code   | name\0 value\0 ... \0            |
 *     +----------------+----------------+----------------------------------+
 *
 * Version 2.0 (before 2003) has fields of fixed width; servers of today refuse it with a bare
 * 'E' and a string. Its login is told, what follows one that succeeds is not decoded. Passwords and
 * tokens are passed over without being looked at.
 */
#include "base/reader.h"
#include "collector/decoders/postgresql_session.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    CODE_CANCEL = 80877102,
    CODE_SSL = 80877103,
    CODE_GSSENC = 80877104,
    VERSION_2 = 2,
    VERSION_3 = 3,
    STARTUP_MAX = 10000, /* the server's bound */
    CANCEL_MAX = 12 + 256,
    PARAMETERS_MAX = 256,
    V2_LENGTH = 296,
    V2_DATABASE = 64, /* bytes of the field */
    V2_USER = 32,
    V2_ERROR_MAX = 4096,
    TLS_HANDSHAKE = 0x16
};

static const struct decoder_result malformed = {.status = STATUS_MALFORMED};
static const struct decoder_result unsupported = {.status = STATUS_UNSUPPORTED};

static struct decoder_result taken(size_t consumed)
{
    return (struct decoder_result){.consumed = consumed};
}

static struct decoder_result wanted(size_t needed)
{
    return (struct decoder_result){.needed = needed};
}

void pg_name_set(struct pg_name *name, struct slice text)
{
    name->len = (uint8_t)(text.len < PG_NAME_MAX ? text.len : PG_NAME_MAX);
    if (name->len)
        memcpy(name->bytes, text.ptr, name->len);
}

struct slice pg_name_get(const struct pg_name *name)
{
    return slice_make(name->bytes, name->len);
}

static void client_encoding(struct pg_session *pg, struct slice value)
{
    pg->latin1 = slice_equal_nocase(value, SLICE("LATIN1")) ||
                 slice_equal_nocase(value, SLICE("ISO88591")) ||
                 slice_equal_nocase(value, SLICE("ISO-8859-1"));
}

static void parameter(struct pg_session *pg, struct slice name, struct slice value)
{
    if (slice_equal(name, SLICE("user")))
        pg_name_set(&pg->account, value);
    else if (slice_equal(name, SLICE("database")))
        pg_name_set(&pg->database, value);
    else if (slice_equal(name, SLICE("application_name")))
        pg_name_set(&pg->program, value);
    else if (slice_equal(name, SLICE("client_encoding")))
        client_encoding(pg, value);
}

void pg_parameter_status(struct pg_session *pg, const struct pg_message *message)
{
    struct reader r = reader_of(message->body);
    struct slice name = reader_cstring(&r);
    struct slice value = reader_cstring(&r);
    if (reader_ok(&r) && (slice_equal(name, SLICE("application_name")) ||
                          slice_equal(name, SLICE("client_encoding"))))
        parameter(pg, name, value);
}

static void parameters(struct pg_session *pg, struct reader r)
{
    bool replication = false;
    for (int i = 0; i < PARAMETERS_MAX; i++) {
        struct slice name = reader_cstring(&r);
        if (name.len == 0)
            break;
        struct slice value = reader_cstring(&r);
        parameter(pg, name, value);
        if (slice_equal(name, SLICE("replication")))
            replication = slice_equal_nocase(value, SLICE("true")) ||
                          slice_equal_nocase(value, SLICE("on")) ||
                          slice_equal_nocase(value, SLICE("yes")) || slice_equal(value, SLICE("1"));
    }
    /* A physical replication has no database; else it has the account's name by default. */
    if (replication)
        pg->database.len = 0;
    else if (pg->database.len == 0)
        pg->database = pg->account;
}

static struct slice fixed_text(struct reader *r, size_t width)
{
    struct slice field = reader_bytes(r, width);
    return slice_part(field, 0, slice_find(field, 0, 0));
}

static void begin_login(struct pg_session *pg, int64_t time_ns)
{
    pg->phase = PG_LOGIN;
    pg->untyped = false;
    pg->login_ns = time_ns;
}

static struct decoder_result version_2(struct pg_session *pg, struct reader r, size_t length,
                                       int64_t time_ns)
{
    pg_name_set(&pg->database, fixed_text(&r, V2_DATABASE));
    pg_name_set(&pg->account, fixed_text(&r, V2_USER));
    begin_login(pg, time_ns);
    pg->phase = PG_LOGIN_2;
    return taken(length);
}

struct decoder_result pg_version_2_step(struct pg_session *pg, const struct decoder_env *env,
                                        enum direction direction, struct slice bytes,
                                        int64_t time_ns)
{
    struct pg_end end = {.outcome = EVENT_OUTCOME_unknown};
    size_t text_end = slice_find(slice_part(bytes, 0, V2_ERROR_MAX), 0, 0);
    if (direction == TO_CLIENT && bytes.ptr[0] == 'E') {
        if (text_end == bytes.len && bytes.len < V2_ERROR_MAX)
            return wanted(bytes.len + 1);
        end = (struct pg_end){.outcome = EVENT_OUTCOME_failure,
                              .error_text = slice_trim(slice_part(bytes, 1, text_end - 1)),
                              .time_ns = time_ns};
    }
    pg_login_end(pg, env, &end);
    return unsupported;
}

static struct decoder_result cancel(struct pg_session *pg, const struct decoder_env *env,
                                    struct reader r, size_t length, int64_t time_ns)
{
    char object[32];
    int len = snprintf(object, sizeof object, "backend:%" PRIu32, reader_be32(&r));
    struct pg_end end = {.outcome = EVENT_OUTCOME_unknown};
    pg->phase = PG_OVER;
    pg->seq++;
    pg_emit_plain(pg, env, EVENT_ACTION_kill, time_ns, &end, slice_make(object, (size_t)len));
    return taken(length);
}

static bool plausible(uint32_t length, uint32_t code)
{
    switch (code) {
    case CODE_SSL:
    case CODE_GSSENC:
        return length == PG_STARTUP_MIN;
    case CODE_CANCEL:
        return length >= 16 && length <= CANCEL_MAX;
    default:
        return code >> 16 == VERSION_3 ? length > PG_STARTUP_MIN && length <= STARTUP_MAX
                                       : code >> 16 == VERSION_2 && length == V2_LENGTH;
    }
}

enum decoder_verdict pg_startup_probe(struct slice bytes)
{
    struct reader r = reader_of(bytes);
    uint32_t length = reader_be32(&r);
    uint32_t code = reader_be32(&r);
    if (!reader_ok(&r))
        return bytes.len > 0 && bytes.ptr[0] != 0 ? PROBE_NO : PROBE_MAYBE;
    return plausible(length, code) ? PROBE_YES : PROBE_NO;
}

struct decoder_result pg_startup_step(struct pg_session *pg, const struct decoder_env *env,
                                      struct slice bytes, int64_t time_ns)
{
    /* TLS at once: after a request whose answer we did not see, or without asking. */
    if (bytes.ptr[0] == TLS_HANDSHAKE)
        return unsupported;
    struct reader r = reader_of(bytes);
    uint32_t length = reader_be32(&r);
    uint32_t code = reader_be32(&r);
    if (!reader_ok(&r))
        return bytes.ptr[0] ? malformed : wanted(PG_STARTUP_MIN);
    if (!plausible(length, code))
        return malformed;
    if (bytes.len < length)
        return wanted(length);
    struct reader body = reader_nested(&r, length - PG_STARTUP_MIN);
    if (code == CODE_CANCEL)
        return cancel(pg, env, body, length, time_ns);
    if (code == CODE_SSL || code == CODE_GSSENC) {
        pg->negotiating = true;
        return taken(length);
    }
    if (code >> 16 == VERSION_2)
        return version_2(pg, body, length, time_ns);
    begin_login(pg, time_ns);
    parameters(pg, body);
    return taken(length);
}

struct decoder_result pg_negotiation_step(struct pg_session *pg, struct slice bytes)
{
    pg->negotiating = false;
    switch (bytes.ptr[0]) {
    case 'N':
        return taken(1);
    case 'S':
    case 'G':
        return unsupported;
    default:
        return malformed;
    }
}

void pg_login_end(struct pg_session *pg, const struct decoder_env *env, const struct pg_end *end)
{
    pg->phase = end->outcome == EVENT_OUTCOME_failure ? PG_OVER : PG_READY;
    pg->seq++;
    pg_emit_plain(pg, env, EVENT_ACTION_login, pg->login_ns ? pg->login_ns : end->time_ns, end,
                  slice_make(NULL, 0));
    pg_result_reset(pg);
}
