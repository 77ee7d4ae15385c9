/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the answer key.
 */
#include "answers.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int day_of(const char *date, int64_t first_day)
{
    int year = 0, month = 0, day = 0;
    if (sscanf(date, "%d-%d-%d", &year, &month, &day) != 3)
        return -1;
    return (int)(days_from_civil(year, (unsigned)month, (unsigned)day) - first_day);
}

static unsigned strength_of(const char *word)
{
    return strcmp(word, "obvious") == 0 ? 3 : strcmp(word, "moderate") == 0 ? 2 : 1;
}

static FILE *open_file(const char *folder, const char *name)
{
    char path[4200], header[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (file && !fgets(header, sizeof header, file)) {
        fclose(file);
        return NULL;
    }
    return file;
}

static void read_key(struct answers *a, FILE *file, const struct organisation *o, int64_t first_day)
{
    char line[400], id[16], behaviour[BEHAVIOUR_NAME], strength[16], from[16], to[16];
    while (a->count < a->people && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%15[^,],%23[^,],%15[^,],%15[^,],%15[^,]", id, behaviour, strength, from,
                   to) != 5)
            continue;
        const struct employee *e = organisation_find(o, slice_from(id));
        if (!e)
            continue;
        struct insider *i = &a->insiders[a->count];
        *i = (struct insider){.person = e->index,
                              .strength = strength_of(strength),
                              .from = day_of(from, first_day),
                              .to = day_of(to, first_day)};
        memcpy(i->behaviour, behaviour, sizeof i->behaviour);
        a->of[e->index] = (int)a->count++;
    }
}

static void read_days(struct answers *a, FILE *file, const struct organisation *o,
                      int64_t first_day)
{
    char line[200], id[16], date[16];
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%15[^,],%15[^,]", id, date) != 2)
            continue;
        const struct employee *e = organisation_find(o, slice_from(id));
        int day = day_of(date, first_day);
        if (e && day >= 0 && (size_t)day < a->days)
            a->acted[e->index * a->days + (size_t)day] = true;
    }
}

enum status answers_read(struct answers *a, const char *folder, const struct organisation *o,
                         int64_t first_day, size_t days)
{
    *a = (struct answers){.people = organisation_size(o), .days = days};
    a->insiders = calloc(a->people + 1, sizeof *a->insiders);
    a->acted = calloc(a->people + 1, days * sizeof *a->acted);
    a->of = malloc((a->people + 1) * sizeof *a->of);
    FILE *key = open_file(folder, "answer-key.csv"), *acts = open_file(folder, "answer-days.csv");
    bool ready = a->insiders && a->acted && a->of && key && acts;
    for (size_t i = 0; ready && i < a->people; i++)
        a->of[i] = -1;
    if (ready) {
        read_key(a, key, o, first_day);
        read_days(a, acts, o, first_day);
    }
    if (key)
        fclose(key);
    if (acts)
        fclose(acts);
    return ready ? STATUS_OK : STATUS_IO;
}

void answers_release(struct answers *a)
{
    free(a->insiders);
    free(a->acted);
    free(a->of);
    *a = (struct answers){0};
}
