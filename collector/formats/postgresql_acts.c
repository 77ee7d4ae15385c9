/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The sessions of a PostgreSQL log and the act of each, kept in the log's memory between records. A
 * session is one blob: the fixed part, then its texts one after the other. When the memory is full,
 * the session that was quiet for longest gives its act out and goes.
 */
#include "collector/formats/postgresql_log.h"

#include "collector/memory.h"

enum { KIND_SESSION = 1 };

/* Of one session: room for a statement and what was nested in it. */
enum { NESTED_MAX = 1 << 16, OBJECTS_MAX = 8192 };

static bool load(struct pg_log_work *w, uint64_t key)
{
    bool found;
    w->key = key;
    w->s = (struct pg_log_session){0};
    memset(w->text, 0, sizeof w->text);
    struct slice blob = session_memory_get(w->env->memory, key, &found);
    if (!found || blob.len < sizeof w->s)
        return false;
    memcpy(&w->s, blob.ptr, sizeof w->s);
    size_t at = sizeof w->s;
    for (unsigned i = 0; i < PG_LOG_TEXTS; i++) {
        w->text[i] = slice_part(blob, at, w->s.len[i]);
        at += w->s.len[i];
    }
    return true;
}

static size_t texts_length(const struct pg_log_work *w)
{
    size_t len = 0;
    for (unsigned i = 0; i < PG_LOG_TEXTS; i++)
        len += w->text[i].len;
    return len;
}

/* Emits the act of the session that was quiet for longest, and forgets the session. */
static void give_up_oldest(const struct log_env *env)
{
    uint64_t key;
    struct pg_log_work w = {.env = env};
    if (!session_memory_oldest(env->memory, &key))
        return;
    if (key >> 56 == KIND_SESSION && load(&w, key))
        pg_log_act_end(&w, false);
    session_memory_drop(env->memory, key);
}

static void save(struct pg_log_work *w)
{
    size_t len = texts_length(w), at = 0;
    uint8_t *texts = arena_alloc(w->env->scratch, len ? len : 1);
    if (!texts)
        return;
    for (unsigned i = 0; i < PG_LOG_TEXTS; i++) {
        if (w->text[i].len > 0)
            memcpy(texts + at, w->text[i].ptr, w->text[i].len);
        at += w->text[i].len;
        w->s.len[i] = (uint32_t)w->text[i].len;
    }
    session_memory_drop(w->env->memory, w->key);
    while (!session_memory_fits(w->env->memory, sizeof w->s + len) &&
           session_memory_blobs(w->env->memory) > 0)
        give_up_oldest(w->env);
    (void)session_memory_put(w->env->memory, w->key, slice_make(&w->s, sizeof w->s),
                             slice_make(texts, len));
}

void pg_log_act_end(struct pg_log_work *w, bool later)
{
    if (w->s.act.open) {
        w->s.act.later |= later;
        pg_log_emit_act(w);
    }
    w->s.act = (struct pg_log_act){0};
    for (unsigned i = PG_LOG_STATEMENT; i < PG_LOG_TEXTS; i++)
        w->text[i] = (struct slice){NULL, 0};
}

/* What the record says of its session stands until another says otherwise. */
static void take_names(struct pg_log_work *w, const struct pg_log_record *record)
{
    if (record->user.len > 0)
        w->text[PG_LOG_USER] = record->user;
    if (record->database.len > 0)
        w->text[PG_LOG_DATABASE] = record->database;
    if (record->program.len > 0)
        w->text[PG_LOG_PROGRAM] = record->program;
    if (record->client.family && (record->client.port || !w->s.client.family))
        w->s.client = record->client;
}

void pg_log_act_begin(struct pg_log_work *w, const struct pg_log_record *record,
                      struct slice statement)
{
    pg_log_act_end(w, true);
    take_names(w, record);
    w->s.act = (struct pg_log_act){.open = true,
                                   .time_ns = record->time_ns,
                                   .began_ns = record->time_ns,
                                   .gaps = w->env->cut ? EVENT_GAP_truncated : 0};
    w->text[PG_LOG_STATEMENT] = slice_trim(statement);
}

void pg_log_text_add(struct pg_log_work *w, enum pg_log_text which, struct slice text)
{
    size_t max = which == PG_LOG_OBJECTS ? OBJECTS_MAX : NESTED_MAX;
    struct slice old = w->text[which];
    if (old.len + text.len + 1 > max) {
        w->s.act.gaps |= EVENT_GAP_limit;
        return;
    }
    uint8_t *joined = arena_alloc(w->env->scratch, old.len + text.len + 1);
    if (!joined)
        return;
    if (old.len > 0)
        memcpy(joined, old.ptr, old.len);
    if (text.len > 0)
        memcpy(joined + old.len, text.ptr, text.len);
    w->text[which] = slice_make(joined, old.len + text.len + 1); /* zeroed behind */
}

static struct slice bare(struct slice s)
{
    s = slice_trim(s);
    while (s.len > 0 && s.ptr[s.len - 1] == ';')
        s = slice_trim(slice_part(s, 0, s.len - 1));
    return s;
}

bool pg_log_same_text(struct slice a, struct slice b)
{
    return slice_equal(bare(a), bare(b));
}

enum status pg_log_feed(const struct log_env *env, const struct pg_log_record *record)
{
    struct pg_log_work w = {.env = env};
    if (!load(&w, session_memory_key(KIND_SESSION, record->session)))
        w.text[PG_LOG_SESSION] = record->session;
    if (!w.s.act.open)
        take_names(&w, record);
    enum status status = pg_log_message(&w, record);
    if (w.key)
        save(&w);
    return status;
}

void pg_log_flush(const struct log_env *env)
{
    while (session_memory_blobs(env->memory) > 0) {
        give_up_oldest(env);
        arena_reset(env->scratch);
    }
}
