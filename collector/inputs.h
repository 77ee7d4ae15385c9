/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a collector is told by files: settings, inventory, site key, port rules. Read alike by
 * dwell-collector and `dwell decode`.
 */
#ifndef COLLECTOR_INPUTS_H
#define COLLECTOR_INPUTS_H

#include "assets/assets.h"
#include "base/fault.h"
#include "base/settings.h"
#include "collector/collector.h"
#include "event/site_key.h"

struct collector_inputs {
    struct settings settings;
    struct assets *assets;
    struct port_rules ports;
    struct event_site_key site_key;
    bool has_site_key;
};

/* `config`: NULL for the defaults. On failure the fault is one line, and nothing needs releasing.
 */
enum status collector_inputs_load(struct collector_inputs *inputs, const char *config,
                                  struct fault *fault);
void collector_inputs_release(struct collector_inputs *inputs);

/* Options for a collector over these inputs; the sink and the limits are the caller's. */
struct collector_options collector_inputs_options(const struct collector_inputs *inputs);

#endif
