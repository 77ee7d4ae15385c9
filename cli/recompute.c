/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The day out of the archive, compared bit by bit, with the events behind its terms.
 */
#include "cli/recompute.h"

#include "analyzer/past.h"
#include "base/log.h"
#include "cli/site.h"

#include <stdio.h>
#include <stdlib.h>

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_term(const struct store_term *a, const struct store_term *b)
{
    return a->measured == b->measured && same_bits(a->raw, b->raw) &&
           same_bits(a->deflated, b->deflated) && same_bits(a->coincidence, b->coincidence) &&
           same_bits(a->points, b->points);
}

static void print_difference(const struct store_day *was, const struct store_day *is)
{
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (!same_term(&was->terms[k], &is->terms[k]))
            printf(command_text("  %-8s was %.17g bits and %.17g points, is %.17g and %.17g\n",
                                "  %-8s 原为 %.17g 比特 %.17g 分，现为 %.17g 和 %.17g\n"),
                   term_code((enum term)k), was->terms[k].raw, was->terms[k].points,
                   is->terms[k].raw, is->terms[k].points);
    puts(command_text("  the directory, the inventory or the settings are not what they were, or "
                      "events came late",
                      "  目录、资产清单或设置已变化，或有迟到事件"));
}

static void print_events(enum term term, const struct evidence_list *list)
{
    printf(command_text("  %s: %llu events, the strongest:\n", "  %s：%llu 个事件，最强的几个：\n"),
           term_code(term), (unsigned long long)list->all);
    for (size_t i = 0; i < list->kept; i++) {
        const struct evidence_event *e = &list->events[i];
        printf("    %s  %-8s  ", query_time_text(e->time_ns), event_action_name(e->action));
        query_print(slice_from(e->object));
        fputs("  ", stdout);
        query_print(slice_from(e->sensor));
        printf("#%llu\n", (unsigned long long)e->sequence);
    }
}

static void print_evidence(const struct store_day *d, const struct evidence *evidence)
{
    for (size_t k = 0; k < TERM_COUNT; k++) {
        if (d->terms[k].points <= 0)
            continue;
        if (!evidence_has_events((enum term)k))
            printf(
                command_text("  %s: rests on the day as a whole\n", "  %s：依据全天的整体表现\n"),
                term_code((enum term)k));
        else
            print_events((enum term)k, &evidence->terms[k]);
    }
}

static void json_events(struct json_writer *w, const struct evidence *evidence)
{
    json_write_object_open(w);
    for (size_t k = 0; k < TERM_COUNT; k++) {
        const struct evidence_list *list = &evidence->terms[k];
        if (list->kept == 0)
            continue;
        json_write_key(w, term_code((enum term)k));
        json_write_array_open(w);
        for (size_t i = 0; i < list->kept; i++) {
            const struct evidence_event *e = &list->events[i];
            json_write_object_open(w);
            json_write_key(w, "time");
            json_write_text(w, query_time_text(e->time_ns));
            json_write_key(w, "action");
            json_write_text(w, event_action_name(e->action));
            json_write_key(w, "object");
            json_write_string(w, slice_from(e->object));
            json_write_key(w, "sensor");
            json_write_string(w, slice_from(e->sensor));
            json_write_key(w, "sequence");
            json_write_unsigned(w, e->sequence);
            json_write_object_close(w);
        }
        json_write_array_close(w);
    }
    json_write_object_close(w);
}

static void print_json(struct query *q, const struct store_day *is, bool same,
                       const struct evidence *evidence)
{
    struct json_writer w = query_json(q);
    json_write_object_open(&w);
    json_write_key(&w, "recomputed");
    json_write_real(&w, is->score);
    json_write_key(&w, "same");
    json_write_boolean(&w, same);
    json_write_key(&w, "events");
    json_events(&w, evidence);
    json_write_object_close(&w);
    query_json_print(q);
}

static int compare(struct query *q, const struct store_day *was, const struct store_day *is,
                   const struct evidence *evidence)
{
    bool same = same_bits(was->score, is->score);
    for (size_t k = 0; k < TERM_COUNT; k++)
        same = same && same_term(&was->terms[k], &is->terms[k]);
    if (q->json) {
        print_json(q, is, same, evidence);
        return same ? EXIT_DONE : EXIT_WRONG;
    }
    printf(command_text("from the archive: D %.17g, %s\n", "由归档重新计算：D %.17g，%s\n"),
           is->score,
           same ? command_text("the same to the last bit", "逐位相同")
                : command_text("NOT the same", "不相同"));
    if (!same)
        print_difference(was, is);
    print_evidence(is, evidence);
    return same ? EXIT_DONE : EXIT_WRONG;
}

static int recompute(struct query *q, struct past *past, const struct store_day *stored)
{
    struct arena arena;
    struct store_day row;
    struct evidence *evidence = calloc(1, sizeof *evidence);
    int code = EXIT_INPUT;
    arena_init(&arena, 16 << 20);
    enum status status =
        evidence ? past_recompute(past, stored->employee, stored->day, &arena, &row, evidence)
                 : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        code = compare(q, stored, &row, evidence);
    else if (status == STATUS_NOT_FOUND) {
        log_error(
            "explain: --recompute: this day cannot be made again: it is not closed, or longer "
            "ago than analyzer.day_records");
        code = EXIT_WRONG;
    } else {
        log_error("explain: --recompute: the state could not be read: %s", status_text(status));
    }
    arena_release(&arena);
    free(evidence);
    return code;
}

int recompute_print(struct query *q, const char *config, const struct store_day *stored)
{
    struct past past;
    struct fault fault = {""};
    struct site *site = calloc(1, sizeof *site);
    int code = EXIT_INPUT;
    if (!site || !site_load(site, config)) {
        free(site);
        return code;
    }
    if (past_open(&past, q->reader, &site->settings, site->assets, site_key_of(site), &fault) ==
        STATUS_OK)
        code = recompute(q, &past, stored);
    else
        log_error("explain: %s", fault.text);
    past_close(&past);
    site_release(site);
    free(site);
    return code;
}
