/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Acts as event JSON (docs/event-format.md), which is what the decoders would have printed, and as
 * lines of the application's access log.
 */
#include "sim/output.h"

#include "base/clock.h"
#include "base/json_write.h"

#include <stdio.h>
#include <string.h>

struct place {
    const char *asset, *ip, *protocol;
    int port;
};

static const struct place places[] = {
    {"crm", "10.30.0.10", "http", 8080},
    {"loans", "10.30.0.20", "postgresql", 5432},
    {"scoring", "10.30.0.21", "mysql", 3306},
};

/* What a migration renames. */
static const struct {
    const char *before, *after;
} renamed[] = {
    {"/crm/customer/{id}", "/crm/v2/person/{id}"},
    {"/crm/customer/{id}/notes", "/crm/v2/person/{id}/notes"},
    {"GET /crm/customer/{id}", "GET /crm/v2/person/{id}"},
    {"POST /crm/customer/{id}/notes", "POST /crm/v2/person/{id}/notes"},
    {"repayments", "ledger.repayments"},
};

static const char *name_of(const struct day *day, const char *name)
{
    if (!calendar_migrated(&day->organisation->options, day->index))
        return name;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (slice_equal(slice_from(name), slice_from(renamed[i].before)))
            return renamed[i].after;
    return name;
}

/* Browsers update themselves, a part of the staff each day; the data team changes its tool. */
static void program_of(const struct day *day, const struct act *act, const struct place *place,
                       char text[96])
{
    const struct employee *e = act->employee;
    bool crm = place == &places[0];
    bool new_tool = calendar_new_tool(&day->organisation->options, day->index) &&
                    organisation_role(e, day->index) == &roles[ROLE_ANALYST];
    if (act->program == PROGRAM_SCRIPT)
        snprintf(text, 96, "python-requests/2.31.0");
    else if (crm)
        snprintf(text, 96, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/%u.0.0.0",
                 126 + (day->index + e->number % 14) / 28);
    else if (new_tool)
        snprintf(text, 96, "DBeaver 24.1.%u", day->index / 14);
    else
        snprintf(text, 96, "%s", place == &places[1] ? "psql" : "mariadb");
}

static const struct place *place_of(const struct act_kind *kind)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (slice_equal(slice_from(places[i].asset), slice_from(kind->asset)))
            return &places[i];
    return &places[0];
}

static void address(struct json_writer *w, const char *key, const char *ip, int64_t port)
{
    json_write_key(w, key);
    json_write_object_open(w);
    json_write_key(w, "ip");
    json_write_text(w, ip);
    json_write_key(w, "port");
    json_write_integer(w, port);
    json_write_object_close(w);
}

static void text(struct json_writer *w, const char *key, const char *value)
{
    json_write_key(w, key);
    json_write_text(w, value);
}

static void object(struct json_writer *w, const char *name)
{
    json_write_key(w, "objects");
    json_write_array_open(w);
    json_write_object_open(w);
    text(w, "name", name);
    json_write_object_close(w);
    json_write_array_close(w);
}

static void who(struct json_writer *w, const struct day *day, const struct act *act,
                const struct place *place, uint64_t seq)
{
    char session[48], client[16], program[96];
    const struct employee *e = act->employee;
    snprintf(session, sizeof session, "%s-%u-%u-%s", e->id, day->index, act->session, place->asset);
    organisation_address(act->workstation, client);
    text(w, "session", session);
    json_write_key(w, "seq");
    json_write_unsigned(w, seq);
    address(w, "client", client,
            40000 + (int64_t)(e->number * 31 + day->index * 7 + act->session) % 20000);
    address(w, "server", place->ip, place->port);
    text(w, "protocol", place->protocol);
    text(w, "account", e->account);
    program_of(day, act, place, program);
    text(w, "program", program);
}

static void subjects(struct json_writer *w, const struct day *day, const struct act *act)
{
    bool application = place_of(&act_kinds[act->code]) == &places[0];
    json_write_key(w, "subjects");
    json_write_unsigned(w, act->subject_count);
    if (act->subject_count == 0)
        return;
    json_write_key(w, "subject_ids");
    json_write_array_open(w);
    for (unsigned i = 0; i < act->subject_count; i++) {
        char id[SUBJECT_TEXT];
        organisation_subject(day->organisation, application, day->subjects[act->first_subject + i],
                             id);
        json_write_text(w, id);
    }
    json_write_array_close(w);
}

/* With the account in the place of {account}. */
static void statement(struct json_writer *w, const struct act *act, const char *pattern)
{
    static const char mark[] = "{account}";
    char made[400];
    const char *at = strstr(pattern, mark);
    if (!at) {
        text(w, "statement", pattern);
        return;
    }
    snprintf(made, sizeof made, "%.*s%s%s", (int)(at - pattern), pattern, act->employee->account,
             at + strlen(mark));
    text(w, "statement", made);
}

