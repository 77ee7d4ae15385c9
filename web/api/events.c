/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events of the archive by employee, object and period, page by page.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/member.h"

#include <stdio.h>

enum { EVENTS_PAGE = 100, PERIOD_USUAL_DAYS = 7, NAME_MAX_BYTES = 256 };

struct page {
    struct json_writer *w;
    unsigned rows;
    bool more;
    char next[STORE_PAGE_KEY_SIZE];
};

static void write_known(struct json_writer *w, const char *name, bool known, uint64_t value)
{
    json_write_key(w, name);
    if (known)
        json_write_unsigned(w, value);
    else
        json_write_null(w);
}

static void write_lists(struct json_writer *w, const struct event *event)
{
    json_write_key(w, "objects");
    json_write_array_open(w);
    for (size_t i = 0; i < event->object_count; i++)
        json_write_string(w, event->objects[i].name);
    json_write_array_close(w);
    json_write_key(w, "gaps");
    json_write_array_open(w);
    for (unsigned i = 0; i < EVENT_GAP_COUNT; i++)
        if (event->gaps & 1U << i)
            json_write_text(w, event_gap_name(i));
    json_write_array_close(w);
}

static void write_event(struct json_writer *w, const struct store_event *stored)
{
    const struct event *event = &stored->event;
    json_write_object_open(w);
    member_time(w, "time", event->time_ns);
    member_text(w, "employee", stored->employee);
    member_text(w, "asset", stored->asset);
    member_text(w, "protocol", event->protocol);
    member_text(w, "account", event->account);
    member_string(w, "action", event_action_name(event->action));
    member_string(w, "outcome", event_outcome_name(event->outcome));
    member_text(w, "statement", event->statement);
    write_known(w, "rows", event->known & EVENT_KNOWS_rows, event->rows);
    write_known(w, "bytes", event->known & EVENT_KNOWS_bytes, event->bytes);
    write_known(w, "subjects", event->known & EVENT_KNOWS_subjects, event->subjects);
    member_text(w, "session", event->session);
    member_unsigned(w, "seq", event->seq);
    member_address(w, "client", &event->client);
    member_text(w, "error", event->error_text.len ? event->error_text : event->error_code);
    write_lists(w, event);
    json_write_object_close(w);
}

static bool visit_event(void *context, const struct store_event *event, const char *next)
{
    struct page *page = context;
    if (page->rows == EVENTS_PAGE) {
        page->more = true;
        return false;
    }
    page->rows++;
    snprintf(page->next, sizeof page->next, "%s", next);
    write_event(page->w, event);
    return true;
}

/* Who reads whose events is written down once, with the first page. */
static bool audit(struct exchange *exchange, const struct store_event_filter *filter, int32_t from,
                  int32_t to)
{
    char first[11], last[11], about[2 * NAME_MAX_BYTES + 64];
    if (filter->after)
        return true;
    day_text(from, first);
    day_text(to, last);
    snprintf(about, sizeof about, "employee=%.*s object=%.*s %s..%s", (int)filter->employee.len,
             filter->employee.len ? (const char *)filter->employee.ptr : "",
             (int)filter->object.len, filter->object.len ? (const char *)filter->object.ptr : "",
             first, last);
    return exchange_audit(exchange, TRAIL_events_queried, slice_from(about));
}

static void answer(struct exchange *exchange, const struct store_event_filter *filter)
{
    struct page page = {.w = &exchange->json};
    json_write_object_open(page.w);
    json_write_key(page.w, "rows");
    json_write_array_open(page.w);
    enum status status = store_events(exchange->reader, filter, visit_event, &page);
    json_write_array_close(page.w);
    member_string(page.w, "next", page.more ? page.next : "");
    json_write_object_close(page.w);
    if (status == STATUS_INVALID)
        exchange_fail(exchange, 400, "query", "after");
    else if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}

void api_events(struct exchange *exchange)
{
    struct store_event_filter filter = {0};
    struct store_status state;
    struct slice after;
    int32_t newest, from, to;
    if (!exchange_query_text(exchange, "employee", NAME_MAX_BYTES, &filter.employee) ||
        !exchange_query_text(exchange, "object", NAME_MAX_BYTES, &filter.object) ||
        !exchange_query_text(exchange, "after", STORE_PAGE_KEY_SIZE - 1, &after) ||
        !newest_day(exchange, &state, &newest) ||
        !exchange_query_day(exchange, "to", newest, &to) ||
        !exchange_query_day(exchange, "from", to - PERIOD_USUAL_DAYS + 1, &from))
        return;
    filter.from_ns = day_start_ns(&state, from);
    filter.to_ns = day_start_ns(&state, to + 1);
    filter.after = after.len ? arena_text(&exchange->arena, after) : NULL;
    if (audit(exchange, &filter, from, to))
        answer(exchange, &filter);
}
