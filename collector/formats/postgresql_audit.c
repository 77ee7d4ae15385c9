/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The AUDIT line of pgaudit (README, "Format"): one CSV record
 *
 *     AUDIT_TYPE,STATEMENT_ID,SUBSTATEMENT_ID,CLASS,COMMAND,OBJECT_TYPE,OBJECT_NAME,STATEMENT,
 *     PARAMETER[,ROWS]
 *
 * Lines with one STATEMENT_ID belong to one act. Which of their statements the client sent is not
 * said: EXECUTE, DO and CALL are, whatever they run; else the first one is, or with rows logged
 * (lines are then written at the end of execution, the inner ones first) the last.
 */
#include "collector/formats/delimited.h"
#include "collector/formats/postgresql_log.h"

enum { RANK_PLAIN = 1, RANK_FUNCTION, RANK_RUNS };

struct audit {
    uint64_t id;
    struct slice class, command, object_type, object, statement, parameter;
    bool has_rows;
    uint64_t rows;
    bool is_once; /* "<previously logged>" */
};

static bool parse(struct audit *a, struct slice text, struct arena *scratch)
{
    struct delimited d = delimited_of(text, ',');
    struct slice type, id, sub, rows;
    bool ok = delimited_next(&d, scratch, &type, NULL) && delimited_next(&d, scratch, &id, NULL) &&
              delimited_next(&d, scratch, &sub, NULL) &&
              delimited_next(&d, scratch, &a->class, NULL) &&
              delimited_next(&d, scratch, &a->command, NULL) &&
              delimited_next(&d, scratch, &a->object_type, NULL) &&
              delimited_next(&d, scratch, &a->object, NULL) &&
              delimited_next(&d, scratch, &a->statement, NULL);
    if (!ok || !log_number(id, &a->id) || a->id == 0)
        return false;
    (void)delimited_next(&d, scratch, &a->parameter, NULL);
    a->has_rows = delimited_next(&d, scratch, &rows, NULL) && log_number(rows, &a->rows);
    a->is_once = slice_equal(a->statement, SLICE("<previously logged>"));
    if (a->is_once || slice_equal(a->statement, SLICE("<not logged>")))
        a->statement = (struct slice){NULL, 0};
    if (slice_starts(a->parameter, SLICE("<")))
        a->parameter = (struct slice){NULL, 0}; /* <none>, <not logged>, <previously logged> */
    return slice_equal(type, SLICE("SESSION")) || slice_equal(type, SLICE("OBJECT"));
}

static uint8_t rank_of(const struct audit *a)
{
    bool execute = slice_equal(a->command, SLICE("EXECUTE"));
    if (execute && slice_equal(a->class, SLICE("FUNCTION")))
        return RANK_FUNCTION;
    if (execute || slice_equal(a->command, SLICE("DO")) || slice_equal(a->command, SLICE("CALL")))
        return RANK_RUNS;
    return RANK_PLAIN;
}

/* pgaudit cuts a statement at its password; a statement line of the log does not. */
static bool is_redacted_form(struct slice audited, struct slice whole)
{
    if (!slice_ends(audited, SLICE("<REDACTED>")))
        return false;
    return slice_starts(whole, slice_trim(slice_part(audited, 0, audited.len - 10)));
}

static bool belongs(const struct pg_log_work *w, const struct audit *a)
{
    const struct pg_log_act *act = &w->s.act;
    if (!act->open || act->failed)
        return false;
    if (act->audit != 0)
        return act->audit == a->id;
    return act->stated &&
           (w->s.states_reads || pg_log_same_text(w->text[PG_LOG_STATEMENT], a->statement) ||
            is_redacted_form(a->statement, w->text[PG_LOG_STATEMENT]));
}

/* The line's statement becomes the act's, or one that it ran. */
static void take_statement(struct pg_log_work *w, const struct audit *a, bool *is_top)
{
    struct pg_log_act *act = &w->s.act;
    struct slice *top = &w->text[PG_LOG_STATEMENT];
    uint8_t rank = rank_of(a);
    *is_top = a->statement.len == 0 || pg_log_same_text(*top, a->statement) ||
              is_redacted_form(a->statement, *top);
    if (*is_top) {
        act->rank = rank > act->rank ? rank : act->rank;
        return;
    }
    bool wins = rank > act->rank || (rank == RANK_PLAIN && act->rank == RANK_PLAIN && a->has_rows);
    if (act->stated || !wins) {
        pg_log_text_add(w, PG_LOG_NESTED, a->statement);
        return;
    }
    if (rank == RANK_RUNS && slice_equal(a->command, SLICE("EXECUTE")))
        w->text[PG_LOG_PREPARED] = *top;
    else if (top->len > 0)
        pg_log_text_add(w, PG_LOG_NESTED, *top);
    *top = slice_trim(a->statement);
    act->rank = rank;
    *is_top = rank == RANK_PLAIN;
}

static void take_rows(struct pg_log_act *act, const struct audit *a)
{
    if (!a->has_rows)
        return;
    if (slice_equal(a->command, SLICE("SELECT"))) {
        act->has_rows = true;
        act->rows = a->rows;
    } else if (slice_equal(a->command, SLICE("INSERT")) ||
               slice_equal(a->command, SLICE("UPDATE")) ||
               slice_equal(a->command, SLICE("DELETE")) ||
               slice_equal(a->command, SLICE("MERGE"))) {
        act->has_affected = true;
        act->affected = a->rows;
    }
}

/* "PREPARE p AS SELECT ..." is logged as the text of what EXECUTE runs. */
static bool is_execution(const struct pg_log_work *w)
{
    return slice_starts_nocase(w->text[PG_LOG_STATEMENT], SLICE("execute")) &&
           w->text[PG_LOG_PREPARED].len > 0;
}

enum status pg_log_audit(struct pg_log_work *w, const struct pg_log_record *record,
                         struct slice text)
{
    struct audit a = {0};
    bool is_top = true;
    if (!parse(&a, text, w->env->scratch))
        return STATUS_MALFORMED;
    if (!belongs(w, &a)) {
        pg_log_act_begin(w, record, a.statement);
        w->s.act.rank = rank_of(&a);
    } else {
        take_statement(w, &a, &is_top);
    }
    struct pg_log_act *act = &w->s.act;
    act->audit = a.id;
    act->time_ns = record->time_ns;
    if (is_top || (is_execution(w) && a.rows > 0))
        take_rows(act, &a);
    if (a.object.len > 0)
        pg_log_text_add(w, PG_LOG_OBJECTS, a.object);
    if (a.parameter.len > 0 && w->text[PG_LOG_PARAMETER].len == 0)
        w->text[PG_LOG_PARAMETER] = a.parameter;
    return STATUS_OK;
}
