/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a result showed: classes of its cells and the subjects in it, by catalogue (assets.yaml) and
 * by content (sampled cells, PCRE2 and checksums; collector/content.h). A decoder begins a watch
 * when it knows the columns of a result, gives every cell (or the front of a long one) in order,
 * and ends it with the event. Cells are tested, subject keys are hashed; neither is kept.
 */
#ifndef COLLECTOR_SENSITIVITY_H
#define COLLECTOR_SENSITIVITY_H

#include "base/slice.h"
#include "event/event.h"

struct decoder_env;

/* What all sessions share: the content scanner and what is known of columns met before. Made before
 * a sandbox is entered; NULL when there is no memory. One thread at a time. */
struct sensitivity;
struct sensitivity *sensitivity_new(void);
void sensitivity_free(struct sensitivity **sensitivity);

enum { RESULT_COLUMNS_MAX = 256 }; /* further columns count no classes: gap "limit" */
enum {
    RESULT_SUBJECTS_MAX = 65536
}; /* distinct subjects kept of one result; beyond: gap "limit" */

/* The metadata a protocol gives for one result column; `table` is empty where it does not tell. */
struct result_column {
    struct slice table; /* original table name, without schema */
    struct slice name;  /* original column name where the protocol tells it, else the label */
};

enum {
    RESULT_SPACES_MAX = 4, /* key spaces in one result; columns of further ones count no subjects */
    RESULT_SPACE_NAME_MAX = 64, /* bytes; likewise */
    RESULT_RECENT = 64,
};

/* A numbering of subjects, copied: the inventory may be exchanged while a result runs. */
struct result_space {
    uint8_t name[RESULT_SPACE_NAME_MAX];
    uint8_t len;
    uint64_t hash; /* event_subject.space */
};

/* Fixed size, inside the decoder's state. Opaque but for its size; all zero is "no result". It may
 * not be moved between begin and end. The subjects seen lie in the session's set (memory.h); a
 * session has one result under way at a time. */
struct result_watch {
    uint16_t columns;
    bool overflow;    /* something was not counted: gap "limit" */
    bool has_subject; /* a column is a subject key */
    uint8_t spaces;
    uint8_t class_of[RESULT_COLUMNS_MAX];   /* 0..3, by catalogue, name or content */
    uint8_t subject_of[RESULT_COLUMNS_MAX]; /* 1 = a subject key column, 2 = with running number */
    uint8_t space_of[RESULT_COLUMNS_MAX];   /* index in space[] */
    uint8_t samples_of[RESULT_COLUMNS_MAX]; /* content tests still to be made */
    uint8_t hits_of[RESULT_COLUMNS_MAX];    /* content tests that found something */
    uint32_t cells_of[RESULT_COLUMNS_MAX];  /* cells of columns that are content-tested */
    struct result_space space[RESULT_SPACES_MAX];
    uint64_t classes[EVENT_CLASSES];
    uint64_t recent[RESULT_RECENT]; /* hashes of keys counted lately: repeated keys cost little */
};

/* The tables the statement names help where the protocol names none. */
void result_watch_begin(struct result_watch *watch, const struct decoder_env *env,
                        const struct event_object *objects, size_t object_count,
                        const struct result_column *columns, size_t column_count);

/* False when no cell of this column can matter any more: the decoder may skip its bytes. */
bool result_watch_wants(const struct result_watch *watch, size_t column);

void result_watch_cell(struct result_watch *watch, const struct decoder_env *env, size_t column,
                       struct slice cell);

/* Puts classes, subjects and keys (in env->scratch) into the event. */
void result_watch_end(struct result_watch *watch, const struct decoder_env *env,
                      struct event *event);

#endif
