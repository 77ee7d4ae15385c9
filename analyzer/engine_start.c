/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting and ending the engine: settings, directory, store, model, and the events of open days
 * from the journal.
 */
#include "analyzer/engine_state.h"

#include "base/clock.h"
#include "event/codec.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CURSORS_MAX = 4096,
    ACCOUNTS_MAX = 1 << 16,
    JOURNAL_MAX = 1 << 30,
    JOURNAL_ARENA = 64 << 20
};

static enum status load_directory(struct engine *g, struct fault *fault)
{
    struct organisation *fresh;
    enum status status = organisation_load(&fresh, g->directory, g->site_key, fault);
    if (status != STATUS_OK)
        return status;
    struct organisation *old = g->organisation;
    g->organisation = fresh;
    if (g->model) {
        model_use(g->model, fresh);
        organisation_spaces(fresh, engine_space, g);
    }
    organisation_free(&old);
    return STATUS_OK;
}

enum status engine_reload(struct engine *g, struct fault *fault)
{
    return load_directory(g, fault);
}

static enum status open_store(struct engine *g, const char *state_dir, struct fault *fault)
{
    char error[512] = "";
    enum status status = store_writer_open(&g->store, state_dir, error);
    if (status == STATUS_OK)
        status = store_reader_open(&g->past, state_dir, error, sizeof error);
    if (status != STATUS_OK)
        snprintf(fault->text, sizeof fault->text, "%s", *error ? error : status_text(status));
    snprintf(g->state_dir, sizeof g->state_dir, "%s", state_dir);
    return status;
}

static void load_account(void *context, const struct store_account *account)
{
    struct engine *g = context;
    char key[400];
    int n =
        snprintf(key, sizeof key, "%.*s%c%.*s", (int)slice_part(account->asset, 0, 150).len,
                 (const char *)account->asset.ptr, 0, (int)slice_part(account->account, 0, 150).len,
                 (const char *)account->account.ptr);
    struct account_count *a = map_put(g->accounts, slice_make(key, (size_t)n), NULL);
    if (!a)
        return;
    *a = (struct account_count){.kind = account->kind,
                                .events = account->events,
                                .first_ns = account->first_ns,
                                .last_ns = account->last_ns};
    slice_copy_text(account->last_address, a->address, sizeof a->address);
}

static enum status load_model(void *context, struct slice key, struct slice value)
{
    return model_load(context, key, value);
}

static enum status take_frame(struct engine *g, struct reader *from, struct arena *arena,
                              int32_t *last_day)
{
    struct event e;
    double seconds;
    struct slice sensor = reader_bytes(from, (size_t)reader_varint(from));
    uint64_t sequence = reader_varint(from);
    enum status status = reader_ok(from) ? event_decode(from, &e, arena) : STATUS_CORRUPT;
    if (status != STATUS_OK)
        return status;
    int32_t day = fold_day(&g->zone, e.time_ns, &seconds);
    *last_day = day > *last_day ? day : *last_day;
    return engine_take_again(g, sensor, sequence, &e);
}

static enum status load_batch(void *context, uint64_t batch, struct slice value)
{
    struct engine *g = context;
    struct reader from = reader_of(value);
    struct arena arena;
    int32_t last_day = INT32_MIN;
    enum status status = STATUS_OK;
    arena_init(&arena, JOURNAL_ARENA);
    while (status == STATUS_OK && reader_left(&from) > 0) {
        arena_reset(&arena);
        status = take_frame(g, &from, &arena, &last_day);
    }
    arena_release(&arena);
    g->last_batch = batch > g->last_batch ? batch : g->last_batch;
    engine_note_batch(g, batch, last_day);
    return status;
}

static enum status restore(struct engine *g, struct fault *fault)
{
    enum status status = store_load_model(g->store, load_model, g->model);
    g->status.relearn_day = INT32_MAX;
    if (status == STATUS_OK && store_load_status(g->store, &g->status))
        g->closed_any = g->status.last_closed_day != INT32_MIN;
    else {
        g->status.last_closed_day = INT32_MIN;
        g->status.relearn_day = INT32_MAX;
    }
    store_load_accounts(g->store, load_account, g);
    if (status == STATUS_OK)
        status = watch_book_init(&g->watch, g->store);
    if (status == STATUS_OK)
        status = alerts_init(&g->alerts, g->store);
    if (status == STATUS_OK)
        status = engine_load_verdicts(g);
    if (status == STATUS_OK)
        status = engine_resume_learning(g);
    if (status == STATUS_OK)
        status = store_load_journal(g->store, load_batch, g);
    if (status != STATUS_OK)
        fault_set(fault, "", 0, 0, "state: %s: restore a backup, or run dwell verify",
                  status_text(status));
    return status;
}

