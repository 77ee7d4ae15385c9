/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Days: when they end, how they are scored, what of them is written.
 */
#include "analyzer/day_row.h"
#include "analyzer/engine_state.h"

#include "base/clock.h"
#include "base/hash.h"
#include "store/layout.h"

#include <stdlib.h>
#include <string.h>

enum { LATE_ARENA = 1 << 20, NUMBERS_MAX = 64 << 20 };

void engine_note_batch(struct engine *g, uint64_t batch, int32_t last_day)
{
    if (g->batch_count == g->batch_capacity) {
        size_t more = g->batch_capacity ? g->batch_capacity * 2 : 64;
        struct journal_batch *bigger = realloc(g->batches, more * sizeof *bigger);
        if (!bigger)
            return; /* it stays in the store and is passed over at the next start */
        g->batches = bigger;
        g->batch_capacity = more;
    }
    g->batches[g->batch_count++] = (struct journal_batch){batch, last_day};
}

static void drop_batches(struct engine *g, int32_t closed)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->batch_count; i++)
        if (g->batches[i].last_day <= closed)
            store_drop_journal(g->store, g->batches[i].number);
        else
            g->batches[kept++] = g->batches[i];
    g->batch_count = kept;
}

void engine_view_ended(void *context, int32_t day, const struct store_view *view, bool first)
{
    struct engine *g = context;
    struct day_page *page = day_book_page(&g->book, day, false);
    struct day_entry **entry = page ? map_get(page->people, view->employee) : NULL;
    if (entry && first && !view->database) {
        (*entry)->measures.dwell_total_s += (double)view->dwell_ns / 1e9;
        (*entry)->dwell_views++;
        (*entry)->measures.dwell_mean_s = (*entry)->measures.dwell_total_s / (*entry)->dwell_views;
        (*entry)->touched = true;
    }
    store_put_view(g->store, day, view);
}

/* Late numbers lie beside those of the close, under a part of their own. */
static void keep_late_numbers(struct engine *g, int32_t day, struct slice employee,
                              struct slice sensor, uint64_t sequence, const struct event *e)
{
    struct buffer numbers;
    if (day <= g->status.last_closed_day - g->kept_days)
        return;
    buffer_init(&numbers, NUMBERS_MAX);
    fold_append_event_numbers(&numbers, e);
    if (numbers.len > 0)
        store_put_numbers(g->store, day, employee, hash64_seeded(sensor, sequence),
                          buffer_slice(&numbers));
    buffer_release(&numbers);
}

void engine_mark_late(struct engine *g, int32_t day, const struct resolved *who,
                      struct slice sensor, uint64_t sequence, const struct event *e)
{
    keep_late_numbers(g, day, who->employee, sensor, sequence, e);
    struct store_key key = {.len = 0};
    store_key_text(&key, who->employee);
    store_key_day(&key, day);
    struct late_count *late = map_put(g->late, store_key_slice(&key), NULL);
    if (!late)
        return;
    late->kind = who->kind;
    late->events++;
}

/* The closed day says that something came after it. */
static bool put_late(void *context, struct slice key, void *value)
{
    struct engine *g = context;
    struct late_count *late = value;
    struct arena arena;
    struct store_day stored;
    struct slice employee = slice_part(key, 0, key.len - 5);
    int32_t day = store_day_of_key(key.ptr + key.len - 4);
    arena_init(&arena, LATE_ARENA);
    if (!store_load_day(g->store, employee, day, &arena, &stored))
        stored = (struct store_day){
            .employee = employee, .day = day, .kind = late->kind, .confidence = 1};
    stored.late = true;
    stored.revised &= (uint8_t)~REVISED_LATE; /* until it was scored with them */
    stored.measures.late_events += late->events;
    store_put_day(g->store, &stored);
    arena_release(&arena);
    return true;
}

void engine_put_late(struct engine *g)
{
    if (map_count(g->late) == 0)
        return;
    map_each(g->late, put_late, g);
    map_free(&g->late);
    g->late = map_new(sizeof(struct late_count), LATE_MAX, MAP_REFUSE, NULL, NULL);
}

