/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tree is built from libyaml's events with an explicit stack; duplicate keys are found by one
 * map for the whole document, so the cost is linear in the file.
 */
#include "base/yaml.h"

#include "base/file.h"
#include "base/map.h"
#include "base/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

enum { DEPTH_MAX = 64, KEY_MAX = 1024 };

const struct yaml_limits yaml_default_limits = {4U << 20, 200000, 32};

struct builder {
    struct yaml_document *doc;
    struct yaml_limits limits;
    struct fault *fault;
    struct map *keys; /* (number of the mapping, key) */
    struct yaml_node *open[DEPTH_MAX];
    uint64_t open_number[DEPTH_MAX];
    size_t depth;
    size_t nodes;
    struct yaml_node *key; /* waits for its value */
};

static enum status complain(struct builder *b, yaml_mark_t at, enum status status, const char *what)
{
    fault_set(b->fault, b->doc->name, at.line + 1, at.column + 1, "%s", what);
    return status;
}

static struct yaml_node *new_node(struct builder *b, const yaml_event_t *event, enum yaml_kind kind)
{
    struct yaml_node *node = arena_alloc(&b->doc->arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    return node;
}

static struct yaml_node *parent_of(const struct builder *b)
{
    return b->depth > 0 ? b->open[b->depth - 1] : NULL;
}

static enum status check_key(struct builder *b, const yaml_event_t *event,
                             const struct yaml_node *node)
{
    if (node->kind != YAML_SCALAR)
        return complain(b, event->start_mark, STATUS_MALFORMED,
                        "a key must be a word, not a list or a mapping");
    if (node->text.len > KEY_MAX)
        return complain(b, event->start_mark, STATUS_LIMIT, "the key is too long");
    uint8_t id[sizeof(uint64_t) + KEY_MAX];
    memcpy(id, &b->open_number[b->depth - 1], sizeof(uint64_t));
    if (node->text.len > 0)
        memcpy(id + sizeof(uint64_t), node->text.ptr, node->text.len);
    bool created;
    if (!map_put(b->keys, slice_make(id, sizeof(uint64_t) + node->text.len), &created))
        return complain(b, event->start_mark, STATUS_NO_MEMORY, "out of memory");
    if (created)
        return STATUS_OK;
    fault_set(b->fault, b->doc->name, node->line, node->column,
              "the key \"%.*s\" stands here a second time: remove one", (int)node->text.len,
              (const char *)node->text.ptr);
    return STATUS_MALFORMED;
}

/* Puts the node where it belongs: root, item, key or value. */
static enum status place(struct builder *b, const yaml_event_t *event, struct yaml_node *node)
{
    struct yaml_node *parent = parent_of(b);
    if (!parent) {
        b->doc->root = node;
        return STATUS_OK;
    }
    if (parent->kind == YAML_MAPPING && !b->key) {
        b->key = node;
        return check_key(b, event, node);
    }
    node->key = b->key;
    b->key = NULL;
    *(parent->last ? &parent->last->next : &parent->first) = node;
    parent->last = node;
    parent->count++;
    return STATUS_OK;
}

static enum status add(struct builder *b, const yaml_event_t *event, struct yaml_node *node)
{
    if (!node)
        return complain(b, event->start_mark, STATUS_NO_MEMORY, "out of memory");
    if (++b->nodes > b->limits.max_nodes)
        return complain(b, event->start_mark, STATUS_LIMIT, "too many values in the file");
    return place(b, event, node);
}

static enum status open_node(struct builder *b, const yaml_event_t *event, enum yaml_kind kind)
{
    if (b->depth >= b->limits.max_depth || b->depth >= DEPTH_MAX)
        return complain(b, event->start_mark, STATUS_LIMIT, "nested too deeply");
    struct yaml_node *node = new_node(b, event, kind);
    enum status status = add(b, event, node);
    if (status != STATUS_OK)
        return status;
    b->open_number[b->depth] = b->nodes;
    b->open[b->depth++] = node;
    return STATUS_OK;
}

static enum status add_scalar(struct builder *b, const yaml_event_t *event)
{
    struct slice text = slice_make(event->data.scalar.value, event->data.scalar.length);
    struct yaml_node *node = new_node(b, event, YAML_SCALAR);
    if (node) {
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node->text = arena_copy(&b->doc->arena, text);
        if (node->text.len != text.len)
            node = NULL;
    }
    return add(b, event, node);
}

/* What the strict form leaves out; NULL when the event has none of it. */
static const char *refused(const yaml_event_t *event)
{
    static const char anchor[] = "anchors (&name) are not accepted: write the value out";
    static const char tag[] = "tags (!name) are not accepted: remove it";
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return "aliases (*name) are not accepted: write the value out, or put it in quotes";
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor ? anchor : event->data.scalar.tag ? tag : NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor ? anchor
               : event->data.sequence_start.tag  ? tag
                                                 : NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor ? anchor
               : event->data.mapping_start.tag  ? tag
                                                : NULL;
    case YAML_DOCUMENT_START_EVENT:
        if (event->data.document_start.version_directive ||
            event->data.document_start.tag_directives.start !=
                event->data.document_start.tag_directives.end)
            return "directives (%...) are not accepted: remove the line";
        return NULL;
    default:
        return NULL;
    }
}

