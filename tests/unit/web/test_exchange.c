/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Whole exchanges without a server: the order of the checks, signing in, roles, the audit trail. */
#include "web/exchange.h"

#include "desk/setup.h"
#include "desk/temporary_desk.h"
#include "desk/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const host = "localhost:8443";

struct world {
    struct console console;
    struct exchange exchange;
    char folder[64];
    char cookie[128], csrf[SECRET_TOKEN_TEXT];
};

static int make(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    char error[DB_ERROR_SIZE];
    assert_non_null(world);
    assert_true(secret_init());
    strcpy(world->folder, "/tmp/dwell-exchange-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    struct console *console = &world->console;
    console->state_dir = world->folder;
    console->version = "test";
    console->limits = (struct desk_session_limits){1800 * NS_PER_S, 36000 * NS_PER_S};
    console->clock = clock_manual(INT64_C(1767225600) * NS_PER_S);
    console->gate = (struct gate){.hosts = {"localhost"}, .host_count = 1};
    assert_int_equal(desk_open(&console->desk, world->folder, DB_WRITER, &console->clock, error),
                     STATUS_OK);
    assert_true(console_init(console));
    *state = world;
    return 0;
}

static int drop(void **state)
{
    static const char *const files[] = {"desk/data.mdb", "desk/lock.mdb", "desk/writer.lock",
                                        "desk"};
    struct world *world = *state;
    console_release(&world->console);
    desk_close(&world->console.desk);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", world->folder, files[i]);
        remove(path);
    }
    remove(world->folder);
    free(world);
    return 0;
}

static void header(struct http_request *request, enum http_header which, const char *value)
{
    request->headers[which] = slice_from(value);
    request->seen[which] = 1;
}

/* Sends a request as the browser of the world's session; the answer's status. The exchange stays
 * until finish(). */
static unsigned begin(struct world *world, const char *path, const char *body)
{
    static char length[24];
    struct exchange *exchange = &world->exchange;
    struct http_request *request = &exchange->request;
    exchange_init(exchange, &world->console);
    struct slice whole = slice_from(path);
    size_t mark = slice_find(whole, '?', 0);
    request->path = slice_part(whole, 0, mark);
    request->query = slice_part(whole, mark + 1, whole.len);
    request->method = body ? HTTP_POST : HTTP_GET;
    strcpy(request->peer, "192.0.2.1");
    header(request, HTTP_HEADER_host, host);
    if (world->cookie[0])
        header(request, HTTP_HEADER_cookie, world->cookie);
    if (body) {
        snprintf(length, sizeof length, "%zu", strlen(body));
        header(request, HTTP_HEADER_content_type, "application/json");
        header(request, HTTP_HEADER_content_length, length);
        header(request, HTTP_HEADER_csrf, world->csrf);
        request->body = slice_from(body);
    }
    if (exchange_admit(exchange))
        exchange_answer(exchange);
    return exchange->response.status;
}

static const char *text(struct world *world)
{
    return buffer_text(&world->exchange.response.body);
}

static void finish(struct world *world)
{
    exchange_release(&world->exchange);
}

static void expect(struct world *world, const char *path, const char *body, unsigned status,
                   const char *words)
{
    unsigned got = begin(world, path, body);
    if (got != status || !strstr(text(world), words))
        fail_msg("%s: %u %s", path, got, text(world));
    finish(world);
}

/* Keeps cookie and page token of the last answer. */
static void keep_session(struct world *world)
{
    const char *cookie = world->exchange.response.cookie;
    const char *csrf = strstr(text(world), "\"csrf\":\"");
    assert_non_null(csrf);
    snprintf(world->cookie, sizeof world->cookie, "a=b; %.*s", (int)strcspn(cookie, ";"), cookie);
    snprintf(world->csrf, sizeof world->csrf, "%.*s", (int)strcspn(csrf + 8, "\""), csrf + 8);
}

