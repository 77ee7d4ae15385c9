/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of behaviours, and the choice of who shows them.
 */
#include "sim/insiders.h"

#include "sim/behaviours.h"

enum {
    RECORDS = 1 << ROLE_COLLECTOR | 1 << ROLE_AGENT | 1 << ROLE_REVIEWER,
    ANALYST = 1 << ROLE_ANALYST,
    DBA = 1 << ROLE_DBA
};

/* clang-format off */
const struct behaviour behaviours[BEHAVIOUR_COUNT] = {
    {"enumerate", "opened customers one id after the other", RECORDS, 2, WHEN_WORKING, behave_enumerate, false, false},
    {"snoop", "looked at one stranger again and again", RECORDS, 9, WHEN_WORKING, behave_snoop, false, false},
    {"export", "exported customer lists", RECORDS, 2, WHEN_WORKING, behave_export, false, false},
    {"browse", "looked at many people who are no case of theirs", RECORDS, 3, WHEN_WORKING, behave_browse, false, false},
    {"copy", "copied the customers table out of the database", DBA | ANALYST, 2, WHEN_WORKING, behave_copy, false, false},
    {"night", "looked at strangers in the night", RECORDS, 2, WHEN_WORKING, behave_night, false, false},
    {"elsewhere", "worked at a colleague's desk after hours", RECORDS, 2, WHEN_WORKING, behave_elsewhere, false, false},
    {"pull", "pulled customers in bulk by SQL", ANALYST, 2, WHEN_WORKING, behave_pull, false, false},
    {"skim", "went through all own cases in a hurry", RECORDS, 2, WHEN_WORKING, behave_skim, false, false},
    {"drift", "looked at a few more strangers every day", RECORDS, 16, WHEN_WORKING, behave_drift, false, false},
    {"borrowed", "the account was used by somebody else", RECORDS, 3, WHEN_WORKING, behave_borrowed, false, false},
    {"spread", "exported small lists one after the other for days", RECORDS, 8, WHEN_WORKING, behave_spread, false, false},
    {"trickle", "looked at a few strangers a day for weeks", RECORDS, 18, WHEN_WORKING, behave_trickle, false, false},
    {"automation", "let a second session open records at even gaps", RECORDS, 2, WHEN_WORKING, behave_automation, false, false},
    {"self-grant", "gave rights to the own account and used them", DBA, 3, WHEN_WORKING, behave_self_grant, false, false},
    {"tamper", "turned the audit log off and on again", DBA, 2, WHEN_WORKING, behave_tamper, false, false},
    {"colleagues", "searched for colleagues by name", RECORDS, 4, WHEN_WORKING, behave_colleagues, false, false},
    {"pair", "looked at the same strangers as a colleague within minutes", RECORDS, 4, WHEN_WORKING, behave_pair, true, false},
    {"leaver", "collected customers before leaving", RECORDS, 5, WHEN_WORKING, behave_leaver, false, true},
    {"weekend", "came in on a free day to look and export", RECORDS, 8, WHEN_FREE, behave_weekend, false, false},
    {"documents", "went through identity documents of own cases", RECORDS, 2, WHEN_WORKING, behave_documents, false, false},
    {"paging", "read the customers table page by page", ANALYST | DBA, 4, WHEN_WORKING, behave_paging, false, false},
    {"list", "harvested lists of search results", RECORDS, 3, WHEN_WORKING, behave_list, false, false},
    {"script", "opened records by a program of their own", RECORDS, 2, WHEN_WORKING, behave_script, false, false},
    {"staging", "copied the customers table under another name and out", ANALYST | DBA, 2, WHEN_WORKING, behave_staging, false, false},
    {"favour", "changed loan terms of people who are no case", RECORDS, 4, WHEN_WORKING, behave_favour, false, false},
    {"lurk", "stayed very long on records of strangers", RECORDS, 3, WHEN_WORKING, behave_lurk, false, false},
};
/* clang-format on */

static bool is_free(const struct employee *e, uint32_t role_bits)
{
    bool steady = e->joins == 0 && e->leaves == UINT32_MAX && e->change_day == UINT32_MAX;
    return steady && e->behaviour == 0 && !e->hot_desk && !e->lead && (role_bits >> e->role & 1);
}

/* The next employee, from a random one on, who can do it and is there all the time; NULL: nobody
 * left. */
static struct employee *find_actor(struct organisation *o, struct chance *c, uint32_t role_bits)
{
    unsigned start = chance_below(c, o->count);
    for (unsigned i = 0; i < o->count; i++) {
        struct employee *e = &o->employees[(start + i) % o->count];
        if (is_free(e, role_bits))
            return e;
    }
    return NULL;
}

/* Nobody misbehaves from the beach. */
static void stay(struct employee *e)
{
    if (e->leave_from < e->bad_to && e->leave_to > e->bad_from)
        e->leave_from = e->leave_to = 0;
}

static void begin(struct organisation *o, struct employee *e, const struct behaviour *b, unsigned k,
                  struct chance *c)
{
    unsigned days = o->options.days, room = days / 2, length = b->days < room ? b->days : room;
    unsigned which = (unsigned)(b - behaviours);
    e->behaviour = (uint8_t)(which + 1);
    e->strength = (uint8_t)(o->options.strength ? o->options.strength
                                                : 3 - (which + k / BEHAVIOUR_COUNT) % 3);
    e->bad_from = days - length - chance_below(c, days / 5);
    e->bad_to = e->bad_from + length;
    stay(e);
    while (b->when == WHEN_WORKING && e->bad_to < days && !organisation_works(o, e, e->bad_from)) {
        e->bad_from++;
        e->bad_to++;
        stay(e);
    }
    if (b->leaving && e->bad_to < days)
        e->leaves = e->bad_to;
}

static void join_in(struct organisation *o, struct employee *first, struct employee *second)
{
    second->behaviour = first->behaviour;
    second->strength = first->strength;
    second->bad_from = first->bad_from;
    second->bad_to = first->bad_to;
    stay(second);
    first->partner = (unsigned)(second - o->employees);
    second->partner = (unsigned)(first - o->employees);
}

void insiders_choose(struct organisation *o)
{
    struct chance c = chance_of(o->options.seed, 9, 9);
    unsigned wanted = o->count / 7;
    unsigned first =
        (unsigned)((o->options.seed + 3 * BEHAVIOUR_COUNT - 1) % (3 * BEHAVIOUR_COUNT));
    for (unsigned i = 0; i < wanted; i++) {
        unsigned k = i + first * wanted;
        const struct behaviour *b = &behaviours[k % BEHAVIOUR_COUNT];
        struct employee *e = find_actor(o, &c, b->roles);
        if (!e)
            continue;
        begin(o, e, b, k, &c);
        struct employee *other = b->in_pairs ? find_actor(o, &c, 1u << e->role) : NULL;
        if (other)
            join_in(o, e, other);
    }
}

void insiders_act(struct day *day, bool works)
{
    const struct employee *e = day->employee;
    if (e->behaviour == 0 || day->index < e->bad_from || day->index >= e->bad_to)
        return;
    const struct behaviour *b = &behaviours[e->behaviour - 1];
    bool free_day = calendar_free(&day->organisation->options, day->index);
    unsigned before = day->count;
    if (b->when == WHEN_FREE ? free_day : works)
        b->act(day, e->strength, day->index - e->bad_from);
    if (day->count > before)
        e->acted[day->index] = true;
}
