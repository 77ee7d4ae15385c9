/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A live interface through libpcap: on Linux its TPACKET_V3 ring. Not in immediate mode, which
 * costs packets under load; the ring's time-out sees to it that single packets come out soon.
 * libpcap itself would wait for ever while nothing comes, so it does not wait, and we do.
 */
#include "collector/sources/source.h"

#include "base/clock.h"

#include <pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

struct capture_live {
    struct source source;
    char *interface;
    pcap_t *pcap;
    uint32_t link;
    int64_t fraction_ns; /* what one unit of the time stamp's fraction is */
    int timeout_ms;
};

/* The next packet, waited for once; as pcap_next_ex() answers. */
static int next_or_wait(struct capture_live *live, struct pcap_pkthdr **header,
                        const unsigned char **bytes)
{
    int got = pcap_next_ex(live->pcap, header, bytes);
    if (got != 0)
        return got;
    struct pollfd fd = {.fd = pcap_get_selectable_fd(live->pcap), .events = POLLIN};
    if (poll(&fd, 1, live->timeout_ms) <= 0) /* a signal ends the wait, too */
        return 0;
    return pcap_next_ex(live->pcap, header, bytes);
}

static enum status live_next(struct source *source, struct packet *packet)
{
    struct capture_live *live = (struct capture_live *)source;
    struct pcap_pkthdr *header;
    const unsigned char *bytes;
    int got = next_or_wait(live, &header, &bytes);
    if (got == 0)
        return STATUS_TIMEOUT;
    if (got != 1) {
        snprintf(source->error, sizeof source->error, "%s: %s", live->interface,
                 pcap_geterr(live->pcap));
        return got == PCAP_ERROR_BREAK ? STATUS_END : STATUS_IO;
    }
    *packet = (struct packet){
        .bytes = slice_make(bytes, header->caplen),
        .wire_len = header->len > header->caplen ? header->len : header->caplen,
        .time_ns = (int64_t)header->ts.tv_sec * NS_PER_S + header->ts.tv_usec * live->fraction_ns,
        .link = live->link};
    return STATUS_OK;
}

static void live_stats(struct source *source, struct source_stats *stats)
{
    struct capture_live *live = (struct capture_live *)source;
    struct pcap_stat seen;
    *stats = (struct source_stats){0};
    if (pcap_stats(live->pcap, &seen) == 0)
        *stats = (struct source_stats){seen.ps_recv, seen.ps_drop, seen.ps_ifdrop};
}

static void live_free(struct source *source)
{
    struct capture_live *live = (struct capture_live *)source;
    if (live->pcap)
        pcap_close(live->pcap);
    free(live->interface);
    free(live);
}

static bool activate(struct capture_live *live, const struct capture_live_options *options,
                     char *error)
{
    char pcap_error[PCAP_ERRBUF_SIZE] = "";
    pcap_set_snaplen(live->pcap, (int)options->snap_bytes);
    pcap_set_promisc(live->pcap, options->promiscuous);
    pcap_set_timeout(live->pcap, (int)options->timeout_ms);
    pcap_set_buffer_size(live->pcap, (int)options->buffer_bytes);
    bool nano = pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    live->fraction_ns = nano ? 1 : 1000;
    int code = pcap_activate(live->pcap);
    live->timeout_ms = (int)options->timeout_ms;
    if (code >= 0 && pcap_setnonblock(live->pcap, 1, pcap_error) != 0)
        code = PCAP_ERROR;
    if (code < 0) {
        const char *detail = pcap_geterr(live->pcap);
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s%s%s", options->interface, pcap_statustostr(code),
                 *detail ? ": " : "", detail);
        return false;
    }
    live->source.fd = pcap_get_selectable_fd(live->pcap);
    live->link = link_type_of_dlt(pcap_datalink(live->pcap));
    return true;
}

static bool set_filter(struct capture_live *live, const char *filter, char *error)
{
    struct bpf_program program;
    if (!filter || !*filter)
        return true;
    bool ok = pcap_compile(live->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (ok) {
        ok = pcap_setfilter(live->pcap, &program) == 0;
        pcap_freecode(&program);
    }
    if (!ok)
        snprintf(error, SOURCE_ERROR_MAX, "%s: filter \"%s\": %s", live->interface, filter,
                 pcap_geterr(live->pcap));
    return ok;
}

struct source *capture_live_open(const struct capture_live_options *options, char *error)
{
    struct capture_live *live = calloc(1, sizeof *live);
    char pcap_error[PCAP_ERRBUF_SIZE] = "";
    if (!live || !(live->interface = strdup(options->interface))) {
        free(live);
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", options->interface,
                 status_text(STATUS_NO_MEMORY));
        return NULL;
    }
    live->source = (struct source){
        .name = live->interface, .next = live_next, .stats = live_stats, .free = live_free};
    live->pcap = pcap_create(options->interface, pcap_error);
    if (!live->pcap)
        snprintf(error, SOURCE_ERROR_MAX, "%s: %s", options->interface, pcap_error);
    if (live->pcap && activate(live, options, error) && set_filter(live, options->filter, error))
        return &live->source;
    live_free(&live->source);
    return NULL;
}
