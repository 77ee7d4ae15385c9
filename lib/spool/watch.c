/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The report as bytes: sealed, version 2 (a loss is version 1).
 */
#include "spool/watch.h"

#include "base/reader.h"
#include "db/db.h"

enum { WATCH_VERSION = 2, WATCH_RECORD_MAX = 1 << 16 };

const char *watch_counter_name(enum watch_counter counter)
{
    static const char *const names[] = {
#define WATCH_COUNTER_NAME(name, en, zh) #name,
        WATCH_COUNTER_TABLE(WATCH_COUNTER_NAME)
#undef WATCH_COUNTER_NAME
    };
    return names[counter];
}

static void put_text(struct buffer *to, struct slice text)
{
    text = slice_part(text, 0, WATCH_NAME_MAX);
    buffer_append_varint(to, text.len);
    buffer_append_slice(to, text);
}

static struct slice take_text(struct reader *from)
{
    return reader_bytes(from, (size_t)reader_varint(from));
}

static void put_spot(struct buffer *to, const struct watch_spot *spot)
{
    put_text(to, spot->asset);
    put_text(to, spot->reason);
    buffer_append_varint(to, spot->port);
    buffer_append_varint(to, spot->sessions);
    buffer_append_varint(to, spot->bytes);
}

static void take_spot(struct reader *from, struct watch_spot *spot)
{
    spot->asset = take_text(from);
    spot->reason = take_text(from);
    spot->port = (uint16_t)reader_varint(from);
    spot->sessions = reader_varint(from);
    spot->bytes = reader_varint(from);
}

void watch_write(struct buffer *to, const struct watch_report *report)
{
    struct buffer payload;
    buffer_init(&payload, WATCH_RECORD_MAX);
    put_text(&payload, report->sensor);
    put_text(&payload, report->source);
    buffer_append_le64(&payload, (uint64_t)report->from_ns);
    buffer_append_le64(&payload, (uint64_t)report->to_ns);
    buffer_append_byte(&payload, report->live);
    buffer_append_varint(&payload, WATCH_COUNTER_COUNT);
    for (size_t i = 0; i < WATCH_COUNTER_COUNT; i++)
        buffer_append_varint(&payload, report->counts[i]);
    buffer_append_varint(&payload, report->spot_count);
    for (size_t i = 0; i < report->spot_count; i++)
        put_spot(&payload, &report->spots[i]);
    if (buffer_status(&payload) == STATUS_OK)
        db_seal(to, WATCH_VERSION, buffer_slice(&payload));
    else
        to->status = buffer_status(&payload);
    buffer_release(&payload);
}

bool watch_read(struct slice record, struct watch_report *report)
{
    uint8_t version;
    struct slice payload;
    *report = (struct watch_report){.live = false};
    if (db_unseal(record, WATCH_VERSION, &version, &payload) != STATUS_OK ||
        version != WATCH_VERSION)
        return false;
    struct reader from = reader_of(payload);
    report->sensor = take_text(&from);
    report->source = take_text(&from);
    report->from_ns = (int64_t)reader_le64(&from);
    report->to_ns = (int64_t)reader_le64(&from);
    report->live = reader_u8(&from) != 0;
    uint64_t counters = reader_varint(&from);
    for (uint64_t i = 0; i < counters && reader_ok(&from); i++) {
        uint64_t count = reader_varint(&from);
        if (i < WATCH_COUNTER_COUNT)
            report->counts[i] = count;
    }
    uint64_t spots = reader_varint(&from);
    for (; report->spot_count < spots && report->spot_count < WATCH_SPOTS_MAX && reader_ok(&from);
         report->spot_count++)
        take_spot(&from, &report->spots[report->spot_count]);
    return reader_ok(&from);
}
