/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Closed days that are not what they were: events came late, or somebody gave a verdict. Done
 * before the next day is closed (docs/scoring.md, sections 6 and 8).
 *
 * Learning again: the model goes back to what it was before the earliest of these days, and that
 * day and all after it are closed once more from the archive, with all that is known now. Late
 * events that are few change the score of their day alone.
 */
#include "analyzer/engine_state.h"

#include "base/log.h"
#include "store/verdict_list.h"

#include <stdlib.h>

enum { REVISE_ARENA = 64 << 20, LATE_PERCENT = 5 };

struct waiting_day {
    struct slice employee;
    int32_t day;
    bool again; /* so much came late that it is learnt again */
};

/* What is to be done. */
struct revision {
    struct engine *g;
    struct arena arena;
    struct store_verdict *verdicts;
    size_t verdict_count, verdict_capacity;
    struct waiting_day *late;
    size_t late_count, late_capacity;
    int32_t first; /* kept day */
    int32_t from;  /* the earliest day to be learnt again; INT32_MAX: none */
    enum status status;
};

static void *grow(struct revision *r, void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    size_t more = *capacity ? *capacity * 2 : 16;
    void *bigger = realloc(list, more * size);
    if (bigger)
        *capacity = more;
    else
        r->status = STATUS_NO_MEMORY;
    return bigger ? bigger : list;
}

static bool note_verdict(void *context, const struct store_verdict *v)
{
    struct revision *r = context;
    if (v->done || v->day > r->g->status.last_closed_day)
        return true;
    r->verdicts = grow(r, r->verdicts, r->verdict_count, &r->verdict_capacity, sizeof *v);
    if (r->status != STATUS_OK)
        return false;
    struct store_verdict *to = &r->verdicts[r->verdict_count++];
    *to = *v;
    to->employee = arena_copy(&r->arena, v->employee);
    to->who = arena_copy(&r->arena, v->who);
    to->reason = arena_copy(&r->arena, v->reason);
    if (v->day >= r->first && v->day < r->from)
        r->from = v->day;
    return true;
}

static bool note_late(void *context, const struct store_day *d)
{
    struct revision *r = context;
    if (!d->late || d->revised & REVISED_LATE)
        return true;
    r->late = grow(r, r->late, r->late_count, &r->late_capacity, sizeof *r->late);
    if (r->status != STATUS_OK)
        return false;
    uint64_t all = d->measures.events + d->measures.late_events;
    struct waiting_day *w = &r->late[r->late_count++];
    *w = (struct waiting_day){arena_copy(&r->arena, d->employee), d->day,
                              d->measures.late_events * 100 > all * LATE_PERCENT};
    if (w->again && w->day < r->from)
        r->from = w->day;
    return true;
}

static enum status look_for_work(struct revision *r)
{
    struct engine *g = r->g;
    r->from = INT32_MAX;
    if (!store_first_kept_day(g->past, &r->first))
        r->first = INT32_MAX;
    enum status status = store_verdicts(g->past, note_verdict, r);
    if (status == STATUS_OK && r->first <= g->status.last_closed_day)
        status = store_days(g->past, r->first, g->status.last_closed_day, note_late, r);
    return status == STATUS_OK ? r->status : status;
}

static enum status load_record(void *context, struct slice key, struct slice value)
{
    return model_load(context, key, value);
}

static struct model *empty_model(struct engine *g)
{
    struct model *m = model_new(g->organisation, g->budget);
    if (!m)
        return NULL;
    model_set_judge(m, judgement_of, &g->judgement);
    model_extend(m, g->extended);
    return m;
}

static enum status load_again(struct engine *g)
{
    model_free(&g->model);
    g->model = empty_model(g);
    return g->model ? store_load_model(g->store, load_record, g->model) : STATUS_NO_MEMORY;
}

static struct fold_source source_of(struct engine *g)
{
    return (struct fold_source){g->past, g->organisation, g->assets, &g->zone};
}

static enum status close_again(struct engine *g, int32_t day)
{
    struct day_book book = {0};
    struct day_page *page;
    struct fold_source source = source_of(g);
    enum status status = fold_archived(&source, &book, day, &page);
    if (status == STATUS_OK)
        status = engine_close_again(g, page);
    day_book_release(&book);
    return status;
}

/* Goes on where a kill may have stopped it: each day is one commit. */
static enum status learn_on(struct engine *g)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && g->status.relearn_day <= g->status.last_closed_day) {
        status = close_again(g, g->status.relearn_day);
        g->status.relearn_day++;
        if (status == STATUS_OK)
            status = engine_write(g);
    }
    g->status.relearn_day = INT32_MAX;
    return status == STATUS_OK ? engine_write(g) : status;
}

