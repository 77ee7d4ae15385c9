/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every capture that lies beside the repository, read by us and by libpcap: the same packets with
 * the same bytes, lengths and times. Where libpcap refuses a file, or stops early, we may give
 * more.
 */
#include "base/clock.h"
#include "collector/sources/source.h"
#include "support/shared_data.h"

#include <fts.h>
#include <pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* libpcap reads no compressed files, and passes over what a packet has beyond the file's own snap
 * length. */
struct outcome {
    unsigned files, packets, more;
};

static bool is_capture(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0 ||
                   strcmp(dot, ".cap") == 0 || strcmp(dot, ".trace") == 0);
}

static void compare_packet(const struct packet *ours, const struct pcap_pkthdr *header,
                           const unsigned char *bytes, bool cut_by_them)
{
    assert_true(ours->bytes.len == header->caplen || cut_by_them);
    assert_true(ours->bytes.len >= header->caplen);
    assert_memory_equal(ours->bytes.ptr, bytes, header->caplen);
    assert_true(ours->wire_len >= header->len);
    assert_int_equal(ours->time_ns, header->ts.tv_sec * NS_PER_S + header->ts.tv_usec);
}

static void compare_rest(struct source *source, pcap_t *pcap, struct outcome *outcome)
{
    struct pcap_pkthdr *header;
    const unsigned char *bytes;
    struct packet ours;
    int got;
    while ((got = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        assert_int_equal(source->next(source, &ours), STATUS_OK);
        assert_int_equal(ours.link, link_type_of_dlt(pcap_datalink(pcap)));
        compare_packet(&ours, header, bytes, header->caplen == (unsigned)pcap_snapshot(pcap));
        outcome->packets++;
    }
    enum status status = source->next(source, &ours);
    if (got == PCAP_ERROR_BREAK)
        assert_int_equal(status, STATUS_END);
    else if (status == STATUS_OK)
        outcome->more++;
}

static void compare_file(const char *path, struct outcome *outcome)
{
    char pcap_error[PCAP_ERRBUF_SIZE], error[SOURCE_ERROR_MAX];
    pcap_t *pcap =
        pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, pcap_error);
    struct source *source = capture_file_open(path, error);
    if (pcap && !source)
        fail_msg("libpcap opens it, we do not: %s", error);
    if (pcap && source)
        compare_rest(source, pcap, outcome);
    outcome->more += source && !pcap;
    outcome->files += pcap != NULL;
    if (pcap)
        pcap_close(pcap);
    source_free(&source);
}

static void test_same_as_libpcap(void **state)
{
    (void)state;
    static char path[4096];
    struct outcome outcome = {0};
    if (!shared_data("data", path))
        skip();
    FTS *tree = fts_open((char *const[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    assert_non_null(tree);
    for (FTSENT *entry; (entry = fts_read(tree));)
        if (entry->fts_info == FTS_F && is_capture(entry->fts_name))
            compare_file(entry->fts_path, &outcome);
    fts_close(tree);
    print_message("%u files, %u packets; in %u files more than libpcap gives\n", outcome.files,
                  outcome.packets, outcome.more);
    assert_true(outcome.files > 100 && outcome.packets > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_as_libpcap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
