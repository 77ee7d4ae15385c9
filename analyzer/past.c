/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The model as of a day, and the day out of the archive.
 */
#include "analyzer/past.h"

#include "analyzer/day_row.h"

#include <stdlib.h>

static bool take_verdict(void *context, const struct store_verdict *v)
{
    struct past *p = context;
    return judgement_add(&p->judgement, v) == STATUS_OK;
}

enum status past_open(struct past *p, struct store_reader *reader, const struct settings *settings,
                      const struct assets *assets, const struct event_site_key *site_key,
                      struct fault *fault)
{
    *p = (struct past){.reader = reader, .settings = settings, .assets = assets};
    enum status status = zone_load(&p->zone, settings->site_timezone, fault);
    if (status == STATUS_OK)
        status = organisation_load(&p->organisation, settings->directory, site_key, fault);
    if (status != STATUS_OK)
        return status;
    status = judgement_init(&p->judgement);
    if (status == STATUS_OK)
        status = store_verdicts(reader, take_verdict, p);
    if (status != STATUS_OK)
        fault_set(fault, "", 0, 0, "state: verdicts: %s", status_text(status));
    return status;
}

void past_close(struct past *p)
{
    judgement_release(&p->judgement);
    organisation_free(&p->organisation);
}

static enum status load_record(void *context, struct slice key, struct slice value)
{
    return model_load(context, key, value);
}

enum status past_model(struct past *p, int32_t day, struct model **model)
{
    int32_t first;
    *model = NULL;
    if (!store_first_kept_day(p->reader, &first) || day < first)
        return STATUS_NOT_FOUND;
    *model = model_new(p->organisation, p->settings->analyzer_alert_budget);
    if (!*model)
        return STATUS_NO_MEMORY;
    model_set_judge(*model, judgement_of, &p->judgement);
    model_extend(*model, p->settings->analyzer_model == 0);
    return store_model_before(p->reader, day, load_record, *model);
}

enum status past_score(struct past *p, struct model *model, int32_t day, bool learns,
                       model_visit *visit, void *context)
{
    struct day_book book = {0};
    struct day_page *page;
    struct model_input *inputs = NULL;
    size_t count = 0;
    struct fold_source source = {p->reader, p->organisation, p->assets, &p->zone};
    enum status status = fold_archived(&source, &book, day, &page);
    if (status == STATUS_OK && !(inputs = day_page_inputs(page, &count)))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = (learns ? model_close : model_look)(model, day, inputs, count, visit, context);
    free(inputs);
    day_book_release(&book);
    return status;
}

struct recomputing {
    struct past *past;
    struct slice employee;
    struct arena *arena;
    struct store_day *row;
    struct evidence *evidence;
    bool found;
    enum status status;
};

/* The row outlives the scoring. */
static void keep_row(struct recomputing *r, const struct model_score *score)
{
    day_row(score, false, r->row);
    r->row->employee = arena_copy(r->arena, r->row->employee);
    r->row->group = arena_copy(r->arena, r->row->group);
    for (size_t k = 0; k < TERM_COUNT; k++)
        for (size_t i = 0; i < LANGUAGE_COUNT; i++)
            r->row->terms[k].sentence[i] = arena_copy(r->arena, r->row->terms[k].sentence[i]);
}

static void take_score(void *context, const struct model_score *score)
{
    struct recomputing *r = context;
    struct past *p = r->past;
    struct fold_source source = {p->reader, p->organisation, p->assets, &p->zone};
    if (!slice_equal(score->day->employee, r->employee))
        return;
    r->found = true;
    keep_row(r, score);
    if (r->evidence)
        r->status = evidence_find(r->evidence, &source, score->day);
}

enum status past_recompute(struct past *p, struct slice employee, int32_t day, struct arena *arena,
                           struct store_day *row, struct evidence *evidence)
{
    struct model *model;
    struct recomputing r = {
        .past = p, .employee = employee, .arena = arena, .row = row, .evidence = evidence};
    enum status status = past_model(p, day, &model);
    if (status == STATUS_OK)
        status = past_score(p, model, day, false, take_score, &r);
    model_free(&model);
    if (status == STATUS_OK)
        status = r.found ? r.status : STATUS_NOT_FOUND;
    return status;
}
