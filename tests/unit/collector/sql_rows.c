/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs the rows; all that differ are printed before the test fails.
 */
#include "sql_rows.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEXT_MAX = 1 << 16 };

static void put_objects(struct buffer *to, const struct sql_description *d)
{
    for (size_t i = 0; i < d->object_count; i++) {
        const struct event_object *object = &d->objects[i];
        buffer_append_text(to, i ? " " : "");
        buffer_append_slice(to, object->name);
        for (size_t c = 0; c < object->column_count; c++) {
            buffer_append_text(to, c ? "," : "(");
            buffer_append_slice(to, object->columns[c]);
        }
        buffer_append_text(to, object->column_count ? ")" : "");
    }
}

static void put_flag(struct buffer *to, size_t start, bool flag, const char *name,
                     struct slice value)
{
    if (!flag)
        return;
    buffer_append_text(to, to->len > start ? " " : "");
    buffer_append_text(to, name);
    buffer_append_slice(to, value);
}

static void put_more(struct buffer *to, const struct sql_description *d)
{
    struct slice none = {NULL, 0};
    size_t start = to->len;
    put_flag(to, start, d->star, "star", none);
    put_flag(to, start, d->secret, "secret", none);
    put_flag(to, start, d->limit, "limit", none);
    put_flag(to, start, d->grantee.len > 0, "grantee=", d->grantee);
    put_flag(to, start, d->prepared.len > 0, "prepared=", d->prepared);
    put_flag(to, start, d->tag.len > 0, "tag=", d->tag);
}

static void describe(struct sql_cache *cache, const struct sql_row *row, struct buffer *to)
{
    const struct sql_description *d = sql_describe(cache, row->dialect, slice_from(row->text));
    buffer_reset(to);
    buffer_append_slice(to, d->statement);
    buffer_append_format(to, " | %s | ", event_action_name(d->action));
    put_objects(to, d);
    buffer_append_text(to, " | ");
    put_more(to, d);
}

static bool row_holds(struct sql_cache *cache, const struct sql_row *row, struct buffer *got,
                      struct buffer *want)
{
    buffer_reset(want);
    buffer_append_format(want, "%s | %s | %s | %s", row->statement ? row->statement : row->text,
                         row->action, row->objects, row->more ? row->more : "");
    bool holds = true;
    for (int sight = 1; sight <= 3; sight++) {
        describe(cache, row, got);
        if (slice_equal(buffer_slice(got), buffer_slice(want)))
            continue;
        print_message("%s\n  want %s\n  got  %s (sight %d)\n", row->text, buffer_text(want),
                      buffer_text(got), sight);
        holds = false;
    }
    return holds;
}

void sql_check_rows(const struct sql_row *rows, size_t count)
{
    struct sql_cache *cache = sql_cache_new(1024);
    struct buffer got, want;
    size_t wrong = 0;
    buffer_init(&got, TEXT_MAX);
    buffer_init(&want, TEXT_MAX);
    for (size_t i = 0; i < count; i++)
        wrong += !row_holds(cache, &rows[i], &got, &want);
    buffer_release(&got);
    buffer_release(&want);
    sql_cache_free(&cache);
    assert_int_equal(wrong, 0);
}
