/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The loader: walks the tree of the file, finds the row of each dotted name, reads the value.
 */
#include "base/settings_types.h"

#include <assert.h>
#include <stdio.h>

enum { DEPTH_MAX = 4, NAME_MAX_BYTES = 128, ARENA_MAX = 8 << 20 };

struct loader {
    struct settings *settings;
    struct yaml_document doc;
    struct slice folder;
    struct fault *fault;
};

static const struct setting_row *find_row(const char *name)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (strcmp(setting_rows[i].name, name) == 0)
            return &setting_rows[i];
    return NULL;
}

static bool is_section(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (strncmp(setting_rows[i].name, name, len) == 0 && setting_rows[i].name[len] == '.')
            return true;
    return false;
}

/* Edits (insert, delete, replace) that make one name of the other (Levenshtein 1966). */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1], len = strlen(b);
    if (len > NAME_MAX_BYTES)
        return SIZE_MAX;
    for (size_t k = 0; k <= len; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0]++;
        for (size_t k = 1; k <= len; k++) {
            size_t replace = diagonal + (a[i] != b[k - 1]);
            size_t edit = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;
            diagonal = row[k];
            row[k] = replace < edit ? replace : edit;
        }
    }
    return row[len];
}

static enum status unknown(struct loader *l, const struct yaml_node *key, const char *name)
{
    const char *nearest = NULL;
    size_t best = 4; /* more edits than three are another name */
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        size_t edits = distance(name, setting_rows[i].name);
        if (edits < best) {
            best = edits;
            nearest = setting_rows[i].name;
        }
    }
    if (nearest)
        return yaml_fault(l->fault, &l->doc, key, "unknown setting %s: did you mean %s?", name,
                          nearest);
    return yaml_fault(l->fault, &l->doc, key, "unknown setting %s: remove it, or see the manual",
                      name);
}

static enum status wrong(struct loader *l, const struct setting_source *from,
                         enum setting_result result)
{
    const struct setting_row *row = from->row;
    const char *unit = setting_range_unit(row);
    switch (result) {
    case SETTING_READ:
        return STATUS_OK;
    case SETTING_NO_MEMORY:
        yaml_fault(l->fault, &l->doc, from->node, "%s: the file is too large", row->name);
        return STATUS_NO_MEMORY;
    case SETTING_OUT_OF_RANGE:
        return yaml_fault(l->fault, &l->doc, from->node, "%s is out of range: %.17g to %.17g%s%s",
                          row->name, row->low, row->high, unit && *unit ? " " : "", unit);
    case SETTING_WRONG_TYPE:
        break;
    }
    bool choice = row->type == SETTING_TYPE_CHOICE || row->type == SETTING_TYPE_RECORDS;
    return yaml_fault(l->fault, &l->doc, from->node, "%s: write %s%s%s", row->name,
                      setting_types[row->type].write, choice ? " " : "", choice ? row->unit : "");
}

static enum status take_value(struct loader *l, const struct setting_row *row,
                              const struct yaml_node *node)
{
    bool *given = &l->settings->given[row - setting_rows];
    if (*given)
        return yaml_fault(l->fault, &l->doc, node->key, "%s is given twice: remove one", row->name);
    *given = true;
    const struct setting_source from = {row, node, l->folder, &l->settings->arena};
    return wrong(l, &from, setting_read(&from, l->settings));
}

/* One open section: the child that is next, and how much of the name it stands under. */
struct level {
    const struct yaml_node *next;
    size_t prefix;
};

struct walk {
    struct level levels[DEPTH_MAX];
    size_t depth;
    char name[NAME_MAX_BYTES]; /* dotted, of the node at hand */
};

static void enter(struct walk *w, const struct yaml_node *mapping, size_t prefix)
{
    assert(w->depth < DEPTH_MAX);
    w->levels[w->depth++] = (struct level){mapping->first, prefix};
}

static bool set_name(struct walk *w, size_t prefix, struct slice key)
{
    bool dot = prefix > 0;
    if (prefix + dot + key.len >= sizeof w->name || slice_find(key, 0, 0) != key.len)
        return false;
    if (dot)
        w->name[prefix] = '.';
    slice_copy_text(key, w->name + prefix + dot, sizeof w->name - prefix - dot);
    return true;
}

