/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Coverage: how much of each source's activity could be seen and decoded in a period, and the
 * accounts that nobody could be named for.
 */
#include "web/api.h"
#include "web/api/ledger.h"
#include "web/api/organisation.h"
#include "web/api/tally.h"
#include "web/member.h"

enum { PERIOD_USUAL_DAYS = 7, SOURCES_MOST = 500, ACCOUNTS_MOST = 500, KEY_MAX = 512 };

struct sources {
    struct exchange *exchange;
    struct tally rows;
};

static bool visit_coverage(void *context, const struct store_coverage *day)
{
    struct sources *sources = context;
    struct buffer key;
    bool created;
    buffer_init(&key, KEY_MAX);
    buffer_append_slice(&key, day->asset);
    buffer_append_byte(&key, 0);
    buffer_append_slice(&key, day->source);
    struct store_coverage *row = tally_row(&sources->rows, buffer_slice(&key), &created);
    buffer_release(&key);
    if (row && created) {
        row->asset = arena_copy(&sources->exchange->arena, day->asset);
        row->source = arena_copy(&sources->exchange->arena, day->source);
        row->first_ns = day->first_ns;
    }
    if (!row)
        return true;
    row->events += day->events;
    row->incomplete += day->incomplete;
    row->unresolved += day->unresolved;
    for (int i = 0; i < EVENT_GAP_COUNT; i++)
        row->gaps[i] += day->gaps[i];
    row->first_ns = day->first_ns < row->first_ns ? day->first_ns : row->first_ns;
    row->last_ns = day->last_ns > row->last_ns ? day->last_ns : row->last_ns;
    return true;
}

static void write_source(struct json_writer *w, const struct store_coverage *row)
{
    json_write_object_open(w);
    member_text(w, "asset", row->asset);
    member_text(w, "source", row->source);
    member_unsigned(w, "events", row->events);
    member_unsigned(w, "incomplete", row->incomplete);
    member_unsigned(w, "unresolved", row->unresolved);
    json_write_key(w, "gaps");
    json_write_object_open(w);
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (row->gaps[i])
            member_unsigned(w, event_gap_name(i), row->gaps[i]);
    json_write_object_close(w);
    member_time(w, "first", row->first_ns);
    member_time(w, "last", row->last_ns);
    json_write_object_close(w);
}

struct accounts {
    struct json_writer *w;
    unsigned count;
};

static bool visit_account(void *context, const struct store_account *account)
{
    struct accounts *accounts = context;
    struct json_writer *w = accounts->w;
    if (accounts->count++ == ACCOUNTS_MOST)
        return false;
    json_write_object_open(w);
    member_text(w, "asset", account->asset);
    member_text(w, "account", account->account);
    write_kind(w, account->kind);
    member_text(w, "last_address", account->last_address);
    member_unsigned(w, "events", account->events);
    member_time(w, "first", account->first_ns);
    member_time(w, "last", account->last_ns);
    json_write_object_close(w);
    return true;
}

static void write_state(struct json_writer *w, const struct store_status *state)
{
    member_time(w, "newest", state->event_ns);
    member_time(w, "committed", state->commit_ns);
    member_unsigned(w, "events", state->events);
    member_unsigned(w, "duplicates", state->duplicates);
    member_unsigned(w, "late", state->late);
    member_unsigned(w, "refused", state->refused);
}

static enum status answer(struct sources *sources, const struct store_status *state, int32_t from,
                          int32_t to)
{
    struct exchange *exchange = sources->exchange;
    struct accounts accounts = {.w = &exchange->json};
    struct json_writer *w = &exchange->json;
    if (!tally_init(&sources->rows, &exchange->arena, sizeof(struct store_coverage), SOURCES_MOST))
        return STATUS_NO_MEMORY;
    enum status status = store_coverages(exchange->reader, from, to, visit_coverage, sources);
    json_write_object_open(w);
    member_day(w, "from", from);
    member_day(w, "to", to);
    write_state(w, state);
    if (status == STATUS_OK)
        status = write_ledger(w, exchange->reader, from, to);
    json_write_key(w, "sources");
    json_write_array_open(w);
    for (size_t i = 0; i < sources->rows.count; i++)
        write_source(w, tally_at(&sources->rows, i));
    json_write_array_close(w);
    json_write_key(w, "accounts");
    json_write_array_open(w);
    if (status == STATUS_OK)
        status = store_accounts(exchange->reader, visit_account, &accounts);
    json_write_array_close(w);
    json_write_object_close(w);
    return status;
}

void api_coverage(struct exchange *exchange)
{
    struct sources sources = {.exchange = exchange};
    struct store_status state;
    int32_t newest, from, to;
    if (!newest_day(exchange, &state, &newest) ||
        !exchange_query_day(exchange, "to", newest, &to) ||
        !exchange_query_day(exchange, "from", to - PERIOD_USUAL_DAYS + 1, &from))
        return;
    enum status status = answer(&sources, &state, from, to);
    tally_release(&sources.rows);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}
