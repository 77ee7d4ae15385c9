/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starting, the loop, stopping. One thread; the order at the start matters: what needs rights first
 * (the capture), then another user, then the spool as that user, then the sandbox, then bytes from
 * outside.
 */
#include "collector/program.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "collector/collector.h"
#include "collector/inputs.h"
#include "collector/log_inputs.h"
#include "collector/sinks/spool.h"
#include "collector/watching.h"
#include "os/notify.h"
#include "os/role.h"
#include "os/sandbox.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    RING_TIMEOUT_MS = 50,   /* a lone packet waits at most so long in the ring */
    PACKETS_PER_LOOK = 256, /* the clock is asked once in so many packets */
    PATHS_MAX = 130,
};
#define STATISTICS_NS (WATCH_INTERVAL_S * NS_PER_S)
#define STOP_NS       (2 * NS_PER_S) /* the ring is emptied for at most so long after a signal */

struct program {
    const char *config, *interface, *spool_folder;
    char **files;
    int file_count;
    bool done; /* --help or --version was answered */
    struct collector_inputs inputs;
    char folder[8192];             /* the spool's */
    struct source *source;         /* packets; NULL: none */
    struct log_inputs *logs;       /* NULL: none */
    struct log_source_env log_env; /* what they share */
    struct spool_sink sink;
    bool sink_open;
    struct collector *collector;
    struct notify notify;
    struct clock clock;
    int64_t commit_due_ns, statistics_due_ns;
    uint64_t dropped; /* as told last */
    struct watching watching;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void usage(FILE *to)
{
    fputs("usage: dwell-collector --config FILE [--interface NAME] [--spool FOLDER] "
          "[--read FILE...]\n\n"
          "  --config FILE      settings\n"
          "  --interface NAME   capture from here instead of collector.interface\n"
          "  --spool FOLDER     instead of spool/<sensor> in state_dir\n"
          "  --read FILE...     read captures instead of an interface, then end\n"
          "  --help, --version\n",
          to);
}

static bool usage_error(const char *what)
{
    log_error("%s: see dwell-collector --help", what);
    return false;
}

static bool parse(struct program *p, int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"interface", required_argument, NULL, 'i'},
                                            {"spool", required_argument, NULL, 's'},
                                            {"read", no_argument, NULL, 'r'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {0}};
    bool read = false;
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 'c':
            p->config = optarg;
            break;
        case 'i':
            p->interface = optarg;
            break;
        case 's':
            p->spool_folder = optarg;
            break;
        case 'r':
            read = true;
            break;
        case 'h':
        case 'v':
            p->done = true;
            letter == 'h' ? usage(stdout) : (void)printf("dwell-collector %s\n", DWELL_VERSION);
            return true;
        default:
            return false; /* getopt has told */
        }
    }
    p->files = argv + optind;
    p->file_count = argc - optind;
    if (!p->config)
        return usage_error("--config is missing");
    if (read != (p->file_count > 0))
        return usage_error(read ? "--read needs a file" : "an argument without --read");
    if (read && p->interface)
        return usage_error("--read and --interface exclude each other");
    return true;
}

static bool tell(const char *what)
{
    log_error("%s", what);
    return false;
}

static bool open_capture(struct program *p)
{
    const struct settings *settings = &p->inputs.settings;
    char error[SOURCE_ERROR_MAX];
    const struct capture_live_options options = {
        .interface = p->interface ? p->interface : settings->collector_interface,
        .filter = settings->collector_filter,
        .buffer_bytes =
            (uint32_t)(settings->collector_ring_bytes > INT32_MAX ? INT32_MAX
                                                                  : settings->collector_ring_bytes),
        .snap_bytes = (uint32_t)settings->collector_snaplen,
        .timeout_ms = p->logs ? 0 : RING_TIMEOUT_MS, /* else waited for with the logs */
        .promiscuous = true,
    };
    if (p->file_count > 0)
        return true;
    if (!*options.interface && p->logs)
        return true;
    if (!*options.interface)
        return tell("collector.interface: nothing to capture from: set it, or use --interface, "
                    "or name logs in collector.logs");
    p->source = capture_live_open(&options, error);
    return p->source || tell(error);
}