static void sign_in(struct world *world, const char *name, enum role role)
{
    char body[128];
    struct account account;
    assert_int_equal(
        account_add(&world->console.desk, slice_from(name), role, GOOD_PASSWORD, &account),
        STATUS_OK);
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"a good password 1\"}", name);
    assert_int_equal(begin(world, "/api/sign-in", body), 200);
    keep_session(world);
    finish(world);
}

static void test_nothing_without_signing_in(void **state)
{
    struct world *world = *state;
    expect(world, "/api/people", NULL, 401, "signed_out");
    expect(world, "/api/users", "{}", 401, "signed_out");
    expect(world, "/api/nothing", NULL, 404, "not_found");
    expect(world, "/api/session", NULL, 200, "\"first_run\":true");
    expect(world, "/healthz", NULL, 200, "ok");
    expect(world, "/metrics", NULL, 403, "role");
}

static void test_cookie_is_strict(void **state)
{
    struct world *world = *state;
    struct account account;
    assert_int_equal(
        account_add(&world->console.desk, SLICE("ada"), ROLE_VIEWER, GOOD_PASSWORD, &account),
        STATUS_OK);
    assert_int_equal(
        begin(world, "/api/sign-in", "{\"name\":\"ada\",\"password\":\"a good password 1\"}"), 200);
    const char *cookie = world->exchange.response.cookie;
    assert_int_equal(strncmp(cookie, "__Host-dwell=", 13), 0);
    assert_non_null(strstr(cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
    assert_null(strstr(text(world), "__Host"));
    finish(world);
}

static void test_roles(void **state)
{
    struct world *world = *state;
    sign_in(world, "vic", ROLE_VIEWER);
    expect(world, "/api/people", NULL, 503, "no_state");
    expect(world, "/api/events", NULL, 403, "role");
    expect(world, "/api/who-saw", "{\"subject\":\"1\"}", 403, "role");
    expect(world, "/api/users", NULL, 403, "role");
    expect(world, "/api/trail", NULL, 403, "role");
}

static void test_page_token(void **state)
{
    struct world *world = *state;
    char good[SECRET_TOKEN_TEXT];
    sign_in(world, "ada", ROLE_ADMIN);
    strcpy(good, world->csrf);
    strcpy(world->csrf, "");
    expect(world, "/api/sign-out", "{}", 403, "token");
    good[0] ^= 1;
    strcpy(world->csrf, good);
    expect(world, "/api/sign-out", "{}", 403, "token");
    good[0] ^= 1;
    strcpy(world->csrf, good);
    expect(world, "/api/sign-out", "{}", 200, "\"signed_in\":false");
    expect(world, "/api/people", NULL, 401, "signed_out");
}

static void test_body_limits(void **state)
{
    struct world *world = *state;
    char body[2048];
    memset(body, ' ', sizeof body);
    body[sizeof body - 1] = '\0';
    expect(world, "/api/sign-in", body, 413, "body_too_long");
    expect(world, "/api/sign-in", "{\"name\":\"a\"}", 400, "\"field\":\"password\"");
    expect(world, "/api/sign-in", "[1]", 400, "body");
}

static void test_guessing_is_slowed(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < THROTTLE_FREE; i++)
        expect(world, "/api/sign-in", "{\"name\":\"ada\",\"password\":\"x\"}", 401, "credentials");
    assert_int_equal(begin(world, "/api/sign-in", "{\"name\":\"Ada\",\"password\":\"x\"}"), 429);
    assert_int_equal(world->exchange.response.retry_after_s, 1);
    finish(world);
    clock_set(&world->console.clock, clock_now(&world->console.clock) + NS_PER_S);
    expect(world, "/api/sign-in", "{\"name\":\"ada\",\"password\":\"x\"}", 401, "credentials");
}

static void test_first_run(void **state)
{
    struct world *world = *state;
    char token[SECRET_TOKEN_TEXT], body[256], path[128];
    snprintf(path, sizeof path, "%s/token", world->folder);
    assert_int_equal(setup_begin(&world->console.desk, path, token), STATUS_OK);
    remove(path);
    expect(world, "/api/setup",
           "{\"token\":\"wrong\",\"name\":\"ada\",\"password\":\"a good password 1\"}", 401,
           "credentials");
    snprintf(body, sizeof body, "{\"token\":\"%s\",\"name\":\"ada\",\"password\":\"short\"}",
             token);
    expect(world, "/api/setup", body, 400, "\"field\":\"password\"");
    snprintf(body, sizeof body,
             "{\"token\":\"%s\",\"name\":\"ada\",\"password\":\"a good password 1\"}", token);
    assert_int_equal(begin(world, "/api/setup", body), 200);
    keep_session(world);
    finish(world);
    expect(world, "/api/users", NULL, 200, "\"name\":\"ada\",\"role\":\"admin\"");
    expect(world, "/api/setup", body, 401, "credentials");
}

static void test_users(void **state)
{
    struct world *world = *state;
    sign_in(world, "ada", ROLE_ADMIN);
    expect(world, "/api/users",
           "{\"name\":\"bob\",\"role\":\"viewer\",\"password\":\"a good password 1\"}", 200,
           "\"name\":\"bob\"");
    expect(world, "/api/users",
           "{\"name\":\"bob\",\"role\":\"viewer\",\"password\":\"a good password 1\"}", 409,
           "exists");
    expect(world, "/api/users",
           "{\"name\":\"cid\",\"role\":\"root\",\"password\":\"a good password 1\"}", 400, "role");
    expect(world, "/api/users/bob", "{\"role\":\"analyst\"}", 200, "\"role\":\"analyst\"");
    expect(world, "/api/users/bob", "{\"disabled\":true}", 200, "\"disabled\":true");
    expect(world, "/api/users/ada", "{\"role\":\"viewer\"}", 409, "last_admin");
    expect(world, "/api/users/eve", "{\"disabled\":true}", 404, "not_found");
    expect(world, "/api/users/ada", "{\"password\":\"\"}", 400, "password");
}

static void test_own_password(void **state)
{
    struct world *world = *state;
    sign_in(world, "ada", ROLE_VIEWER);
    expect(world, "/api/password",
           "{\"old_password\":\"wrong\",\"new_password\":\"another one 22\"}", 403,
           "\"field\":\"old_password\"");
    expect(world, "/api/password",
           "{\"old_password\":\"a good password 1\",\"new_password\":\"short\"}", 400,
           "\"field\":\"new_password\"");
    assert_int_equal(
        begin(world, "/api/password",
              "{\"old_password\":\"a good password 1\",\"new_password\":\"another one 22\"}"),
        200);
    finish(world);
    expect(world, "/api/people", NULL, 401, "signed_out"); /* the old cookie */
}

static void test_what_is_done_is_written_down(void **state)
{
    struct world *world = *state;
    sign_in(world, "ada", ROLE_ADMIN);
    expect(world, "/api/users",
           "{\"name\":\"bob\",\"role\":\"viewer\",\"password\":\"a good password 1\"}", 200, "bob");
    assert_int_equal(begin(world, "/api/trail", NULL), 200);
    const char *seen = text(world);
    assert_non_null(strstr(seen, "\"whole\":true"));
    assert_non_null(strstr(seen, "\"action\":\"sign_in\""));
    assert_non_null(strstr(seen, "\"action\":\"user_added\",\"object\":\"bob viewer\""));
    assert_non_null(strstr(seen, "\"action\":\"trail_viewed\""));
    assert_non_null(strstr(seen, "\"address\":\"192.0.2.1\""));
    assert_null(strstr(seen, "good password"));
    finish(world);
}

int main(void)
{
#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_nothing_without_signing_in),
        WORLD_TEST(test_cookie_is_strict),
        WORLD_TEST(test_roles),
        WORLD_TEST(test_page_token),
        WORLD_TEST(test_body_limits),
        WORLD_TEST(test_guessing_is_slowed),
        WORLD_TEST(test_first_run),
        WORLD_TEST(test_users),
        WORLD_TEST(test_own_password),
        WORLD_TEST(test_what_is_done_is_written_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
