/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The inventory (directory/assets.yaml, docs/assets.md): which databases and applications are under
 * watch, what their objects hold, and how the URLs of an application name its records. Read-only
 * after loading; safe to share between threads. Where it says nothing, defaults of the word lists
 * in rules/classification.yaml and of the shape of URLs stand in.
 */
#ifndef ASSETS_ASSETS_H
#define ASSETS_ASSETS_H

#include "base/fault.h"
#include "base/slice.h"
#include "base/status.h"
#include "event/event.h"

struct assets;
struct asset;

enum asset_kind { ASSET_DATABASE, ASSET_APPLICATION, ASSET_HOST };

/* Loads a file; on failure the fault says "file:line:column: what". A NULL path gives the inventory
 * of defaults alone (no assets). */
enum status assets_load(struct assets **assets, const char *path, struct fault *fault);
void assets_free(struct assets **assets);

size_t assets_count(const struct assets *assets);
const struct asset *assets_at(const struct assets *assets, size_t index);

/* The asset whose addresses hold the server's; the more exact one where several do; NULL: none. */
const struct asset *assets_find(const struct assets *assets, const struct event_address *server);
const struct asset *assets_named(const struct assets *assets, struct slice name);

struct slice asset_name(const struct asset *asset);
enum asset_kind asset_kind(const struct asset *asset);
struct slice asset_protocol(const struct asset *asset); /* decoder name, empty: by port */
bool asset_has_assignments(const struct asset *asset);  /* an assignment feed covers it */

/* Calls `space` for each numbering of subjects the inventory or the word lists may give, "" left
 * out; the same one may come again. */
void assets_spaces(const struct assets *assets, void (*space)(void *context, struct slice name),
                   void *context);

/* What a column (or JSON key, CSV header, form field) holds. */
struct assets_column {
    uint8_t class;      /* 0..3 */
    bool by_catalogue;  /* else by the word lists */
    bool subject;       /* identifies the subject */
    bool sequence;      /* ... by an internal running number */
    struct slice space; /* the numbering the key belongs to, "" by default */
};

/* `asset` and `object` may be NULL and empty. Objects match as written or without schema, case-
 * insensitively; columns likewise. Without a catalogue entry nothing is a subject. */
struct assets_column assets_column(const struct assets *assets, const struct asset *asset,
                                   struct slice object, struct slice column);

/* The class of an object as a whole: the catalogue's, else the highest of its catalogued columns.
 */
uint8_t assets_object_class(const struct assets *assets, const struct asset *asset,
                            struct slice object);

/* What the address of a web request says. Slices point into the URL given or the inventory, except
 * `object`, which is written into `template_bytes` when it was made up. */
struct assets_http_match {
    bool by_catalogue;
    enum event_action action; /* view, search, download, upload, login, logout, read, write, ... */
    struct slice object;      /* URL template: "/crm/customer/{id}" */
    uint8_t class;
    struct slice subject; /* as it stands in the URL, not yet percent-decoded; empty: none */
    bool sequence;
    struct slice space;
    bool body_subjects;    /* keys of the body's records are subjects of this space */
    struct slice body_key; /* the name that holds them; empty: "id" and "_id" */
    uint8_t template_bytes[256];
};

/* `method` as sent, `uri` = path and query as sent (an absolute URI is taken apart). By the asset's
 * URL templates, else by the shape of the path: a segment that is a number, a UUID or a long token
 * after a noun is {id}; GET of a record named by a person's noun (customer, client, borrower, user,
 * ...) is a view with that noun, in the singular, as space; q=, query=, search= in the query or
 * "search" in the path is a search; export, download, report and .csv .xlsx .pdf are downloads; a
 * sign-in or sign-out word ends the path of login and logout. Static files are "read". Always fills
 * the match. */
void assets_http_match(const struct assets *assets, const struct asset *asset, struct slice method,
                       struct slice uri, struct assets_http_match *match);

/* Where the application says who its user is. Each answers by configuration, else by word lists. */
bool assets_http_user_field(const struct asset *asset, struct slice field); /* of a sign-in form */
bool assets_http_password_field(const struct asset *asset, struct slice field);
bool assets_http_session_cookie(const struct asset *asset, struct slice cookie);
/* Only by configuration: a request header or cookie that holds the user's name as it is. */
bool assets_http_user_header(const struct asset *asset, struct slice header);
bool assets_http_user_cookie(const struct asset *asset, struct slice cookie);

#endif
