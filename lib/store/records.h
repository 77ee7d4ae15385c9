/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the analyzer writes and the console, the reports and the command line read: plain records.
 * docs/store-format.md describes how they lie in state/ and archive/.
 *
 * Days are numbers of days since 1970-01-01 in the organisation's own time zone. Times are
 * nanoseconds since 1970, UTC. Slices are borrowed: they live as long as the call or the arena they
 * were handed out with. All text may come from outside and must be escaped where it is shown.
 */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include "event/event.h"
#include "spool/watch.h"
#include "store/terms.h"

#include <stdint.h>

enum { STORE_HASH_SIZE = 32 }; /* BLAKE2b-256 of chains */

/* What is scored: a person of the directory, or an account that nobody could be named for. */
enum entity_kind {
    ENTITY_PERSON,
    ENTITY_ACCOUNT,
    ENTITY_SHARED,
    ENTITY_SERVICE,
    ENTITY_KIND_COUNT
};
const char *entity_kind_name(enum entity_kind kind);

/* One term of one day. points = clip(max(0, deflated - coincidence) - 3, 0, 10); D is the sum of
 * the points of the terms in the sum. */
struct store_term {
    bool measured;      /* false: its source was missing that day; all numbers are 0 */
    double raw;         /* bits: -log2 of the chance of what was seen */
    double deflated;    /* after the group's calibration */
    double coincidence; /* bits subtracted because colleagues did the same */
    double points;      /* what the day score counts, 0..10 */
    double observed;    /* the measure as seen, in the unit of the sentence */
    double expected;    /* what was expected of this person, same unit */
    double peers;       /* what the peers do, same unit (day factor where the term has one) */
    double n;           /* honest number of days behind the expectation */
    struct slice sentence[LANGUAGE_COUNT]; /* empty for terms without points */
};

/* The measures of one employee and day. */
struct day_measures {
    uint64_t events;     /* all of them */
    uint64_t statements; /* requests to databases */
    uint64_t views;      /* record views in applications */
    uint64_t subjects;   /* distinct subjects */
    double unassigned;   /* distinct subjects weighted by 1 - relation */
    uint64_t exports;    /* downloads, copies out */
    uint64_t logins, failed_logins;
    uint64_t errors;                       /* failed requests */
    uint64_t rows;                         /* returned to the client */
    uint64_t rows_by_class[EVENT_CLASSES]; /* by the highest class the rows showed */
    uint64_t cells_by_class[EVENT_CLASSES];
    uint64_t bytes;
    uint64_t sessions;
    double dwell_total_s; /* time on records, cut at the idle limit */
    double dwell_mean_s;  /* mean of a view; 0 without one */
    uint32_t hours;       /* bit h = active in local hour h */
    int64_t first_ns, last_ns;
    uint64_t late_events; /* came after the close of the day */
    uint64_t gaps;        /* events that were incomplete */
};

enum alert_mark { ALERT_MARK_NONE, ALERT_MARK_OPENED, ALERT_MARK_JOINED };
const char *alert_mark_name(enum alert_mark mark); /* "", "opened", "joined" */

/* How a day was judged by a person. */
enum verdict_kind { VERDICT_NONE, VERDICT_BENIGN, VERDICT_WATCH, VERDICT_CONFIRMED, VERDICT_COUNT };
const char *verdict_name(enum verdict_kind kind); /* "", "benign", ... */
bool verdict_find(struct slice name, enum verdict_kind *kind);

/* Why a closed day was scored again; bits of store_day.revised. */
enum { REVISED_LATE = 1, REVISED_VERDICT = 2 };

