/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one place that includes zlib in the collector.
 */
#include "collector/unpack.h"

#include <stdlib.h>
#include <zlib.h>

enum { WINDOW_GZIP_OR_ZLIB = 15 + 32, WINDOW_RAW = -15 };

struct unpack {
    z_stream stream;
    enum status status;
    uint64_t in, out;
    bool file;        /* members follow each other, without a limit */
    bool packets;     /* streams follow each other, each begun by unpack_next() */
    uint8_t front[2]; /* the first two bytes tell gzip and zlib from raw deflate */
};

struct unpack *unpack_new(void)
{
    struct unpack *unpack = calloc(1, sizeof *unpack);
    if (unpack && inflateInit2(&unpack->stream, WINDOW_GZIP_OR_ZLIB) != Z_OK) {
        free(unpack);
        return NULL;
    }
    return unpack;
}

struct unpack *unpack_new_file(void)
{
    struct unpack *unpack = unpack_new();
    if (unpack)
        unpack->file = true;
    return unpack;
}

struct unpack *unpack_new_packets(void)
{
    struct unpack *unpack = unpack_new();
    if (unpack)
        unpack->packets = true;
    return unpack;
}

void unpack_next(struct unpack *unpack)
{
    bool ok = inflateReset(&unpack->stream) == Z_OK;
    unpack->status = ok ? STATUS_OK : STATUS_MALFORMED;
}

void unpack_free(struct unpack **unpack)
{
    if (!*unpack)
        return;
    inflateEnd(&(*unpack)->stream);
    free(*unpack);
    *unpack = NULL;
}

static bool is_bomb(const struct unpack *unpack)
{
    return !unpack->file && unpack->out > UNPACK_FREE &&
           (unpack->out - UNPACK_FREE) / UNPACK_RATIO_MAX > unpack->in;
}

/* One step of zlib; false when nothing more comes of this input. */
static bool step(struct unpack *unpack, unpack_output *output, void *context)
{
    uint8_t plain[16384];
    z_stream *z = &unpack->stream;
    z->next_out = plain;
    z->avail_out = sizeof plain;
    int result = inflate(z, Z_NO_FLUSH);
    size_t n = sizeof plain - z->avail_out;
    unpack->out += n;
    if (n > 0)
        output(context, slice_make(plain, n));
    if (result == Z_STREAM_END && unpack->file && z->avail_in > 0)
        return inflateReset2(z, WINDOW_GZIP_OR_ZLIB) == Z_OK;
    if (result == Z_STREAM_END)
        unpack->status = STATUS_END;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        unpack->status = STATUS_MALFORMED;
    else if (is_bomb(unpack))
        unpack->status = STATUS_LIMIT;
    return unpack->status == STATUS_OK && n > 0;
}

static void run(struct unpack *unpack, struct slice bytes, unpack_output *output, void *context)
{
    unpack->stream.next_in = (z_const Bytef *)(uintptr_t)bytes.ptr;
    unpack->stream.avail_in = (uInt)bytes.len;
    while (step(unpack, output, context))
        continue;
}

/* Some servers send deflate without its zlib wrapper (RFC 9110 section 8.4.1.2). */
static void choose_wrapper(struct unpack *unpack)
{
    unsigned a = unpack->front[0], b = unpack->front[1];
    bool gzip = a == 0x1f && b == 0x8b;
    bool zlib = (a & 15) == 8 && (a << 8 | b) % 31 == 0;
    if (!gzip && !zlib)
        inflateReset2(&unpack->stream, WINDOW_RAW);
}

/* Gathers the two bytes that tell the wrapper; gives what is left of the input. */
static struct slice take_front(struct unpack *unpack, struct slice bytes, unpack_output *output,
                               void *context)
{
    while (unpack->in < 2 && bytes.len > 0) {
        unpack->front[unpack->in++] = bytes.ptr[0];
        bytes = slice_part(bytes, 1, bytes.len);
        if (unpack->in == 2) {
            choose_wrapper(unpack);
            run(unpack, slice_make(unpack->front, 2), output, context);
        }
    }
    return bytes;
}

enum status unpack_feed(struct unpack *unpack, struct slice bytes, unpack_output *output,
                        void *context)
{
    if (!unpack->packets)
        bytes = take_front(unpack, bytes, output, context);
    if (bytes.len > UINT32_MAX / 2)
        unpack->status = STATUS_LIMIT;
    if (bytes.len == 0 || unpack->status != STATUS_OK)
        return unpack->status;
    unpack->in += bytes.len;
    run(unpack, bytes, output, context);
    return unpack->status;
}