static void what(struct json_writer *w, const struct day *day, const struct act *act)
{
    const struct act_kind *kind = &act_kinds[act->code];
    text(w, "action", kind->action);
    statement(w, act, name_of(day, kind->statement));
    object(w, name_of(day, kind->object));
    text(w, "outcome", act->failed ? "failure" : "success");
    if (act->failed)
        return;
    json_write_key(w, "rows");
    json_write_unsigned(w, act->rows);
    json_write_key(w, "bytes");
    json_write_unsigned(w, 900 + UINT64_C(62) * act->rows);
    if (kind->class > 0 && act->rows > 0) {
        static const char *const names[] = {"C0", "C1", "C2", "C3"};
        json_write_key(w, "classes");
        json_write_object_open(w);
        json_write_key(w, names[kind->class]);
        json_write_unsigned(w, act->rows);
        json_write_object_close(w);
    }
    subjects(w, day, act);
}

enum status output_event(struct buffer *line, const struct day *day, const struct act *act,
                         uint64_t seq)
{
    char time[40];
    const struct place *place = place_of(&act_kinds[act->code]);
    struct json_writer w = json_write_to(line);
    time_format(act->time_ns, 9, time, sizeof time);
    json_write_object_open(&w);
    text(&w, "time", time);
    json_write_key(&w, "duration_us");
    json_write_unsigned(&w, 1500 + UINT64_C(9) * act->rows);
    json_write_key(&w, "source");
    json_write_object_open(&w);
    text(&w, "kind", "capture");
    text(&w, "name", "simulation");
    text(&w, "sensor", "sim");
    json_write_object_close(&w);
    who(&w, day, act, place, seq);
    what(&w, day, act);
    json_write_object_close(&w);
    return buffer_status(line);
}

/* The record that the request is about: its own, or the one opened last. */
static void record_of(const struct day *day, const struct act *act, char id[SUBJECT_TEXT])
{
    unsigned at = act->subject_count > 0 ? act->first_subject + 1 : act->first_subject;
    snprintf(id, SUBJECT_TEXT, "0");
    if (at == 0)
        return;
    char text[SUBJECT_TEXT];
    organisation_subject(day->organisation, true, day->subjects[at - 1], text);
    const char *colon = strchr(text, ':');
    snprintf(id, SUBJECT_TEXT, "%s", colon ? colon + 1 : text);
}

/* "/crm/customer/{id}" with the record, "?q=?" with a word for the value. */
static void append_uri(struct buffer *to, const char *pattern, const char *id)
{
    for (const char *c = pattern; *c; c++) {
        bool value = *c == '?' && c > pattern && c[-1] == '=';
        if (strncmp(c, "{id}", 4) == 0) {
            buffer_append_text(to, id);
            c += 3;
        } else if (value)
            buffer_append_text(to, "x");
        else
            buffer_append_byte(to, (uint8_t)*c);
    }
}

static unsigned status_of(const struct act *act)
{
    bool login = act->code == ACT_LOGIN;
    if (act->failed)
        return login ? 401 : 500;
    return login || act->code == ACT_LOGOUT ? 302 : 200;
}

static void request(struct json_writer *w, const struct day *day, const struct act *act)
{
    char id[SUBJECT_TEXT], method[8] = "";
    struct buffer uri;
    const char *pattern = name_of(day, act_kinds[act->code].statement);
    size_t space = strcspn(pattern, " ");
    snprintf(method, sizeof method, "%.*s", (int)space, pattern);
    record_of(day, act, id);
    buffer_init(&uri, 4096);
    append_uri(&uri, pattern + space + (pattern[space] == ' '), id);
    text(w, "method", method);
    text(w, "uri", buffer_text(&uri));
    buffer_release(&uri);
    json_write_key(w, "status");
    json_write_unsigned(w, status_of(act));
    json_write_key(w, "body_bytes");
    json_write_unsigned(w, act->failed ? 20 : 900 + UINT64_C(62) * act->rows);
}

enum status output_access(struct buffer *line, const struct day *day, const struct act *act)
{
    char time[40], client[16], program[96], session[64];
    const struct place *place = place_of(&act_kinds[act->code]);
    if (place != &places[0])
        return STATUS_OK;
    struct json_writer w = json_write_to(line);
    time_format(act->time_ns, 3, time, sizeof time);
    organisation_address(act->workstation, client);
    program_of(day, act, place, program);
    snprintf(session, sizeof session, "CRMSESSID=%s-%u-%u", act->employee->id, day->index,
             act->session);
    json_write_object_open(&w);
    text(&w, "time", time);
    text(&w, "remote_addr", client);
    text(&w, "remote_user", act->employee->account);
    text(&w, "cookie", session);
    text(&w, "host", place->ip);
    request(&w, day, act);
    text(&w, "ua", program);
    json_write_object_close(&w);
    return buffer_status(line);
}
