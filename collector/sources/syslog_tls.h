/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * TLS of the syslog listener (RFC 5425), server side: TLS 1.2 and 1.3, and no sender without a
 * certificate that our authorities signed. Built on GnuTLS, which no other file of the collector
 * knows. Descriptors are non-blocking.
 */
#ifndef COLLECTOR_SYSLOG_TLS_H
#define COLLECTOR_SYSLOG_TLS_H

#include "base/fault.h"
#include "base/slice.h"
#include "base/status.h"

struct syslog_tls;
struct syslog_tls_session;

/* Reads the three PEM files; the fault says which is wrong. */
enum status syslog_tls_open(struct syslog_tls **tls, const char *certificate,
                            const char *private_key, const char *client_ca, struct fault *fault);
void syslog_tls_close(struct syslog_tls **tls);

/* NULL: no memory. The descriptor stays the caller's. */
struct syslog_tls_session *syslog_tls_accept(struct syslog_tls *tls, int fd);
void syslog_tls_end(struct syslog_tls_session **session);

/* OK: done; MORE: call again when the descriptor is ready; DENIED: no certificate that counts, or
 * no TLS. */
enum status syslog_tls_handshake(struct syslog_tls_session *session);

/* OK with *len above 0; MORE: nothing now; END; IO. */
enum status syslog_tls_read(struct syslog_tls_session *session, void *to, size_t size, size_t *len);

#endif
