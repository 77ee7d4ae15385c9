/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading a mapping from YAML.
 */
#include "collector/formats/generic_mapping.h"

#include "base/yaml.h"

struct loading {
    struct generic_mapping *m;
    struct yaml_document doc;
    struct fault *fault;
};

static const char *const target_names[] = {
#define MAPPING_TARGET_NAME(name) #name,
    MAPPING_TARGET_TABLE(MAPPING_TARGET_NAME)
#undef MAPPING_TARGET_NAME
};

bool generic_mapping_keep(struct generic_mapping *mapping, struct slice s, struct mapping_text *to)
{
    if (s.len > sizeof mapping->pool - mapping->used)
        return false;
    if (s.len > 0)
        memcpy(mapping->pool + mapping->used, s.ptr, s.len);
    *to = (struct mapping_text){(uint16_t)mapping->used, (uint16_t)s.len};
    mapping->used += s.len;
    return true;
}

static enum status refuse(struct loading *l, const struct yaml_node *node, const char *what)
{
    return yaml_fault(l->fault, &l->doc, node, "%s", what);
}

static enum status keep(struct loading *l, const struct yaml_node *node, struct mapping_text *to)
{
    struct slice text;
    if (!yaml_text(node, &text))
        return refuse(l, node, "a text is expected");
    if (!generic_mapping_keep(l->m, text, to))
        return refuse(l, node, "the mapping is too large");
    return STATUS_OK;
}

static bool find_target(struct slice name, enum mapping_target *target)
{
    for (unsigned i = 0; i < MAPPING_TARGETS; i++)
        if (slice_equal(name, slice_from(target_names[i]))) {
            *target = (enum mapping_target)i;
            return true;
        }
    return false;
}

static enum status load_fields(struct loading *l, const struct yaml_node *map, bool fixed)
{
    enum status status = STATUS_OK;
    if (map && map->kind != YAML_MAPPING)
        return refuse(l, map, "a mapping is expected");
    for (const struct yaml_node *n = map ? map->first : NULL; n && status == STATUS_OK;
         n = n->next) {
        if (l->m->fields == MAPPING_FIELDS)
            return refuse(l, n, "too many fields");
        struct mapping_field *field = &l->m->field[l->m->fields++];
        field->fixed = fixed;
        if (!find_target(n->key->text, &field->target))
            return refuse(l, n->key, "an event has no such field");
        status = keep(l, n, &field->text);
    }
    return status;
}

static enum status load_words(struct loading *l, const struct yaml_node *map, bool outcome)
{
    enum status status = STATUS_OK;
    if (map && map->kind != YAML_MAPPING)
        return refuse(l, map, "a mapping is expected");
    for (const struct yaml_node *n = map ? map->first : NULL; n && status == STATUS_OK;
         n = n->next) {
        enum event_action action = EVENT_ACTION_other;
        enum event_outcome result = EVENT_OUTCOME_unknown;
        struct slice meaning;
        if (l->m->words == MAPPING_WORDS)
            return refuse(l, n, "too many words");
        struct mapping_word *word = &l->m->word[l->m->words++];
        if (!yaml_text(n, &meaning) ||
            !(outcome ? event_outcome_find(meaning, &result) : event_action_find(meaning, &action)))
            return refuse(l, n,
                          outcome ? "success, failure or unknown is expected"
                                  : "an action of the event format is expected");
        word->outcome = outcome;
        word->value = outcome ? (uint8_t)result : (uint8_t)action;
        status = keep(l, n->key, &word->text);
    }
    return status;
}

static enum status add_condition(struct loading *l, struct mapping_text field,
                                 const struct yaml_node *value)
{
    if (l->m->conditions == MAPPING_CONDITIONS)
        return refuse(l, value, "too many conditions");
    struct mapping_condition *condition = &l->m->condition[l->m->conditions++];
    condition->field = field;
    return keep(l, value, &condition->value);
}

