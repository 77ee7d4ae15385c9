/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the assets.yaml reader share; private to this library. Each function answers OK
 * or puts "file:line:column: what" into the fault.
 */
#ifndef ASSETS_ASSETS_LOAD_H
#define ASSETS_ASSETS_LOAD_H

#include "assets/inventory.h"
#include "base/yaml.h"

enum { ASSETS_MEMORY_MAX = 64 << 20 };

struct loader {
    struct assets *assets;
    struct yaml_document doc;
    struct fault *fault;
    bool no_memory;
};

enum status load_fault(struct loader *l, const struct yaml_node *node, const char *what);
enum status load_keys(struct loader *l, const struct yaml_node *node, const char *const *keys,
                      size_t count);
void *load_new(struct loader *l, size_t size);
struct slice load_copy(struct loader *l, struct slice text);
enum status load_text(struct loader *l, const struct yaml_node *node, struct slice *to);
enum status load_names(struct loader *l, const struct yaml_node *node, struct name_list **list);
enum status load_class(struct loader *l, const struct yaml_node *node, uint8_t *class);
enum status load_flag(struct loader *l, const struct yaml_node *node, bool *flag);

/* assets_load_http.c */
enum status load_http(struct loader *l, const struct yaml_node *node, struct asset *asset);

#endif
