/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The inventory: loading, its faults, and what it answers.
 */
#include "assets/assets.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char inventory[] =
    "assets:\n"
    "  - name: crm-db\n"
    "    kind: database\n"
    "    addresses: [10.0.0.2:5432, 10.0.9.0/24, '[fd00::1]:5432']\n"
    "    protocol: postgresql\n"
    "    objects:\n"
    "      - name: crm.customers\n"
    "        columns:\n"
    "          id: {class: C1, subject: customer, sequence: true}\n"
    "          iban: C2\n"
    "          face_*: C3\n"
    "      - name: crm.audit_*\n"
    "        class: C0\n"
    "  - name: back-office\n"
    "    kind: application\n"
    "    assignments: true\n"
    "    addresses: [10.0.0.2]\n"
    "    http:\n"
    "      session_cookies: [CRM]\n"
    "      user_headers: [X-Remote-User]\n"
    "      urls:\n"
    "        - {url: '/crm/customer/{id}', methods: [GET, HEAD], action: view, class: C2, subject: "
    "id, "
    "space: customer, sequence: true}\n"
    "        - {url: /crm/find, action: search, class: C1, subject: 'body:ref', space: customer}\n"
    "        - {url: /crm/by-ref, action: view, subject: 'query:ref'}\n"
    "        - {url: '/files/**', action: download}\n";

static struct assets *load(const char *text, enum status expect, const char *fault_text)
{
    char path[] = "/tmp/dwell-assets-XXXXXX";
    struct fault fault = {""};
    struct assets *assets = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    enum status status = assets_load(&assets, path, &fault);
    unlink(path);
    if (status != expect)
        fail_msg("status %s: %s", status_text(status), fault.text);
    if (fault_text && !strstr(fault.text, fault_text))
        fail_msg("fault: %s", fault.text);
    return assets;
}

static struct event_address address(uint8_t d, uint16_t port)
{
    return (struct event_address){.family = 4, .ip = {10, 0, 0, d}, .port = port};
}

static void the_more_exact_address_wins(void **state)
{
    (void)state;
    struct assets *assets = load(inventory, STATUS_OK, NULL);
    struct event_address a = address(2, 5432), b = address(2, 80), c = address(3, 80);
    struct event_address d = {.family = 4, .ip = {10, 0, 9, 77}, .port = 9};
    struct event_address e = {.family = 6, .ip = {0xfd, [15] = 1}, .port = 5432};
    assert_true(slice_equal(asset_name(assets_find(assets, &a)), SLICE("crm-db")));
    assert_true(slice_equal(asset_name(assets_find(assets, &b)), SLICE("back-office")));
    assert_null(assets_find(assets, &c));
    assert_true(slice_equal(asset_name(assets_find(assets, &d)), SLICE("crm-db")));
    assert_true(slice_equal(asset_name(assets_find(assets, &e)), SLICE("crm-db")));
    e.port = 80;
    assert_null(assets_find(assets, &e));
    assert_int_equal(assets_count(assets), 2);
    assert_true(asset_has_assignments(assets_at(assets, 1)));
    assets_free(&assets);
}

static void columns_by_catalogue_then_by_words(void **state)
{
    (void)state;
    struct assets *assets = load(inventory, STATUS_OK, NULL);
    const struct asset *db = assets_named(assets, SLICE("crm-db"));
    struct assets_column id = assets_column(assets, db, SLICE("customers"), SLICE("ID"));
    assert_true(id.by_catalogue && id.subject && id.sequence);
    assert_int_equal(id.class, 1);
    assert_true(slice_equal(id.space, SLICE("customer")));
    assert_int_equal(assets_column(assets, db, SLICE("crm.customers"), SLICE("face_left")).class,
                     3);
    assert_false(assets_column(assets, db, SLICE("other.customers"), SLICE("id")).subject);
    assert_int_equal(assets_column(assets, db, SLICE("x"), SLICE("id_card")).class, 2);
    assert_int_equal(assets_object_class(assets, db, SLICE("crm.customers")), 3);
    assert_int_equal(assets_object_class(assets, db, SLICE("crm.audit_log")), 0);
    assets_free(&assets);
}

