/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One function a record names its fields in order; a codec either writes or reads them.
 */
#include "store/record_codec.h"

#include "base/hash.h"
#include "base/reader.h"

enum { RECORD_MAX = 1 << 20 };

struct codec {
    bool reading;
    struct reader from;
    struct buffer to;
};

/* A record written before its last fields were thought of: they stay 0. */
static bool ends_early(const struct codec *c)
{
    return c->reading && reader_left(&c->from) == 0;
}

static void number(struct codec *c, uint64_t *value)
{
    if (c->reading)
        *value = reader_varint(&c->from);
    else
        buffer_append_varint(&c->to, *value);
}

/* Signed numbers in zigzag: small ones stay short. */
static void whole(struct codec *c, int64_t *value)
{
    uint64_t zigzag = ((uint64_t)*value << 1) ^ (*value < 0 ? UINT64_MAX : 0);
    number(c, &zigzag);
    *value = (int64_t)(zigzag >> 1 ^ (~(zigzag & 1) + 1));
}

static void day_number(struct codec *c, int32_t *day)
{
    int64_t value = *day;
    whole(c, &value);
    *day = (int32_t)value;
}

static void count32(struct codec *c, uint32_t *value)
{
    uint64_t wide = *value;
    number(c, &wide);
    *value = (uint32_t)wide;
}

static void byte(struct codec *c, uint8_t *value)
{
    if (c->reading)
        *value = reader_u8(&c->from);
    else
        buffer_append_byte(&c->to, *value);
}

static void flag(struct codec *c, bool *value)
{
    uint8_t b = *value;
    byte(c, &b);
    *value = b != 0;
}

static void real(struct codec *c, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    if (c->reading)
        bits = reader_le64(&c->from);
    else
        buffer_append_le64(&c->to, bits);
    memcpy(value, &bits, sizeof bits);
}

static void text(struct codec *c, struct slice *value)
{
    if (c->reading) {
        *value = reader_bytes(&c->from, (size_t)reader_varint(&c->from));
        return;
    }
    struct slice cut = slice_part(*value, 0, 4096);
    buffer_append_varint(&c->to, cut.len);
    buffer_append_slice(&c->to, cut);
}

static void bytes(struct codec *c, uint8_t *value, size_t len)
{
    if (!c->reading) {
        buffer_append(&c->to, value, len);
        return;
    }
    const uint8_t *from = reader_take(&c->from, len);
    if (from)
        memcpy(value, from, len);
}

static void kind(struct codec *c, enum entity_kind *value)
{
    uint8_t b = (uint8_t)*value;
    byte(c, &b);
    *value = b < ENTITY_KIND_COUNT ? (enum entity_kind)b : ENTITY_ACCOUNT;
}

static void mark(struct codec *c, enum alert_mark *value)
{
    uint8_t b = (uint8_t)*value;
    byte(c, &b);
    *value = b <= ALERT_MARK_JOINED ? (enum alert_mark)b : ALERT_MARK_NONE;
}

static void verdict(struct codec *c, enum verdict_kind *value)
{
    uint8_t b = (uint8_t)*value;
    byte(c, &b);
    *value = b < VERDICT_COUNT ? (enum verdict_kind)b : VERDICT_NONE;
}

static void term_fields(struct codec *c, struct store_term *t)
{
    flag(c, &t->measured);
    if (!t->measured)
        return;
    double *const values[] = {&t->raw,      &t->deflated, &t->coincidence, &t->points,
                              &t->observed, &t->expected, &t->peers,       &t->n};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        real(c, values[i]);
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        text(c, &t->sentence[i]);
}

static void measure_fields(struct codec *c, struct day_measures *m)
{
    uint64_t *const counts[] = {&m->events,  &m->statements, &m->views,         &m->subjects,
                                &m->exports, &m->logins,     &m->failed_logins, &m->errors,
                                &m->rows,    &m->bytes,      &m->sessions,      &m->late_events,
                                &m->gaps};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        number(c, counts[i]);
    for (size_t i = 0; i < EVENT_CLASSES; i++) {
        number(c, &m->rows_by_class[i]);
        number(c, &m->cells_by_class[i]);
    }
    real(c, &m->unassigned);
    real(c, &m->dwell_total_s);
    real(c, &m->dwell_mean_s);
    count32(c, &m->hours);
    whole(c, &m->first_ns);
    whole(c, &m->last_ns);
}

static void day_fields(struct codec *c, struct store_day *d)
{
    text(c, &d->employee);
    day_number(c, &d->day);
    kind(c, &d->kind);
    flag(c, &d->running);
    flag(c, &d->learning);
    flag(c, &d->late);
    double *const values[] = {&d->score,  &d->risk,  &d->alert_value,
                              &d->weight, &d->theta, &d->confidence};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        real(c, values[i]);
    byte(c, &d->percent);
    mark(c, &d->mark);
    number(c, &d->alert);
    text(c, &d->group);
    count32(c, &d->peers);
    number(c, &d->days_seen);
    byte(c, &d->revised);
    real(c, &d->first_score);
    measure_fields(c, &d->measures);
    for (size_t i = 0; i < TERM_COUNT; i++)
        term_fields(c, &d->terms[i]);
}

