/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collector/formats/generic_mapping.h"
#include "support/log_every_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void reads_json_by_a_mapping(void **state)
{
    (void)state;
    log_every_way(
        "generic-json:protocol: crm\n"
        "dialect: mysql\n"
        "when: {class: [query, login]}\n"
        "fields: {time: timestamp, account: login.user, statement: q.text, rows: q.rows,\n"
        "  client: login.ip, outcome: status, error: status, action: verb, duration_ms: ms}\n"
        "fixed: {program: web}\n"
        "actions: {peek: view}\n"
        "outcomes: {'0': success, '1': failure}\n",
        SLICE("[{\"class\":\"query\",\"timestamp\":\"2026-11-21 21:16:52\",\n"
              " \"login\":{\"user\":\"root[root] @ localhost []\",\"ip\":\"10.0.0.9\"},\n"
              " \"q\":{\"text\":\"select a from t\",\"rows\":3},\"status\":\"0\",\"ms\":1.5},\n"
              "{\"class\":\"noise\"},\n"
              "{\"class\":\"login\",\"verb\":\"peek\",\"timestamp\":1795295812,\"status\":1},\n"
              "{\"class\":\"login\",\"timestamp\":\"yesterday\"}]\n"),
        "2026-11-21T21:16:52.000Z client=10.0.0.9:0 seq=0 account=root program=web "
        "action=read outcome=success clear=select a from t object=t column=a rows=3 "
        "duration_us=1500\n"
        "2026-11-21T21:16:52.000Z seq=0 program=web action=view outcome=failure error=1\n");
}

static void reads_csv_by_a_mapping(void **state)
{
    (void)state;
    log_every_way(
        "generic-csv:fields: {time: when, account: who, subject: customer, object: page}\n"
        "space: customer\nseparator: ';'\n",
        SLICE("when;who;customer;page\r\n2026-11-21T21:16:52Z;\"bo;b\";123;\"a\nb\"\r\n"),
        "2026-11-21T21:16:52.000Z seq=0 account=bo;b action=other outcome=unknown "
        "object=a\\x0ab rows=1 subjects=1\n");
    log_every_way("generic-csv:fields: {time: t, account: u}\ncolumns: [u, t]\n",
                  SLICE("eve,2026-11-21T21:16:52Z\n"),
                  "2026-11-21T21:16:52.000Z seq=0 account=eve action=other outcome=unknown\n");
}

static void reads_pairs_by_a_mapping(void **state)
{
    (void)state;
    log_every_way("generic-keyvalue:fields: {time: ts, account: user, uri: url, client: src}\n",
                  SLICE("lead ts=2026-11-21T21:16:52Z user=\"bo \\\"b\" word url='/crm/customer/9' "
                        "src=10.0.0.9 x=\n"),
                  "2026-11-21T21:16:52.000Z client=10.0.0.9:0 seq=0 account=bo \"b action=view "
                  "outcome=unknown object=/crm/customer/{id} rows=1 C2=1 subjects=1\n");
}

static void refuse(const char *text, const char *why)
{
    static struct generic_mapping mapping;
    struct fault fault;
    assert_int_not_equal(generic_mapping_read(&mapping, slice_from(text), "m.yaml", &fault),
                         STATUS_OK);
    assert_non_null(strstr(fault.text, why));
}

static void refuses_wrong_mappings(void **state)
{
    (void)state;
    refuse("fields: {account: a}", "time is missing");
    refuse("fields: {time: a, colour: b}", "m.yaml:1:19: an event has no such field");
    refuse("fields: {time: a}\nactions: {x: fly}", "an action of the event format is expected");
    refuse("fields: {time: a}\ncolour: red", "unknown key");
    refuse("fields: {time: a}\nseparator: ab", "one character");
    refuse("fields: {time: a}\ndialect: klingon", "ansi, postgresql or mysql");
    refuse("fields: [a]", "a mapping is expected");
    refuse("{", "m.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_json_by_a_mapping),
        cmocka_unit_test(reads_csv_by_a_mapping),
        cmocka_unit_test(reads_pairs_by_a_mapping),
        cmocka_unit_test(refuses_wrong_mappings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
