/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The request gate as a table of checks in the order in which they are made.
 */
#include "web/gate.h"

const char *http_header_name(enum http_header header)
{
    static const char *const names[HTTP_HEADER_COUNT] = {
#define HTTP_HEADER_NAME(field, name) [HTTP_HEADER_##field] = name,
        HTTP_HEADER_TABLE(HTTP_HEADER_NAME)
#undef HTTP_HEADER_NAME
    };
    return (unsigned)header < HTTP_HEADER_COUNT ? names[header] : "";
}

enum http_method http_method_of(const char *name)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(name, methods[i].name) == 0)
            return methods[i].method;
    return HTTP_OTHER;
}

static bool path_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || memchr("-._~/%:@", byte, 8) != NULL;
}

static bool method_known(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    return request->method != HTTP_OTHER;
}

static bool target_short(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    return request->path.len <= GATE_MAX_PATH && request->query.len <= GATE_MAX_QUERY;
}

/* Only plain characters, no empty or dot segments: the path means the same to everybody who reads
 * it, the log included. */
static bool path_plain(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    struct slice path = request->path;
    if (path.len == 0 || path.ptr[0] != '/')
        return false;
    for (size_t at = 1; at <= path.len;) {
        size_t end = slice_find(path, '/', at);
        struct slice segment = slice_part(path, at, end - at);
        bool last = end == path.len;
        if (segment.len == 0 && !(last && path.len == 1))
            return false;
        if (slice_equal(segment, SLICE(".")) || slice_equal(segment, SLICE("..")))
            return false;
        for (size_t i = 0; i < segment.len; i++)
            if (!path_byte(segment.ptr[i]))
                return false;
        at = end + 1;
    }
    return true;
}

static bool query_plain(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    for (size_t i = 0; i < request->query.len; i++)
        if (request->query.ptr[i] <= ' ' || request->query.ptr[i] >= 0x7f)
            return false;
    return true;
}

static bool headers_few(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    return request->header_count <= GATE_MAX_HEADERS &&
           request->header_bytes <= GATE_MAX_HEADER_BYTES;
}

static bool headers_single(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    for (size_t i = 0; i < HTTP_HEADER_COUNT; i++)
        if (request->seen[i] > 1)
            return false;
    return true;
}

/* The name part of "name", "name:port" or "[v6]:port". */
static struct slice host_name(struct slice host)
{
    size_t end =
        host.len && host.ptr[0] == '[' ? slice_find(host, ']', 0) + 1 : slice_find(host, ':', 0);
    struct slice rest = slice_part(host, end, host.len);
    bool port = rest.len > 1 && rest.len <= 6 && rest.ptr[0] == ':';
    uint64_t number = 0;
    if (rest.len && !(port && slice_to_u64(slice_part(rest, 1, 5), &number)))
        return (struct slice){NULL, 0};
    return slice_part(host, 0, end);
}

static bool host_numeric(struct slice name)
{
    if (name.ptr[0] == '[')
        return true;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
            return false;
    return true;
}

/* A page of another site that got its name to point here (DNS rebinding) has another Host. */
static bool host_ours(const struct gate *gate, const struct http_request *request)
{
    struct slice name = host_name(request->headers[HTTP_HEADER_host]);
    for (size_t i = 0; name.len && i < gate->host_count; i++)
        if (slice_equal_nocase(name, slice_from(gate->hosts[i])))
            return true;
    return gate->any_address && name.len && host_numeric(name);
}

/* A state-changing request comes from the console's own page. */
static bool origin_ours(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    if (request->method != HTTP_POST)
        return true;
    struct slice origin = request->headers[HTTP_HEADER_origin];
    struct slice site = request->headers[HTTP_HEADER_fetch_site];
    if (site.len && !slice_equal(site, SLICE("same-origin")))
        return false;
    if (origin.len == 0)
        return true;
    return slice_starts(origin, SLICE("https://")) &&
           slice_equal_nocase(slice_part(origin, 8, origin.len),
                              request->headers[HTTP_HEADER_host]);
}

static bool framing_plain(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    uint64_t length;
    if (request->seen[HTTP_HEADER_transfer_encoding] || !gate_body_length(request, &length))
        return false;
    return request->method == HTTP_POST || length == 0;
}

static bool length_given(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    return request->method != HTTP_POST || request->seen[HTTP_HEADER_content_length] == 1;
}

static bool type_json(const struct gate *gate, const struct http_request *request)
{
    (void)gate;
    if (request->method != HTTP_POST)
        return true;
    struct slice type = request->headers[HTTP_HEADER_content_type];
    return slice_equal_nocase(type, SLICE("application/json")) ||
           slice_equal_nocase(type, SLICE("application/json; charset=utf-8")) ||
           slice_equal_nocase(type, SLICE("application/json;charset=utf-8"));
}

bool gate_body_length(const struct http_request *request, uint64_t *length)
{
    *length = 0;
    if (request->seen[HTTP_HEADER_content_length] == 0)
        return true;
    return slice_to_u64(request->headers[HTTP_HEADER_content_length], length);
}

static const struct {
    bool (*passes)(const struct gate *gate, const struct http_request *request);
    unsigned status;
    const char *why;
} checks[] = {
    {method_known, 405, "method"},    {target_short, 414, "target_too_long"},
    {headers_few, 431, "headers"},    {headers_single, 400, "repeated_header"},
    {path_plain, 400, "path"},        {query_plain, 400, "query"},
    {host_ours, 421, "host"},         {origin_ours, 403, "origin"},
    {framing_plain, 400, "framing"},  {length_given, 411, "length"},
    {type_json, 415, "content_type"},
};

unsigned gate_check(const struct gate *gate, const struct http_request *request, const char **why)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (!checks[i].passes(gate, request)) {
            *why = checks[i].why;
            return checks[i].status;
        }
    }
    *why = "";
    return 0;
}
