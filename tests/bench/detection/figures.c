/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The figures.
 */
#include "figures.h"

#include "sim/calendar.h"
#include "store/records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double false_alarm_shares[SHARES] = {0.005, 0.01, 0.02, 0.05};

enum day_kind { DAY_GOOD, DAY_BAD, DAY_NEITHER };

static const struct insider *insider_of(const struct played *p, size_t person)
{
    int i = p->answers.of[person];
    return i < 0 ? NULL : &p->answers.insiders[i];
}

static enum day_kind kind_of(const struct played *p, size_t person, size_t day)
{
    const struct insider *i = insider_of(p, person);
    if (!i || (int)day < i->from)
        return DAY_GOOD;
    return answers_acted(&p->answers, person, day) ? DAY_BAD : DAY_NEITHER;
}

struct list {
    double *values;
    size_t count;
};

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sort(struct list *l)
{
    if (l->count > 1)
        qsort(l->values, l->count, sizeof *l->values, rising);
}

/* How many of the sorted values lie below x, with half of those that equal it. */
static double below(const struct list *l, double x)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->values[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    size_t equal = low;
    while (equal < l->count && l->values[equal] <= x)
        equal++;
    return (double)low + 0.5 * (double)(equal - low);
}

/* The chance that a bad one scores above a good one. */
static double auc(const struct list *good, const struct list *bad)
{
    double sum = 0;
    for (size_t i = 0; i < bad->count; i++)
        sum += below(good, bad->values[i]);
    return bad->count && good->count ? sum / (double)bad->count / (double)good->count : NAN;
}

static double threshold(const struct list *good, double share)
{
    size_t allowed = (size_t)(share * (double)good->count);
    if (allowed >= good->count)
        return 0;
    return nextafter(good->values[good->count - 1 - allowed], INFINITY);
}

static void split_days(const struct played *p, const float *score, struct list *good,
                       struct list *bad)
{
    for (size_t person = 0; person < p->people; person++)
        for (size_t day = FIRST_DAY; day < p->days; day++) {
            double x = (double)score[person * p->days + day];
            enum day_kind kind = kind_of(p, person, day);
            if (isnan(x) || kind == DAY_NEITHER)
                continue;
            struct list *l = kind == DAY_BAD ? bad : good;
            l->values[l->count++] = x;
        }
    sort(good);
    sort(bad);
}

static void split_persons(const struct played *p, const float *score, struct list *good,
                          struct list *bad)
{
    for (size_t person = 0; person < p->people; person++) {
        double best = 0;
        for (size_t day = FIRST_DAY; day < p->days; day++)
            best = fmax(best, (double)score[person * p->days + day]); /* fmax passes NAN over */
        struct list *l = insider_of(p, person) ? bad : good;
        l->values[l->count++] = best;
    }
    sort(good);
    sort(bad);
}

/* The first day of the period with the score; -1: none. */
static int first_hit(const struct played *p, const struct insider *i, const float *score,
                     double least)
{
    for (int day = i->from; day <= i->to; day++)
        if ((double)score[i->person * p->days + (size_t)day] >= least)
            return day;
    return -1;
}

static struct behaviour_found *behaviour_row(struct figures *f, const char *name)
{
    size_t i = 0;
    while (i < f->behaviour_count && strcmp(f->behaviours[i].name, name) != 0)
        i++;
    if (i == BEHAVIOURS_MAX)
        return NULL;
    if (i == f->behaviour_count)
        memcpy(f->behaviours[f->behaviour_count++].name, name, BEHAVIOUR_NAME);
    return &f->behaviours[i];
}

static void count_found(struct found *to, bool found)
{
    to->found += found;
    to->all++;
}

static void add_persons(struct figures *f, const struct played *p, const float *score,
                        const double thresholds[SHARES])
{
    for (size_t k = 0; k < p->answers.count; k++) {
        const struct insider *i = &p->answers.insiders[k];
        for (size_t share = 0; share < SHARES; share++)
            count_found(&f->persons[share], first_hit(p, i, score, thresholds[share]) >= 0);
        int day = first_hit(p, i, score, thresholds[0]);
        struct behaviour_found *row = behaviour_row(f, i->behaviour);
        count_found(&f->by_strength[i->strength], day >= 0);
        if (row)
            count_found(&row->by_strength[i->strength], day >= 0);
        f->delay += day >= 0 ? day - i->from : 0;
    }
}

void figures_add(struct figures *f, const struct played *p, const float *score)
{
    double thresholds[SHARES];
    size_t most = p->people * p->days + 1;
    struct list good = {calloc(most, sizeof(double)), 0}, bad = {calloc(most, sizeof(double)), 0};
    if (good.values && bad.values) {
        split_days(p, score, &good, &bad);
        f->runs++;
        f->day_auc += auc(&good, &bad);
        for (size_t i = 0; i < SHARES; i++) {
            thresholds[i] = threshold(&good, false_alarm_shares[i]);
            f->hits[i] += bad.count ? 1 - below(&bad, thresholds[i]) / (double)bad.count : 0;
        }
        add_persons(f, p, score, thresholds);
        good.count = bad.count = 0;
        split_persons(p, score, &good, &bad);
        f->person_auc += auc(&good, &bad);
    }
    free(good.values);
    free(bad.values);
}

