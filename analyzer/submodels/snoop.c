/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Term snoop: coming back to the same person without an assignment (docs/scoring.md, 3.5).
 */
#include "analyzer/submodels/submodels.h"

#include <math.h>

enum { SNOOP_SIZE = 48, SEEN_ONCE = 256 };

struct watched {
    uint32_t key;
    int32_t day;   /* last */
    double visits; /* stored as halves, decayed with a half-life of 14 days */
    double days;
};

struct snoop {
    uint32_t count;
    struct watched table[SNOOP_SIZE];
    uint32_t once_count;
    uint16_t once[SEEN_ONCE]; /* the oldest first */
};

uint16_t snoop_fingerprint(uint32_t key)
{
    return (uint16_t)((key >> 16) ^ (key & 0xffff));
}

static double decay(const struct watched *w, int32_t day)
{
    return exp2(-(double)(day - w->day) / 14);
}

static struct watched *find(const struct snoop *s, uint32_t key)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->table[i].key == key)
            return (struct watched *)&s->table[i];
    return NULL;
}

static bool seen_once(const struct snoop *s, uint32_t key)
{
    for (size_t i = 0; i < s->once_count; i++)
        if (s->once[i] == snoop_fingerprint(key))
            return true;
    return false;
}

/* Visits and days before today: decayed, 1 and 1 for one seen once, 0 for an unknown one. */
static void remembered(const struct snoop *s, uint32_t key, int32_t day, double *visits,
                       double *days)
{
    const struct watched *w = find(s, key);
    if (w) {
        *visits = w->visits * decay(w, day);
        *days = w->days * decay(w, day);
        return;
    }
    *visits = *days = seen_once(s, key) ? 1 : 0;
}

double snoop_bits(double strongest)
{
    return 4 * log2(1 + strongest);
}

static void name_subject(struct person_day *day, const struct day_subject *s,
                         struct finding *finding)
{
    struct buffer hex;
    buffer_init(&hex, 64);
    for (size_t i = 0; i < sizeof s->subject.hash; i++)
        buffer_append_format(&hex, "%02x", s->subject.hash[i]);
    finding->detail = arena_copy(day->arena, buffer_slice(&hex));
    buffer_release(&hex);
}

static void assess(const void *state, struct person_day *day, struct finding *finding)
{
    double strongest = 0;
    const struct day_subject *worst = NULL;
    for (size_t i = 0; i < day->record->subject_count; i++) {
        const struct day_subject *s = &day->record->subjects[i];
        double rel = day->relation[i], visits, days;
        if (rel >= 0.9)
            continue;
        remembered(state, s->subject.key, day->day, &visits, &days);
        double strength = (1 - rel) * (visits + s->visits - 1) * sqrt(days + 1);
        if (strength <= strongest)
            continue;
        strongest = strength;
        worst = s;
        finding->observed = visits + s->visits;
        finding->n = days + 1;
    }
    finding->raw = snoop_bits(strongest);
    if (worst)
        name_subject(day, worst, finding);
}

static struct watched *make_room(struct snoop *s, int32_t day)
{
    if (s->count < SNOOP_SIZE)
        return &s->table[s->count++];
    struct watched *least = s->table;
    double least_visits = least->visits * decay(least, day);
    for (struct watched *w = s->table + 1; w < s->table + SNOOP_SIZE; w++) {
        double visits = w->visits * decay(w, day);
        if (visits < least_visits || (visits <= least_visits && w->key < least->key)) {
            least = w;
            least_visits = visits;
        }
    }
    return least;
}

static void push_once(struct snoop *s, uint32_t key)
{
    if (s->once_count == SEEN_ONCE) {
        memmove(s->once, s->once + 1, (SEEN_ONCE - 1) * sizeof *s->once);
        s->once_count--;
    }
    s->once[s->once_count++] = snoop_fingerprint(key);
}

/* On every day, whatever w: this is memory, not a yardstick. */
static void observe(void *state, struct person_day *day)
{
    struct snoop *table = state;
    if (term_missing(day, TERM_snoop))
        return;
    for (size_t i = 0; i < day->record->subject_count; i++) {
        const struct day_subject *s = &day->record->subjects[i];
        double visits, days;
        if (day->relation[i] >= 0.9)
            continue;
        uint32_t key = s->subject.key;
        remembered(table, key, day->day, &visits, &days);
        struct watched *w = find(table, key);
        if (!w && s->visits < 2 && visits <= 0) {
            push_once(table, key);
            continue;
        }
        w = w ? w : make_room(table, day->day);
        *w = (struct watched){key, day->day, half_to(half_from(visits + s->visits)),
                              half_to(half_from(days + 1))};
    }
}

static void explain(const struct person_day *day, const struct finding *f, enum language language,
                    struct buffer *to)
{
    SAY(to, language, "subject %.*s looked at %.0f times on %.0f days without an assignment%s",
        "在无业务关系的情况下查看客户%.*s共%.0f次，涉及%.0f天%s", (int)f->detail.len,
        (const char *)f->detail.ptr, f->observed, ceil(f->n - 0.01), new_in_role(day, language));
}

static void save(const void *state, struct buffer *to)
{
    const struct snoop *s = state;
    buffer_append_le32(to, s->count);
    for (size_t i = 0; i < s->count; i++) {
        buffer_append_le32(to, s->table[i].key);
        buffer_append_le32(to, (uint32_t)s->table[i].day);
        buffer_append_le16(to, half_from(s->table[i].visits));
        buffer_append_le16(to, half_from(s->table[i].days));
    }
    buffer_append_le32(to, s->once_count);
    for (size_t i = 0; i < s->once_count; i++)
        buffer_append_le16(to, s->once[i]);
}

static bool load(void *state, struct reader *from)
{
    struct snoop *s = state;
    s->count = reader_le32(from);
    if (s->count > SNOOP_SIZE)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        s->table[i].key = reader_le32(from);
        s->table[i].day = (int32_t)reader_le32(from);
        s->table[i].visits = half_to(reader_le16(from));
        s->table[i].days = half_to(reader_le16(from));
    }
    s->once_count = reader_le32(from);
    if (s->once_count > SEEN_ONCE)
        return false;
    for (size_t i = 0; i < s->once_count; i++)
        s->once[i] = reader_le16(from);
    return reader_ok(from);
}

const struct submodel submodel_snoop = {.term = TERM_snoop,
                                        .state_size = sizeof(struct snoop),
                                        .assess = assess,
                                        .observe = observe,
                                        .explain = explain,
                                        .save = save,
                                        .load = load};
