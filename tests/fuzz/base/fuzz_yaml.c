/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * YAML: any bytes give a tree that holds together, or a fault.
 */
#include "base/text.h"
#include "base/yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 8 };

static const struct yaml_limits limits = {65536, 1000, DEPTH};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_node(const struct yaml_node *node)
{
    int64_t integer;
    double real;
    bool truth;
    require(node->line > 0 && node->column > 0);
    require(node->kind == YAML_SCALAR || node->text.len == 0);
    require(text_is_utf8(node->text));
    require(!yaml_boolean(node, &truth) || !yaml_integer(node, &integer));
    require(!yaml_integer(node, &integer) || node->text.len > 19 || yaml_real(node, &real));
}

/* Every node once, by a stack as deep as the limit. */
static void walk(const struct yaml_node *root)
{
    const struct yaml_node *next[DEPTH + 1] = {root};
    size_t depth = 1, nodes = 0;
    while (depth > 0) {
        const struct yaml_node *node = next[depth - 1];
        if (!node) {
            depth--;
            continue;
        }
        next[depth - 1] = node->next;
        check_node(node);
        require(++nodes <= limits.max_nodes);
        if (!node->first)
            continue;
        require(depth <= DEPTH);
        next[depth++] = node->first;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_document doc;
    struct fault fault = {""};
    if (yaml_load(&doc, slice_make(data, size), "fuzz", &limits, &fault) != STATUS_OK) {
        require(fault.text[0] != '\0');
        require(text_is_utf8(slice_make(fault.text, strlen(fault.text))));
        return 0;
    }
    walk(doc.root);
    yaml_release(&doc);
    return 0;
}