/* One employee's day. */
struct store_day {
    struct slice employee;
    int32_t day;
    enum entity_kind kind;
    bool running;       /* the day is not over: recomputed as events come */
    bool learning;      /* too little history for an alert */
    bool late;          /* events came after the close */
    double score;       /* D */
    double risk;        /* R after this day */
    double alert_value; /* A */
    double weight;      /* w: how far the day was learnt */
    double theta;       /* alert threshold of that day */
    double confidence;  /* share of that day's activity that could be decoded, 0..1 */
    uint8_t percent;    /* P, 0..100 */
    enum alert_mark mark;
    uint64_t alert;     /* id of the alert the day belongs to, 0 none */
    struct slice group; /* the peers it is judged by: role and department, role, or everybody */
    uint32_t peers;     /* members of that group active that day */
    uint64_t days_seen; /* active days before this one in the present post */
    uint8_t revised;    /* REVISED_*: scored again after its close */
    double first_score; /* D as it was at the close, where it was scored again */
    struct day_measures measures;
    struct store_term terms[TERM_COUNT];
};

/* The last state of one employee. */
struct store_person {
    struct slice employee;
    enum entity_kind kind;
    struct slice name, department, role, manager; /* of the directory; empty for accounts */
    int32_t last_day;                             /* of activity */
    double score;                                 /* D of that day */
    double risk;                                  /* R at that day: see store_risk_at() */
    double terms[TERM_COUNT];                     /* R_k: what the risk is made of */
    uint8_t percent;
    uint64_t days_seen;
    uint64_t open_alert; /* id, 0 none */
    bool learning, running;
};

/* R and P after `day` without further activity (half-life 3 days). */
double store_risk_at(const struct store_person *person, int32_t day);
uint8_t store_percent(double risk);

/* One alert; further days join it while it is open. */
struct store_alert {
    uint64_t id; /* 1, 2, ... in the order of opening */
    struct slice employee;
    enum entity_kind kind;
    int32_t day;               /* opened */
    int32_t last_day;          /* last joined */
    int64_t opened_ns;         /* event time at which it opened */
    int64_t first_ns, last_ns; /* activity of the days it covers */
    bool open;
    uint32_t days; /* days in it */
    double value;  /* largest A */
    double score;  /* D of the day of that */
    double risk;
    double theta;
    uint8_t percent;
    double terms[TERM_COUNT]; /* points of that day */
    struct slice sentence[LANGUAGE_COUNT];
    uint64_t notice; /* sequence of its last notice */
    enum verdict_kind verdict;
};

/* A verdict on an employee's day; the last one of a day counts. */
struct store_verdict {
    uint64_t sequence; /* its place in the list of verdicts, from 1 */
    struct slice employee;
    int32_t day;
    enum verdict_kind kind;
    struct slice who, reason;
    int64_t time_ns;      /* given */
    uint64_t alert;       /* that it closed or keeps open, 0 none */
    bool done;            /* learning follows it: the days from it on were learnt again */
    uint32_t days_again;  /* how many days were */
    double weight_before; /* w of the day before and after; 0 where it was not closed */
    double weight_after;
};

/* What leaves for the outside: an alert that opened or got a further day. Numbered without holes;
 * each carries the hash of the one before. */
struct store_notice {
    uint64_t sequence; /* from 1 */
    uint64_t alert;
    enum alert_mark mark;
    int32_t day;
    int64_t time_ns;
    uint8_t chain[STORE_HASH_SIZE]; /* BLAKE2b-256(chain of the one before, this record) */
    struct store_alert snapshot;    /* the alert as it was then */
};

/* An event of the archive. (sensor, sequence) is its place in the sensor's spool. */
struct store_event {
    struct slice employee; /* resolved */
    enum entity_kind kind;
    struct slice asset; /* name in assets.yaml, or the server's address */
    struct slice sensor;
    uint64_t sequence;
    uint8_t confidence;    /* of the resolution, percent */
    int64_t view_dwell_ns; /* not stored with the event: -1 */
    struct event event;
};

