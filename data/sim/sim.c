/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs the simulation day by day: everybody's acts of a day, in order of time.
 */
#include "sim/sim.h"

#include "base/file.h"
#include "sim/confounders.h"
#include "sim/insiders.h"
#include "sim/output.h"
#include "sim/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The acts of one day of the whole site. */
struct site_day {
    struct day *days; /* one per employee */
    struct line {
        const struct day *day;
        const struct act *act;
    } * lines;
    size_t count;
};

static int by_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->act->time_ns != y->act->time_ns)
        return x->act->time_ns < y->act->time_ns ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return x->act < y->act ? -1 : 1;
}

static bool gather(struct site_day *site, unsigned employees)
{
    site->count = 0;
    for (unsigned i = 0; i < employees; i++)
        site->count += site->days[i].count;
    struct line *lines = realloc(site->lines, (site->count + 1) * sizeof *lines);
    if (!lines)
        return false;
    site->lines = lines;
    size_t n = 0;
    for (unsigned i = 0; i < employees; i++)
        for (unsigned j = 0; j < site->days[i].count; j++)
            lines[n++] = (struct line){&site->days[i], &site->days[i].acts[j]};
    qsort(lines, n, sizeof *lines, by_time);
    return true;
}

/* Where the events go. */
struct play {
    const struct organisation *organisation;
    struct site_day site;
    struct buffer line;
    uint64_t *seq; /* per employee */
    sim_take *take;
    void *context;
};

static void make_day(struct day *day)
{
    bool works = organisation_works(day->organisation, day->employee, day->index);
    if (works) {
        confounders_place(day);
        work_day(day);
        confounders_act(day);
    }
    insiders_act(day, works);
}

static enum status give_line(struct play *p, const struct line *line)
{
    buffer_reset(&p->line);
    uint64_t seq = ++p->seq[line->act->employee->number - 1];
    enum status status = p->organisation->options.access_log
                             ? output_access(&p->line, line->day, line->act)
                             : output_event(&p->line, line->day, line->act, seq);
    if (p->line.len == 0)
        return status;
    return status == STATUS_OK ? p->take(p->context, buffer_slice(&p->line)) : status;
}

static enum status play_day(struct play *p, unsigned index)
{
    const struct organisation *o = p->organisation;
    bool complete = true;
    memset(p->seq, 0, o->count * sizeof *p->seq);
    for (unsigned i = 0; i < o->count; i++) {
        day_begin(&p->site.days[i], o, &o->employees[i], index);
        make_day(&p->site.days[i]);
        complete &= !p->site.days[i].no_memory;
    }
    enum status status = complete && gather(&p->site, o->count) ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < p->site.count; i++)
        status = give_line(p, &p->site.lines[i]);
    for (unsigned i = 0; i < o->count; i++)
        day_release(&p->site.days[i]);
    return status;
}

static enum status play_days(const struct organisation *o, sim_take *take, void *context,
                             sim_progress *progress, void *progress_context)
{
    struct play p = {.organisation = o,
                     .site = {.days = calloc(o->count, sizeof *p.site.days)},
                     .seq = calloc(o->count, sizeof *p.seq),
                     .take = take,
                     .context = context};
    enum status status = p.site.days && p.seq ? STATUS_OK : STATUS_NO_MEMORY;
    buffer_init(&p.line, 1 << 20);
    for (unsigned day = 0; day < o->options.days && status == STATUS_OK; day++) {
        status = play_day(&p, day);
        if (progress)
            progress(progress_context, day + 1, o->options.days);
    }
    buffer_release(&p.line);
    free(p.site.days);
    free(p.site.lines);
    free(p.seq);
    return status;
}

enum status sim_check(const struct sim_options *options, struct fault *fault)
{
    const char *what = NULL;
    if (options->employees < 12 || options->employees > 5000)
        what = "employees must be 12 to 5000";
    else if (options->days < 7 || options->days > 400)
        what = "days must be 7 to 400";
    else if (options->ids >= SIM_IDS_COUNT)
        what = "ids must be numeric, uuid or mixed";
    else if (options->strength > SIM_STRENGTH_OBVIOUS)
        what = "strength must be mixed, subtle, moderate or obvious";
    if (!what)
        return STATUS_OK;
    fault_set(fault, "simulation", 0, 0, "%s", what);
    return STATUS_INVALID;
}

static enum status make_folder(const char *folder, struct fault *fault)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/directory", folder);
    enum status status = file_make_folder(path, 0750);
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "cannot be made: %s", status_text(status));
    return status;
}

enum status sim_play(const struct sim_options *options, const char *folder, sim_take *take,
                     void *context, sim_progress *progress, void *progress_context,
                     struct fault *fault)
{
    struct organisation o;
    enum status status = sim_check(options, fault);
    if (status == STATUS_OK)
        status = make_folder(folder, fault);
    if (status == STATUS_OK)
        status = organisation_make(&o, options);
    if (status != STATUS_OK)
        return status;
    status = output_directory(&o, folder, fault);
    if (status == STATUS_OK) {
        status = play_days(&o, take, context, progress, progress_context);
        if (status != STATUS_OK)
            fault_set(fault, folder, 0, 0, "the events are incomplete: %s", status_text(status));
    }
    if (status == STATUS_OK)
        status = output_answers(&o, folder, fault);
    organisation_release(&o);
    return status;
}

static enum status write_line(void *context, struct slice line)
{
    FILE *file = context;
    fwrite(line.ptr, 1, line.len, file);
    fputc('\n', file);
    return ferror(file) ? STATUS_FULL : STATUS_OK;
}

enum status sim_write(const struct sim_options *options, const char *folder, sim_progress *progress,
                      void *context, struct fault *fault)
{
    char path[4200];
    enum status status = sim_check(options, fault);
    if (status == STATUS_OK)
        status = make_folder(folder, fault);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path, "%s/%s", folder,
             options->access_log ? "access.log" : "events.jsonl");
    FILE *file = fopen(path, "w");
    if (!file) {
        fault_set(fault, path, 0, 0, "cannot be written: name a folder that can be");
        return STATUS_IO;
    }
    status = sim_play(options, folder, write_line, file, progress, context, fault);
    if (fclose(file) != 0 && status == STATUS_OK) {
        fault_set(fault, path, 0, 0, "is incomplete: %s", status_text(STATUS_FULL));
        status = STATUS_FULL;
    }
    return status;
}
