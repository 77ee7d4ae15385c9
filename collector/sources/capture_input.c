/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The window over a capture file.
 */
#include "collector/sources/capture_input.h"

#include <assert.h>
#include <stdlib.h>

enum { READ_BLOCK = 1 << 20 };

bool capture_input_init(struct capture_input *in, capture_read *read, void *cookie)
{
    *in = (struct capture_input){
        .size = READ_BLOCK + CAPTURE_RECORD_MAX, .read = read, .cookie = cookie};
    in->window = malloc(in->size);
    return in->window != NULL;
}

void capture_input_release(struct capture_input *in)
{
    free(in->window);
    *in = (struct capture_input){0};
}

/* What is left moves to the front, so that a whole block fits behind it. */
static void read_block(struct capture_input *in)
{
    memmove(in->window, in->window + in->at, in->end - in->at);
    in->end -= in->at;
    in->at = 0;
    ssize_t got = in->read(in->cookie, in->window + in->end, READ_BLOCK);
    in->failed = got < 0;
    in->ended = got <= 0;
    if (got > 0)
        in->end += (size_t)got;
}

struct slice capture_input_fill(struct capture_input *in, size_t len)
{
    assert(len <= CAPTURE_RECORD_MAX);
    while (in->end - in->at < len && !in->ended)
        read_block(in);
    size_t there = in->end - in->at;
    return slice_make(in->window + in->at, there < len ? there : len);
}

bool capture_input_skip(struct capture_input *in, uint64_t len)
{
    while (len > 0) {
        size_t there = capture_input_fill(in, 1).len ? in->end - in->at : 0;
        size_t step = there < len ? there : (size_t)len;
        if (step == 0)
            return false;
        capture_input_pass(in, step);
        len -= step;
    }
    return true;
}