static bool is_site_day(const struct sim_options *o, unsigned day)
{
    return calendar_campaign(o, day) || calendar_incident(o, day) || calendar_reloads(o, day) ||
           calendar_vip(o, day) || calendar_month_end(o, day) ||
           day == calendar_at(o, CALENDAR_migration) || day == calendar_at(o, CALENDAR_new_tool);
}

static bool alerted(const struct played *p, const struct verdicts *v, const struct insider *i)
{
    for (int day = i->from; day <= i->to; day++)
        if (v->mark[i->person * p->days + (size_t)day] != ALERT_MARK_NONE)
            return true;
    return false;
}

void alert_figures_add(struct alert_figures *f, const struct played *p, const struct verdicts *v,
                       size_t from)
{
    f->runs++;
    for (size_t day = from; day < p->days; day++) {
        bool site = is_site_day(&p->options, (unsigned)day);
        f->days++;
        f->site_days += site;
        for (size_t person = 0; person < p->people; person++) {
            bool opened = v->mark[person * p->days + day] == ALERT_MARK_OPENED &&
                          kind_of(p, person, day) == DAY_GOOD;
            f->opened += opened;
            f->opened_on_site_days += opened && site;
        }
    }
    for (size_t k = 0; k < p->answers.count; k++)
        count_found(&f->insiders[p->answers.insiders[k].strength],
                    alerted(p, v, &p->answers.insiders[k]));
}

static void print_day(const struct played *p, size_t person, size_t day)
{
    size_t at = person * p->days + day;
    const struct insider *i = insider_of(p, person);
    printf("%-10s E%04zu day %2zu D %5.1f A %5.1f ", i ? i->behaviour : "-", person + 1, day,
           (double)p->verdicts[0].score[at], (double)p->verdicts[0].alert[at]);
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (p->points[at][k] >= 0.1F)
            printf(" %s %.1f", term_code((enum term)k), (double)p->points[at][k]);
    if (i)
        printf(" (strength %u)", i->strength);
    puts("");
}

/* The days of a kind with at least this score. */
static void print_kind(const struct played *p, enum day_kind kind, double least)
{
    const float *score = p->verdicts[0].score;
    for (size_t person = 0; person < p->people; person++)
        for (size_t day = FIRST_DAY; day < p->days; day++)
            if (kind_of(p, person, day) == kind && (double)score[person * p->days + day] >= least)
                print_day(p, person, day);
}

void figures_print_days(const struct played *p, size_t most)
{
    size_t cells = p->people * p->days + 1;
    struct list good = {calloc(cells, sizeof(double)), 0}, bad = {calloc(cells, sizeof(double)), 0};
    if (good.values && bad.values) {
        split_days(p, p->verdicts[0].score, &good, &bad);
        puts("bad days");
        print_kind(p, DAY_BAD, 0);
        puts("good days");
        print_kind(p, DAY_GOOD, threshold(&good, (double)most / (double)good.count));
    }
    free(good.values);
    free(bad.values);
}

struct ranked {
    size_t person;
    float risk;
};

static int by_risk(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->risk < y->risk || x->risk > y->risk)
        return x->risk < y->risk ? 1 : -1;
    return (x->person > y->person) - (x->person < y->person);
}

/* Ranks on day `of` (`day` or the one before) among those who were there on both. */
static size_t rank(const struct played *p, const struct verdicts *v, size_t day, size_t of,
                   size_t *ranks, struct ranked *list)
{
    size_t n = 0;
    for (size_t person = 0; person < p->people; person++) {
        const float *risk = &v->risk[person * p->days];
        if (!isnan(risk[day]) && !isnan(risk[day - 1]))
            list[n++] = (struct ranked){person, risk[of]};
    }
    qsort(list, n, sizeof *list, by_risk);
    for (size_t i = 0; i < n; i++)
        ranks[list[i].person] = i;
    return n;
}

void stability_add(struct stability *s, const struct played *p, const struct verdicts *v)
{
    size_t *today = calloc(p->people, sizeof *today), *before = calloc(p->people, sizeof *before);
    struct ranked *list = calloc(p->people, sizeof *list);
    for (size_t day = FIRST_DAY; today && before && list && day < p->days; day++) {
        size_t n = rank(p, v, day, day - 1, before, list);
        rank(p, v, day, day, today, list);
        for (size_t i = 0; i < n; i++) {
            size_t person = list[i].person;
            bool rose = (double)before[person] - (double)today[person] > 0.3 * (double)n;
            s->person_days++;
            s->moved += rose;
            s->unexplained += rose && v->named[person * p->days + day] == 0;
        }
    }
    free(today);
    free(before);
    free(list);
}
