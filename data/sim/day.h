/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One account's day as a list of acts, and the pieces that days are made of.
 */
#ifndef SIM_DAY_H
#define SIM_DAY_H

#include "sim/acts.h"
#include "sim/organisation.h"

struct act {
    int64_t time_ns; /* UTC */
    const struct employee *employee;
    enum act_code code;
    unsigned first_subject; /* customers, consecutive in the day's `subjects` */
    unsigned subject_count;
    unsigned rows;
    unsigned workstation; /* where from */
    unsigned session;     /* of the day, 0.. */
    enum program program;
    bool failed;
};

struct day {
    const struct organisation *organisation;
    const struct employee *employee;
    unsigned index;
    int64_t midnight_ns; /* of the site, in UTC */
    struct chance chance;
    unsigned sessions;
    unsigned session;     /* of the acts that follow */
    unsigned workstation; /* of the acts that follow */
    enum program program; /* of the acts that follow */
    struct act *acts;     /* owned */
    unsigned *subjects;   /* owned */
    unsigned count, capacity, subject_count, subject_capacity;
    bool no_memory;
};

void day_begin(struct day *day, const struct organisation *o, const struct employee *e,
               unsigned index);
void day_release(struct day *day);

static inline const struct role *day_role(const struct day *day)
{
    return organisation_role(day->employee, day->index);
}

/* Adds an act at a second of the day; it is the last of day->acts, for what else is to be set. */
struct act *day_act(struct day *day, enum act_code code, double second);
struct act *day_rows(struct day *day, enum act_code code, double second, unsigned rows);
void day_subject(struct day *day, unsigned customer); /* of the last act */

/* An act on one customer's record. */
struct act *day_record(struct day *day, enum act_code code, double second, unsigned customer);

/* Opens a record at `second` and leaves it `dwell` seconds later; gives that moment. */
double day_view(struct day *day, unsigned customer, double second, double dwell);

/* The same with what belongs to work: notes, documents, changes. */
double day_handle(struct day *day, unsigned customer, double second, double dwell);

double day_login(struct day *day, double second); /* a new session */
unsigned day_stranger(struct day *day);           /* anybody of all customers */
unsigned day_busy(struct day *day);               /* somebody who is in work these days */
unsigned day_case(struct day *day);               /* one of the own cases; a stranger without any */
double day_dwell(struct day *day);                /* seconds this person stays on a record */
double day_between(struct day *day, double from, double to);

#endif
