/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Strict YAML 1.1 for files that people write: one document, read as a tree. Not accepted: anchors
 * and aliases, tags, directives, two equal keys in a mapping, keys that are not scalars, anything
 * but UTF-8, and more than the limits. Every node knows its line and column, so whoever finds a
 * value wrong can say where: yaml_fault().
 *
 * A plain scalar has no type of its own: the reader of a value asks for a boolean (true, false), a
 * number or a text. An empty file is an empty mapping.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum yaml_kind { YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;           /* scalar: in quotes or a block, so never a boolean, number or null */
    uint32_t line, column; /* from 1 */
    struct slice text;     /* scalar: UTF-8, may hold any character */
    size_t count;          /* mapping, sequence: children */
    struct yaml_node *first, *last;
    struct yaml_node *next; /* the next child of the same parent */
    struct yaml_node *key;  /* child of a mapping: its key, a scalar */
};

struct yaml_limits {
    size_t max_bytes; /* of the file */
    size_t max_nodes; /* keys and values */
    size_t max_depth; /* the root is at depth 1 */
};

/* For a file of settings or assets: 4 MiB, 200,000 nodes, depth 32. */
extern const struct yaml_limits yaml_default_limits;

struct yaml_document {
    struct arena arena; /* owns all below */
    const char *name;   /* the file's, for faults */
    struct yaml_node *root;
};

/* Limits may be NULL: the default. On failure the fault says why and the document is released:
 * STATUS_MALFORMED, STATUS_LIMIT, STATUS_NO_MEMORY, or what reading the file gave. */
enum status yaml_load(struct yaml_document *doc, struct slice text, const char *name,
                      const struct yaml_limits *limits, struct fault *fault);
enum status yaml_load_file(struct yaml_document *doc, const char *path,
                           const struct yaml_limits *limits, struct fault *fault);
void yaml_release(struct yaml_document *doc);

/* The value of a key of a mapping; NULL when there is none or the node is no mapping (or NULL).
 * Linear in the mapping; to go over many keys walk first/next. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* "file:line:column: what" for a node (NULL: the file only). Returns STATUS_INVALID, to be passed
 * on. */
enum status yaml_fault(struct fault *fault, const struct yaml_document *doc,
                       const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Null: a plain scalar that is empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

/* false when the node (NULL too) is not such a value; *value is then as before. Text is any scalar
 * but null; a boolean is a plain true or false; an integer is decimal with an optional sign; a real
 * is decimal, with an optional exponent, finite. */
bool yaml_text(const struct yaml_node *node, struct slice *value);
bool yaml_boolean(const struct yaml_node *node, bool *value);
bool yaml_integer(const struct yaml_node *node, int64_t *value);
bool yaml_real(const struct yaml_node *node, double *value);

/* The first key of the mapping that is not among the `count` names, or NULL: strict files refuse
 * it. */
const struct yaml_node *yaml_unknown_key(const struct yaml_node *mapping, const char *const *names,
                                         size_t count);

#endif
