/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Settings: what loads is inside its ranges; what does not says where.
 */
#include "base/clock.h"
#include "base/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings s;
    struct settings_target target;
    struct fault fault = {""};
    char host[46];
    uint16_t port;
    if (settings_parse(&s, slice_make(data, size), "fuzz", &fault) != STATUS_OK) {
        require(strncmp(fault.text, "fuzz:", 5) == 0);
        return 0;
    }
    require(s.analyzer_idle_limit >= NS_PER_S && s.analyzer_idle_limit <= 86400 * NS_PER_S);
    require(s.analyzer_alert_budget >= 0 && s.analyzer_alert_budget <= 1000);
    require(s.collector_snaplen >= 64 && s.collector_snaplen <= 262144);
    require(strlen(s.sensor) >= 1 && strlen(s.sensor) <= 64);
    require(settings_address(s.web_listen, host, &port));
    for (size_t i = 0; i < s.forward_syslog.count; i++)
        require(settings_target(s.forward_syslog.items[i], &target));
    settings_release(&s);
    return 0;
}
