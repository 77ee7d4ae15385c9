/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The lender's people: who works there, in which role, at which desk, on whose cases.
 */
#ifndef SIM_ORGANISATION_H
#define SIM_ORGANISATION_H

#include "sim/calendar.h"
#include "sim/chance.h"
#include "sim/sim.h"

enum role_code {
    ROLE_COLLECTOR,
    ROLE_AGENT,
    ROLE_REVIEWER,
    ROLE_ANALYST,
    ROLE_DBA,
    ROLE_AUDITOR,
    ROLE_COUNT
};

/* What a role does on an ordinary day. */
struct role {
    const char *name, *department;
    double share;       /* of the staff */
    unsigned starts[2]; /* minutes after midnight; two shifts, equal where there is one */
    unsigned minutes;   /* length of the shift */
    double weekend;     /* chance to work on a day of the weekend */
    double views;       /* records opened a day */
    double dwell_s;     /* median seconds on a record */
    double pause_s;     /* median seconds of other work between records */
    double unassigned;  /* share of looks at people who are no case of theirs */
    double noted;       /* share of looks of more than half a minute that end with a note */
    double searches, exports, queries; /* a day */
    double terms;                      /* share of records whose loan terms are changed */
    unsigned cases;                    /* at a time */
    unsigned case_days;                /* for so many days */
    double busy;                       /* share of cases that others work on in these weeks too */
};

extern const struct role roles[ROLE_COUNT];

enum { FIRST_CUSTOMER = 200000, ID_STEP = 7 };

struct employee {
    unsigned number;  /* 1.. */
    char id[8];       /* "E0007" */
    char account[16]; /* "zhang.wei7" */
    enum role_code role;
    enum role_code later_role;     /* from change_day on */
    unsigned change_day;           /* UINT32_MAX: never */
    bool announced;                /* the directory knows of the change */
    unsigned shift;                /* 0, 1 */
    double pace;                   /* multiplies views */
    double slowness;               /* multiplies dwell */
    bool lead;                     /* looks after the cases of a team */
    bool part_time;                /* three days a week */
    bool hot_desk;                 /* sits where there is room */
    unsigned joins, leaves;        /* day indexes; leaves is the first day without him */
    unsigned leave_from, leave_to; /* holiday, [from, to) */
    unsigned covers;               /* stands in for employees[covers] while he is away */
    bool cover_assigned;           /* and the feed of assignments says so */
    unsigned workstation;          /* number of the desk: 10.20.x.y */
    uint8_t behaviour;             /* of insiders.h, from 1; 0 none */
    uint8_t strength;              /* 1 subtle .. 3 obvious */
    unsigned partner;              /* index of the other one of a pair */
    unsigned bad_from, bad_to;     /* [from, to) */
    bool *acted;                   /* per day: acts of the behaviour took place */
};

enum { NOBODY = UINT32_MAX };

struct organisation {
    struct sim_options options;
    struct employee *employees; /* owned */
    bool *acted;                /* owned; employees[].acted point into it */
    unsigned count;
    unsigned customers;
    unsigned busy; /* customers in somebody's work at a time */
};

/* NO_MEMORY or OK. */
enum status organisation_make(struct organisation *o, const struct sim_options *options);
void organisation_release(struct organisation *o);

const struct role *organisation_role(const struct employee *e, unsigned day);
bool organisation_works(const struct organisation *o, const struct employee *e, unsigned day);
bool organisation_on_leave(const struct employee *e, unsigned day);

/* Case `index` (below role->cases) of the employee on that day: a customer number. */
unsigned organisation_case(const struct organisation *o, const struct employee *e, unsigned day,
                           unsigned index);

/* Customer `index` (below o->busy) of those in work around that day. */
unsigned organisation_busy(const struct organisation *o, unsigned day, unsigned index);

/* A customer as the application (or else the database) names him: "customer:203994". */
enum { SUBJECT_TEXT = 64 };
void organisation_subject(const struct organisation *o, bool application, unsigned customer,
                          char text[SUBJECT_TEXT]);

/* "10.20.3.17" of a desk into 16 bytes. */
void organisation_address(unsigned workstation, char text[16]);

#endif
