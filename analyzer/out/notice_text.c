/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writing notices.
 */
#include "analyzer/out/notice_text.h"

#include "base/clock.h"
#include "base/text.h"

#include <inttypes.h>

enum { CRITICAL = 2, ERROR = 3, WARNING = 4, TEXT_MAX_BYTES = 1 << 16 };

static void append_escaped(struct buffer *to, struct slice text, const char *escaped)
{
    struct buffer clean;
    buffer_init(&clean, TEXT_MAX_BYTES);
    text_append_utf8(&clean, slice_part(text, 0, 8192));
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t c = clean.ptr[i];
        if (c < 0x20 || c == 0x7f) { /* line ends would begin another message */
            buffer_append_byte(to, ' ');
            continue;
        }
        if (strchr(escaped, c))
            buffer_append_byte(to, '\\');
        buffer_append_byte(to, c);
    }
    buffer_release(&clean);
}

void notice_cef_header(struct buffer *to, struct slice text)
{
    append_escaped(to, text, "\\|");
}

void notice_cef_value(struct buffer *to, struct slice text)
{
    append_escaped(to, text, "\\=");
}

static unsigned severity(const struct store_alert *a)
{
    return a->percent >= 60 ? CRITICAL : a->percent >= 30 ? ERROR : WARNING;
}

static void append_header(struct buffer *to, const struct store_notice *n, unsigned facility,
                          const char *host)
{
    char time[40];
    time_format(n->time_ns, 6, time, sizeof time);
    buffer_append_format(to, "<%u>1 %s %s dwell-analyzer - alert ",
                         facility * 8 + severity(&n->snapshot), time, *host ? host : "-");
}

static void append_data(struct buffer *to, const struct store_notice *n)
{
    buffer_append_format(
        to, "[dwell@32473 sequence=\"%" PRIu64 "\" alert=\"%" PRIu64 "\" state=\"%s\" chain=\"",
        n->sequence, n->alert, alert_mark_name(n->mark));
    for (size_t i = 0; i < sizeof n->chain; i++)
        buffer_append_format(to, "%02x", n->chain[i]);
    buffer_append_text(to, "\" employee=\"");
    text_append_syslog(to, n->snapshot.employee);
    buffer_append_text(to, "\"] ");
}

static void append_key(struct buffer *to, const char *key, struct slice value)
{
    buffer_append_format(to, " %s=", key);
    notice_cef_value(to, value);
}

/* The strongest term names the alert. */
static enum term strongest(const struct store_alert *a)
{
    size_t best = 0;
    for (size_t k = 1; k < TERM_COUNT; k++)
        if (term_in_sum((enum term)k) && a->terms[k] > a->terms[best])
            best = k;
    return (enum term)best;
}

static void append_cef(struct buffer *to, const struct store_notice *n)
{
    const struct store_alert *a = &n->snapshot;
    enum term term = strongest(a);
    unsigned cef_severity = a->percent >= 100 ? 10 : a->percent / 10u;
    buffer_append_format(to, "CEF:0|Dwell|Dwell|%s|%s|", DWELL_VERSION, term_code(term));
    notice_cef_header(to, slice_from(term_label(term, LANGUAGE_EN)));
    buffer_append_format(
        to, "|%u|externalId=%" PRIu64 " rt=%" PRId64 " start=%" PRId64 " end=%" PRId64,
        cef_severity, n->alert, n->time_ns / 1000000, a->first_ns / 1000000, a->last_ns / 1000000);
    append_key(to, "suser", a->employee);
    buffer_append_format(
        to, " cfp1Label=score cfp1=%.2f cfp2Label=risk cfp2=%.2f cfp3Label=threshold cfp3=%.2f",
        a->score, a->risk, a->theta);
    buffer_append_format(to, " cn1Label=percent cn1=%u cn2Label=days cn2=%u", a->percent, a->days);
    append_key(to, "msg", a->sentence[LANGUAGE_EN]);
}

void notice_text(struct buffer *to, const struct store_notice *n, unsigned facility,
                 const char *host)
{
    append_header(to, n, facility, host);
    append_data(to, n);
    append_cef(to, n);
}
