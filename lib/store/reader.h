/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the store: state/ and archive/<day>/ under one state directory, while the analyzer may be
 * writing. Each call is one short LMDB read transaction; nothing is held between calls.
 *
 * Visitors get records whose slices live during the visit only and return false to stop. Calls give
 * STATUS_OK also when nothing was found, unless said otherwise.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "base/arena.h"
#include "base/status.h"
#include "store/records.h"

struct store_reader;

/* `why` (may be NULL) gets one line: what, where. NOT_FOUND: no state there; VERSION: of another
 * format. */
enum status store_reader_open(struct store_reader **reader, const char *state_dir, char *why,
                              size_t why_size);
void store_reader_close(struct store_reader **reader);

typedef bool store_visit_day(void *context, const struct store_day *day);
typedef bool store_visit_person(void *context, const struct store_person *person);
typedef bool store_visit_alert(void *context, const struct store_alert *alert);
typedef bool store_visit_notice(void *context, const struct store_notice *notice);
typedef bool store_visit_event(void *context, const struct store_event *event, const char *next);
typedef bool store_visit_view(void *context, const struct store_view *view);
typedef bool store_visit_coverage(void *context, const struct store_coverage *coverage);
typedef bool store_visit_watch(void *context, const struct store_watch *watch);
typedef bool store_visit_sensor(void *context, const struct store_sensor *sensor);
typedef bool store_visit_account(void *context, const struct store_account *account);
typedef bool store_visit_cursor(void *context, const struct store_cursor *cursor);

/* Days of all employees from..to (both included), by day, then by employee. */
enum status store_days(struct store_reader *reader, int32_t from, int32_t to,
                       store_visit_day *visit, void *context);

/* Days of one employee, oldest first. */
enum status store_person_days(struct store_reader *reader, struct slice employee, int32_t from,
                              int32_t to, store_visit_day *visit, void *context);

/* One day, copied into the arena; NOT_FOUND when there is none. */
enum status store_day_get(struct store_reader *reader, struct slice employee, int32_t day,
                          struct arena *arena, struct store_day *to);

/* Everybody, by employee id. For a ranking: sort by store_risk_at(), then score, then id. */
enum status store_persons(struct store_reader *reader, store_visit_person *visit, void *context);
enum status store_person_get(struct store_reader *reader, struct slice employee,
                             struct arena *arena, struct store_person *to);

/* Alerts with id < `before` (0: all), the newest first. */
enum status store_alerts(struct store_reader *reader, uint64_t before, store_visit_alert *visit,
                         void *context);
enum status store_alert_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                            struct store_alert *to);

/* Notices with sequence > `after`, in order. */
enum status store_notices(struct store_reader *reader, uint64_t after, store_visit_notice *visit,
                          void *context);

/* Events, day by day, inside a day in the order they came. Empty slices and NULL: no condition. */
struct store_event_filter {
    struct slice employee;  /* exact */
    struct slice object;    /* exact name of an object */
    const uint8_t *subject; /* 16 bytes */
    int64_t from_ns, to_ns; /* event time, from <= t < to; to 0: no end */
    const char *after;      /* paging: the `next` of the last event seen; NULL: from the start */
};
enum { STORE_PAGE_KEY_SIZE = 40 }; /* `next` is text of at most this with its terminator */
enum status store_events(struct store_reader *reader, const struct store_event_filter *filter,
                         store_visit_event *visit, void *context);

/* All events of a day in the order in which they came. */
enum status store_day_events(struct store_reader *reader, int32_t day, store_visit_event *visit,
                             void *context);

/* Every view of a subject from_ns <= start < to_ns (to 0: no end), oldest day first. */
enum status store_who_saw(struct store_reader *reader, const uint8_t subject[16], int64_t from_ns,
                          int64_t to_ns, store_visit_view *visit, void *context);

/* Every view of a period, by day; of one employee when it is not empty. */
enum status store_views(struct store_reader *reader, struct slice employee, int64_t from_ns,
                        int64_t to_ns, store_visit_view *visit, void *context);

/* Verdicts in the order they were given. */
enum status store_verdicts(struct store_reader *reader, store_visit_verdict *visit, void *context);

/* The model's records as they were before the close of a day (INT32_MAX: as they are), and the
 * running numbers of a day's subjects; the visitor gives OK to go on. Days before the first kept
 * one cannot be made again. */
typedef enum status store_visit_model(void *context, struct slice key, struct slice value);
enum status store_model_before(struct store_reader *reader, int32_t day, store_visit_model *visit,
                               void *context);
enum status store_numbers(struct store_reader *reader, int32_t day, store_visit_model *visit,
                          void *context);
bool store_first_kept_day(struct store_reader *reader, int32_t *day);

enum status store_coverages(struct store_reader *reader, int32_t from, int32_t to,
                            store_visit_coverage *visit, void *context);
enum status store_watches(struct store_reader *reader, int32_t from, int32_t to,
                          store_visit_watch *visit, void *context);
enum status store_sensors(struct store_reader *reader, store_visit_sensor *visit, void *context);
enum status store_accounts(struct store_reader *reader, store_visit_account *visit, void *context);
enum status store_cursors(struct store_reader *reader, store_visit_cursor *visit, void *context);
/* Copied into the arena; NOT_FOUND in a state that was never told. */
enum status store_site_get(struct store_reader *reader, struct arena *arena, struct store_site *to);
enum status store_status_get(struct store_reader *reader, struct store_status *to);

/* Checks every hash chain and index; `problem` is told each fault in one line. OK also with faults.
 */
struct store_verification {
    uint64_t days, blocks, events, index_rows, notices, faults;
};
typedef void store_problem(void *context, const char *line);
enum status store_verify(struct store_reader *reader, store_problem *problem, void *context,
                         struct store_verification *result);

#endif
