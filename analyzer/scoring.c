/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A day's scoring in the order of docs/scoring.md, 10.6.
 */
#include "analyzer/scoring.h"

#include "analyzer/calibration.h"

#include <math.h>
#include <stdlib.h>

enum {
    ARENA_MAX = 1 << 30,
    LEARNING_DAYS = 10,
    LEARNING_INDEX = 14,
    EARLY_INDEX = 5,
    ALERT_JOIN_DAYS = 7
};

struct model {
    const struct organisation *organisation;
    struct population people;
    struct alert_budget budget;
    bool extended;
    uint32_t left_out; /* bit per term: computed and not added */
    model_judge *judge;
    void *judge_context;
    bool begun;
    int32_t first_day, last_day; /* last: closed */
};

/* Everything of one scoring. */
struct scoring {
    struct model *model;
    int32_t day;
    bool running;
    bool learns;
    double seconds; /* of the day that have passed, where it is running */
    struct person_day *days;
    const struct model_input *inputs;
    size_t count;
    struct arena arena;
};

struct model *model_new(const struct organisation *organisation, double budget)
{
    struct model *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->organisation = organisation;
    alert_budget_init(&m->budget, budget);
    if (population_init(&m->people) != STATUS_OK)
        model_free(&m);
    return m;
}

void model_free(struct model **model)
{
    if (!*model)
        return;
    population_release(&(*model)->people);
    free(*model);
    *model = NULL;
}

void model_use(struct model *model, const struct organisation *organisation)
{
    model->organisation = organisation;
}

void model_extend(struct model *model, bool extended)
{
    model->extended = extended;
}

void model_leave_out(struct model *model, uint32_t terms)
{
    model->left_out = terms;
}

void model_set_judge(struct model *model, model_judge *judge, void *context)
{
    model->judge = judge;
    model->judge_context = context;
}

double model_theta(const struct model *model)
{
    return model->budget.theta;
}

static uint32_t missing_terms(const struct model *m, int32_t day)
{
    uint32_t missing = organisation_missing(m->organisation, day);
    bool related = m->extended || organisation_has_assignments(m->organisation);
    if (missing & (1u << TERM_undist | MISSING_DIST) || !related)
        missing |= 1u << TERM_share;
    return m->extended ? missing : missing | TERMS_EXTENDED;
}

static bool join_groups(struct person_day *d)
{
    for (size_t i = 0; i < d->level_count; i++) {
        struct group *g = d->levels[i];
        if (g->active_count == g->active_capacity) {
            size_t more = g->active_capacity ? g->active_capacity * 2 : 16;
            struct person_day **bigger = realloc(g->active, more * sizeof(struct person_day *));
            if (!bigger)
                return false;
            g->active = bigger;
            g->active_capacity = more;
        }
        g->active[g->active_count++] = d;
    }
    return true;
}

static double sum_of(const double *values, size_t n, double scale)
{
    double sum = 0, rest = 0; /* Neumaier */
    for (size_t i = 0; i < n; i++) {
        double x = scale - values[i], next = sum + x;
        rest += fabs(sum) >= fabs(x) ? (sum - next) + x : (x - next) + sum;
        sum = next;
    }
    return sum + rest;
}

static void measure_counts(struct person_day *d)
{
    const struct day_record *r = d->record;
    d->counts[COUNT_vol] = r->events;
    d->counts[COUNT_dist] = (double)r->subject_count;
    d->counts[COUNT_undist] = sum_of(d->relation, r->subject_count, 1);
    d->counts[COUNT_idc] = r->idc;
    d->rares[RARE_exp] = r->exports;
    d->rares[RARE_inter] = r->switches;
    const struct day_items *addresses = &r->items[ITEM_ADDRESS];
    for (size_t i = 0; i < addresses->count && d->rares[RARE_alien] <= 0; i++)
        d->rares[RARE_alien] =
            organisation_alien(d->organisation, addresses->list[i].text, d->employee, &d->owner);
}

