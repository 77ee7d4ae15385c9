/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Connections of MySQL logs.
 */
#include "collector/formats/mysql_log.h"

#include "collector/memory.h"

enum { KIND_CONNECTION = 3, OBJECTS_MAX = 8192 };

void mysql_log_load(struct mysql_log_work *w, const struct log_env *env, struct slice name)
{
    bool found;
    *w = (struct mysql_log_work){
        .env = env, .key = session_memory_key(KIND_CONNECTION, name), .name = name};
    struct slice blob = session_memory_get(env->memory, w->key, &found);
    if (!found || blob.len < sizeof w->s)
        return;
    memcpy(&w->s, blob.ptr, sizeof w->s);
    size_t at = sizeof w->s;
    for (unsigned i = 0; i < MYSQL_LOG_TEXTS; i++) {
        w->text[i] = slice_part(blob, at, w->s.len[i]);
        at += w->s.len[i];
    }
}

void mysql_log_save(struct mysql_log_work *w)
{
    size_t len = 0, at = 0;
    for (unsigned i = 0; i < MYSQL_LOG_TEXTS; i++)
        len += w->text[i].len;
    uint8_t *texts = arena_alloc(w->env->scratch, len ? len : 1);
    if (!texts)
        return;
    for (unsigned i = 0; i < MYSQL_LOG_TEXTS; i++) {
        if (w->text[i].len > 0)
            memcpy(texts + at, w->text[i].ptr, w->text[i].len);
        at += w->text[i].len;
        w->s.len[i] = (uint32_t)w->text[i].len;
    }
    (void)session_memory_put(w->env->memory, w->key, slice_make(&w->s, sizeof w->s),
                             slice_make(texts, len));
}

void mysql_log_drop(struct mysql_log_work *w)
{
    session_memory_drop(w->env->memory, w->key);
}

void mysql_log_add_object(struct mysql_log_work *w, struct slice database, struct slice table)
{
    struct slice old = w->text[MYSQL_LOG_OBJECTS];
    size_t len = old.len + database.len + 1 + table.len + 1;
    uint8_t *to = len > OBJECTS_MAX ? NULL : arena_alloc(w->env->scratch, len);
    if (!to)
        return;
    size_t n = 0;
    struct slice parts[] = {old, database, SLICE("."), table};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].len > 0)
            memcpy(to + n, parts[i].ptr, parts[i].len);
        n += parts[i].len;
    }
    w->text[MYSQL_LOG_OBJECTS] = slice_make(to, len); /* the last byte is zero */
}

void mysql_log_emit(struct mysql_log_work *w, struct event *event)
{
    event->session = log_session_id(w->env, SLICE("mysql"), w->name);
    event->seq = ++w->s.seq;
    event->client = w->s.client;
    event->account = w->text[MYSQL_LOG_USER];
    event->database = w->text[MYSQL_LOG_DATABASE];
    if (w->env->cut)
        event->gaps |= EVENT_GAP_truncated;
    w->env->emit(w->env->emit_context, event);
}

void mysql_log_emit_session(struct mysql_log_work *w, int64_t time_ns, enum event_action action,
                            struct slice code, struct slice text)
{
    bool failed = (code.len > 0 && !slice_equal(code, SLICE("0"))) || text.len > 0;
    struct event event = {.time_ns = time_ns,
                          .action = action,
                          .outcome = failed ? EVENT_OUTCOME_failure : EVENT_OUTCOME_success};
    if (failed) {
        event.error_code = code;
        event.error_text = text;
    }
    mysql_log_emit(w, &event);
}
