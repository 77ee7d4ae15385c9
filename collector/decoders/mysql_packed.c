/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The compressed protocol (CLIENT_COMPRESS, zlib), after "Compression" of the MySQL source
 * documentation and MariaDB's "Compressed packet". It carries the plain packets as a run of bytes,
 * cut anywhere:
 *
 *   length of what follows (3), sequence id (1), length unpacked (3; 0: stored), bytes
 *
 * A packet is unpacked as it comes, piece by piece; what the plain decoder leaves of a piece is
 * kept in a buffer of at most what it may ask for. How long an unpacked packet should be is known:
 * what cannot be had of it is a gap of a known length in the plain bytes. So is the rest of a
 * packet that is a bomb (unpack.h).
 */
#include "collector/decoders/mysql_state.h"
#include "collector/unpack.h"

enum {
    PACKED_HEADER = 7,
    PIECE = 1 << 14, /* plain bytes decoded at once */
    KEPT_MAX = DECODER_NEED_MAX + PIECE,
    KEPT_IDLE = 1 << 16,    /* an empty buffer larger than this is given back */
    PACK_LEAST = 50,        /* shorter runs are stored */
    PACK_RATIO = 1032,      /* the most that zlib can do */
    BELIEVED_MAX = 1 << 17, /* longer packets are not believed after lost bytes */
    STORED_MAX = 1 << 14,   /* likewise, of those that are stored */
    CHAIN = 4,              /* plain headers in a row that are proof enough */
};

/* One call. */
struct packed_call {
    struct mysql *m;
    const struct decoder_env *env;
    const struct decoder_input *input;
    struct mysql_packed *packed;
    struct reader in;
    size_t needed;
    bool overrun; /* a packet unpacks to more than it says */
    enum status status;
};

/* ---- plain bytes ---- */

/* Gives the plain decoder the bytes as often as it takes some; what it leaves. Each time is a call
 * of its own, also for the scratch memory. */
static struct slice decode_all(struct packed_call *call, struct slice bytes, bool end)
{
    struct decoder_input input = *call->input;
    struct decoder_result result;
    do {
        input.bytes = bytes;
        input.end = end;
        result = mysql_decode_plain(call->m, call->env, &input);
        arena_reset(call->env->scratch);
        bytes = slice_part(bytes, result.consumed, SIZE_MAX);
        call->packed->needed = result.needed;
        call->status = result.status;
    } while (result.status == STATUS_OK && result.consumed > 0 && bytes.len > 0 &&
             bytes.len >= result.needed);
    return bytes;
}

static void decode_kept(struct packed_call *call, bool end)
{
    struct buffer *kept = &call->packed->kept;
    struct slice left = decode_all(call, buffer_slice(kept), end);
    buffer_consume(kept, kept->len - left.len);
    if (kept->len == 0 && kept->capacity > KEPT_IDLE) {
        buffer_release(kept);
        buffer_init(kept, KEPT_MAX);
    }
}

static void lose_plain(struct packed_call *call, size_t lost, uint32_t why)
{
    buffer_reset(&call->packed->kept);
    call->packed->needed = 0;
    mysql_lose_plain(call->m, call->env, call->input->direction, lost, call->input->time_ns, why);
    arena_reset(call->env->scratch);
}

static void decode_piece(struct packed_call *call, struct slice piece)
{
    struct buffer *kept = &call->packed->kept;
    bool waits = kept->len > 0;
    if (!waits && piece.len >= call->packed->needed)
        piece = decode_all(call, piece, false);
    if (call->status != STATUS_OK)
        return;
    buffer_append_slice(kept, piece);
    if (buffer_status(kept) != STATUS_OK)
        lose_plain(call, SIZE_MAX, EVENT_GAP_limit);
    else if (waits && kept->len >= call->packed->needed)
        decode_kept(call, false);
}

/* ---- packets ---- */

static void lose_rest(struct packed_call *call, uint32_t why)
{
    struct mysql_packed *packed = call->packed;
    size_t lost = packed->plain_left;
    packed->skipping = true;
    packed->plain_left = 0;
    if (lost > 0)
        lose_plain(call, lost, why);
}

static void lose_boundaries(struct packed_call *call)
{
    call->packed->lost = true;
    call->packed->left = call->packed->plain_left = 0;
    lose_plain(call, SIZE_MAX, EVENT_GAP_lost_bytes);
}

static void on_plain(void *context, struct slice plain)
{
    struct packed_call *call = context;
    struct mysql_packed *packed = call->packed;
    call->overrun |= plain.len > packed->plain_left;
    plain = slice_part(plain, 0, packed->plain_left);
    packed->plain_left -= (uint32_t)plain.len;
    if (call->status == STATUS_OK && plain.len > 0)
        decode_piece(call, plain);
}

static void unpack_some(struct packed_call *call, struct slice bytes)
{
    enum status status = unpack_feed(call->packed->unpack, bytes, on_plain, call);
    if (status == STATUS_MALFORMED || call->overrun)
        lose_boundaries(call); /* this was no packet */
    else if (status == STATUS_LIMIT)
        lose_rest(call, EVENT_GAP_limit);
    call->overrun = false;
}

static bool begin_packet(struct packed_call *call)
{
    struct mysql_packed *packed = call->packed;
    struct reader peek = call->in;
    uint32_t len = reader_le24(&peek);
    uint8_t sequence = reader_u8(&peek);
    uint32_t plain = reader_le24(&peek);
    if (!reader_ok(&peek)) {
        call->needed = PACKED_HEADER;
        return false;
    }
    if (len == 0) {
        lose_boundaries(call);
        return true;
    }
    reader_skip(&call->in, PACKED_HEADER);
    packed->sequence = sequence;
    packed->stored = plain == 0;
    packed->skipping = false;
    packed->left = len;
    packed->plain_left = plain ? plain : len;
    unpack_next(packed->unpack);
    return true;
}

