/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The inventory in memory; private to this library. Everything lives in one arena.
 */
#ifndef ASSETS_INVENTORY_H
#define ASSETS_INVENTORY_H

#include "assets/assets.h"
#include "base/arena.h"

enum { URL_SEGMENTS_MAX = 32 };

struct address_range {
    uint8_t family; /* 4, 6 */
    uint8_t ip[16];
    uint8_t prefix; /* bits */
    uint16_t port;  /* 0: any */
    struct address_range *next;
};

struct catalogue_column {
    struct slice name; /* may hold '*' and '?' */
    uint8_t class;
    bool subject, sequence;
    struct slice space;
    struct catalogue_column *next;
};

struct catalogue_object {
    struct slice name; /* may hold '*' and '?' */
    bool has_class;
    uint8_t class;
    struct catalogue_column *columns;
    struct catalogue_object *next;
};

enum subject_source { SUBJECT_NONE, SUBJECT_PATH, SUBJECT_QUERY, SUBJECT_BODY };

struct url_rule {
    struct slice url; /* as written: "/crm/customer/{id}" */
    size_t segment_count;
    struct slice segments[URL_SEGMENTS_MAX];
    struct name_list *methods; /* NULL: all */
    enum event_action action;
    uint8_t class;
    enum subject_source subject_from;
    struct slice subject; /* the parameter's, query's or body key's name */
    size_t subject_segment;
    bool sequence;
    struct slice space;
    struct url_rule *next;
};

struct name_list {
    struct slice name;
    struct name_list *next;
};

struct asset {
    struct slice name;
    enum asset_kind kind;
    struct slice protocol;
    bool assignments;
    struct address_range *addresses;
    struct catalogue_object *objects;
    struct url_rule *urls;
    struct name_list *user_fields, *password_fields, *session_cookies, *user_headers, *user_cookies;
    struct asset *next;
};

struct assets {
    struct arena arena;
    struct asset *first;
    const struct asset **list;
    size_t count;
};

/* words.c: what a name says by itself. */
uint8_t words_column_class(struct slice column);
bool words_user_field(struct slice field);
bool words_password_field(struct slice field);
bool words_session_cookie(struct slice cookie);
bool words_holder(struct slice noun); /* people, or what each of them holds: customer, loan */
void words_holders(void (*each)(void *context, struct slice noun), void *context);

/* Case-insensitive (ASCII), '*' any run, '?' any one byte; linear but for the last '*'. */
bool words_glob(struct slice pattern, struct slice text);

/* http_shape.c: the match of a URL that no rule knows. `path` and `query` without the '?'. */
void http_shape(struct slice method, struct slice path, struct slice query,
                struct assets_http_match *match);

/* The value of a query parameter as it stands; empty when there is none. */
struct slice http_query_value(struct slice query, struct slice name);

/* Splits at '/', empty segments left out; gives the count (at most URL_SEGMENTS_MAX). */
size_t http_split(struct slice path, struct slice segments[URL_SEGMENTS_MAX]);

#endif
