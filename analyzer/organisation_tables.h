/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the organisation: its sorted arrays.
 */
#ifndef ANALYZER_ORGANISATION_TABLES_H
#define ANALYZER_ORGANISATION_TABLES_H

#include "analyzer/organisation.h"
#include "analyzer/stats/tools.h"
#include "base/reader.h"

/* Maxima of the files; more is a fault. */
enum {
    ORGANISATION_FILE_MAX = 512 << 20,
    ORGANISATION_TEXT_MAX = 512 << 20,
    ORGANISATION_ROWS_MAX = 1 << 24
};

struct employee_row { /* sorted by id */
    struct employee employee;
    struct post post;
};
struct change_row { /* sorted by day */
    struct slice employee;
    int32_t day;
    struct post post;
};
struct workstation_row { /* the others are sorted by key, which stands first */
    uint64_t key;        /* XXH3 of the address */
    size_t employee;
};
struct account_row {
    uint64_t key; /* XXH3 of the account */
    struct slice asset, employee;
    enum entity_kind kind;
    int32_t first, last;
};
struct span_row {
    uint64_t key; /* of employee and subject */
    int32_t first, last;
};
struct day_row {
    int32_t day;
    bool free;
};
struct missing_row {
    int32_t day;
    uint32_t bits;
};

struct organisation {
    struct missing_row lost;               /* the last day that collectors could not watch */
    struct slice spaces[STORE_SPACES_MAX]; /* of assignments */
    size_t space_count;
    struct employee_row *employees;
    size_t employee_count, employee_capacity;
    struct change_row *changes;
    size_t change_count, change_capacity;
    struct workstation_row *workstations;
    size_t workstation_count, workstation_capacity;
    struct account_row *accounts;
    size_t account_count, account_capacity;
    struct span_row *spans;
    size_t span_count, span_capacity;
    struct day_row *days;
    size_t day_count, day_capacity;
    struct missing_row *missing;
    size_t missing_count, missing_capacity;
    struct arena texts;
};

uint64_t organisation_span_key(struct slice employee, uint64_t subject);

/* The first row with at least this key. */
size_t organisation_first(const void *rows, size_t count, size_t size, uint64_t key);

#endif
