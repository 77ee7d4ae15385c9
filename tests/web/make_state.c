/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Makes the state that the console is tested on: runs the analyzer over the event lines that `dwell
 * sim` wrote.    make_state FOLDER    (dwell.yaml, events.jsonl, directory/, site.key in it)
 */
#include "analyzer/engine.h"
#include "event/json.h"
#include "event/site_key.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what)
{
    fprintf(stderr, "make_state: %s\n", what);
    return EXIT_INPUT;
}

static enum status feed(struct engine *engine, FILE *events, const struct event_site_key *key)
{
    struct event_json_input input = {.site_key = key};
    struct arena arena;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    uint64_t sequence = 0;
    enum status status = STATUS_OK;
    arena_init(&arena, 64 << 20);
    while (status == STATUS_OK && (len = getline(&line, &room, events)) > 0) {
        struct event event;
        arena_reset(&arena);
        status = event_from_json(&input, slice_trim(slice_make(line, (size_t)len)), &event, &arena);
        if (status == STATUS_OK)
            status = engine_event(engine, SLICE("sim"), 1, ++sequence, &event);
    }
    arena_release(&arena);
    free(line);
    return status;
}

static enum status run(const char *folder, const struct settings *settings, FILE *events,
                       struct fault *fault)
{
    struct event_site_key key;
    struct assets *assets = NULL;
    struct engine *engine = NULL;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/directory/assets.yaml", folder);
    enum status status = assets_load(&assets, path, fault);
    if (status == STATUS_OK)
        status = site_key_read(settings->site_key_file, &key);
    struct engine_options options = {
        .settings = settings, .assets = assets, .site_key = &key, .replay = true};
    if (status == STATUS_OK)
        status = engine_open(&engine, &options, fault);
    if (status == STATUS_OK)
        status = feed(engine, events, &key);
    if (status == STATUS_OK)
        status = engine_score_running(engine);
    if (engine)
        engine_close(&engine);
    assets_free(&assets);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct fault fault = {""};
    char path[PATH_MAX];
    if (argc != 2)
        return fail("usage: make_state FOLDER");
    snprintf(path, sizeof path, "%s/dwell.yaml", argv[1]);
    if (settings_load(&settings, path, &fault) != STATUS_OK)
        return fail(fault.text);
    snprintf(path, sizeof path, "%s/events.jsonl", argv[1]);
    FILE *events = fopen(path, "r");
    if (!events)
        return fail(path);
    enum status status = run(argv[1], &settings, events, &fault);
    fclose(events);
    settings_release(&settings);
    return status == STATUS_OK ? EXIT_DONE : fail(fault.text[0] ? fault.text : status_text(status));
}
