/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ledger of a period as JSON.
 */
#include "web/api/ledger.h"

#include "base/clock.h"
#include "store/ledger.h"
#include "web/member.h"

enum { LEDGER_ARENA = 64 << 20, ROWS_MOST = 500, SPOTS_MOST = 200 };

static void write_points(struct json_writer *w, double percent,
                         const double missing[LEDGER_CAUSE_COUNT])
{
    member_real(w, "number", percent);
    json_write_key(w, "missing");
    json_write_object_open(w);
    for (size_t k = 0; k < LEDGER_CAUSE_COUNT; k++)
        if (missing[k] > 0)
            member_real(w, ledger_cause_name((enum ledger_cause)k), missing[k]);
    json_write_object_close(w);
}

static void write_row(struct json_writer *w, const struct ledger_row *r)
{
    json_write_object_open(w);
    member_text(w, "asset", r->asset);
    member_text(w, "source", r->source);
    member_bool(w, "inventory", r->inventory);
    member_bool(w, "best", r->best);
    write_points(w, r->percent, r->points);
    member_unsigned(w, "watched_s", r->seconds);
    member_unsigned(w, "expected_s", r->expected_s);
    member_unsigned(w, "packets", r->packets);
    member_unsigned(w, "dropped", r->dropped);
    member_unsigned(w, "sessions", r->sessions);
    member_unsigned(w, "encrypted", r->encrypted);
    member_unsigned(w, "undecoded", r->undecoded);
    member_unsigned(w, "statements", r->statements);
    member_unsigned(w, "partly", r->partly);
    member_unsigned(w, "lost", r->lost);
    member_unsigned(w, "unresolved", r->unresolved);
    member_time(w, "last", r->last_ns);
    json_write_object_close(w);
}

/* kind: silent, unseen, canary, or the reason why sessions of a port are not understood. */
static void write_spot(struct json_writer *w, const char *kind, struct slice asset,
                       struct slice source, int64_t since_ns)
{
    json_write_object_open(w);
    member_string(w, "kind", kind);
    member_text(w, "asset", asset);
    member_text(w, "source", source);
    member_time(w, "since", since_ns);
    json_write_object_close(w);
}

static void write_port(struct json_writer *w, const struct ledger_source *s,
                       const struct store_spot *spot)
{
    json_write_object_open(w);
    member_text(w, "kind", spot->reason);
    member_text(w, "asset", spot->asset);
    member_text(w, "source", s->source);
    member_unsigned(w, "port", spot->port);
    member_unsigned(w, "sessions", spot->sessions);
    member_unsigned(w, "bytes", spot->bytes);
    json_write_object_close(w);
}

static void write_spots(struct json_writer *w, const struct ledger *l)
{
    size_t left = SPOTS_MOST;
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].silent)
            write_spot(w, "silent", (struct slice){0}, l->sources[i].source, l->sources[i].last_ns);
    for (size_t i = 0; i < l->row_count; i++) {
        const struct ledger_row *r = &l->rows[i];
        if (r->best && r->source.len == 0)
            write_spot(w, "unseen", r->asset, r->source, 0);
        if (r->canary_overdue)
            write_spot(w, "canary", r->asset, r->source, r->canary_ns);
    }
    for (size_t i = 0; i < l->source_count; i++)
        for (size_t k = 0; k < l->sources[i].spot_count && left > 0; k++, left--)
            write_port(w, &l->sources[i], &l->sources[i].spots[k]);
}

static void write_all(struct json_writer *w, const struct ledger *l)
{
    write_points(w, l->percent, l->points);
    json_write_key(w, "assets");
    json_write_array_open(w);
    for (size_t i = 0; i < l->row_count && i < ROWS_MOST; i++)
        write_row(w, &l->rows[i]);
    json_write_array_close(w);
    json_write_key(w, "blind_spots");
    json_write_array_open(w);
    write_spots(w, l);
    json_write_array_close(w);
}

enum status write_ledger(struct json_writer *w, struct store_reader *reader, int32_t from,
                         int32_t to)
{
    struct ledger ledger;
    struct arena arena;
    struct clock real = clock_real();
    arena_init(&arena, LEDGER_ARENA);
    enum status status = ledger_build(&ledger, reader, from, to, clock_now(&real), &arena);
    if (status == STATUS_OK || status == STATUS_LIMIT)
        write_all(w, &ledger);
    arena_release(&arena);
    return status == STATUS_LIMIT ? STATUS_OK : status;
}