static enum status learn_again(struct engine *g, int32_t from)
{
    g->status.relearn_day = from;
    store_roll_back(g->store, from);
    enum status status = engine_write(g);
    if (status == STATUS_OK)
        status = load_again(g);
    return status == STATUS_OK ? learn_on(g) : status;
}

enum status engine_resume_learning(struct engine *g)
{
    return g->closed_any && g->status.relearn_day != INT32_MAX ? learn_on(g) : STATUS_OK;
}

/* The late days of one day that are scored again and not learnt again. */
static enum status score_late(struct revision *r, int32_t day)
{
    struct engine *g = r->g;
    struct day_book book = {0};
    struct day_page *page;
    struct fold_source source = source_of(g);
    struct model *m = empty_model(g);
    enum status status = m ? store_model_before(g->past, day, load_record, m) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = fold_archived(&source, &book, day, &page);
    if (status == STATUS_OK)
        status = engine_look_again(g, m, page);
    day_book_release(&book);
    model_free(&m);
    return status == STATUS_OK ? engine_write(g) : status;
}

static enum status score_all_late(struct revision *r)
{
    enum status status = STATUS_OK;
    int32_t done = INT32_MIN; /* they come by day */
    for (size_t i = 0; status == STATUS_OK && i < r->late_count; i++) {
        int32_t day = r->late[i].day;
        if (day == done || day >= r->from)
            continue;
        status = score_late(r, day);
        done = day;
    }
    return status;
}

static double weight_of(struct revision *r, const struct store_verdict *v)
{
    struct store_day day;
    return store_load_day(r->g->store, v->employee, v->day, &r->arena, &day) ? day.weight : 0;
}

static void end_verdicts(struct revision *r)
{
    for (size_t i = 0; i < r->verdict_count; i++) {
        struct store_verdict *v = &r->verdicts[i];
        v->done = true;
        v->weight_after = weight_of(r, v);
        v->days_again =
            v->day >= r->first ? (uint32_t)(r->g->status.last_closed_day - v->day) + 1 : 0;
        store_put_verdict(r->g->store, v);
    }
}

enum status engine_revise(struct engine *g)
{
    struct revision r = {.g = g};
    if (!g->closed_any)
        return STATUS_OK;
    arena_init(&r.arena, REVISE_ARENA);
    enum status status = look_for_work(&r);
    for (size_t i = 0; i < r.verdict_count; i++)
        r.verdicts[i].weight_before = weight_of(&r, &r.verdicts[i]);
    if (status == STATUS_OK && r.from != INT32_MAX)
        status = learn_again(g, r.from);
    if (status == STATUS_OK && r.late_count > 0)
        status = score_all_late(&r);
    if (status == STATUS_OK)
        end_verdicts(&r);
    arena_release(&r.arena);
    free(r.verdicts);
    free(r.late);
    return status == STATUS_OK ? engine_write(g) : status;
}

/* The person's row names the open alert. */
static void tell_person(struct engine *g, struct slice employee)
{
    struct arena arena;
    struct store_person person;
    arena_init(&arena, 1 << 16);
    if (store_load_person(g->store, employee, &arena, &person)) {
        person.open_alert = alerts_open(&g->alerts, employee);
        store_put_person(g->store, &person);
    }
    arena_release(&arena);
}

static bool take_verdict(void *context, const struct store_verdict *given)
{
    struct engine *g = context;
    struct store_verdict v = *given;
    if (v.sequence <= g->last_verdict)
        return true;
    g->last_verdict = v.sequence;
    v.done = !g->closed_any; /* nothing was learnt yet */
    v.alert = alerts_judge(&g->alerts, &v);
    tell_person(g, v.employee);
    if (judgement_add(&g->judgement, &v) != STATUS_OK)
        log_warning("a verdict on %.*s could not be kept in memory: it counts after a restart",
                    (int)v.employee.len, (const char *)v.employee.ptr);
    store_put_verdict(g->store, &v);
    return true;
}

enum status engine_take_verdicts(struct engine *g)
{
    enum status status = verdict_list_read(g->state_dir, &g->verdict_place, take_verdict, g);
    if (status == STATUS_OK || g->verdicts_broken)
        return STATUS_OK;
    g->verdicts_broken = true;
    log_error("%s/desk/verdicts: line %llu: %s: verdicts behind it are not taken: restore the file",
              g->state_dir, (unsigned long long)g->verdict_place.sequence + 1, status_text(status));
    return STATUS_OK;
}

static bool load_verdict(void *context, const struct store_verdict *v)
{
    struct engine *g = context;
    g->last_verdict = v->sequence;
    return judgement_add(&g->judgement, v) == STATUS_OK;
}

enum status engine_load_verdicts(struct engine *g)
{
    return store_load_verdicts(g->store, load_verdict, g);
}
