/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs the simulation day by day: everybody's acts of a day, in order of time.
 */
#include "sim/sim.h"

#include "base/clock.h"
#include "base/file.h"
#include "sim/insiders.h"
#include "sim/output.h"

#include <stdlib.h>

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

static enum status write_day(const struct organisation *o, struct site_day *site, unsigned index,
                             FILE *file)
{
    enum status status = STATUS_OK;
    uint64_t *seq = calloc(o->count, sizeof *seq);
    for (unsigned i = 0; i < o->count; i++) {
        day_begin(&site->days[i], o, &o->employees[i], index);
        if (!organisation_works(o, &o->employees[i], index))
            continue;
        day_work(&site->days[i]);
        insiders_act(&site->days[i]);
        if (site->days[i].no_memory)
            status = STATUS_NO_MEMORY;
    }
    if (!seq || status != STATUS_OK || !gather(site, o->count))
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < site->count; i++)
        output_event(file, site->lines[i].day, site->lines[i].act,
                     ++seq[site->lines[i].act->employee->number - 1]);
    for (unsigned i = 0; i < o->count; i++)
        day_release(&site->days[i]);
    free(seq);
    return status;
}

static enum status write_days(const struct organisation *o, FILE *file, sim_progress *progress,
                              void *context)
{
    struct site_day site = {.days = calloc(o->count, sizeof *site.days)};
    enum status status = site.days ? STATUS_OK : STATUS_NO_MEMORY;
    for (unsigned day = 0; day < o->options.days && status == STATUS_OK; day++) {
        status = write_day(o, &site, day, file);
        if (status == STATUS_OK && ferror(file))
            status = STATUS_FULL;
        if (progress)
            progress(context, day + 1, o->options.days);
    }
    free(site.days);
    free(site.lines);
    return status;
}

static enum status write_events(const struct organisation *o, const char *path,
                                sim_progress *progress, void *context, struct fault *fault)
{
    FILE *file = fopen(path, "w");
    if (!file) {
        fault_set(fault, path, 0, 0, "cannot be written: name a folder that can be");
        return STATUS_IO;
    }
    enum status status = write_days(o, file, progress, context);
    if (fclose(file) != 0 && status == STATUS_OK)
        status = STATUS_FULL;
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "is incomplete: %s", status_text(status));
    return status;
}

static enum status check(const struct sim_options *options, struct fault *fault)
{
    const char *what = NULL;
    if (options->employees < 12 || options->employees > 5000)
        what = "employees must be 12 to 5000";
    else if (options->days < 7 || options->days > 400)
        what = "days must be 7 to 400";
    if (!what)
        return STATUS_OK;
    fault_set(fault, "simulation", 0, 0, "%s", what);
    return STATUS_INVALID;
}

enum status sim_write(const struct sim_options *options, const char *folder, sim_progress *progress,
                      void *context, struct fault *fault)
{
    char path[4200];
    struct organisation o;
    enum status status = check(options, fault);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof path, "%s/directory", folder);
    status = file_make_folder(path, 0750);
    if (status != STATUS_OK) {
        fault_set(fault, path, 0, 0, "cannot be made: %s", status_text(status));
        return status;
    }
    status = organisation_make(&o, options);
    if (status != STATUS_OK)
        return status;
    status = output_directory(&o, folder, fault);
    snprintf(path, sizeof path, "%s/events.jsonl", folder);
    if (status == STATUS_OK)
        status = write_events(&o, path, progress, context, fault);
    organisation_release(&o);
    return status;
}
