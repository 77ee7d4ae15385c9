/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The directory, the settings and the answer key of the simulated lender.
 */
#include "sim/output.h"

#include "base/clock.h"
#include "base/file.h"
#include "sim/insiders.h"

#include <inttypes.h>

static const char assets_yaml[] =
    "assets:\n"
    "  - name: crm\n"
    "    kind: application\n"
    "    addresses: ['10.30.0.10:8080']\n"
    "    protocol: http\n"
    "    assignments: true\n"
    "    http:\n"
    "      session_cookies: [CRMSESSID]\n"
    "      urls:\n"
    "        - {url: '/crm/customer/{id}', methods: [GET], action: view, class: C2, subject: id, "
    "space: customer, "
    "sequence: true}\n"
    "        - {url: '/crm/customer/{id}/documents', action: read, class: C3, subject: id, space: "
    "customer, "
    "sequence: true}\n"
    "        - {url: '/crm/search', action: search, class: C1}\n"
    "        - {url: '/crm/export.csv', action: download, class: C2}\n"
    "  - name: loans\n"
    "    kind: database\n"
    "    addresses: ['10.30.0.20:5432']\n"
    "    protocol: postgresql\n"
    "    objects:\n"
    "      - name: customers\n"
    "        columns: {id: {class: C1, subject: customer, sequence: true}, full_name: C2, phone: "
    "C2, id_card: C2}\n"
    "      - {name: loans, class: C1}\n"
    "      - {name: repayments, class: C1}\n"
    "  - name: scoring\n"
    "    kind: database\n"
    "    addresses: ['10.30.0.21:3306']\n"
    "    protocol: mysql\n"
    "    objects:\n"
    "      - {name: scores, class: C1}\n";

static const char dwell_yaml[] =
    "# Settings of the simulated lender; every setting: dwell check --help\n"
    "site:\n"
    "  name: Sample lender\n"
    "  key_file: site.key\n"
    "  timezone: '+08:00'\n"
    "state_dir: state\n"
    "directory: directory\n";

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
    char hired[16], left[16] = "", ip[16];
    int64_t first = o->options.first_day;
    const struct role *role = organisation_role(e, o->options.days);
    unsigned start = role->starts[e->shift], end = start + role->minutes;
    date_text(e->joins ? first + e->joins : first - 200 - e->number * 3, hired);
    if (e->leaves != UINT32_MAX)
        date_text(first + e->leaves, left);
    organisation_address(e->workstation, ip);
    buffer_append_format(csv, "%s,%s,%s,%s,,%s,%s,%02u:%02u-%02u:%02u,%s\n", e->id, e->account,
                         role->department, role->name, hired, left, start / 60, start % 60,
                         end / 60 % 24, end % 60, ip);
}

static void add_accounts(struct buffer *csv, const struct employee *e)
{
    static const char *const assets[] = {"crm", "loans", "scoring"};
    for (size_t i = 0; i < 3; i++)
        buffer_append_format(csv, "%s,%s,%s,,\n", assets[i], e->account, e->id);
}

static void add_assignments(struct buffer *csv, const struct organisation *o,
                            const struct employee *e)
{
    char from[16], to[16];
    for (unsigned day = 0; day < o->options.days; day++) {
        const struct role *role = organisation_role(e, day);
        bool first = role->case_days == 1 || day % role->case_days == 0 || day == e->change_day;
        if (role->cases == 0 || !first)
            continue;
        unsigned last = day - day % role->case_days + role->case_days - 1;
        date_text(o->options.first_day + day, from);
        date_text(o->options.first_day + last, to);
        for (unsigned i = 0; i < role->cases; i++)
            buffer_append_format(csv, "%s,customer:%u,%s,%s\n", e->id,
                                 organisation_customer_id(organisation_case(o, e, day, i)), from,
                                 to);
    }
}

static void add_answer(struct buffer *csv, const struct organisation *o, const struct employee *e)
{
    static const char *const strengths[] = {"", "subtle", "moderate", "obvious"};
    char from[16], to[16];
    if (e->behaviour == 0)
        return;
    const struct behaviour *b = &behaviours[e->behaviour - 1];
    buffer_append_format(csv, "%s,%s,%s,%s,%s,%s\n", e->id, b->name, strengths[e->strength],
                         date_text(o->options.first_day + e->bad_from, from),
                         date_text(o->options.first_day + e->bad_to - 1, to), b->meaning);
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

enum status output_directory(const struct organisation *o, const char *folder, struct fault *fault)
{
    enum { EMPLOYEES, ACCOUNTS, ASSIGNMENTS, ANSWERS, KEY, FILES };
    static const struct {
        const char *name, *header;
    } files[FILES] = {
        [EMPLOYEES] = {"directory/employees.csv",
                       "id,name,department,role,manager,hired,left,shift,workstation\n"},
        [ACCOUNTS] = {"directory/accounts.csv", "asset,account,employee,from,to\n"},
        [ASSIGNMENTS] = {"directory/assignments.csv", "employee,subject,from,to\n"},
        [ANSWERS] = {"answer-key.csv", "employee,behaviour,strength,from,to,meaning\n"},
        [KEY] = {"site.key", ""},
    };
    struct buffer content[FILES];
    for (int i = 0; i < FILES; i++) {
        buffer_init(&content[i], (size_t)1 << 31);
        buffer_append_text(&content[i], files[i].header);
    }
    for (unsigned i = 0; i < o->count; i++) {
        add_employee(&content[EMPLOYEES], o, &o->employees[i]);
        add_accounts(&content[ACCOUNTS], &o->employees[i]);
        add_assignments(&content[ASSIGNMENTS], o, &o->employees[i]);
        add_answer(&content[ANSWERS], o, &o->employees[i]);
    }
    add_key(&content[KEY], o);
    enum status status = save(folder, "directory/assets.yaml", slice_from(assets_yaml), fault);
    if (status == STATUS_OK)
        status = save(folder, "dwell.yaml", slice_from(dwell_yaml), fault);
    for (int i = 0; i < FILES; i++) {
        if (status == STATUS_OK)
            status = buffer_status(&content[i]);
        if (status == STATUS_OK)
            status = save(folder, files[i].name, buffer_slice(&content[i]), fault);
        buffer_release(&content[i]);
    }
    return status;
}
