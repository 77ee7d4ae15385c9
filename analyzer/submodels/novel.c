/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term novel: what this person has never done before (docs/scoring.md, 3.3). The table of known
 * items belongs to this term; newpeer looks at what prepare() found.
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>
#include <stdlib.h>

enum { NOVELTY_SIZE = 96, QUARANTINE_DAYS = 4 };

struct known_item {
    uint32_t key;
    int32_t last_day;    /* of use */
    uint32_t quarantine; /* days used while in quarantine; 0: it is in the set */
};

struct novelty {
    uint32_t count;
    struct known_item items[NOVELTY_SIZE];
};

static const struct known_item *find(const struct novelty *n, uint32_t key)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->items[i].key == key)
            return &n->items[i];
    return NULL;
}

double new_share(double own, double own_days, double group, double group_days, double days_seen)
{
    double share = (own + 4 * (group + 1) / (group_days + 4)) / (own_days + 4);
    return fmin(1, fmax(share, 1 / (days_seen + 1)));
}

double novel_value(double weight, double share, double users, double members, double users_all,
                   unsigned quarantine)
{
    double used = (users + 0.3 + 0.2 * fmin(users_all, 5) / 5) / (members + 1);
    return weight * exp2(-(double)quarantine) *
           (-log2(share) + 0.5 * fmax(-log2(fmin(1, used)) - 1, 0));
}

static double item_weight(const struct person_day *day, enum item_kind kind,
                          const struct day_item *item)
{
    static const double by_class[EVENT_CLASSES] = {0.8, 0.8, 1, 1.3};
    if (kind == ITEM_TOKEN)
        return by_class[day->record->tokens[item->token].class];
    return kind == ITEM_PROGRAM ? 1 : 0.5;
}

static double kind_share(const struct person_day *day, enum item_kind kind)
{
    const struct sums *own = &day->base->sums, *group = &day->group->sums;
    return new_share(own->discovery[kind], own->discovery_days[kind], group->discovery[kind],
                     group->discovery_days[kind], day->days_seen);
}

static void find_fresh(const struct novelty *known, struct person_day *day, enum item_kind kind)
{
    const struct day_items *items = &day->record->items[kind];
    double share = kind_share(day, kind), members = (double)day->group->members.count;
    for (size_t i = 0; i < items->count; i++) {
        const struct known_item *k = find(known, items->list[i].key);
        if (k && k->quarantine == 0)
            continue;
        struct fresh_item f = {
            .kind = kind, .index = (uint32_t)i, .quarantine = k ? k->quarantine : 0};
        f.weight = item_weight(day, kind, &items->list[i]);
        f.users = table_value(&day->group->user_counts, items->list[i].key);
        double all = table_value(&day->all->everybody->user_counts, items->list[i].key);
        f.value = novel_value(f.weight, share, f.users, members, all, f.quarantine);
        day->unseen |= f.users == 0 && (kind == ITEM_TOKEN || kind == ITEM_PROGRAM);
        day->fresh[day->fresh_count++] = f;
    }
}

static void prepare(const void *state, struct person_day *day)
{
    size_t most = 0;
    for (size_t kind = 0; kind < ITEM_KINDS; kind++)
        most += day->record->items[kind].count;
    day->fresh = arena_array(day->arena, most, sizeof *day->fresh);
    for (size_t kind = 0; kind < ITEM_KINDS && day->fresh; kind++)
        find_fresh(state, day, (enum item_kind)kind);
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    (void)state;
    double *values = arena_array(day->arena, day->fresh_count + 1, sizeof *values);
    size_t best = 0;
    for (size_t i = 0; values && i < day->fresh_count; i++) {
        values[i] = day->fresh[i].value;
        if (values[i] > day->fresh[best].value)
            best = i;
    }
    if (!values || day->fresh_count == 0)
        return;
    const struct fresh_item *f = &day->fresh[best];
    finding->detail = day->record->items[f->kind].list[f->index].text;
    finding->observed = (double)day->fresh_count;
    finding->expected = kind_share(day, f->kind);
    finding->peers = f->users;
    finding->n = day->days_seen;
    finding->raw = fmin(ranked_sum(values, day->fresh_count, 6), 300);
}

