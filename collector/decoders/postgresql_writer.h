/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text written into a run of bytes of fixed size; what does not fit marks it full. And the writers
 * of single PostgreSQL types: each reads one whole value and writes the server's text of it, and
 * fails the reader where the value is not of its type.
 */
#ifndef COLLECTOR_DECODERS_POSTGRESQL_WRITER_H
#define COLLECTOR_DECODERS_POSTGRESQL_WRITER_H

#include "base/reader.h"

struct pg_writer {
    uint8_t *ptr;
    size_t len, size;
    bool full;
};

static inline void pg_write(struct pg_writer *w, struct slice s)
{
    if (s.len > w->size - w->len) {
        w->full = true;
        return;
    }
    if (s.len)
        memcpy(w->ptr + w->len, s.ptr, s.len);
    w->len += s.len;
}

static inline void pg_write_byte(struct pg_writer *w, uint8_t byte)
{
    pg_write(w, slice_make(&byte, 1));
}

void pg_write_format(struct pg_writer *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pg_write_hex(struct pg_writer *w, struct slice bytes);

void pg_write_float4(struct pg_writer *w, struct reader *r);
void pg_write_float8(struct pg_writer *w, struct reader *r);
void pg_write_numeric(struct pg_writer *w, struct reader *r);

void pg_write_date(struct pg_writer *w, struct reader *r);
void pg_write_time(struct pg_writer *w, struct reader *r);
void pg_write_timetz(struct pg_writer *w, struct reader *r);
void pg_write_timestamp(struct pg_writer *w, struct reader *r);
void pg_write_timestamptz(struct pg_writer *w, struct reader *r);
void pg_write_interval(struct pg_writer *w, struct reader *r);

#endif
