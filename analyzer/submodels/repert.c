/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term repert: is this the person's own way of working? (docs/scoring.md, 3.7)
 */
#include "analyzer/submodels/submodels.h"

#include "base/hash.h"

#include <math.h>

enum { CELLS = 512, CODES = 256, REPEATS = 400 };
#define SMALL      0.01   /* A of 3.7 */
#define DAY_EVENTS 1000.0 /* a larger day is scaled down to this */
#define MOST       3000.0 /* n beyond which all is halved */

struct repertoire {
    uint8_t single[CELLS];
    uint8_t pair[2][CELLS];
    double n; /* tokens learnt; stored as float */
};

uint8_t repert_code(double value)
{
    return (uint8_t)fmin(CODES - 1, floor(22 * log2(1 + value) + 0.5));
}

static double code_value(uint8_t code)
{
    return exp2(code / 22.0) - 1;
}

uint32_t repert_cell(uint32_t key)
{
    return (uint32_t)((uint64_t)(uint32_t)(key * 2654435761u) * CELLS >> 32);
}

void repert_pair_cells(uint32_t first, uint32_t second, uint32_t cells[2])
{
    uint32_t k = first * 31 + second;
    cells[0] = repert_cell(k * 3 + 1);
    cells[1] = repert_cell(k * 5 + 2);
}

/* W(n) = sum of i^-0.75. */
double repeat_weight(double n)
{
    static double sums[REPEATS];
    if (sums[1] <= 0)
        for (size_t i = 1; i < REPEATS; i++)
            sums[i] = sums[i - 1] + pow((double)i, -0.75);
    return sums[(size_t)fmin(n, REPEATS - 1)];
}

struct share_pair token_shares(double everybody, double total, double distinct, double own,
                               double n)
{
    double po = (everybody + SMALL) / (total + SMALL * distinct);
    return (struct share_pair){po, (own + SMALL + 2 * po) / (n + SMALL * distinct + 2)};
}

static double half_share(double pairs, double before, double share)
{
    return before > 0 ? 0.5 * fmin(1, pairs / before) + 0.5 * share : share;
}

struct share_pair pair_shares(struct share_pair second, double everybody, double everybody_before,
                              double own, double own_before)
{
    return (struct share_pair){half_share(everybody, everybody_before, second.others),
                               half_share(own, own_before, second.own)};
}

/* The weighted sum of log ratios. */
void likeness_add(struct likeness *l, double times, struct share_pair shares)
{
    double w = repeat_weight(times);
    l->sum += w * clip(log2(shares.others / shares.own), -6, 6);
    l->weight += w;
}

double repert_bits(const struct likeness *tokens, const struct likeness *pairs)
{
    double s = (0.25 * tokens->sum + 0.75 * pairs->sum) /
               (0.25 * tokens->weight + 0.75 * pairs->weight + 4);
    return fmax(0, 6 + 4 * s);
}

static uint64_t pair_id(const struct day_record *r, const struct day_pair *p)
{
    uint64_t ids[2] = {r->tokens[p->first].id, r->tokens[p->second].id};
    return hash64(slice_make(ids, sizeof ids));
}

static double own_pair(const struct repertoire *own, uint32_t first, uint32_t second)
{
    uint32_t cells[2];
    repert_pair_cells(first, second, cells);
    return fmin(code_value(own->pair[0][cells[0]]), code_value(own->pair[1][cells[1]]));
}

static double own_token(const struct repertoire *own, const struct day_token *t)
{
    return code_value(own->single[repert_cell(t->hash)]);
}

enum { YOUNG_SINCE = 7, FAMILIAR = 5 };
#define TAKEN_UP 0.15

/* Extended model: a token younger than the organisation's first days, that a good part of the group
 * has taken up (a renamed object, a new release), says nothing about one who has yet to meet it. */
static bool is_taken_up(const struct repertoire *own, const struct person_day *day,
                        const struct day_token *t)
{
    double born = table_value(&day->all->born, t->id);
    if (!day->extended || own_token(own, t) >= FAMILIAR || (born > 0 && born <= YOUNG_SINCE))
        return false;
    uint32_t key = fnv1a(fnv1a(FNV1A_START, "t:", 2), t->text.ptr, t->text.len);
    double users = table_value(&day->group->user_counts, key);
    return users >= fmax(2, TAKEN_UP * (double)day->group->members.count);
}

static struct share_pair shares_of(const struct repertoire *own, const struct person_day *day,
                                   const struct day_token *t)
{
    const struct organisation_state *all = day->all;
    if (is_taken_up(own, day, t))
        return (struct share_pair){1, 1};
    return token_shares(table_value(&all->tokens, t->id), all->token_total,
                        (double)all->tokens.count, own_token(own, t), own->n);
}

static struct likeness token_likeness(const struct repertoire *own, const struct person_day *day,
                                      struct slice *strangest)
{
    struct likeness l = {0, 0};
    double most = -1;
    for (size_t i = 0; i < day->record->token_count; i++) {
        const struct day_token *t = &day->record->tokens[i];
        double before = l.sum;
        likeness_add(&l, t->count, shares_of(own, day, t));
        if (l.sum - before > most) {
            most = l.sum - before;
            *strangest = t->text;
        }
    }
    return l;
}