static enum status take(struct builder *b, const yaml_event_t *event)
{
    const char *why = refused(event);
    if (why)
        return complain(b, event->start_mark, STATUS_MALFORMED, why);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->doc->root)
            return complain(b, event->start_mark, STATUS_MALFORMED,
                            "a second document begins here: a file holds one");
        return STATUS_OK;
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(b, event, YAML_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        return open_node(b, event, YAML_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return STATUS_OK;
    case YAML_STREAM_END_EVENT:
        return STATUS_END;
    default:
        return STATUS_OK;
    }
}

static enum status parser_fault(struct builder *b, const yaml_parser_t *p)
{
    if (p->error == YAML_MEMORY_ERROR) {
        fault_set(b->fault, b->doc->name, 0, 0, "out of memory");
        return STATUS_NO_MEMORY;
    }
    if (p->error == YAML_READER_ERROR)
        fault_set(b->fault, b->doc->name, p->mark.line + 1, p->mark.column + 1,
                  "not UTF-8 text near byte %zu (%s): save the file as UTF-8", p->problem_offset,
                  p->problem ? p->problem : "");
    else
        fault_set(b->fault, b->doc->name, p->problem_mark.line + 1, p->problem_mark.column + 1,
                  "not YAML: %s%s%s", p->problem ? p->problem : "syntax error",
                  p->context ? " " : "", p->context ? p->context : "");
    return STATUS_MALFORMED;
}

static enum status build(struct builder *b, yaml_parser_t *parser)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_fault(b, parser);
        status = take(b, &event);
        yaml_event_delete(&event);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

/* A file without content is a mapping without keys. */
static enum status finish(struct builder *b)
{
    struct yaml_document *doc = b->doc;
    if (doc->root && !(doc->root->kind == YAML_SCALAR && yaml_is_null(doc->root)))
        return STATUS_OK;
    doc->root = arena_alloc(&doc->arena, sizeof *doc->root);
    if (!doc->root)
        return STATUS_NO_MEMORY;
    *doc->root = (struct yaml_node){.kind = YAML_MAPPING, .line = 1, .column = 1};
    return STATUS_OK;
}

static enum status parse(struct builder *b, struct slice text)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        fault_set(b->fault, b->doc->name, 0, 0, "out of memory");
        return STATUS_NO_MEMORY;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text.len ? text.ptr : (const uint8_t *)"", text.len);
    enum status status = build(b, &parser);
    yaml_parser_delete(&parser);
    return status == STATUS_OK ? finish(b) : status;
}

