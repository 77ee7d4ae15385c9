/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which protocol is spoken on a server's port, as far as the operator said so ("--port N=PROTO").
 */
#ifndef COLLECTOR_PORTS_H
#define COLLECTOR_PORTS_H

#include "collector/decoder.h"

enum { PORT_RULES_MAX = 64 };

struct port_rules {
    struct {
        uint16_t port;
        const struct decoder *decoder;
    } rules[PORT_RULES_MAX];
    size_t count;
};

/* "15432=postgresql". INVALID: not of this form; NOT_FOUND: no decoder of that name; LIMIT. */
enum status port_rules_add(struct port_rules *rules, const char *text);

/* NULL when nothing was said about the port. */
const struct decoder *port_rules_find(const struct port_rules *rules, uint16_t port);

#endif
