/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The gate: whatever the request, it is decided; a path that passes has no empty or dot segment.
 * Input: lines, "path", "query", then "Header: value". */
#include "web/gate.h"
#include "web/routes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static struct slice line_at(struct slice text, size_t *at)
{
    size_t end = slice_find(text, '\n', *at);
    struct slice line = slice_part(text, *at, end - *at);
    *at = end + 1;
    return line;
}

static void take_header(struct http_request *request, struct slice line)
{
    size_t colon = slice_find(line, ':', 0);
    request->header_count++;
    request->header_bytes += line.len;
    for (enum http_header h = 0; h < HTTP_HEADER_COUNT; h++) {
        if (slice_equal_nocase(slice_part(line, 0, colon), slice_from(http_header_name(h)))) {
            request->seen[h]++;
            request->headers[h] = slice_trim(slice_part(line, colon + 1, line.len));
        }
    }
}

static void check_path(struct slice path)
{
    require(path.len > 0 && path.ptr[0] == '/' && path.len <= GATE_MAX_PATH);
    for (size_t i = 0; i < path.len; i++)
        require(path.ptr[i] > ' ' && path.ptr[i] < 0x7f && path.ptr[i] != '?');
    for (size_t i = 0; i + 1 < path.len; i++)
        require(!(path.ptr[i] == '/' && path.ptr[i + 1] == '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct gate gate = {.hosts = {"localhost"}, .host_count = 1, .any_address = true};
    struct slice text = slice_make(data, size), params[EXCHANGE_PARAMS];
    struct http_request request = {.method = size & 1 ? HTTP_GET : HTTP_POST};
    const char *why = NULL;
    bool other;
    size_t at = 0;
    request.path = line_at(text, &at);
    request.query = line_at(text, &at);
    while (at < text.len)
        take_header(&request, line_at(text, &at));
    unsigned status = gate_check(&gate, &request, &why);
    require(why != NULL && (status == 0 || (status >= 400 && status < 500)));
    if (status == 0) {
        check_path(request.path);
        require(request.seen[HTTP_HEADER_host] == 1);
        route_find(request.method, request.path, params, &other);
    }
    return 0;
}