static void measure_logs(struct person_day *d)
{
    static bool (*const measures[LOG_MEASURES])(const struct day_record *,
                                                double *) = {[LOG_rows] = day_rows_measure,
                                                             [LOG_dwell] = day_dwell_measure,
                                                             [LOG_regular] = day_regular_measure};
    static const enum term terms[LOG_MEASURES] = {TERM_rows, TERM_dwell, TERM_regular};
    for (size_t i = 0; i < LOG_MEASURES; i++)
        d->has_log[i] = measures[i](d->record, &d->logs[i]) && !term_missing(d, terms[i]);
}

static double relation_to(const struct person_day *d, const struct model_subject *s)
{
    if (s->uncovered)
        return 1;
    double assigned = organisation_relation(d->organisation, d->employee, s->id, d->day);
    if (!d->extended)
        return assigned;
    return fmax(assigned,
                openings_relation(&d->all->openings, s->id, person_number(d->person), d->day));
}

static bool begin_person(struct scoring *s, size_t i)
{
    struct model *m = s->model;
    struct person_day *d = &s->days[i];
    d->employee = s->inputs[i].employee;
    d->record = s->inputs[i].record;
    d->person = population_enter(&m->people, m->organisation, d->employee, s->day);
    if (!d->person)
        return false;
    d->base = d->person->base;
    d->day = s->day;
    d->verdict = m->judge ? m->judge(m->judge_context, d->employee, s->day) : VERDICT_NONE;
    d->index = s->day - m->first_day;
    d->kind = organisation_free_day(m->organisation, s->day);
    d->missing = missing_terms(m, s->day);
    d->organisation = m->organisation;
    d->extended = m->extended;
    d->all = &m->people.all;
    d->arena = &s->arena;
    d->days_seen = d->base->days;
    d->relation = arena_array(&s->arena, d->record->subject_count + 1, sizeof *d->relation);
    if (!d->relation || !population_levels(&m->people, m->organisation, d) || !join_groups(d))
        return false;
    for (size_t k = 0; k < d->record->subject_count; k++)
        d->relation[k] = relation_to(d, &d->record->subjects[k].subject);
    measure_counts(d);
    measure_logs(d);
    for (size_t k = 0; k < COUNT_MEASURES; k++)
        d->expected[k] = count_mean(&d->base->sums.count[k], &d->group->sums.count[k]);
    return true;
}

static const uint32_t count_source[COUNT_MEASURES] = {[COUNT_undist] = 1u << TERM_undist,
                                                      [COUNT_dist] = MISSING_DIST,
                                                      [COUNT_idc] = 1u << TERM_idc,
                                                      [COUNT_vol] = MISSING_VOL};

/* How much of a usual day of this group lies behind: its hour profile up to now. */
static double elapsed_share(const struct scoring *s, const struct group *g, unsigned kind)
{
    if (!s->running || g->sums.hour_days[kind] < 1)
        return 1;
    double past = 0, all = 0;
    for (size_t h = 0; h < 24; h++) {
        double part = clip(s->seconds / 3600 - (double)h, 0, 1);
        past += part * g->sums.hour[kind][h];
        all += g->sums.hour[kind][h];
    }
    return all > 0 ? past / all : 1;
}

static void know_factors(struct scoring *s, struct group *g)
{
    double *ratios = arena_array(&s->arena, g->active_count + 1, sizeof *ratios);
    double share = g->active_count ? elapsed_share(s, g, g->active[0]->kind) : 1;
    for (size_t m = 0; m < COUNT_MEASURES; m++) {
        g->factor[m] = 1;
        if (!ratios || (g->active_count && g->active[0]->missing & count_source[m]))
            continue;
        for (size_t i = 0; i < g->active_count; i++) {
            const struct person_day *d = g->active[i];
            ratios[i] = (d->counts[m] + 0.5) / (d->expected[m] * share + 0.5);
        }
        g->factor[m] = day_factor(ratios, g->active_count);
    }
}

