/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading assets.yaml (docs/assets.md): assets, their addresses, objects and columns. The URLs of
 * applications are in assets_load_http.c.
 */
#include "assets/assets_load.h"

#include <arpa/inet.h>
#include <stdlib.h>

static const char *const asset_keys[] = {"name",    "kind",        "addresses", "protocol",
                                         "objects", "assignments", "http"};
static const char *const object_keys[] = {"name", "class", "columns"};
static const char *const column_keys[] = {"class", "subject", "sequence"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum status load_fault(struct loader *l, const struct yaml_node *node, const char *what)
{
    return yaml_fault(l->fault, &l->doc, node, "%s", what);
}

enum status load_keys(struct loader *l, const struct yaml_node *node, const char *const *keys,
                      size_t count)
{
    char text[64];
    if (node->kind != YAML_MAPPING)
        return load_fault(l, node, "a mapping is expected here");
    const struct yaml_node *unknown = yaml_unknown_key(node, keys, count);
    if (!unknown)
        return STATUS_OK;
    return yaml_fault(l->fault, &l->doc, unknown, "unknown key '%s': see docs/assets.md",
                      slice_copy_text(unknown->text, text, sizeof text));
}

void *load_new(struct loader *l, size_t size)
{
    void *p = arena_alloc(&l->assets->arena, size);
    if (!p)
        l->no_memory = true;
    return p;
}

struct slice load_copy(struct loader *l, struct slice text)
{
    struct slice copy = arena_copy(&l->assets->arena, text);
    if (text.len > 0 && copy.len == 0)
        l->no_memory = true;
    return copy;
}

enum status load_text(struct loader *l, const struct yaml_node *node, struct slice *to)
{
    struct slice text;
    if (!yaml_text(node, &text) || text.len == 0)
        return load_fault(l, node, "a text is expected here");
    *to = load_copy(l, text);
    return STATUS_OK;
}

enum status load_names(struct loader *l, const struct yaml_node *node, struct name_list **list)
{
    if (node->kind != YAML_SEQUENCE)
        return load_fault(l, node, "a list of names is expected here");
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct name_list *entry = load_new(l, sizeof *entry);
        if (!entry)
            return STATUS_NO_MEMORY;
        enum status status = load_text(l, item, &entry->name);
        if (status != STATUS_OK)
            return status;
        *list = entry;
        list = &entry->next;
    }
    return STATUS_OK;
}

enum status load_class(struct loader *l, const struct yaml_node *node, uint8_t *class)
{
    struct slice text;
    if (!yaml_text(node, &text) || text.len != 2 || (text.ptr[0] | 0x20) != 'c' ||
        text.ptr[1] < '0' || text.ptr[1] > '3')
        return load_fault(l, node, "a class is C0, C1, C2 or C3");
    *class = (uint8_t)(text.ptr[1] - '0');
    return STATUS_OK;
}

enum status load_flag(struct loader *l, const struct yaml_node *node, bool *flag)
{
    return yaml_boolean(node, flag) ? STATUS_OK
                                    : load_fault(l, node, "true or false is expected here");
}

static bool parse_ip(struct slice text, struct address_range *range)
{
    char ip[64];
    slice_copy_text(text, ip, sizeof ip);
    range->family = 0;
    if (inet_pton(AF_INET, ip, range->ip) == 1)
        range->family = 4;
    else if (inet_pton(AF_INET6, ip, range->ip) == 1)
        range->family = 6;
    range->prefix = range->family == 4 ? 32 : 128;
    return range->family != 0;
}

static bool parse_port(struct slice text, struct address_range *range)
{
    uint64_t port;
    if (!slice_to_u64(text, &port) || port == 0 || port > 65535)
        return false;
    range->port = (uint16_t)port;
    return true;
}

/* "10.0.0.1", "10.0.0.0/24", "10.0.0.1:5432", "10.0.0.0/24:5432", "fd00::1", "[fd00::1]:5432",
 * "[fd00::/64]:5432". */
