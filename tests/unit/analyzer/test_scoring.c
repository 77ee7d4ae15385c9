/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The whole model against the reference implementation's day scores of two small organisations:
 * every number of every employee and day, once straight through and once with the model saved and
 * loaded after every day. Skipped where the vectors are not there.
 */
#include "analyzer/scoring.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VECTORS DWELL_SOURCE_DIR "/../shared/data/scoring"

enum { PEOPLE_MAX = 64, SUBJECTS_MAX = 4096 };

struct world {
    struct organisation *organisation;
    struct model *model;
    int64_t offset_s;
    double budget;
    bool restart; /* save and load after every day */
    FILE *expected;
    unsigned long lines;
    int32_t day;
    struct model_input inputs[PEOPLE_MAX];
    struct day_record *records[PEOPLE_MAX];
    char *ids[PEOPLE_MAX];
    size_t count;
};

struct saved {
    struct buffer key, value;
};
struct saved_list {
    struct saved items[256];
    size_t count;
};

static void save_one(void *context, struct slice key, struct slice value)
{
    struct saved_list *list = context;
    assert_true(list->count < 256);
    struct saved *s = &list->items[list->count++];
    buffer_init(&s->key, 1 << 20);
    buffer_init(&s->value, 1 << 28);
    buffer_append_slice(&s->key, key);
    buffer_append_slice(&s->value, value);
}

/* What changed is merged over what was saved before, as the store does. */
static struct saved_list kept;

static void merge(const struct saved_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t at = 0;
        while (at < kept.count &&
               !slice_equal(buffer_slice(&kept.items[at].key), buffer_slice(&list->items[i].key)))
            at++;
        assert_true(at < 256);
        if (at == kept.count)
            kept.count++;
        else {
            buffer_release(&kept.items[at].key);
            buffer_release(&kept.items[at].value);
        }
        kept.items[at] = list->items[i];
    }
}

static void restart(struct world *w)
{
    struct saved_list list = {.count = 0};
    assert_int_equal(model_save(w->model, save_one, &list), STATUS_OK);
    merge(&list);
    model_free(&w->model);
    w->model = model_new(w->organisation, w->budget);
    for (size_t i = 0; i < kept.count; i++)
        assert_int_equal(model_load(w->model, buffer_slice(&kept.items[i].key),
                                    buffer_slice(&kept.items[i].value)),
                         STATUS_OK);
}

static void near(const struct world *w, const char *what, const json_t *expected, double is)
{
    double should = json_number_value(expected);
    if (is >= 299 && should >= 299)
        return;
    if (fabs(is - should) > 1e-9 * fmax(1, fabs(should)))
        fail_msg("line %lu, %s: %.12g, should be %.12g", w->lines, what, is, should);
}

static void compare_terms(const struct world *w, json_t *line, const struct person_day *d)
{
    static const char *const counts[COUNT_MEASURES] = {"undist", "dist", "idc", "vol"};
    for (size_t m = 0; m < COUNT_MEASURES; m++)
        near(w, counts[m], json_object_get(json_object_get(line, "factor"), counts[m]),
             d->group->factor[m]);
    for (size_t k = 0; k < TERM_COUNT; k++) {
        const char *code = term_code((enum term)k);
        json_t *raw = json_object_get(json_object_get(line, "raw"), code);
        assert_int_equal(!raw || json_is_null(raw), !d->findings[k].measured);
        near(w, code, raw, d->findings[k].raw);
        near(w, code, json_object_get(json_object_get(line, "deflated"), code), d->deflated[k]);
        near(w, code, json_object_get(json_object_get(line, "coincidence"), code),
             d->coincidence[k]);
        near(w, code, json_object_get(json_object_get(line, "terms"), code), d->points[k]);
    }
}

