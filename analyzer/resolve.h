/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who did it (docs/directory.md): personal account or application user, the session's tag, a login
 * at a host, workstation address at that time, else the account itself as an entity of its own.
 */
#ifndef ANALYZER_RESOLVE_H
#define ANALYZER_RESOLVE_H

#include "analyzer/logins.h"
#include "analyzer/organisation.h"
#include "assets/assets.h"

enum { RESOLVE_TEXT_MAX = 256 };

struct resolved {
    struct slice employee; /* id, or "account@asset" in `text` */
    enum entity_kind kind;
    uint8_t confidence;        /* percent */
    struct slice asset;        /* name, or "address:port" in `asset_text` */
    const struct asset *known; /* NULL when the inventory does not name it */
    const struct employee *person;
    struct slice client; /* address as text, in `client_text` */
    char text[RESOLVE_TEXT_MAX];
    char asset_text[64], client_text[64];
};

void resolve(struct resolved *to, const struct organisation *o, const struct assets *assets,
             const struct logins *logins, const struct event *e, int32_t day);

#endif
