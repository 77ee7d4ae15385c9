/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Classes and subjects of a result. A column's class is what the catalogue says, else what its name
 * says, else what its content shows: the first cells are tested and then now and then one; when
 * half of the first ones hit, the column is taken for that class.
 *
 * Distinct subjects are counted exactly up to RESULT_SUBJECTS_MAX, in the session's set.
 */
#include "collector/sensitivity.h"

#include "assets/assets.h"
#include "base/hash.h"
#include "collector/content.h"
#include "collector/decoder.h"
#include "collector/memory.h"
#include "collector/subject_set.h"

#include <stdlib.h>

enum {
    FIRST_SAMPLES = 16,  /* cells tested from the first */
    ALL_SAMPLES = 64,    /* of one column */
    SAMPLE_DISTANCE = 64 /* cells, after the first */
};

/* What a column's name said when it was last asked. By place; a subject's column is asked anew. */
struct known_column {
    uint64_t key;
    uint8_t class;
    bool by_catalogue;
};

enum { KNOWN_COLUMNS = 4096 }; /* a power of two */

struct sensitivity {
    struct content_scanner *scanner;
    struct known_column known[KNOWN_COLUMNS];
};

enum { NO_SUBJECT, SUBJECT, SUBJECT_WITH_NUMBER };

struct sensitivity *sensitivity_new(void)
{
    struct sensitivity *sensitivity = calloc(1, sizeof *sensitivity);
    if (sensitivity)
        sensitivity->scanner = content_scanner_new();
    if (sensitivity && !sensitivity->scanner)
        sensitivity_free(&sensitivity);
    return sensitivity;
}

void sensitivity_free(struct sensitivity **sensitivity)
{
    if (!*sensitivity)
        return;
    content_scanner_free(&(*sensitivity)->scanner);
    free(*sensitivity);
    *sensitivity = NULL;
}

/* --- the columns --- */

static bool names_column(const struct event_object *object, struct slice column)
{
    for (size_t i = 0; i < object->column_count; i++)
        if (slice_equal_nocase(object->columns[i], column))
            return true;
    return false;
}

/* Where the protocol does not tell the table: the one the statement names with this column, else
 * the first of the statement's whose catalogue knows it. Only a statement that names no object at
 * all lets any object of the catalogue answer: another table's key of the same name is not the
 * subject's. */
static struct assets_column find_column(const struct decoder_env *env,
                                        const struct event_object *objects, size_t object_count,
                                        const struct result_column *column)
{
    struct slice none = {NULL, 0};
    if (column->table.len || object_count == 0)
        return assets_column(env->assets, env->asset, column->table, column->name);
    for (size_t i = 0; i < object_count; i++)
        if (names_column(&objects[i], column->name))
            return assets_column(env->assets, env->asset, objects[i].name, column->name);
    for (size_t i = 0; i < object_count; i++) {
        struct assets_column found =
            assets_column(env->assets, env->asset, objects[i].name, column->name);
        if (found.by_catalogue)
            return found;
    }
    return assets_column(env->assets, NULL, none, column->name);
}

/* All that find_column's answer depends on. */
static uint64_t column_key(const struct decoder_env *env, const struct event_object *objects,
                           size_t object_count, const struct result_column *column)
{
    uint64_t key = (uint64_t)(uintptr_t)env->assets * 31 + (uint64_t)(uintptr_t)env->asset;
    key = hash64_seeded(column->name, key);
    if (column->table.len)
        return hash64_seeded(column->table, key) | 1;
    for (size_t i = 0; i < object_count; i++)
        key = hash64_seeded(objects[i].name, key + names_column(&objects[i], column->name));
    return key | 1;
}

static struct assets_column known_column(const struct decoder_env *env,
                                         const struct event_object *objects, size_t object_count,
                                         const struct result_column *column)
{
    if (!env->sensitivity)
        return find_column(env, objects, object_count, column);
    uint64_t key = column_key(env, objects, object_count, column);
    struct known_column *known = &env->sensitivity->known[(key >> 8) & (KNOWN_COLUMNS - 1)];
    if (known->key == key)
        return (struct assets_column){.class = known->class, .by_catalogue = known->by_catalogue};
    struct assets_column found = find_column(env, objects, object_count, column);
    if (!found.subject)
        *known = (struct known_column){key, found.class, found.by_catalogue};
    return found;
}

/* The index of a space in the watch, taken in when it is new; false when there is no room. */
static bool take_space(struct result_watch *watch, struct slice name, uint8_t *index)
{
    for (uint8_t i = 0; i < watch->spaces; i++) {
        *index = i;
        if (slice_equal(slice_make(watch->space[i].name, watch->space[i].len), name))
            return true;
    }
    if (watch->spaces == RESULT_SPACES_MAX || name.len > RESULT_SPACE_NAME_MAX) {
        watch->overflow = true;
        return false;
    }
    struct result_space *space = &watch->space[watch->spaces];
    if (name.len)
        memcpy(space->name, name.ptr, name.len);
    space->len = (uint8_t)name.len;
    space->hash = hash64(name);
    *index = watch->spaces++;
    return true;
}

static void set_column(struct result_watch *watch, const struct decoder_env *env, size_t i,
                       const struct assets_column *found)
{
    watch->class_of[i] = found->class < EVENT_CLASSES ? found->class : 0;
    bool tested = env->sensitivity && found->class == 0 && !found->by_catalogue;
    watch->samples_of[i] = tested ? ALL_SAMPLES : 0;
    watch->hits_of[i] = 0;
    watch->cells_of[i] = 0;
    watch->subject_of[i] = NO_SUBJECT;
    if (!found->subject || !take_space(watch, found->space, &watch->space_of[i]))
        return;
    watch->has_subject = true;
    watch->subject_of[i] = found->sequence ? SUBJECT_WITH_NUMBER : SUBJECT;
}

