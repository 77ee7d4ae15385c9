/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Feeds a decoder a recorded exchange in every way the network could: whole, byte by byte, every
 * prefix, random cuts, mutated, always with the bytes ending at an unreadable page. Whatever the
 * cut, the events must be the same; whatever the bytes, the decoder must keep its contract
 * (collector/decoder.h): consume no more than it was given, make progress, ask for no more than
 * DECODER_NEED_MAX.
 */
#ifndef SUPPORT_DECODE_EVERY_WAY_H
#define SUPPORT_DECODE_EVERY_WAY_H

#include "base/buffer.h"
#include "collector/decoder.h"

/* One run of bytes in one direction; with `lost`, that many bytes are missing here instead. */
struct exchange {
    enum direction direction;
    struct slice bytes;
    size_t lost;
};

#define SENDS(literal)                                                  \
    {                                                                   \
        TO_SERVER, {(const uint8_t *)(literal), sizeof(literal) - 1}, 0 \
    }
#define ANSWERS(literal)                                                \
    {                                                                   \
        TO_CLIENT, {(const uint8_t *)(literal), sizeof(literal) - 1}, 0 \
    }

/* Adjusts the environment before a run (assets, site key); may be NULL. */
typedef void exchange_setup(struct decoder_env *env);

/* The events of the exchange fed whole, one line of text each (decoded_line describes it), appended
 * to `out`. Exchange i has the capture time (i + 1) seconds. Ends with both directions closed. */
void decode_exchange(const struct decoder *decoder, const struct exchange *exchange, size_t count,
                     bool mid_session, exchange_setup *setup, struct buffer *out);

/* All of the ways; asserts (cmocka) that they agree. `expect` is the text that decode_exchange must
 * give, or NULL. */
void decode_every_way(const struct decoder *decoder, const struct exchange *exchange, size_t count,
                      bool mid_session, exchange_setup *setup, const char *expect);

/* One event as the text "key=value ..." of what is known, in the order of struct event:
 * seq part account database program action outcome gaps clear params objects rows affected bytes
 * error classes subjects. Times are left out but for duration_us. */
void decoded_line(const struct event *event, struct buffer *out);

#endif
