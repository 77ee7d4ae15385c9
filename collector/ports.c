/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Port rules: a short list, the last one said counts.
 */
#include "collector/ports.h"

enum status port_rules_add(struct port_rules *rules, const char *text)
{
    struct slice all = slice_from(text);
    size_t equals = slice_find(all, '=', 0);
    uint64_t port;
    if (equals == all.len || !slice_to_u64(slice_part(all, 0, equals), &port) || port == 0 ||
        port > UINT16_MAX)
        return STATUS_INVALID;
    const struct decoder *decoder = decoder_named(slice_part(all, equals + 1, SIZE_MAX));
    if (!decoder)
        return STATUS_NOT_FOUND;
    if (rules->count == PORT_RULES_MAX)
        return STATUS_LIMIT;
    rules->rules[rules->count].port = (uint16_t)port;
    rules->rules[rules->count++].decoder = decoder;
    return STATUS_OK;
}

const struct decoder *port_rules_find(const struct port_rules *rules, uint16_t port)
{
    for (size_t i = rules->count; i-- > 0;)
        if (rules->rules[i].port == port)
            return rules->rules[i].decoder;
    return NULL;
}
