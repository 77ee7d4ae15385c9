/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The relation inferred from colleagues.
 */
#include "analyzer/openings.h"

#define IN_WORK 0.8 /* not 1: nobody has said that it is this person's work */

/* Day and person in one exact double: days since 1970 below 2^24, persons below 2^24. */
static double packed(uint32_t person, int32_t day)
{
    return (double)day * 0x1p24 + person;
}

static uint32_t person_of(double value)
{
    return (uint32_t)((uint64_t)value & 0xffffff);
}

static int32_t day_of(double value)
{
    return (int32_t)((uint64_t)value >> 24);
}

void openings_init(struct openings *o)
{
    table_init(&o->last, OPENINGS_MAX);
    table_init(&o->other, OPENINGS_MAX);
    table_init(&o->today, OPENINGS_MAX);
}

void openings_release(struct openings *o)
{
    table_release(&o->last);
    table_release(&o->other);
    table_release(&o->today);
}

void openings_begin(struct openings *o)
{
    table_clear(&o->today);
}

void openings_count(struct openings *o, const struct day_record *record)
{
    for (size_t i = 0; i < record->subject_count; i++) {
        double *persons = table_put(&o->today, record->subjects[i].subject.id);
        if (persons)
            ++*persons;
    }
}

double openings_relation(const struct openings *o, uint64_t subject, uint32_t person, int32_t day)
{
    double opened = table_value(&o->last, subject);
    if (opened > 0 && person_of(opened) == person)
        opened = table_value(&o->other, subject);
    if (opened > 0 && day - day_of(opened) <= OPENINGS_DAYS)
        return IN_WORK;
    return table_value(&o->today, subject) > OPENINGS_TODAY ? IN_WORK : 0;
}

static void drop_old(struct table *t, int32_t day)
{
    struct table kept;
    table_init(&kept, t->max);
    for (size_t i = 0; i < t->capacity; i++) {
        const struct table_entry *e = &t->entries[i];
        double *value =
            e->used && day - day_of(e->value) <= OPENINGS_DAYS ? table_put(&kept, e->key) : NULL;
        if (value)
            *value = e->value;
    }
    table_release(t);
    *t = kept;
}

void openings_learn(struct openings *o, uint64_t subject, uint32_t person, int32_t day)
{
    double *last = table_put(&o->last, subject);
    if (!last && o->swept != day) { /* once a day at most */
        o->swept = day;
        drop_old(&o->last, day);
        drop_old(&o->other, day);
        last = table_put(&o->last, subject);
    }
    if (!last)
        return;
    if (*last > 0 && person_of(*last) != person) {
        double *other = table_put(&o->other, subject);
        if (other)
            *other = *last;
    }
    *last = packed(person, day);
}

void openings_save(const struct openings *o, struct buffer *to)
{
    table_save(&o->last, to);
    table_save(&o->other, to);
}

bool openings_load(struct openings *o, struct reader *from)
{
    return table_load(&o->last, from) && table_load(&o->other, from);
}
