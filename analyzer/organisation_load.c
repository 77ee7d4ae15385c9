/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading the directory's CSV files: docs/directory.md.
 */
#include "analyzer/organisation_tables.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 10 };

struct loading {
    struct organisation *o;
    const struct event_site_key *site;
    struct csv csv;
    size_t columns[COLUMNS_MAX];
    struct fault *fault;
};

/* One file: the columns it must have (and may have, after the first `needed`), and what a record
 * does. */
struct file_row {
    const char *name;
    bool optional;
    size_t needed;
    const char *columns[COLUMNS_MAX];
    enum status (*record)(struct loading *l);
};

static struct slice field(const struct loading *l, size_t column)
{
    return slice_trim(csv_field(&l->csv, l->columns[column]));
}

static struct slice kept(struct loading *l, size_t column)
{
    return arena_copy(&l->o->texts, field(l, column));
}

static enum status read_day(struct loading *l, size_t column, int32_t otherwise, int32_t *day)
{
    int64_t ns;
    struct slice text = field(l, column);
    *day = otherwise;
    if (text.len == 0)
        return STATUS_OK;
    if (text.len != 10 || !time_parse(text, &ns))
        return csv_fault(&l->csv, l->fault, "not a date: write it as 2026-11-21");
    *day = (int32_t)(ns / NS_PER_DAY - (ns % NS_PER_DAY < 0));
    return STATUS_OK;
}

/* The next row of an array, zeroed; NULL (and the fault) when there is no room. */
static void *add_row(struct loading *l, void *array, size_t *count, size_t *capacity, size_t size)
{
    void **rows = array;
    if (*count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 64;
        void *bigger = more <= ORGANISATION_ROWS_MAX ? realloc(*rows, more * size) : NULL;
        if (!bigger) {
            csv_fault(&l->csv, l->fault, "too many records");
            return NULL;
        }
        *rows = bigger;
        *capacity = more;
    }
    return memset((uint8_t *)*rows + (*count)++ * size, 0, size);
}

static enum status employee_record(struct loading *l)
{
    enum { ID, DEPARTMENT, ROLE, NAME, MANAGER, HIRED, LEFT };
    struct organisation *o = l->o;
    if (field(l, ID).len == 0 || field(l, ID).len > 64)
        return csv_fault(&l->csv, l->fault, "an id has 1 to 64 bytes");
    struct employee_row *row =
        add_row(l, &o->employees, &o->employee_count, &o->employee_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    row->employee =
        (struct employee){.id = kept(l, ID), .name = kept(l, NAME), .manager = kept(l, MANAGER)};
    row->post = (struct post){.role = kept(l, ROLE), .department = kept(l, DEPARTMENT)};
    enum status status = read_day(l, HIRED, INT32_MIN, &row->employee.hired);
    return status == STATUS_OK ? read_day(l, LEFT, INT32_MAX, &row->employee.left) : status;
}

/* The second reading of employees.csv, when places by id are known: several workstations are
 * separated by blanks or semicolons. */
static enum status workstation_record(struct loading *l)
{
    enum { ID, WORKSTATION };
    struct organisation *o = l->o;
    const struct employee *e = organisation_find(o, field(l, ID));
    struct slice rest = field(l, WORKSTATION);
    while (e && rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != ';')
            end++;
        if (end > 0) {
            struct workstation_row *row = add_row(l, &o->workstations, &o->workstation_count,
                                                  &o->workstation_capacity, sizeof *row);
            if (!row)
                return STATUS_LIMIT;
            *row = (struct workstation_row){hash64(slice_part(rest, 0, end)), e->index};
        }
        rest = slice_part(rest, end + 1, SIZE_MAX);
    }
    return STATUS_OK;
}

