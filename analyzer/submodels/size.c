/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term size: more rows of one kind of act and object than this person gets of it on a day
 * (docs/scoring.md, "Extended model"). An object that the group hardly knows is measured against
 * what is usual for the largest of its class.
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { KINDS = 32, LEAST_ROWS = 20, LEAST_ROWS_EACH = 3 };
#define SPREAD 0.8 /* of ln rows, before anything is known */

struct known_size {
    uint32_t key;
    int32_t last_day;
    struct log_sums sums;
};

struct sizes {
    uint32_t count;
    struct known_size list[KINDS];
};

/* One measure of the day: the rows of a token, or the largest of a class. */
struct measured {
    uint32_t key;
    double y;
    unsigned class;
    struct slice text;
};

static uint32_t class_key(unsigned class)
{
    return fnv1a(FNV1A_START, &(uint8_t){(uint8_t) class}, 1);
}

static const struct log_sums *own_sums(const struct sizes *s, uint32_t key)
{
    static const struct log_sums unknown;
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].key == key)
            return &s->list[i].sums;
    return &unknown;
}

/* A group keeps its sums in one table: key and field. */
static uint64_t field_key(uint32_t key, unsigned field)
{
    return (uint64_t)key << 2 | field;
}

static struct log_sums group_sums(const struct group *g, uint32_t key)
{
    return (struct log_sums){.n = table_value(&g->sizes, field_key(key, 0)),
                             .sum = table_value(&g->sizes, field_key(key, 1)),
                             .sumsq = table_value(&g->sizes, field_key(key, 2))};
}

double size_bits(double y, const struct log_sums *own, const struct log_sums *group, unsigned class)
{
    static const double weight[EVENT_CLASSES] = {0.5, 0.5, 1, 1.3};
    if (group->n <= 3)
        return 0;
    struct log_prediction p = log_predict(y, own, group, SPREAD);
    return fmin(weight[class] * upper_bits(p.z, p.nu), 300);
}

/* Records that are opened one by one are counted elsewhere. */
static bool is_list(const struct day_token *t)
{
    return t->rows >= LEAST_ROWS && t->rows >= LEAST_ROWS_EACH * t->count;
}

static void assess_token(const struct sizes *own, const struct person_day *day,
                         const struct day_token *t, struct finding *finding)
{
    double y = log1p(t->rows);
    uint32_t key = t->hash;
    struct log_sums group = group_sums(day->group, key);
    if (group.n <= 3) {
        key = class_key(t->class);
        group = group_sums(day->group, key);
    }
    double bits = size_bits(y, own_sums(own, key), &group, t->class);
    if (bits <= finding->raw)
        return;
    finding->raw = bits;
    finding->observed = t->rows;
    finding->expected = expm1(log_predict(y, own_sums(own, key), &group, SPREAD).mean);
    finding->peers = expm1(group.sum / group.n);
    finding->n = own_sums(own, key)->n;
    finding->detail = t->text;
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    for (size_t i = 0; i < day->record->token_count; i++)
        if (is_list(&day->record->tokens[i]))
            assess_token(state, day, &day->record->tokens[i], finding);
    /* Only what the sum of all rows does not say already. */
    finding->raw = fmax(finding->raw - day->findings[TERM_rows].raw, 0);
}

/* The entry of a key; when full, the one longest unused goes. */
static struct known_size *entry_of(struct sizes *s, uint32_t key)
{
    struct known_size *oldest = s->list;
    for (struct known_size *k = s->list; k < s->list + s->count; k++) {
        if (k->key == key)
            return k;
        if (k->last_day < oldest->last_day)
            oldest = k;
    }
    struct known_size *made = s->count < KINDS ? &s->list[s->count++] : oldest;
    *made = (struct known_size){.key = key};
    return made;
}

static void forget_field(struct group *g, uint32_t key, unsigned field, double x, double w)
{
    double *value = table_put(&g->sizes, field_key(key, field));
    if (value)
        forget(value, x, w, FORGET_GROUP);
}

static void learn(struct sizes *s, struct person_day *day, uint32_t key, double y)
{
    struct log_sums group = group_sums(day->group, key);
    struct known_size *own = entry_of(s, key);
    double mean = log_winsorise(&y, &own->sums, &group), w = day->weight;
    own->last_day = day->day;
    forget(&own->sums.n, 1, w, FORGET_OWN);
    forget(&own->sums.sum, y, w, FORGET_OWN);
    forget(&own->sums.sumsq, y * y, w, FORGET_OWN);
    own->sums = (struct log_sums){(float)own->sums.n, (float)own->sums.sum, (float)own->sums.sumsq};
    for (size_t i = 0; i < day->level_count; i++) {
        forget_field(day->levels[i], key, 0, 1, w);
        forget_field(day->levels[i], key, 1, y, w);
        forget_field(day->levels[i], key, 2, (y - mean) * (y - mean), w);
    }
}

static void observe(void *state, struct person_day *day)
{
    double largest[EVENT_CLASSES] = {0};
    if (term_missing(day, TERM_size))
        return;
    for (size_t i = 0; i < day->record->token_count; i++) {
        const struct day_token *t = &day->record->tokens[i];
        if (t->rows > 0)
            learn(state, day, t->hash, log1p(t->rows));
        largest[t->class] = fmax(largest[t->class], t->rows);
    }
    for (unsigned c = 0; c < EVENT_CLASSES; c++)
        if (largest[c] > 0)
            learn(state, day, class_key(c), log1p(largest[c]));
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "%.0f rows of %.*s, usually %.0f", "%.0f行（%.*s），平时约%.0f行",
        f->observed, (int)f->detail.len, (const char *)f->detail.ptr, f->expected);
}

static void save(const void *state, struct buffer *to)
{
    const struct sizes *s = state;
    buffer_append_le32(to, s->count);
    for (size_t i = 0; i < s->count; i++) {
        buffer_append_le32(to, s->list[i].key);
        buffer_append_le32(to, (uint32_t)s->list[i].last_day);
        buffer_append_double(to, s->list[i].sums.n);
        buffer_append_double(to, s->list[i].sums.sum);
        buffer_append_double(to, s->list[i].sums.sumsq);
    }
}

static bool load(void *state, struct reader *from)
{
    struct sizes *s = state;
    s->count = reader_le32(from);
    if (s->count > KINDS)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        s->list[i].key = reader_le32(from);
        s->list[i].last_day = (int32_t)reader_le32(from);
        s->list[i].sums.n = reader_double(from);
        s->list[i].sums.sum = reader_double(from);
        s->list[i].sums.sumsq = reader_double(from);
    }
    return reader_ok(from);
}

const struct submodel submodel_size = {.term = TERM_size,
                                       .state_size = sizeof(struct sizes),
                                       .assess = assess,
                                       .observe = observe,
                                       .explain = explain,
                                       .save = save,
                                       .load = load};
