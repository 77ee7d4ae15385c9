/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * pcap files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html) in both byte orders,
 * with micro- or nanoseconds, and Kuznetzov's variant, whose records have eight bytes more.
 *
 *   file    magic 4 | major 2 | minor 2 | reserved 8 | snap length 4 | link type 4
 *   record  seconds 4 | fraction 4 | captured 4 | on the wire 4 | { Kuznetzov: 8 } | bytes
 */
#include "base/clock.h"
#include "base/reader.h"
#include "collector/sources/capture_format.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16, KUZNETZOV_MORE = 8, LINK_BITS = 0x03ffffff };

struct pcap_file {
    bool big_endian;
    uint32_t fraction_ns; /* one unit of a time stamp's fraction */
    size_t header;        /* of a record */
    uint16_t minor;       /* of the version */
    uint32_t link;
};

static const struct {
    uint32_t magic;
    uint32_t fraction_ns;
    size_t header;
} kinds[] = {
    {0xa1b2c3d4, 1000, RECORD_HEADER},
    {0xa1b23c4d, 1, RECORD_HEADER},
    {0xa1b2cd34, 1000, RECORD_HEADER + KUZNETZOV_MORE},
};

static bool recognise(struct pcap_file *file, struct slice magic)
{
    struct reader little = reader_of(magic), big = little;
    uint32_t as_little = reader_le32(&little), as_big = reader_be32(&big);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].magic != as_little && kinds[i].magic != as_big)
            continue;
        file->big_endian = kinds[i].magic == as_big;
        file->fraction_ns = kinds[i].fraction_ns;
        file->header = kinds[i].header;
        return true;
    }
    return false;
}

static bool pcap_is(struct slice magic)
{
    struct pcap_file file;
    return recognise(&file, magic);
}

static uint32_t read_u32(const struct pcap_file *file, struct reader *in)
{
    return file->big_endian ? reader_be32(in) : reader_le32(in);
}

static uint16_t read_u16(const struct pcap_file *file, struct reader *in)
{
    return file->big_endian ? reader_be16(in) : reader_le16(in);
}

static enum status pcap_open(void *state, struct capture_input *input)
{
    struct pcap_file *file = state;
    struct slice header = capture_input_peek(input, FILE_HEADER);
    if (header.len < FILE_HEADER)
        return capture_input_fail(input, STATUS_TRUNCATED, "the file ends inside its header");
    recognise(file, slice_part(header, 0, CAPTURE_MAGIC_SIZE));
    struct reader in = reader_of(header);
    reader_skip(&in, CAPTURE_MAGIC_SIZE);
    uint16_t major = read_u16(file, &in);
    file->minor = read_u16(file, &in);
    reader_skip(&in, 12);
    file->link = link_type_of_dlt((int)(read_u32(file, &in) & LINK_BITS));
    if (major != 2)
        return capture_input_fail(input, STATUS_UNSUPPORTED, "a version of pcap other than 2");
    capture_input_pass(input, FILE_HEADER);
    return STATUS_OK;
}

/* Before version 2.3 the two lengths stood the other way round; in 2.3, with some writers. */
static void order_lengths(const struct pcap_file *file, uint32_t *captured, uint32_t *wire)
{
    if (file->minor > 3 || (file->minor == 3 && *captured <= *wire))
        return;
    uint32_t other = *captured;
    *captured = *wire;
    *wire = other;
}

static enum status ends_early(struct capture_input *input)
{
    return capture_input_fail(input, STATUS_TRUNCATED, "the file ends inside a packet");
}

static enum status pcap_next(void *state, struct capture_input *input, struct packet *packet)
{
    const struct pcap_file *file = state;
    struct slice header = capture_input_peek(input, file->header);
    if (header.len == 0)
        return STATUS_END;
    if (header.len < file->header)
        return ends_early(input);
    struct reader in = reader_of(header);
    int64_t seconds = read_u32(file, &in);
    int64_t fraction = read_u32(file, &in);
    uint32_t captured = read_u32(file, &in), wire = read_u32(file, &in);
    order_lengths(file, &captured, &wire);
    if (captured > CAPTURE_PACKET_MAX)
        return capture_input_fail(input, STATUS_MALFORMED, "a packet longer than packets can be");
    struct slice record = capture_input_peek(input, file->header + captured);
    if (record.len < file->header + captured)
        return ends_early(input);
    capture_input_pass(input, record.len);
    *packet = (struct packet){.bytes = slice_part(record, file->header, captured),
                              .wire_len = wire > captured ? wire : captured,
                              .time_ns = seconds * NS_PER_S + fraction * file->fraction_ns,
                              .link = file->link};
    return STATUS_OK;
}

const struct capture_format pcap_format = {
    .state_size = sizeof(struct pcap_file), .is = pcap_is, .open = pcap_open, .next = pcap_next};
