/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Looking things up in the inventory.
 */
#include "assets/inventory.h"

#include <stdlib.h>

void assets_free(struct assets **assets)
{
    if (!*assets)
        return;
    arena_release(&(*assets)->arena);
    free(*assets);
    *assets = NULL;
}

size_t assets_count(const struct assets *assets)
{
    return assets ? assets->count : 0;
}

const struct asset *assets_at(const struct assets *assets, size_t index)
{
    return assets->list[index];
}

static bool in_range(const struct address_range *range, const struct event_address *address)
{
    if (range->family != address->family || (range->port && range->port != address->port))
        return false;
    size_t whole = range->prefix / 8;
    unsigned bits = range->prefix % 8;
    if (memcmp(range->ip, address->ip, whole) != 0)
        return false;
    return bits == 0 || ((range->ip[whole] ^ address->ip[whole]) >> (8 - bits)) == 0;
}

const struct asset *assets_find(const struct assets *assets, const struct event_address *server)
{
    const struct asset *found = NULL;
    int best = -1;
    for (const struct asset *asset = assets ? assets->first : NULL; asset; asset = asset->next)
        for (const struct address_range *r = asset->addresses; r; r = r->next) {
            int exactness = r->prefix * 2 + (r->port ? 1 : 0);
            if (exactness > best && in_range(r, server)) {
                best = exactness;
                found = asset;
            }
        }
    return found;
}

const struct asset *assets_named(const struct assets *assets, struct slice name)
{
    for (const struct asset *asset = assets ? assets->first : NULL; asset; asset = asset->next)
        if (slice_equal(asset->name, name))
            return asset;
    return NULL;
}

struct slice asset_name(const struct asset *asset)
{
    return asset->name;
}

enum asset_kind asset_kind(const struct asset *asset)
{
    return asset->kind;
}

struct slice asset_protocol(const struct asset *asset)
{
    return asset->protocol;
}

bool asset_has_assignments(const struct asset *asset)
{
    return asset->assignments;
}

/* "customers" of "crm.customers". */
static struct slice bare(struct slice name)
{
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '.')
        at--;
    return slice_part(name, at, name.len);
}

/* A pattern without a schema matches the object of any; an object without one matches any schema's.
 */
static bool object_matches(struct slice pattern, struct slice object)
{
    if (words_glob(pattern, object))
        return true;
    struct slice pattern_bare = bare(pattern), object_bare = bare(object);
    bool qualified = pattern_bare.len < pattern.len && object_bare.len < object.len;
    return !qualified && words_glob(pattern_bare, object_bare);
}

static const struct catalogue_column *find_column(const struct asset *asset, struct slice object,
                                                  struct slice column)
{
    for (const struct catalogue_object *o = asset->objects; o; o = o->next) {
        if (object.len > 0 && !object_matches(o->name, object))
            continue;
        for (const struct catalogue_column *c = o->columns; c; c = c->next)
            if (words_glob(c->name, column))
                return c;
    }
    return NULL;
}

struct assets_column assets_column(const struct assets *assets, const struct asset *asset,
                                   struct slice object, struct slice column)
{
    (void)assets;
    const struct catalogue_column *c = asset ? find_column(asset, object, column) : NULL;
    if (!c)
        return (struct assets_column){.class = words_column_class(column)};
    return (struct assets_column){.class = c->class,
                                  .by_catalogue = true,
                                  .subject = c->subject,
                                  .sequence = c->sequence,
                                  .space = c->space};
}

static uint8_t highest_column(const struct catalogue_object *object)
{
    uint8_t class = 0;
    for (const struct catalogue_column *c = object->columns; c; c = c->next)
        if (c->class > class)
            class = c->class;
    return class;
}

uint8_t assets_object_class(const struct assets *assets, const struct asset *asset,
                            struct slice object)
{
    (void)assets;
    for (const struct catalogue_object *o = asset ? asset->objects : NULL; o; o = o->next)
        if (object_matches(o->name, object))
            return o->has_class ? o->class : highest_column(o);
    for (const struct url_rule *url = asset ? asset->urls : NULL; url; url = url->next)
        if (slice_equal(url->url, object))
            return url->class;
    return 0;
}

static bool listed(const struct name_list *list, struct slice name)
{
    for (; list; list = list->next)
        if (slice_equal_nocase(list->name, name))
            return true;
    return false;
}

bool assets_http_user_field(const struct asset *asset, struct slice field)
{
    return asset && asset->user_fields ? listed(asset->user_fields, field)
                                       : words_user_field(field);
}

bool assets_http_password_field(const struct asset *asset, struct slice field)
{
    return asset && asset->password_fields ? listed(asset->password_fields, field)
                                           : words_password_field(field);
}

bool assets_http_session_cookie(const struct asset *asset, struct slice cookie)
{
    return asset && asset->session_cookies ? listed(asset->session_cookies, cookie)
                                           : words_session_cookie(cookie);
}

bool assets_http_user_header(const struct asset *asset, struct slice header)
{
    return asset && listed(asset->user_headers, header);
}

bool assets_http_user_cookie(const struct asset *asset, struct slice cookie)
{
    return asset && listed(asset->user_cookies, cookie);
}

static void object_spaces(const struct asset *asset,
                          void (*space)(void *context, struct slice name), void *context)
{
    for (const struct catalogue_object *o = asset->objects; o; o = o->next)
        for (const struct catalogue_column *c = o->columns; c; c = c->next)
            if (c->space.len > 0)
                space(context, c->space);
    for (const struct url_rule *u = asset->urls; u; u = u->next)
        if (u->space.len > 0)
            space(context, u->space);
}

void assets_spaces(const struct assets *assets, void (*space)(void *context, struct slice name),
                   void *context)
{
    for (const struct asset *asset = assets ? assets->first : NULL; asset; asset = asset->next)
        object_spaces(asset, space, context);
    words_holders(space, context);
}