static bool parse_range(struct slice text, struct address_range *range)
{
    struct slice ip = text;
    uint64_t prefix;
    size_t colon = slice_find(text, ':', 0);
    if (text.len > 0 && text.ptr[0] == '[') {
        size_t close = slice_find(text, ']', 0);
        ip = slice_part(text, 1, close - 1);
        struct slice rest = slice_part(text, close + 1, text.len);
        if (rest.len > 0 &&
            (rest.ptr[0] != ':' || !parse_port(slice_part(rest, 1, rest.len), range)))
            return false;
    } else if (colon < text.len && slice_find(text, ':', colon + 1) == text.len) {
        ip = slice_part(text, 0, colon);
        if (!parse_port(slice_part(text, colon + 1, text.len), range))
            return false;
    }
    size_t slash = slice_find(ip, '/', 0);
    if (!parse_ip(slice_part(ip, 0, slash), range))
        return false;
    if (slash == ip.len)
        return true;
    if (!slice_to_u64(slice_part(ip, slash + 1, ip.len), &prefix) || prefix > range->prefix)
        return false;
    range->prefix = (uint8_t)prefix;
    return true;
}

static enum status load_addresses(struct loader *l, const struct yaml_node *node,
                                  struct asset *asset)
{
    struct address_range **tail = &asset->addresses;
    if (node->kind != YAML_SEQUENCE)
        return load_fault(l, node, "a list of addresses is expected here");
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct slice text;
        struct address_range *range = load_new(l, sizeof *range);
        if (!range)
            return STATUS_NO_MEMORY;
        if (!yaml_text(item, &text) || !parse_range(text, range))
            return load_fault(l, item,
                              "an address is like 10.0.0.1, 10.0.0.0/24:5432 or '[fd00::1]:5432'");
        *tail = range;
        tail = &range->next;
    }
    return STATUS_OK;
}

/* "phone: C2" or "id: {class: C1, subject: customer, sequence: true}". */
static enum status load_column(struct loader *l, const struct yaml_node *node,
                               struct catalogue_column *column)
{
    enum status status = load_text(l, node->key, &column->name);
    if (status != STATUS_OK || node->kind == YAML_SCALAR)
        return status != STATUS_OK ? status : load_class(l, node, &column->class);
    status = load_keys(l, node, column_keys, COUNT(column_keys));
    const struct yaml_node *class = yaml_get(node, "class"), *subject = yaml_get(node, "subject"),
                           *sequence = yaml_get(node, "sequence");
    if (status == STATUS_OK && class)
        status = load_class(l, class, &column->class);
    if (status == STATUS_OK && subject) {
        column->subject = true;
        status = load_text(l, subject, &column->space);
    }
    if (status == STATUS_OK && sequence)
        status = load_flag(l, sequence, &column->sequence);
    return status;
}

static enum status load_columns(struct loader *l, const struct yaml_node *node,
                                struct catalogue_object *object)
{
    struct catalogue_column **tail = &object->columns;
    if (node->kind != YAML_MAPPING)
        return load_fault(l, node, "columns are a mapping of names to classes");
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct catalogue_column *column = load_new(l, sizeof *column);
        if (!column)
            return STATUS_NO_MEMORY;
        enum status status = load_column(l, item, column);
        if (status != STATUS_OK)
            return status;
        *tail = column;
        tail = &column->next;
    }
    return STATUS_OK;
}

static enum status load_object(struct loader *l, const struct yaml_node *node,
                               struct catalogue_object *object)
{
    enum status status = load_keys(l, node, object_keys, COUNT(object_keys));
    const struct yaml_node *name = yaml_get(node, "name"), *class = yaml_get(node, "class"),
                           *columns = yaml_get(node, "columns");
    if (status == STATUS_OK)
        status = name ? load_text(l, name, &object->name)
                      : load_fault(l, node, "an object needs a name");
    if (status == STATUS_OK && class) {
        object->has_class = true;
        status = load_class(l, class, &object->class);
    }
    if (status == STATUS_OK && columns)
        status = load_columns(l, columns, object);
    return status;
}

static enum status load_objects(struct loader *l, const struct yaml_node *node, struct asset *asset)
{
    struct catalogue_object **tail = &asset->objects;
    if (node->kind != YAML_SEQUENCE)
        return load_fault(l, node, "a list of objects is expected here");
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct catalogue_object *object = load_new(l, sizeof *object);
        if (!object)
            return STATUS_NO_MEMORY;
        enum status status = load_object(l, item, object);
        if (status != STATUS_OK)
            return status;
        *tail = object;
        tail = &object->next;
    }
    return STATUS_OK;
}