static enum status change_record(struct loading *l)
{
    enum { EMPLOYEE, DATE, DEPARTMENT, ROLE };
    struct organisation *o = l->o;
    struct change_row *row =
        add_row(l, &o->changes, &o->change_count, &o->change_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    row->employee = kept(l, EMPLOYEE);
    row->post = (struct post){.role = kept(l, ROLE), .department = kept(l, DEPARTMENT)};
    return read_day(l, DATE, 0, &row->day);
}

static enum status account_record(struct loading *l)
{
    enum { ASSET, ACCOUNT, EMPLOYEE, FROM, TO };
    struct organisation *o = l->o;
    struct account_row *row =
        add_row(l, &o->accounts, &o->account_count, &o->account_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    struct slice employee = kept(l, EMPLOYEE);
    *row = (struct account_row){
        .key = hash64(field(l, ACCOUNT)), .asset = kept(l, ASSET), .employee = employee};
    row->kind = slice_equal(employee, SLICE("shared"))    ? ENTITY_SHARED
                : slice_equal(employee, SLICE("service")) ? ENTITY_SERVICE
                                                          : ENTITY_PERSON;
    if (row->kind == ENTITY_PERSON && !organisation_find(o, employee))
        return csv_fault(
            &l->csv, l->fault,
            "the employee is not in employees.csv: add him, or write shared or service");
    enum status status = read_day(l, FROM, INT32_MIN, &row->first);
    return status == STATUS_OK ? read_day(l, TO, INT32_MAX, &row->last) : status;
}

/* Few, and mostly the one before. */
static void note_space(struct organisation *o, struct slice space)
{
    for (size_t i = o->space_count; i-- > 0;)
        if (slice_equal(o->spaces[i], space))
            return;
    if (o->space_count < STORE_SPACES_MAX)
        o->spaces[o->space_count++] = arena_copy(&o->texts, space);
}

/* "id" or "space:id". */
static uint64_t subject_id(const struct loading *l, struct slice text)
{
    if (!l->site)
        return hash64(text);
    uint8_t hash[16];
    size_t colon = text.len;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ':')
            colon = i;
    bool spaced = colon < text.len;
    if (spaced)
        note_space(l->o, slice_part(text, 0, colon));
    event_subject_hash(l->site, spaced ? slice_part(text, 0, colon) : SLICE(""),
                       spaced ? slice_part(text, colon + 1, SIZE_MAX) : text, hash);
    return organisation_subject_id(hash);
}

static enum status assignment_record(struct loading *l)
{
    enum { EMPLOYEE, SUBJECT, FROM, TO };
    struct organisation *o = l->o;
    struct span_row *row = add_row(l, &o->spans, &o->span_count, &o->span_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    row->key = organisation_span_key(field(l, EMPLOYEE), subject_id(l, field(l, SUBJECT)));
    enum status status = read_day(l, FROM, INT32_MIN, &row->first);
    return status == STATUS_OK ? read_day(l, TO, INT32_MAX, &row->last) : status;
}

static enum status calendar_record(struct loading *l)
{
    enum { DATE, KIND };
    struct organisation *o = l->o;
    struct slice kind = field(l, KIND);
    struct day_row *row = add_row(l, &o->days, &o->day_count, &o->day_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    row->free = slice_equal(kind, SLICE("free"));
    if (!row->free && !slice_equal(kind, SLICE("working")))
        return csv_fault(&l->csv, l->fault, "a kind is free or working");
    return read_day(l, DATE, 0, &row->day);
}

static bool missing_bit(struct slice code, uint32_t *bits)
{
    enum term term;
    if (slice_equal(code, SLICE("dist")))
        *bits |= MISSING_DIST;
    else if (slice_equal(code, SLICE("vol")))
        *bits |= MISSING_VOL;
    else if (term_find(code, &term))
        *bits |= 1u << term;
    else
        return false;
    return true;
}

static enum status missing_record(struct loading *l)
{
    enum { DATE, CODES };
    struct organisation *o = l->o;
    struct missing_row *row =
        add_row(l, &o->missing, &o->missing_count, &o->missing_capacity, sizeof *row);
    if (!row)
        return STATUS_LIMIT;
    for (struct slice rest = field(l, CODES); rest.len > 0; rest = slice_trim(rest)) {
        size_t end = slice_find(rest, ' ', 0);
        if (!missing_bit(slice_part(rest, 0, end), &row->bits))
            return csv_fault(&l->csv, l->fault, "not a measure: write codes of terms, dist or vol");
        rest = slice_part(rest, end, SIZE_MAX);
    }
    return read_day(l, DATE, 0, &row->day);
}

static int by_employee(const void *a, const void *b)
{
    return slice_compare(((const struct employee_row *)a)->employee.id,
                         ((const struct employee_row *)b)->employee.id);
}

static int by_change_day(const void *a, const void *b)
{
    const struct change_row *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void sort(void *rows, size_t count, size_t size, int (*order)(const void *, const void *))
{
    if (count > 1)
        qsort(rows, count, size, order);
}

static enum status sort_employees(struct loading *l)
{
    struct organisation *o = l->o;
    sort(o->employees, o->employee_count, sizeof *o->employees, by_employee);
    for (size_t i = 0; i < o->employee_count; i++) {
        o->employees[i].employee.index = i;
        if (i > 0 && by_employee(&o->employees[i - 1], &o->employees[i]) == 0) {
            fault_set(l->fault, "employees.csv", 0, 0, "the id %.*s is there twice: keep one",
                      (int)o->employees[i].employee.id.len,
                      (const char *)o->employees[i].employee.id.ptr);
            return STATUS_INVALID;
        }
    }
    return STATUS_OK;
}

static enum status read_records(struct loading *l, const struct file_row *file, struct slice text)
{
    enum status status = csv_open(&l->csv, text, file->name, l->fault);
    for (size_t i = 0; status == STATUS_OK && i < COLUMNS_MAX && file->columns[i]; i++) {
        l->columns[i] = csv_column(&l->csv, file->columns[i]);
        if (i < file->needed && l->columns[i] == CSV_NO_COLUMN) {
            fault_set(l->fault, file->name, 1, 0, "no column %s: add it to the header",
                      file->columns[i]);
            status = STATUS_INVALID;
        }
    }
    while (status == STATUS_OK && (status = csv_next(&l->csv, l->fault)) == STATUS_OK)
        status = file->record(l);
    csv_release(&l->csv);
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status read_file(struct loading *l, const char *folder, const struct file_row *file)
{
    char path[4096 + 64];
    struct buffer text;
    buffer_init(&text, ORGANISATION_FILE_MAX);
    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    enum status status = file_read(path, &text);
    if (status == STATUS_OK)
        status = read_records(l, file, buffer_slice(&text));
    else if (status == STATUS_NOT_FOUND && file->optional)
        status = STATUS_OK;
    else
        fault_set(l->fault, path, 0, 0, "%s: check directory in the settings", status_text(status));
    buffer_release(&text);
    return status;
}

static const struct file_row employees_file = {
    "employees.csv",
    false,
    3,
    {"id", "department", "role", "name", "manager", "hired", "left"},
    employee_record};
static const struct file_row workstations_file = {
    "employees.csv", false, 1, {"id", "workstation"}, workstation_record};
static const struct file_row other_files[] = {
    {"changes.csv", true, 4, {"employee", "date", "department", "role"}, change_record},
    {"accounts.csv", true, 3, {"asset", "account", "employee", "from", "to"}, account_record},
    {"assignments.csv", true, 2, {"employee", "subject", "from", "to"}, assignment_record},
    {"calendar.csv", true, 2, {"date", "kind"}, calendar_record},
    {"missing.csv", true, 2, {"date", "codes"}, missing_record},
};

static enum status read_all(struct loading *l, const char *folder)
{
    enum status status = read_file(l, folder, &employees_file);
    if (status == STATUS_OK)
        status = sort_employees(l);
    if (status == STATUS_OK)
        status = read_file(l, folder, &workstations_file);
    for (size_t i = 0; status == STATUS_OK && i < sizeof other_files / sizeof *other_files; i++)
        status = read_file(l, folder, &other_files[i]);
    return status;
}

enum status organisation_load(struct organisation **o, const char *folder,
                              const struct event_site_key *site, struct fault *fault)
{
    struct organisation *made = calloc(1, sizeof *made);
    struct loading l = {.o = made, .site = site, .fault = fault};
    *o = made;
    if (!made)
        return STATUS_NO_MEMORY;
    arena_init(&made->texts, ORGANISATION_TEXT_MAX);
    enum status status = folder && *folder ? read_all(&l, folder) : STATUS_OK;
    if (status != STATUS_OK) {
        organisation_free(o);
        return status;
    }
    sort(made->changes, made->change_count, sizeof *made->changes, by_change_day);
    sort(made->workstations, made->workstation_count, sizeof *made->workstations, by_key);
    sort(made->accounts, made->account_count, sizeof *made->accounts, by_key);
    sort(made->spans, made->span_count, sizeof *made->spans, by_key);
    return STATUS_OK;
}
