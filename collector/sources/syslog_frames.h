/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Messages out of a byte stream of syslog (RFC 6587): octet counting ("83 <34>1 ...") or a line end
 * (LF, or NUL as some senders write) behind each message. Which one is seen at each message's first
 * byte: a digit, or anything else. A message longer than SYSLOG_MESSAGE_MAX is given cut.
 */
#ifndef COLLECTOR_SYSLOG_FRAMES_H
#define COLLECTOR_SYSLOG_FRAMES_H

#include "base/slice.h"
#include "base/status.h"

enum { SYSLOG_MESSAGE_MAX = 1 << 16 };

struct syslog_frames {
    uint64_t skip;  /* bytes of a counted message that are passed over */
    bool skip_line; /* the rest of a line is passed over */
};

/* The next message in `bytes`, and in *used how much of them it and what was passed over took. OK;
 * MORE: no whole message (*used may still be above 0); LIMIT: the message was longer and is given
 * cut; MALFORMED: not a count; the stream cannot be read any further. The bytes not used are to be
 * given again with what comes behind them; SYSLOG_MESSAGE_MAX + 16 of them are always enough. */
enum status syslog_frames_next(struct syslog_frames *frames, struct slice bytes, size_t *used,
                               struct slice *message);

#endif
