/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The times that logs write. Each function reads a time from the front of a cursor and fails it
 * when there is none. Times that name no zone are local times of the log's zone; of a local time
 * that happens twice (clocks set back) the first is taken.
 *
 * Zone abbreviations are taken only where they mean one thing in the world (UTC GMT CET CEST EET
 * EEST WET WEST MSK JST KST HKT NZST NZDT AEST AEDT ACST ACDT AWST EDT CDT MDT PST PDT WIB SAST);
 * for others, such as CST (China, Chicago, Cuba) or IST, the log's zone must be given, and its
 * offset of that time counts.
 */
#ifndef COLLECTOR_FORMATS_LOG_TIME_H
#define COLLECTOR_FORMATS_LOG_TIME_H

#include "base/reader.h"
#include "base/zone.h"

/* "2026-11-21 21:16:52.222 UTC", "2026-11-21T21:16:52,5+01:00", "2026-11-21 21:16:52": date, T or
 * space, time, 0 to 9 digits of fraction, and perhaps Z, an offset or an abbreviation. */
int64_t log_time_iso(struct reader *r, const struct zone *zone);

/* "21/Nov/2026:21:16:52 +0000" (Common Log Format). */
int64_t log_time_clf(struct reader *r);

/* "Nov 21 21:30:27" (RFC 3164): the year is the last in which the time is not after `reference`
 * plus a day. */
int64_t log_time_syslog(struct reader *r, const struct zone *zone, int64_t reference_ns);

/* "20261121 21:18:30" or "261121 21:18:30" (years 1970 to 2069). */
int64_t log_time_compact(struct reader *r, const struct zone *zone);

/* "1795295812.222" seconds since 1970 with a fraction; integers of 13, 16 or 19 digits are milli-,
 * micro- or nanoseconds. */
int64_t log_time_epoch(struct reader *r);

/* Any of the above that the whole text is, else false. For fields whose form is not fixed. */
bool log_time_any(struct slice text, const struct zone *zone, int64_t reference_ns, int64_t *ns);

/* The UTC time of a local one. */
int64_t log_time_from_local(const struct zone *zone, int64_t local_ns);

#endif
