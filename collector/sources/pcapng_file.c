/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pcapng files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html): sections of
 * either byte order one after the other, each with its own interfaces, each of these with its own
 * link type, snap length, time resolution and time offset. Blocks that hold no packet are passed
 * over, however long they are.
 *
 *   block      type 4 | length 4 | body | length 4
 *   section    magic 4 | major 2 | minor 2 | length of the section 8 | options
 *   interface  link type 2 | reserved 2 | snap length 4 | options
 *   enhanced   interface 4 | time 4 + 4 | captured 4 | on the wire 4 | bytes | options
 *   obsolete   interface 2 | drops 2 | then as enhanced
 *   simple     on the wire 4 | bytes
 *   option     code 2 | length 2 | value, padded to 4
 */
#include "base/clock.h"
#include "base/reader.h"
#include "collector/sources/capture_format.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
    BLOCK_INTERFACE = 1,
    BLOCK_OBSOLETE = 2,
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    SECTION_MAGIC = 0x1a2b3c4d,

    BLOCK_HEADER = 8,
    BLOCK_AROUND = 12, /* what a block has besides its body */
    SECTION_FIRST = 12,
    INTERFACES_MAX = 4096,

    OPTION_END = 0,
    OPTION_TIME_RESOLUTION = 9,
    OPTION_TIME_OFFSET = 14,
};

struct interface {
    uint32_t link;
    uint32_t snap; /* 0: none */
    /* A time stamp is divided by `coarse`; then there are `units` of it to the second. */
    uint64_t coarse, units;
    int64_t offset_s;
};

struct pcapng_file {
    bool big_endian;
    int64_t last_ns; /* of the last packet that had a time */
    uint32_t count;
    struct interface interfaces[INTERFACES_MAX];
};

struct block {
    uint32_t type;
    uint32_t length; /* of the whole */
};

static uint32_t read_u32(const struct pcapng_file *file, struct reader *in)
{
    return file->big_endian ? reader_be32(in) : reader_le32(in);
}

static uint16_t read_u16(const struct pcapng_file *file, struct reader *in)
{
    return file->big_endian ? reader_be16(in) : reader_le16(in);
}

static uint64_t read_u64(const struct pcapng_file *file, struct reader *in)
{
    return file->big_endian ? reader_be64(in) : reader_le64(in);
}

static enum status malformed(struct capture_input *input, const char *what)
{
    return capture_input_fail(input, STATUS_MALFORMED, what);
}

static enum status ends_early(struct capture_input *input)
{
    return capture_input_fail(input, STATUS_TRUNCATED, "the file ends inside a packet");
}

static uint64_t power(uint64_t base, unsigned exponent)
{
    uint64_t value = 1;
    while (exponent-- > 0)
        value *= base;
    return value;
}

/* if_tsresol: 10^-n, or 2^-n with the high bit. Units finer than nanoseconds are made coarser, so
 * that a second's worth of them times 10^9 fits 64 bits. False: finer than 64 bits can tell. */
static bool set_resolution(struct interface *interface, uint8_t code)
{
    unsigned n = code & 0x7f;
    bool binary = code & 0x80;
    unsigned most = binary ? 63 : 19, kept = binary ? 33 : 9;
    if (n > most)
        return false;
    unsigned used = n < kept ? n : kept;
    interface->units = power(binary ? 2 : 10, used);
    interface->coarse = power(binary ? 2 : 10, n - used);
    return true;
}

/* Nanoseconds since 1970; false where that is beyond what 64 bits hold. */
static bool time_of(const struct interface *interface, uint64_t stamp, int64_t *ns)
{
    stamp /= interface->coarse;
    uint64_t seconds = stamp / interface->units;
    int64_t fraction = (int64_t)(stamp % interface->units * NS_PER_S / interface->units);
    int64_t whole;
    return seconds <= INT64_MAX / NS_PER_S &&
           !__builtin_add_overflow((int64_t)seconds, interface->offset_s, &whole) &&
           !__builtin_mul_overflow(whole, NS_PER_S, &whole) &&
           !__builtin_add_overflow(whole, fraction, ns);
}

static bool read_option(const struct pcapng_file *file, struct interface *interface, uint16_t code,
                        struct reader value)
{
    if (code == OPTION_TIME_RESOLUTION)
        return set_resolution(interface, reader_u8(&value)) && reader_ok(&value);
    if (code == OPTION_TIME_OFFSET)
        interface->offset_s = (int64_t)read_u64(file, &value);
    return reader_ok(&value);
}

