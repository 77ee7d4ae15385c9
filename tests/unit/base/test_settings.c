/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The settings engine: every row's default, every type, every kind of fault with its place.
 */
#include "base/settings.h"

#include "base/clock.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum status parse(struct settings *s, const char *text, struct fault *fault)
{
    fault->text[0] = '\0';
    return settings_parse(s, slice_make(text, strlen(text)), "conf/dwell.yaml", fault);
}

static void defaults(void **state)
{
    (void)state;
    struct settings s;
    struct fault fault;
    assert_int_equal(settings_load(&s, NULL, &fault), STATUS_OK);
    assert_string_equal(s.site_name, "site");
    assert_string_equal(s.state_dir, "/var/lib/dwell");
    assert_string_equal(s.site_key_file, "");
    assert_true(s.analyzer_idle_limit == 900 * NS_PER_S);
    assert_true(s.analyzer_alert_budget == 0.5);
    assert_true(s.collector_ring_bytes == 64U << 20);
    assert_int_equal(s.collector_spool_policy, SETTINGS_SPOOL_drop_new);
    assert_int_equal(s.forward_syslog.count, 0);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        assert_false(s.given[i]);
    settings_release(&s);
}

static void every_type(void **state)
{
    (void)state;
    struct settings s;
    struct fault fault;
    enum status status = parse(&s,
                               "site: {name: 总部, key_file: site.key, timezone: Asia/Shanghai}\n"
                               "state_dir: /srv/dwell\n"
                               "collector:\n"
                               "  snaplen: 1500\n"
                               "  spool_max_bytes: 10 MiB\n"
                               "  spool_policy: wait\n"
                               "collector.interface: eth0\n"
                               "analyzer:\n"
                               "  idle_limit: 15m\n"
                               "  alert_budget: 2\n"
                               "web: {listen: \"[::1]:443\"}\n"
                               "forward:\n"
                               "  syslog: [udp://siem.example:514, \"tcp://[fe80::1]:601\"]\n"
                               "  facility: local7\n",
                               &fault);
    assert_string_equal(fault.text, "");
    assert_int_equal(status, STATUS_OK);
    assert_string_equal(s.site_name, "总部");
    assert_string_equal(s.site_key_file, "conf/site.key");
    assert_string_equal(s.state_dir, "/srv/dwell");
    assert_string_equal(s.collector_interface, "eth0");
    assert_int_equal(s.collector_snaplen, 1500);
    assert_int_equal(s.collector_spool_max_bytes, 10 << 20);
    assert_int_equal(s.collector_spool_policy, SETTINGS_SPOOL_wait);
    assert_true(s.analyzer_idle_limit == 900 * NS_PER_S);
    assert_true(s.analyzer_alert_budget == 2);
    assert_string_equal(s.web_listen, "[::1]:443");
    assert_int_equal(s.forward_syslog.count, 2);
    assert_string_equal(s.forward_syslog.items[1], "tcp://[fe80::1]:601");
    assert_int_equal(s.forward_facility, 11);
    assert_true(s.given[SETTING_collector_interface]);
    assert_false(s.given[SETTING_collector_user]);
    settings_release(&s);
}

static void sections_may_be_empty(void **state)
{
    (void)state;
    struct settings s;
    struct fault fault;
    assert_int_equal(parse(&s, "# nothing yet\n", &fault), STATUS_OK);
    settings_release(&s);
    assert_int_equal(parse(&s, "collector:\n  # all as it is\nweb:\n", &fault), STATUS_OK);
    settings_release(&s);
}

