/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Results as decoders give them: classes by catalogue, name and content; subjects, repeated, many,
 * with numbers, in several results.
 */
#include "assets/assets.h"
#include "base/hash.h"
#include "collector/decoder.h"
#include "collector/memory.h"
#include "collector/sensitivity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char inventory[] = "assets:\n"
                                "  - name: crm-db\n"
                                "    kind: database\n"
                                "    addresses: [10.0.0.2:5432]\n"
                                "    objects:\n"
                                "      - name: crm.customers\n"
                                "        columns:\n"
                                "          id: {class: C1, subject: customer, sequence: true}\n"
                                "          face: C3\n"
                                "          nick: C0\n"
                                "      - name: crm.loans\n"
                                "        columns:\n"
                                "          cid: {class: C1, subject: customer}\n";

struct world {
    struct decoder_env env;
    struct event_site_key key;
    struct arena scratch;
    struct assets *assets;
    struct sensitivity *sensitivity;
    struct result_watch watch;
};

static struct assets *load_inventory(void)
{
    char path[] = "/tmp/dwell-sensitivity-XXXXXX";
    struct fault fault = {""};
    struct assets *assets = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, inventory, sizeof inventory - 1), (ssize_t)sizeof inventory - 1);
    close(fd);
    enum status status = assets_load(&assets, path, &fault);
    unlink(path);
    if (status != STATUS_OK)
        fail_msg("%s", fault.text);
    return assets;
}

static int begin(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    arena_init(&w->scratch, 1 << 20);
    memset(w->key.bytes, 7, sizeof w->key.bytes);
    w->assets = load_inventory();
    w->sensitivity = sensitivity_new();
    w->env = (struct decoder_env){.memory = session_memory_new(2 << 20, 4096),
                                  .scratch = &w->scratch,
                                  .assets = w->assets,
                                  .asset = assets_at(w->assets, 0),
                                  .site_key = &w->key,
                                  .sensitivity = w->sensitivity};
    *state = w;
    return 0;
}

static int finish(void **state)
{
    struct world *w = *state;
    session_memory_free(&w->env.memory);
    sensitivity_free(&w->sensitivity);
    assets_free(&w->assets);
    arena_release(&w->scratch);
    free(w);
    return 0;
}

static void begin_result(struct world *w, const char *object, const char *const *columns,
                         size_t count)
{
    struct event_object objects[1] = {{.name = slice_from(object)}};
    struct result_column cols[8] = {{{NULL, 0}, {NULL, 0}}};
    for (size_t i = 0; i < count; i++)
        cols[i].name = slice_from(columns[i]);
    result_watch_begin(&w->watch, &w->env, objects, object ? 1 : 0, cols, count);
}

static void row(struct world *w, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        result_watch_cell(&w->watch, &w->env, i, slice_from(cells[i]));
}

static struct event end_result(struct world *w)
{
    struct event event = {0};
    result_watch_end(&w->watch, &w->env, &event);
    return event;
}

#define ROW(w, ...)                            \
    row(w, (const char *const[]){__VA_ARGS__}, \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define BEGIN(w, object, ...)                                   \
    begin_result(w, object, (const char *const[]){__VA_ARGS__}, \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void test_classes(void **state)
{
    struct world *w = *state;
    for (int again = 0; again < 2; again++) { /* the second time from what is known */
        BEGIN(w, "crm.customers", "id", "face", "phone", "nick", "note");
        assert_true(result_watch_wants(&w->watch, 2));
        assert_false(result_watch_wants(&w->watch, 3));
        assert_false(result_watch_wants(&w->watch, 5));
        ROW(w, "1", "f", "p", "13800138000", "nothing");
        ROW(w, "2", "", "p", "13800138000", "call 13800138000");
        struct event event = end_result(w);
        assert_int_equal(event.classes[3], 1);
        assert_int_equal(event.classes[2], 3);
        assert_int_equal(event.classes[1], 2);
        assert_int_equal(event.subjects, 2);
        assert_int_equal(event.key_count, 2);
        assert_int_equal(event.gaps, 0);
    }
}

static void test_without_inventory(void **state)
{
    struct world *w = *state;
    w->env.assets = NULL;
    w->env.asset = NULL;
    BEGIN(w, NULL, "id", "phone");
    ROW(w, "1", "2");
    struct event event = end_result(w);
    assert_int_equal(event.classes[2], 1);
    assert_false(event.known & EVENT_KNOWS_subjects);
    assert_null(event.keys);
}

/* A column whose name says nothing is taken for what its first cells are. */
static void test_column_by_content(void **state)
{
    struct world *w = *state;
    char text[32];
    BEGIN(w, NULL, "x", "y");
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "138%08d", i);
        ROW(w, text, "z");
    }
    struct event event = end_result(w);
    assert_int_equal(event.classes[2], 100);
    assert_int_equal(event.classes[1], 0);
}

static void test_sampling_ends(void **state)
{
    struct world *w = *state;
    BEGIN(w, NULL, "x");
    size_t rows = 0;
    while (result_watch_wants(&w->watch, 0) && rows < 100000) {
        ROW(w, "plain");
        rows++;
    }
    assert_in_range(rows, 64, 10000);
    assert_int_equal(end_result(w).classes[2], 0);
}