static bool read_options(const struct pcapng_file *file, struct interface *interface,
                         struct reader *in)
{
    while (reader_left(in) > 0) {
        uint16_t code = read_u16(file, in);
        uint16_t len = read_u16(file, in);
        if (code == OPTION_END)
            break;
        struct reader value = reader_nested(in, len);
        if (!read_option(file, interface, code, value))
            return false;
        reader_skip(in, (4 - len % 4u) % 4);
    }
    return reader_ok(in);
}

static enum status read_interface(struct pcapng_file *file, struct capture_input *input,
                                  struct reader in, struct packet *packet)
{
    (void)packet;
    if (file->count == INTERFACES_MAX)
        return capture_input_fail(input, STATUS_LIMIT, "more interfaces than can be kept");
    struct interface *interface = &file->interfaces[file->count];
    *interface = (struct interface){.coarse = 1, .units = 1000000};
    interface->link = link_type_of_dlt(read_u16(file, &in));
    reader_skip(&in, 2);
    interface->snap = read_u32(file, &in);
    if (!read_options(file, interface, &in))
        return malformed(input, "a damaged description of an interface");
    file->count++;
    return STATUS_MORE;
}

static enum status read_section(struct pcapng_file *file, struct capture_input *input,
                                struct reader in, struct packet *packet)
{
    (void)packet;
    reader_skip(&in, 4);
    uint16_t major = read_u16(file, &in);
    file->count = 0;
    if (major != 1)
        return capture_input_fail(input, STATUS_UNSUPPORTED, "a version of pcapng other than 1");
    return STATUS_MORE;
}

/* A length that is none says damage, and there is no way to find the next block. */
static bool length_is_possible(const struct block *block)
{
    uint32_t least = block->type == BLOCK_SECTION ? BLOCK_AROUND + 16 : BLOCK_AROUND;
    return block->length >= least && block->length % 4 == 0;
}

/* A section tells its byte order before its length can be read. */
static enum status set_byte_order(struct pcapng_file *file, struct capture_input *input)
{
    struct slice first = capture_input_peek(input, SECTION_FIRST);
    struct reader little = reader_of(first), big;
    reader_skip(&little, BLOCK_HEADER);
    big = little;
    file->big_endian = reader_be32(&big) == SECTION_MAGIC;
    if (first.len < SECTION_FIRST)
        return ends_early(input);
    if (!file->big_endian && reader_le32(&little) != SECTION_MAGIC)
        return malformed(input, "a section without its magic number");
    return STATUS_OK;
}

static enum status peek_block(struct pcapng_file *file, struct capture_input *input,
                              struct block *block)
{
    struct slice header = capture_input_peek(input, BLOCK_HEADER);
    if (header.len == 0)
        return STATUS_END;
    if (header.len < BLOCK_HEADER)
        return ends_early(input);
    struct reader in = reader_of(header);
    block->type = read_u32(file, &in);
    if (block->type == BLOCK_SECTION) {
        enum status status = set_byte_order(file, input);
        if (status != STATUS_OK)
            return status;
        in = reader_of(capture_input_peek(input, BLOCK_HEADER));
        reader_skip(&in, 4);
    }
    block->length = read_u32(file, &in);
    return length_is_possible(block) ? STATUS_OK : malformed(input, "a block of impossible length");
}

/* A whole block, checked by the length at its end, and a reader over its body. */
static enum status read_block(const struct pcapng_file *file, struct capture_input *input,
                              const struct block *block, struct reader *body)
{
    if (block->length > CAPTURE_RECORD_MAX)
        return malformed(input, "a packet longer than packets can be");
    struct slice whole = capture_input_peek(input, block->length);
    if (whole.len < block->length)
        return ends_early(input);
    struct reader in = reader_of(whole);
    reader_skip(&in, BLOCK_HEADER);
    *body = reader_nested(&in, block->length - BLOCK_AROUND);
    if (read_u32(file, &in) != block->length)
        return malformed(input, "a block whose two lengths differ");
    return STATUS_OK;
}

static const struct interface *interface_at(const struct pcapng_file *file, uint32_t index)
{
    return index < file->count ? &file->interfaces[index] : NULL;
}