/* One scoring of a day. */
struct writing {
    struct engine *g;
    double seen; /* share of the day's activity that was watched */
    bool running;
    bool look; /* only those with late events are written */
    int64_t now_ns;
};

static void fill_person(struct writing *w, const struct model_score *score,
                        const struct store_day *day, struct store_person *person)
{
    const struct organisation *o = w->g->organisation;
    const struct employee *e = organisation_find(o, day->employee);
    *person = (struct store_person){.employee = day->employee,
                                    .kind = day->kind,
                                    .last_day = day->day,
                                    .score = day->score,
                                    .risk = day->risk,
                                    .percent = day->percent,
                                    .days_seen = day->days_seen + 1,
                                    .open_alert = alerts_open(&w->g->alerts, day->employee),
                                    .learning = day->learning,
                                    .running = w->running};
    memcpy(person->terms, score->risks, sizeof person->terms);
    if (!e)
        return;
    struct post post = organisation_post(o, e, day->day);
    person->name = e->name;
    person->manager = e->manager;
    person->department = post.department;
    person->role = post.role;
}

static void write_score(void *context, const struct model_score *score)
{
    struct writing *w = context;
    struct store_day day;
    struct store_person person;
    day_row(score, w->running, &day);
    day.confidence *= w->seen;
    if (day.mark != ALERT_MARK_NONE)
        day.alert = alerts_cross(&w->g->alerts, &day, w->now_ns);
    else if (!w->running)
        alerts_quiet(&w->g->alerts, &day, score->open);
    fill_person(w, score, &day, &person);
    store_put_day(w->g->store, &day);
    store_put_person(w->g->store, &person);
}

/* What of the row of a day stays when the day is scored again. */
static void keep_of_row(struct store_day *day, const struct store_day *stored)
{
    if (stored->measures.events > 0)
        day->confidence = stored->confidence;
    day->mark = stored->mark;
    day->alert = stored->alert;
    day->late = stored->late;
    day->revised = stored->revised;
    day->first_score = stored->first_score;
    day->measures.dwell_total_s = stored->measures.dwell_total_s;
    day->measures.dwell_mean_s = stored->measures.dwell_mean_s;
    day->measures.late_events = stored->measures.late_events;
    bool other = memcmp(&day->score, &stored->score, sizeof day->score) != 0 ||
                 memcmp(&day->weight, &stored->weight, sizeof day->weight) != 0;
    if (other && !stored->revised)
        day->first_score = stored->score;
    if (stored->late)
        day->revised |= REVISED_LATE;
    else if (other)
        day->revised |= REVISED_VERDICT;
}

static void write_again(void *context, const struct model_score *score)
{
    struct writing *w = context;
    struct engine *g = w->g;
    struct arena arena;
    struct store_day day, stored = {0};
    struct store_person person;
    arena_init(&arena, LATE_ARENA);
    store_load_day(g->store, score->day->employee, score->day->day, &arena, &stored);
    if (!w->look || (stored.late && !(stored.revised & REVISED_LATE))) {
        day_row(score, w->running, &day);
        keep_of_row(&day, &stored);
        store_put_day(g->store, &day);
        if (!w->look) {
            fill_person(w, score, &day, &person);
            store_put_person(g->store, &person);
        }
    }
    arena_release(&arena);
}

struct model_put {
    struct engine *g;
    int32_t day;
};

static void put_model(void *context, struct slice key, struct slice value)
{
    struct model_put *p = context;
    store_keep_model(p->g->store, p->day, key);
    store_put_model(p->g->store, key, value);
}

static enum status save_model(struct engine *g, int32_t day)
{
    struct model_put p = {g, day};
    return model_save(g->model, put_model, &p);
}

enum status engine_close_again(struct engine *g, struct day_page *page)
{
    size_t count;
    struct writing w = {.g = g};
    struct model_input *inputs = day_page_inputs(page, &count);
    if (!inputs)
        return STATUS_NO_MEMORY;
    enum status status = model_close(g->model, page->day, inputs, count, write_again, &w);
    if (status == STATUS_OK && count > 0)
        status = save_model(g, page->day);
    free(inputs);
    return status;
}

