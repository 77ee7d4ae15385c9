/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The organisation in memory: sorted arrays, searched by halving. organisation_load.c reads them.
 */
#include "analyzer/organisation_tables.h"

#include "base/hash.h"

#include <stdlib.h>

void organisation_free(struct organisation **o)
{
    if (!*o)
        return;
    free((*o)->employees);
    free((*o)->changes);
    free((*o)->workstations);
    free((*o)->accounts);
    free((*o)->spans);
    free((*o)->days);
    free((*o)->missing);
    arena_release(&(*o)->texts);
    free(*o);
    *o = NULL;
}

size_t organisation_size(const struct organisation *o)
{
    return o->employee_count;
}

const struct employee *organisation_at(const struct organisation *o, size_t index)
{
    return &o->employees[index].employee;
}

static int id_against_row(const void *id, const void *row)
{
    return slice_compare(*(const struct slice *)id,
                         ((const struct employee_row *)row)->employee.id);
}

const struct employee *organisation_find(const struct organisation *o, struct slice id)
{
    if (o->employee_count == 0)
        return NULL;
    const struct employee_row *row =
        bsearch(&id, o->employees, o->employee_count, sizeof *o->employees, id_against_row);
    return row ? &row->employee : NULL;
}

struct post organisation_post(const struct organisation *o, const struct employee *e, int32_t day)
{
    struct post post = o->employees[e->index].post;
    for (size_t i = 0; i < o->change_count; i++) { /* few; sorted by date */
        const struct change_row *c = &o->changes[i];
        if (c->day <= day && slice_equal(c->employee, e->id))
            post = c->post;
    }
    return post;
}

enum status organisation_account(const struct organisation *o, struct slice asset,
                                 struct slice account, int32_t day, const struct employee **owner,
                                 enum entity_kind *kind)
{
    uint64_t key = hash64(account);
    size_t i = organisation_first(o->accounts, o->account_count, sizeof *o->accounts, key);
    for (; i < o->account_count && o->accounts[i].key == key; i++) {
        const struct account_row *a = &o->accounts[i];
        bool anywhere = a->asset.len == 0 || slice_equal(a->asset, SLICE("*"));
        if (day < a->first || day > a->last || !(anywhere || slice_equal(a->asset, asset)))
            continue;
        *kind = a->kind;
        *owner = a->kind == ENTITY_PERSON ? organisation_find(o, a->employee) : NULL;
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

const struct employee *organisation_owner(const struct organisation *o, struct slice address,
                                          int32_t day)
{
    uint64_t key = hash64(address);
    const struct employee *owner = NULL;
    size_t i =
        organisation_first(o->workstations, o->workstation_count, sizeof *o->workstations, key);
    for (; i < o->workstation_count && o->workstations[i].key == key; i++) {
        const struct employee *e = &o->employees[o->workstations[i].employee].employee;
        if (day < e->hired || day > e->left)
            continue;
        if (owner)
            return NULL;
        owner = e;
    }
    return owner;
}

bool organisation_alien(const struct organisation *o, struct slice address, struct slice employee,
                        struct slice *owner)
{
    uint64_t key = hash64(address);
    bool registered = false;
    size_t i =
        organisation_first(o->workstations, o->workstation_count, sizeof *o->workstations, key);
    for (; i < o->workstation_count && o->workstations[i].key == key; i++) {
        struct slice id = o->employees[o->workstations[i].employee].employee.id;
        if (slice_equal(id, employee))
            return false;
        *owner = id;
        registered = true;
    }
    return registered;
}

void organisation_spaces(const struct organisation *o,
                         void (*space)(void *context, struct slice name), void *context)
{
    for (size_t i = 0; i < o->space_count; i++)
        space(context, o->spaces[i]);
}

bool organisation_has_assignments(const struct organisation *o)
{
    return o->span_count > 0;
}

uint64_t organisation_subject_id(const uint8_t hash[16])
{
    struct reader r = reader_of(slice_make(hash, 16));
    return reader_be64(&r);
}

double organisation_relation(const struct organisation *o, struct slice employee, uint64_t subject,
                             int32_t day)
{
    if (o->span_count == 0)
        return 0;
    uint64_t key = organisation_span_key(employee, subject);
    double best = 0;
    size_t i = organisation_first(o->spans, o->span_count, sizeof *o->spans, key);
    for (; i < o->span_count && o->spans[i].key == key; i++) {
        double rel = relation(day, o->spans[i].first, o->spans[i].last);
        best = rel > best ? rel : best;
    }
    return best;
}

bool organisation_free_day(const struct organisation *o, int32_t day)
{
    for (size_t i = 0; i < o->day_count; i++)
        if (o->days[i].day == day)
            return o->days[i].free;
    return (day + 3) % 7 >= 5; /* 1970-01-01 was a Thursday */
}

void organisation_lose(struct organisation *o, int32_t day, uint32_t bits)
{
    o->lost = (struct missing_row){.day = day, .bits = bits};
}

uint32_t organisation_missing(const struct organisation *o, int32_t day)
{
    uint32_t missing = o->lost.day == day ? o->lost.bits : 0;
    for (size_t i = 0; i < o->missing_count; i++)
        if (o->missing[i].day == day)
            missing |= o->missing[i].bits;
    return missing;
}

uint64_t organisation_span_key(struct slice employee, uint64_t subject)
{
    return hash64_seeded(employee, subject);
}

size_t organisation_first(const void *rows, size_t count, size_t size, uint64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t at;
        memcpy(&at, (const uint8_t *)rows + middle * size, sizeof at); /* the key stands first */
        if (at < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
