/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an HTTP body shows: its records, and their cells by name. One scanner a content type, each a
 * small state machine that takes the (decoded) body in any cut, in constant memory; http_body.c
 * picks the scanner. Nothing is kept beyond the cell under the cursor.
 */
#ifndef COLLECTOR_DECODERS_HTTP_BODY_H
#define COLLECTOR_DECODERS_HTTP_BODY_H

#include "base/slice.h"

enum http_body_kind {
    HTTP_BODY_OTHER,
    HTTP_BODY_JSON,
    HTTP_BODY_CSV,
    HTTP_BODY_HTML,
    HTTP_BODY_FORM
};

enum {
    HTTP_NAME_MAX = 64,    /* bytes of a key, column or attribute name that are kept */
    HTTP_CELL_MAX = 256,   /* bytes of a value that are kept; the rest is passed over */
    HTTP_COLUMNS_MAX = 64, /* columns of a CSV header that have names */
    HTTP_DEPTH_MAX = 64,   /* levels of JSON; deeper ones are passed over */
};

/* The content type's media type (parameters are ignored). */
enum http_body_kind http_body_kind_of(struct slice content_type);

/* Receives the cells. `name` is the JSON key, CSV column, form field, HTML attribute or "" for HTML
 * text; `depth` is the JSON nesting (1 = members of the outermost object), 0 elsewhere. Slices are
 * valid during the call. */
struct http_cells {
    void (*cell)(void *context, struct slice name, struct slice value, unsigned depth);
    /* The name is the one that identifies a record: an object with such a key is one. NULL: "id".
     */
    bool (*is_key)(void *context, struct slice name);
    void *context;
};

/* A value under construction: its front is kept, its length is not bounded. */
struct http_token {
    uint16_t len;
    bool cut;
    uint8_t bytes[HTTP_CELL_MAX];
};

struct http_json {
    uint8_t state, escape, hex_digits, depth;
    uint32_t too_deep; /* levels beyond HTTP_DEPTH_MAX that are open */
    uint16_t unicode, high_surrogate;
    uint64_t objects;    /* bit per level: is an object */
    uint64_t counted;    /* bit per level: this object, or one around it, was counted as a record */
    uint8_t array_level; /* the shallowest array that holds objects or arrays; 0 none */
    uint64_t array_records; /* its elements */
    uint64_t keyed_records; /* objects with an identifying key */
    struct http_token key, value;
};

struct http_csv {
    uint8_t state, delimiter;
    bool header_done, row_has_bytes;
    uint16_t column, columns;
    uint64_t rows;
    struct http_token value;
    uint8_t name_len[HTTP_COLUMNS_MAX];
    uint8_t names[HTTP_COLUMNS_MAX][HTTP_NAME_MAX];
};

struct http_html {
    uint8_t state, quote;
    bool closing, row_open, row_counted;
    uint64_t rows; /* <tr> that hold a <td> */
    struct http_token tag, name, value, text;
    uint8_t skip; /* inside script or style */
};

struct http_form {
    bool in_value;
    uint8_t percent, percent_digits;
    struct http_token name, value;
};

struct http_body {
    enum http_body_kind kind;
    struct http_cells cells;
    union {
        struct http_json json;
        struct http_csv csv;
        struct http_html html;
        struct http_form form;
    };
};

void http_body_begin(struct http_body *body, enum http_body_kind kind,
                     const struct http_cells *cells);
void http_body_feed(struct http_body *body, struct slice bytes);

/* Closes what is open and gives the number of records seen: JSON objects with an identifying key,
 * else elements of the outermost array of objects; CSV lines without the header; HTML table rows.
 */
uint64_t http_body_end(struct http_body *body);

/* For the scanners. */
void http_token_add(struct http_token *token, uint8_t byte);
void http_token_add_run(struct http_token *token, struct slice run);
static inline struct slice http_token_slice(const struct http_token *token)
{
    return (struct slice){token->bytes, token->len};
}
void http_json_feed(struct http_body *body, struct slice bytes);
void http_csv_feed(struct http_body *body, struct slice bytes);
void http_csv_end(struct http_body *body);
void http_html_feed(struct http_body *body, struct slice bytes);
void http_html_end(struct http_body *body);
void http_form_feed(struct http_body *body, struct slice bytes);
void http_form_end(struct http_body *body);
void http_json_end(struct http_body *body);

#endif
