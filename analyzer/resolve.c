/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Resolution in the order of docs/directory.md; the first that holds counts.
 */
#include "analyzer/resolve.h"

#include <arpa/inet.h>
#include <stdio.h>

enum {
    CONFIDENCE_ACCOUNT = 95,
    CONFIDENCE_NAME = 90,
    CONFIDENCE_TAG = 85,
    CONFIDENCE_LOGIN = 75,
    CONFIDENCE_ADDRESS = 60,
    CONFIDENCE_NONE = 0
};

static struct slice address_text(const struct event_address *a, char *to, size_t size)
{
    if (a->family != 4 && a->family != 6)
        return (struct slice){0};
    const char *text = inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, to, (socklen_t)size);
    return slice_from(text);
}

static struct slice asset_name_of(struct resolved *to, const struct event *e)
{
    char ip[INET6_ADDRSTRLEN];
    if (to->known)
        return asset_name(to->known);
    struct slice text = address_text(&e->server, ip, sizeof ip);
    if (text.len == 0)
        return e->source_name.len ? e->source_name : e->protocol;
    int n = snprintf(to->asset_text, sizeof to->asset_text,
                     e->server.family == 6 ? "[%s]:%u" : "%s:%u", ip, (unsigned)e->server.port);
    return slice_make(to->asset_text, (size_t)n);
}

static void is_person(struct resolved *to, const struct employee *person, uint8_t confidence)
{
    to->person = person;
    to->employee = person->id;
    to->kind = ENTITY_PERSON;
    to->confidence = confidence;
}

static void is_account(struct resolved *to, const struct event *e)
{
    struct slice name = e->account.len   ? e->account
                        : to->client.len ? to->client
                                         : SLICE("unknown");
    name = slice_part(name, 0, 100);
    struct slice asset = slice_part(to->asset, 0, 80);
    int n = snprintf(to->text, sizeof to->text, "%.*s@%.*s", (int)name.len, (const char *)name.ptr,
                     (int)asset.len, (const char *)asset.ptr);
    to->employee = slice_make(to->text, (size_t)n);
    to->confidence = CONFIDENCE_NONE;
}

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The one employee whose id stands as a word in the session's tag (application_name and kin). */
static const struct employee *tagged(const struct organisation *o, struct slice tag, int32_t day)
{
    const struct employee *found = NULL;
    tag = slice_part(tag, 0, 256);
    for (size_t i = 0, end; i < tag.len; i = end + 1) {
        for (end = i; end < tag.len && is_word(tag.ptr[end]);)
            end++;
        const struct employee *e = organisation_find(o, slice_part(tag, i, end - i));
        if (!e || day < e->hired || day > e->left)
            continue;
        if (found && found != e)
            return NULL;
        found = e;
    }
    return found;
}

/* Whoever has the one login at a host that is open at the client's address. */
static const struct employee *logged_in(const struct organisation *o, const struct logins *logins,
                                        const struct event *e)
{
    struct slice id = logins ? logins_find(logins, &e->client, e->time_ns) : (struct slice){0};
    return id.len > 0 ? organisation_find(o, id) : NULL;
}

/* A shared or unknown account: by tag, open login, workstation. */
static bool by_traces(struct resolved *to, const struct organisation *o,
                      const struct logins *logins, const struct event *e, int32_t day)
{
    const struct employee *person = tagged(o, e->program, day);
    if (person) {
        is_person(to, person, CONFIDENCE_TAG);
        return true;
    }
    person = logged_in(o, logins, e);
    if (person) {
        is_person(to, person, CONFIDENCE_LOGIN);
        return true;
    }
    person = organisation_owner(o, to->client, day);
    if (person)
        is_person(to, person, CONFIDENCE_ADDRESS);
    return person != NULL;
}

void resolve(struct resolved *to, const struct organisation *o, const struct assets *assets,
             const struct logins *logins, const struct event *e, int32_t day)
{
    const struct employee *owner = NULL;
    *to = (struct resolved){.kind = ENTITY_ACCOUNT};
    to->client = address_text(&e->client, to->client_text, sizeof to->client_text);
    to->known = assets ? assets_find(assets, &e->server) : NULL;
    to->asset = asset_name_of(to, e);
    enum status known = e->account.len
                            ? organisation_account(o, to->asset, e->account, day, &owner, &to->kind)
                            : STATUS_NOT_FOUND;
    if (known == STATUS_OK && owner) {
        is_person(to, owner, CONFIDENCE_ACCOUNT);
        return;
    }
    const struct employee *namesake = known == STATUS_OK ? NULL : organisation_find(o, e->account);
    if (namesake) {
        is_person(to, namesake, CONFIDENCE_NAME);
        return;
    }
    if (to->kind == ENTITY_SERVICE || !by_traces(to, o, logins, e, day))
        is_account(to, e);
}
