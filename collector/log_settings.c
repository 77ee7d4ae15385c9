/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Checking the settings of log sources.
 */
#include "collector/log_settings.h"

#include "collector/formats/format.h"
#include "collector/formats/log_event.h"

#include <stdlib.h>

struct row_reader {
    const char *setting; /* "collector.logs" */
    size_t number;       /* of the item, from 1 */
    struct fault *fault;
};

static enum status wrong(const struct row_reader *at, const char *what, const char *value)
{
    fault_set(at->fault, at->setting, 0, 0, "item %zu: \"%s\": %s", at->number, value, what);
    return STATUS_INVALID;
}

static bool format_takes(const struct log_format *format, struct slice argument)
{
    void *state = calloc(1, format->state_size ? format->state_size : 1);
    const struct slice none = {NULL, 0};
    bool ok = state && (format->init ? format->init(state, argument, none) : argument.len == 0);
    free(state);
    return ok;
}

static enum status check_format(const struct row_reader *at, const char *text)
{
    struct slice argument = slice_from(text), name = log_cut(&argument, ':');
    if (name.len == 0)
        return STATUS_OK;
    const struct log_format *format = log_format_named(name);
    if (!format)
        return wrong(at, "no log format of that name: see dwell decode --help", text);
    if (!format_takes(format, argument))
        return wrong(at, "the format's argument (after \":\") is not right", text);
    return STATUS_OK;
}

static enum status read_zone(const struct row_reader *at, const char *name, struct zone **to)
{
    struct fault fault;
    if (!*name)
        return STATUS_OK;
    *to = malloc(sizeof **to);
    if (!*to)
        return STATUS_NO_MEMORY;
    if (zone_load(*to, name, &fault) == STATUS_OK)
        return STATUS_OK;
    return wrong(at, "no such time zone: an IANA name such as Asia/Shanghai, or +08:00", name);
}

static enum status read_server(const struct row_reader *at, const char *text,
                               struct event_address *to)
{
    if (!*text || log_address(slice_from(text), to))
        return STATUS_OK;
    return wrong(at, "an address and a port are expected, as 10.0.0.1:5432", text);
}

static enum status read_row(const struct row_reader *at, const struct settings_record *from,
                            struct log_row *to)
{
    to->path = from->values[SETTINGS_LOG_path];
    to->format = from->values[SETTINGS_LOG_format];
    to->journal = strcmp(to->format, "journal") == 0;
    if (to->path[0] != '/' && strcmp(to->path, "-") != 0)
        return wrong(at, "an absolute path, or - for standard input, is expected", to->path);
    if (strlen(to->path) > 4000)
        return wrong(at, "the path is too long", "");
    enum status status = to->journal ? STATUS_OK : check_format(at, to->format);
    if (status == STATUS_OK)
        status = read_zone(at, from->values[SETTINGS_LOG_zone], &to->zone);
    return status == STATUS_OK ? read_server(at, from->values[SETTINGS_LOG_server], &to->server)
                               : status;
}

/* "10.0.0.0/8", "fd00::1". */
static enum status read_sender(const struct row_reader *at, const char *text, struct log_route *to)
{
    uint64_t bits;
    struct slice rest = slice_from(text), address = log_cut(&rest, '/');
    if (!*text)
        return STATUS_OK;
    bool ok = log_address(address, &to->sender) && to->sender.port == 0;
    unsigned most = to->sender.family == 4 ? 32 : 128;
    to->sender_bits = most;
    if (ok && address.len < strlen(text)) {
        ok = slice_to_u64(rest, &bits) && bits <= most;
        to->sender_bits = ok ? (unsigned)bits : 0;
    }
    return ok ? STATUS_OK
              : wrong(at, "an address, or address/bits, is expected, as 10.0.0.0/8", text);
}