/* The arena is bounded by what the limits allow a tree to take. */
static size_t arena_limit(const struct yaml_limits *limits)
{
    return limits->max_nodes * (sizeof(struct yaml_node) + 32) + 2 * limits->max_bytes + 65536;
}

enum status yaml_load(struct yaml_document *doc, struct slice text, const char *name,
                      const struct yaml_limits *limits, struct fault *fault)
{
    struct builder b = {
        .doc = doc, .limits = limits ? *limits : yaml_default_limits, .fault = fault};
    *doc = (struct yaml_document){.name = name};
    arena_init(&doc->arena, arena_limit(&b.limits));
    if (text.len > b.limits.max_bytes) {
        fault_set(fault, name, 0, 0, "larger than %zu bytes: split or shorten it",
                  b.limits.max_bytes);
        return STATUS_LIMIT;
    }
    b.keys = map_new(1, b.limits.max_nodes, MAP_REFUSE, NULL, NULL);
    if (!b.keys) {
        fault_set(fault, name, 0, 0, "out of memory");
        return STATUS_NO_MEMORY;
    }
    enum status status = parse(&b, text);
    map_free(&b.keys);
    if (status != STATUS_OK)
        yaml_release(doc);
    return status;
}

enum status yaml_load_file(struct yaml_document *doc, const char *path,
                           const struct yaml_limits *limits, struct fault *fault)
{
    struct buffer text;
    *doc = (struct yaml_document){.name = path};
    buffer_init(&text, limits ? limits->max_bytes : yaml_default_limits.max_bytes);
    enum status status = file_read(path, &text);
    if (status == STATUS_LIMIT)
        fault_set(fault, path, 0, 0, "larger than %zu bytes: split or shorten it", text.max);
    else if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "cannot be read: %s", status_text(status));
    else
        status = yaml_load(doc, buffer_slice(&text), path, limits, fault);
    buffer_release(&text);
    return status;
}

void yaml_release(struct yaml_document *doc)
{
    arena_release(&doc->arena);
    doc->root = NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    struct slice want = slice_make(key, strlen(key));
    for (const struct yaml_node *node = mapping->first; node; node = node->next)
        if (slice_equal(node->key->text, want))
            return node;
    return NULL;
}

enum status yaml_fault(struct fault *fault, const struct yaml_document *doc,
                       const struct yaml_node *node, const char *format, ...)
{
    char what[FAULT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    fault_set(fault, doc->name, node ? node->line : 0, node ? node->column : 0, "%s", what);
    return STATUS_INVALID;
}

static bool is_plain(const struct yaml_node *node)
{
    return node && node->kind == YAML_SCALAR && !node->quoted;
}

bool yaml_is_null(const struct yaml_node *node)
{
    return is_plain(node) && (node->text.len == 0 || slice_equal(node->text, SLICE("~")) ||
                              slice_equal(node->text, SLICE("null")));
}

bool yaml_text(const struct yaml_node *node, struct slice *value)
{
    if (!node || node->kind != YAML_SCALAR || yaml_is_null(node))
        return false;
    *value = node->text;
    return true;
}

bool yaml_boolean(const struct yaml_node *node, bool *value)
{
    if (!is_plain(node))
        return false;
    bool yes = slice_equal(node->text, SLICE("true"));
    if (!yes && !slice_equal(node->text, SLICE("false")))
        return false;
    *value = yes;
    return true;
}

bool yaml_integer(const struct yaml_node *node, int64_t *value)
{
    return is_plain(node) && number_integer(node->text, value);
}

bool yaml_real(const struct yaml_node *node, double *value)
{
    return is_plain(node) && number_real(node->text, value);
}

const struct yaml_node *yaml_unknown_key(const struct yaml_node *mapping, const char *const *names,
                                         size_t count)
{
    for (const struct yaml_node *node = mapping->first; node; node = node->next) {
        size_t i = 0;
        while (i < count && !slice_equal(node->key->text, slice_make(names[i], strlen(names[i]))))
            i++;
        if (i == count)
            return node->key;
    }
    return NULL;
}
