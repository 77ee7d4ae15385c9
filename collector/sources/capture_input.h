/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a capture file, read forward in large blocks: a window whose start is where the
 * format stands. It never grows, whatever lengths the file claims.
 */
#ifndef COLLECTOR_CAPTURE_INPUT_H
#define COLLECTOR_CAPTURE_INPUT_H

#include "base/slice.h"
#include "base/status.h"

#include <sys/types.h>

/* A window holds at least this much, so that no record may be larger. */
enum { CAPTURE_RECORD_MAX = 1 << 20 };

/* Up to `size` bytes into `to`: how many, 0 at the end, -1 on failure. */
typedef ssize_t capture_read(void *cookie, void *to, size_t size);

struct capture_input {
    uint8_t *window;
    size_t at, end; /* what is in the window and not yet passed over */
    size_t size;
    uint64_t passed;  /* bytes of the file before `at` */
    bool ended;       /* the reader has no more, or failed */
    bool failed;      /* the reader failed; its owner knows why */
    const char *what; /* what is wrong, once a format said so */
    capture_read *read;
    void *cookie;
};

/* False: no memory. */
bool capture_input_init(struct capture_input *in, capture_read *read, void *cookie);
void capture_input_release(struct capture_input *in);

/* Reads until `len` bytes (CAPTURE_RECORD_MAX at most) are in the window or the input ended. */
struct slice capture_input_fill(struct capture_input *in, size_t len);

/* The next `len` bytes without passing over them; fewer only at the end. They stay where they are
 * until the next call. */
static inline struct slice capture_input_peek(struct capture_input *in, size_t len)
{
    if (in->end - in->at >= len)
        return slice_make(in->window + in->at, len);
    return capture_input_fill(in, len);
}

/* Passes over bytes that were peeked at. */
static inline void capture_input_pass(struct capture_input *in, size_t len)
{
    in->at += len;
    in->passed += len;
}

/* Passes over any number of bytes; false when the input ended before. */
bool capture_input_skip(struct capture_input *in, uint64_t len);

/* Says why the format cannot go on; `what` is a constant. */
static inline enum status capture_input_fail(struct capture_input *in, enum status status,
                                             const char *what)
{
    in->what = what;
    return status;
}

#endif
