/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * JSON members in the API's forms.
 */
#include "web/member.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>

void member_text(struct json_writer *w, const char *name, struct slice text)
{
    json_write_key(w, name);
    json_write_string(w, text);
}

void member_string(struct json_writer *w, const char *name, const char *text)
{
    json_write_key(w, name);
    json_write_text(w, text);
}

void member_unsigned(struct json_writer *w, const char *name, uint64_t value)
{
    json_write_key(w, name);
    json_write_unsigned(w, value);
}

void member_bool(struct json_writer *w, const char *name, bool value)
{
    json_write_key(w, name);
    json_write_boolean(w, value);
}

void member_real(struct json_writer *w, const char *name, double value)
{
    json_write_key(w, name);
    json_write_real(w, fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value);
}

void member_time(struct json_writer *w, const char *name, int64_t ns)
{
    char text[40];
    json_write_key(w, name);
    if (ns == 0) {
        json_write_null(w);
        return;
    }
    time_format(ns, 3, text, sizeof text);
    json_write_text(w, text);
}

void day_text(int32_t day, char to[11])
{
    char text[40];
    time_format((int64_t)day * NS_PER_DAY, 0, text, sizeof text);
    memcpy(to, text, 10);
    to[10] = '\0';
}

void member_day(struct json_writer *w, const char *name, int32_t day)
{
    char text[11];
    day_text(day, text);
    member_string(w, name, text);
}

void member_hex(struct json_writer *w, const char *name, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char text[129];
    size_t at = 0;
    for (size_t i = 0; i < len && at + 2 < sizeof text; i++) {
        text[at++] = digits[bytes[i] >> 4];
        text[at++] = digits[bytes[i] & 15];
    }
    text[at] = '\0';
    member_string(w, name, text);
}

void member_both(struct json_writer *w, const char *name, struct slice en, struct slice zh)
{
    json_write_key(w, name);
    json_write_object_open(w);
    member_text(w, "en", en);
    member_text(w, "zh", zh);
    json_write_object_close(w);
}

void member_address(struct json_writer *w, const char *name, const struct event_address *address)
{
    char ip[INET6_ADDRSTRLEN] = "", text[INET6_ADDRSTRLEN + 10];
    bool six = address->family == 6;
    if (address->family == 4 || six)
        inet_ntop(six ? AF_INET6 : AF_INET, address->ip, ip, sizeof ip);
    if (address->port == 0)
        snprintf(text, sizeof text, "%s", ip);
    else
        snprintf(text, sizeof text, six ? "[%s]:%u" : "%s:%u", ip, address->port);
    member_string(w, name, text);
}