/* Group values of the day: computed once for each group somebody is judged by. */
static void know_groups(struct scoring *s)
{
    struct group *everybody = s->model->people.all.everybody;
    for (size_t i = 0; i < s->count; i++) {
        struct group *g = s->days[i].group;
        if (g->judged)
            continue;
        know_factors(s, g);
        for (size_t k = 0; k < TERM_COUNT; k++)
            g->slope[k] = deflation_slope(g->histogram[k], everybody->histogram[k]);
        g->judged = true;
    }
}

static void assess_person(struct person_day *d)
{
    for (size_t k = 0; k < TERM_COUNT; k++) {
        struct finding *f = &d->findings[k];
        submodels[k]->assess(baseline_state(d->base, (enum term)k), d, f);
        f->measured = !term_missing(d, (enum term)k);
        if (!f->measured)
            *f = (struct finding){0};
        d->deflated[k] = f->raw * d->group->slope[k];
    }
}

static void assess_all(struct scoring *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct person_day *d = &s->days[i];
        for (size_t k = 0; k < COUNT_MEASURES; k++)
            d->mu[k] = fmax(d->expected[k] * d->group->factor[k], 0.02);
        for (size_t k = 0; k < TERM_COUNT; k++)
            if (submodels[k]->prepare)
                submodels[k]->prepare(baseline_state(d->base, (enum term)k), d);
    }
    for (size_t i = 0; i < s->count; i++)
        assess_person(&s->days[i]);
}

/* On the values before any correction. */
static void correct_coincidence(struct scoring *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct person_day *d = &s->days[i];
        for (size_t k = 0; k < TERM_COUNT; k++) {
            double c = d->deflated[k];
            if (c <= 4)
                continue;
            double threshold = fmax(4, c / 2);
            size_t others = 0;
            for (size_t j = 0; j < d->group->active_count; j++)
                others += d->group->active[j] != d && d->group->active[j]->deflated[k] >= threshold;
            d->coincidence[k] = coincidence_bits(c, (double)others, (double)d->group->active_count);
        }
    }
}

/* A verdict stands above the gate: benign days are learnt whole, confirmed ones not at all. */
static double judged_weight(double weight, enum verdict_kind verdict)
{
    return verdict == VERDICT_BENIGN ? 1 : verdict == VERDICT_CONFIRMED ? 0 : weight;
}

/* 4.3, 4.4, 5, 6: what the day is worth. */
static void add_up(struct scoring *s, struct person_day *d, double risks[TERM_COUNT])
{
    const struct person *p = d->person;
    double decay = p->seen ? exp2(-(double)(s->day - p->last_day) / 3) : 1;
    for (size_t k = 0; k < TERM_COUNT; k++) {
        bool counts = term_in_sum((enum term)k) && !(s->model->left_out >> k & 1);
        d->points[k] = clip(fmax(0, d->deflated[k] - d->coincidence[k]) - 3, 0, 10);
        d->score += counts ? d->points[k] : 0;
        risks[k] = p->risk[k] * decay + (counts ? d->points[k] : 0);
        d->risk += risks[k];
    }
    d->learning = d->days_seen < LEARNING_DAYS || d->index < LEARNING_INDEX;
    d->alert_value = fmax(d->score, d->risk / 1.5);
    if (d->learning)
        d->alert_value =
            d->points[TERM_enum] + (d->index >= LEARNING_INDEX ? d->points[TERM_share] : 0);
    d->weight = judged_weight(learning_weight(d->score, d->days_seen, d->index), d->verdict);
}

static enum alert_mark crossing(const struct scoring *s, const struct person_day *d, double theta)
{
    const struct person *p = d->person;
    if (d->alert_value < theta)
        return ALERT_MARK_NONE;
    return p->open && s->day - p->last_crossing <= ALERT_JOIN_DAYS ? ALERT_MARK_JOINED
                                                                   : ALERT_MARK_OPENED;
}

static void keep_crossing(struct person *p, const struct person_day *d, double theta)
{
    if (d->verdict == VERDICT_BENIGN || d->verdict == VERDICT_CONFIRMED)
        p->open = false; /* the case is decided */
    else if (d->alert_value >= theta) {
        p->open = true;
        p->last_crossing = d->day;
    } else if (d->alert_value < theta / 2) {
        p->open = false;
    }
}