static enum status read_route(const struct row_reader *at, const struct settings_record *from,
                              struct log_route *to)
{
    to->format = from->values[SETTINGS_ROUTE_format];
    to->tag = slice_from(from->values[SETTINGS_ROUTE_tag]);
    to->tag_prefix = slice_ends(to->tag, SLICE("*"));
    if (to->tag_prefix)
        to->tag.len--;
    if (!*to->format)
        return wrong(at, "the route names no format", "");
    enum status status = read_sender(at, from->values[SETTINGS_ROUTE_sender], to);
    if (status == STATUS_OK)
        status = check_format(at, to->format);
    if (status == STATUS_OK)
        status = read_zone(at, from->values[SETTINGS_ROUTE_zone], &to->zone);
    return status == STATUS_OK ? read_server(at, from->values[SETTINGS_ROUTE_server], &to->server)
                               : status;
}

static enum status check_addresses(const char *setting, const struct settings_list *list,
                                   struct fault *fault)
{
    char host[46];
    uint16_t port;
    for (size_t i = 0; i < list->count; i++)
        if (!settings_address(list->items[i], host, &port)) {
            const struct row_reader at = {setting, i + 1, fault};
            return wrong(&at, "an IP address and a port are expected, as 0.0.0.0:514",
                         list->items[i]);
        }
    return STATUS_OK;
}

static enum status check_listening(const struct settings *s, struct fault *fault)
{
    enum status status = check_addresses("collector.syslog_udp", &s->collector_syslog_udp, fault);
    if (status == STATUS_OK)
        status = check_addresses("collector.syslog_tcp", &s->collector_syslog_tcp, fault);
    if (status == STATUS_OK)
        status = check_addresses("collector.syslog_tls", &s->collector_syslog_tls, fault);
    if (status != STATUS_OK)
        return status;
    const char *missing = !*s->collector_syslog_certificate   ? "collector.syslog_certificate"
                          : !*s->collector_syslog_private_key ? "collector.syslog_private_key"
                          : !*s->collector_syslog_client_ca   ? "collector.syslog_client_ca"
                                                              : NULL;
    if (s->collector_syslog_tls.count > 0 && missing) {
        fault_set(fault, missing, 0, 0, "is needed by collector.syslog_tls: name a PEM file");
        return STATUS_INVALID;
    }
    bool routed = log_settings_listens(s);
    for (size_t i = 0; i < s->collector_logs.count; i++)
        routed |= strcmp(s->collector_logs.items[i].values[SETTINGS_LOG_format], "journal") == 0;
    if (routed && s->collector_syslog_routes.count == 0) {
        fault_set(fault, "collector.syslog_routes", 0, 0,
                  "without a route no message is of use: say which format they have");
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

enum status log_settings_read(struct log_settings *to, const struct settings *s,
                              struct fault *fault)
{
    *to = (struct log_settings){.settings = s};
    enum status status = check_listening(s, fault);
    for (size_t i = 0; status == STATUS_OK && i < s->collector_logs.count; i++) {
        const struct row_reader at = {"collector.logs", i + 1, fault};
        status = read_row(&at, &s->collector_logs.items[i], &to->rows[to->row_count++]);
    }
    for (size_t i = 0; status == STATUS_OK && i < s->collector_syslog_routes.count; i++) {
        const struct row_reader at = {"collector.syslog_routes", i + 1, fault};
        status =
            read_route(&at, &s->collector_syslog_routes.items[i], &to->routes[to->route_count++]);
    }
    if (status == STATUS_NO_MEMORY)
        fault_set(fault, "collector.logs", 0, 0, "%s", status_text(status));
    return status;
}

void log_settings_release(struct log_settings *settings)
{
    for (size_t i = 0; i < settings->row_count; i++)
        free(settings->rows[i].zone);
    for (size_t i = 0; i < settings->route_count; i++)
        free(settings->routes[i].zone);
    *settings = (struct log_settings){0};
}

bool log_settings_listens(const struct settings *s)
{
    return s->collector_syslog_udp.count + s->collector_syslog_tcp.count +
               s->collector_syslog_tls.count >
           0;
}

bool log_settings_any(const struct settings *s)
{
    return s->collector_logs.count > 0 || log_settings_listens(s);
}