static bool keep_waiting(void *context)
{
    (void)context;
    return !stopping;
}

static bool open_spool(struct program *p)
{
    const struct settings *settings = &p->inputs.settings;
    const struct spool_options options = {
        .max_bytes = settings->collector_spool_max_bytes,
        .policy =
            settings->collector_spool_policy == SETTINGS_SPOOL_wait ? SPOOL_WAIT : SPOOL_DROP_NEW};
    char error[DB_ERROR_SIZE];
    if (p->spool_folder)
        snprintf(p->folder, sizeof p->folder, "%s", p->spool_folder);
    else
        snprintf(p->folder, sizeof p->folder, "%s/spool/%s", settings->state_dir, settings->sensor);
    enum status status = file_make_folder(p->folder, 0750);
    if (status != STATUS_OK) {
        log_error("%s: %s: make the folder, and let the collector's user write there", p->folder,
                  status_text(status));
        return false;
    }
    if (spool_sink_open(&p->sink, p->folder, &options, error) != STATUS_OK)
        return tell(error);
    p->sink.keep_waiting = keep_waiting;
    p->sink_open = true;
    return true;
}

static bool give_up_rights(struct program *p, struct fault *fault)
{
    struct sandbox_path paths[PATHS_MAX] = {{p->folder, true}};
    size_t count = 1;
    for (int i = 0; i < p->file_count && count < PATHS_MAX; i++)
        paths[count++] = (struct sandbox_path){p->files[i], false};
    count += log_inputs_folders(p->logs, paths + count, PATHS_MAX - count);
    return sandbox_enter(SANDBOX_COLLECTOR, paths, count, fault) == STATUS_OK || tell(fault->text);
}

