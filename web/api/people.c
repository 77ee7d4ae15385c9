/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ranking: everybody by risk as of the newest day, with the reasons of the last two weeks.
 */
#include "web/api.h"
#include "web/api/organisation.h"
#include "web/member.h"

#include <math.h>
#include <stdlib.h>

enum { SEARCH_MAX = 100, PAGE_MOST = 200, PAGE_USUAL = 50, TREND_DAYS = 14, REASONS = 3 };
enum { COVERAGE_DAYS = 7, FIRST_ENTRIES = 1024 };

static const double half_life_days = 3; /* of a day's points in the risk */

struct entry {
    struct slice employee;
    double risk, score;
};

struct ranking {
    struct exchange *exchange;
    struct slice search;
    int32_t day;
    struct entry *entries;
    size_t count, room;
    uint64_t total, open_alerts;
    bool full;
};

static bool contains(struct slice text, struct slice part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (slice_starts_nocase(slice_part(text, i, text.len), part))
            return true;
    return part.len == 0;
}

static bool wanted(const struct ranking *ranking, const struct store_person *person)
{
    struct slice search = ranking->search;
    return contains(person->employee, search) || contains(person->name, search) ||
           contains(person->department, search) || contains(person->role, search);
}

/* Room for one more; the arena's maximum bounds it. */
static bool grow(struct ranking *ranking)
{
    if (ranking->count < ranking->room)
        return true;
    size_t room = ranking->room ? ranking->room * 2 : FIRST_ENTRIES;
    struct entry *entries = arena_array(&ranking->exchange->arena, room, sizeof *ranking->entries);
    if (!entries)
        return false;
    if (ranking->count)
        memcpy(entries, ranking->entries, ranking->count * sizeof *entries);
    ranking->entries = entries;
    ranking->room = room;
    return true;
}

static bool visit_person(void *context, const struct store_person *person)
{
    struct ranking *ranking = context;
    ranking->total++;
    ranking->open_alerts += person->open_alert != 0;
    if (!wanted(ranking, person))
        return true;
    ranking->full = !grow(ranking);
    if (ranking->full)
        return false;
    ranking->entries[ranking->count++] = (struct entry){
        .employee = arena_copy(&ranking->exchange->arena, person->employee),
        .risk = store_risk_at(person, ranking->day),
        .score = person->last_day == ranking->day ? person->score : 0,
    };
    return true;
}

static int by_risk(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->risk != b->risk)
        return a->risk < b->risk ? 1 : -1;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    return slice_compare(a->employee, b->employee);
}

/* What the last two weeks say about one person. */
struct recent {
    struct exchange *exchange;
    int32_t day;               /* the newest */
    bool known[TREND_DAYS];    /* an active day */
    double risk[TREND_DAYS];   /* after that day */
    double confidence;         /* of the newest active day */
    double weight[TERM_COUNT]; /* points of the term's heaviest day, decayed to today */
    double points[TERM_COUNT]; /* as they were on that day */
    int32_t term_day[TERM_COUNT];
    struct slice sentence[TERM_COUNT][LANGUAGE_COUNT];
};

static void take_terms(struct recent *recent, const struct store_day *day)
{
    double decay = exp2(-(recent->day - day->day) / half_life_days);
    for (enum term t = 0; t < TERM_COUNT; t++) {
        double weight = day->terms[t].points * decay;
        if (!term_in_sum(t) || weight <= recent->weight[t])
            continue;
        recent->weight[t] = weight;
        recent->points[t] = day->terms[t].points;
        recent->term_day[t] = day->day;
        for (int l = 0; l < LANGUAGE_COUNT; l++)
            recent->sentence[t][l] =
                arena_copy(&recent->exchange->arena, day->terms[t].sentence[l]);
    }
}

static bool visit_recent(void *context, const struct store_day *day)
{
    struct recent *recent = context;
    int32_t at = day->day - (recent->day - TREND_DAYS + 1);
    if (at < 0 || at >= TREND_DAYS)
        return true;
    recent->known[at] = true;
    recent->risk[at] = day->risk;
    recent->confidence = day->confidence;
    take_terms(recent, day);
    return true;
}

static void write_trend(struct json_writer *w, const struct recent *recent)
{
    int last = -1;
    json_write_key(w, "trend");
    json_write_array_open(w);
    for (int i = 0; i < TREND_DAYS; i++) {
        last = recent->known[i] ? i : last;
        if (last < 0)
            json_write_null(w);
        else
            json_write_unsigned(
                w, store_percent(recent->risk[last] * exp2(-(i - last) / half_life_days)));
    }
    json_write_array_close(w);
}

