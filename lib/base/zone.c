/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * TZif (RFC 8536): a header, a block with 32-bit times, and from version 2 on a second header and
 * block with 64-bit times, which is the one that is read.
 *
 *     magic(4) version(1) reserved(15) isutcnt isstdcnt leapcnt timecnt typecnt charcnt (be32 each)
 *     times(timecnt) types(timecnt, u8) records(typecnt: be32 offset, u8 dst, u8 name) ...
 */
#include "base/zone.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/reader.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 20, TYPES_MAX = 256 };

struct counts {
    uint8_t version;
    uint32_t isut, isstd, leap, time, type, character;
};

static struct counts read_header(struct reader *r)
{
    struct counts c = {0};
    if (!slice_equal(reader_bytes(r, 4), SLICE("TZif")))
        reader_fail(r);
    c.version = reader_u8(r);
    reader_skip(r, 15);
    c.isut = reader_be32(r);
    c.isstd = reader_be32(r);
    c.leap = reader_be32(r);
    c.time = reader_be32(r);
    c.type = reader_be32(r);
    c.character = reader_be32(r);
    return c;
}

static void skip_first_block(struct reader *r, const struct counts *c)
{
    uint64_t size = (uint64_t)c->time * 5 + (uint64_t)c->type * 6 + c->character +
                    (uint64_t)c->leap * 8 + c->isstd + c->isut;
    reader_skip(r, size);
}

static enum status read_block(struct zone *zone, struct reader *r, const struct counts *c)
{
    uint8_t types[ZONE_MAX_CHANGES];
    int32_t offsets[TYPES_MAX] = {0};
    if (c->time > ZONE_MAX_CHANGES || c->type > TYPES_MAX)
        return STATUS_LIMIT;
    for (size_t i = 0; i < c->time; i++)
        zone->at[i] = (int64_t)reader_be64(r);
    for (size_t i = 0; i < c->time; i++)
        types[i] = reader_u8(r);
    for (size_t i = 0; i < c->type; i++) {
        offsets[i] = (int32_t)reader_be32(r);
        reader_skip(r, 2);
        if (offsets[i] < -86400 || offsets[i] > 86400)
            return STATUS_MALFORMED;
    }
    if (!reader_ok(r) || c->type == 0)
        return STATUS_MALFORMED;
    zone->first = offsets[0];
    zone->count = c->time;
    for (size_t i = 0; i < c->time; i++) {
        if (types[i] >= c->type || (i > 0 && zone->at[i] <= zone->at[i - 1]))
            return STATUS_MALFORMED;
        zone->offset[i] = offsets[types[i]];
    }
    return STATUS_OK;
}

enum status zone_parse(struct zone *zone, struct slice tzif)
{
    struct reader r = reader_of(tzif);
    struct counts c = read_header(&r);
    memset(zone, 0, sizeof *zone);
    if (!reader_ok(&r))
        return STATUS_MALFORMED;
    if (c.version < '2')
        return STATUS_UNSUPPORTED;
    skip_first_block(&r, &c);
    c = read_header(&r);
    enum status status = reader_ok(&r) ? read_block(zone, &r, &c) : STATUS_MALFORMED;
    if (status != STATUS_OK)
        memset(zone, 0, sizeof *zone);
    return status;
}

/* +hh:mm or -hh:mm */
static bool parse_offset(struct slice text, int32_t *seconds)
{
    uint64_t hours, minutes;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
        !slice_to_u64(slice_part(text, 1, 2), &hours) ||
        !slice_to_u64(slice_part(text, 4, 2), &minutes) || hours > 14 || minutes > 59)
        return false;
    int32_t size = (int32_t)(hours * 3600 + minutes * 60);
    *seconds = text.ptr[0] == '-' ? -size : size;
    return true;
}

static enum status load_file(struct zone *zone, const char *name, struct fault *fault)
{
    char path[128];
    struct buffer bytes;
    if (!*name || strlen(name) > 64 || *name == '/' || strstr(name, "..")) {
        fault_set(fault, name, 0, 0, "is not a time zone: write a name such as Asia/Shanghai");
        return STATUS_INVALID;
    }
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    buffer_init(&bytes, FILE_MAX);
    enum status status = file_read(path, &bytes);
    if (status == STATUS_OK)
        status = zone_parse(zone, buffer_slice(&bytes));
    buffer_release(&bytes);
    if (status == STATUS_NOT_FOUND)
        fault_set(
            fault, name, 0, 0,
            "this machine knows no such time zone: install tzdata, or write an offset such as "
            "+08:00");
    else if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "is not a usable time zone: %s", status_text(status));
    return status;
}

enum status zone_load(struct zone *zone, const char *name, struct fault *fault)
{
    struct slice text = slice_make(name, strlen(name));
    memset(zone, 0, sizeof *zone);
    if (slice_equal(text, SLICE("UTC")) || parse_offset(text, &zone->first))
        return STATUS_OK;
    return load_file(zone, name, fault);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t zone_offset(const struct zone *zone, int64_t utc_ns)
{
    int64_t seconds = floor_div(utc_ns, NS_PER_S);
    size_t low = 0, high = zone->count; /* changes before `low` are past */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? zone->offset[low - 1] : zone->first;
}

int64_t zone_local(const struct zone *zone, int64_t utc_ns)
{
    return utc_ns + zone_offset(zone, utc_ns) * NS_PER_S;
}

/* Clocks that go back at midnight make a day begin twice, clocks that go forward at midnight skip
 * its first hour: the search goes over the seconds around, by halves, since nothing before the
 * start is on the day. */
int64_t zone_day_start(const struct zone *zone, int64_t day)
{
    int64_t low = day * 86400 - 86400 * 2, high = day * 86400 + 86400 * 2;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (floor_div(zone_local(zone, middle * NS_PER_S), NS_PER_DAY) >= day)
            high = middle;
        else
            low = middle + 1;
    }
    return low * NS_PER_S;
}