static void score_person(struct scoring *s, size_t i, model_visit *visit, void *context)
{
    struct person_day *d = &s->days[i];
    struct model_score score = {
        .day = d, .user = s->inputs[i].user, .theta = s->model->budget.theta};
    add_up(s, d, score.risks);
    score.mark = crossing(s, d, score.theta);
    if (s->learns) {
        memcpy(d->person->risk, score.risks, sizeof score.risks);
        keep_crossing(d->person, d, score.theta);
        d->person->seen = true;
        d->person->last_day = s->day;
        d->person->changed = true;
    }
    score.open = d->person->open;
    visit(context, &score);
}

static void observe_counts(struct person_day *d)
{
    for (size_t m = 0; m < COUNT_MEASURES; m++) {
        double factor = d->group->factor[m];
        if (d->missing & count_source[m])
            continue;
        count_learn(&d->base->sums.count[m], d->counts[m], factor, d->mu[m], d->weight, FORGET_OWN);
        for (size_t i = 0; i < d->level_count; i++)
            count_learn(&d->levels[i]->sums.count[m], d->counts[m], factor, d->mu[m], d->weight,
                        FORGET_GROUP);
    }
}

static void learn_person(struct person_day *d)
{
    d->base->days++;
    for (size_t i = 0; i < d->level_count; i++) {
        d->levels[i]->days++;
        if (d->base->days >= 3)
            table_put(&d->levels[i]->members, person_number(d->person));
    }
    observe_counts(d);
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (submodels[k]->observe)
            submodels[k]->observe(baseline_state(d->base, (enum term)k), d);
    sums_round(&d->base->sums);
}

struct fading {
    double factor;
};

static bool fade_group(void *context, struct slice key, void *value)
{
    (void)key;
    const struct fading *fading = context;
    struct group *g = value;
    for (size_t k = 0; k < TERM_COUNT; k++)
        for (size_t i = 0; i < HISTOGRAM_BINS; i++)
            g->histogram[k][i] *= fading->factor;
    return true;
}

/* The bits that are learnt as usual: in the extended model without what was a coincidence of the
 * group, or a migration would make the group deaf for weeks. */
static double usual_bits(const struct person_day *d, size_t k)
{
    double raw = d->findings[k].raw;
    if (!d->extended || d->coincidence[k] <= 0)
        return raw;
    return raw * fmax(d->deflated[k] - d->coincidence[k], 0) / d->deflated[k];
}

static void learn_histograms(struct scoring *s)
{
    struct model *m = s->model;
    struct fading fading = {m->begun ? pow(0.995, s->day - m->last_day) : 1};
    map_each(m->people.groups, fade_group, &fading);
    for (size_t i = 0; i < s->count; i++) {
        const struct person_day *d = &s->days[i];
        for (size_t level = 0; level < d->level_count; level++)
            for (size_t k = 0; k < TERM_COUNT; k++)
                if (d->findings[k].measured)
                    d->levels[level]->histogram[k][histogram_bin(usual_bits(d, k))] +=
                        d->index >= EARLY_INDEX ? d->weight : fmin(d->weight, 0.2);
    }
}

/* Gives the largest value of the seven days before, and forgets older ones. */
static double recent_largest(struct person *p, int32_t day)
{
    uint32_t kept = 0;
    double largest = 0;
    for (uint32_t i = 0; i < p->recent_count; i++)
        if (day - p->recent[i].day <= 7) {
            largest = fmax(largest, p->recent[i].value);
            p->recent[kept++] = p->recent[i];
        }
    p->recent_count = kept;
    return largest;
}

static void learn_theta(struct scoring *s)
{
    struct model *m = s->model;
    int32_t index = s->day - m->first_day;
    for (size_t i = 0; i < s->count; i++) {
        struct person_day *d = &s->days[i];
        if (d->learning || d->verdict == VERDICT_WATCH || d->verdict == VERDICT_CONFIRMED)
            continue;
        double before = recent_largest(d->person, s->day);
        alert_budget_add(&m->budget, index, before, d->alert_value);
        if (d->person->recent_count < RECENT_DAYS)
            d->person->recent[d->person->recent_count++] =
                (struct recent_value){s->day, half_to(half_from(d->alert_value))};
    }
    alert_budget_close(&m->budget, index);
}