static struct known_item *make_room(struct novelty *n)
{
    if (n->count < NOVELTY_SIZE)
        return &n->items[n->count++];
    struct known_item *oldest = n->items;
    for (struct known_item *k = n->items; k < n->items + NOVELTY_SIZE; k++)
        if (k->last_day < oldest->last_day ||
            (k->last_day == oldest->last_day && k->key < oldest->key))
            oldest = k;
    return oldest;
}

static void enter_users(struct person_day *day, uint32_t key, uint64_t person)
{
    for (size_t i = 0; i < day->level_count; i++) {
        double *user = table_put(&day->levels[i]->users, (uint64_t)key << 32 | person);
        if (!user || *user > 0)
            continue;
        *user = 1;
        double *count = table_put(&day->levels[i]->user_counts, key);
        if (count)
            ++*count;
    }
}

/* Gives whether the item was news. */
static bool learn_item(struct novelty *n, struct person_day *day, uint32_t key)
{
    struct known_item *k = (struct known_item *)find(n, key);
    bool fresh = !k || k->quarantine > 0;
    if (fresh) {
        uint32_t q = day->weight >= 0.5 ? 0 : (k ? k->quarantine : 0) + 1;
        k = k ? k : make_room(n);
        *k = (struct known_item){key, day->day, q >= QUARANTINE_DAYS ? 0 : q};
    }
    if (k->quarantine == 0)
        enter_users(day, key, person_number(day->person));
    return fresh;
}

static void learn_discovery(struct person_day *day, size_t kind, bool fresh)
{
    if (day->base->days < 5)
        return;
    forget(&day->base->sums.discovery[kind], fresh, day->weight, FORGET_OWN);
    forget(&day->base->sums.discovery_days[kind], 1, day->weight, FORGET_OWN);
    for (size_t i = 0; i < day->level_count; i++) {
        forget(&day->levels[i]->sums.discovery[kind], fresh, day->weight, FORGET_GROUP);
        forget(&day->levels[i]->sums.discovery_days[kind], 1, day->weight, FORGET_GROUP);
    }
}

static void observe(void *state, struct person_day *day)
{
    struct novelty *n = state;
    if (term_missing(day, TERM_novel))
        return;
    for (size_t kind = 0; kind < ITEM_KINDS; kind++)
        for (size_t i = 0; i < day->record->items[kind].count; i++) {
            struct known_item *k =
                (struct known_item *)find(n, day->record->items[kind].list[i].key);
            if (k)
                k->last_day = day->day;
        }
    for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
        bool fresh = false;
        for (size_t i = 0; i < day->record->items[kind].count; i++)
            fresh |= learn_item(n, day, day->record->items[kind].list[i].key);
        learn_discovery(day, kind, fresh);
    }
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    SAY(to, language,
        "first time for this person: %.*s (new today: %.0f; colleagues who do it: %.0f)%s",
        "本人首次：%.*s（今日共%.0f项新行为，%.0f名同事有过）%s", (int)f->detail.len,
        (const char *)f->detail.ptr, f->observed, f->peers, new_in_role(day, language));
}

static void save(const void *state, struct buffer *to)
{
    const struct novelty *n = state;
    buffer_append_le32(to, n->count);
    for (size_t i = 0; i < n->count; i++) {
        buffer_append_le32(to, n->items[i].key);
        buffer_append_le32(to, (uint32_t)n->items[i].last_day);
        buffer_append_byte(to, (uint8_t)n->items[i].quarantine);
    }
}

static bool load(void *state, struct reader *from)
{
    struct novelty *n = state;
    n->count = reader_le32(from);
    if (n->count > NOVELTY_SIZE)
        return false;
    for (size_t i = 0; i < n->count; i++) {
        n->items[i].key = reader_le32(from);
        n->items[i].last_day = (int32_t)reader_le32(from);
        n->items[i].quarantine = reader_u8(from);
    }
    return reader_ok(from);
}

const struct submodel submodel_novel = {.term = TERM_novel,
                                        .state_size = sizeof(struct novelty),
                                        .prepare = prepare,
                                        .assess = assess,
                                        .observe = observe,
                                        .explain = explain,
                                        .save = save,
                                        .load = load};
