/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * How the population is kept: one record a person ('p' and the id), a group ('g' and the key), and
 * one for the organisation ('o'). docs/store-format.md, "model".
 */
#include "analyzer/population.h"

#include <stdlib.h>

enum { RECORD_MAX = 256 << 20 };

static void append_text(struct buffer *to, struct slice s)
{
    buffer_append_varint(to, s.len);
    buffer_append_slice(to, s);
}

static struct slice read_text(struct reader *from)
{
    return reader_bytes(from, (size_t)reader_varint(from));
}

static char *owned_text(struct reader *from)
{
    struct slice s = read_text(from);
    char *text = reader_ok(from) ? malloc(s.len + 1) : NULL;
    return text ? slice_copy_text(s, text, s.len + 1) : NULL;
}

static void append_baseline(struct buffer *to, const char *post, const struct baseline *base,
                            int32_t day)
{
    buffer_append_byte(to, base != NULL);
    if (!base)
        return;
    append_text(to, slice_from(post));
    buffer_append_le32(to, (uint32_t)day);
    baseline_save(base, to);
}

static bool read_baseline(struct reader *from, char **post, struct baseline **base, int32_t *day)
{
    if (reader_u8(from) == 0)
        return reader_ok(from);
    *post = owned_text(from);
    *day = (int32_t)reader_le32(from);
    *base = malloc(baseline_size());
    return *post && *base && baseline_load(*base, from);
}

static void save_person(const struct person *p, struct buffer *to)
{
    buffer_append_le32(to, p->number);
    for (size_t i = 0; i < TERM_COUNT; i++)
        buffer_append_double(to, p->risk[i]);
    buffer_append_byte(to, p->seen);
    buffer_append_le32(to, (uint32_t)p->last_day);
    buffer_append_byte(to, p->open);
    buffer_append_le32(to, (uint32_t)p->last_crossing);
    buffer_append_le32(to, p->recent_count);
    for (size_t i = 0; i < p->recent_count; i++) {
        buffer_append_le32(to, (uint32_t)p->recent[i].day);
        buffer_append_double(to, p->recent[i].value);
    }
    append_baseline(to, p->post, p->base, p->last_day);
    for (size_t i = 0; i < KEPT_POSTS; i++)
        append_baseline(to, p->kept[i].post, p->kept[i].base, p->kept[i].last_day);
}

static bool load_person(struct population *all, struct person *p, struct reader *from)
{
    int32_t day;
    p->number = reader_le32(from);
    all->last_number = all->last_number > p->number ? all->last_number : p->number;
    for (size_t i = 0; i < TERM_COUNT; i++)
        p->risk[i] = reader_double(from);
    p->seen = reader_u8(from) != 0;
    p->last_day = (int32_t)reader_le32(from);
    p->open = reader_u8(from) != 0;
    p->last_crossing = (int32_t)reader_le32(from);
    p->recent_count = reader_le32(from);
    if (p->recent_count > RECENT_DAYS)
        return false;
    for (size_t i = 0; i < p->recent_count; i++) {
        p->recent[i].day = (int32_t)reader_le32(from);
        p->recent[i].value = reader_double(from);
    }
    if (!read_baseline(from, &p->post, &p->base, &day))
        return false;
    for (size_t i = 0; i < KEPT_POSTS; i++)
        if (!read_baseline(from, &p->kept[i].post, &p->kept[i].base, &p->kept[i].last_day))
            return false;
    return reader_ok(from);
}

static void save_group(const struct group *g, struct buffer *to)
{
    sums_save(&g->sums, to);
    for (size_t k = 0; k < TERM_COUNT; k++)
        for (size_t i = 0; i < HISTOGRAM_BINS; i++)
            buffer_append_double(to, g->histogram[k][i]);
    buffer_append_double(to, g->newpeer);
    buffer_append_double(to, g->newpeer_days);
    buffer_append_double(to, g->days);
    table_save(&g->users, to);
    table_save(&g->user_counts, to);
    table_save(&g->members, to);
    table_save(&g->sizes, to);
}

static bool load_group(struct group *g, struct reader *from)
{
    if (!sums_load(&g->sums, from))
        return false;
    for (size_t k = 0; k < TERM_COUNT; k++)
        for (size_t i = 0; i < HISTOGRAM_BINS; i++)
            g->histogram[k][i] = reader_double(from);
    g->newpeer = reader_double(from);
    g->newpeer_days = reader_double(from);
    g->days = reader_double(from);
    return table_load(&g->users, from) && table_load(&g->user_counts, from) &&
           table_load(&g->members, from) && table_load(&g->sizes, from);
}

static void save_all(const struct organisation_state *all, struct buffer *to)
{
    buffer_append_double(to, all->token_total);
    table_save(&all->tokens, to);
    table_save(&all->pairs, to);
    table_save(&all->space_low, to);
    table_save(&all->space_high, to);
    table_save(&all->born, to);
    openings_save(&all->openings, to);
}

static bool load_all(struct organisation_state *all, struct reader *from)
{
    all->token_total = reader_double(from);
    return table_load(&all->tokens, from) && table_load(&all->pairs, from) &&
           table_load(&all->space_low, from) && table_load(&all->space_high, from) &&
           table_load(&all->born, from) && openings_load(&all->openings, from);
}

struct saving {
    struct buffer value;
    population_put *put;
    void *context;
};

static void put_record(struct saving *s, char kind, struct slice name)
{
    struct buffer key;
    buffer_init(&key, 512);
    buffer_append_byte(&key, (uint8_t)kind);
    buffer_append_slice(&key, name);
    if (buffer_status(&key) == STATUS_OK && buffer_status(&s->value) == STATUS_OK)
        s->put(s->context, buffer_slice(&key), buffer_slice(&s->value));
    buffer_release(&key);
}

static bool put_person(void *context, struct slice id, void *value)
{
    struct saving *s = context;
    struct person *p = value;
    if (!p->changed)
        return true;
    s->value.len = 0;
    save_person(p, &s->value);
    put_record(s, 'p', id);
    p->changed = false;
    return buffer_status(&s->value) == STATUS_OK;
}

static bool put_group(void *context, struct slice key, void *value)
{
    struct saving *s = context;
    s->value.len = 0;
    save_group(value, &s->value);
    put_record(s, 'g', key);
    return buffer_status(&s->value) == STATUS_OK;
}

enum status population_save(struct population *p, population_put *put, void *context)
{
    struct saving s = {.put = put, .context = context};
    buffer_init(&s.value, RECORD_MAX);
    map_each(p->persons, put_person, &s);
    map_each(p->groups, put_group, &s);
    s.value.len = 0;
    save_all(&p->all, &s.value);
    put_record(&s, 'o', SLICE(""));
    enum status status = buffer_status(&s.value);
    buffer_release(&s.value);
    return status;
}

enum status population_load(struct population *p, struct slice key, struct slice value)
{
    struct reader from = reader_of(value);
    struct slice name = slice_part(key, 1, SIZE_MAX);
    char kind = key.len ? (char)key.ptr[0] : 0;
    bool ok = false;
    if (kind == 'p') {
        struct person *person = population_person(p, name);
        ok = person && load_person(p, person, &from);
    } else if (kind == 'g') {
        struct group *g = population_group(p, name);
        ok = g && load_group(g, &from);
    } else if (kind == 'o') {
        ok = load_all(&p->all, &from);
    }
    return ok && reader_left(&from) == 0 ? STATUS_OK : STATUS_CORRUPT;
}