static void count_openings(struct scoring *s)
{
    struct openings *o = &s->model->people.all.openings;
    openings_begin(o);
    for (size_t i = 0; s->model->extended && i < s->count; i++)
        openings_count(o, s->inputs[i].record);
}

static void learn_openings(struct person_day *d)
{
    for (size_t i = 0; d->extended && i < d->record->subject_count; i++)
        openings_learn(&d->all->openings, d->record->subjects[i].subject.id,
                       person_number(d->person), d->day);
}

static enum status run(struct scoring *s, model_visit *visit, void *context)
{
    struct model *m = s->model;
    if (!m->begun)
        m->first_day = s->day; /* a look at a running day sets it for that look */
    population_count(&m->people, m->organisation, s->day);
    arena_init(&s->arena, ARENA_MAX);
    s->days = arena_array(&s->arena, s->count + 1, sizeof *s->days);
    enum status status = s->days ? STATUS_OK : STATUS_NO_MEMORY;
    count_openings(s);
    for (size_t i = 0; status == STATUS_OK && i < s->count; i++)
        if (!begin_person(s, i))
            status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        know_groups(s);
        assess_all(s);
        correct_coincidence(s);
        for (size_t i = 0; i < s->count; i++)
            score_person(s, i, visit, context);
    }
    if (status == STATUS_OK && s->learns) {
        for (size_t i = 0; i < s->count; i++) {
            learn_person(&s->days[i]);
            learn_openings(&s->days[i]);
        }
        learn_histograms(s);
        learn_theta(s);
        m->begun = true;
        m->last_day = s->day;
    }
    arena_release(&s->arena);
    return status;
}

enum status model_close(struct model *model, int32_t day, const struct model_input *inputs,
                        size_t count, model_visit *visit, void *context)
{
    struct scoring s = {
        .model = model, .day = day, .inputs = inputs, .count = count, .learns = true};
    return count ? run(&s, visit, context) : STATUS_OK;
}

enum status model_look(struct model *model, int32_t day, const struct model_input *inputs,
                       size_t count, model_visit *visit, void *context)
{
    struct scoring s = {.model = model, .day = day, .inputs = inputs, .count = count};
    return count ? run(&s, visit, context) : STATUS_OK;
}

enum status model_running(struct model *model, int32_t day, double seconds,
                          const struct model_input *inputs, size_t count, model_visit *visit,
                          void *context)
{
    struct scoring s = {.model = model,
                        .day = day,
                        .inputs = inputs,
                        .count = count,
                        .running = true,
                        .seconds = seconds};
    return count ? run(&s, visit, context) : STATUS_OK;
}

enum status model_save(struct model *model, population_put *put, void *context)
{
    struct buffer b;
    buffer_init(&b, 1 << 20);
    buffer_append_byte(&b, model->begun);
    buffer_append_le32(&b, (uint32_t)model->first_day);
    buffer_append_le32(&b, (uint32_t)model->last_day);
    alert_budget_save(&model->budget, &b);
    enum status status = buffer_status(&b);
    if (status == STATUS_OK)
        put(context, SLICE("m"), buffer_slice(&b));
    buffer_release(&b);
    return status == STATUS_OK ? population_save(&model->people, put, context) : status;
}

enum status model_load(struct model *model, struct slice key, struct slice value)
{
    if (!slice_equal(key, SLICE("m")))
        return population_load(&model->people, key, value);
    struct reader r = reader_of(value);
    model->begun = reader_u8(&r) != 0;
    model->first_day = (int32_t)reader_le32(&r);
    model->last_day = (int32_t)reader_le32(&r);
    return alert_budget_load(&model->budget, &r) && reader_left(&r) == 0 ? STATUS_OK
                                                                         : STATUS_CORRUPT;
}