static void person_fields(struct codec *c, struct store_person *p)
{
    text(c, &p->employee);
    kind(c, &p->kind);
    text(c, &p->name);
    text(c, &p->department);
    text(c, &p->role);
    text(c, &p->manager);
    day_number(c, &p->last_day);
    real(c, &p->score);
    real(c, &p->risk);
    for (size_t i = 0; i < TERM_COUNT; i++)
        real(c, &p->terms[i]);
    byte(c, &p->percent);
    number(c, &p->days_seen);
    number(c, &p->open_alert);
    flag(c, &p->learning);
    flag(c, &p->running);
}

static void alert_fields(struct codec *c, struct store_alert *a)
{
    number(c, &a->id);
    text(c, &a->employee);
    kind(c, &a->kind);
    day_number(c, &a->day);
    day_number(c, &a->last_day);
    whole(c, &a->opened_ns);
    whole(c, &a->first_ns);
    whole(c, &a->last_ns);
    flag(c, &a->open);
    count32(c, &a->days);
    real(c, &a->value);
    real(c, &a->score);
    real(c, &a->risk);
    real(c, &a->theta);
    byte(c, &a->percent);
    for (size_t i = 0; i < TERM_COUNT; i++)
        real(c, &a->terms[i]);
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        text(c, &a->sentence[i]);
    number(c, &a->notice);
    verdict(c, &a->verdict);
}

/* Without the chain, which is made over these. */
static void notice_body(struct codec *c, struct store_notice *n)
{
    number(c, &n->sequence);
    number(c, &n->alert);
    mark(c, &n->mark);
    day_number(c, &n->day);
    whole(c, &n->time_ns);
    alert_fields(c, &n->snapshot);
}

static void notice_fields(struct codec *c, struct store_notice *n)
{
    notice_body(c, n);
    bytes(c, n->chain, sizeof n->chain);
}

static void view_fields(struct codec *c, struct store_view *v)
{
    bytes(c, v->subject, sizeof v->subject);
    text(c, &v->employee);
    whole(c, &v->start_ns);
    whole(c, &v->dwell_ns);
    flag(c, &v->cut);
    flag(c, &v->database);
    text(c, &v->asset);
    text(c, &v->object);
    text(c, &v->session);
    uint64_t action = (uint64_t)v->action;
    number(c, &action);
    v->action = action < EVENT_ACTION_COUNT ? (enum event_action)action : EVENT_ACTION_other;
    number(c, &v->sequence);
}

static void coverage_fields(struct codec *c, struct store_coverage *v)
{
    text(c, &v->asset);
    text(c, &v->source);
    day_number(c, &v->day);
    number(c, &v->events);
    number(c, &v->incomplete);
    for (size_t i = 0; i < EVENT_GAP_COUNT; i++)
        number(c, &v->gaps[i]);
    number(c, &v->unresolved);
    number(c, &v->lost);
    whole(c, &v->first_ns);
    whole(c, &v->last_ns);
    if (ends_early(c))
        return;
    number(c, &v->sessions);
    number(c, &v->canaries);
    whole(c, &v->canary_ns);
}

static void spot_fields(struct codec *c, struct store_spot *s)
{
    uint64_t port = s->port;
    text(c, &s->asset);
    text(c, &s->reason);
    number(c, &port);
    s->port = (uint16_t)port;
    number(c, &s->sessions);
    number(c, &s->bytes);
}

static void watch_fields(struct codec *c, struct store_watch *w)
{
    uint64_t counters = WATCH_COUNTER_COUNT, spots = w->spot_count, further = 0;
    text(c, &w->source);
    day_number(c, &w->day);
    number(c, &w->seconds);
    number(c, &w->lost);
    whole(c, &w->first_ns);
    whole(c, &w->last_ns);
    number(c, &counters);
    for (uint64_t i = 0; i < counters && !(c->reading && !reader_ok(&c->from)); i++)
        number(c, i < WATCH_COUNTER_COUNT ? &w->counts[i] : &further);
    number(c, &spots);
    w->spot_count = spots < STORE_SPOTS_MAX ? (size_t)spots : STORE_SPOTS_MAX;
    for (size_t i = 0; i < w->spot_count; i++)
        spot_fields(c, &w->spots[i]);
}

static void sensor_fields(struct codec *c, struct store_sensor *s)
{
    text(c, &s->source);
    whole(c, &s->first_ns);
    whole(c, &s->last_ns);
    flag(c, &s->live);
    for (size_t i = 0; i < STORE_ASSET_KINDS; i++)
        real(c, &s->carried[i]);
}

static void account_fields(struct codec *c, struct store_account *a)
{
    text(c, &a->asset);
    text(c, &a->account);
    kind(c, &a->kind);
    text(c, &a->last_address);
    number(c, &a->events);
    whole(c, &a->first_ns);
    whole(c, &a->last_ns);
}

