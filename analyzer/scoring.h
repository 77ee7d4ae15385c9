/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The main model: scores all employees of a day from their day records, and learns the day when it
 * is closed (docs/scoring.md, sections 4 to 6 and 10.6). A running day is scored by the same code
 * and learns nothing. The same records give the same numbers, bit for bit.
 */
#ifndef ANALYZER_SCORING_H
#define ANALYZER_SCORING_H

#include "analyzer/alert_budget.h"
#include "analyzer/population.h"
#include "store/records.h"

struct model;

/* `budget`: alerts a day. The organisation must outlive the model; NULL: no memory. */
struct model *model_new(const struct organisation *organisation, double budget);
void model_free(struct model **model);

/* A reloaded directory: from now on. */
void model_use(struct model *model, const struct organisation *organisation);

/* The extended model: further sub-models and corrections (docs/scoring.md, "Extended model").
 * Without it, as after model_new(), the numbers are the specification's. Chosen before the first
 * day. */
void model_extend(struct model *model, bool extended);

/* Terms (bit per enum term) that are computed and not added: what each is worth can be measured. */
void model_leave_out(struct model *model, uint32_t terms);
/* The verdict on an employee's day; WATCH also while a case is open. NULL: there are none. */
typedef enum verdict_kind model_judge(void *context, struct slice employee, int32_t day);
void model_set_judge(struct model *model, model_judge *judge, void *context);

struct model_input {
    struct slice employee;
    const struct day_record *record;
    void *user; /* handed back */
};

struct model_score {
    const struct person_day *day;
    void *user;
    double theta;
    enum alert_mark mark;
    double risks[TERM_COUNT]; /* R_k after the day */
    bool open;                /* the alert stays open after a day without crossing */
};
typedef void model_visit(void *context, const struct model_score *score);

/* Scores and learns; the inputs are sorted by employee id (byte order). Days must be closed in
 * order. */
enum status model_close(struct model *model, int32_t day, const struct model_input *inputs,
                        size_t count, model_visit *visit, void *context);

/* Scores a day that is not over; `seconds` of it have passed. Learns nothing. */
enum status model_running(struct model *model, int32_t day, double seconds,
                          const struct model_input *inputs, size_t count, model_visit *visit,
                          void *context);

/* The same score as model_close() gives, and nothing learnt: for a day that is over. */
enum status model_look(struct model *model, int32_t day, const struct model_input *inputs,
                       size_t count, model_visit *visit, void *context);

double model_theta(const struct model *model);

enum status model_save(struct model *model, population_put *put, void *context);
enum status model_load(struct model *model, struct slice key, struct slice value);

#endif
