/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cache of descriptions. Two steps save the work: a text seen before leads straight to its
 * description; a new text is normalised, and what was seen in other values leads to the same one.
 * Only a new normalised statement is analysed. A text enters the first table at its second sight,
 * so that texts that never come back push nothing out.
 */
#include "collector/decoders/sql.h"

#include "base/hash.h"
#include "base/map.h"
#include "collector/decoders/sql_analyse.h"
#include "collector/decoders/sql_normalise.h"

#include <stdlib.h>

enum {
    TEXT_MAX = 1 << 20, /* what is analysed of one text */
    CACHED_MAX = 4096,  /* longer texts are not kept */
    TAG_MAX = 1024,
    SIGHTS = 4096, /* a power of two */
    DIALECTS = SQL_MYSQL + 1,
};

/* A description with all its bytes behind it, shared by the tables and the caller. */
struct shared {
    size_t references;
    struct sql_description description;
    uint8_t bytes[];
};

/* The value of a text: its description, and where in the text the tag stands. */
struct known_text {
    struct shared *shared;
    uint32_t tag_from, tag_len;
};

struct sql_cache {
    struct map *texts[DIALECTS];      /* text to struct known_text */
    struct map *statements[DIALECTS]; /* normalised statement to struct shared * */
    uint32_t sights[SIGHTS];          /* hashes of texts seen once */
    struct shared *current;
    struct sql_description view; /* what the caller gets: the current one with the text's own tag */
    uint8_t last[CACHED_MAX];    /* the text that the view describes; none while last_len is 0 */
    size_t last_len;
    enum sql_dialect last_dialect;
    uint8_t tag[TAG_MAX];
    struct buffer statement, shape;
    struct sql_analysis analysis;
};

/* --- shared descriptions --- */

static void shared_release(struct shared *shared)
{
    if (shared && --shared->references == 0)
        free(shared);
}

static struct shared *shared_hold(struct shared *shared)
{
    shared->references++;
    return shared;
}

static void drop_text(void *context, struct slice key, void *value)
{
    (void)context, (void)key;
    shared_release(((struct known_text *)value)->shared);
}

static void drop_statement(void *context, struct slice key, void *value)
{
    (void)context, (void)key;
    shared_release(*(struct shared **)value);
}

/* --- packing: one allocation that holds structures first, then bytes --- */

struct packer {
    uint8_t *to;
    size_t used;
};

static struct slice pack(struct packer *packer, struct slice s)
{
    if (s.len == 0)
        return (struct slice){NULL, 0};
    uint8_t *at = packer->to + packer->used;
    memcpy(at, s.ptr, s.len);
    packer->used += s.len;
    return (struct slice){at, s.len};
}

static size_t packed_size(const struct sql_analysis *a, struct slice statement)
{
    size_t structures = a->names.object_count * sizeof(struct event_object) +
                        a->names.column_count * sizeof(struct slice);
    return structures + statement.len + a->grantee.len + a->prepared.len + a->names.pool_used;
}

static void pack_objects(struct packer *packer, const struct sql_names *names,
                         struct event_object *objects, struct slice *columns)
{
    size_t next = 0;
    for (unsigned i = 0; i < names->object_count; i++) {
        size_t first = next;
        for (unsigned c = 0; c < names->column_count; c++)
            if (names->columns[c].object == (int)i)
                columns[next++] = pack(packer, names->columns[c].name);
        objects[i] = (struct event_object){.name = pack(packer, names->objects[i]),
                                           .columns = next > first ? columns + first : NULL,
                                           .column_count = next - first};
    }
}

static struct shared *shared_new(const struct sql_analysis *a, struct slice statement,
                                 uint64_t shape)
{
    struct shared *shared = malloc(sizeof *shared + packed_size(a, statement));
    if (!shared)
        return NULL;
    struct event_object *objects = (struct event_object *)(void *)shared->bytes;
    struct slice *columns = (struct slice *)(void *)(objects + a->names.object_count);
    struct packer packer = {(uint8_t *)(columns + a->names.column_count), 0};
    pack_objects(&packer, &a->names, objects, columns);
    shared->references = 1;
    shared->description = (struct sql_description){
        .action = a->action,
        .statement = pack(&packer, statement),
        .shape = shape,
        .objects = objects,
        .object_count = a->names.object_count,
        .star = a->star,
        .secret = a->secret,
        .self_grant_candidate = a->grantee.len > 0,
        .grantee = pack(&packer, a->grantee),
        .prepared = pack(&packer, a->prepared),
        .limit = a->names.limit,
    };
    return shared;
}

/* --- the cache --- */

struct sql_cache *sql_cache_new(size_t max_entries)
{
    struct sql_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    buffer_init(&cache->statement, TEXT_MAX);
    buffer_init(&cache->shape, 2 * TEXT_MAX + 16);
    for (int i = 0; i < DIALECTS; i++) {
        cache->texts[i] =
            map_new(sizeof(struct known_text), max_entries, MAP_EVICT, drop_text, NULL);
        cache->statements[i] =
            map_new(sizeof(struct shared *), max_entries, MAP_EVICT, drop_statement, NULL);
        if (!cache->texts[i] || !cache->statements[i])
            sql_cache_free(&cache);
        if (!cache)
            return NULL;
    }
    return cache;
}

