/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell report: an audit report of a period as CSV (RFC 4180): access (who saw whom), risk, alerts.
 */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/query.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROW_MAX = 1 << 20 };

struct report {
    struct query q;
    const char *output;
    FILE *to;
    struct buffer row;
    size_t fields;
    uint64_t rows;
};

struct report_kind {
    const char *name;
    const char *header; /* machine-readable names, English */
    enum status (*write)(struct report *r);
};

static void field(struct report *r, struct slice text)
{
    if (r->fields++ > 0)
        buffer_append_byte(&r->row, ',');
    text_append_csv(&r->row, text);
}

static void field_text(struct report *r, const char *text)
{
    field(r, slice_from(text));
}

static void field_number(struct report *r, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.6g", value);
    field_text(r, text);
}

static void field_count(struct report *r, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    field_text(r, text);
}

static bool end_row(struct report *r)
{
    buffer_append_text(&r->row, "\r\n");
    bool ok = buffer_status(&r->row) == STATUS_OK &&
              fwrite(r->row.ptr, 1, r->row.len, r->to) == r->row.len;
    buffer_reset(&r->row);
    r->fields = 0;
    r->rows++;
    return ok;
}

static bool access_row(void *context, const struct store_view *v)
{
    struct report *r = context;
    char hex[33];
    for (size_t i = 0; i < 16; i++)
        snprintf(hex + 2 * i, 3, "%02x", v->subject[i]);
    field_text(r, query_time_text(v->start_ns));
    field(r, v->employee);
    field_text(r, hex);
    field_number(r, (double)v->dwell_ns / 1e9);
    field_text(r, v->cut ? "yes" : "no");
    field_text(r, v->database ? "database" : "application");
    field(r, v->asset);
    field(r, v->object);
    field_text(r, event_action_name(v->action));
    field(r, v->session);
    return end_row(r);
}

static enum status write_access(struct report *r)
{
    return store_views(r->q.reader, SLICE(""), r->q.from_ns, r->q.to_ns, access_row, r);
}

static void reasons(struct report *r, const struct store_day *d)
{
    struct buffer text;
    buffer_init(&text, ROW_MAX);
    for (size_t k = 0; k < TERM_COUNT; k++)
        if (d->terms[k].points > 0 && term_in_sum((enum term)k)) {
            if (text.len > 0)
                buffer_append_text(&text, "; ");
            buffer_append_slice(&text, d->terms[k].sentence[query_language()]);
        }
    field(r, buffer_slice(&text));
    buffer_release(&text);
}

static bool risk_row(void *context, const struct store_day *d)
{
    struct report *r = context;
    field_text(r, query_day_text(d->day));
    field(r, d->employee);
    field_text(r, entity_kind_name(d->kind));
    field_number(r, d->score);
    field_number(r, d->risk);
    field_count(r, d->percent);
    field_text(r, alert_mark_name(d->mark));
    field_count(r, d->measures.events);
    field_count(r, d->measures.views);
    field_count(r, d->measures.subjects);
    field_number(r, d->measures.unassigned);
    field_count(r, d->measures.rows);
    field_count(r, d->measures.exports);
    field_number(r, d->measures.dwell_mean_s);
    reasons(r, d);
    return end_row(r);
}

static enum status write_risk(struct report *r)
{
    return store_days(r->q.reader, r->q.from_day, r->q.to_day, risk_row, r);
}

static bool alert_row(void *context, const struct store_alert *a)
{
    struct report *r = context;
    if (a->last_day < r->q.from_day || a->day > r->q.to_day)
        return true;
    field_count(r, a->id);
    field_text(r, query_day_text(a->day));
    field_text(r, query_day_text(a->last_day));
    field(r, a->employee);
    field_text(r, a->open ? "open" : "closed");
    field_number(r, a->value);
    field_number(r, a->theta);
    field_number(r, a->score);
    field_number(r, a->risk);
    field(r, a->sentence[query_language()]);
    return end_row(r);
}

static enum status write_alerts(struct report *r)
{
    return store_alerts(r->q.reader, 0, alert_row, r);
}

static const struct report_kind kinds[] = {
    {"access", "time,employee,subject,dwell_s,cut,through,asset,object,action,session",
     write_access},
    {"risk",
     "day,employee,kind,score,risk,percent,alert,events,views,subjects,unassigned,rows,exports,"
     "dwell_mean_s,reasons",
     write_risk},
    {"alerts", "id,day,last_day,employee,state,value,threshold,score,risk,reasons", write_alerts},
};

static const struct report_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* Into a file beside, which takes the name when it is whole. */
static int write_file(struct report *r, const struct report_kind *kind)
{
    char path[4200];
    int n = snprintf(path, sizeof path, "%s.part", r->output);
    r->to = n > 0 && (size_t)n < sizeof path ? fopen(path, "w") : NULL;
    if (!r->to) {
        log_error("%s: %s: name another file with -o", r->output, strerror(errno));
        return query_end(&r->q, STATUS_OK, EXIT_INPUT);
    }
    fprintf(r->to, "\xef\xbb\xbf%s\r\n",
            kind->header); /* spreadsheets need the mark to see UTF-8 */
    enum status status = kind->write(r);
    bool failed = ferror(r->to) != 0 || fflush(r->to) != 0 || fsync(fileno(r->to)) != 0;
    failed |= fclose(r->to) != 0;
    if (status == STATUS_OK && !failed)
        failed = rename(path, r->output) != 0;
    if (status != STATUS_OK || failed)
        unlink(path);
    if (failed)
        log_error("%s: the report could not be written: free some space", r->output);
    else if (status == STATUS_OK)
        fprintf(stderr, command_text("%s: %" PRIu64 " rows\n", "%s：%" PRIu64 " 行\n"), r->output,
                r->rows);
    return query_end(&r->q, status, failed ? EXIT_INPUT : EXIT_DONE);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct report r = {.output = NULL};
    int code;
    const struct command_option options[] = {
        QUERY_OPTIONS(&r.q), {"output", OPTION_TEXT, &r.output, 'o'}, {0}};
    buffer_init(&r.row, ROW_MAX);
    if (!query_begin(&r.q, command, options, argc, argv, &code))
        return query_end(&r.q, STATUS_OK, code);
    const struct report_kind *kind =
        r.q.operands.count == 1 ? find_kind(r.q.operands.items[0]) : NULL;
    if (!kind)
        code =
            query_end(&r.q, STATUS_OK,
                      command_usage_error(command, "one KIND is expected: access, risk or alerts"));
    else if (!r.output || !slice_ends(slice_from(r.output), SLICE(".csv")))
        code = query_end(&r.q, STATUS_OK, command_usage_error(command, "-o FILE.csv is needed"));
    else
        code = write_file(&r, kind);
    buffer_release(&r.row);
    return code;
}

const struct command report_command = {
    .name = "report",
    .synopsis = "[--state DIR] access|risk|alerts [--from T] [--to T] -o FILE.csv",
    .help_en = "write an audit report of a period as CSV",
    .help_zh = "输出某一时期的审计报告（CSV）",
    .options_en = QUERY_HELP_EN
    "  -o, --output F   the file to write, .csv\n"
    "access: who saw whom, when, how long, through what; risk: every day's score and its\n"
    "reasons; alerts: the alerts and theirs.",
    .options_zh = QUERY_HELP_ZH
    "  -o, --output F   输出文件（.csv）\n"
    "access：谁看了谁、何时、多久、通过什么；risk：每日评分及原因；alerts：告警及原因。",
    .run = run,
};