/* One view of one subject's record (or of a statement's result that held it). */
struct store_view {
    uint8_t subject[16];
    struct slice employee;
    int64_t start_ns;
    int64_t dwell_ns; /* to the next action, cut at the idle limit */
    bool cut;         /* by the idle limit or the end of the session */
    bool database;    /* a database result; else an application's page */
    struct slice asset, object, session;
    enum event_action action;
    uint64_t sequence;
};

/* Kinds of assets, in the order of enum asset_kind. */
enum { STORE_ASSET_KINDS = 3 };

/* How much of one source's activity could be seen on a day. */
struct store_coverage {
    struct slice asset;  /* name, or server address */
    struct slice source; /* sensor and source name: "site1/eth0" */
    int32_t day;
    uint64_t events;
    uint64_t incomplete; /* events with a gap */
    uint64_t gaps[EVENT_GAP_COUNT];
    uint64_t unresolved; /* events nobody could be named for */
    uint64_t lost;       /* events the collector had to drop; the asset is then empty */
    int64_t first_ns, last_ns;
    uint64_t sessions;
    uint64_t canaries; /* marked statements seen, and the last one */
    int64_t canary_ns;
};

/* What was not understood on a day, by asset and port. */
struct store_spot {
    struct slice asset, reason;
    uint16_t port;
    uint64_t sessions, bytes;
};

/* What one source watched on a day, as its collector reported it (lib/spool/watch.h). */
enum { STORE_SPOTS_MAX = WATCH_SPOTS_MAX };
struct store_watch {
    struct slice source; /* sensor and source name, as in struct store_coverage */
    int32_t day;
    uint64_t seconds; /* watched */
    uint64_t lost;    /* events that the spool had no room for */
    int64_t first_ns, last_ns;
    uint64_t counts[WATCH_COUNTER_COUNT];
    struct store_spot spots[STORE_SPOTS_MAX];
    size_t spot_count;
};

/* A source of events, with its last proof of life. */
struct store_sensor {
    struct slice source;
    int64_t first_ns, last_ns;
    bool live;                         /* a further report is expected */
    double carried[STORE_ASSET_KINDS]; /* events of a usual day, by kind of asset */
};

/* An account that nobody could be named for. */
struct store_account {
    struct slice asset, account;
    enum entity_kind kind;
    struct slice last_address;
    uint64_t events;
    int64_t first_ns, last_ns;
};

/* The analyzer's own state, for `dwell status`. */
struct store_status {
    uint32_t version;  /* of the format */
    int64_t event_ns;  /* newest event time */
    int64_t commit_ns; /* when the last commit was made, wall clock */
    int32_t first_day, last_closed_day;
    double theta;                               /* of today */
    double budget;                              /* alerts a day wished for */
    uint32_t raised_28;                         /* alerts opened in the last 28 days */
    uint64_t events, duplicates, late, refused; /* since the state was made */
    uint64_t persons, alerts, notices;
    uint64_t forwarded;   /* sequence of the last notice that left */
    int32_t utc_offset_s; /* the organisation's zone */
    int32_t relearn_day;  /* the next closed day to be learnt again; INT32_MAX: none */
};

/* What it takes to look up a subject by its id: never the key itself. */
enum { STORE_SPACES_MAX = 128, STORE_SPACE_MAX = 64, STORE_ASSETS_MAX = 1024 };
struct store_site {
    struct slice key_file; /* absolute path of the site key; empty: there is none */
    size_t space_count;
    struct slice spaces[STORE_SPACES_MAX]; /* numberings of subjects in use, without "" */
    size_t asset_count;                    /* of the inventory */
    struct slice assets[STORE_ASSETS_MAX];
    uint64_t canary_s; /* a canary is expected so often; 0: none is */
};
typedef bool store_visit_verdict(void *context, const struct store_verdict *verdict);

/* A position in a sensor's spool: everything up to it is in the store. */
struct store_cursor {
    struct slice sensor;
    uint64_t spool; /* its id: another id is another spool, read from the beginning */
    uint64_t sequence;
};

#endif