static void every_sentence_is_written(const struct person_day *d)
{
    struct buffer text;
    buffer_init(&text, 4096);
    for (size_t k = 0; k < TERM_COUNT; k++)
        for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
            buffer_reset(&text);
            submodels[k]->explain(d, &d->findings[k], (enum language)language, &text);
            assert_int_equal(buffer_status(&text), STATUS_OK);
            assert_true(text.len > 10);
        }
    buffer_release(&text);
}

static void compare(void *context, const struct model_score *score)
{
    struct world *w = context;
    const struct person_day *d = score->day;
    char line[65536];
    assert_non_null(fgets(line, sizeof line, w->expected));
    w->lines++;
    json_t *j = json_loads(line, 0, NULL);
    assert_non_null(j);
    assert_true(
        slice_equal(d->employee, slice_from(json_string_value(json_object_get(j, "employee")))));
    assert_true(
        slice_equal(d->group->key, slice_from(json_string_value(json_object_get(j, "group")))));
    compare_terms(w, j, d);
    near(w, "D", json_object_get(j, "D"), d->score);
    near(w, "R", json_object_get(j, "R"), d->risk);
    near(w, "A", json_object_get(j, "A"), d->alert_value);
    near(w, "w", json_object_get(j, "w"), d->weight);
    near(w, "theta", json_object_get(j, "theta"), score->theta);
    assert_int_equal(json_integer_value(json_object_get(j, "P")), store_percent(d->risk));
    assert_int_equal(json_is_true(json_object_get(j, "learning")), d->learning);
    const char *mark = json_string_value(json_object_get(j, "alert"));
    assert_string_equal(mark ? mark : "", alert_mark_name(score->mark));
    every_sentence_is_written(d);
    json_decref(j);
}

static int by_employee(const void *a, const void *b)
{
    return slice_compare(((const struct model_input *)a)->employee,
                         ((const struct model_input *)b)->employee);
}

static void ignore(void *context, const struct model_score *score)
{
    (void)context;
    assert_true(score->day->score >= 0);
}

static void close_day(struct world *w)
{
    qsort(w->inputs, w->count, sizeof *w->inputs, by_employee);
    if (w->restart) /* a look at the running day changes nothing */
        assert_int_equal(model_running(w->model, w->day, 50000, w->inputs, w->count, ignore, w),
                         STATUS_OK);
    assert_int_equal(model_close(w->model, w->day, w->inputs, w->count, compare, w), STATUS_OK);
    for (size_t i = 0; i < w->count; i++) {
        day_record_release(w->records[i]);
        free(w->records[i]);
        free(w->ids[i]);
    }
    w->count = 0;
    if (w->restart)
        restart(w);
}

static struct day_record *record_of(struct world *w, const char *employee)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->ids[i], employee) == 0)
            return w->records[i];
    assert_true(w->count < PEOPLE_MAX);
    size_t i = w->count++;
    w->ids[i] = strdup(employee);
    w->records[i] = calloc(1, sizeof(struct day_record));
    day_record_init(w->records[i]);
    w->inputs[i] = (struct model_input){slice_from(w->ids[i]), w->records[i], NULL};
    return w->records[i];
}

static struct model_subject subject(const char *text)
{
    const char *colon = strrchr(text, ':'), *number = colon ? colon + 1 : text;
    struct model_subject s = {
        .id = hash64(slice_from(text)), .key = fnv1a(FNV1A_START, text, strlen(text)), .space = 0};
    for (const char *c = text; colon && c < colon;
         c++) /* the order of names: all have the same length */
        s.space = s.space << 8 | (uint8_t)*c;
    s.has_number = strlen(number) <= 15 && slice_to_u64(slice_from(number), &s.number);
    return s;
}

static struct slice text_of(json_t *j, const char *key)
{
    return slice_from(json_string_value(json_object_get(j, key)));
}

