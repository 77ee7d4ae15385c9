/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Measures what the model finds in simulated lenders, and prints the tables of docs/detection.md.
 *
 *   bench_detection [--seeds FIRST-LAST] [--employees N] [--days N] [--no-assignments] [--ids KIND]
 *                   [--clean] [--ablation] [--days-shown N]
 *
 * --clean measures alerts a day of lenders in which nobody misbehaves, for several budgets.
 * --ablation adds the figures without each sub-model. --days-shown prints the terms of all bad days
 * and of the N good days that score highest.
 */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double budgets[] = {0.25, 0.5, 1, 2};
enum { BUDGETS = sizeof budgets / sizeof *budgets, ALERTS_FROM = 28 };

struct bench {
    struct sim_options options;
    uint64_t first_seed, last_seed;
    bool ablation;
    unsigned shown; /* days */
    struct variant variants[VARIANTS_MAX];
    size_t count;
    struct figures by_score[VARIANTS_MAX], by_alert[VARIANTS_MAX], plain;
    struct alert_figures alerts[VARIANTS_MAX];
    double theta[VARIANTS_MAX];
    struct stability stability;
    uint64_t events;
};

static struct variant *add_variant(struct bench *b, const char *name, double budget,
                                   uint32_t left_out)
{
    struct variant *v = &b->variants[b->count++];
    *v = (struct variant){.budget = budget, .left_out = left_out};
    snprintf(v->name, sizeof v->name, "%s", name);
    return v;
}

static void choose_variants(struct bench *b)
{
    char name[24];
    if (b->options.clean) {
        for (size_t i = 0; i < BUDGETS; i++) {
            snprintf(name, sizeof name, "%g a day", budgets[i]);
            add_variant(b, name, budgets[i], 0);
        }
        return;
    }
    add_variant(b, "extended", 1, 0);
    add_variant(b, "specification", 1, 0)->specification = true;
    for (size_t k = 0; b->ablation && k < TERM_COUNT; k++)
        if (term_in_sum((enum term)k))
            add_variant(b, term_code((enum term)k), 1, 1u << k);
}

static double percent(struct found f)
{
    return f.all ? 100.0 * f.found / f.all : NAN;
}

static void figures_row(const char *name, const struct figures *f)
{
    double n = f->runs;
    unsigned found = 0;
    for (size_t i = 0; i < STRENGTHS; i++)
        found += f->by_strength[i].found;
    printf("| %s | %.3f | %.1f | %.1f | %.1f | %.1f | %.3f | %.1f | %.1f / %.1f / %.1f | %.1f |\n",
           name, f->day_auc / n, 100 * f->hits[0] / n, 100 * f->hits[1] / n, 100 * f->hits[2] / n,
           100 * f->hits[3] / n, f->person_auc / n, percent(f->persons[0]),
           percent(f->by_strength[3]), percent(f->by_strength[2]), percent(f->by_strength[1]),
           found ? f->delay / found : NAN);
}

static void print_figures(const struct bench *b)
{
    puts("| score | day AUC | hits at 0.5 % | 1 % | 2 % | 5 % | person AUC | persons at 0.5 % | "
         "obvious / moderate / subtle | days to detect |");
    puts("|---|---|---|---|---|---|---|---|---|---|");
    figures_row("extended, A", &b->by_alert[0]);
    figures_row("extended, D", &b->by_score[0]);
    figures_row("specification, A", &b->by_alert[1]);
    figures_row("specification, D", &b->by_score[1]);
    figures_row("plain z-score", &b->plain);
    printf(
        "\nPersons found at 0.5 / 1 / 2 / 5 %%: D %.1f / %.1f / %.1f / %.1f, A %.1f / %.1f / %.1f "
        "/ %.1f\n",
        percent(b->by_score[0].persons[0]), percent(b->by_score[0].persons[1]),
        percent(b->by_score[0].persons[2]), percent(b->by_score[0].persons[3]),
        percent(b->by_alert[0].persons[0]), percent(b->by_alert[0].persons[1]),
        percent(b->by_alert[0].persons[2]), percent(b->by_alert[0].persons[3]));
}

static void cell(struct found f)
{
    if (f.all)
        printf(" %u/%u |", f.found, f.all);
    else
        printf(" |");
}

static void print_behaviours(const struct bench *b)
{
    const struct figures *d = &b->by_score[0], *a = &b->by_alert[0];
    puts("\n| behaviour | D obvious | moderate | subtle | A obvious | moderate | subtle |");
    puts("|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < d->behaviour_count; i++) {
        printf("| %s |", d->behaviours[i].name);
        for (size_t s = STRENGTHS - 1; s > 0; s--)
            cell(d->behaviours[i].by_strength[s]);
        for (size_t s = STRENGTHS - 1; s > 0; s--)
            cell(a->behaviours[i].by_strength[s]);
        puts("");
    }
}

static void print_ablation(const struct bench *b)
{
    puts("\n| without | hits at 0.5 % (D) | persons (D) | hits (A) | persons (A) |");
    puts("|---|---|---|---|---|");
    for (size_t i = 2; i < b->count; i++) {
        const struct figures *d = &b->by_score[i], *a = &b->by_alert[i];
        printf("| %s | %+.1f | %+.1f | %+.1f | %+.1f |\n", b->variants[i].name,
               100 * (d->hits[0] - b->by_score[0].hits[0]) / d->runs,
               percent(d->persons[0]) - percent(b->by_score[0].persons[0]),
               100 * (a->hits[0] - b->by_alert[0].hits[0]) / a->runs,
               percent(a->persons[0]) - percent(b->by_alert[0].persons[0]));
    }
}

