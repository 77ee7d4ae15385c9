/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scans HTML in any cut for what a person sees of records: table rows with cells, the attributes
 * of rows and list items that carry record ids (data-*), and the text between tags. It is no HTML
 * parser: tags are told from text, scripts and styles are passed over.
 */
#include "collector/decoders/http_body.h"

enum state { TEXT, TAG_OPEN, TAG_NAME, IN_TAG, ATTR_NAME, BEFORE_VALUE, ATTR_VALUE, COMMENT };

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool tag_is(const struct http_html *html, struct slice name)
{
    return slice_equal_nocase(http_token_slice(&html->tag), name);
}

static void reset_token(struct http_token *token)
{
    token->len = 0;
    token->cut = false;
}

static void give_text(struct http_body *body)
{
    struct http_html *html = &body->html;
    struct slice text = slice_trim(http_token_slice(&html->text));
    if (text.len > 0 && !html->skip)
        body->cells.cell(body->cells.context, (struct slice){NULL, 0}, text, 0);
    reset_token(&html->text);
}

static void give_attribute(struct http_body *body)
{
    struct http_html *html = &body->html;
    struct slice name = http_token_slice(&html->name);
    bool row = tag_is(html, SLICE("tr")) || tag_is(html, SLICE("li"));
    if (row && html->value.len > 0 && !html->skip && slice_starts_nocase(name, SLICE("data-")))
        body->cells.cell(body->cells.context, name, http_token_slice(&html->value), 0);
    reset_token(&html->name);
    reset_token(&html->value);
}

static void end_tag(struct http_body *body)
{
    struct http_html *html = &body->html;
    bool raw = tag_is(html, SLICE("script")) || tag_is(html, SLICE("style"));
    if (raw)
        html->skip = !html->closing;
    if (tag_is(html, SLICE("tr"))) {
        html->row_open = !html->closing;
        html->row_counted = false;
    } else if (tag_is(html, SLICE("td")) && !html->closing && html->row_open &&
               !html->row_counted) {
        html->row_counted = true;
        html->rows++;
    }
    html->state = TEXT;
}

static void open_byte(struct http_body *body, uint8_t c)
{
    struct http_html *html = &body->html;
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (c == '/' && !html->closing) {
        html->closing = true;
    } else if (c == '!' || c == '?') {
        html->state = COMMENT;
    } else if (letter) {
        give_text(body);
        reset_token(&html->tag);
        http_token_add(&html->tag, c);
        html->state = TAG_NAME;
    } else {
        html->state = TEXT;
    }
}

static void tag_byte(struct http_body *body, uint8_t c)
{
    struct http_html *html = &body->html;
    if (c == '>') {
        if (html->state == ATTR_NAME || html->state == ATTR_VALUE || html->state == BEFORE_VALUE)
            give_attribute(body);
        end_tag(body);
    } else if (html->state == TAG_NAME) {
        if (is_blank(c) || c == '/')
            html->state = IN_TAG;
        else
            http_token_add(&html->tag, c);
    } else if (html->state == IN_TAG) {
        if (is_blank(c) || c == '/')
            return;
        html->state = ATTR_NAME;
        http_token_add(&html->name, c);
    } else if (html->state == ATTR_NAME) {
        if (c == '=')
            html->state = BEFORE_VALUE;
        else if (is_blank(c) || c == '/') {
            give_attribute(body);
            html->state = IN_TAG;
        } else
            http_token_add(&html->name, c);
    } else if (!is_blank(c)) { /* BEFORE_VALUE */
        html->state = ATTR_VALUE;
        html->quote = c == '"' || c == '\'' ? c : 0;
        if (!html->quote)
            http_token_add(&html->value, c);
    }
}

/* Inside an attribute value only its end matters; '>' ends an unquoted one and the tag. */
static void value_byte(struct http_body *body, uint8_t c)
{
    struct http_html *html = &body->html;
    if (html->quote ? c == html->quote : is_blank(c)) {
        give_attribute(body);
        html->state = IN_TAG;
    } else if (!html->quote && c == '>') {
        tag_byte(body, c);
    } else {
        http_token_add(&html->value, c);
    }
}

void http_html_feed(struct http_body *body, struct slice bytes)
{
    struct http_html *html = &body->html;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (html->state == TEXT && c != '<') {
            size_t end = slice_find(bytes, '<', i);
            http_token_add_run(&html->text, slice_part(bytes, i, end - i));
            i = end - 1;
        } else if (html->state == TEXT) {
            html->state = TAG_OPEN;
            html->closing = false;
        } else if (html->state == TAG_OPEN) {
            open_byte(body, c);
        } else if (html->state == COMMENT) {
            html->state = c == '>' ? TEXT : COMMENT;
        } else if (html->state == ATTR_VALUE) {
            value_byte(body, c);
        } else {
            tag_byte(body, c);
        }
    }
}

void http_html_end(struct http_body *body)
{
    give_text(body);
}