enum status engine_look_again(struct engine *g, struct model *model, struct day_page *page)
{
    size_t count;
    struct writing w = {.g = g, .look = true};
    struct model_input *inputs = day_page_inputs(page, &count);
    if (!inputs)
        return STATUS_NO_MEMORY;
    enum status status = model_look(model, page->day, inputs, count, write_again, &w);
    free(inputs);
    return status;
}

static bool put_numbers(void *context, struct slice key, void *value)
{
    struct model_put *p = context;
    struct buffer numbers;
    buffer_init(&numbers, NUMBERS_MAX);
    fold_append_numbers(&numbers, *(struct day_entry **)value);
    if (numbers.len > 0)
        store_put_numbers(p->g->store, p->day, key, 0, buffer_slice(&numbers));
    buffer_release(&numbers);
    return true;
}

static enum status close_page(struct engine *g, struct day_page *page, int64_t now_ns)
{
    size_t count;
    struct writing w = {.g = g, .seen = engine_day_seen(g, page), .now_ns = now_ns};
    struct model_input *inputs = day_page_inputs(page, &count);
    int32_t day = page->day;
    if (!inputs)
        return STATUS_NO_MEMORY;
    struct model_put putting = {g, day};
    enum status status = engine_commit(g); /* alerts read what stands in the store */
    engine_name_missing(g, page);
    if (status == STATUS_OK)
        status = engine_revise(g);
    if (status == STATUS_OK)
        status = model_close(g->model, day, inputs, count, write_score, &w);
    free(inputs);
    if (status == STATUS_OK)
        status = save_model(g, day);
    if (status != STATUS_OK)
        return status;
    map_each(page->people, put_numbers, &putting);
    store_forget_days(g->store, day - g->kept_days + 1);
    if (!g->closed_any)
        g->status.first_day = day;
    g->closed_any = true;
    g->status.last_closed_day = day;
    g->status.raised_28 = alerts_raised(&g->alerts, day);
    drop_batches(g, day);
    status = engine_commit(g);
    day_page_release(page);
    return status;
}

static enum status retire(struct engine *g, int32_t day)
{
    size_t removed;
    if (g->retention_days <= 0)
        return STATUS_OK;
    return store_retire(g->store, day - (int32_t)g->retention_days, &removed);
}

enum status engine_time(struct engine *g, int64_t now_ns)
{
    struct day_page *page;
    enum status status = STATUS_OK;
    if (now_ns > g->status.event_ns)
        g->status.event_ns = now_ns;
    views_expire(g->views, g->status.event_ns);
    engine_watch_canaries(g);
    while (status == STATUS_OK && (page = day_book_first(&g->book)) != NULL) {
        int64_t end = zone_day_start(&g->zone, page->day + 1) + g->grace_ns;
        int32_t day = page->day;
        if (g->status.event_ns < end)
            break;
        status = close_page(g, page, end);
        if (status == STATUS_OK)
            status = retire(g, day);
    }
    return status;
}

static enum status score_page(struct engine *g, struct day_page *page)
{
    size_t count;
    struct writing w = {
        .g = g, .running = true, .seen = engine_day_seen(g, page), .now_ns = g->status.event_ns};
    struct model_input *inputs = day_page_inputs(page, &count);
    double passed = (double)(g->status.event_ns - zone_day_start(&g->zone, page->day)) / 1e9;
    if (!inputs)
        return STATUS_NO_MEMORY;
    enum status status =
        model_running(g->model, page->day, clip(passed, 0, 86400), inputs, count, write_score, &w);
    free(inputs);
    return status;
}

enum status engine_score_running(struct engine *g)
{
    enum status status = engine_commit(g);
    for (size_t i = 0; status == STATUS_OK && i < OPEN_DAYS_MAX; i++)
        if (g->book.pages[i].used)
            status = score_page(g, &g->book.pages[i]);
    g->status.raised_28 = alerts_raised(&g->alerts, g->status.last_closed_day + 1);
    return status == STATUS_OK ? engine_commit(g) : status;
}
