/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Start, loop and stop of dwell-analyzer.
 */
#include "analyzer/daemon.h"

#include "analyzer/feeds/spools.h"
#include "analyzer/out/forwarder.h"
#include "base/clock.h"
#include "base/log.h"
#include "event/site_key.h"
#include "os/loop.h"
#include "os/notify.h"
#include "os/role.h"
#include "os/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 50, SECOND_MS = 1000, TAKE_MAX = 10000 };

struct daemon {
    const char *config;
    struct settings settings;
    struct assets *assets;
    struct event_site_key site_key;
    bool has_site_key;
    struct engine *engine;
    struct store_reader *reader;
    struct forwarder *forwarder;
    struct spools spools;
    struct loop *loop;
    struct notify notify;
    bool drained;      /* no spool held anything when they were last asked */
    int64_t scored_ns; /* event-free clock: when the running days were last scored */
    int code;
};

static void stop(struct daemon *d, enum status status)
{
    if (d->code != EXIT_DONE) /* two timers of one turn of the loop may meet the same disk */
        return;
    log_error(
        "the store could not be written: %s: free some space and start again; nothing is lost",
        status_text(status));
    d->code = EXIT_INPUT;
    loop_stop(d->loop);
}

static void on_poll(void *context, int detail)
{
    (void)detail;
    struct daemon *d = context;
    size_t taken;
    enum status status = spools_take(&d->spools, TAKE_MAX, &taken);
    d->drained = taken == 0;
    if (status != STATUS_OK)
        stop(d, status);
}

static void on_second(void *context, int detail)
{
    (void)detail;
    struct daemon *d = context;
    struct clock real = clock_real();
    int64_t now = clock_now(&real);
    size_t known = d->spools.count;
    spools_scan(&d->spools);
    d->drained = d->drained && d->spools.count == known;
    enum status status = engine_take_verdicts(d->engine);
    if (status == STATUS_OK && d->drained)
        status = engine_time(d->engine, now); /* else events say */
    if (status == STATUS_OK && now - d->scored_ns >= d->settings.analyzer_rescore) {
        status = engine_score_running(d->engine);
        d->scored_ns = now;
    }
    forwarder_step(d->forwarder, now);
    if (status == STATUS_OK)
        status = engine_commit(d->engine);
    if (status != STATUS_OK)
        stop(d, status);
}

static void on_stop(void *context, int detail)
{
    (void)detail;
    struct daemon *d = context;
    notify_stopping(&d->notify);
    loop_stop(d->loop);
}

static void on_reload(void *context, int detail)
{
    (void)detail;
    struct daemon *d = context;
    struct fault fault;
    if (engine_reload(d->engine, &fault) == STATUS_OK)
        log_notice("the directory was read again");
    else
        log_error("%s: the directory stays as it was", fault.text);
}

static void on_watchdog(void *context, int detail)
{
    (void)detail;
    struct daemon *d = context;
    notify_watchdog(&d->notify);
}

static bool load(struct daemon *d)
{
    struct fault fault;
    char path[4200];
    if (settings_load(&d->settings, d->config, &fault) != STATUS_OK) {
        log_error("%s", fault.text);
        return false;
    }
    snprintf(path, sizeof path, "%s/assets.yaml", d->settings.directory);
    if (assets_load(&d->assets, *d->settings.directory ? path : NULL, &fault) != STATUS_OK) {
        log_error("%s", fault.text);
        return false;
    }
    if (!*d->settings.site_key_file)
        return true;
    enum status status = site_key_read(d->settings.site_key_file, &d->site_key);
    d->has_site_key = status == STATUS_OK;
    if (!d->has_site_key)
        log_error("%s: site key: %s", d->settings.site_key_file, status_text(status));
    return d->has_site_key;
}