static unsigned flags_of(json_t *j)
{
    static const char *const names[] = {"self", "audit", "star", "error"};
    unsigned flags = 0;
    size_t i;
    json_t *flag;
    json_array_foreach(json_object_get(j, "flags"), i, flag) for (unsigned k = 0; k < 4; k++)
        flags |= strcmp(json_string_value(flag), names[k]) == 0 ? 1u << k : 0;
    return flags;
}

static void add_event(struct world *w, json_t *j)
{
    static struct model_subject subjects[SUBJECTS_MAX];
    int64_t ns;
    assert_true(time_parse(text_of(j, "time"), &ns));
    ns += w->offset_s * NS_PER_S;
    int32_t day = (int32_t)(ns / NS_PER_DAY);
    if (day != w->day && w->count > 0)
        close_day(w);
    w->day = day;
    struct model_event e = {.seconds = (double)(ns % NS_PER_DAY) / 1e9,
                            .system = text_of(j, "system"),
                            .action = text_of(j, "action"),
                            .object = text_of(j, "object"),
                            .session = text_of(j, "session"),
                            .client = text_of(j, "client"),
                            .program = text_of(j, "program"),
                            .shape = text_of(j, "shape"),
                            .flags = flags_of(j),
                            .exports = json_is_true(json_object_get(j, "export")),
                            .subjects = subjects};
    e.view = slice_equal(e.action, SLICE("view"));
    const char *class = json_string_value(json_object_get(j, "class"));
    e.class = class ? (unsigned)(class[1] - '0') : 0;
    const char *name;
    size_t i;
    json_t *value;
    json_object_foreach(json_object_get(j, "rows"), name, value) e.rows[name[1] - '0'] +=
        json_number_value(value);
    json_array_foreach(json_object_get(j, "subjects"), i, value) subjects[e.subject_count++] =
        subject(json_string_value(value));
    day_record_add(record_of(w, json_string_value(json_object_get(j, "employee"))), &e);
}

static void run(struct world *w, const char *folder)
{
    char path[512];
    static char line[1 << 20];
    struct fault fault;
    if (access(VECTORS, R_OK) != 0)
        skip();
    assert_int_equal(organisation_load(&w->organisation, folder, NULL, &fault), STATUS_OK);
    w->model = model_new(w->organisation, w->budget);
    snprintf(path, sizeof path, "%s/expected-float.jsonl", folder);
    w->expected = fopen(path, "r");
    snprintf(path, sizeof path, "%s/events.jsonl", folder);
    FILE *events = fopen(path, "r");
    assert_non_null(w->expected);
    assert_non_null(events);
    while (fgets(line, sizeof line, events)) {
        json_t *j = json_loads(line, 0, NULL);
        assert_non_null(j);
        add_event(w, j);
        json_decref(j);
    }
    close_day(w);
    assert_null(fgets(line, sizeof line, w->expected)); /* all of them were compared */
    fclose(events);
    fclose(w->expected);
    model_free(&w->model);
    organisation_free(&w->organisation);
    for (size_t i = 0; i < kept.count; i++) {
        buffer_release(&kept.items[i].key);
        buffer_release(&kept.items[i].value);
    }
    kept.count = 0;
}

static void office(void **state)
{
    (void)state;
    run(&(struct world){.offset_s = 8 * 3600, .budget = 0.5}, VECTORS "/office");
}

static void office_restarted(void **state)
{
    (void)state;
    run(&(struct world){.offset_s = 8 * 3600, .budget = 0.5, .restart = true}, VECTORS "/office");
}

static void branch(void **state)
{
    (void)state;
    run(&(struct world){.offset_s = -5 * 3600, .budget = 2}, VECTORS "/branch");
}

static void branch_restarted(void **state)
{
    (void)state;
    run(&(struct world){.offset_s = -5 * 3600, .budget = 2, .restart = true}, VECTORS "/branch");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(office), cmocka_unit_test(office_restarted),
                                       cmocka_unit_test(branch),
                                       cmocka_unit_test(branch_restarted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