static struct likeness pair_likeness(const struct repertoire *own, const struct person_day *day)
{
    struct likeness l = {0, 0};
    const struct day_record *r = day->record;
    for (size_t i = 0; i < r->pair_count; i++) {
        const struct day_token *p = &r->tokens[r->pairs[i].first],
                               *t = &r->tokens[r->pairs[i].second];
        if (is_taken_up(own, day, p) || is_taken_up(own, day, t))
            continue;
        struct share_pair s = pair_shares(shares_of(own, day, t),
                                          table_value(&day->all->pairs, pair_id(r, &r->pairs[i])),
                                          table_value(&day->all->tokens, p->id),
                                          own_pair(own, p->hash, t->hash), own_token(own, p));
        likeness_add(&l, r->pairs[i].count, s);
    }
    return l;
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    const struct repertoire *own = state;
    finding->n = own->n;
    day->has_similarity = false;
    if (own->n <= 20 || day->record->token_count == 0)
        return;
    struct likeness tokens = token_likeness(own, day, &finding->detail);
    struct likeness pairs = pair_likeness(own, day);
    finding->raw = fmin(repert_bits(&tokens, &pairs), 300);
    day->has_similarity = true;
    day->similarity = tokens.sum / tokens.weight;
    finding->observed = day->similarity;
}

static void add_to(struct table *table, uint64_t key, double n)
{
    double *value = table_put(table, key);
    if (value)
        *value += n;
}

static void learn_tokens(struct repertoire *own, struct person_day *day, double scale)
{
    double cells[CELLS] = {0};
    for (size_t i = 0; i < day->record->token_count; i++) {
        const struct day_token *t = &day->record->tokens[i];
        cells[repert_cell(t->hash)] += t->count * scale;
        add_to(&day->all->tokens, t->id, t->count * scale);
        double *born = day->extended ? table_put(&day->all->born, t->id) : NULL;
        if (born && *born <= 0)
            *born = day->index + 1;
    }
    for (size_t i = 0; i < CELLS; i++)
        if (cells[i] > 0)
            own->single[i] = repert_code(code_value(own->single[i]) + cells[i]);
}

static void learn_pairs(struct repertoire *own, struct person_day *day, double scale)
{
    const struct day_record *r = day->record;
    for (size_t i = 0; i < r->pair_count; i++) {
        const struct day_pair *p = &r->pairs[i];
        uint32_t first = r->tokens[p->first].hash, second = r->tokens[p->second].hash, cells[2];
        uint8_t code = repert_code(own_pair(own, first, second) + p->count * scale);
        repert_pair_cells(first, second, cells);
        for (size_t row = 0; row < 2; row++)
            if (own->pair[row][cells[row]] < code)
                own->pair[row][cells[row]] = code;
        add_to(&day->all->pairs, pair_id(r, p), p->count * scale);
    }
}

/* Keeps the cells below their ceiling. */
static void halve(struct repertoire *own)
{
    own->n /= 2;
    for (size_t i = 0; i < CELLS; i++) {
        own->single[i] = repert_code(code_value(own->single[i]) / 2);
        for (size_t row = 0; row < 2; row++)
            own->pair[row][i] = repert_code(code_value(own->pair[row][i]) / 2);
    }
}

static void observe(void *state, struct person_day *day)
{
    struct repertoire *own = state;
    bool alike =
        !day->has_similarity || day->similarity < 0 || (day->extended && day->similarity <= 0);
    if (term_missing(day, TERM_repert) || !((alike && day->weight >= 0.5) || day->base->days <= 8))
        return;
    double scale = fmin(1, DAY_EVENTS / day->record->events);
    learn_tokens(own, day, scale);
    learn_pairs(own, day, scale);
    own->n += day->record->events * scale;
    day->all->token_total += day->record->events * scale;
    while (own->n > MOST)
        halve(own);
    own->n = (float)own->n;
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    (void)day;
    SAY(to, language, "this does not look like this person's way of working; most telling: %.*s",
        "与本人的操作习惯不符，最明显的是：%.*s", (int)f->detail.len, (const char *)f->detail.ptr);
}

static void save(const void *state, struct buffer *to)
{
    const struct repertoire *own = state;
    buffer_append(to, own->single, sizeof own->single);
    buffer_append(to, own->pair, sizeof own->pair);
    buffer_append_double(to, own->n);
}

static bool load(void *state, struct reader *from)
{
    struct repertoire *own = state;
    struct slice single = reader_bytes(from, sizeof own->single),
                 pair = reader_bytes(from, sizeof own->pair);
    own->n = reader_double(from);
    if (!reader_ok(from))
        return false;
    memcpy(own->single, single.ptr, single.len);
    memcpy(own->pair, pair.ptr, pair.len);
    return true;
}

const struct submodel submodel_repert = {.term = TERM_repert,
                                         .state_size = sizeof(struct repertoire),
                                         .assess = assess,
                                         .observe = observe,
                                         .explain = explain,
                                         .save = save,
                                         .load = load};
