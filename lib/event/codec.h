/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event's binary form, a frame: what the spool, the archive and the message bus carry.
 * docs/event-format.md states it byte by byte. `clear` and `params` are never encoded.
 *
 * A frame is read by this and by later versions; fields that a reader does not know are passed
 * over.
 */
#ifndef EVENT_CODEC_H
#define EVENT_CODEC_H

#include "base/buffer.h"
#include "base/reader.h"
#include "event/event.h"

enum {
    EVENT_FRAME_MAGIC = 0xd7,
    EVENT_FRAME_VERSION = 1,
    EVENT_FRAME_HEADER = 6,      /* magic, version, length of the body */
    EVENT_FRAME_TRAILER = 4,     /* CRC-32C */
    EVENT_FRAME_MAX = 4 << 20,   /* bytes of a whole frame */
    EVENT_NUMBER_DIGITS_MAX = 15 /* decimal digits of a subject's running number in text */
};

/* Subjects' running numbers go as far as the model: the spool carries them, the archive does not.
 */
enum event_encode_flags { EVENT_ENCODE_numbers = 1 };

/* Appends one frame. Arrays beyond the maxima of event.h are cut, which sets the gap "limit" in the
 * frame. LIMIT or NO_MEMORY (and nothing appended) when the frame would pass EVENT_FRAME_MAX or the
 * buffer's maximum; the room asked for is an upper bound, some hundred bytes above the frame. */
enum status event_encode(struct buffer *to, const struct event *e, unsigned flags);

/* Reads the next frame. Slices of `e` point into the frame, arrays lie in the arena. END: nothing
 * is left; TRUNCATED, CORRUPT, VERSION: the reader can go no further; MALFORMED, NO_MEMORY: this
 * frame cannot be used, the reader stands behind it. */
enum status event_decode(struct reader *frames, struct event *e, struct arena *arena);

/* The next frame as bytes, its header and checksum tested but not its fields. Statuses as above. */
enum status event_frame_next(struct reader *frames, struct slice *frame);

#endif
