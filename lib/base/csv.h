/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reads CSV (RFC 4180) with a header line: comma, double quotes, CRLF or LF, UTF-8 with or without
 * a byte order mark. Strict: every record has as many fields as the header; a quote inside an
 * unquoted field, ill-formed UTF-8 and a header with an empty or repeated name are errors. Lines
 * without any character are passed over.
 *
 *     enum status status = csv_open(&csv, text, "employees.csv", &fault);
 *     while (status == STATUS_OK && (status = csv_next(&csv, &fault)) == STATUS_OK)
 *         use(csv_field(&csv, id), csv.line);
 *     ok = status == STATUS_END;
 *     csv_release(&csv);
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/reader.h"
#include "base/status.h"

enum {
    CSV_MAX_COLUMNS = 256,
    CSV_MAX_RECORD = 1 << 20 /* bytes of one record */
};

#define CSV_NO_COLUMN SIZE_MAX

struct csv {
    const char *name; /* the file's, for faults */
    struct reader at;
    size_t line;      /* on which the record of csv_next() began, from 1 */
    size_t next_line; /* on which the next begins */
    size_t columns;
    struct slice header[CSV_MAX_COLUMNS];
    struct slice fields[CSV_MAX_COLUMNS];
    size_t field_count;
    struct arena names;  /* the header's text */
    struct arena record; /* fields that held doubled quotes */
};

/* Reads the header. The text must outlive the reader. On failure the fault says why; csv_release()
 * is safe after it. */
enum status csv_open(struct csv *csv, struct slice text, const char *name, struct fault *fault);
void csv_release(struct csv *csv);

/* The index of a named column, or CSV_NO_COLUMN. Names are compared exactly. */
size_t csv_column(const struct csv *csv, const char *name);

/* The next record: STATUS_OK, STATUS_END, or an error with its fault, after which only
 * csv_release() may follow. */
enum status csv_next(struct csv *csv, struct fault *fault);

/* A field of the record, valid until the next csv_next(); empty for CSV_NO_COLUMN. */
struct slice csv_field(const struct csv *csv, size_t column);

/* "file:line: what" for the record; returns STATUS_INVALID, to be passed on. */
enum status csv_fault(const struct csv *csv, struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
