/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The coverage ledger of a period: for each asset and source what could be seen and decoded, as a
 * number from 0 to 100 whose missing points are each charged to one cause. docs/coverage.md states
 * the arithmetic. Read from state/ by the command line and the console alike.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "store/reader.h"

/* X(name, en, zh): in the order in which they are charged; each takes its share of what is left. */
#define LEDGER_CAUSE_TABLE(X)                                          \
    X(unseen, "nothing watches it", "无任何采集覆盖")                  \
    X(unwatched, "time not watched", "未监视的时间")                   \
    X(dropped, "packets dropped", "丢弃的数据包")                      \
    X(lost, "events lost by a full spool", "缓存队列已满而丢失的事件") \
    X(encrypted, "sessions encrypted", "加密会话")                     \
    X(undecoded, "sessions not understood", "无法解码的会话")          \
    X(partly, "statements seen in part", "只看到一部分的语句")

enum ledger_cause {
#define LEDGER_CAUSE_ENUM(name, en, zh) LEDGER_##name,
    LEDGER_CAUSE_TABLE(LEDGER_CAUSE_ENUM)
#undef LEDGER_CAUSE_ENUM
        LEDGER_CAUSE_COUNT
};

const char *ledger_cause_name(enum ledger_cause cause);
const char *ledger_cause_text(enum ledger_cause cause, enum language language);

/* One asset through one source. The counts are what the points are made of. */
struct ledger_row {
    struct slice asset, source;   /* source is empty where nothing watches the asset */
    bool inventory;               /* assets.yaml names it */
    bool best;                    /* of the asset's sources: this one's number is the asset's */
    uint64_t seconds, expected_s; /* watched; 0 expected: recorded input, which has no time */
    uint64_t packets, dropped;
    uint64_t statements, partly, lost, unresolved;
    uint64_t sessions, encrypted, undecoded;
    int64_t first_ns, last_ns; /* of its statements */
    int64_t canary_ns;         /* the last canary; 0: none */
    bool canary_overdue;
    double percent;
    double points[LEDGER_CAUSE_COUNT];
};

/* A source of events, and what it could not look into. */
struct ledger_source {
    struct slice source;
    bool live, silent; /* silent: live and without a report for WATCH_SILENT_S */
    int64_t first_ns, last_ns;
    uint64_t seconds, lost;
    uint64_t counts[WATCH_COUNTER_COUNT];
    struct store_spot *spots;
    size_t spot_count;
};

struct ledger {
    struct ledger_row *rows; /* by asset, then source */
    size_t row_count;
    struct ledger_source *sources;
    size_t source_count;
    size_t assets; /* that make the number: the inventory's, without one those seen */
    double percent;
    double points[LEDGER_CAUSE_COUNT];
};

enum { LEDGER_ROWS_MAX = 4096, LEDGER_SOURCES_MAX = 1024 };

/* Days from..to (both included); `now_ns` by the wall clock. Everything lives in the arena. LIMIT:
 * more rows than there is room for were left out. */
enum status ledger_build(struct ledger *ledger, struct store_reader *reader, int32_t from,
                         int32_t to, int64_t now_ns, struct arena *arena);

/* The points of a row from its counts; its percent is what is left of 100. */
void ledger_charge(struct ledger_row *row);

#endif