static void print_alerts(const struct bench *b)
{
    puts("\n| budget | false alerts a day | on days of all | theta at the end | obvious / moderate "
         "/ "
         "subtle |");
    puts("|---|---|---|---|---|");
    size_t rows = b->options.clean ? b->count : 2;
    for (size_t i = 0; i < rows; i++) {
        const struct alert_figures *f = &b->alerts[i];
        printf("| %g a day%s | %.2f | %.2f | %.2f | %.1f / %.1f / %.1f |\n", b->variants[i].budget,
               b->variants[i].specification ? ", specification" : "", f->opened / f->days,
               f->opened_on_site_days / fmax(f->site_days, 1), b->theta[i] / f->runs,
               percent(f->insiders[3]), percent(f->insiders[2]), percent(f->insiders[1]));
    }
}

static bool run_seed(struct bench *b, uint64_t seed)
{
    struct played p;
    b->options.seed = seed;
    enum status status = play(&p, &b->options, b->variants, b->count);
    if (status != STATUS_OK)
        fprintf(stderr, "bench_detection: seed %llu: %s\n", (unsigned long long)seed,
                status_text(status));
    else {
        for (size_t i = 0; i < b->count; i++) {
            figures_add(&b->by_score[i], &p, p.verdicts[i].score);
            figures_add(&b->by_alert[i], &p, p.verdicts[i].alert);
            alert_figures_add(&b->alerts[i], &p, &p.verdicts[i], ALERTS_FROM);
            b->theta[i] += p.verdicts[i].theta;
        }
        figures_add(&b->plain, &p, p.plain);
        stability_add(&b->stability, &p, &p.verdicts[0]);
        if (b->shown)
            figures_print_days(&p, b->shown);
        b->events += p.events;
    }
    played_release(&p);
    return status == STATUS_OK;
}

static void print_all(const struct bench *b)
{
    printf("%u employees, %u days, %s, ids %s, seeds %llu-%llu, %llu events\n\n",
           b->options.employees, b->options.days,
           b->options.no_assignments ? "no assignments" : "assignments",
           b->options.ids == SIM_IDS_numeric ? "numeric"
           : b->options.ids == SIM_IDS_uuid  ? "uuid"
                                             : "mixed",
           (unsigned long long)b->first_seed, (unsigned long long)b->last_seed,
           (unsigned long long)b->events);
    if (!b->options.clean) {
        print_figures(b);
        print_behaviours(b);
    }
    if (b->ablation)
        print_ablation(b);
    print_alerts(b);
    printf("\nRises of more than 30 %% of the ranks: %.2f %% of person-days; without a named term: "
           "%.3f %%\n",
           100 * b->stability.moved / b->stability.person_days,
           100 * b->stability.unexplained / b->stability.person_days);
}

static bool read_seeds(struct bench *b, const char *text)
{
    unsigned long long first = 0, last = 0;
    int n = sscanf(text, "%llu-%llu", &first, &last);
    b->first_seed = first;
    b->last_seed = n == 2 ? last : first;
    return n >= 1 && b->last_seed >= b->first_seed;
}

static bool read_ids(struct bench *b, const char *text)
{
    static const char *const kinds[SIM_IDS_COUNT] = {"numeric", "uuid", "mixed"};
    for (unsigned i = 0; i < SIM_IDS_COUNT; i++)
        if (strcmp(text, kinds[i]) == 0) {
            b->options.ids = (enum sim_ids)i;
            return true;
        }
    return false;
}

/* Takes options without and with a value; false for an unknown one. */
static bool read_option(struct bench *b, const char *name, const char *value, bool *used)
{
    *used = false;
    if (strcmp(name, "--clean") == 0)
        return b->options.clean = true;
    if (strcmp(name, "--ablation") == 0)
        return b->ablation = true;
    if (strcmp(name, "--no-assignments") == 0)
        return b->options.no_assignments = true;
    *used = true;
    if (!value)
        return false;
    if (strcmp(name, "--seeds") == 0)
        return read_seeds(b, value);
    if (strcmp(name, "--ids") == 0)
        return read_ids(b, value);
    unsigned *number = strcmp(name, "--employees") == 0    ? &b->options.employees
                       : strcmp(name, "--days") == 0       ? &b->options.days
                       : strcmp(name, "--days-shown") == 0 ? &b->shown
                                                           : NULL;
    return number && (*number = (unsigned)strtoul(value, NULL, 10)) > 0;
}

int main(int argc, char **argv)
{
    static struct bench b;
    b.options = sim_defaults();
    b.options.employees = 400;
    b.options.days = 56;
    b.first_seed = b.last_seed = 101;
    for (int i = 1; i < argc; i++) {
        bool used;
        if (!read_option(&b, argv[i], argv[i + 1], &used)) {
            fprintf(stderr,
                    "bench_detection: %s: the first comment of bench_detection.c lists the "
                    "options\n",
                    argv[i]);
            return 2;
        }
        i += used;
    }
    choose_variants(&b);
    for (uint64_t seed = b.first_seed; seed <= b.last_seed; seed++)
        if (!run_seed(&b, seed))
            return 3;
    print_all(&b);
    return 0;
}