static enum status take_node(struct loader *l, struct walk *w, const struct yaml_node *node,
                             size_t prefix)
{
    if (!set_name(w, prefix, node->key->text))
        return yaml_fault(l->fault, &l->doc, node->key, "unknown setting: remove it");
    const struct setting_row *row = find_row(w->name);
    if (row)
        return take_value(l, row, node);
    if (!is_section(w->name))
        return unknown(l, node->key, w->name);
    if (node->kind == YAML_MAPPING && w->depth < DEPTH_MAX)
        enter(w, node, strlen(w->name));
    else if (!yaml_is_null(node))
        return yaml_fault(l->fault, &l->doc, node, "%s is a section: put its settings under it",
                          w->name);
    return STATUS_OK;
}

static enum status walk_tree(struct loader *l)
{
    struct walk w = {.depth = 0};
    if (l->doc.root->kind != YAML_MAPPING)
        return yaml_fault(l->fault, &l->doc, l->doc.root, "not settings: write name: value lines");
    enter(&w, l->doc.root, 0);
    while (w.depth > 0) {
        struct level *level = &w.levels[w.depth - 1];
        const struct yaml_node *node = level->next;
        if (!node) {
            w.depth--;
            continue;
        }
        level->next = node->next;
        enum status status = take_node(l, &w, node, level->prefix);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* The default is read like a value of the file. */
static enum status set_defaults(struct loader *l)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = &setting_rows[i];
        bool list = setting_is_sequence(row);
        bool text = row->type == SETTING_TYPE_STRING || row->type == SETTING_TYPE_PATH;
        assert(!list || !*row->initial);
        const struct yaml_node node = {.kind = list ? YAML_SEQUENCE : YAML_SCALAR,
                                       .quoted = text,
                                       .text = slice_make(row->initial, strlen(row->initial))};
        const struct setting_source from = {row, &node, l->folder, &l->settings->arena};
        enum status status = wrong(l, &from, setting_read(&from, l->settings));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static struct slice folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slice_make(path, slash ? (size_t)(slash - path) + 1 : 0);
}

/* Takes the document over. */
static enum status load_document(struct loader *l, enum status status)
{
    struct settings *s = l->settings;
    memset(s, 0, sizeof *s);
    arena_init(&s->arena, ARENA_MAX);
    if (status != STATUS_OK)
        return status;
    l->folder = folder_of(l->doc.name);
    status = set_defaults(l);
    if (status == STATUS_OK)
        status = walk_tree(l);
    yaml_release(&l->doc);
    if (status != STATUS_OK)
        settings_release(s);
    return status;
}

enum status settings_load(struct settings *s, const char *path, struct fault *fault)
{
    struct loader l = {.settings = s, .fault = fault};
    if (!path)
        return settings_parse(s, (struct slice){NULL, 0}, "", fault);
    return load_document(&l, yaml_load_file(&l.doc, path, NULL, fault));
}

enum status settings_parse(struct settings *s, struct slice text, const char *name,
                           struct fault *fault)
{
    struct loader l = {.settings = s, .fault = fault};
    return load_document(&l, yaml_load(&l.doc, text, name, NULL, fault));
}

enum status settings_change(struct settings *s, struct slice assignment, struct fault *fault)
{
    char name[64];
    size_t equals = slice_find(assignment, '=', 0);
    slice_copy_text(slice_part(assignment, 0, equals), name, sizeof name);
    const struct setting_row *row = equals < assignment.len ? find_row(name) : NULL;
    if (!row)
        fault_set(fault, "", 0, 0,
                  "no such setting: write NAME=VALUE, as in dwell check --settings");
    else if (row->type == SETTING_TYPE_LIST || row->type == SETTING_TYPE_TARGETS)
        fault_set(fault, "", 0, 0, "a list: change it in the file");
    else {
        const struct yaml_node node = {.kind = YAML_SCALAR,
                                       .quoted = row->type == SETTING_TYPE_STRING ||
                                                 row->type == SETTING_TYPE_PATH,
                                       .text = slice_part(assignment, equals + 1, SIZE_MAX)};
        const struct setting_source from = {row, &node, (struct slice){0}, &s->arena};
        if (setting_read(&from, s) == SETTING_READ)
            return STATUS_OK;
        fault_set(fault, "", 0, 0, "wrong value: write %s", setting_types[row->type].write);
    }
    return STATUS_INVALID;
}

void settings_release(struct settings *s)
{
    arena_release(&s->arena);
    memset(s, 0, sizeof *s);
}
