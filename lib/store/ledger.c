/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Building the ledger: sums of the period's records, then the charges.
 */
#include "store/ledger.h"

#include "base/clock.h"

#include <stdlib.h>

const char *ledger_cause_name(enum ledger_cause cause)
{
    static const char *const names[] = {
#define LEDGER_CAUSE_NAME(name, en, zh) #name,
        LEDGER_CAUSE_TABLE(LEDGER_CAUSE_NAME)
#undef LEDGER_CAUSE_NAME
    };
    return names[cause];
}

const char *ledger_cause_text(enum ledger_cause cause, enum language language)
{
    static const char *const texts[][LANGUAGE_COUNT] = {
#define LEDGER_CAUSE_TEXT(name, en, zh) {en, zh},
        LEDGER_CAUSE_TABLE(LEDGER_CAUSE_TEXT)
#undef LEDGER_CAUSE_TEXT
    };
    return texts[cause][language];
}

enum { QUIET_DAYS = 28 };

struct building {
    struct ledger *ledger;
    struct arena *arena;
    struct store_site site;
    int64_t from_ns, to_ns, now_ns; /* the period, cut at now */
    enum status status;
};

static struct ledger_row *row_of(struct building *b, struct slice asset, struct slice source)
{
    struct ledger *l = b->ledger;
    for (size_t i = 0; i < l->row_count; i++)
        if (slice_equal(l->rows[i].asset, asset) && slice_equal(l->rows[i].source, source))
            return &l->rows[i];
    if (l->row_count == LEDGER_ROWS_MAX) {
        b->status = STATUS_LIMIT;
        return NULL;
    }
    struct ledger_row *row = &l->rows[l->row_count++];
    *row = (struct ledger_row){.asset = arena_copy(b->arena, asset),
                               .source = arena_copy(b->arena, source)};
    return row;
}

static struct ledger_source *source_of(struct building *b, struct slice source, bool make)
{
    struct ledger *l = b->ledger;
    for (size_t i = 0; i < l->source_count; i++)
        if (slice_equal(l->sources[i].source, source))
            return &l->sources[i];
    if (!make || l->source_count == LEDGER_SOURCES_MAX)
        return NULL;
    struct ledger_source *s = &l->sources[l->source_count++];
    *s = (struct ledger_source){.source = arena_copy(b->arena, source)};
    return s;
}

static bool in_inventory(const struct store_site *site, struct slice asset)
{
    for (size_t i = 0; i < site->asset_count; i++)
        if (slice_equal(site->assets[i], asset))
            return true;
    return false;
}

static bool add_coverage(void *context, const struct store_coverage *c)
{
    struct building *b = context;
    struct ledger_row *row = c->asset.len ? row_of(b, c->asset, c->source) : NULL;
    if (!row)
        return true; /* a loss: it comes with the watch of its sensor */
    uint64_t encrypted = c->gaps[EVENT_GAP_INDEX_encrypted];
    bool first = row->statements == 0;
    row->statements += c->events;
    row->encrypted += encrypted;
    row->partly += c->incomplete > encrypted ? c->incomplete - encrypted : 0;
    row->unresolved += c->unresolved;
    row->sessions += c->sessions;
    row->first_ns = first || c->first_ns < row->first_ns ? c->first_ns : row->first_ns;
    row->last_ns = first || c->last_ns > row->last_ns ? c->last_ns : row->last_ns;
    row->canary_ns = c->canary_ns > row->canary_ns ? c->canary_ns : row->canary_ns;
    return true;
}

/* An asset of the inventory that was seen in the weeks before is quiet, not unseen. */
static bool add_quiet(void *context, const struct store_coverage *c)
{
    struct building *b = context;
    struct ledger_row *row =
        in_inventory(&b->site, c->asset) ? row_of(b, c->asset, c->source) : NULL;
    if (row && c->last_ns > row->last_ns)
        row->last_ns = c->last_ns;
    return true;
}