static void faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"collector:\n  interfce: x\n", "conf/dwell.yaml:2:3: unknown setting collector.interfce: "
                                        "did you mean collector.interface?"},
        {"nothing_like_it: x\n",
         "conf/dwell.yaml:1:1: unknown setting nothing_like_it: remove it, or see the manual"},
        {"collector: 3\n",
         "conf/dwell.yaml:1:12: collector is a section: put its settings under it"},
        {"collector: {snaplen: many}\n",
         "conf/dwell.yaml:1:22: collector.snaplen: write a whole number"},
        {"collector: {snaplen: \"64\"}\n",
         "conf/dwell.yaml:1:22: collector.snaplen: write a whole number"},
        {"collector: {snaplen: 10}\n",
         "conf/dwell.yaml:1:22: collector.snaplen is out of range: 64 to 262144 bytes"},
        {"collector: {snaplen: [64]}\n",
         "conf/dwell.yaml:1:22: collector.snaplen: write a whole number"},
        {"analyzer:\n  idle_limit: 2d\n",
         "conf/dwell.yaml:2:15: analyzer.idle_limit is out of range: 1 to 86400 s"},
        {"analyzer:\n  idle_limit: 2 weeks\n", "conf/dwell.yaml:2:15: analyzer.idle_limit: write a "
                                               "number with one of ns us ms s m h d"},
        {"analyzer.alert_budget: .nan\n",
         "conf/dwell.yaml:1:24: analyzer.alert_budget: write a number"},
        {"collector.spool_policy: maybe\n",
         "conf/dwell.yaml:1:25: collector.spool_policy: write one of drop_new|wait"},
        {"sensor: a\nsensor: b\n",
         "conf/dwell.yaml:2:1: the key \"sensor\" stands here a second time: remove one"},
        {"web: {listen: \"0.0.0.0:1\"}\nweb.listen: 1.2.3.4:5\n",
         "conf/dwell.yaml:2:1: web.listen is given twice: remove one"},
        {"web.listen: localhost\n", "conf/dwell.yaml:1:13: web.listen: write an IP address and a "
                                    "port, as 127.0.0.1:8443 or \"[::1]:8443\""},
        {"forward.syslog: udp://a:1\n", "conf/dwell.yaml:1:17: forward.syslog: write a list of "
                                        "udp://host:port or tcp://host:port"},
        {"forward.syslog: [http://a:1]\n", "conf/dwell.yaml:1:17: forward.syslog: write a list of "
                                           "udp://host:port or tcp://host:port"},
        {"site.timezone: ../etc/passwd\n",
         "conf/dwell.yaml:1:16: site.timezone: write an IANA name "
         "such as Asia/Shanghai, or an offset such as +08:00"},
        {"sensor: \"a\\0b\"\n", "conf/dwell.yaml:1:9: sensor: write a text"},
        {"sensor:\n", "conf/dwell.yaml:1:8: sensor: write a text"},
        {"sensor: \"\"\n", "conf/dwell.yaml:1:9: sensor is out of range: 1 to 64 bytes"},
        {"- a\n", "conf/dwell.yaml:1:1: not settings: write name: value lines"},
        {"\"a\\e[31m\": 1\n",
         "conf/dwell.yaml:1:1: unknown setting a\\x1B[31m: remove it, or see the manual"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct settings s;
        struct fault fault;
        assert_int_not_equal(parse(&s, rows[i].text, &fault), STATUS_OK);
        assert_string_equal(fault.text, rows[i].fault);
    }
}

static void a_missing_file_says_so(void **state)
{
    (void)state;
    struct settings s;
    struct fault fault;
    assert_int_equal(settings_load(&s, "/nonexistent/dwell.yaml", &fault), STATUS_NOT_FOUND);
    assert_string_equal(fault.text, "/nonexistent/dwell.yaml: cannot be read: not found");
}

static void addresses(void **state)
{
    (void)state;
    char host[46];
    uint16_t port;
    assert_true(settings_address("127.0.0.1:8443", host, &port));
    assert_string_equal(host, "127.0.0.1");
    assert_int_equal(port, 8443);
    assert_true(settings_address("[::]:0", host, &port));
    assert_string_equal(host, "::");
    static const char *const bad[] = {"",           "127.0.0.1",  "127.0.0.1:", "127.0.0.1:65536",
                                      "::1:80",     "[::1]80",    "[::1",       "[127.0.0.1]:80",
                                      "1.2.3.4:-1", "1.2.3.4:1x", "a:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(settings_address(bad[i], host, &port));
    struct settings_target target;
    assert_true(settings_target("tcp://siem-1.example:6514", &target));
    assert_true(target.tcp);
    assert_string_equal(target.host, "siem-1.example");
    assert_false(settings_target("udp://host:0", &target));
    assert_false(settings_target("udp://ho st:5", &target));
}

/* The YAML reference is a settings file that gives the defaults. */
static void the_reference_loads(void **state)
{
    (void)state;
    struct buffer out;
    struct settings s;
    struct fault fault = {""};
    buffer_init(&out, 1 << 20);
    for (int language = SETTINGS_ENGLISH; language <= SETTINGS_CHINESE; language++) {
        buffer_reset(&out);
        settings_reference_yaml(&out, (enum settings_language)language);
        assert_int_equal(settings_parse(&s, buffer_slice(&out), "/reference", &fault), STATUS_OK);
        for (size_t i = 0; i < SETTING_COUNT; i++)
            assert_true(s.given[i]);
        assert_true(s.analyzer_idle_limit == 900 * NS_PER_S);
        settings_release(&s);
    }
    buffer_release(&out);
}

static void the_schema_is_json(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1 << 20);
    settings_reference_schema(&out, SETTINGS_CHINESE);
    json_t *schema = json_loadb((const char *)out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    json_t *row = json_object_get(json_object_get(schema, "properties"), "collector.snaplen");
    assert_int_equal(json_integer_value(json_object_get(row, "maximum")), 262144);
    assert_int_equal(json_object_size(json_object_get(schema, "properties")), SETTING_COUNT);
    json_decref(schema);
    buffer_release(&out);
}

static void text_and_manual(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1 << 20);
    settings_reference_text(&out, SETTINGS_ENGLISH);
    assert_non_null(strstr(buffer_text(&out),
                           "analyzer.idle_limit\n    A view of a record counts at "
                           "most this long\n    duration, default 900 s, range "
                           "1..86400 s\n"));
    buffer_reset(&out);
    settings_reference_man(&out, SETTINGS_CHINESE);
    assert_non_null(strstr(buffer_text(&out), ".TP\n.B web.listen\n"));
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(every_type),
        cmocka_unit_test(sections_may_be_empty),
        cmocka_unit_test(faults),
        cmocka_unit_test(a_missing_file_says_so),
        cmocka_unit_test(addresses),
        cmocka_unit_test(the_reference_loads),
        cmocka_unit_test(the_schema_is_json),
        cmocka_unit_test(text_and_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