static bool open_parts(struct daemon *d)
{
    struct fault fault;
    char why[512] = "";
    struct engine_options options = {.settings = &d->settings,
                                     .assets = d->assets,
                                     .site_key = d->has_site_key ? &d->site_key : NULL};
    enum status status = engine_open(&d->engine, &options, &fault);
    if (status == STATUS_OK &&
        store_reader_open(&d->reader, d->settings.state_dir, why, sizeof why) != STATUS_OK) {
        log_error("%s", why);
        return false;
    }
    if (status == STATUS_OK)
        status =
            forwarder_new(&d->forwarder, &d->settings, engine_store(d->engine), d->reader, &fault);
    if (status != STATUS_OK) {
        log_error("%s", fault.text);
        return false;
    }
    spools_init(&d->spools, d->engine, d->settings.state_dir);
    d->loop = loop_new();
    return d->loop != NULL;
}

/* Before the store is opened: its files belong to the user that goes on with them. */
static bool become_user(struct daemon *d)
{
    struct fault fault;
    if (role_enter(d->settings.analyzer_user, ROLE_KEEP_NOTHING, &fault) == STATUS_OK)
        return true;
    log_error("%s", fault.text);
    return false;
}

static bool confine(struct daemon *d)
{
    struct fault fault;
    struct sandbox_path paths[] = {{d->settings.state_dir, true}, {d->settings.directory, false}};
    size_t count = *d->settings.directory ? 2 : 1;
    notify_open(&d->notify);
    if (sandbox_enter(SANDBOX_ANALYZER, paths, count, &fault) == STATUS_OK)
        return true;
    log_error("%s", fault.text);
    return false;
}

static bool watch(struct daemon *d)
{
    uint64_t watchdog = notify_watchdog_ms();
    bool ok = loop_timer(d->loop, 0, POLL_MS, on_poll, d) &&
              loop_timer(d->loop, 0, SECOND_MS, on_second, d) &&
              loop_signal(d->loop, SIGTERM, on_stop, d) &&
              loop_signal(d->loop, SIGINT, on_stop, d) &&
              loop_signal(d->loop, SIGHUP, on_reload, d);
    if (ok && watchdog > 0)
        ok = loop_timer(d->loop, watchdog, watchdog, on_watchdog, d) != NULL;
    return ok;
}

static int serve(struct daemon *d)
{
    if (!load(d) || !become_user(d) || !open_parts(d) || !confine(d) || !watch(d))
        return EXIT_INPUT;
    spools_scan(&d->spools);
    notify_ready(&d->notify);
    log_notice("started: state in %s", d->settings.state_dir);
    loop_run(d->loop);
    if (d->code == EXIT_DONE && engine_commit(d->engine) != STATUS_OK)
        d->code = EXIT_INPUT;
    log_notice("stopped");
    return d->code;
}

static void release(struct daemon *d)
{
    loop_free(&d->loop);
    spools_release(&d->spools);
    forwarder_free(&d->forwarder);
    store_reader_close(&d->reader);
    engine_close(&d->engine);
    assets_free(&d->assets);
    settings_release(&d->settings);
    notify_close(&d->notify);
}

static const char usage[] =
    "usage: dwell-analyzer --config FILE\n"
    "Reads the collectors' spools, scores employees, forwards alerts.\n"
    "  --config FILE   the settings (dwell check --settings lists them)\n"
    "  --version       the version\n"
    "SIGHUP reads the directory again; SIGTERM ends it after a commit.\n"
    "Exit: 0 done; 2 usage; 3 settings or state could not be read or written.\n";

int analyzer_main(int argc, char **argv)
{
    log_set_program("dwell-analyzer");
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("dwell-analyzer " DWELL_VERSION);
        return EXIT_DONE;
    }
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        log_error("the command line is not right: --config FILE is expected");
        return EXIT_USAGE;
    }
    struct daemon *d = calloc(1, sizeof *d);
    if (!d)
        return EXIT_INPUT;
    d->config = argv[2];
    d->notify.fd = -1;
    int code = serve(d);
    release(d);
    free(d);
    return code;
}