static void add_spot(struct building *b, struct ledger_source *s, const struct store_spot *from)
{
    for (size_t i = 0; i < s->spot_count; i++)
        if (s->spots[i].port == from->port && slice_equal(s->spots[i].asset, from->asset) &&
            slice_equal(s->spots[i].reason, from->reason)) {
            s->spots[i].sessions += from->sessions;
            s->spots[i].bytes += from->bytes;
            return;
        }
    if (!s->spots)
        s->spots = arena_array(b->arena, STORE_SPOTS_MAX, sizeof *s->spots);
    if (!s->spots || s->spot_count == STORE_SPOTS_MAX)
        return;
    struct store_spot *spot = &s->spots[s->spot_count++];
    *spot = *from;
    spot->asset = arena_copy(b->arena, from->asset);
    spot->reason = arena_copy(b->arena, from->reason);
}

static bool add_watch(void *context, const struct store_watch *w)
{
    struct building *b = context;
    struct ledger_source *s = source_of(b, w->source, true);
    if (!s)
        return true;
    s->seconds += w->seconds;
    s->lost += w->lost;
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        s->counts[i] += w->counts[i];
    for (size_t i = 0; i < w->spot_count; i++)
        add_spot(b, s, &w->spots[i]);
    return true;
}

static bool add_sensor(void *context, const struct store_sensor *sensor)
{
    struct building *b = context;
    struct ledger_source *s = source_of(b, sensor->source, true);
    if (!s)
        return true;
    s->live = sensor->live;
    s->first_ns = sensor->first_ns;
    s->last_ns = sensor->last_ns;
    s->silent = s->live && b->now_ns - s->last_ns > WATCH_SILENT_S * NS_PER_S;
    return true;
}

static void add_time(struct building *b, struct ledger_row *row, const struct ledger_source *s)
{
    int64_t from = s->first_ns > b->from_ns ? s->first_ns : b->from_ns;
    row->packets = s->counts[WATCH_packets];
    row->dropped = s->counts[WATCH_dropped];
    if (!s->live || b->to_ns <= from)
        return;
    row->expected_s = (uint64_t)((b->to_ns - from) / NS_PER_S);
    row->seconds = s->seconds < row->expected_s ? s->seconds : row->expected_s;
    /* The report of the last seconds is under way. */
    if (!s->silent && row->expected_s - row->seconds <= WATCH_SILENT_S)
        row->seconds = row->expected_s;
}

/* What the row's source reported, and the losses of its sensor's spool. */
static void add_source(struct building *b, struct ledger_row *row)
{
    const struct ledger_source *s = source_of(b, row->source, false);
    struct slice sensor = slice_part(row->source, 0, slice_find(row->source, '/', 0));
    const struct ledger_source *spool = source_of(b, sensor, false);
    row->lost = spool ? spool->lost : 0;
    if (!s)
        return;
    add_time(b, row, s);
    for (size_t i = 0; i < s->spot_count; i++)
        if (slice_equal(s->spots[i].asset, row->asset) &&
            !slice_equal(s->spots[i].reason, SLICE("encrypted")))
            row->undecoded += s->spots[i].sessions;
}

static double part(uint64_t of, uint64_t all)
{
    double share = all > 0 ? (double)of / (double)all : 0;
    return share > 1 ? 1 : share;
}

void ledger_charge(struct ledger_row *r)
{
    const double shares[LEDGER_CAUSE_COUNT] = {
        [LEDGER_unseen] = r->source.len == 0 ? 1 : 0,
        [LEDGER_unwatched] = part(r->expected_s - r->seconds, r->expected_s),
        [LEDGER_dropped] = part(r->dropped, r->dropped + r->packets),
        [LEDGER_lost] = part(r->lost, r->lost + r->statements),
        [LEDGER_encrypted] = part(r->encrypted, r->sessions + r->undecoded),
        [LEDGER_undecoded] = part(r->undecoded, r->sessions + r->undecoded > r->encrypted
                                                    ? r->sessions + r->undecoded - r->encrypted
                                                    : r->undecoded),
        [LEDGER_partly] =
            part(r->partly,
                 r->statements > r->encrypted ? r->statements - r->encrypted : r->statements)};
    r->percent = 100;
    for (size_t i = 0; i < LEDGER_CAUSE_COUNT; i++) {
        r->points[i] = r->percent * shares[i];
        r->percent -= r->points[i];
    }
}

static bool has_row(const struct ledger *l, struct slice asset)
{
    for (size_t i = 0; i < l->row_count; i++)
        if (slice_equal(l->rows[i].asset, asset))
            return true;
    return false;
}

