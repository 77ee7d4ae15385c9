/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Picks the scanner of a body, and the smallest of them: the URL-encoded form (WHATWG URL standard,
 * section 5), which also reads query strings.
 */
#include "collector/decoders/http_body.h"

static const struct {
    struct slice type;
    enum http_body_kind kind;
} kinds[] = {
    {{(const uint8_t *)"application/json", 16}, HTTP_BODY_JSON},
    {{(const uint8_t *)"text/json", 9}, HTTP_BODY_JSON},
    {{(const uint8_t *)"application/graphql-response+json", 33}, HTTP_BODY_JSON},
    {{(const uint8_t *)"application/x-ndjson", 20}, HTTP_BODY_JSON},
    {{(const uint8_t *)"text/csv", 8}, HTTP_BODY_CSV},
    {{(const uint8_t *)"application/csv", 15}, HTTP_BODY_CSV},
    {{(const uint8_t *)"text/tab-separated-values", 25}, HTTP_BODY_CSV},
    {{(const uint8_t *)"text/html", 9}, HTTP_BODY_HTML},
    {{(const uint8_t *)"application/xhtml+xml", 21}, HTTP_BODY_HTML},
    {{(const uint8_t *)"application/x-www-form-urlencoded", 33}, HTTP_BODY_FORM},
};

enum http_body_kind http_body_kind_of(struct slice content_type)
{
    struct slice type = slice_trim(slice_part(content_type, 0, slice_find(content_type, ';', 0)));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_equal_nocase(type, kinds[i].type))
            return kinds[i].kind;
    if (type.len > 5 && slice_equal_nocase(slice_part(type, type.len - 5, 5), SLICE("+json")))
        return HTTP_BODY_JSON;
    return HTTP_BODY_OTHER;
}

void http_token_add(struct http_token *token, uint8_t byte)
{
    if (token->len < HTTP_CELL_MAX)
        token->bytes[token->len++] = byte;
    else
        token->cut = true;
}

void http_token_add_run(struct http_token *token, struct slice run)
{
    struct slice kept = slice_part(run, 0, (size_t)(HTTP_CELL_MAX - token->len));
    if (kept.len)
        memcpy(token->bytes + token->len, kept.ptr, kept.len);
    token->len = (uint16_t)(token->len + kept.len);
    token->cut |= kept.len < run.len;
}

void http_body_begin(struct http_body *body, enum http_body_kind kind,
                     const struct http_cells *cells)
{
    static const size_t sizes[] = {[HTTP_BODY_OTHER] = 0,
                                   [HTTP_BODY_JSON] = sizeof(struct http_json),
                                   [HTTP_BODY_CSV] = sizeof(struct http_csv),
                                   [HTTP_BODY_HTML] = sizeof(struct http_html),
                                   [HTTP_BODY_FORM] = sizeof(struct http_form)};
    memset(&body->json, 0, sizes[kind]); /* all scanners begin in the same place */
    body->kind = kind;
    body->cells = *cells;
}

void http_body_feed(struct http_body *body, struct slice bytes)
{
    switch (body->kind) {
    case HTTP_BODY_JSON:
        http_json_feed(body, bytes);
        break;
    case HTTP_BODY_CSV:
        http_csv_feed(body, bytes);
        break;
    case HTTP_BODY_HTML:
        http_html_feed(body, bytes);
        break;
    case HTTP_BODY_FORM:
        http_form_feed(body, bytes);
        break;
    case HTTP_BODY_OTHER:
        break;
    }
}

uint64_t http_body_end(struct http_body *body)
{
    switch (body->kind) {
    case HTTP_BODY_JSON:
        http_json_end(body);
        return body->json.keyed_records ? body->json.keyed_records : body->json.array_records;
    case HTTP_BODY_CSV:
        http_csv_end(body);
        return body->csv.rows;
    case HTTP_BODY_HTML:
        http_html_end(body);
        return body->html.rows;
    case HTTP_BODY_FORM:
        http_form_end(body);
        return 0;
    case HTTP_BODY_OTHER:
        break;
    }
    return 0;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void form_field(struct http_body *body)
{
    struct http_form *form = &body->form;
    if (form->name.len > 0 || form->value.len > 0)
        body->cells.cell(body->cells.context, http_token_slice(&form->name),
                         http_token_slice(&form->value), 0);
    memset(form, 0, sizeof *form);
}

static void form_byte(struct http_form *form, uint8_t c)
{
    struct http_token *token = form->in_value ? &form->value : &form->name;
    int digit = form->percent_digits ? hex_value(c) : -1;
    if (form->percent_digits && digit >= 0) {
        form->percent = (uint8_t)(form->percent << 4 | digit);
        if (--form->percent_digits == 0)
            http_token_add(token, form->percent);
        return;
    }
    form->percent_digits = 0; /* a broken escape is dropped */
    if (c == '%') {
        form->percent = 0;
        form->percent_digits = 2;
    } else {
        http_token_add(token, c == '+' ? ' ' : c);
    }
}

void http_form_feed(struct http_body *body, struct slice bytes)
{
    struct http_form *form = &body->form;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (c == '&' || c == ';')
            form_field(body);
        else if (c == '=' && !form->in_value)
            form->in_value = true;
        else
            form_byte(form, c);
    }
}

void http_form_end(struct http_body *body)
{
    form_field(body);
}
