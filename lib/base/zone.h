/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The time zone of a site: local days and hours of the working day from UTC, the same on every
 * machine whatever its own zone. Zones come from the system's database (TZif, RFC 8536) or are a
 * fixed offset. Beyond the last change that the database lists its last offset holds.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/fault.h"
#include "base/slice.h"
#include "base/status.h"

enum { ZONE_MAX_CHANGES = 2000 };

struct zone {
    int32_t first; /* seconds east of UTC before the first change */
    size_t count;
    int64_t at[ZONE_MAX_CHANGES]; /* seconds since 1970 UTC, rising */
    int32_t offset[ZONE_MAX_CHANGES];
};

/* "UTC", "+08:00", or an IANA name such as Asia/Shanghai (as settings accept for site.timezone). */
enum status zone_load(struct zone *zone, const char *name, struct fault *fault);

/* The same from the bytes of a TZif file: STATUS_MALFORMED, STATUS_LIMIT. */
enum status zone_parse(struct zone *zone, struct slice tzif);

/* Seconds east of UTC at a time. */
int32_t zone_offset(const struct zone *zone, int64_t utc_ns);

/* The local time as if it were UTC: its day is floor(x / NS_PER_DAY), days since 1970-01-01. */
int64_t zone_local(const struct zone *zone, int64_t utc_ns);

/* The UTC time at which a local day begins: the first moment whose local day is not before it. */
int64_t zone_day_start(const struct zone *zone, int64_t day);

#endif