static int by_asset(const void *a, const void *b)
{
    const struct ledger_row *x = a, *y = b;
    int order = slice_compare(x->asset, y->asset);
    return order ? order : slice_compare(x->source, y->source);
}

static void finish_row(struct building *b, struct ledger_row *row)
{
    int64_t limit = 2 * (int64_t)b->site.canary_s * NS_PER_S;
    row->inventory = in_inventory(&b->site, row->asset);
    add_source(b, row);
    row->canary_overdue = limit > 0 && row->canary_ns > 0 && b->to_ns - row->canary_ns > limit;
    ledger_charge(row);
}

/* Rows stand by asset: marks the best one of each, and sums it up. */
static void choose_best(struct ledger *l, bool inventory)
{
    for (size_t i = 0, next; i < l->row_count; i = next) {
        size_t best = i;
        for (next = i; next < l->row_count && slice_equal(l->rows[next].asset, l->rows[i].asset);
             next++)
            if (l->rows[next].percent > l->rows[best].percent)
                best = next;
        struct ledger_row *row = &l->rows[best];
        row->best = true;
        if (inventory && !row->inventory)
            continue;
        l->assets++;
        l->percent += row->percent;
        for (size_t k = 0; k < LEDGER_CAUSE_COUNT; k++)
            l->points[k] += row->points[k];
    }
    for (size_t k = 0; l->assets > 0 && k < LEDGER_CAUSE_COUNT; k++)
        l->points[k] /= (double)l->assets;
    if (l->assets > 0)
        l->percent /= (double)l->assets;
}

static void finish(struct building *b)
{
    struct ledger *l = b->ledger;
    for (size_t i = 0; i < b->site.asset_count; i++)
        if (!has_row(l, b->site.assets[i]))
            (void)row_of(b, b->site.assets[i], SLICE(""));
    for (size_t i = 0; i < l->row_count; i++)
        finish_row(b, &l->rows[i]);
    if (l->row_count > 1)
        qsort(l->rows, l->row_count, sizeof *l->rows, by_asset);
    choose_best(l, b->site.asset_count > 0);
}

static void set_period(struct building *b, struct store_reader *reader, int32_t from, int32_t to)
{
    struct store_status status;
    bool known = store_status_get(reader, &status) == STATUS_OK;
    int64_t offset = known ? (int64_t)status.utc_offset_s * NS_PER_S : 0;
    b->from_ns = from > INT32_MIN / 2 ? from * NS_PER_DAY - offset : INT64_MIN;
    b->to_ns = to < INT32_MAX / 2 ? (to + 1) * NS_PER_DAY - offset : INT64_MAX;
    b->to_ns = b->now_ns < b->to_ns ? b->now_ns : b->to_ns;
    if (!known || store_site_get(reader, b->arena, &b->site) != STATUS_OK)
        b->site = (struct store_site){.asset_count = 0};
}

enum status ledger_build(struct ledger *ledger, struct store_reader *reader, int32_t from,
                         int32_t to, int64_t now_ns, struct arena *arena)
{
    struct building *b = arena_array(arena, 1, sizeof *b);
    *ledger = (struct ledger){0};
    if (!b)
        return STATUS_NO_MEMORY;
    *b = (struct building){.ledger = ledger, .arena = arena, .now_ns = now_ns};
    ledger->rows = arena_array(arena, LEDGER_ROWS_MAX, sizeof *ledger->rows);
    ledger->sources = arena_array(arena, LEDGER_SOURCES_MAX, sizeof *ledger->sources);
    if (!ledger->rows || !ledger->sources)
        return STATUS_NO_MEMORY;
    set_period(b, reader, from, to);
    enum status status = STATUS_OK;
    if (from > INT32_MIN / 2)
        status = store_coverages(reader, from - QUIET_DAYS, from - 1, add_quiet, b);
    if (status == STATUS_OK)
        status = store_coverages(reader, from, to, add_coverage, b);
    if (status == STATUS_OK)
        status = store_watches(reader, from, to, add_watch, b);
    if (status == STATUS_OK)
        status = store_sensors(reader, add_sensor, b);
    if (status == STATUS_OK)
        finish(b);
    return status == STATUS_OK ? b->status : status;
}