static void words_class_columns(void **state)
{
    static const struct {
        const char *column;
        int class;
    } rows[] = {{"id", 0},        {"password_hash", 3}, {"CVV2", 3},      {"ID_CARD", 2},
                {"mobile-no", 2}, {"user_name", 0},     {"full_name", 2}, {"ip_address", 0},
                {"gender", 1},    {"身份证号", 2},      {"客户姓名", 2},  {"table_name", 0},
                {"pin", 3},       {"spinning", 0},      {"email", 2},     {"overdue_days", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int class = assets_column(NULL, NULL, SLICE(""), slice_from(rows[i].column)).class;
        if (class != rows[i].class)
            fail_msg("%s: C%d", rows[i].column, class);
    }
}

struct url_case {
    const char *method, *uri;
    enum event_action action;
    const char *object, *subject;
    bool body_subjects;
};

static void check_url(const struct assets *assets, const struct asset *asset,
                      const struct url_case *c)
{
    struct assets_http_match match;
    assets_http_match(assets, asset, slice_from(c->method), slice_from(c->uri), &match);
    if (match.action != c->action)
        fail_msg("%s %s: action %s", c->method, c->uri, event_action_name(match.action));
    if (!slice_equal(match.object, slice_from(c->object)))
        fail_msg("%s: object %.*s", c->uri, (int)match.object.len, (const char *)match.object.ptr);
    if (!slice_equal(match.subject, slice_from(c->subject)))
        fail_msg("%s: subject %.*s", c->uri, (int)match.subject.len,
                 (const char *)match.subject.ptr);
    if (match.body_subjects != c->body_subjects)
        fail_msg("%s: body_subjects %d", c->uri, match.body_subjects);
}

static void rules_name_the_record(void **state)
{
    static const struct url_case cases[] = {
        {"GET", "/crm/customer/77", EVENT_ACTION_view, "/crm/customer/{id}", "77", false},
        {"GET", "http://crm/crm/customer/x%20y?tab=2#z", EVENT_ACTION_view, "/crm/customer/{id}",
         "x%20y", false},
        {"POST", "/crm/find", EVENT_ACTION_search, "/crm/find", "", true},
        {"GET", "/crm/by-ref?a=1&ref=R5", EVENT_ACTION_view, "/crm/by-ref", "R5", false},
        {"GET", "/files/a/b/c", EVENT_ACTION_download, "/files/**", "", false},
        {"DELETE", "/crm/customer/77", EVENT_ACTION_write, "/crm/customer/{id}", "77", true},
    };
    (void)state;
    struct assets *assets = load(inventory, STATUS_OK, NULL);
    const struct asset *app = assets_named(assets, SLICE("back-office"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_url(assets, app, &cases[i]);
    assert_true(assets_http_session_cookie(app, SLICE("crm")));
    assert_false(assets_http_session_cookie(app, SLICE("JSESSIONID")));
    assert_true(assets_http_user_header(app, SLICE("x-remote-user")));
    assets_free(&assets);
}

static void the_shape_of_urls_stands_in(void **state)
{
    static const struct url_case cases[] = {
        {"GET", "/", EVENT_ACTION_read, "/", "", false},
        {"GET", "/static/app.3f2a.css", EVENT_ACTION_read, "/static/*.css", "", false},
        {"GET", "/crm/customer/123", EVENT_ACTION_view, "/crm/customer/{id}", "123", true},
        {"GET", "/api/v1/customers?limit=20", EVENT_ACTION_read, "/api/v1/customers", "", true},
        {"PUT", "/api/v1/customers/5", EVENT_ACTION_write, "/api/v1/customers/{id}", "5", true},
        {"GET", "/loans/L20260012/schedule", EVENT_ACTION_view, "/loans/{id}/schedule", "L20260012",
         true},
        {"GET", "/orders/991", EVENT_ACTION_view, "/orders/{id}", "", false},
        {"GET", "/u/3f0e9bd4-71a3-4c64-8ee0-1f2a3b4c5d6e", EVENT_ACTION_view, "/u/{id}", "", false},
        {"GET", "/crm/search?from=40&q=Jan", EVENT_ACTION_search, "/crm/search", "", true},
        {"GET", "/crm/export.csv?n=5", EVENT_ACTION_download, "/crm/export.csv", "", true},
        {"GET", "/crm/detail?customer_id=8", EVENT_ACTION_view, "/crm/detail", "8", true},
        {"GET", "/customer/detail?id=8", EVENT_ACTION_view, "/customer/detail", "8", true},
        {"POST", "/login", EVENT_ACTION_login, "/login", "", false},
        {"GET", "/login", EVENT_ACTION_read, "/login", "", false},
        {"GET", "/logout", EVENT_ACTION_logout, "/logout", "", false},
        {"POST", "/upload", EVENT_ACTION_upload, "/upload", "", false},
        {"POST", "/graphql", EVENT_ACTION_call, "/graphql", "", true},
        {"OPTIONS", "*", EVENT_ACTION_other, "/*", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_url(NULL, NULL, &cases[i]);
}

static void faults_say_where(void **state)
{
    (void)state;
    load("assets:\n  - kind: database\n", STATUS_INVALID, ":2:5: an asset needs a name");
    load("assets:\n  - {name: a, color: red}\n", STATUS_INVALID, "unknown key 'color'");
    load("assets:\n  - {name: a, addresses: [10.0.0.300]}\n", STATUS_INVALID,
         ":2:27: an address is");
    load("assets:\n  - {name: a, addresses: [10.0.0.0/33]}\n", STATUS_INVALID, "an address is");
    load("assets:\n  - {name: a}\n  - {name: a}\n", STATUS_INVALID, "has this name already");
    load("assets:\n  - name: a\n    http: {urls: [{url: '/x/{id}', subject: key}]}\n",
         STATUS_INVALID, "no such {parameter}");
    load("assets:\n  - name: a\n    http: {urls: [{url: x}]}\n", STATUS_INVALID, "begins with /");
    load("assets:\n  - name: a\n    objects: [{name: t, columns: {c: C7}}]\n", STATUS_INVALID,
         "C0, C1, C2 or C3");
}

static void hostile_urls_are_bounded(void **state)
{
    (void)state;
    struct assets_http_match match;
    struct buffer uri;
    buffer_init(&uri, 1 << 20);
    for (int i = 0; i < 50000; i++)
        buffer_append_text(&uri, "/a12345");
    assets_http_match(NULL, NULL, SLICE("GET"), buffer_slice(&uri), &match);
    assert_true(match.object.len <= sizeof match.template_bytes);
    buffer_release(&uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_more_exact_address_wins),
        cmocka_unit_test(columns_by_catalogue_then_by_words),
        cmocka_unit_test(words_class_columns),
        cmocka_unit_test(rules_name_the_record),
        cmocka_unit_test(the_shape_of_urls_stands_in),
        cmocka_unit_test(faults_say_where),
        cmocka_unit_test(hostile_urls_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