/* --- the subjects seen --- */

/* A table of the keys of the last rows, by place; true when this one is there. The seed is secret,
 * so that nobody can make keys that pass for one another. */
static bool seen_lately(struct result_watch *watch, const struct decoder_env *env, uint8_t space,
                        struct slice key)
{
    uint64_t seed = 0;
    if (env->site_key)
        memcpy(&seed, env->site_key->bytes, sizeof seed);
    uint64_t hash = hash64_seeded(key, seed + space) | 1;
    uint64_t *place = &watch->recent[(hash >> 8) % RESULT_RECENT];
    bool seen = *place == hash;
    *place = hash;
    return seen;
}

static void watch_subject(struct result_watch *watch, const struct decoder_env *env, size_t column,
                          struct slice key)
{
    static const struct event_site_key no_key;
    const struct result_space *space = &watch->space[watch->space_of[column]];
    if (seen_lately(watch, env, watch->space_of[column], key))
        return;
    struct event_subject subject;
    memset(&subject, 0, sizeof subject);
    event_subject_hash(env->site_key ? env->site_key : &no_key, slice_make(space->name, space->len),
                       key, subject.hash);
    if (watch->subject_of[column] == SUBJECT_WITH_NUMBER)
        subject.has_number = slice_to_u64(key, &subject.number);
    subject.space = subject.has_number ? space->hash : 0;
    if (!subject_set_add(session_memory_subjects(env->memory), &subject))
        watch->overflow = true;
}

/* --- the content --- */

static bool is_sample(const struct result_watch *watch, size_t column)
{
    uint32_t cell = watch->cells_of[column];
    return watch->samples_of[column] > 0 && (cell < FIRST_SAMPLES || cell % SAMPLE_DISTANCE == 0);
}

static uint8_t content_class_of(struct content_scanner *scanner, struct slice cell)
{
    uint32_t found[CONTENT_COUNT];
    uint8_t class = 0;
    if (content_scan(scanner, cell, found) == 0)
        return 0;
    for (int kind = 0; kind < CONTENT_COUNT; kind++)
        if (found[kind] && content_class((enum content_kind)kind) > class)
            class = content_class((enum content_kind)kind);
    return class;
}

/* Gives the class that this cell has by its content, and the column its class once it is plain. */
static uint8_t test_cell(struct result_watch *watch, const struct decoder_env *env, size_t column,
                         struct slice cell)
{
    unsigned tested = 1 + ALL_SAMPLES - watch->samples_of[column];
    uint8_t class = content_class_of(env->sensitivity->scanner, cell);
    watch->samples_of[column]--;
    watch->hits_of[column] = (uint8_t)(watch->hits_of[column] + (class > 0));
    if (class > 0 && tested >= FIRST_SAMPLES / 4 && watch->hits_of[column] * 2u >= tested) {
        watch->class_of[column] = class;
        watch->samples_of[column] = 0;
    }
    return class;
}

static uint8_t class_of_cell(struct result_watch *watch, const struct decoder_env *env,
                             size_t column, struct slice cell)
{
    uint8_t class = watch->class_of[column];
    if (class > 0 || watch->samples_of[column] == 0)
        return class;
    if (env->sensitivity && is_sample(watch, column))
        class = test_cell(watch, env, column, cell);
    watch->cells_of[column]++;
    return class;
}

/* --- the contract --- */

void result_watch_begin(struct result_watch *watch, const struct decoder_env *env,
                        const struct event_object *objects, size_t object_count,
                        const struct result_column *columns, size_t column_count)
{
    subject_set_reset(session_memory_subjects(env->memory));
    watch->overflow = column_count > RESULT_COLUMNS_MAX;
    watch->columns = (uint16_t)(watch->overflow ? RESULT_COLUMNS_MAX : column_count);
    watch->has_subject = false;
    watch->spaces = 0;
    memset(watch->classes, 0, sizeof watch->classes);
    memset(watch->recent, 0, sizeof watch->recent);
    for (size_t i = 0; i < watch->columns; i++) {
        struct assets_column found = known_column(env, objects, object_count, &columns[i]);
        set_column(watch, env, i, &found);
    }
}

bool result_watch_wants(const struct result_watch *watch, size_t column)
{
    return column < watch->columns &&
           (watch->class_of[column] || watch->subject_of[column] || watch->samples_of[column]);
}

void result_watch_cell(struct result_watch *watch, const struct decoder_env *env, size_t column,
                       struct slice cell)
{
    if (cell.len == 0 || !result_watch_wants(watch, column))
        return;
    uint8_t class = class_of_cell(watch, env, column, cell);
    if (class > 0)
        watch->classes[class]++;
    if (watch->subject_of[column])
        watch_subject(watch, env, column, cell);
}

void result_watch_end(struct result_watch *watch, const struct decoder_env *env,
                      struct event *event)
{
    for (int class = 0; class < EVENT_CLASSES; class ++)
        event->classes[class] += watch->classes[class];
    if (watch->has_subject) {
        /* Valid until the next result: longer than the event. */
        const struct subject_set *set = session_memory_subjects(env->memory);
        event->subjects = set->count;
        event->known |= EVENT_KNOWS_subjects;
        event->keys = set->items;
        event->key_count = set->count;
    }
    if (watch->overflow)
        event->gaps |= EVENT_GAP_limit;
    watch->columns = 0;
}
