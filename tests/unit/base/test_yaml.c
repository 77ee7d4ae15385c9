/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Strict YAML: the tree and its places, what is refused, the limits.
 */
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct fault fault;

static enum status load(struct yaml_document *doc, const char *text)
{
    fault.text[0] = '\0';
    return yaml_load(doc, slice_make(text, strlen(text)), "f.yaml", NULL, &fault);
}

static void tree(void **state)
{
    (void)state;
    struct yaml_document doc;
    assert_int_equal(
        load(&doc, "# comment\nname: \xE4\xB8\xAD\nlist:\n  - 1\n  - {a: true, b: \"true\"}\n"
                   "  - []\ntext: |\n  two\n  lines\n"),
        STATUS_OK);
    assert_int_equal(doc.root->count, 3);
    struct slice text;
    assert_true(yaml_text(yaml_get(doc.root, "name"), &text));
    assert_true(slice_equal(text, SLICE("\xE4\xB8\xAD")));
    const struct yaml_node *list = yaml_get(doc.root, "list");
    assert_int_equal(list->kind, YAML_SEQUENCE);
    assert_int_equal(list->count, 3);
    assert_int_equal(list->key->line, 3);
    const struct yaml_node *map = list->first->next;
    assert_int_equal(map->line, 5);
    assert_int_equal(map->column, 5);
    bool yes = false;
    assert_true(yaml_boolean(yaml_get(map, "a"), &yes) && yes);
    assert_false(yaml_boolean(yaml_get(map, "b"), &yes));
    assert_true(yaml_text(yaml_get(map, "b"), &text));
    assert_int_equal(map->next->count, 0);
    assert_true(yaml_text(yaml_get(doc.root, "text"), &text));
    assert_true(slice_equal(text, SLICE("two\nlines\n")));
    assert_null(yaml_get(doc.root, "none"));
    assert_null(yaml_get(list, "name"));
    assert_null(yaml_get(NULL, "name"));
    yaml_release(&doc);
}

static void values(void **state)
{
    (void)state;
    struct yaml_document doc;
    assert_int_equal(
        load(&doc, "[12, -9223372036854775808, 9223372036854775808, 1.5, '7', ~, null, yes, +3]"),
        STATUS_OK);
    const struct yaml_node *node = doc.root->first;
    int64_t number = 0;
    double real = 0;
    bool truth;
    struct slice text;
    assert_true(yaml_integer(node, &number) && number == 12);
    assert_true(yaml_real(node, &real) && real == 12);
    node = node->next;
    assert_true(yaml_integer(node, &number) && number == INT64_MIN);
    node = node->next;
    assert_false(yaml_integer(node, &number));
    node = node->next;
    assert_false(yaml_integer(node, &number));
    assert_true(yaml_real(node, &real) && real == 1.5);
    node = node->next;
    assert_false(yaml_integer(node, &number));
    node = node->next;
    assert_true(yaml_is_null(node) && yaml_is_null(node->next));
    assert_false(yaml_text(node, &text));
    node = node->next->next;
    assert_false(yaml_boolean(node, &truth)); /* yes is a text */
    assert_true(yaml_integer(node->next, &number) && number == 3);
    assert_false(yaml_integer(NULL, &number));
    yaml_release(&doc);
}

