/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading what the operator wrote.
 */
#include "collector/inputs.h"

#include <stdio.h>

static enum status load_assets(struct collector_inputs *inputs, struct fault *fault)
{
    struct buffer path;
    buffer_init(&path, 8192);
    if (*inputs->settings.directory)
        buffer_append_format(&path, "%s/assets.yaml", inputs->settings.directory);
    enum status status = assets_load(&inputs->assets, path.len ? buffer_text(&path) : NULL, fault);
    buffer_release(&path);
    return status;
}

static enum status load_site_key(struct collector_inputs *inputs, struct fault *fault)
{
    const char *path = inputs->settings.site_key_file;
    if (!*path)
        return STATUS_OK;
    enum status status = site_key_read(path, &inputs->site_key);
    inputs->has_site_key = status == STATUS_OK;
    if (status != STATUS_OK)
        fault_set(fault, path, 0, 0, "site key: %s: 64 hexadecimal digits, readable by its owner",
                  status_text(status));
    return status;
}

static enum status load_ports(struct collector_inputs *inputs, struct fault *fault)
{
    const struct settings_list *list = &inputs->settings.collector_ports;
    for (size_t i = 0; i < list->count; i++) {
        enum status status = port_rules_add(&inputs->ports, list->items[i]);
        if (status == STATUS_OK)
            continue;
        fault_set(fault, "collector.ports", 0, 0, "\"%s\": %s", list->items[i],
                  status == STATUS_NOT_FOUND ? "no decoder of that name"
                                             : "PORT=PROTOCOL is expected");
        return status;
    }
    return STATUS_OK;
}

enum status collector_inputs_load(struct collector_inputs *inputs, const char *config,
                                  struct fault *fault)
{
    *inputs = (struct collector_inputs){0};
    enum status status = settings_load(&inputs->settings, config, fault);
    if (status != STATUS_OK)
        return status;
    status = load_assets(inputs, fault);
    if (status == STATUS_OK)
        status = load_site_key(inputs, fault);
    if (status == STATUS_OK)
        status = load_ports(inputs, fault);
    if (status != STATUS_OK)
        collector_inputs_release(inputs);
    return status;
}

void collector_inputs_release(struct collector_inputs *inputs)
{
    assets_free(&inputs->assets);
    settings_release(&inputs->settings);
    *inputs = (struct collector_inputs){0};
}

struct collector_options collector_inputs_options(const struct collector_inputs *inputs)
{
    return (struct collector_options){
        .sensor = slice_from(inputs->settings.sensor),
        .assets = inputs->assets,
        .site_key = inputs->has_site_key ? &inputs->site_key : NULL,
        .ports = &inputs->ports,
    };
}