static void test_subject_key(void **state)
{
    struct world *w = *state;
    uint8_t hash[16];
    event_subject_hash(&w->key, SLICE("customer"), SLICE("42"), hash);
    BEGIN(w, "crm.customers", "id");
    ROW(w, "42");
    ROW(w, "42");
    struct event event = end_result(w);
    assert_int_equal(event.subjects, 1);
    assert_int_equal(event.key_count, 1);
    assert_memory_equal(event.keys[0].hash, hash, 16);
    assert_true(event.keys[0].has_number);
    assert_int_equal(event.keys[0].number, 42);
    assert_true(event.keys[0].space == hash64(SLICE("customer")));
    BEGIN(w, "crm.loans", "cid");
    ROW(w, "42");
    event = end_result(w);
    assert_memory_equal(event.keys[0].hash, hash, 16);
    assert_false(event.keys[0].has_number);
    assert_int_equal(event.keys[0].space, 0);
}

/* Two tables of the statement: the one whose columns hold the name has it. */
static void test_table_by_statement(void **state)
{
    struct world *w = *state;
    const struct slice names[] = {SLICE("cid")};
    const struct event_object objects[] = {
        {.name = SLICE("crm.customers")},
        {.name = SLICE("crm.loans"), .columns = names, .column_count = 1}};
    const struct result_column columns[] = {{{NULL, 0}, SLICE("cid")},
                                            {SLICE("customers"), SLICE("id")}};
    result_watch_begin(&w->watch, &w->env, objects, 2, columns, 2);
    ROW(w, "7", "7");
    struct event event = end_result(w);
    assert_int_equal(event.subjects, 1); /* one person under both */
    assert_int_equal(event.classes[1], 2);
}

/* Another table's key of the same name is not the subject's. */
static void test_the_statement_names_the_table(void **state)
{
    struct world *w = *state;
    BEGIN(w, "crm.accounts", "id");
    ROW(w, "1");
    ROW(w, "2");
    struct event event = end_result(w);
    assert_int_equal(event.subjects, 0);
    assert_int_equal(event.key_count, 0);
}

static void test_many_subjects(void **state)
{
    struct world *w = *state;
    char text[32];
    for (int again = 0; again < 2; again++) {
        BEGIN(w, "crm.customers", "id");
        for (int i = 0; i < 2 * 3000; i++) {
            snprintf(text, sizeof text, "%d", i % 3000);
            ROW(w, text);
        }
        struct event event = end_result(w);
        assert_int_equal(event.subjects, 3000);
        assert_int_equal(event.key_count, 3000);
        assert_int_equal(event.gaps, 0);
        arena_reset(&w->scratch);
    }
    BEGIN(w, "crm.customers", "id");
    for (int i = 0; i < RESULT_SUBJECTS_MAX + 5; i++) {
        snprintf(text, sizeof text, "%d", i);
        ROW(w, text);
    }
    struct event event = end_result(w);
    assert_int_equal(event.subjects, RESULT_SUBJECTS_MAX);
    assert_int_equal(event.gaps, EVENT_GAP_limit);
}

/* What a result that was never ended left in the memory is gone with the next. */
static void test_abandoned_result(void **state)
{
    struct world *w = *state;
    size_t before = session_memory_bytes(w->env.memory);
    BEGIN(w, "crm.customers", "id");
    ROW(w, "1");
    ROW(w, "2");
    BEGIN(w, "crm.customers", "id");
    ROW(w, "3");
    struct event event = end_result(w);
    assert_int_equal(event.subjects, 1);
    BEGIN(w, "crm.customers", "id");
    assert_int_equal(end_result(w).subjects, 0);
    assert_true(session_memory_bytes(w->env.memory) <= before + (1 << 16));
}

static void test_limits(void **state)
{
    struct world *w = *state;
    static struct result_column columns[RESULT_COLUMNS_MAX + 1];
    for (size_t i = 0; i <= RESULT_COLUMNS_MAX; i++)
        columns[i].name = SLICE("phone");
    result_watch_begin(&w->watch, &w->env, NULL, 0, columns, RESULT_COLUMNS_MAX + 1);
    for (size_t i = 0; i <= RESULT_COLUMNS_MAX; i++)
        result_watch_cell(&w->watch, &w->env, i, SLICE("1"));
    struct event event = end_result(w);
    assert_int_equal(event.classes[2], RESULT_COLUMNS_MAX);
    assert_int_equal(event.gaps, EVENT_GAP_limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_classes, begin, finish),
        cmocka_unit_test_setup_teardown(test_without_inventory, begin, finish),
        cmocka_unit_test_setup_teardown(test_column_by_content, begin, finish),
        cmocka_unit_test_setup_teardown(test_sampling_ends, begin, finish),
        cmocka_unit_test_setup_teardown(test_subject_key, begin, finish),
        cmocka_unit_test_setup_teardown(test_table_by_statement, begin, finish),
        cmocka_unit_test_setup_teardown(test_the_statement_names_the_table, begin, finish),
        cmocka_unit_test_setup_teardown(test_many_subjects, begin, finish),
        cmocka_unit_test_setup_teardown(test_abandoned_result, begin, finish),
        cmocka_unit_test_setup_teardown(test_limits, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
