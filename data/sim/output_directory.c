/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The directory, the settings and the answer key of the simulated lender.
 */
#include "sim/output.h"

#include "base/clock.h"
#include "base/file.h"
#include "sim/behaviours.h"

#include <inttypes.h>
#include <stdio.h>

/* Lines that differ: @A with assignments only, @U a page about one customer, @D the customers'
 * columns. */
static const char *const assets_yaml[] = {
    "assets:\n"
    "  - name: crm\n"
    "    kind: application\n"
    "    addresses: ['10.30.0.10:8080']\n"
    "    protocol: http\n",
    "@A    assignments: true\n",
    "    http:\n"
    "      session_cookies: [CRMSESSID]\n"
    "      urls:\n",
    "@U '/crm/customer/{id}', methods: [GET], action: view, class: C2",
    "@U '/crm/v2/person/{id}', methods: [GET], action: view, class: C2",
    "@U '/crm/customer/{id}/documents', action: read, class: C3",
    "@U '/crm/customer/{id}/notes', methods: [POST], action: write, class: C1",
    "@U '/crm/v2/person/{id}/notes', methods: [POST], action: write, class: C1",
    "@U '/crm/customer/{id}/terms', methods: [PUT], action: write, class: C2",
    "        - {url: '/crm/search', action: search, class: C1}\n"
    "        - {url: '/crm/export.csv', action: download, class: C2}\n"
    "  - name: loans\n"
    "    kind: database\n"
    "    addresses: ['10.30.0.20:5432']\n"
    "    protocol: postgresql\n"
    "    objects:\n"
    "      - name: customers\n",
    "@D",
    "      - {name: loans, class: C1}\n"
    "      - {name: repayments, class: C1}\n"
    "      - {name: ledger.repayments, class: C1}\n"
    "  - name: scoring\n"
    "    kind: database\n"
    "    addresses: ['10.30.0.21:3306']\n"
    "    protocol: mysql\n"
    "    objects:\n"
    "      - {name: scores, class: C1}\n",
};

static const char dwell_yaml[] =
    "# Settings of the simulated lender; every setting: dwell check --help\n"
    "site:\n"
    "  name: Sample lender\n"
    "  key_file: site.key\n"
    "  timezone: '+08:00'\n"
    "state_dir: state\n"
    "directory: directory\n";

static void add_assets(struct buffer *yaml, const struct organisation *o)
{
    const char *numbers = o->options.ids == SIM_IDS_numeric ? ", sequence: true" : "";
    const char *rows = o->options.ids == SIM_IDS_uuid ? "" : ", sequence: true";
    for (size_t i = 0; i < sizeof assets_yaml / sizeof *assets_yaml; i++) {
        const char *line = assets_yaml[i];
        if (line[0] != '@')
            buffer_append_text(yaml, line);
        else if (line[1] == 'A' && !o->options.no_assignments)
            buffer_append_text(yaml, line + 2);
        else if (line[1] == 'U')
            buffer_append_format(yaml, "        - {url:%s, subject: id, space: customer%s}\n",
                                 line + 2, numbers);
        else if (line[1] == 'D')
            buffer_append_format(yaml,
                                 "        columns: {id: {class: C1, subject: customer%s}, "
                                 "full_name: C2, phone: C2, id_card: C2}\n",
                                 rows);
    }
}

static const char *date_text(int64_t day, char text[16])
{
    int year;
    unsigned month, date;
    civil_from_days(day, &year, &month, &date);
    snprintf(text, 16, "%04d-%02u-%02u", year % 10000, month % 100, date % 100);
    return text;
}

static void add_employee(struct buffer *csv, const struct organisation *o, const struct employee *e)
{
    char hired[16], left[16] = "", ip[16] = "";
    int64_t first = o->options.first_day;
    const struct role *role = &roles[e->role];
    unsigned start = role->starts[e->shift], end = start + role->minutes;
    date_text(e->joins ? first + e->joins : first - 200 - e->number * 3, hired);
    if (e->leaves != UINT32_MAX)
        date_text(first + e->leaves, left);
    if (!e->hot_desk)
        organisation_address(e->workstation, ip);
    buffer_append_format(csv, "%s,%s,%s,%s,,%s,%s,%02u:%02u-%02u:%02u,%s\n", e->id, e->account,
                         role->department, role->name, hired, left, start / 60, start % 60,
                         end / 60 % 24, end % 60, ip);
}

static void add_change(struct buffer *csv, const struct organisation *o, const struct employee *e)
{
    char date[16];
    const struct role *role = &roles[e->later_role];
    if (e->change_day < o->options.days && e->announced)
        buffer_append_format(csv, "%s,%s,%s,%s\n", e->id,
                             date_text(o->options.first_day + e->change_day, date),
                             role->department, role->name);
}

static void add_accounts(struct buffer *csv, const struct organisation *o, const struct employee *e)
{
    static const char *const assets[] = {"crm", "loans", "scoring"};
    (void)o;
    for (size_t i = 0; i < 3; i++)
        buffer_append_format(csv, "%s,%s,%s,,\n", assets[i], e->account, e->id);
}

/* One batch of cases of `owner`, assigned to `e` between two days. */
static void add_batch(struct buffer *csv, const struct organisation *o, const struct employee *e,
                      const struct employee *owner, unsigned day, unsigned last)
{
    char from[16], to[16], subject[SUBJECT_TEXT];
    const struct role *role = organisation_role(owner, day);
    date_text(o->options.first_day + day, from);
    date_text(o->options.first_day + last, to);
    for (unsigned i = 0; i < role->cases; i++) {
        organisation_subject(o, true, organisation_case(o, owner, day, i), subject);
        buffer_append_format(csv, "%s,%s,%s,%s\n", e->id, subject, from, to);
    }
}