static enum status make_parts(struct engine *g, const struct settings *s)
{
    g->model = model_new(g->organisation, s->analyzer_alert_budget);
    if (g->model)
        model_extend(g->model, s->analyzer_model == 0);
    g->views = views_new(s->analyzer_idle_limit, engine_view_ended, g);
    g->cursors = map_new(sizeof(struct spool_cursor), CURSORS_MAX, MAP_REFUSE, NULL, NULL);
    g->accounts = map_new(sizeof(struct account_count), ACCOUNTS_MAX, MAP_EVICT, NULL, NULL);
    g->late = map_new(sizeof(struct late_count), LATE_MAX, MAP_REFUSE, NULL, NULL);
    bool canary = logins_init(&g->logins) &&
                  canary_init(&g->canary, s->coverage_canary, s->coverage_canary_interval);
    if (g->model)
        model_set_judge(g->model, judgement_of, &g->judgement);
    buffer_init(&g->journal, JOURNAL_MAX);
    g->journal_last_day = INT32_MIN;
    bool made = g->model && g->views && g->cursors && g->accounts && g->late && canary;
    return made ? judgement_init(&g->judgement) : STATUS_NO_MEMORY;
}

/* After the store is open. */
static void note_site(struct engine *g, const char *key_file)
{
    site_note_load(&g->site, g->store, key_file);
    assets_spaces(g->assets, engine_space, g);
    organisation_spaces(g->organisation, engine_space, g);
    site_note_assets(&g->site, g->assets, *g->canary.mark ? g->canary.interval_ns / NS_PER_S : 0);
}

enum status engine_open(struct engine **engine, const struct engine_options *options,
                        struct fault *fault)
{
    const struct settings *s = options->settings;
    struct engine *g = calloc(1, sizeof *g);
    *engine = g;
    if (!g)
        return STATUS_NO_MEMORY;
    g->assets = options->assets;
    g->site_key = options->site_key;
    g->replay = options->replay;
    g->retention_days = s->analyzer_retention_days;
    g->kept_days = (int32_t)s->analyzer_day_records;
    g->budget = s->analyzer_alert_budget;
    g->extended = s->analyzer_model == 0;
    g->grace_ns = s->analyzer_close_grace > s->analyzer_idle_limit ? s->analyzer_close_grace
                                                                   : s->analyzer_idle_limit;
    snprintf(g->directory, sizeof g->directory, "%s", s->directory);
    enum status status = zone_load(&g->zone, s->site_timezone, fault);
    if (status == STATUS_OK)
        status = load_directory(g, fault);
    if (status == STATUS_OK)
        status = make_parts(g, s);
    if (status == STATUS_OK)
        status = open_store(g, options->state_dir ? options->state_dir : s->state_dir, fault);
    if (status == STATUS_OK) {
        note_site(g, s->site_key_file);
        status = restore(g, fault);
    if (status == STATUS_OK)
        status = engine_take_verdicts(g);
    }
    if (status != STATUS_OK)
        engine_close(engine);
    else {
        g->status.version = 1;
        g->status.budget = s->analyzer_alert_budget;
        g->status.utc_offset_s = zone_offset(&g->zone, g->status.event_ns);
    }
    return status;
}

void engine_close(struct engine **engine)
{
    struct engine *g = *engine;
    if (!g)
        return;
    views_free(&g->views);
    day_book_release(&g->book);
    model_free(&g->model);
    alerts_release(&g->alerts);
    map_free(&g->cursors);
    map_free(&g->accounts);
    map_free(&g->late);
    site_note_release(&g->site);
    watch_book_release(&g->watch);
    canary_release(&g->canary);
    logins_release(&g->logins);
    organisation_free(&g->organisation);
    judgement_release(&g->judgement);
    store_reader_close(&g->past);
    store_writer_close(&g->store);
    buffer_release(&g->journal);
    free(g->batches);
    free(g);
    *engine = NULL;
}
