/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/scoring.md, section 5, as records.
 */
#include "analyzer/alerts.h"

#include "base/buffer.h"

#include <stdlib.h>

enum { LINKS_MAX = 1 << 18, ALERT_ARENA = 1 << 20, RAISED_DAYS = 28 };

static void remember_opened(struct alerts *a, int32_t day)
{
    if (a->opened_count == a->opened_capacity) {
        size_t more = a->opened_capacity ? a->opened_capacity * 2 : 64;
        int32_t *bigger = realloc(a->opened, more * sizeof *bigger);
        if (!bigger)
            return;
        a->opened = bigger;
        a->opened_capacity = more;
    }
    a->opened[a->opened_count++] = day;
}

static void load(void *context, const struct store_alert *alert)
{
    struct alerts *a = context;
    struct alert_link *link = map_put(a->links, alert->employee, NULL);
    if (link)
        *link = (struct alert_link){alert->id, alert->last_day, alert->open};
    a->last_id = alert->id > a->last_id ? alert->id : a->last_id;
    remember_opened(a, alert->day);
}

enum status alerts_init(struct alerts *a, struct store_writer *writer)
{
    *a = (struct alerts){.writer = writer};
    a->links = map_new(sizeof(struct alert_link), LINKS_MAX, MAP_REFUSE, NULL, NULL);
    if (!a->links)
        return STATUS_NO_MEMORY;
    store_load_alerts(writer, load, a);
    return STATUS_OK;
}

void alerts_release(struct alerts *a)
{
    map_free(&a->links);
    free(a->opened);
}

