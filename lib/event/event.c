/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of the event's words, the subject hash, and the deep copy, which follows the field table.
 */
#include "event/event.h"

#include "base/hash.h"
#include "event/fields.h"

static const char *const action_names[EVENT_ACTION_COUNT] = {
#define ACTION_NAME(name) [EVENT_ACTION_##name] = #name,
    EVENT_ACTION_TABLE(ACTION_NAME)
#undef ACTION_NAME
};

static const char *const gap_names[EVENT_GAP_COUNT] = {
#define GAP_NAME(name) [EVENT_GAP_INDEX_##name] = #name,
    EVENT_GAP_TABLE(GAP_NAME)
#undef GAP_NAME
};

static const char *const outcome_names[EVENT_OUTCOME_COUNT] = {
    [EVENT_OUTCOME_unknown] = "unknown",
    [EVENT_OUTCOME_success] = "success",
    [EVENT_OUTCOME_failure] = "failure",
};

static const char *const source_kind_names[EVENT_SOURCE_COUNT] = {
    [EVENT_SOURCE_unknown] = "unknown",
    [EVENT_SOURCE_capture] = "capture",
    [EVENT_SOURCE_log] = "log",
};

static const char *name_at(const char *const *names, unsigned count, unsigned index)
{
    return index < count ? names[index] : "unknown";
}

/* The index of a name, or `count`. */
static unsigned name_find(const char *const *names, unsigned count, struct slice name)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(slice_from(names[i]), name))
            return i;
    return count;
}

const char *event_action_name(enum event_action action)
{
    return name_at(action_names, EVENT_ACTION_COUNT, (unsigned)action);
}

const char *event_outcome_name(enum event_outcome outcome)
{
    return name_at(outcome_names, EVENT_OUTCOME_COUNT, (unsigned)outcome);
}

const char *event_source_kind_name(enum event_source_kind kind)
{
    return name_at(source_kind_names, EVENT_SOURCE_COUNT, (unsigned)kind);
}

const char *event_gap_name(unsigned index)
{
    return name_at(gap_names, EVENT_GAP_COUNT, index);
}

bool event_action_find(struct slice name, enum event_action *action)
{
    unsigned i = name_find(action_names, EVENT_ACTION_COUNT, name);
    *action = i < EVENT_ACTION_COUNT ? (enum event_action)i : EVENT_ACTION_other;
    return i < EVENT_ACTION_COUNT;
}

bool event_outcome_find(struct slice name, enum event_outcome *outcome)
{
    unsigned i = name_find(outcome_names, EVENT_OUTCOME_COUNT, name);
    *outcome = i < EVENT_OUTCOME_COUNT ? (enum event_outcome)i : EVENT_OUTCOME_unknown;
    return i < EVENT_OUTCOME_COUNT;
}

bool event_source_kind_find(struct slice name, enum event_source_kind *kind)
{
    unsigned i = name_find(source_kind_names, EVENT_SOURCE_COUNT, name);
    *kind = i < EVENT_SOURCE_COUNT ? (enum event_source_kind)i : EVENT_SOURCE_unknown;
    return i < EVENT_SOURCE_COUNT;
}

bool event_gap_find(struct slice name, uint32_t *gap)
{
    unsigned i = name_find(gap_names, EVENT_GAP_COUNT, name);
    *gap = i < EVENT_GAP_COUNT ? UINT32_C(1) << i : 0;
    return i < EVENT_GAP_COUNT;
}

void event_subject_hash(const struct event_site_key *site, struct slice space, struct slice key,
                        uint8_t hash[16])
{
    static const uint8_t zero[1] = {0};
    blake2b(hash, 16, site->bytes, space, slice_make(zero, 1), key);
}

static bool copy_slice(struct slice *s, struct arena *arena)
{
    if (s->len == 0)
        return true;
    *s = arena_copy(arena, *s);
    return s->len > 0;
}

static bool copy_bytes(const void **at, size_t count, size_t size, struct arena *arena)
{
    void *copy = count ? arena_array(arena, count, size) : NULL;
    if (!copy) {
        *at = NULL;
        return count == 0;
    }
    memcpy(copy, *at, count * size);
    *at = copy;
    return true;
}

static bool copy_columns(struct event_object *object, struct arena *arena)
{
    struct slice *columns = NULL;
    if (object->column_count > 0) {
        columns = arena_array(arena, object->column_count, sizeof *columns);
        if (!columns)
            return false;
        memcpy(columns, object->columns, object->column_count * sizeof *columns);
    }
    for (size_t i = 0; i < object->column_count; i++)
        if (!copy_slice(&columns[i], arena))
            return false;
    object->columns = columns;
    return true;
}

static bool copy_objects(struct event *e, struct arena *arena)
{
    const void *at = e->objects;
    if (!copy_bytes(&at, e->object_count, sizeof *e->objects, arena))
        return false;
    struct event_object *objects = (struct event_object *)at;
    for (size_t i = 0; i < e->object_count; i++)
        if (!copy_slice(&objects[i].name, arena) || !copy_columns(&objects[i], arena))
            return false;
    e->objects = objects;
    return true;
}

static bool copy_params(struct event *e, struct arena *arena)
{
    const void *at = e->params;
    if (!copy_bytes(&at, e->param_count, sizeof *e->params, arena))
        return false;
    struct event_param *params = (struct event_param *)at;
    for (size_t i = 0; i < e->param_count; i++)
        if (!copy_slice(&params[i].text, arena))
            return false;
    e->params = params;
    return true;
}

static bool copy_keys(struct event *e, struct arena *arena)
{
    const void *at = e->keys;
    bool ok = copy_bytes(&at, e->key_count, sizeof *e->keys, arena);
    e->keys = at;
    return ok;
}

/* What each kind of field needs beyond the plain assignment. */
#define COPY_TIME(member)        true
#define COPY_DURATION(member)    true
#define COPY_SOURCE_KIND(member) true
#define COPY_TEXT(member)        copy_slice(&to->member, arena)
#define COPY_SEQ(member)         true
#define COPY_PART(member)        true
#define COPY_ADDRESS(member)     true
#define COPY_ACTION(member)      true
#define COPY_STATEMENT(member) \
    (copy_slice(&to->statement, arena) && copy_slice(&to->clear, arena) && copy_params(to, arena))
#define COPY_SHAPE(member)   true
#define COPY_OBJECTS(member) copy_objects(to, arena)
#define COPY_NUMBER(member)  true
#define COPY_OUTCOME(member) true
#define COPY_ERROR(member) \
    (copy_slice(&to->error_code, arena) && copy_slice(&to->error_text, arena))
#define COPY_CLASSES(member) true
#define COPY_KEYS(member)    copy_keys(to, arena)
#define COPY_NUMBERS(member) true /* lie in the keys */
#define COPY_GAPS(member)    true

enum status event_copy(struct event *to, const struct event *from, struct arena *arena)
{
    *to = *from;
    bool ok = true;
#define COPY_FIELD(id, kind, member, known, group, key) ok = ok && COPY_##kind(member);
    EVENT_FIELD_TABLE(COPY_FIELD)
#undef COPY_FIELD
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}
