/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "web/certificate.h"

#include "desk/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]", "console.example"};

struct place {
    char folder[64], certificate[96], key[96];
};

static int make(void **state)
{
    static struct place place;
    strcpy(place.folder, "/tmp/dwell-certificate-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.certificate, sizeof place.certificate, "%s/certificate.pem", place.folder);
    snprintf(place.key, sizeof place.key, "%s/key.pem", place.folder);
    *state = &place;
    return secret_init() ? 0 : 1;
}

static int drop(void **state)
{
    struct place *place = *state;
    unlink(place->certificate);
    unlink(place->key);
    rmdir(place->folder);
    return 0;
}

static enum status load(const struct place *place, struct certificate *certificate)
{
    return certificate_load(certificate, place->certificate, place->key, hosts, 4);
}

static void test_made_once_and_kept(void **state)
{
    struct certificate first, second;
    struct stat about;
    assert_int_equal(load(*state, &first), STATUS_OK);
    assert_int_equal(load(*state, &second), STATUS_OK);
    assert_int_equal(strlen(first.fingerprint), 95);
    assert_string_equal(first.fingerprint, second.fingerprint);
    assert_non_null(strstr(first.key_pem, "PRIVATE KEY"));
    assert_int_equal(stat(((struct place *)*state)->key, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    certificate_release(&first);
    certificate_release(&second);
    assert_null(first.key_pem);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_one_of_two_is_not_replaced(void **state)
{
    struct place *place = *state;
    struct certificate certificate;
    write_text(place->certificate, "mine\n");
    assert_int_equal(load(place, &certificate), STATUS_NOT_FOUND);
    assert_int_equal(access(place->key, F_OK), -1);
}

static void test_what_does_not_fit_is_refused(void **state)
{
    struct place *place = *state;
    struct certificate certificate;
    assert_int_equal(load(place, &certificate), STATUS_OK);
    write_text(place->key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    certificate_release(&certificate);
    assert_int_equal(load(place, &certificate), STATUS_INVALID);
    assert_null(certificate.certificate_pem);
}

int main(void)
{
#define PLACE_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_made_once_and_kept),
        PLACE_TEST(test_one_of_two_is_not_replaced),
        PLACE_TEST(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
