/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * From simulated events to scores.
 */
#include "play.h"

#include "analyzer/day_book.h"
#include "analyzer/translate.h"
#include "event/json.h"
#include "event/site_key.h"
#include "plain_score.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ZONE_S = 8 * 3600, DAY_S = 86400 };

struct player {
    struct played *to;
    char folder[64];
    struct assets *assets;
    struct organisation *organisation;
    struct event_site_key key;
    struct model *models[VARIANTS_MAX];
    const struct variant *variants;
    struct plain_history *histories;
    struct day_book book;
    struct translation translation;
    struct arena arena;
    size_t current; /* variant that is scoring */
};

static float *filled(size_t n)
{
    float *values = malloc((n + 1) * sizeof *values);
    for (size_t i = 0; values && i < n; i++)
        values[i] = NAN;
    return values;
}

static bool make_verdicts(struct played *p, size_t count)
{
    size_t n = p->people * p->days;
    p->variant_count = count;
    p->verdicts = calloc(count, sizeof *p->verdicts);
    p->plain = filled(n);
    p->points = calloc(n + 1, sizeof *p->points);
    bool made = p->verdicts && p->plain && p->points;
    for (size_t i = 0; made && i < count; i++) {
        struct verdicts *v = &p->verdicts[i];
        *v = (struct verdicts){filled(n),
                               filled(n),
                               filled(n),
                               calloc(n + 1, sizeof *v->mark),
                               calloc(n + 1, sizeof *v->named),
                               0};
        made = v->score && v->risk && v->alert && v->mark && v->named;
    }
    return made;
}

/* The directory is there before the first event. */
static enum status open_site(struct player *p)
{
    struct fault fault;
    char path[160];
    struct played *to = p->to;
    snprintf(path, sizeof path, "%s/site.key", p->folder);
    enum status status = site_key_read(path, &p->key);
    snprintf(path, sizeof path, "%s/directory/assets.yaml", p->folder);
    if (status == STATUS_OK)
        status = assets_load(&p->assets, path, &fault);
    snprintf(path, sizeof path, "%s/directory", p->folder);
    if (status == STATUS_OK)
        status = organisation_load(&p->organisation, path, &p->key, &fault);
    if (status != STATUS_OK)
        return status;
    to->people = organisation_size(p->organisation);
    p->histories = calloc(to->people, sizeof *p->histories);
    if (!p->histories || !make_verdicts(to, to->variant_count))
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < to->variant_count; i++) {
        p->models[i] = model_new(p->organisation, p->variants[i].budget);
        if (!p->models[i])
            return STATUS_NO_MEMORY;
        model_extend(p->models[i], !p->variants[i].specification);
        model_leave_out(p->models[i], p->variants[i].left_out);
    }
    return STATUS_OK;
}

static void keep(void *context, const struct model_score *score)
{
    struct player *p = context;
    struct played *to = p->to;
    struct verdicts *v = &to->verdicts[p->current];
    const struct person_day *d = score->day;
    const struct employee *e = organisation_find(p->organisation, d->employee);
    int64_t day = d->day - to->options.first_day;
    if (!e || day < 0 || (size_t)day >= to->days)
        return;
    size_t at = e->index * to->days + (size_t)day;
    v->score[at] = (float)d->score;
    v->risk[at] = (float)d->risk;
    v->alert[at] = (float)d->alert_value;
    v->mark[at] = (uint8_t)score->mark;
    for (size_t k = 0; k < TERM_COUNT; k++)
        v->named[at] |= d->points[k] > 0 && term_in_sum((enum term)k) ? 1u << k : 0;
    if (p->current > 0)
        return;
    to->plain[at] = (float)plain_score(&p->histories[e->index], d->record);
    for (size_t k = 0; k < TERM_COUNT; k++)
        to->points[at][k] = term_in_sum((enum term)k) ? (float)d->points[k] : 0;
}

static enum status close_day(struct player *p, struct day_page *page)
{
    size_t count;
    struct model_input *inputs = day_page_inputs(page, &count);
    enum status status = inputs ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < p->to->variant_count; i++) {
        p->current = i;
        status = model_close(p->models[i], page->day, inputs, count, keep, p);
        p->to->verdicts[i].theta = model_theta(p->models[i]);
    }
    free(inputs);
    day_page_release(page);
    return status;
}

static enum status close_before(struct player *p, int32_t day)
{
    enum status status = STATUS_OK;
    struct day_page *page;
    while (status == STATUS_OK && (page = day_book_first(&p->book)) != NULL && page->day < day)
        status = close_day(p, page);
    return status;
}

static enum status take(void *context, struct slice line)
{
    struct player *p = context;
    struct event e;
    struct resolved who;
    enum status status = p->organisation ? STATUS_OK : open_site(p);
    if (status != STATUS_OK)
        return status;
    struct event_json_input input = {.site_key = &p->key};
    arena_reset(&p->arena);
    status = event_from_json(&input, line, &e, &p->arena);
    int64_t local = e.time_ns / 1000000000 + ZONE_S;
    int32_t day = (int32_t)(local / DAY_S);
    if (status == STATUS_OK)
        status = close_before(p, day);
    if (status != STATUS_OK)
        return status;
    resolve(&who, p->organisation, p->assets, NULL, &e, day);
    struct day_page *page = day_book_page(&p->book, day, true);
    struct day_entry *entry = page ? day_page_entry(page, who.employee, who.kind) : NULL;
    if (!entry)
        return STATUS_NO_MEMORY;
    double seconds = (double)(local % DAY_S) + (double)(e.time_ns % 1000000000) / 1e9;
    translate(&p->translation, &e, &who, p->assets, seconds);
    day_record_add(&entry->record, &p->translation.event);
    p->to->events++;
    return STATUS_OK;
}

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
    (void)stat;
    (void)kind;
    (void)walk;
    return remove(path);
}

enum status play(struct played *to, const struct sim_options *options,
                 const struct variant *variants, size_t count)
{
    struct fault fault = {""};
    struct player *p = calloc(1, sizeof *p);
    *to = (struct played){.options = *options, .days = options->days, .variant_count = count};
    if (!p)
        return STATUS_NO_MEMORY;
    *p = (struct player){.to = to, .folder = "/tmp/dwell-detection-XXXXXX", .variants = variants};
    arena_init(&p->arena, 64 << 20);
    enum status status = mkdtemp(p->folder) ? STATUS_OK : STATUS_IO;
    if (status == STATUS_OK)
        status = sim_play(options, p->folder, take, p, NULL, NULL, &fault);
    if (status == STATUS_OK)
        status = close_before(p, INT32_MAX);
    if (status == STATUS_OK)
        status = answers_read(&to->answers, p->folder, p->organisation, options->first_day,
                              options->days);
    nftw(p->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < count; i++)
        model_free(&p->models[i]);
    day_book_release(&p->book);
    assets_free(&p->assets);
    organisation_free(&p->organisation);
    arena_release(&p->arena);
    free(p->histories);
    free(p);
    return status;
}

void played_release(struct played *p)
{
    for (size_t i = 0; p->verdicts && i < p->variant_count; i++) {
        free(p->verdicts[i].score);
        free(p->verdicts[i].risk);
        free(p->verdicts[i].alert);
        free(p->verdicts[i].mark);
        free(p->verdicts[i].named);
    }
    free(p->verdicts);
    free(p->plain);
    free(p->points);
    answers_release(&p->answers);
}
