/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * TZif: a zone that loads has rising changes and offsets within a day, and answers at any time.
 */
#include "base/clock.h"
#include "base/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zone zone;
    if (zone_parse(&zone, slice_make(data, size)) != STATUS_OK) {
        require(zone.count == 0 && zone.first == 0);
        return 0;
    }
    require(zone.count <= ZONE_MAX_CHANGES);
    for (size_t i = 1; i < zone.count; i++)
        require(zone.at[i - 1] < zone.at[i]);
    for (int64_t day = -20000; day < 20000; day += 4999) {
        int32_t offset = zone_offset(&zone, day * NS_PER_DAY);
        require(offset >= -86400 && offset <= 86400);
        require(zone_local(&zone, zone_day_start(&zone, day)) >= day * NS_PER_DAY);
    }
    return 0;
}
