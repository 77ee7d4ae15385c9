/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * GnuTLS for the syslog listener.
 */
#include "collector/sources/syslog_tls.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct syslog_tls {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priorities;
};

struct syslog_tls_session {
    gnutls_session_t session;
};

static enum status load(struct syslog_tls *tls, const char *certificate, const char *private_key,
                        const char *client_ca, struct fault *fault)
{
    int code = gnutls_certificate_set_x509_key_file(tls->credentials, certificate, private_key,
                                                    GNUTLS_X509_FMT_PEM);
    if (code < 0) {
        fault_set(fault, certificate, 0, 0, "certificate and private key (%s): %s", private_key,
                  gnutls_strerror(code));
        return STATUS_INVALID;
    }
    code = gnutls_certificate_set_x509_trust_file(tls->credentials, client_ca, GNUTLS_X509_FMT_PEM);
    if (code <= 0) {
        fault_set(fault, client_ca, 0, 0, "authorities of senders: %s",
                  code < 0 ? gnutls_strerror(code) : "the file holds no certificate");
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

enum status syslog_tls_open(struct syslog_tls **to, const char *certificate,
                            const char *private_key, const char *client_ca, struct fault *fault)
{
    struct syslog_tls *tls = calloc(1, sizeof *tls);
    *to = tls;
    if (!tls || gnutls_certificate_allocate_credentials(&tls->credentials) != 0 ||
        gnutls_priority_init(&tls->priorities, PRIORITIES, NULL) != 0) {
        syslog_tls_close(to);
        fault_set(fault, "collector.syslog_tls", 0, 0, "TLS cannot be set up");
        return STATUS_NO_MEMORY;
    }
    enum status status = load(tls, certificate, private_key, client_ca, fault);
    if (status != STATUS_OK)
        syslog_tls_close(to);
    return status;
}

void syslog_tls_close(struct syslog_tls **tls)
{
    if (!*tls)
        return;
    if ((*tls)->credentials)
        gnutls_certificate_free_credentials((*tls)->credentials);
    if ((*tls)->priorities)
        gnutls_priority_deinit((*tls)->priorities);
    free(*tls);
    *tls = NULL;
}

struct syslog_tls_session *syslog_tls_accept(struct syslog_tls *tls, int fd)
{
    struct syslog_tls_session *s = calloc(1, sizeof *s);
    if (!s || gnutls_init(&s->session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0) {
        free(s);
        return NULL;
    }
    if (gnutls_priority_set(s->session, tls->priorities) != 0 ||
        gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, tls->credentials) != 0) {
        syslog_tls_end(&s);
        return NULL;
    }
    gnutls_certificate_server_set_request(s->session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(s->session, NULL, 0);
    gnutls_transport_set_int(s->session, fd);
    return s;
}

void syslog_tls_end(struct syslog_tls_session **session)
{
    if (!*session)
        return;
    gnutls_deinit((*session)->session);
    free(*session);
    *session = NULL;
}

enum status syslog_tls_handshake(struct syslog_tls_session *s)
{
    int code = gnutls_handshake(s->session);
    if (code == 0)
        return STATUS_OK;
    return gnutls_error_is_fatal(code) ? STATUS_DENIED : STATUS_MORE;
}

enum status syslog_tls_read(struct syslog_tls_session *s, void *to, size_t size, size_t *len)
{
    ssize_t n = gnutls_record_recv(s->session, to, size);
    *len = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return STATUS_OK;
    if (n == 0)
        return STATUS_END;
    /* A sender that closes without a goodbye is usual. */
    if (n == GNUTLS_E_PREMATURE_TERMINATION)
        return STATUS_END;
    return gnutls_error_is_fatal((int)n) ? STATUS_IO : STATUS_MORE;
}
