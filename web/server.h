/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The HTTPS server: libmicrohttpd over GnuTLS, known to server.c alone. TLS 1.2 and 1.3 with AEAD
 * and forward secrecy only; a pool of threads, each with its own connections.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/console.h"

struct server;

struct server_options {
    int socket;              /* bound and listening; the server closes it */
    const char *certificate; /* PEM, alive as long as the server */
    const char *key;
    unsigned threads;
};

/* STATUS_INVALID when certificate or options are refused. */
enum status server_start(struct server **server, struct console *console,
                         const struct server_options *options);

/* Lets no new request in, ends the ones under way, closes all. */
void server_stop(struct server **server);

#endif
