/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/scoring.md, section 11 ("Event"), in terms of the access event.
 */
#include "analyzer/translate.h"

#include "analyzer/stats/tools.h"

#include <math.h>
#include <stdio.h>

static const uint64_t number_max = 999999999999999; /* 15 digits */

/* Objects that hold the audit settings: who names them looks at, or turns off, the watch. */
static const char *const audit_words[] = {"pgaudit", "log_statement", "server_audit", "general_log",
                                          "audit_log"};

static bool contains(struct slice text, const char *word)
{
    struct slice w = slice_from(word);
    for (size_t i = 0; i + w.len <= text.len; i++)
        if (slice_equal_nocase(slice_part(text, i, w.len), w))
            return true;
    return false;
}

static bool names_audit(const struct event *e)
{
    struct slice text = slice_part(e->statement, 0, 4096);
    for (size_t i = 0; i < sizeof audit_words / sizeof *audit_words; i++)
        if (contains(text, audit_words[i]))
            return true;
    return false;
}

static unsigned flags_of(const struct event *e)
{
    unsigned flags = e->outcome == EVENT_OUTCOME_failure ? MODEL_ERROR : 0;
    if (e->statement.len == 0)
        return flags;
    if (e->action == EVENT_ACTION_read && slice_starts_nocase(e->statement, SLICE("select *")))
        flags |= MODEL_STAR;
    if (e->action == EVENT_ACTION_grant && e->account.len > 0) {
        char account[128];
        if (contains(slice_part(e->statement, 0, 4096),
                     slice_copy_text(e->account, account, sizeof account)))
            flags |= MODEL_SELF;
    }
    return names_audit(e) ? flags | MODEL_AUDIT : flags;
}

static unsigned highest_cells(const struct event *e)
{
    for (unsigned c = EVENT_CLASSES; c-- > 1;)
        if (e->classes[c] > 0)
            return c;
    return 0;
}

/* The object of the highest class stands for the event. */
static void choose_object(struct model_event *m, const struct event *e, const struct resolved *who,
                          const struct assets *assets)
{
    m->class = highest_cells(e);
    for (size_t i = 0; i < e->object_count; i++) {
        unsigned c = assets ? assets_object_class(assets, who->known, e->objects[i].name) : 0;
        if (i == 0 || c > m->class)
            m->object = e->objects[i].name;
        m->class = c > m->class ? c : m->class;
    }
}

/* Where some systems have a feed of assignments, those of the others count as assigned. */
static bool is_uncovered(const struct assets *assets, const struct asset *known)
{
    for (size_t i = 0; assets && i < assets_count(assets); i++)
        if (asset_has_assignments(assets_at(assets, i)))
            return !known || !asset_has_assignments(known);
    return false;
}

static void copy_subjects(struct translation *t, const struct event *e, bool uncovered)
{
    size_t n = e->key_count < EVENT_MAX_KEYS ? e->key_count : EVENT_MAX_KEYS;
    for (size_t i = 0; i < n; i++) {
        struct model_subject *s = &t->subjects[i];
        memcpy(s->hash, e->keys[i].hash, sizeof s->hash);
        s->id = organisation_subject_id(s->hash);
        s->key = fnv1a(FNV1A_START, s->hash, sizeof s->hash);
        s->has_number = e->keys[i].has_number && e->keys[i].number <= number_max;
        s->number = e->keys[i].number;
        s->uncovered = uncovered;
        s->space = e->keys[i].space;
    }
    t->event.subjects = t->subjects;
    t->event.subject_count = n;
}

void translate(struct translation *t, const struct event *e, const struct resolved *who,
               const struct assets *assets, double seconds)
{
    struct model_event *m = &t->event;
    *m = (struct model_event){
        .seconds = seconds, .system = who->asset, .client = who->client, .program = e->program};
    t->application = slice_equal(e->protocol, SLICE("http"));
    t->database = !t->application && e->statement.len > 0;
    m->action = slice_from(event_action_name(e->action));
    m->flags = flags_of(e);
    m->view = e->action == EVENT_ACTION_view;
    m->search = e->action == EVENT_ACTION_search;
    m->writes = e->action == EVENT_ACTION_write || e->action == EVENT_ACTION_create ||
                e->action == EVENT_ACTION_upload || e->action == EVENT_ACTION_call;
    m->exports = e->action == EVENT_ACTION_download || e->action == EVENT_ACTION_copy_out;
    choose_object(m, e, who, assets);
    if (t->application)
        m->session = e->session;
    if (t->database && e->known & EVENT_KNOWS_shape) {
        int n = snprintf(t->shape, sizeof t->shape, "%016llx", (unsigned long long)e->shape);
        m->shape = slice_make(t->shape, (size_t)n);
    }
    if (e->known & EVENT_KNOWS_rows)
        m->rows[m->class] = (double)e->rows;
    copy_subjects(t, e, e->key_count > 0 && is_uncovered(assets, who->known));
}

void measure(struct day_measures *m, const struct event *e, const struct translation *t)
{
    bool failed = e->outcome == EVENT_OUTCOME_failure;
    bool login = e->action == EVENT_ACTION_login;
    m->events++;
    m->statements += t->database && !login && e->action != EVENT_ACTION_logout;
    m->views += t->application && t->event.view && !failed && e->key_count > 0;
    m->exports += t->event.exports && !failed;
    m->logins += login && !failed;
    m->failed_logins += login && failed;
    m->errors += failed && !login;
    m->gaps += e->gaps != 0;
    m->hours |= 1u << (unsigned)clip(floor(t->event.seconds / 3600), 0, 23);
    m->first_ns = m->events == 1 || e->time_ns < m->first_ns ? e->time_ns : m->first_ns;
    m->last_ns = e->time_ns > m->last_ns ? e->time_ns : m->last_ns;
    if (failed)
        return;
    m->rows += e->known & EVENT_KNOWS_rows ? e->rows : 0;
    m->rows_by_class[t->event.class] += e->known & EVENT_KNOWS_rows ? e->rows : 0;
    m->bytes += e->known & EVENT_KNOWS_bytes ? e->bytes : 0;
    for (size_t i = 0; i < EVENT_CLASSES; i++)
        m->cells_by_class[i] += e->classes[i];
}
