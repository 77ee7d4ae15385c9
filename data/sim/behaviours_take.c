/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Carrying data away, and what prepares or hides it. Numbers in tables are by strength.
 */
#include "sim/behaviours.h"

#include "sim/work.h"

static unsigned about(struct day *day, unsigned rows)
{
    return rows + chance_below(&day->chance, rows);
}

void behave_export(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 400, 3000, 20000};
    (void)since;
    for (unsigned i = 0; i < strength; i++)
        day_rows(day, ACT_EXPORT, (14 + i * 0.7) * 3600 + chance_below(&day->chance, 900),
                 about(day, rows[strength]));
}

void behave_copy(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 2000, 8000, 20000};
    if (since == 0 && strength > 1)
        day_act(day, ACT_SQL_GRANT, 18.4 * 3600);
    day_rows(day, ACT_SQL_COPY, 18.5 * 3600 + chance_below(&day->chance, 600), rows[strength]);
}

void behave_pull(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 300, 2500, 15000};
    (void)since;
    for (unsigned i = 0; i <= strength; i++)
        day_rows(day, ACT_SQL_ALL, (15 + i * 0.4) * 3600 + chance_below(&day->chance, 900),
                 about(day, rows[strength]));
}

/* One list after the other, none larger than usual, for days. */
void behave_spread(struct day *day, unsigned strength, unsigned since)
{
    (void)since;
    for (unsigned i = 0; i < strength; i++)
        day_rows(day, ACT_EXPORT, day_between(day, 9.5 * 3600, 17 * 3600),
                 40 + chance_below(&day->chance, 60));
}

/* Page by page, so that no statement returns much. */
void behave_paging(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned pages[] = {0, 8, 30, 120};
    (void)since;
    double second = day_between(day, 11 * 3600, 14 * 3600);
    for (unsigned i = 0; i < pages[strength]; i++, second += 4 + chance_below(&day->chance, 9))
        day_rows(day, ACT_SQL_PAGE, second, 50);
}

/* Names and numbers from lists of hits; no record is ever opened. */
void behave_list(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned searches[] = {0, 25, 60, 150};
    (void)since;
    double second = day_between(day, 9.5 * 3600, 13 * 3600);
    for (unsigned i = 0; i < searches[strength]; i++, second += 6 + chance_below(&day->chance, 20))
        day_rows(day, ACT_SEARCH, second, 12);
}

/* The last days: what could be of use at the next employer. */
void behave_leaver(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 10, 25, 50}, rows[] = {0, 120, 600, 3000};
    for (unsigned i = 0; i < looks[strength]; i++)
        behave_look(day, i % 2 ? day_busy(day) : day_case(day), 9.5 * 3600, 17 * 3600);
    if (since % 2 == 0)
        day_rows(day, ACT_EXPORT, day_between(day, 15 * 3600, 17 * 3600),
                 about(day, rows[strength]));
}

/* Comes in when nobody is there. */
void behave_weekend(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 6, 15, 40}, rows[] = {0, 80, 400, 3000};
    (void)since;
    double second = day_login(day, day_between(day, 10 * 3600, 15 * 3600));
    for (unsigned i = 0; i < looks[strength]; i++)
        second = day_view(day, day_stranger(day), second, 20 + chance_below(&day->chance, 60)) + 10;
    day_rows(day, ACT_EXPORT, second, about(day, rows[strength]));
    day_act(day, ACT_LOGOUT, second + 30);
}

/* A copy under a harmless name, which then leaves. */
void behave_staging(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 1500, 8000, 40000};
    (void)since;
    double second = day_between(day, 16 * 3600, 17.5 * 3600);
    day_rows(day, ACT_SQL_STAGE, second, 0);
    day_rows(day, ACT_SQL_STAGED, second + 60, rows[strength]);
    if (strength < 3)
        day_rows(day, ACT_SQL_UNSTAGE, second + 120, 0);
}

/* A second session opens records at even gaps while its owner works on in the first. */
void behave_automation(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 20, 50, 120}, gap[] = {0, 120, 60, 20};
    unsigned first = day->session;
    (void)since;
    double second = day_login(day, day_between(day, 10 * 3600, 11 * 3600));
    for (unsigned i = 0; i < looks[strength]; i++, second += gap[strength])
        day_record(day, ACT_VIEW, second, i % 2 ? day_busy(day) : day_stranger(day));
    day->session = first;
}

/* The same by a program of his own. */
void behave_script(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 8, 25, 80};
    (void)since;
    day->program = PROGRAM_SCRIPT;
    double second = day_login(day, day_between(day, 13 * 3600, 15 * 3600));
    for (unsigned i = 0; i < looks[strength]; i++, second += 5 + chance_below(&day->chance, 5))
        day_record(day, ACT_VIEW, second, i % 3 ? day_case(day) : day_busy(day));
    day->program = PROGRAM_USUAL;
}

/* Rights for oneself, then a look at what they open. */
void behave_self_grant(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned looks[] = {0, 3, 10, 40};
    double second = day_between(day, 14 * 3600, 17 * 3600);
    if (since == 0 || strength == 3)
        day_act(day, ACT_SQL_GRANT_SELF, second);
    for (unsigned i = 0; i < looks[strength]; i++) {
        second += 20 + chance_below(&day->chance, 40);
        day_record(day, ACT_SQL_ONE, second, day_stranger(day));
    }
}

/* The log is turned off for the time of it. */
void behave_tamper(struct day *day, unsigned strength, unsigned since)
{
    static const unsigned rows[] = {0, 100, 1000, 8000};
    (void)since;
    double second = day_between(day, 16 * 3600, 18 * 3600);
    day_act(day, strength > 1 ? ACT_SQL_AUDIT_OFF : ACT_SQL_LOG_OFF, second);
    day_rows(day, ACT_SQL_ALL, second + 60, about(day, rows[strength]));
    day_act(day, strength > 1 ? ACT_SQL_AUDIT_OFF : ACT_SQL_LOG_OFF, second + 120);
}
