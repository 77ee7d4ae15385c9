/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bounded decompression of gzip and deflate content (RFC 1950, 1951, 1952) in a stream: the output
 * is given piece by piece and never held. Beyond the limits it stops and says so: a body that
 * unpacks to more than UNPACK_FREE bytes and UNPACK_RATIO_MAX times its size is a bomb.
 */
#ifndef COLLECTOR_UNPACK_H
#define COLLECTOR_UNPACK_H

#include "base/slice.h"
#include "base/status.h"

enum { UNPACK_RATIO_MAX = 100, UNPACK_FREE = 8 << 20 };

struct unpack;

/* NULL when there is no memory. */
struct unpack *unpack_new(void);
void unpack_free(struct unpack **unpack);

/* For a whole file: gzip members one after the other are one stream, and there is no limit to what
 * it unpacks to, as nobody holds it. */
struct unpack *unpack_new_file(void);

/* For streams that come one after the other, as packets do: unpack_next() begins the next one,
 * whatever became of the one before. The limit is for all of them together: one that is refused is
 * followed by others as soon as enough came. The wrapper is zlib's. */
struct unpack *unpack_new_packets(void);
void unpack_next(struct unpack *unpack);

typedef void unpack_output(void *context, struct slice plain);

/* Feeds compressed bytes; `output` receives what they unpack to. OK; END: the stream is complete
 * (what follows is ignored); MALFORMED; LIMIT. Any status but OK stays. */
enum status unpack_feed(struct unpack *unpack, struct slice bytes, unpack_output *output,
                        void *context);

#endif
