/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Persons, groups and posts: docs/scoring.md, sections 1 and 8.
 */
#include "analyzer/population.h"

#include <stdio.h>
#include <stdlib.h>

enum { POST_TEXT = 256, RESTORE_DAYS = 90, SMALLEST_GROUP = 4 };

uint32_t person_number(const struct person *p)
{
    return p->number;
}

static void drop_person(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct person *p = value;
    for (size_t i = 0; i < KEPT_POSTS; i++) {
        free(p->kept[i].post);
        free(p->kept[i].base);
    }
    free(p->id);
    free(p->post);
    free(p->base);
}

static void drop_group(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct group *g = value;
    table_release(&g->users);
    table_release(&g->user_counts);
    table_release(&g->members);
    table_release(&g->sizes);
    free(g->active);
    free((void *)g->key.ptr);
}

enum status population_init(struct population *p)
{
    *p = (struct population){
        .persons = map_new(sizeof(struct person), PERSONS_MAX, MAP_REFUSE, drop_person, NULL),
        .groups = map_new(sizeof(struct group), GROUPS_MAX, MAP_REFUSE, drop_group, NULL),
    };
    table_init(&p->all.tokens, ALL_TOKENS_MAX);
    table_init(&p->all.pairs, ALL_PAIRS_MAX);
    table_init(&p->all.space_low, ALL_SPACES_MAX);
    table_init(&p->all.space_high, ALL_SPACES_MAX);
    table_init(&p->all.born, ALL_TOKENS_MAX);
    openings_init(&p->all.openings);
    if (!p->persons || !p->groups)
        return STATUS_NO_MEMORY;
    return population_group(p, SLICE("*")) ? STATUS_OK : STATUS_NO_MEMORY;
}

void population_release(struct population *p)
{
    map_free(&p->persons);
    map_free(&p->groups);
    table_release(&p->all.tokens);
    table_release(&p->all.pairs);
    table_release(&p->all.space_low);
    table_release(&p->all.space_high);
    table_release(&p->all.born);
    openings_release(&p->all.openings);
}

static char *text_of(struct slice s)
{
    char *text = malloc(s.len + 1);
    return text ? slice_copy_text(s, text, s.len + 1) : NULL;
}

struct person *population_person(struct population *p, struct slice id)
{
    bool created;
    struct person *person = map_put(p->persons, id, &created);
    if (!person || !created)
        return person;
    person->id = text_of(id);
    person->number = ++p->last_number;
    return person->id ? person : NULL;
}

struct group *population_group(struct population *p, struct slice key)
{
    bool created;
    struct group *g = map_put(p->groups, key, &created);
    if (!g || !created)
        return g;
    char *text = text_of(key);
    g->key = text ? slice_from(text) : (struct slice){0};
    table_init(&g->users, GROUP_USERS_MAX);
    table_init(&g->user_counts, GROUP_USERS_MAX);
    table_init(&g->members, PERSONS_MAX);
    table_init(&g->sizes, GROUP_SIZES_MAX);
    if (slice_equal(key, SLICE("*")))
        p->all.everybody = g;
    return g;
}

static struct slice post_key(struct post post, bool whole_role, char *to)
{
    struct slice role = slice_part(post.role, 0, 100),
                 department = slice_part(post.department, 0, 100);
    int n = snprintf(to, POST_TEXT, "%.*s/%.*s", (int)role.len, (const char *)role.ptr,
                     whole_role ? 1 : (int)department.len,
                     whole_role ? "*" : (const char *)department.ptr);
    return slice_make(to, n > 0 ? (size_t)n : 0);
}

/* Puts the baseline of the post that ends aside, in the place of the one longest unused. */
static void keep_baseline(struct person *p)
{
    struct kept_baseline *to = p->kept;
    for (struct kept_baseline *k = p->kept; to->post && k < p->kept + KEPT_POSTS; k++)
        if (!k->post || k->last_day < to->last_day)
            to = k;
    free(to->post);
    free(to->base);
    *to = (struct kept_baseline){p->post, p->base, p->last_day};
    p->post = NULL;
    p->base = NULL;
}

static struct baseline *restore_baseline(struct person *p, struct slice post, int32_t day)
{
    for (struct kept_baseline *k = p->kept; k < p->kept + KEPT_POSTS; k++) {
        if (!k->post || !slice_equal(slice_from(k->post), post))
            continue;
        struct baseline *base = day - k->last_day <= RESTORE_DAYS ? k->base : NULL;
        if (!base)
            free(k->base);
        free(k->post);
        *k = (struct kept_baseline){0};
        return base;
    }
    return NULL;
}

static struct baseline *new_baseline(void)
{
    struct baseline *b = malloc(baseline_size());
    if (b)
        baseline_init(b);
    return b;
}

struct person *population_enter(struct population *p, const struct organisation *o, struct slice id,
                                int32_t day)
{
    char text[POST_TEXT];
    const struct employee *e = organisation_find(o, id);
    struct slice post = e ? post_key(organisation_post(o, e, day), false, text) : SLICE("");
    struct person *person = population_person(p, id);
    if (!person || (person->post && slice_equal(slice_from(person->post), post)))
        return person;
    if (person->base)
        keep_baseline(person);
    free(person->post);
    person->post = text_of(post);
    person->base = restore_baseline(person, post, day);
    if (!person->base)
        person->base = new_baseline();
    person->changed = true;
    return person->base && person->post ? person : NULL;
}

static bool forget_count(void *context, struct slice key, void *value)
{
    (void)context;
    (void)key;
    struct group *g = value;
    g->registered = 0;
    g->active_count = 0;
    g->judged = false;
    memset(g->drift_known, 0, sizeof g->drift_known);
    return true;
}

void population_count(struct population *p, const struct organisation *o, int32_t day)
{
    char text[POST_TEXT];
    map_each(p->groups, forget_count, NULL);
    for (size_t i = 0; i < organisation_size(o); i++) {
        const struct employee *e = organisation_at(o, i);
        if (e->left < day)
            continue;
        struct post post = organisation_post(o, e, day);
        for (size_t whole = 0; whole < 2; whole++) {
            struct group *g = population_group(p, post_key(post, whole, text));
            if (g)
                g->registered++;
        }
    }
}

bool population_levels(struct population *p, const struct organisation *o, struct person_day *day)
{
    char text[POST_TEXT];
    const struct employee *e = organisation_find(o, day->employee);
    day->level_count = 0;
    for (size_t whole = 0; e && whole < 2; whole++) {
        struct group *g =
            population_group(p, post_key(organisation_post(o, e, day->day), whole, text));
        if (!g)
            return false;
        day->levels[day->level_count++] = g;
        if (!day->group && g->registered >= SMALLEST_GROUP)
            day->group = g;
    }
    day->levels[day->level_count++] = p->all.everybody;
    if (!day->group)
        day->group = p->all.everybody;
    return true;
}