/* What enhanced and obsolete packets have in common; the reader stands at the time. */
static enum status read_packet(struct pcapng_file *file, struct capture_input *input,
                               uint32_t index, struct reader *in, struct packet *packet)
{
    uint64_t stamp = (uint64_t)read_u32(file, in) << 32;
    stamp |= read_u32(file, in);
    uint32_t captured = read_u32(file, in), wire = read_u32(file, in);
    struct slice bytes = reader_bytes(in, captured);
    const struct interface *interface = interface_at(file, index);
    if (!reader_ok(in) || captured > CAPTURE_PACKET_MAX)
        return malformed(input, "a packet longer than its block");
    if (!interface)
        return malformed(input, "a packet of an interface that was not described");
    if (!time_of(interface, stamp, &file->last_ns))
        return malformed(input, "a packet whose time is out of range");
    *packet = (struct packet){.bytes = bytes,
                              .wire_len = wire > captured ? wire : captured,
                              .time_ns = file->last_ns,
                              .link = interface->link};
    return STATUS_OK;
}

static enum status read_enhanced(struct pcapng_file *file, struct capture_input *input,
                                 struct reader in, struct packet *packet)
{
    uint32_t index = read_u32(file, &in);
    return read_packet(file, input, index, &in, packet);
}

static enum status read_obsolete(struct pcapng_file *file, struct capture_input *input,
                                 struct reader in, struct packet *packet)
{
    uint32_t index = read_u16(file, &in);
    reader_skip(&in, 2);
    return read_packet(file, input, index, &in, packet);
}

/* Such a packet is the first interface's and has no time; it gets that of the packet before. */
static enum status read_simple(struct pcapng_file *file, struct capture_input *input,
                               struct reader in, struct packet *packet)
{
    uint32_t wire = read_u32(file, &in);
    const struct interface *interface = interface_at(file, 0);
    if (!reader_ok(&in) || !interface)
        return malformed(input, "a packet of an interface that was not described");
    size_t captured = interface->snap && interface->snap < wire ? interface->snap : wire;
    if (captured > reader_left(&in))
        captured = reader_left(&in);
    *packet = (struct packet){.bytes = reader_bytes(&in, captured),
                              .wire_len = wire,
                              .time_ns = file->last_ns,
                              .link = interface->link};
    if (captured > CAPTURE_PACKET_MAX)
        return malformed(input, "a packet longer than packets can be");
    return STATUS_OK;
}

/* Each gives OK with a packet, or MORE where its block holds none. */
typedef enum status read_body(struct pcapng_file *file, struct capture_input *input,
                              struct reader in, struct packet *packet);

static read_body *body_reader(uint32_t type)
{
    switch (type) {
    case BLOCK_ENHANCED:
        return read_enhanced;
    case BLOCK_SIMPLE:
        return read_simple;
    case BLOCK_OBSOLETE:
        return read_obsolete;
    case BLOCK_INTERFACE:
        return read_interface;
    case BLOCK_SECTION:
        return read_section;
    default:
        return NULL;
    }
}

static enum status next_block(struct pcapng_file *file, struct capture_input *input,
                              struct packet *packet)
{
    struct block block;
    struct reader body;
    enum status status = peek_block(file, input, &block);
    if (status != STATUS_OK)
        return status;
    read_body *read = body_reader(block.type);
    if (!read)
        return capture_input_skip(input, block.length) ? STATUS_MORE : ends_early(input);
    status = read_block(file, input, &block, &body);
    if (status == STATUS_OK)
        status = read(file, input, body, packet);
    if (status == STATUS_OK || status == STATUS_MORE)
        capture_input_pass(input, block.length);
    return status;
}

static bool pcapng_is(struct slice magic)
{
    struct reader in = reader_of(magic);
    return reader_be32(&in) == BLOCK_SECTION;
}

static enum status pcapng_next(void *state, struct capture_input *input, struct packet *packet)
{
    enum status status;
    do
        status = next_block(state, input, packet);
    while (status == STATUS_MORE);
    return status;
}

/* Reads the first section's header, so that what is no pcapng is refused at once. */
static enum status pcapng_open(void *state, struct capture_input *input)
{
    struct packet none;
    enum status status = next_block(state, input, &none);
    return status == STATUS_MORE ? STATUS_OK : status;
}

const struct capture_format pcapng_format = {.state_size = sizeof(struct pcapng_file),
                                             .is = pcapng_is,
                                             .open = pcapng_open,
                                             .next = pcapng_next};
