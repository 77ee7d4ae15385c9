/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which events a term rests on: one row a term says how strongly an event counts towards it.
 */
#include "analyzer/evidence.h"

#include <math.h>

static const double class_weights[EVENT_CLASSES] = {0, 0.3, 1, 3}; /* of term rows */

static const struct day_subject *subject_of(const struct person_day *d,
                                            const struct model_subject *s, double *relation)
{
    const double *at = table_get(&d->record->subject_index, s->id);
    if (!at)
        return NULL;
    *relation = d->relation[(size_t)*at];
    return &d->record->subjects[(size_t)*at];
}

/* The subject of the event that is least an own one, below a relation. */
static double strange_subject(const struct person_day *d, const struct model_event *e, double below,
                              bool numbered, bool visits)
{
    double strongest = 0;
    for (size_t i = 0; !(e->flags & MODEL_ERROR) && i < e->subject_count; i++) {
        double relation = 1;
        const struct day_subject *s = subject_of(d, &e->subjects[i], &relation);
        if (!s || relation >= below || (numbered && !s->subject.has_number))
            continue;
        strongest = fmax(strongest, (1 - relation) * (visits ? s->visits : 1));
    }
    return strongest;
}

static double by_subject(const struct person_day *d, const struct model_event *e)
{
    return strange_subject(d, e, 1, false, false);
}

static double by_visits(const struct person_day *d, const struct model_event *e)
{
    return strange_subject(d, e, 0.9, false, true);
}

static double by_number(const struct person_day *d, const struct model_event *e)
{
    return strange_subject(d, e, 0.3, true, false);
}

static double by_class(const struct person_day *d, const struct model_event *e)
{
    (void)d;
    return e->class == 3 && !(e->flags & MODEL_ERROR);
}

static double by_export(const struct person_day *d, const struct model_event *e)
{
    (void)d;
    return e->exports && !(e->flags & MODEL_ERROR);
}

static double by_rows(const struct person_day *d, const struct model_event *e)
{
    (void)d;
    double sum = 0;
    for (size_t i = 0; !(e->flags & MODEL_ERROR) && i < EVENT_CLASSES; i++)
        sum += class_weights[i] * e->rows[i];
    return sum;
}

static double by_hour(const struct person_day *d, const struct model_event *e)
{
    return fabs(floor(e->seconds / 3600) - d->findings[TERM_hours].observed) < 0.5;
}

static double by_view(const struct person_day *d, const struct model_event *e)
{
    (void)d;
    return e->view && e->subject_count > 0 && !(e->flags & MODEL_ERROR);
}

/* The most telling of the new items that the event uses. */
static double by_news(const struct person_day *d, const struct model_event *e)
{
    char text[DAY_TOKEN_TEXT_MAX], program[DAY_PROGRAM_TEXT_MAX];
    double strongest = 0;
    const struct slice used[ITEM_KINDS] = {[ITEM_TOKEN] = day_token_text(e, text, sizeof text),
                                           [ITEM_PROGRAM] = day_program_text(e->program, program),
                                           [ITEM_ADDRESS] = e->client,
                                           [ITEM_SHAPE] = e->shape};
    for (size_t i = 0; i < d->fresh_count; i++) {
        const struct fresh_item *f = &d->fresh[i];
        struct slice item = d->record->items[f->kind].list[f->index].text;
        if (slice_equal(used[f->kind], item))
            strongest = fmax(strongest, fmax(f->value, 1e-9));
    }
    return strongest;
}

static double by_workstation(const struct person_day *d, const struct model_event *e)
{
    struct slice owner;
    return organisation_alien(d->organisation, e->client, d->employee, &owner);
}

static double by_session(const struct person_day *d, const struct model_event *e)
{
    (void)d;
    return e->session.len > 0;
}

static double (*const strengths[TERM_COUNT])(const struct person_day *,
                                             const struct model_event *) = {
    [TERM_undist] = by_subject, [TERM_share] = by_subject,     [TERM_idc] = by_class,
    [TERM_exp] = by_export,     [TERM_rows] = by_rows,         [TERM_hours] = by_hour,
    [TERM_dwell] = by_view,     [TERM_regular] = by_view,      [TERM_novel] = by_news,
    [TERM_newpeer] = by_news,   [TERM_alien] = by_workstation, [TERM_inter] = by_session,
    [TERM_snoop] = by_visits,   [TERM_enum] = by_number,
};

bool evidence_has_events(enum term term)
{
    return strengths[term] != NULL;
}

struct finding_events {
    struct evidence *evidence;
    const struct person_day *day;
};

static void keep(struct evidence_list *list, const struct store_event *stored, double strength)
{
    size_t at = list->kept;
    list->all++;
    while (at > 0 && list->events[at - 1].strength < strength)
        at--;
    if (at == EVIDENCE_MAX)
        return;
    list->kept += list->kept < EVIDENCE_MAX;
    for (size_t i = list->kept - 1; i > at; i--)
        list->events[i] = list->events[i - 1];
    struct evidence_event *e = &list->events[at];
    *e = (struct evidence_event){.time_ns = stored->event.time_ns,
                                 .action = stored->event.action,
                                 .sequence = stored->sequence,
                                 .strength = strength};
    slice_copy_text(stored->sensor, e->sensor, sizeof e->sensor);
    if (stored->event.object_count > 0)
        slice_copy_text(stored->event.objects[0].name, e->object, sizeof e->object);
}

static void weigh(void *context, const struct store_event *stored, const struct translation *t)
{
    struct finding_events *f = context;
    for (size_t k = 0; k < TERM_COUNT; k++) {
        double strength =
            strengths[k] && f->day->findings[k].raw > 0 ? strengths[k](f->day, &t->event) : 0;
        if (strength > 0)
            keep(&f->evidence->terms[k], stored, strength);
    }
}

enum status evidence_find(struct evidence *evidence, const struct fold_source *from,
                          const struct person_day *day)
{
    struct finding_events f = {evidence, day};
    *evidence = (struct evidence){0};
    return fold_each(from, day->day, day->employee, weigh, &f);
}
