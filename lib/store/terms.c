/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of terms, by index and by code; and the arithmetic of risk over days.
 */
#include "store/terms.h"

#include "store/records.h"

#include <math.h>

static const struct {
    const char *code;
    bool in_sum;
    const char *label[LANGUAGE_COUNT];
} rows[TERM_COUNT] = {
#define TERM_ROW(code, weight, en, zh) {#code, weight, {en, zh}},
    TERM_TABLE(TERM_ROW)
#undef TERM_ROW
};

const char *term_code(enum term term)
{
    return rows[term].code;
}

const char *term_label(enum term term, enum language language)
{
    return rows[term].label[language];
}

bool term_in_sum(enum term term)
{
    return rows[term].in_sum;
}

bool term_find(struct slice code, enum term *term)
{
    for (size_t i = 0; i < TERM_COUNT; i++)
        if (slice_equal(code, slice_from(rows[i].code))) {
            *term = (enum term)i;
            return true;
        }
    return false;
}

const char *entity_kind_name(enum entity_kind kind)
{
    static const char *const names[ENTITY_KIND_COUNT] = {"person", "account", "shared", "service"};
    return kind < ENTITY_KIND_COUNT ? names[kind] : "unknown";
}

const char *alert_mark_name(enum alert_mark mark)
{
    static const char *const names[] = {"", "opened", "joined"};
    return mark <= ALERT_MARK_JOINED ? names[mark] : "";
}

double store_risk_at(const struct store_person *person, int32_t day)
{
    double days = day > person->last_day ? (double)(day - person->last_day) : 0;
    return person->risk * exp2(-days / 3);
}

uint8_t store_percent(double risk)
{
    return (uint8_t)floor(100 * (1 - exp2(-risk / 20)) + 0.5);
}