static enum status load_kind(struct loader *l, const struct yaml_node *node, struct asset *asset)
{
    static const char *const kinds[] = {
        [ASSET_DATABASE] = "database", [ASSET_APPLICATION] = "application", [ASSET_HOST] = "host"};
    struct slice text;
    for (size_t i = 0; yaml_text(node, &text) && i < COUNT(kinds); i++)
        if (slice_equal(text, slice_from(kinds[i]))) {
            asset->kind = (enum asset_kind)i;
            return STATUS_OK;
        }
    return load_fault(l, node, "a kind is database, application or host");
}

static enum status load_asset(struct loader *l, const struct yaml_node *node, struct asset *asset)
{
    enum status status = load_keys(l, node, asset_keys, COUNT(asset_keys));
    const struct yaml_node *name = yaml_get(node, "name");
    if (status == STATUS_OK)
        status =
            name ? load_text(l, name, &asset->name) : load_fault(l, node, "an asset needs a name");
    if (status == STATUS_OK && assets_named(l->assets, asset->name))
        status = load_fault(l, name, "another asset has this name already");
    for (const struct yaml_node *item = node->first; item && status == STATUS_OK;
         item = item->next) {
        struct slice key = item->key->text;
        if (slice_equal(key, SLICE("kind")))
            status = load_kind(l, item, asset);
        else if (slice_equal(key, SLICE("addresses")))
            status = load_addresses(l, item, asset);
        else if (slice_equal(key, SLICE("protocol")))
            status = load_text(l, item, &asset->protocol);
        else if (slice_equal(key, SLICE("objects")))
            status = load_objects(l, item, asset);
        else if (slice_equal(key, SLICE("assignments")))
            status = load_flag(l, item, &asset->assignments);
        else if (slice_equal(key, SLICE("http")))
            status = load_http(l, item, asset);
    }
    return status;
}

static enum status make_list(struct loader *l)
{
    struct assets *assets = l->assets;
    if (assets->count == 0)
        return STATUS_OK;
    assets->list = arena_array(&assets->arena, assets->count, sizeof(struct asset *));
    if (!assets->list)
        return STATUS_NO_MEMORY;
    size_t i = 0;
    for (const struct asset *asset = assets->first; asset; asset = asset->next)
        assets->list[i++] = asset;
    return STATUS_OK;
}

static enum status load_all(struct loader *l)
{
    static const char *const keys[] = {"assets"};
    enum status status = load_keys(l, l->doc.root, keys, 1);
    const struct yaml_node *list = yaml_get(l->doc.root, "assets");
    struct asset *last = NULL;
    if (status == STATUS_OK && list && list->kind != YAML_SEQUENCE)
        status = load_fault(l, list, "'assets' is a list");
    for (const struct yaml_node *item = list ? list->first : NULL; item && status == STATUS_OK;
         item = item->next) {
        struct asset *asset = load_new(l, sizeof *asset);
        if (!asset)
            return STATUS_NO_MEMORY;
        status = load_asset(l, item, asset);
        if (last)
            last->next = asset;
        else
            l->assets->first = asset;
        last = asset;
        l->assets->count++;
    }
    if (status == STATUS_OK)
        status = make_list(l);
    return status == STATUS_OK && l->no_memory ? STATUS_NO_MEMORY : status;
}

enum status assets_load(struct assets **assets, const char *path, struct fault *fault)
{
    struct loader l = {.fault = fault, .assets = calloc(1, sizeof *l.assets)};
    *assets = NULL;
    if (!l.assets)
        return STATUS_NO_MEMORY;
    arena_init(&l.assets->arena, ASSETS_MEMORY_MAX);
    enum status status = STATUS_OK;
    if (path) {
        status = yaml_load_file(&l.doc, path, NULL, fault);
        if (status == STATUS_OK) {
            status = load_all(&l);
            yaml_release(&l.doc);
        }
    }
    if (status == STATUS_NO_MEMORY)
        fault_set(fault, path, 0, 0, "the inventory does not fit into memory");
    if (status != STATUS_OK)
        assets_free(&l.assets);
    *assets = l.assets;
    return status;
}