static enum status load_conditions(struct loading *l, const struct yaml_node *map)
{
    enum status status = STATUS_OK;
    struct mapping_text field;
    if (map && map->kind != YAML_MAPPING)
        return refuse(l, map, "a mapping is expected");
    for (const struct yaml_node *n = map ? map->first : NULL; n && status == STATUS_OK;
         n = n->next) {
        status = keep(l, n->key, &field);
        if (status == STATUS_OK && n->kind != YAML_SEQUENCE)
            status = add_condition(l, field, n);
        for (const struct yaml_node *v = n->kind == YAML_SEQUENCE ? n->first : NULL;
             v && status == STATUS_OK; v = v->next)
            status = add_condition(l, field, v);
    }
    return status;
}

static enum status load_columns(struct loading *l, const struct yaml_node *list)
{
    enum status status = STATUS_OK;
    if (list && list->kind != YAML_SEQUENCE)
        return refuse(l, list, "a sequence is expected");
    for (const struct yaml_node *n = list ? list->first : NULL; n && status == STATUS_OK;
         n = n->next) {
        if (l->m->columns == MAPPING_COLUMNS)
            return refuse(l, n, "too many columns");
        status = keep(l, n, &l->m->column[l->m->columns++]);
    }
    return status;
}

static enum status load_dialect(struct loading *l, const struct yaml_node *node)
{
    static const char *const names[] = {"ansi", "postgresql", "mysql"};
    static const enum sql_dialect dialects[] = {SQL_ANSI, SQL_POSTGRESQL, SQL_MYSQL};
    struct slice text = SLICE("ansi");
    if (node)
        (void)yaml_text(node, &text);
    for (size_t i = 0; i < 3; i++)
        if (slice_equal(text, slice_from(names[i]))) {
            l->m->dialect = dialects[i];
            return STATUS_OK;
        }
    return refuse(l, node, "ansi, postgresql or mysql is expected");
}

static enum status load_separator(struct loading *l, const struct yaml_node *node)
{
    struct slice text = SLICE(",");
    if (node && (!yaml_text(node, &text) || text.len != 1))
        return refuse(l, node, "one character is expected");
    l->m->separator = text.ptr[0];
    return STATUS_OK;
}

static enum status load_text(struct loading *l, const struct yaml_node *node,
                             struct mapping_text *to)
{
    return node ? keep(l, node, to) : STATUS_OK;
}

static enum status load(struct loading *l)
{
    static const char *const keys[] = {"protocol", "dialect", "separator", "columns", "space",
                                       "when",     "fields",  "fixed",     "actions", "outcomes"};
    const struct yaml_node *root = l->doc.root;
    const struct yaml_node *unknown = yaml_unknown_key(root, keys, sizeof keys / sizeof *keys);
    if (unknown)
        return refuse(l, unknown, "unknown key");
    enum status status = load_fields(l, yaml_get(root, "fields"), false);
    status = status ? status : load_fields(l, yaml_get(root, "fixed"), true);
    status = status ? status : load_words(l, yaml_get(root, "actions"), false);
    status = status ? status : load_words(l, yaml_get(root, "outcomes"), true);
    status = status ? status : load_conditions(l, yaml_get(root, "when"));
    status = status ? status : load_columns(l, yaml_get(root, "columns"));
    status = status ? status : load_dialect(l, yaml_get(root, "dialect"));
    status = status ? status : load_separator(l, yaml_get(root, "separator"));
    status = status ? status : load_text(l, yaml_get(root, "protocol"), &l->m->protocol);
    status = status ? status : load_text(l, yaml_get(root, "space"), &l->m->space);
    for (size_t i = 0; i < l->m->fields && status == STATUS_OK; i++)
        if (l->m->field[i].target == MAPPING_time)
            return STATUS_OK;
    return status ? status : refuse(l, root, "fields: time is missing");
}

enum status generic_mapping_read(struct generic_mapping *mapping, struct slice text,
                                 const char *name, struct fault *fault)
{
    struct loading l = {.m = mapping, .fault = fault};
    *mapping = (struct generic_mapping){.separator = ','};
    enum status status = yaml_load(&l.doc, text, name, NULL, fault);
    if (status != STATUS_OK)
        return status;
    status = load(&l);
    yaml_release(&l.doc);
    return status;
}