static void faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key \"a\" stands here a second time: remove one"},
        {"a: &x 1\n", "f.yaml:1:4: anchors (&name) are not accepted: write the value out"},
        {"a: *x\n",
         "f.yaml:1:4: aliases (*name) are not accepted: write the value out, or put it in quotes"},
        {"a: !!str 1\n", "f.yaml:1:4: tags (!name) are not accepted: remove it"},
        {"a: !x [1]\n", "f.yaml:1:4: tags (!name) are not accepted: remove it"},
        {"&x {a: 1}\n", "f.yaml:1:1: anchors (&name) are not accepted: write the value out"},
        {"%YAML 1.1\n---\na: 1\n",
         "f.yaml:1:1: directives (%...) are not accepted: remove the line"},
        {"a: 1\n---\nb: 1\n", "f.yaml:2:1: a second document begins here: a file holds one"},
        {"[a]: 1\n", "f.yaml:1:1: a key must be a word, not a list or a mapping"},
        {"a: [1\n",
         "f.yaml:2:1: not YAML: did not find expected ',' or ']' while parsing a flow sequence"},
        {"a: 1\n b: 2\n", "f.yaml:2:3: not YAML: mapping values are not allowed in this context"},
        {"a: {b: 1, b: 2}\n", "f.yaml:1:11: the key \"b\" stands here a second time: remove one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct yaml_document doc;
        assert_int_equal(load(&doc, rows[i].text), STATUS_MALFORMED);
        assert_string_equal(fault.text, rows[i].fault);
        assert_null(doc.root);
    }
    struct yaml_document doc;
    assert_int_equal(load(&doc, "a: \xFF\n"), STATUS_MALFORMED);
    assert_non_null(strstr(fault.text, "not UTF-8"));
    assert_int_equal(load(&doc, "\xFF\xFE"
                                "a"),
                     STATUS_MALFORMED);
}

/* The same key in different mappings is none twice. */
static void keys_belong_to_their_mapping(void **state)
{
    (void)state;
    struct yaml_document doc;
    assert_int_equal(load(&doc, "a: {a: {a: 1}}\nb: {a: 2}\n"), STATUS_OK);
    yaml_release(&doc);
}

static void nothing_is_an_empty_mapping(void **state)
{
    (void)state;
    static const char *const rows[] = {"", "# only this\n", "---\n", "--- null\n"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct yaml_document doc;
        assert_int_equal(load(&doc, rows[i]), STATUS_OK);
        assert_int_equal(doc.root->kind, YAML_MAPPING);
        assert_int_equal(doc.root->count, 0);
        yaml_release(&doc);
    }
}

static void limits(void **state)
{
    (void)state;
    const struct yaml_limits small = {20, 3, 2};
    struct yaml_document doc;
    assert_int_equal(yaml_load(&doc, SLICE("[1, 2]"), "f", &small, &fault), STATUS_OK);
    yaml_release(&doc);
    assert_int_equal(yaml_load(&doc, SLICE("[1, 2, 3]"), "f", &small, &fault), STATUS_LIMIT);
    assert_string_equal(fault.text, "f:1:8: too many values in the file");
    assert_int_equal(yaml_load(&doc, SLICE("[[1]]"), "f", &small, &fault), STATUS_OK);
    yaml_release(&doc);
    assert_int_equal(yaml_load(&doc, SLICE("[[[]]]"), "f", &small, &fault), STATUS_LIMIT);
    assert_string_equal(fault.text, "f:1:3: nested too deeply");
    assert_int_equal(yaml_load(&doc, SLICE("                     "), "f", &small, &fault),
                     STATUS_LIMIT);
}

static void deep_input_is_cheap(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    struct yaml_document doc;
    memset(text, '[', SIZE);
    assert_int_equal(yaml_load(&doc, slice_make(text, SIZE), "f", NULL, &fault), STATUS_LIMIT);
    free(text);
}

static void unknown_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b"};
    struct yaml_document doc;
    assert_int_equal(load(&doc, "a: 1\nc: 2\n"), STATUS_OK);
    const struct yaml_node *key = yaml_unknown_key(doc.root, names, 2);
    assert_non_null(key);
    assert_int_equal(yaml_fault(&fault, &doc, key, "unknown key %s", "c"), STATUS_INVALID);
    assert_string_equal(fault.text, "f.yaml:2:1: unknown key c");
    yaml_release(&doc);
    assert_int_equal(load(&doc, "b: 1\n"), STATUS_OK);
    assert_null(yaml_unknown_key(doc.root, names, 2));
    yaml_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree),
        cmocka_unit_test(values),
        cmocka_unit_test(faults),
        cmocka_unit_test(keys_belong_to_their_mapping),
        cmocka_unit_test(nothing_is_an_empty_mapping),
        cmocka_unit_test(limits),
        cmocka_unit_test(deep_input_is_cheap),
        cmocka_unit_test(unknown_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
