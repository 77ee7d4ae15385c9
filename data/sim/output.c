/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Acts as event JSON (docs/event-format.md): what the decoders would have printed.
 */
#include "sim/output.h"

#include "base/clock.h"
#include "base/json_write.h"

#include <inttypes.h>

struct place {
    const char *asset, *ip, *protocol, *program;
    int port;
};

static const struct place places[] = {
    {"crm", "10.30.0.10", "http", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0.0.0",
     8080},
    {"loans", "10.30.0.20", "postgresql", "psql", 5432},
    {"scoring", "10.30.0.21", "mysql", "mariadb", 3306},
};

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
    char session[48], client[16];
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
    text(w, "program", place->program);
}

static void subjects(struct json_writer *w, const struct day *day, const struct act *act)
{
    json_write_key(w, "subjects");
    json_write_unsigned(w, act->subject_count);
    if (act->subject_count == 0)
        return;
    json_write_key(w, "subject_ids");
    json_write_array_open(w);
    for (unsigned i = 0; i < act->subject_count; i++) {
        char id[32];
        snprintf(id, sizeof id, "customer:%u",
                 organisation_customer_id(day->subjects[act->first_subject + i]));
        json_write_text(w, id);
    }
    json_write_array_close(w);
}

static void what(struct json_writer *w, const struct day *day, const struct act *act)
{
    const struct act_kind *kind = &act_kinds[act->code];
    text(w, "action", kind->action);
    text(w, "statement", kind->statement);
    object(w, kind->object);
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

void output_event(FILE *file, const struct day *day, const struct act *act, uint64_t seq)
{
    struct buffer line;
    char time[40];
    const struct place *place = place_of(&act_kinds[act->code]);
    buffer_init(&line, 1 << 20);
    struct json_writer w = json_write_to(&line);
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
    buffer_append_byte(&line, '\n');
    fwrite(line.ptr, 1, line.len, file);
    buffer_release(&line);
}