static int strongest_first(const struct store_day *day, size_t *order)
{
    int n = 0;
    for (size_t k = 0; k < TERM_COUNT; k++) {
        if (day->terms[k].points <= 0 || !term_in_sum((enum term)k))
            continue;
        int at = n++;
        for (; at > 0 && day->terms[order[at - 1]].points < day->terms[k].points; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    return n;
}

/* The sentences of the day's terms, the strongest first. */
static void append_sentences(struct buffer *to, const struct store_day *day, enum language language)
{
    size_t order[TERM_COUNT];
    int n = strongest_first(day, order);
    for (int i = 0; i < n; i++) {
        if (i > 0)
            buffer_append_text(to, language == LANGUAGE_ZH ? "；" : "; ");
        buffer_append_slice(to, day->terms[order[i]].sentence[language]);
    }
}

static void take_day(struct store_alert *alert, const struct store_day *day)
{
    const struct day_measures *m = &day->measures;
    alert->first_ns =
        alert->days == 0 || m->first_ns < alert->first_ns ? m->first_ns : alert->first_ns;
    alert->last_ns = m->last_ns > alert->last_ns ? m->last_ns : alert->last_ns;
    alert->open = true;
    if (day->day != alert->last_day || alert->days == 0)
        alert->days++;
    alert->last_day = day->day;
    alert->percent = day->percent;
    alert->risk = day->risk;
    if (day->alert_value < alert->value)
        return;
    alert->value = day->alert_value;
    alert->score = day->score;
    alert->theta = day->theta;
    for (size_t k = 0; k < TERM_COUNT; k++)
        alert->terms[k] = day->terms[k].points;
}

static void put(struct alerts *a, struct store_alert *alert, const struct store_day *day,
                bool notify, int64_t now_ns)
{
    struct buffer texts[LANGUAGE_COUNT];
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        buffer_init(&texts[i], 1 << 16);
        append_sentences(&texts[i], day, (enum language)i);
        if (alert->score <= day->score || alert->sentence[i].len == 0)
            alert->sentence[i] = buffer_slice(&texts[i]);
    }
    if (notify) {
        struct store_notice notice = {.alert = alert->id,
                                      .mark = day->mark,
                                      .day = day->day,
                                      .time_ns = now_ns,
                                      .snapshot = *alert};
        store_put_notice(a->writer, &notice);
        alert->notice = notice.sequence;
    }
    store_put_alert(a->writer, alert);
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        buffer_release(&texts[i]);
}

uint64_t alerts_cross(struct alerts *a, const struct store_day *day, int64_t now_ns)
{
    struct arena arena;
    struct store_alert alert = {0};
    struct alert_link *link = map_put(a->links, day->employee, NULL);
    if (!link)
        return 0;
    bool again = link->id && link->last_day == day->day;
    arena_init(&arena, ALERT_ARENA);
    bool joins = (again || day->mark == ALERT_MARK_JOINED) && link->id &&
                 store_load_alert(a->writer, link->id, &arena, &alert);
    bool decided = alert.verdict == VERDICT_BENIGN || alert.verdict == VERDICT_CONFIRMED;
    if (!joins || (decided && !again)) { /* what was decided does not open again */
        decided = false;
        alert = (struct store_alert){.id = ++a->last_id,
                                     .employee = day->employee,
                                     .kind = day->kind,
                                     .day = day->day,
                                     .opened_ns = now_ns};
        remember_opened(a, day->day);
    }
    take_day(&alert, day);
    alert.open = !decided;
    put(a, &alert, day, !again, now_ns);
    *link = (struct alert_link){alert.id, day->day, alert.open};
    arena_release(&arena);
    return alert.id;
}

uint64_t alerts_raise(struct alerts *a, struct slice entity, enum entity_kind kind, int32_t day,
                      int64_t now_ns, const struct slice sentence[LANGUAGE_COUNT])
{
    struct alert_link *link = map_put(a->links, entity, NULL);
    if (!link || (link->id && link->last_day >= day))
        return 0;
    struct store_alert alert = {.id = ++a->last_id,
                                .employee = entity,
                                .kind = kind,
                                .day = day,
                                .last_day = day,
                                .opened_ns = now_ns,
                                .first_ns = now_ns,
                                .last_ns = now_ns,
                                .open = true,
                                .days = 1};
    memcpy(alert.sentence, sentence, sizeof alert.sentence);
    struct store_notice notice = {.alert = alert.id,
                                  .mark = ALERT_MARK_OPENED,
                                  .day = day,
                                  .time_ns = now_ns,
                                  .snapshot = alert};
    store_put_notice(a->writer, &notice);
    alert.notice = notice.sequence;
    store_put_alert(a->writer, &alert);
    remember_opened(a, day);
    *link = (struct alert_link){alert.id, day, true};
    return alert.id;
}

void alerts_quiet(struct alerts *a, const struct store_day *day, bool stays_open)
{
    struct arena arena;
    struct store_alert alert;
    struct alert_link *link = map_get(a->links, day->employee);
    if (!link || !link->open || stays_open || link->last_day >= day->day)
        return;
    arena_init(&arena, ALERT_ARENA);
    if (store_load_alert(a->writer, link->id, &arena, &alert)) {
        alert.open = link->open = false;
        store_put_alert(a->writer, &alert);
    }
    arena_release(&arena);
}

uint64_t alerts_judge(struct alerts *a, const struct store_verdict *verdict)
{
    struct arena arena;
    struct store_alert alert;
    struct alert_link *link = map_get(a->links, verdict->employee);
    uint64_t id = verdict->alert ? verdict->alert : link ? link->id : 0;
    arena_init(&arena, ALERT_ARENA);
    bool found = id && store_load_alert(a->writer, id, &arena, &alert) &&
                 slice_equal(alert.employee, verdict->employee) && verdict->day >= alert.day &&
                 verdict->day <= alert.last_day;
    if (found) {
        alert.verdict = verdict->kind;
        alert.open = verdict->kind == VERDICT_WATCH && alert.open;
        store_put_alert(a->writer, &alert);
        if (link && link->id == id)
            link->open = alert.open;
    }
    arena_release(&arena);
    return found ? id : 0;
}

uint64_t alerts_open(struct alerts *a, struct slice employee)
{
    struct alert_link *link = map_get(a->links, employee);
    return link && link->open ? link->id : 0;
}

uint32_t alerts_raised(const struct alerts *a, int32_t day)
{
    uint32_t raised = 0;
    for (size_t i = 0; i < a->opened_count; i++)
        raised += a->opened[i] <= day && a->opened[i] > day - RAISED_DAYS;
    return raised;
}
