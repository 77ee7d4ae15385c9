/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Guessing a protocol, in the order of how much the answer can be trusted.
 */
#include "collector/detect.h"

#include "assets/assets.h"
#include "base/reader.h"

enum { TLS_HEADER = 6, TLS_RECORD_MAX = 16384 + 2048 };
enum tls_content { TLS_CHANGE_CIPHER = 20, TLS_HANDSHAKE = 22, TLS_APPLICATION = 23 };

bool looks_like_tls(struct slice bytes, bool mid_session)
{
    struct reader in = reader_of(bytes);
    uint8_t content = reader_u8(&in);
    uint8_t major = reader_u8(&in);
    uint8_t minor = reader_u8(&in);
    uint16_t length = reader_be16(&in);
    uint8_t message = reader_u8(&in);
    if (!reader_ok(&in) || major != 3 || minor > 4 || length == 0 || length > TLS_RECORD_MAX)
        return false;
    if (mid_session)
        return content >= TLS_CHANGE_CIPHER && content <= TLS_APPLICATION;
    return content == TLS_HANDSHAKE && (message == 1 || message == 2); /* client or server hello */
}

/* Too few bytes to tell, but so far it could be. */
static bool may_become_tls(struct slice bytes, bool mid_session)
{
    if (bytes.len == 0 || bytes.len >= TLS_HEADER)
        return false;
    bool content = mid_session
                       ? bytes.ptr[0] >= TLS_CHANGE_CIPHER && bytes.ptr[0] <= TLS_APPLICATION
                       : bytes.ptr[0] == TLS_HANDSHAKE;
    return content && (bytes.len < 2 || bytes.ptr[1] == 3);
}

/* What was said of this server: by the operator, or in the inventory. */
static const struct decoder *declared(const struct detection *detection)
{
    const struct decoder *decoder = port_rules_find(detection->ports, detection->server_port);
    if (!decoder && detection->asset)
        decoder = decoder_named(asset_protocol(detection->asset));
    return decoder;
}

/* The first decoder that gives the verdict. */
static const struct decoder *first_with(enum decoder_verdict verdict, enum direction direction,
                                        struct slice bytes)
{
    for (size_t i = 0; decoders[i]; i++)
        if (decoders[i]->probe && decoders[i]->probe(direction, bytes) == verdict)
            return decoders[i];
    return NULL;
}

static enum detect_answer by_look(const struct detection *detection, enum direction direction,
                                  struct slice bytes, const struct decoder **decoder)
{
    const struct decoder *usual = decoder_for_port(detection->server_port);
    bool denied = usual && usual->probe && usual->probe(direction, bytes) == PROBE_NO;
    *decoder = usual;
    if (usual && !denied)
        return DETECT_FOUND;
    const struct decoder *sure = first_with(PROBE_YES, direction, bytes);
    if (sure || usual) {
        *decoder = sure ? sure : usual;
        return DETECT_FOUND;
    }
    if (!first_with(PROBE_MAYBE, direction, bytes))
        return DETECT_UNKNOWN;
    return detection->last || bytes.len >= DETECT_BYTES_MAX ? DETECT_UNKNOWN : DETECT_MORE;
}

enum detect_answer detect_protocol(const struct detection *detection, enum direction direction,
                                   struct slice bytes, const struct decoder **decoder)
{
    *decoder = declared(detection);
    if (looks_like_tls(bytes, detection->mid_session)) {
        if (!*decoder)
            *decoder = decoder_for_port(detection->server_port);
        return DETECT_TLS;
    }
    if (may_become_tls(bytes, detection->mid_session) && !detection->last)
        return DETECT_MORE;
    return *decoder ? DETECT_FOUND : by_look(detection, direction, bytes, decoder);
}
