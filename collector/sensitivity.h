/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a result showed: classes of its cells and the subjects in it, by catalogue (assets.yaml) and
 * by content (sampled cells, PCRE2 and checksums). A decoder begins a watch when it knows the
 * columns of a result, gives every cell (or the front of a long one) in order, and ends it with the
 * event. Cells are tested, subject keys are hashed; neither is kept.
 */
#ifndef COLLECTOR_SENSITIVITY_H
#define COLLECTOR_SENSITIVITY_H

#include "base/slice.h"
#include "event/event.h"

struct decoder_env;

enum { RESULT_COLUMNS_MAX = 256 };   /* further columns count no classes: gap "limit" */
enum { RESULT_SUBJECTS_MAX = 65536 }; /* distinct subjects kept of one result; beyond: gap "limit" */

/* The metadata a protocol gives for one result column; `table` is empty where it does not tell. */
struct result_column {
    struct slice table; /* original table name, without schema */
    struct slice name;  /* original column name where the protocol tells it, else the label */
};

/* Fixed size, inside the decoder's state. Opaque but for its size. */
struct result_watch {
    uint16_t columns;
    bool overflow;
    uint8_t class_of[RESULT_COLUMNS_MAX];   /* 0..3 by catalogue */
    uint8_t subject_of[RESULT_COLUMNS_MAX]; /* 1 = a subject key column, 2 = with running number */
    uint8_t space_of[RESULT_COLUMNS_MAX];   /* index of the key space in the asset */
    uint32_t sampled[RESULT_COLUMNS_MAX];   /* cells content-tested in this column */
    uint64_t classes[EVENT_CLASSES];
    uint64_t subjects;
    uint64_t memory_id; /* the subjects seen lie in the session's memory under this */
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
