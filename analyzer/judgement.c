/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/scoring.md, section 6: verdicts by day, and open cases.
 */
#include "analyzer/judgement.h"

#include "store/layout.h"

enum { VERDICTS_MAX = 1 << 20, CASES_MAX = 1 << 18 };

enum status judgement_init(struct judgement *j)
{
    j->days = map_new(sizeof(enum verdict_kind), VERDICTS_MAX, MAP_EVICT, NULL, NULL);
    j->cases = map_new(sizeof(int32_t), CASES_MAX, MAP_EVICT, NULL, NULL);
    return j->days && j->cases ? STATUS_OK : STATUS_NO_MEMORY;
}

void judgement_release(struct judgement *j)
{
    map_free(&j->days);
    map_free(&j->cases);
}

static void day_key(struct store_key *key, struct slice employee, int32_t day)
{
    store_key_text(key, employee);
    store_key_day(key, day);
}

static enum status open_case(struct judgement *j, const struct store_verdict *verdict)
{
    bool created;
    int32_t *from = map_put(j->cases, verdict->employee, &created);
    if (!from)
        return STATUS_NO_MEMORY;
    if (created || verdict->day < *from)
        *from = verdict->day;
    return STATUS_OK;
}

enum status judgement_add(struct judgement *j, const struct store_verdict *verdict)
{
    struct store_key key = {.len = 0};
    day_key(&key, verdict->employee, verdict->day);
    enum verdict_kind *kind = map_put(j->days, store_key_slice(&key), NULL);
    if (!kind)
        return STATUS_NO_MEMORY;
    *kind = verdict->kind;
    if (verdict->kind == VERDICT_WATCH)
        return open_case(j, verdict);
    map_remove(j->cases, verdict->employee);
    return STATUS_OK;
}

enum verdict_kind judgement_of(void *context, struct slice employee, int32_t day)
{
    struct judgement *j = context;
    struct store_key key = {.len = 0};
    day_key(&key, employee, day);
    const enum verdict_kind *kind = map_get(j->days, store_key_slice(&key));
    if (kind)
        return *kind;
    const int32_t *from = map_get(j->cases, employee);
    return from && day >= *from ? VERDICT_WATCH : VERDICT_NONE;
}
