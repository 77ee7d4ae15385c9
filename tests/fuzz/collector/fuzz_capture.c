/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Capture files. The first byte says how many bytes a read gives at most; the rest is the file.
 * Every byte of every packet is read; packets hold no more bytes than the file.
 */
#include "collector/sources/capture_format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cursor {
    struct slice left;
    size_t step;
};

static ssize_t read_step(void *cookie, void *to, size_t size)
{
    struct cursor *cursor = cookie;
    size_t n = cursor->left.len < size ? cursor->left.len : size;
    n = n < cursor->step ? n : cursor->step;
    if (n)
        memcpy(to, cursor->left.ptr, n);
    cursor->left = slice_part(cursor->left, n, cursor->left.len);
    return (ssize_t)n;
}

static void read_all(const struct capture_format *format, struct slice file, size_t step)
{
    struct cursor cursor = {file, step};
    struct capture_input input;
    struct packet packet;
    uint64_t bytes = 0;
    void *state = calloc(1, format->state_size);
    if (!state || !capture_input_init(&input, read_step, &cursor))
        abort();
    enum status status = format->open(state, &input);
    while (status == STATUS_OK && (status = format->next(state, &input, &packet)) == STATUS_OK) {
        volatile uint8_t sum = 0;
        for (size_t i = 0; i < packet.bytes.len; i++)
            sum = (uint8_t)(sum + packet.bytes.ptr[i]);
        bytes += packet.bytes.len;
        if (packet.wire_len < packet.bytes.len || bytes > file.len)
            abort();
    }
    if (status != STATUS_END && !input.what)
        abort();
    free(state);
    capture_input_release(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct capture_format *const formats[] = {&pcap_format, &pcapng_format};
    if (size < 1)
        return 0;
    struct slice file = slice_make(data + 1, size - 1);
    struct slice magic = slice_part(file, 0, CAPTURE_MAGIC_SIZE);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (magic.len == CAPTURE_MAGIC_SIZE && formats[i]->is(magic))
            read_all(formats[i], file, data[0] ? data[0] : SIZE_MAX);
    return 0;
}
