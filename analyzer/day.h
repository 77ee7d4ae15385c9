/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The working memory of one employee's day, fed in O(1) per event: what the sub-models look at when
 * the day is scored. It is dropped after the day's close. Everything in it has a maximum; what does
 * not fit is counted in `refused` and takes part in the plain counts only.
 */
#ifndef ANALYZER_DAY_H
#define ANALYZER_DAY_H

#include "analyzer/table.h"
#include "base/arena.h"
#include "event/event.h"

enum {
    DAY_TOKENS_MAX = 1 << 14,
    DAY_PAIRS_MAX = 1 << 16,
    DAY_SUBJECTS_MAX = 1 << 18,
    DAY_ITEMS_MAX = 1 << 13
};
enum { DAY_TEXT_MAX = 16 << 20, DAY_TOKEN_TEXT_MAX = 512, DAY_PROGRAM_TEXT_MAX = 256 };
enum { DAY_GAPS = 10 }; /* gaps looked at together for their regularity */

/* What is news (docs/scoring.md, 3.3). */
enum item_kind { ITEM_TOKEN, ITEM_PROGRAM, ITEM_ADDRESS, ITEM_SHAPE, ITEM_KINDS };

enum model_flag { MODEL_SELF = 1, MODEL_AUDIT = 2, MODEL_STAR = 4, MODEL_ERROR = 8 };

/* A subject as the model knows it: `id` tells it from others, `key` is its FNV-1a. */
struct model_subject {
    uint8_t hash[16]; /* for the sentence; zeroes where none is known */
    uint64_t id;
    uint32_t key;
    bool has_number; /* of up to 15 digits */
    bool uncovered;  /* seen where no assignment feed is: counts as assigned */
    uint64_t number, space;
};

/* A resolved event, as the model sees it (docs/scoring.md, 11). */
struct model_event {
    double seconds; /* local time of day */
    struct slice system, action, object, session, client, program, shape;
    unsigned class; /* of the object, 0..3 */
    unsigned flags; /* enum model_flag */
    bool view;      /* the page of one record */
    bool exports;   /* data leave the system */
    bool search;
    bool writes; /* something is changed or entered */
    double rows[EVENT_CLASSES];
    const struct model_subject *subjects;
    size_t subject_count;
};

struct day_token {
    uint32_t hash; /* FNV-1a of the text */
    uint64_t id;   /* XXH3 of the text */
    double count;
    double rows; /* of acts that succeeded */
    unsigned class;
    struct slice text;
};

struct day_pair {
    uint32_t first, second; /* indexes of tokens */
    double count;
};

struct day_item {
    uint32_t key;   /* FNV-1a of kind, ':' and text */
    uint32_t token; /* index, for ITEM_TOKEN */
    struct slice text;
};

struct day_subject {
    struct model_subject subject;
    double visits; /* more than 60 s after the one before */
    bool worked;   /* something was written to the record */
    double last;
};

struct day_items {
    struct day_item *list;
    size_t count, capacity;
};

struct day_record {
    double events, idc, exports, searches,
        switches; /* switches: back to an earlier session (term inter) */
    bool active[24];
    double rows[EVENT_CLASSES];

    struct day_token *tokens;
    size_t token_count, token_capacity;
    struct day_pair *pairs;
    size_t pair_count, pair_capacity;
    struct day_subject *subjects;
    size_t subject_count, subject_capacity;
    struct day_items items[ITEM_KINDS];

    struct table token_index, pair_index, subject_index, item_index; /* id -> index in the list */
    struct table session_last, session_seen;                         /* by system */

    bool has_last_token;
    bool has_token_now; /* last_token is of the event that is being added */
    uint32_t last_token;
    double last_token_at;

    double views, last_view;
    double gap_logs, gap_logs_rest; /* sum of ln(gap), compensated */
    double gap_count;
    double gaps[DAY_GAPS];
    double gap_total; /* gaps seen */
    double least_cv;  /* of DAY_GAPS in a row; negative: none yet */

    struct arena texts;
    uint64_t refused;
};

void day_record_init(struct day_record *d);
void day_record_release(struct day_record *d);
void day_record_add(struct day_record *d, const struct model_event *e);

/* The token of an event (3.3), in DAY_TOKEN_TEXT_MAX bytes. */
struct slice day_token_text(const struct model_event *e, char *to, size_t size);

/* A program's name as an item. */
struct slice day_program_text(struct slice program, char to[DAY_PROGRAM_TEXT_MAX]);

/* The log measures of section 3; false where the measure does not exist today. */
bool day_rows_measure(const struct day_record *d, double *y);
bool day_dwell_measure(const struct day_record *d, double *y);
bool day_regular_measure(const struct day_record *d, double *y);

#endif
