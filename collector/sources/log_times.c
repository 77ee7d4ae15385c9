/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counting times out of order.
 */
#include "collector/sources/log_times.h"

#define STEP_NS (60 * NS_PER_S)

void log_times_see(struct log_times *times, int64_t event_ns, int64_t now_ns)
{
    if (times->previous_ns != 0 && event_ns < times->previous_ns - STEP_NS)
        times->set_back++;
    times->previous_ns = event_ns;
    if (event_ns < times->newest_ns)
        times->out_of_order++;
    else if (event_ns > now_ns + STEP_NS)
        times->ahead++;
    else
        times->newest_ns = event_ns;
}

void log_times_describe(const struct log_times *times, struct json_writer *json)
{
#define LOG_TIMES_JSON(name, help) log_source_number(json, #name, times->name);
    LOG_TIMES_TABLE(LOG_TIMES_JSON)
#undef LOG_TIMES_JSON
}