static void verdict_fields(struct codec *c, struct store_verdict *v)
{
    number(c, &v->sequence);
    text(c, &v->employee);
    day_number(c, &v->day);
    verdict(c, &v->kind);
    text(c, &v->who);
    text(c, &v->reason);
    whole(c, &v->time_ns);
    number(c, &v->alert);
    flag(c, &v->done);
    count32(c, &v->days_again);
    real(c, &v->weight_before);
    real(c, &v->weight_after);
}

static void status_fields(struct codec *c, struct store_status *s)
{
    count32(c, &s->version);
    whole(c, &s->event_ns);
    whole(c, &s->commit_ns);
    day_number(c, &s->first_day);
    day_number(c, &s->last_closed_day);
    real(c, &s->theta);
    real(c, &s->budget);
    count32(c, &s->raised_28);
    uint64_t *const counts[] = {&s->events,  &s->duplicates, &s->late,    &s->refused,
                                &s->persons, &s->alerts,     &s->notices, &s->forwarded};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        number(c, counts[i]);
    day_number(c, &s->utc_offset_s);
    day_number(c, &s->relearn_day);
}

static void cursor_fields(struct codec *c, struct store_cursor *s)
{
    text(c, &s->sensor);
    number(c, &s->spool);
    number(c, &s->sequence);
}

static void head_fields(struct codec *c, struct archive_head *h)
{
    number(c, &h->ordinal);
    count32(c, &h->count);
    day_number(c, &h->day);
    number(c, &h->removed);
    bytes(c, h->previous, sizeof h->previous);
}

static void site_fields(struct codec *c, struct store_site *s)
{
    uint64_t count = s->space_count;
    text(c, &s->key_file);
    number(c, &count);
    s->space_count = count < STORE_SPACES_MAX ? (size_t)count : STORE_SPACES_MAX;
    for (size_t i = 0; i < s->space_count; i++)
        text(c, &s->spaces[i]);
    if (ends_early(c))
        return;
    count = s->asset_count;
    number(c, &count);
    s->asset_count = count < STORE_ASSETS_MAX ? (size_t)count : STORE_ASSETS_MAX;
    for (size_t i = 0; i < s->asset_count; i++)
        text(c, &s->assets[i]);
    number(c, &s->canary_s);
}

static void seal(struct buffer *to, struct codec *c)
{
    if (buffer_status(&c->to) != STATUS_OK)
        to->status = buffer_status(&c->to);
    else
        db_seal(to, STORE_VERSION, buffer_slice(&c->to));
    buffer_release(&c->to);
}

static enum status unseal(struct codec *c, struct slice value)
{
    uint8_t version;
    struct slice payload;
    enum status status = db_unseal(value, STORE_VERSION, &version, &payload);
    *c = (struct codec){.reading = true, .from = reader_of(payload)};
    return status;
}

#define RECORD_CODEC(name, type)                                       \
    void record_encode_##name(struct buffer *to, const type *record)   \
    {                                                                  \
        struct codec c = {.reading = false};                           \
        type copy = *record;                                           \
        buffer_init(&c.to, RECORD_MAX);                                \
        name##_fields(&c, &copy);                                      \
        seal(to, &c);                                                  \
    }                                                                  \
    enum status record_decode_##name(struct slice value, type *record) \
    {                                                                  \
        struct codec c;                                                \
        enum status status = unseal(&c, value);                        \
        *record = (type){0};                                           \
        if (status != STATUS_OK)                                       \
            return status;                                             \
        name##_fields(&c, record);                                     \
        return reader_ok(&c.from) ? STATUS_OK : STATUS_CORRUPT;        \
    }

RECORD_CODEC(day, struct store_day)
RECORD_CODEC(person, struct store_person)
RECORD_CODEC(alert, struct store_alert)
RECORD_CODEC(notice, struct store_notice)
RECORD_CODEC(view, struct store_view)
RECORD_CODEC(coverage, struct store_coverage)
RECORD_CODEC(watch, struct store_watch)
RECORD_CODEC(sensor, struct store_sensor)
RECORD_CODEC(account, struct store_account)
RECORD_CODEC(verdict, struct store_verdict)
RECORD_CODEC(status, struct store_status)
RECORD_CODEC(cursor, struct store_cursor)
RECORD_CODEC(head, struct archive_head)
RECORD_CODEC(site, struct store_site)

void record_chain_notice(const uint8_t before[STORE_HASH_SIZE], const struct store_notice *notice,
                         uint8_t chain[STORE_HASH_SIZE])
{
    struct codec c = {.reading = false};
    struct store_notice copy = *notice;
    buffer_init(&c.to, RECORD_MAX);
    notice_body(&c, &copy);
    blake2b(chain, STORE_HASH_SIZE, NULL, slice_make(before, STORE_HASH_SIZE), buffer_slice(&c.to),
            (struct slice){0});
    buffer_release(&c.to);
}
