/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sends notices to syslog receivers over UDP (RFC 5426) and TCP with octet counting (RFC 6587). The
 * notices are rows of the store and each receiver has a cursor over them there: one that is down
 * loses nothing. A TCP cursor moves when the receiver's kernel has acknowledged the bytes. Failures
 * are tried again after 1 s, 2 s, ... 60 s.
 */
#ifndef ANALYZER_OUT_FORWARDER_H
#define ANALYZER_OUT_FORWARDER_H

#include "base/settings.h"
#include "store/reader.h"
#include "store/writer.h"

struct forwarder;

/* Resolves the receivers' names: to be called before the sandbox. */
enum status forwarder_new(struct forwarder **f, const struct settings *settings,
                          struct store_writer *writer, struct store_reader *reader,
                          struct fault *fault);
void forwarder_free(struct forwarder **f);

/* Sends what can be sent now, without waiting; puts moved cursors into the writer. */
void forwarder_step(struct forwarder *f, int64_t now_ns);

#endif