static void add_assignments(struct buffer *csv, const struct organisation *o,
                            const struct employee *e)
{
    for (unsigned day = 0; day < o->options.days; day++) {
        const struct role *role = organisation_role(e, day);
        bool first = role->case_days == 1 || day % role->case_days == 0 || day == e->change_day;
        if (role->cases > 0 && first)
            add_batch(csv, o, e, e, day, day - day % role->case_days + role->case_days - 1);
    }
    if (e->covers == NOBODY || !e->cover_assigned)
        return;
    const struct employee *away = &o->employees[e->covers];
    for (unsigned day = away->leave_from; day < away->leave_to; day++)
        add_batch(csv, o, e, away, day, day);
}

static void add_calendar(struct buffer *csv, const struct organisation *o)
{
    char date[16];
    unsigned day = calendar_at(&o->options, CALENDAR_holiday);
    buffer_append_format(csv, "%s,free\n", date_text(o->options.first_day + day, date));
}

static enum status save(const char *folder, const char *name, struct slice content,
                        struct fault *fault)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    enum status status = file_replace(path, content, 0640);
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "cannot be written: %s", status_text(status));
    return status;
}

static void add_key(struct buffer *text, const struct organisation *o)
{
    struct chance c = chance_of(o->options.seed, 31, 31);
    for (int i = 0; i < 4; i++)
        buffer_append_format(text, "%016" PRIx64, chance_next(&c));
    buffer_append_byte(text, '\n');
}

static void add_settings(struct buffer *text, const struct organisation *o)
{
    (void)o;
    buffer_append_text(text, dwell_yaml);
}

typedef void add_whole(struct buffer *, const struct organisation *);
typedef void add_person(struct buffer *, const struct organisation *, const struct employee *);

/* A file: a header, then what is said of all, then of each employee. */
struct file_row {
    const char *name, *header;
    add_whole *whole;
    add_person *person;
};

static enum status write_file(const struct organisation *o, const char *folder,
                              const struct file_row *file, struct fault *fault)
{
    struct buffer content;
    buffer_init(&content, (size_t)1 << 31);
    buffer_append_text(&content, file->header);
    if (file->whole)
        file->whole(&content, o);
    for (unsigned i = 0; file->person && i < o->count; i++)
        file->person(&content, o, &o->employees[i]);
    enum status status = buffer_status(&content);
    if (status == STATUS_OK)
        status = save(folder, file->name, buffer_slice(&content), fault);
    buffer_release(&content);
    return status;
}

enum status output_directory(const struct organisation *o, const char *folder, struct fault *fault)
{
    static const struct file_row files[] = {
        {"directory/employees.csv",
         "id,name,department,role,manager,hired,left,shift,workstation\n", NULL, add_employee},
        {"directory/changes.csv", "employee,date,department,role\n", NULL, add_change},
        {"directory/accounts.csv", "asset,account,employee,from,to\n", NULL, add_accounts},
        {"directory/calendar.csv", "date,kind\n", add_calendar, NULL},
        {"directory/assets.yaml", "", add_assets, NULL},
        {"site.key", "", add_key, NULL},
        {"dwell.yaml", "", add_settings, NULL},
    };
    static const struct file_row assignments = {
        "directory/assignments.csv", "employee,subject,from,to\n", NULL, add_assignments};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof files / sizeof *files; i++)
        status = write_file(o, folder, &files[i], fault);
    if (status == STATUS_OK && !o->options.no_assignments)
        status = write_file(o, folder, &assignments, fault);
    return status;
}

/* The first and last day with acts; false where there was none. */
static bool acted_between(const struct organisation *o, const struct employee *e, unsigned *first,
                          unsigned *last)
{
    *first = *last = NOBODY;
    for (unsigned day = 0; day < o->options.days; day++)
        if (e->acted[day]) {
            *first = *first == NOBODY ? day : *first;
            *last = day;
        }
    return *first != NOBODY;
}

static void add_answer(struct buffer *csv, const struct organisation *o, const struct employee *e)
{
    static const char *const strengths[] = {"", "subtle", "moderate", "obvious"};
    char from[16], to[16];
    unsigned first, last;
    if (e->behaviour == 0 || !acted_between(o, e, &first, &last))
        return;
    const struct behaviour *b = &behaviours[e->behaviour - 1];
    buffer_append_format(csv, "%s,%s,%s,%s,%s,%s\n", e->id, b->name, strengths[e->strength],
                         date_text(o->options.first_day + first, from),
                         date_text(o->options.first_day + last, to), b->meaning);
}

static void add_answer_days(struct buffer *csv, const struct organisation *o,
                            const struct employee *e)
{
    char date[16];
    for (unsigned day = 0; day < o->options.days; day++)
        if (e->acted[day])
            buffer_append_format(csv, "%s,%s,%s\n", e->id,
                                 date_text(o->options.first_day + day, date),
                                 behaviours[e->behaviour - 1].name);
}

enum status output_answers(const struct organisation *o, const char *folder, struct fault *fault)
{
    static const struct file_row key = {
        "answer-key.csv", "employee,behaviour,strength,from,to,meaning\n", NULL, add_answer};
    static const struct file_row days = {"answer-days.csv", "employee,day,behaviour\n", NULL,
                                         add_answer_days};
    enum status status = write_file(o, folder, &key, fault);
    return status == STATUS_OK ? write_file(o, folder, &days, fault) : status;
}
