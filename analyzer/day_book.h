/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The days that are not closed: for each, who was active and what he did.
 */
#ifndef ANALYZER_DAY_BOOK_H
#define ANALYZER_DAY_BOOK_H

#include "analyzer/scoring.h"
#include "base/map.h"

enum { OPEN_DAYS_MAX = 4, DAY_PEOPLE_MAX = 1 << 18, DAY_SOURCES_MAX = 1 << 12 };

struct day_entry {
    char *employee;
    enum entity_kind kind;
    struct day_record record;
    struct day_measures measures;
    struct table sessions;
    double dwell_views;
    bool touched; /* since it was last written */
};

struct day_source {
    struct store_coverage coverage; /* texts owned */
    int kind;                       /* of the asset, as in struct day_cover */
    bool touched;
};

struct day_page {
    bool used;
    int32_t day;
    struct map *people;  /* employee -> struct day_entry * */
    struct map *sources; /* asset, 0, source -> struct day_source */
};

struct day_book {
    struct day_page pages[OPEN_DAYS_MAX];
};

void day_book_release(struct day_book *b);

/* The page of a day, opened where `open` says so; NULL: not open, or no room. */
struct day_page *day_book_page(struct day_book *b, int32_t day, bool open);

/* The earliest open day; NULL when there is none. */
struct day_page *day_book_first(struct day_book *b);
void day_page_release(struct day_page *p);

struct day_entry *day_page_entry(struct day_page *p, struct slice employee, enum entity_kind kind);
/* What the event adds to the coverage of its source. */
struct day_cover {
    struct slice asset;
    int kind; /* enum asset_kind; -1: not of the inventory */
    bool unresolved;
    bool new_session;
    bool canary;
};
void day_page_cover(struct day_page *p, const struct event *e, const struct day_cover *cover);

/* Everybody active, sorted by id, as input for the model; to be freed. */
struct model_input *day_page_inputs(struct day_page *p, size_t *count);

#endif
