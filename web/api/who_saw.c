/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everybody who saw one subject. The subject's clear key comes in the body, never in an address, is
 * hashed with the site's key and forgotten; the audit trail gets the hash.
 */
#include "desk/trail.h"
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/body.h"
#include "web/member.h"

#include <stdio.h>

enum { VIEWS_MOST = 5000, KEY_MAX = 128, PERIOD_USUAL_DAYS = 180 };

struct found {
    struct exchange *exchange;
    struct store_view *views;
    size_t count;
    bool cut;
};

static bool visit_view(void *context, const struct store_view *view)
{
    struct found *found = context;
    struct arena *arena = &found->exchange->arena;
    found->cut = found->count == VIEWS_MOST;
    if (found->cut)
        return false;
    struct store_view *row = &found->views[found->count++];
    *row = *view;
    row->employee = arena_copy(arena, view->employee);
    row->asset = arena_copy(arena, view->asset);
    row->object = arena_copy(arena, view->object);
    row->session = arena_copy(arena, view->session);
    return true;
}

static void write_view(struct json_writer *w, const struct store_view *view,
                       struct person_names names)
{
    json_write_object_open(w);
    member_text(w, "employee", view->employee);
    member_text(w, "name", names.name);
    member_text(w, "department", names.department);
    member_time(w, "start", view->start_ns);
    member_real(w, "dwell_s", (double)view->dwell_ns / 1e9);
    member_bool(w, "cut", view->cut);
    member_bool(w, "database", view->database);
    member_text(w, "asset", view->asset);
    member_text(w, "object", view->object);
    member_text(w, "session", view->session);
    member_string(w, "action", event_action_name(view->action));
    json_write_object_close(w);
}

static void write_found(struct exchange *exchange, const uint8_t subject[16],
                        const struct found *found)
{
    struct json_writer *w = &exchange->json;
    struct names names = {.count = 0};
    json_write_object_open(w);
    member_hex(w, "subject", subject, 16);
    member_bool(w, "cut", found->cut);
    json_write_key(w, "views");
    json_write_array_open(w);
    for (size_t i = 0; i < found->count; i++)
        write_view(w, &found->views[i], names_find(exchange, &names, found->views[i].employee));
    json_write_array_close(w);
    json_write_object_close(w);
}

static void answer(struct exchange *exchange, const uint8_t subject[16], int64_t from_ns,
                   int64_t to_ns)
{
    struct found found = {.exchange = exchange};
    found.views = arena_array(&exchange->arena, VIEWS_MOST, sizeof *found.views);
    enum status status = STATUS_NO_MEMORY;
    if (found.views)
        status = store_who_saw(exchange->reader, subject, from_ns, to_ns, visit_view, &found);
    if (status == STATUS_OK)
        write_found(exchange, subject, &found);
    else
        exchange_fail_status(exchange, status);
}

static void ask(struct exchange *exchange, const struct body_field *fields)
{
    struct store_status state;
    int32_t from, to, newest;
    uint8_t subject[16];
    char about[96], hex[33], first[11], last[11];
    if (!newest_day(exchange, &state, &newest))
        return;
    to = newest;
    if (fields[3].text.len && !exchange_day(exchange, fields[3].text, "to", &to))
        return;
    from = to - PERIOD_USUAL_DAYS + 1;
    if (fields[2].text.len && !exchange_day(exchange, fields[2].text, "from", &from))
        return;
    event_subject_hash(&exchange->console->site_key, fields[1].text, fields[0].text, subject);
    for (size_t i = 0; i < sizeof subject; i++)
        snprintf(hex + 2 * i, 3, "%02x", subject[i]);
    day_text(from, first);
    day_text(to, last);
    snprintf(about, sizeof about, "%s %s..%s", hex, first, last);
    if (exchange_audit(exchange, TRAIL_who_saw, slice_from(about)))
        answer(exchange, subject, day_start_ns(&state, from), day_start_ns(&state, to + 1));
}

void api_who_saw(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "subject", .required = true, .most = KEY_MAX},
        {.name = "space", .most = KEY_MAX},
        {.name = "from", .most = 10},
        {.name = "to", .most = 10},
    };
    const char *wrong;
    if (!exchange->console->has_site_key)
        exchange_fail(exchange, 503, "no_site_key", "");
    else if (body_read(&body, exchange->request.body, fields, 4, &wrong) != STATUS_OK)
        exchange_fail(exchange, 400, "body", wrong);
    else if (fields[0].text.len == 0)
        exchange_fail(exchange, 400, "body", "subject");
    else
        ask(exchange, fields);
    body_release(&body);
}
