/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Parts that several answers share.
 */
#include "web/api/organisation.h"

#include "base/clock.h"
#include "web/member.h"

bool newest_day(struct exchange *exchange, struct store_status *status, int32_t *day)
{
    struct store_reader *reader = exchange_reader(exchange);
    if (!reader)
        return false;
    enum status result = store_status_get(reader, status);
    if (result == STATUS_NOT_FOUND) {
        exchange_fail(exchange, 503, "no_state", "");
        return false;
    }
    if (result != STATUS_OK) {
        exchange_fail_status(exchange, result);
        return false;
    }
    *day = (int32_t)((status->event_ns + (int64_t)status->utc_offset_s * NS_PER_S) / NS_PER_DAY);
    return true;
}

int64_t day_start_ns(const struct store_status *status, int32_t day)
{
    return (int64_t)day * NS_PER_DAY - (int64_t)status->utc_offset_s * NS_PER_S;
}

struct person_names names_find(struct exchange *exchange, struct names *names,
                               struct slice employee)
{
    for (size_t i = 0; i < names->count; i++)
        if (slice_equal(names->known[i].employee, employee))
            return names->known[i];
    struct store_person person;
    struct person_names found = {.employee = employee};
    struct store_reader *reader = exchange_reader(exchange);
    if (reader && store_person_get(reader, employee, &exchange->arena, &person) == STATUS_OK) {
        found.name = person.name;
        found.department = person.department;
    }
    if (names->count < NAMES_REMEMBERED)
        names->known[names->count++] = found;
    return found;
}

void write_term_points(struct json_writer *w, enum term term, double points)
{
    json_write_object_open(w);
    member_string(w, "term", term_code(term));
    member_both(w, "label", slice_from(term_label(term, LANGUAGE_EN)),
                slice_from(term_label(term, LANGUAGE_ZH)));
    member_real(w, "points", points);
    json_write_object_close(w);
}

void write_kind(struct json_writer *w, enum entity_kind kind)
{
    member_string(w, "kind", entity_kind_name(kind));
}
