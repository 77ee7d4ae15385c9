/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Verdicts on a person's days: what was given and what each changed; giving one. A verdict is in
 * the console's trail before it is in the list of verdicts.
 */
#include "desk/trail.h"
#include "store/verdict_list.h"
#include "web/api.h"
#include "web/body.h"
#include "web/member.h"

#include <stdio.h>

struct listing {
    struct json_writer *w;
    struct slice employee;
};

static bool visit_verdict(void *context, const struct store_verdict *v)
{
    struct listing *l = context;
    if (!slice_equal(v->employee, l->employee))
        return true;
    json_write_object_open(l->w);
    member_unsigned(l->w, "number", v->sequence);
    member_day(l->w, "day", v->day);
    member_string(l->w, "kind", verdict_name(v->kind));
    member_text(l->w, "who", v->who);
    member_text(l->w, "reason", v->reason);
    member_time(l->w, "time", v->time_ns);
    member_unsigned(l->w, "alert", v->alert);
    member_bool(l->w, "done", v->done);
    member_unsigned(l->w, "days_again", v->days_again);
    member_real(l->w, "weight_before", v->weight_before);
    member_real(l->w, "weight_after", v->weight_after);
    json_write_object_close(l->w);
    return true;
}

void api_verdicts(struct exchange *exchange)
{
    struct listing l = {&exchange->json, exchange->params[0]};
    if (!exchange_reader(exchange))
        return;
    json_write_object_open(l.w);
    json_write_key(l.w, "rows");
    json_write_array_open(l.w);
    enum status status = store_verdicts(exchange->reader, visit_verdict, &l);
    json_write_array_close(l.w);
    json_write_object_close(l.w);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}

/* The scored day that the verdict is on; false: answered. */
static bool find_day(struct exchange *exchange, struct store_verdict *v)
{
    struct store_day day;
    if (!exchange_reader(exchange))
        return false;
    enum status status =
        store_day_get(exchange->reader, v->employee, v->day, &exchange->arena, &day);
    if (status == STATUS_NOT_FOUND)
        exchange_fail(exchange, 404, "not_found", "day");
    else if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
    v->alert = status == STATUS_OK ? day.alert : 0;
    return status == STATUS_OK;
}

static void give(struct exchange *exchange, const struct body_field *fields)
{
    char about[400], day[16];
    struct store_verdict v = {.employee = exchange->params[0],
                              .who = slice_from(exchange->session.account),
                              .reason = slice_trim(fields[2].text),
                              .time_ns = clock_now(&exchange->console->clock)};
    if (!verdict_find(fields[1].text, &v.kind) || v.reason.len == 0) {
        exchange_fail(exchange, 400, "body", v.reason.len == 0 ? "reason" : "kind");
        return;
    }
    if (!exchange_day(exchange, fields[0].text, "day", &v.day) || !find_day(exchange, &v))
        return;
    snprintf(about, sizeof about, "%.*s %s %s", (int)v.employee.len, (const char *)v.employee.ptr,
             slice_copy_text(fields[0].text, day, sizeof day), verdict_name(v.kind));
    if (!exchange_audit(exchange, TRAIL_verdict_given, slice_from(about)))
        return;
    enum status status = verdict_list_add(exchange->console->state_dir, &v);
    if (status != STATUS_OK) {
        exchange_fail_status(exchange, status);
        return;
    }
    json_write_object_open(&exchange->json);
    member_unsigned(&exchange->json, "number", v.sequence);
    json_write_object_close(&exchange->json);
}

void api_verdict_give(struct exchange *exchange)
{
    struct body *body = NULL;
    struct body_field fields[] = {
        {.name = "day", .required = true, .most = 10},
        {.name = "kind", .required = true, .most = 16},
        {.name = "reason", .required = true, .most = VERDICT_REASON_MAX},
    };
    const char *wrong;
    if (body_read(&body, exchange->request.body, fields, 3, &wrong) == STATUS_OK)
        give(exchange, fields);
    else
        exchange_fail(exchange, 400, "body", wrong);
    body_release(&body);
}