static bool pass_some(struct packed_call *call)
{
    struct mysql_packed *packed = call->packed;
    size_t n = reader_left(&call->in);
    n = n < packed->left ? n : packed->left;
    n = n < PIECE ? n : PIECE;
    struct slice bytes = reader_bytes(&call->in, n);
    if (n == 0)
        return false;
    packed->left -= (uint32_t)n;
    if (packed->stored && !packed->skipping)
        on_plain(call, bytes);
    else if (!packed->skipping)
        unpack_some(call, bytes);
    if (packed->left == 0 && packed->plain_left > 0)
        lose_rest(call, EVENT_GAP_lost_bytes); /* it ended before it gave what it said */
    return true;
}

/* ---- boundaries after lost bytes ---- */

enum belief { NO, YES, WAIT };

/* Headers of plain packets lead from one to the next, to the end. */
static enum belief believe_stored(struct reader *r, enum direction direction, uint32_t len)
{
    if (len > STORED_MAX)
        return NO;
    if (reader_left(r) < len)
        return WAIT;
    struct reader payload = reader_nested(r, len);
    for (uint8_t i = 0, first = 0; i < CHAIN && reader_left(&payload) > 0; i++) {
        uint32_t plain = reader_le24(&payload);
        uint8_t sequence = reader_u8(&payload);
        first = i == 0 ? sequence : first;
        bool begins = (sequence == 0) == (direction == TO_SERVER);
        if (plain == 0 || (i == 0 ? !begins : sequence != (uint8_t)(first + i)))
            return NO;
        reader_skip(&payload, plain);
    }
    return reader_ok(&payload) ? YES : NO;
}

/* Two bytes of zlib, and lengths that it would have made. */
static enum belief believe_packed(struct reader *r, uint32_t len, uint32_t plain)
{
    enum { DEFLATE_32K = 0x78, CHECK = 31 };
    if (plain < PACK_LEAST || plain <= len || plain / PACK_RATIO > len)
        return NO;
    unsigned method = reader_u8(r), flags = reader_u8(r);
    if (!reader_ok(r))
        return WAIT;
    return method == DEFLATE_32K && (method << 8 | flags) % CHECK == 0 ? YES : NO;
}

static enum belief believe(const struct packed_call *call, size_t *needed)
{
    struct reader r = call->in;
    enum direction direction = call->input->direction;
    uint32_t len = reader_le24(&r);
    uint8_t sequence = reader_u8(&r);
    uint32_t plain = reader_le24(&r);
    *needed = PACKED_HEADER;
    if (!reader_ok(&r))
        return WAIT;
    if (len == 0 || len > BELIEVED_MAX || (sequence == 0) != (direction == TO_SERVER))
        return NO;
    *needed = PACKED_HEADER + (plain ? 2 : len);
    return plain ? believe_packed(&r, len, plain) : believe_stored(&r, direction, len);
}

/* Goes on until a candidate is believed, or has to be waited for. */
static bool find_packet(struct packed_call *call)
{
    while (reader_left(&call->in) > 0) {
        switch (believe(call, &call->needed)) {
        case YES:
            call->packed->lost = false;
            call->needed = 0;
            return true;
        case WAIT:
            return false;
        default:
            reader_skip(&call->in, 1);
        }
    }
    call->needed = 0;
    return false;
}

/* ---- a call ---- */

static bool step(struct packed_call *call)
{
    if (call->packed->lost)
        return find_packet(call);
    return call->packed->left == 0 ? begin_packet(call) : pass_some(call);
}

static bool prepare(struct mysql_packed *packed)
{
    if (packed->unpack)
        return true;
    buffer_init(&packed->kept, KEPT_MAX);
    packed->unpack = unpack_new_packets();
    return packed->unpack;
}

struct decoder_result mysql_packed_decode(struct mysql *m, const struct decoder_env *env,
                                          const struct decoder_input *input)
{
    struct mysql_packed *packed = &m->packed[input->direction];
    struct packed_call call = {
        .m = m, .env = env, .input = input, .packed = packed, .in = reader_of(input->bytes)};
    if (!prepare(packed))
        return (struct decoder_result){.status = STATUS_NO_MEMORY};
    while (call.status == STATUS_OK && step(&call))
        call.needed = 0;
    if (call.status == STATUS_OK && input->end)
        decode_kept(&call, true);
    return (struct decoder_result){.status = call.status,
                                   .consumed = reader_offset(&call.in),
                                   .needed = reader_left(&call.in) ? call.needed : 0};
}

/* Where the login's answer is among what was lost, compression may have begun. */
void mysql_packed_gap(struct mysql *m, const struct decoder_env *env, enum direction direction,
                      size_t lost, int64_t time_ns)
{
    struct mysql_packed *packed = &m->packed[direction];
    struct decoder_input input = {.direction = direction, .time_ns = time_ns};
    struct packed_call call = {.m = m, .env = env, .input = &input, .packed = packed};
    packed->on = true;
    if (lost > packed->left) {
        lose_boundaries(&call);
        return;
    }
    packed->left -= (uint32_t)lost;
    if (packed->skipping)
        return;
    if (!packed->stored) {
        lose_rest(&call, EVENT_GAP_lost_bytes);
        return;
    }
    packed->plain_left -= (uint32_t)lost;
    lose_plain(&call, lost, EVENT_GAP_lost_bytes);
}

void mysql_packed_release(struct mysql *m)
{
    for (int direction = 0; direction < 2; direction++) {
        unpack_free(&m->packed[direction].unpack);
        buffer_release(&m->packed[direction].kept);
    }
}
