/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Alerts: the list, the newest first, and one of them with its terms.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/member.h"

#include <stdio.h>

enum { ALERTS_PAGE = 50 };

static void write_alert(struct json_writer *w, const struct store_alert *alert,
                        struct person_names names)
{
    member_unsigned(w, "id", alert->id);
    member_text(w, "employee", alert->employee);
    write_kind(w, alert->kind);
    member_text(w, "name", names.name);
    member_text(w, "department", names.department);
    member_time(w, "opened", alert->opened_ns);
    member_day(w, "day", alert->day);
    member_day(w, "last_day", alert->last_day);
    member_bool(w, "open", alert->open);
    member_string(w, "verdict", verdict_name(alert->verdict));
    member_unsigned(w, "days", alert->days);
    member_real(w, "value", alert->value);
    member_real(w, "score", alert->score);
    member_real(w, "theta", alert->theta);
    member_unsigned(w, "percent", alert->percent);
    member_both(w, "sentence", alert->sentence[LANGUAGE_EN], alert->sentence[LANGUAGE_ZH]);
}

/* A page of alerts: kept first, written when the reading is over, since names are read then. */
struct page {
    struct exchange *exchange;
    struct store_alert rows[ALERTS_PAGE];
    size_t count;
    bool more;
};

static bool visit_alert(void *context, const struct store_alert *alert)
{
    struct page *page = context;
    struct arena *arena = &page->exchange->arena;
    if (page->count == ALERTS_PAGE) {
        page->more = true;
        return false;
    }
    struct store_alert *row = &page->rows[page->count++];
    *row = *alert;
    row->employee = arena_copy(arena, alert->employee);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        row->sentence[l] = arena_copy(arena, alert->sentence[l]);
    return true;
}

static void write_page(struct exchange *exchange, const struct page *page)
{
    struct json_writer *w = &exchange->json;
    struct names names = {.count = 0};
    json_write_object_open(w);
    json_write_key(w, "rows");
    json_write_array_open(w);
    for (size_t i = 0; i < page->count; i++) {
        json_write_object_open(w);
        write_alert(w, &page->rows[i], names_find(exchange, &names, page->rows[i].employee));
        json_write_object_close(w);
    }
    json_write_array_close(w);
    member_unsigned(w, "next", page->more ? page->rows[page->count - 1].id : 0);
    json_write_object_close(w);
}

void api_alerts(struct exchange *exchange)
{
    struct page *page = arena_alloc(&exchange->arena, sizeof *page);
    uint64_t before;
    if (!exchange_query_number(exchange, "before", 1, UINT64_MAX, 0, &before) ||
        !exchange_reader(exchange))
        return;
    enum status status = STATUS_NO_MEMORY;
    if (page) {
        page->exchange = exchange;
        status = store_alerts(exchange->reader, before, visit_alert, page);
    }
    if (status == STATUS_OK)
        write_page(exchange, page);
    else
        exchange_fail_status(exchange, status);
}

static void write_detail(struct exchange *exchange, const struct store_alert *alert)
{
    struct json_writer *w = &exchange->json;
    struct names names = {.count = 0};
    json_write_object_open(w);
    write_alert(w, alert, names_find(exchange, &names, alert->employee));
    member_real(w, "risk", alert->risk);
    member_time(w, "first", alert->first_ns);
    member_time(w, "last", alert->last_ns);
    json_write_key(w, "terms");
    json_write_array_open(w);
    for (enum term t = 0; t < TERM_COUNT; t++)
        if (term_in_sum(t) && alert->terms[t] > 0)
            write_term_points(w, t, alert->terms[t]);
    json_write_array_close(w);
    json_write_object_close(w);
}

void api_alert(struct exchange *exchange)
{
    struct store_alert alert;
    uint64_t id;
    char about[300];
    if (!slice_to_u64(exchange->params[0], &id)) {
        exchange_fail(exchange, 404, "not_found", "");
        return;
    }
    if (!exchange_reader(exchange))
        return;
    enum status status = store_alert_get(exchange->reader, id, &exchange->arena, &alert);
    if (status == STATUS_NOT_FOUND) {
        exchange_fail(exchange, 404, "not_found", "");
        return;
    }
    if (status != STATUS_OK) {
        exchange_fail_status(exchange, status);
        return;
    }
    snprintf(about, sizeof about, "%llu %.*s", (unsigned long long)id, (int)alert.employee.len,
             (const char *)alert.employee.ptr);
    if (exchange_audit(exchange, TRAIL_alert_viewed, slice_from(about)))
        write_detail(exchange, &alert);
}
