/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table of decoders. A new one is a row here, a file beside this one, and its tests.
 */
#include "collector/decoder.h"

extern const struct decoder http_decoder;
extern const struct decoder mysql_decoder;
extern const struct decoder postgresql_decoder;

const struct decoder *const decoders[] = {
    &http_decoder,
    &mysql_decoder,
    &postgresql_decoder,
    NULL,
};

static bool serves(const struct decoder *decoder, uint16_t port)
{
    for (const uint16_t *p = decoder->ports; *p; p++)
        if (*p == port)
            return true;
    return false;
}

const struct decoder *decoder_for_port(uint16_t port)
{
    for (size_t i = 0; decoders[i]; i++)
        if (serves(decoders[i], port))
            return decoders[i];
    return NULL;
}

const struct decoder *decoder_named(struct slice name)
{
    for (size_t i = 0; decoders[i]; i++)
        if (slice_equal(slice_from(decoders[i]->name), name))
            return decoders[i];
    return NULL;
}