void sql_cache_free(struct sql_cache **cache)
{
    if (!*cache)
        return;
    for (int i = 0; i < DIALECTS; i++) {
        map_free(&(*cache)->texts[i]);
        map_free(&(*cache)->statements[i]);
    }
    shared_release((*cache)->current);
    buffer_release(&(*cache)->statement);
    buffer_release(&(*cache)->shape);
    free(*cache);
    *cache = NULL;
}

/* Takes over the reference. Without memory the caller still gets an answer: an action unknown. */
static const struct sql_description *answer(struct sql_cache *cache, struct shared *shared,
                                            struct slice tag)
{
    shared_release(cache->current);
    cache->current = shared;
    cache->view = shared ? shared->description : (struct sql_description){.limit = true};
    tag = slice_part(tag, 0, TAG_MAX);
    if (tag.len > 0)
        memcpy(cache->tag, tag.ptr, tag.len);
    cache->view.tag = (struct slice){cache->tag, tag.len};
    return &cache->view;
}

static struct shared *analyse(struct sql_cache *cache, enum sql_dialect dialect, struct slice text)
{
    struct slice statement = buffer_slice(&cache->statement);
    buffer_reset(&cache->shape);
    sql_shape_text(dialect, statement, &cache->shape);
    sql_analyse(&cache->analysis, dialect, text);
    return shared_new(&cache->analysis, statement, hash64(buffer_slice(&cache->shape)));
}

/* The description of what stands normalised in cache->statement. A GRANT may name the grantee in a
 * string, which the normalised statement no longer tells: it is analysed each time. */
static struct shared *describe_statement(struct sql_cache *cache, enum sql_dialect dialect,
                                         struct slice text)
{
    struct slice statement = buffer_slice(&cache->statement);
    bool cached = statement.len <= CACHED_MAX;
    struct shared **known = cached ? map_get(cache->statements[dialect], statement) : NULL;
    if (known)
        return shared_hold(*known);
    struct shared *fresh = analyse(cache, dialect, text);
    if (!fresh || !cached || fresh->description.grantee.len > 0)
        return fresh;
    struct shared **place = map_put(cache->statements[dialect], statement, NULL);
    if (place)
        *place = shared_hold(fresh);
    return fresh;
}

static bool seen_before(struct sql_cache *cache, struct slice text)
{
    uint64_t hash = hash64(text);
    uint32_t *sight = &cache->sights[hash & (SIGHTS - 1)];
    bool seen = *sight == (uint32_t)(hash >> 32);
    *sight = (uint32_t)(hash >> 32);
    return seen;
}

static void remember_text(struct sql_cache *cache, enum sql_dialect dialect, struct slice text,
                          struct shared *shared, struct slice tag)
{
    struct known_text *place = map_put(cache->texts[dialect], text, NULL);
    if (!place)
        return;
    *place = (struct known_text){.shared = shared_hold(shared)};
    if (tag.len > 0) {
        place->tag_from = (uint32_t)(tag.ptr - text.ptr);
        place->tag_len = (uint32_t)tag.len;
    }
}

/* A decoder asks for the same text at the beginning of a result and at its end. */
static bool is_last(const struct sql_cache *cache, enum sql_dialect dialect, struct slice text)
{
    return text.len > 0 && cache->last_dialect == dialect &&
           slice_equal(slice_make(cache->last, cache->last_len), text);
}

static void set_last(struct sql_cache *cache, enum sql_dialect dialect, struct slice text)
{
    cache->last_len = text.len <= CACHED_MAX ? text.len : 0;
    cache->last_dialect = dialect;
    if (cache->last_len > 0)
        memcpy(cache->last, text.ptr, text.len);
}

static const struct sql_description *describe(struct sql_cache *cache, enum sql_dialect dialect,
                                              struct slice text)
{
    bool cached = text.len <= CACHED_MAX;
    struct known_text *known = cached ? map_get(cache->texts[dialect], text) : NULL;
    if (known)
        return answer(cache, shared_hold(known->shared),
                      slice_part(text, known->tag_from, known->tag_len));
    struct slice tag;
    buffer_reset(&cache->statement);
    sql_normalise(dialect, text, &cache->statement, &tag);
    struct shared *shared = describe_statement(cache, dialect, text);
    if (cached && shared && seen_before(cache, text))
        remember_text(cache, dialect, text, shared, tag);
    return answer(cache, shared, tag);
}

const struct sql_description *sql_describe(struct sql_cache *cache, enum sql_dialect dialect,
                                           struct slice text)
{
    text = slice_part(text, 0, TEXT_MAX);
    if (is_last(cache, dialect, text))
        return &cache->view;
    set_last(cache, dialect, text);
    return describe(cache, dialect, text);
}