static void write_reasons(struct json_writer *w, struct recent *recent)
{
    json_write_key(w, "reasons");
    json_write_array_open(w);
    for (int i = 0; i < REASONS; i++) {
        enum term best = 0;
        for (enum term t = 1; t < TERM_COUNT; t++)
            if (recent->weight[t] > recent->weight[best])
                best = t;
        if (recent->weight[best] < 0.05)
            break;
        json_write_object_open(w);
        member_string(w, "term", term_code(best));
        member_real(w, "points", recent->points[best]);
        member_day(w, "day", recent->term_day[best]);
        member_both(w, "sentence", recent->sentence[best][LANGUAGE_EN],
                    recent->sentence[best][LANGUAGE_ZH]);
        json_write_object_close(w);
        recent->weight[best] = 0;
    }
    json_write_array_close(w);
}

static enum status write_row(struct ranking *ranking, size_t rank)
{
    struct exchange *exchange = ranking->exchange;
    struct json_writer *w = &exchange->json;
    const struct entry *entry = &ranking->entries[rank];
    struct recent recent = {.exchange = exchange, .day = ranking->day, .confidence = 1};
    struct store_person person;
    enum status status =
        store_person_get(exchange->reader, entry->employee, &exchange->arena, &person);
    if (status == STATUS_OK)
        status = store_person_days(exchange->reader, entry->employee, ranking->day - TREND_DAYS + 1,
                                   ranking->day, visit_recent, &recent);
    if (status != STATUS_OK)
        return status;
    json_write_object_open(w);
    member_unsigned(w, "rank", rank + 1);
    member_text(w, "employee", person.employee);
    write_kind(w, person.kind);
    member_text(w, "name", person.name);
    member_text(w, "department", person.department);
    member_text(w, "role", person.role);
    member_unsigned(w, "percent", store_percent(entry->risk));
    member_real(w, "risk", entry->risk);
    member_real(w, "score", person.score);
    member_day(w, "last_day", person.last_day);
    member_bool(w, "learning", person.learning);
    member_bool(w, "running", person.running);
    member_unsigned(w, "open_alert", person.open_alert);
    member_real(w, "confidence", recent.confidence);
    write_trend(w, &recent);
    write_reasons(w, &recent);
    json_write_object_close(w);
    return STATUS_OK;
}

struct seen {
    uint64_t events, incomplete, unresolved;
};

static bool visit_coverage(void *context, const struct store_coverage *coverage)
{
    struct seen *seen = context;
    seen->events += coverage->events;
    seen->incomplete += coverage->incomplete;
    seen->unresolved += coverage->unresolved;
    return true;
}

static enum status write_head(struct ranking *ranking, const struct store_status *state)
{
    struct json_writer *w = &ranking->exchange->json;
    struct seen seen = {0};
    enum status status =
        store_coverages(ranking->exchange->reader, ranking->day - COVERAGE_DAYS + 1, ranking->day,
                        visit_coverage, &seen);
    member_day(w, "as_of", ranking->day);
    member_time(w, "newest", state->event_ns);
    member_unsigned(w, "total", ranking->total);
    member_unsigned(w, "matching", ranking->count);
    member_real(w, "theta", state->theta);
    member_unsigned(w, "open_alerts", ranking->open_alerts);
    json_write_key(w, "coverage");
    json_write_object_open(w);
    member_unsigned(w, "events", seen.events);
    member_unsigned(w, "incomplete", seen.incomplete);
    member_unsigned(w, "unresolved", seen.unresolved);
    json_write_object_close(w);
    return status;
}

void api_people(struct exchange *exchange)
{
    struct ranking ranking = {.exchange = exchange};
    struct store_status state;
    uint64_t offset, limit;
    if (!exchange_query_text(exchange, "search", SEARCH_MAX, &ranking.search) ||
        !exchange_query_number(exchange, "offset", 0, UINT32_MAX, 0, &offset) ||
        !exchange_query_number(exchange, "limit", 1, PAGE_MOST, PAGE_USUAL, &limit) ||
        !newest_day(exchange, &state, &ranking.day))
        return;
    enum status status = store_persons(exchange->reader, visit_person, &ranking);
    if (status == STATUS_OK && ranking.full)
        status = STATUS_LIMIT;
    if (ranking.count)
        qsort(ranking.entries, ranking.count, sizeof *ranking.entries, by_risk);
    json_write_object_open(&exchange->json);
    if (status == STATUS_OK)
        status = write_head(&ranking, &state);
    json_write_key(&exchange->json, "rows");
    json_write_array_open(&exchange->json);
    for (uint64_t i = offset; status == STATUS_OK && i < ranking.count && i < offset + limit; i++)
        status = write_row(&ranking, i);
    json_write_array_close(&exchange->json);
    json_write_object_close(&exchange->json);
    if (status != STATUS_OK)
        exchange_fail_status(exchange, status);
}
