/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The console's TLS key and certificate: read from the configured files, or made once (ECDSA P-256,
 * self-signed, 825 days) and kept beside the console's own data.
 */
#ifndef WEB_CERTIFICATE_H
#define WEB_CERTIFICATE_H

#include "base/status.h"

#include <stddef.h>

struct certificate {
    char *certificate_pem;
    char *key_pem;
    char fingerprint[96]; /* SHA-256 of the certificate, "AB:CD:..." as browsers show it */
};

/* Reads both files. When neither is there, makes them (key 0600) for these host names and
 * addresses. STATUS_NOT_FOUND when one of two is missing, STATUS_INVALID when they do not parse or
 * belong together, STATUS_IO and kin when they cannot be written. */
enum status certificate_load(struct certificate *certificate, const char *certificate_path,
                             const char *key_path, const char *const *hosts, size_t host_count);

/* Wipes the key. */
void certificate_release(struct certificate *certificate);

#endif
