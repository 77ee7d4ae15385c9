/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * GnuTLS X.509: RFC 5280 for the certificate, RFC 9525 for the names in it.
 */
#include "web/certificate.h"

#include "base/slice.h"
#include "desk/secret.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { DAYS_VALID = 825, MAX_FILE = 256 * 1024 };

static enum status read_file(const char *path, char **text)
{
    *text = NULL;
    FILE *file = fopen(path, "re");
    if (!file)
        return status_from_errno(errno);
    char *bytes = calloc(1, MAX_FILE + 1);
    size_t len = bytes ? fread(bytes, 1, MAX_FILE, file) : 0;
    bool whole = bytes && !ferror(file) && len > 0 && len < MAX_FILE;
    fclose(file);
    if (!whole) {
        free(bytes);
        return bytes ? STATUS_IO : STATUS_NO_MEMORY;
    }
    *text = bytes;
    return STATUS_OK;
}

/* Never over an existing file; on disk before it is named good. */
static enum status write_file(const char *path, const gnutls_datum_t *bytes, unsigned mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0)
        return status_from_errno(errno);
    enum status status = STATUS_OK;
    if (write(file, bytes->data, bytes->size) != (ssize_t)bytes->size || fsync(file) != 0)
        status = status_from_errno(errno);
    close(file);
    if (status != STATUS_OK)
        unlink(path);
    return status;
}

static int add_name(gnutls_x509_crt_t crt, const char *host)
{
    uint8_t address[16];
    if (inet_pton(AF_INET, host, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 4,
                                                    GNUTLS_FSAN_APPEND);
    if (inet_pton(AF_INET6, host, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 16,
                                                    GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host,
                                                (unsigned)strlen(host), GNUTLS_FSAN_APPEND);
}

static int add_serial(gnutls_x509_crt_t crt)
{
    char token[SECRET_TOKEN_TEXT];
    uint8_t hash[SECRET_TOKEN_HASH];
    secret_token(token);
    secret_token_hash(slice_from(token), hash);
    hash[0] = (hash[0] & 0x3f) | 0x40; /* positive, and never a leading zero */
    return gnutls_x509_crt_set_serial(crt, hash, 16);
}

static int fill_in(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *hosts,
                   size_t count)
{
    time_t now = time(NULL);
    const char *name = "Dwell console";
    int failed = gnutls_x509_crt_set_version(crt, 3) | gnutls_x509_crt_set_key(crt, key) |
                 add_serial(crt) | gnutls_x509_crt_set_activation_time(crt, now - 300) |
                 gnutls_x509_crt_set_expiration_time(crt, now + (time_t)DAYS_VALID * 86400) |
                 gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                               (unsigned)strlen(name)) |
                 gnutls_x509_crt_set_basic_constraints(crt, 0, -1) |
                 gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE) |
                 gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    for (size_t i = 0; i < count; i++)
        failed |= hosts[i][0] == '[' ? 0 : add_name(crt, hosts[i]);
    return failed | gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static enum status make_pair(const char *certificate_path, const char *key_path,
                             const char *const *hosts, size_t count)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t crt_pem = {NULL, 0}, key_pem = {NULL, 0};
    enum status status = STATUS_INVALID;
    if (gnutls_x509_crt_init(&crt) < 0 || gnutls_x509_privkey_init(&key) < 0)
        goto out;
    if (gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) < 0 ||
        fill_in(crt, key, hosts, count) != 0)
        goto out;
    if (gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_pem) < 0 ||
        gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem) < 0)
        goto out;
    status = write_file(key_path, &key_pem, 0600);
    if (status == STATUS_OK)
        status = write_file(certificate_path, &crt_pem, 0644);
    if (status != STATUS_OK)
        unlink(key_path);
out:
    if (key_pem.data)
        secret_wipe(key_pem.data, key_pem.size);
    gnutls_free(key_pem.data);
    gnutls_free(crt_pem.data);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_crt_deinit(crt);
    return status;
}

static bool take_fingerprint(struct certificate *certificate)
{
    gnutls_datum_t pem = {(unsigned char *)certificate->certificate_pem,
                          (unsigned)strlen(certificate->certificate_pem)};
    gnutls_x509_crt_t crt = NULL;
    uint8_t hash[32];
    size_t len = sizeof hash;
    bool good = gnutls_x509_crt_init(&crt) == 0 &&
                gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) == 0 &&
                gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, hash, &len) == 0;
    for (size_t i = 0; good && i < len; i++)
        snprintf(certificate->fingerprint + i * 3, 4, "%02X%s", hash[i], i + 1 < len ? ":" : "");
    gnutls_x509_crt_deinit(crt);
    return good;
}

/* That the key belongs to the certificate, found out now and not at the first client. */
static bool pair_fits(const struct certificate *certificate)
{
    gnutls_certificate_credentials_t credentials = NULL;
    gnutls_datum_t crt = {(unsigned char *)certificate->certificate_pem,
                          (unsigned)strlen(certificate->certificate_pem)};
    gnutls_datum_t key = {(unsigned char *)certificate->key_pem,
                          (unsigned)strlen(certificate->key_pem)};
    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return false;
    int failed = gnutls_certificate_set_x509_key_mem(credentials, &crt, &key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    return failed >= 0;
}

enum status certificate_load(struct certificate *certificate, const char *certificate_path,
                             const char *key_path, const char *const *hosts, size_t host_count)
{
    *certificate = (struct certificate){0};
    enum status status = STATUS_OK;
    if (access(certificate_path, F_OK) != 0 && access(key_path, F_OK) != 0)
        status = make_pair(certificate_path, key_path, hosts, host_count);
    if (status == STATUS_OK)
        status = read_file(certificate_path, &certificate->certificate_pem);
    if (status == STATUS_OK)
        status = read_file(key_path, &certificate->key_pem);
    if (status == STATUS_OK && !(pair_fits(certificate) && take_fingerprint(certificate)))
        status = STATUS_INVALID;
    if (status != STATUS_OK)
        certificate_release(certificate);
    return status;
}

void certificate_release(struct certificate *certificate)
{
    if (certificate->key_pem)
        secret_wipe(certificate->key_pem, strlen(certificate->key_pem));
    free(certificate->key_pem);
    free(certificate->certificate_pem);
    *certificate = (struct certificate){0};
}
