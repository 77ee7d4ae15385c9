/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A notice as a syslog message (RFC 5424) with a CEF body (ArcSight Common Event Format, version
 * 0). Everything that came from outside is escaped for the place it stands in. docs/forwarding.md.
 */
#ifndef ANALYZER_OUT_NOTICE_TEXT_H
#define ANALYZER_OUT_NOTICE_TEXT_H

#include "base/buffer.h"
#include "store/records.h"

/* `facility`: 0..23. Without a line end; syslog over TCP counts octets (RFC 6587, 3.4.1). */
void notice_text(struct buffer *to, const struct store_notice *notice, unsigned facility,
                 const char *host);

/* A CEF header field, an extension value. */
void notice_cef_header(struct buffer *to, struct slice text);
void notice_cef_value(struct buffer *to, struct slice text);

#endif
