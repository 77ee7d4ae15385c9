/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Showing the ledger.
 */
#include "cli/ledger.h"

#include "base/clock.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

enum status ledger_of_query(struct query *q, struct ledger *ledger, struct arena *arena)
{
    struct clock real = clock_real();
    return ledger_build(ledger, q->reader, q->from_day, q->to_day, clock_now(&real), arena);
}

void ledger_print_number(const struct ledger *l)
{
    printf(command_text("coverage          %.1f of 100 over %zu assets\n",
                        "覆盖率            %.1f / 100，%zu 个资产\n"),
           l->percent, l->assets);
    for (size_t k = 0; k < LEDGER_CAUSE_COUNT; k++)
        if (l->points[k] >= 0.05)
            printf("  -%-5.1f          %s\n", l->points[k],
                   ledger_cause_text((enum ledger_cause)k, query_language()));
}

static void safe(struct slice text)
{
    struct buffer out;
    buffer_init(&out, 1 << 14);
    text_append_terminal(&out, text_cut(text, 1000));
    fwrite(out.ptr, 1, out.len, stdout);
    buffer_release(&out);
}

static void spot_line(const char *before, struct slice name, const char *after)
{
    fputs(command_text("blind spot: ", "盲点："), stdout);
    fputs(before, stdout);
    safe(name);
    printf("%s\n", after);
}

static size_t print_rows(const struct ledger *l)
{
    size_t n = 0;
    char text[160];
    for (size_t i = 0; i < l->row_count; i++) {
        const struct ledger_row *r = &l->rows[i];
        if (r->best && r->source.len == 0)
            n++, spot_line(
                     "", r->asset,
                     command_text(": an asset that nothing watches", "：无任何采集覆盖的资产"));
        if (!r->canary_overdue)
            continue;
        snprintf(text, sizeof text, command_text(": no canary since %s", "：自 %s 起未见探测语句"),
                 query_time_text(r->canary_ns));
        n++, spot_line("", r->asset, text);
    }
    return n;
}

static size_t print_silent(const struct ledger *l)
{
    size_t n = 0;
    char text[160];
    for (size_t i = 0; i < l->source_count; i++) {
        const struct ledger_source *s = &l->sources[i];
        if (!s->silent)
            continue;
        snprintf(text, sizeof text, command_text(": silent since %s", "：自 %s 起无报告"),
                 query_time_text(s->last_ns));
        n++, spot_line(command_text("sensor ", "采集点 "), s->source, text);
    }
    return n;
}

static size_t print_spots(const struct ledger_source *s, size_t already, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s->spot_count; i++) {
        const struct store_spot *p = &s->spots[i];
        char text[200];
        if (++n + already > most && most)
            continue;
        snprintf(text, sizeof text, ":%u: %.*s: %" PRIu64 " %s", (unsigned)p->port,
                 (int)slice_part(p->reason, 0, 60).len, (const char *)p->reason.ptr, p->sessions,
                 command_text("sessions", "个会话"));
        spot_line("", p->asset.len ? p->asset : s->source, text);
    }
    return n;
}

size_t ledger_print_blind_spots(struct query *q, const struct ledger *l, size_t most)
{
    (void)q;
    size_t n = print_silent(l) + print_rows(l), spots = 0;
    for (size_t i = 0; i < l->source_count; i++)
        spots += print_spots(&l->sources[i], spots, most);
    if (most && spots > most)
        printf(
            command_text("and %zu further ones: dwell coverage\n", "另有 %zu 处：dwell coverage\n"),
            spots - most);
    return n + spots;
}

static struct json_writer begin(struct query *q, const char *record)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "record");
    json_write_text(&w, record);
    return w;
}

static void end(struct query *q, struct json_writer *w)
{
    json_write_object_close(w);
    query_json_print(q);
}

static void number(struct json_writer *w, const char *key, uint64_t value)
{
    json_write_key(w, key);
    json_write_unsigned(w, value);
}

static void text(struct json_writer *w, const char *key, struct slice value)
{
    json_write_key(w, key);
    json_write_string(w, value);
}

static void time_of(struct json_writer *w, const char *key, int64_t ns)
{
    if (ns == 0)
        return;
    json_write_key(w, key);
    json_write_text(w, query_time_text(ns));
}

static void points(struct json_writer *w, double percent, const double missing[LEDGER_CAUSE_COUNT])
{
    json_write_key(w, "number");
    json_write_real(w, percent);
    json_write_key(w, "missing");
    json_write_object_open(w);
    for (size_t k = 0; k < LEDGER_CAUSE_COUNT; k++)
        if (missing[k] > 0) {
            json_write_key(w, ledger_cause_name((enum ledger_cause)k));
            json_write_real(w, missing[k]);
        }
    json_write_object_close(w);
}

static void json_row(struct query *q, const struct ledger_row *r)
{
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        {"watched_s", r->seconds},   {"expected_s", r->expected_s}, {"packets", r->packets},
        {"dropped", r->dropped},     {"sessions", r->sessions},     {"encrypted", r->encrypted},
        {"undecoded", r->undecoded}, {"statements", r->statements}, {"partly", r->partly},
        {"lost", r->lost},           {"unresolved", r->unresolved}};
    struct json_writer w = begin(q, "asset");
    text(&w, "asset", r->asset);
    text(&w, "source", r->source);
    json_write_key(&w, "inventory");
    json_write_boolean(&w, r->inventory);
    json_write_key(&w, "best");
    json_write_boolean(&w, r->best);
    points(&w, r->percent, r->points);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        number(&w, numbers[i].key, numbers[i].value);
    time_of(&w, "first", r->first_ns);
    time_of(&w, "last", r->last_ns);
    time_of(&w, "canary", r->canary_ns);
    json_write_key(&w, "canary_overdue");
    json_write_boolean(&w, r->canary_overdue);
    end(q, &w);
}

static void json_source(struct query *q, const struct ledger_source *s)
{
    struct json_writer w = begin(q, "source");
    text(&w, "source", s->source);
    json_write_key(&w, "live");
    json_write_boolean(&w, s->live);
    json_write_key(&w, "silent");
    json_write_boolean(&w, s->silent);
    time_of(&w, "alive", s->last_ns);
    number(&w, "watched_s", s->seconds);
    number(&w, "lost", s->lost);
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        number(&w, watch_counter_name((enum watch_counter)i), s->counts[i]);
    end(q, &w);
    for (size_t i = 0; i < s->spot_count; i++) {
        w = begin(q, "blind_spot");
        text(&w, "source", s->source);
        text(&w, "asset", s->spots[i].asset);
        number(&w, "port", s->spots[i].port);
        text(&w, "reason", s->spots[i].reason);
        number(&w, "sessions", s->spots[i].sessions);
        number(&w, "bytes", s->spots[i].bytes);
        end(q, &w);
    }
}

void ledger_print_json(struct query *q, const struct ledger *l)
{
    struct json_writer w = begin(q, "coverage");
    number(&w, "assets", l->assets);
    points(&w, l->percent, l->points);
    end(q, &w);
    for (size_t i = 0; i < l->row_count; i++)
        json_row(q, &l->rows[i]);
    for (size_t i = 0; i < l->source_count; i++)
        json_source(q, &l->sources[i]);
}