static bool start(struct program *p)
{
    struct fault fault;
    if (p->file_count >= 64)
        return tell("--read: at most 63 files at once");
    if (collector_inputs_load(&p->inputs, p->config, &fault) != STATUS_OK)
        return tell(fault.text);
    if (p->file_count == 0 && log_inputs_open(&p->logs, &p->inputs.settings, &fault) != STATUS_OK)
        return tell(fault.text);
    if (!open_capture(p))
        return false;
    if (role_enter(p->inputs.settings.collector_user, ROLE_KEEP_NOTHING, &fault) != STATUS_OK)
        return tell(fault.text);
    if (!open_spool(p))
        return false;
    notify_open(&p->notify);
    if (!give_up_rights(p, &fault))
        return false;
    struct collector_options options = collector_inputs_options(&p->inputs);
    options.sink = &p->sink.sink;
    options.memory_bytes_max = p->inputs.settings.collector_memory_bytes;
    p->collector = collector_new(&options);
    if (!p->collector)
        return tell(status_text(STATUS_NO_MEMORY));
    p->log_env = (struct log_source_env){
        .sink = &p->sink,
        .sensor = options.sensor,
        .assets = options.assets,
        .site_key = options.site_key,
        .clock = p->clock,
    };
    enum status status = p->logs ? log_inputs_start(p->logs, &p->log_env) : STATUS_OK;
    return status == STATUS_OK || tell(status_text(status));
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* What the interface lost, told once an interval in which it lost something. */
static void tell_losses(struct program *p, const struct source_stats *stats)
{
    uint64_t dropped = stats->dropped + stats->interface_dropped;
    if (dropped > p->dropped)
        log_warning("%s: %" PRIu64 " packets were lost: raise collector.ring_bytes, or narrow "
                    "collector.filter",
                    p->source->name, dropped - p->dropped);
    p->dropped = dropped;
}

/* The file `collector.json` beside the spool says how the collector does. */
static void write_statistics(struct program *p)
{
    struct source_stats stats = {0};
    struct buffer json, path;
    buffer_init(&json, 1 << 20);
    buffer_init(&path, sizeof p->folder + 64);
    if (p->source) {
        p->source->stats(p->source, &stats);
        tell_losses(p, &stats);
    }
    buffer_append_format(&path, "%s/collector.json", p->folder);
    collector_summary_json(p->collector, p->logs, &stats, clock_now(&p->clock), &json);
    buffer_append_byte(&json, '\n');
    enum status status = file_replace(buffer_text(&path), buffer_slice(&json), 0640);
    if (status != STATUS_OK)
        log_warning("%s: %s", buffer_text(&path), status_text(status));
    notify_watchdog(&p->notify);
    buffer_release(&json);
    buffer_release(&path);
}

/* The report for the analyzer goes through the spool; without room there its counts go into the
 * next one. A capture that is read is reported once, at its end. */
static void put_report(struct program *p, bool live)
{
    struct source_stats stats = {0};
    struct watch_report report;
    int64_t now = clock_now(&p->clock);
    if (p->source)
        p->source->stats(p->source, &stats);
    watching_report(&p->watching, p->collector, &stats, now, &report);
    report.sensor = slice_from(p->inputs.settings.sensor);
    report.source = slice_from(p->source ? p->source->name : p->files[0]);
    report.live = live;
    if (spool_put_watch(p->sink.spool, &report) == STATUS_OK)
        watching_told(&p->watching, p->collector, &report);
}

/* What is due by the clock. FULL (no space on the disk) is waited out by the sink. */
static enum status look_around(struct program *p)
{
    int64_t now = clock_monotonic(&p->clock);
    enum status status = STATUS_OK;
    if (now >= p->commit_due_ns) {
        p->commit_due_ns = now + SPOOL_GROUP_NS;
        status = p->sink.sink.commit(&p->sink.sink);
    }
    if (now >= p->statistics_due_ns) {
        p->statistics_due_ns = now + STATISTICS_NS;
        write_statistics(p);
        if (p->source)
            put_report(p, true);
    }
    return status == STATUS_FULL ? STATUS_OK : status;
}

/* A turn of the log sources beside the packets. While there are neither it waits. */
static enum status read_logs(struct program *p, bool busy, int fd)
{
    enum status status = log_inputs_work(p->logs);
    if (status != STATUS_OK && status != STATUS_TIMEOUT && status != STATUS_END)
        return status;
    if (!busy && status != STATUS_OK && !stopping)
        log_inputs_wait(p->logs, fd, RING_TIMEOUT_MS);
    return STATUS_OK;
}

/* Reads a source until it ends, or until it is empty after a signal. */
static enum status read_source(struct program *p, struct source *source)
{
    struct packet packet;
    enum status read = STATUS_OK, status = STATUS_OK;
    int64_t stop_ns = INT64_MAX;
    uint64_t packets = 0;
    while (status == STATUS_OK) {
        read = source->next(source, &packet);
        if (read == STATUS_OK)
            status = collector_packet(p->collector, &packet);
        else if (read == STATUS_TIMEOUT)
            collector_tick(p->collector, clock_now(&p->clock));
        else
            break;
        if (read == STATUS_OK && ++packets % PACKETS_PER_LOOK)
            continue;
        if (status == STATUS_OK && p->logs)
            status = read_logs(p, read == STATUS_OK, source->fd);
        if (status == STATUS_OK)
            status = look_around(p);
        if (stopping && stop_ns == INT64_MAX)
            stop_ns = clock_monotonic(&p->clock) + STOP_NS;
        if (stopping && (read == STATUS_TIMEOUT || clock_monotonic(&p->clock) > stop_ns))
            break;
    }
    if (status != STATUS_OK)
        log_error("%s: %s: the collector ends", p->folder, status_text(status));
    else if (read != STATUS_OK && read != STATUS_END && read != STATUS_TIMEOUT) {
        log_error("%s: everything before it was decoded", source->error);
        status = read;
    }
    return status;
}

static int read_files(struct program *p)
{
    char error[SOURCE_ERROR_MAX];
    int code = EXIT_DONE;
    for (int i = 0; i < p->file_count && !stopping; i++) {
        struct source *source = capture_file_open(p->files[i], error);
        if (!source) {
            log_error("%s", error);
            code = EXIT_INPUT;
            continue;
        }
        collector_set_source(p->collector, slice_from(source->name));
        if (read_source(p, source) != STATUS_OK)
            code = EXIT_INPUT;
        source_free(&source);
    }
    return code;
}

static int read_interface(struct program *p)
{
    collector_set_source(p->collector, slice_from(p->source->name));
    log_notice("capturing from %s into %s", p->source->name, p->folder);
    return read_source(p, p->source) == STATUS_OK ? EXIT_DONE : EXIT_INPUT;
}

/* Files can wait for room on a full disk, their end would lose what waits in memory; an interface
 * goes on, and a signal ends both. */
static enum status commit_last(struct program *p)
{
    enum status status = p->sink.sink.commit(&p->sink.sink);
    while (status == STATUS_FULL && p->file_count > 0 && !stopping) {
        nanosleep(&(struct timespec){0, RING_TIMEOUT_MS * (NS_PER_S / 1000)}, NULL);
        status = p->sink.sink.commit(&p->sink.sink);
    }
    return status;
}

/* Logs alone: until all of them ended, or a signal. */
static int read_only_logs(struct program *p)
{
    enum status status = STATUS_OK;
    log_notice("reading logs into %s", p->folder);
    while (!stopping && (status == STATUS_OK || status == STATUS_TIMEOUT)) {
        status = log_inputs_work(p->logs);
        if (status == STATUS_TIMEOUT)
            log_inputs_wait(p->logs, -1, RING_TIMEOUT_MS);
        enum status looked = look_around(p);
        if (looked != STATUS_OK)
            status = looked;
    }
    if (status == STATUS_OK || status == STATUS_TIMEOUT || status == STATUS_END || stopping)
        return EXIT_DONE;
    log_error("%s: %s: the collector ends", p->folder, status_text(status));
    return EXIT_INPUT;
}

static int read_all(struct program *p)
{
    if (p->file_count > 0)
        return read_files(p);
    return p->source ? read_interface(p) : read_only_logs(p);
}

static int run(struct program *p)
{
    catch_signals();
    notify_ready(&p->notify);
    int code = read_all(p);
    notify_stopping(&p->notify);
    enum status status = collector_finish(p->collector);
    if (p->source || p->file_count > 0)
        put_report(p, p->source != NULL);
    if (p->logs && status == STATUS_OK)
        status = log_inputs_finish(p->logs);
    if (status == STATUS_OK)
        status = commit_last(p);
    if (status != STATUS_OK) {
        log_error("%s: %s: the last events are lost", p->folder, status_text(status));
        code = EXIT_INPUT;
    }
    write_statistics(p);
    return code;
}

static void release(struct program *p)
{
    collector_free(&p->collector);
    source_free(&p->source);
    if (p->sink_open)
        p->sink.sink.close(&p->sink.sink);
    log_inputs_free(&p->logs);
    notify_close(&p->notify);
    collector_inputs_release(&p->inputs);
}

int collector_main(int argc, char **argv)
{
    static struct program program;
    program.notify.fd = -1;
    program.clock = clock_real();
    log_set_program("dwell-collector");
    if (!parse(&program, argc, argv))
        return EXIT_USAGE;
    if (program.done)
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_INPUT;
    int code = start(&program) ? run(&program) : EXIT_INPUT;
    release(&program);
    return code;
}
