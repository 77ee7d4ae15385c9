/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scans CSV (RFC 4180) and its tab- and semicolon-separated kin in any cut. The first line is the
 * header; its separator is the first of tab, semicolon or comma that stands in it outside quotes.
 */
#include "collector/decoders/http_body.h"

enum state { PLAIN, QUOTED, QUOTE_IN_QUOTED };

static void end_cell(struct http_body *body)
{
    struct http_csv *csv = &body->csv;
    struct slice value = http_token_slice(&csv->value);
    uint16_t column = csv->column++;
    if (!csv->header_done) {
        if (column < HTTP_COLUMNS_MAX) {
            struct slice name = slice_part(slice_trim(value), 0, HTTP_NAME_MAX);
            csv->name_len[column] = (uint8_t)name.len;
            if (name.len)
                memcpy(csv->names[column], name.ptr, name.len);
            csv->columns = (uint16_t)(column + 1);
        }
    } else if (value.len > 0 && column < csv->columns) {
        struct slice name = {csv->names[column], csv->name_len[column]};
        body->cells.cell(body->cells.context, name, value, 0);
    }
    csv->value.len = 0;
    csv->value.cut = false;
    csv->state = PLAIN;
    if (csv->column == UINT16_MAX)
        csv->column = UINT16_MAX - 1;
}

static void end_row(struct http_body *body)
{
    struct http_csv *csv = &body->csv;
    if (!csv->row_has_bytes)
        return; /* an empty line is no row */
    end_cell(body);
    if (csv->header_done)
        csv->rows++;
    csv->header_done = true;
    csv->column = 0;
    csv->row_has_bytes = false;
}

static bool is_delimiter(struct http_csv *csv, uint8_t c)
{
    if (csv->delimiter)
        return c == csv->delimiter;
    if (c != ',' && c != ';' && c != '\t')
        return false;
    csv->delimiter = c;
    return true;
}

static void plain_byte(struct http_body *body, uint8_t c)
{
    struct http_csv *csv = &body->csv;
    if (c == '\n') {
        end_row(body);
        return;
    }
    if (c == '\r')
        return;
    csv->row_has_bytes = true;
    if (is_delimiter(csv, c))
        end_cell(body);
    else if (c == '"' && csv->value.len == 0)
        csv->state = QUOTED;
    else
        http_token_add(&csv->value, c);
}

void http_csv_feed(struct http_body *body, struct slice bytes)
{
    struct http_csv *csv = &body->csv;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (csv->state == QUOTED && c != '"') {
            http_token_add(&csv->value, c);
        } else if (csv->state == QUOTED) {
            csv->state = QUOTE_IN_QUOTED;
        } else if (csv->state == QUOTE_IN_QUOTED && c == '"') {
            http_token_add(&csv->value, c);
            csv->state = QUOTED;
        } else {
            csv->state = PLAIN;
            plain_byte(body, c);
        }
    }
}

void http_csv_end(struct http_body *body)
{
    end_row(body);
}
