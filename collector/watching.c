/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counters only grow; a report carries what they grew by.
 */
#include "collector/watching.h"

/* Which counters make which number of the report. */
static const struct {
    const char *name;
    enum watch_counter counter;
} parts[] = {
    {"packets", WATCH_packets},
    {"lost_bytes", WATCH_lost_bytes},
    {"cut_bytes", WATCH_lost_bytes},
    {"streams_evicted", WATCH_given_up},
    {"sessions_refused", WATCH_given_up},
    {"sessions", WATCH_sessions},
    {"sessions_decoded", WATCH_decoded},
    {"sessions_encrypted", WATCH_encrypted},
    {"sessions_unknown", WATCH_undecoded},
    {"sessions_malformed", WATCH_undecoded},
    {"sessions_unsupported", WATCH_undecoded},
};

static void sum_counters(const struct collector *collector, const struct source_stats *stats,
                         uint64_t counts[WATCH_COUNTER_COUNT])
{
    struct collector_counter counters[COLLECTOR_COUNTERS_MAX];
    size_t count = collector_counters(collector, counters, COLLECTOR_COUNTERS_MAX);
    memset(counts, 0, WATCH_COUNTER_COUNT * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (strcmp(counters[i].name, parts[k].name) == 0)
                counts[parts[k].counter] += counters[i].value;
    counts[WATCH_dropped] = stats->dropped + stats->interface_dropped;
}

static const struct blind_spot *told_spot(const struct watching *w, const struct blind_spot *spot)
{
    for (size_t i = 0; i < w->spots.count; i++) {
        const struct blind_spot *told = &w->spots.spots[i];
        if (told->port == spot->port && told->reason == spot->reason &&
            strcmp(told->asset, spot->asset) == 0)
            return told;
    }
    return NULL;
}

/* Beyond the maximum the rest goes under the last one's name, as port 0. */
static void add_spot(struct watch_report *report, const struct watch_spot *spot)
{
    if (report->spot_count < WATCH_SPOTS_MAX) {
        report->spots[report->spot_count++] = *spot;
        return;
    }
    struct watch_spot *last = &report->spots[WATCH_SPOTS_MAX - 1];
    last->port = 0;
    last->asset = (struct slice){0};
    last->sessions += spot->sessions;
    last->bytes += spot->bytes;
}

static void report_spots(const struct watching *w, const struct blind_spots *spots,
                         struct watch_report *report)
{
    for (size_t i = 0; i < spots->count; i++) {
        const struct blind_spot *now = &spots->spots[i];
        const struct blind_spot *told = told_spot(w, now);
        uint64_t sessions = now->sessions - (told ? told->sessions : 0);
        if (sessions == 0)
            continue;
        add_spot(report, &(struct watch_spot){.asset = slice_from(now->asset),
                                              .reason = slice_from(blind_reason_name(now->reason)),
                                              .port = now->port,
                                              .sessions = sessions,
                                              .bytes = now->bytes - (told ? told->bytes : 0)});
    }
}

void watching_report(const struct watching *w, const struct collector *collector,
                     const struct source_stats *stats, int64_t now_ns, struct watch_report *report)
{
    *report = (struct watch_report){.from_ns = w->since_ns ? w->since_ns : now_ns, .to_ns = now_ns};
    sum_counters(collector, stats, report->counts);
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        report->counts[i] -= w->told[i];
    report_spots(w, collector_blind_spots(collector), report);
}

void watching_told(struct watching *w, const struct collector *collector,
                   const struct watch_report *report)
{
    w->since_ns = report->to_ns;
    w->spots = *collector_blind_spots(collector);
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        w->told[i] += report->counts[i];
}
