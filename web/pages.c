/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The embedded files: kept compressed, sent so (RFC 9110), unpacked only for a client that does not
 * take gzip; revalidated by their ETag.
 */
#include "web/api.h"
#include "web/assets.h"

#include <stdio.h>
#include <zlib.h>

static const struct asset *find(struct slice path)
{
    for (size_t i = 0; i < asset_count; i++)
        if (slice_equal(path, slice_from(assets[i].path)))
            return &assets[i];
    return NULL;
}

static bool listed(struct slice list, struct slice wanted)
{
    for (size_t at = 0; at < list.len;) {
        size_t end = slice_find(list, ',', at);
        struct slice item = slice_trim(slice_part(list, at, end - at));
        struct slice name = slice_trim(slice_part(item, 0, slice_find(item, ';', 0)));
        struct slice weight = slice_part(item, slice_find(item, ';', 0), item.len);
        if (slice_equal(name, wanted) && !slice_ends(weight, SLICE("q=0")))
            return true;
        at = end + 1;
    }
    return false;
}

static bool unpack(const struct asset *asset, struct buffer *to)
{
    uint8_t *room = buffer_reserve(to, asset->plain_len);
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)asset->gzip,
                       .avail_in = (unsigned)asset->gzip_len,
                       .next_out = room,
                       .avail_out = (unsigned)asset->plain_len};
    if (!room || inflateInit2(&stream, 15 + 16) != Z_OK)
        return false;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (whole)
        buffer_extend(to, asset->plain_len);
    return whole;
}

static void answer(struct exchange *exchange, const struct asset *asset)
{
    struct http_response *response = &exchange->response;
    response->content_type = asset->content_type;
    snprintf(response->etag, sizeof response->etag, "%s", asset->etag);
    struct slice known = exchange->request.headers[HTTP_HEADER_if_none_match];
    if (listed(known, slice_from(asset->etag))) {
        response->status = 304;
    } else if (listed(exchange->request.headers[HTTP_HEADER_accept_encoding], SLICE("gzip"))) {
        response->fixed = slice_make(asset->gzip, asset->gzip_len);
        response->encoding = "gzip";
    } else if (!unpack(asset, &response->body)) {
        exchange_fail_status(exchange, STATUS_NO_MEMORY);
    }
}

void page_asset(struct exchange *exchange)
{
    const struct asset *asset = find(exchange->request.path);
    if (!asset) {
        exchange_fail(exchange, 404, "not_found", "");
    } else if (asset->gzip_len == 0) {
        exchange->response.content_type = asset->content_type;
        buffer_append_text(&exchange->response.body,
                           "This dwell-web was built without the browser side "
                           "(DWELL_WEB_UI=OFF). The API is there: see docs/console-api.md.\n");
    } else {
        answer(exchange, asset);
    }
}
