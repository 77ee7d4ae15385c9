/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Choosing readers for messages.
 */
#include "collector/sources/syslog_router.h"

#include "base/map.h"
#include "collector/formats/sample.h"
#include "collector/formats/syslog_line.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_LEN = 64, LOOK_EVERY = 64 };
#define QUIET_NS NS_PER_S

struct stream_key {
    uint8_t route, family, ip[16];
};

struct stream {
    struct syslog_router *router;
    struct log_reader *reader;
    bool whole; /* the format reads the header itself */
    bool waiting;
    int64_t fed_ns; /* monotonic */
};

/* Through which all readers of the router give their events. */
struct router_sink {
    struct sink sink; /* first */
    struct syslog_router *router;
};

struct syslog_router {
    struct log_source_env *env;
    const struct log_settings *settings;
    struct router_sink sink;
    struct map *streams;
    enum status status;
    int64_t now_ns, monotonic_ns; /* looked at now and then */
    unsigned until_look;
    struct zone utc;
    struct log_times times;
    struct log_counters ended;
    struct log_sample samples[SYSLOG_SAMPLES]; /* messages that came nowhere */
    size_t sample_count;
#define ROUTER_FIELD(name, help) uint64_t name;
    SYSLOG_ROUTER_TABLE(ROUTER_FIELD)
#undef ROUTER_FIELD
};

static enum status put(struct sink *sink, const struct event *event)
{
    struct syslog_router *router = ((struct router_sink *)sink)->router;
    struct sink *spool = &router->env->sink->sink;
    log_times_see(&router->times, event->time_ns, router->now_ns);
    return spool->put(spool, event);
}

static void add_counters(struct log_counters *to, const struct log_reader *reader)
{
    const struct log_counters *from = log_reader_counters(reader);
#define ROUTER_ADD(name, help) to->name += from->name;
    LOG_COUNTER_TABLE(ROUTER_ADD)
#undef ROUTER_ADD
}

static void drop_stream(void *context, struct slice key, void *value)
{
    struct syslog_router *router = context;
    struct stream *stream = value;
    (void)key;
    if (!stream->reader)
        return;
    enum status status = log_reader_end(stream->reader);
    if (router->status == STATUS_OK)
        router->status = status;
    add_counters(&router->ended, stream->reader);
    log_reader_free(&stream->reader);
}

struct syslog_router *syslog_router_new(struct log_source_env *env,
                                        const struct log_settings *settings)
{
    struct syslog_router *router = calloc(1, sizeof *router);
    if (!router)
        return NULL;
    router->env = env;
    router->settings = settings;
    router->sink = (struct router_sink){{.name = "syslog", .put = put}, router};
    router->streams =
        map_new(sizeof(struct stream), SYSLOG_READERS_MAX, MAP_EVICT, drop_stream, router);
    if (!router->streams)
        syslog_router_free(&router);
    return router;
}

void syslog_router_free(struct syslog_router **router)
{
    if (!*router)
        return;
    map_free(&(*router)->streams);
    free(*router);
    *router = NULL;
}

static bool same_network(const struct event_address *address, const struct log_route *route)
{
    unsigned bytes = route->sender_bits / 8, bits = route->sender_bits % 8;
    if (address->family != route->sender.family ||
        memcmp(address->ip, route->sender.ip, bytes) != 0)
        return false;
    return bits == 0 || (address->ip[bytes] ^ route->sender.ip[bytes]) >> (8 - bits) == 0;
}

static bool route_fits(const struct log_route *route, const struct event_address *sender,
                       struct slice tag)
{
    if (route->sender.family != 0 && !same_network(sender, route))
        return false;
    if (route->tag_prefix)
        return slice_starts(tag, route->tag);
    return route->tag.len == 0 || slice_equal(tag, route->tag);
}

static const struct log_route *find_route(const struct syslog_router *router,
                                          const struct event_address *sender, struct slice tag)
{
    for (size_t i = 0; i < router->settings->route_count; i++)
        if (route_fits(&router->settings->routes[i], sender, tag))
            return &router->settings->routes[i];
    return NULL;
}

static void keep_sample(struct syslog_router *router, struct slice message)
{
    if (router->sample_count == SYSLOG_SAMPLES)
        return;
    struct log_sample *sample = &router->samples[router->sample_count++];
    sample->record = router->messages;
    log_sample_text(message, sample->text, sizeof sample->text);
}

static void sender_name(const struct event_address *sender, char name[NAME_LEN])
{
    char address[INET6_ADDRSTRLEN] = "local";
    if (sender->family != 0)
        inet_ntop(sender->family == 4 ? AF_INET : AF_INET6, sender->ip, address, sizeof address);
    snprintf(name, NAME_LEN, "syslog:%s", address);
}

static enum status begin_stream(struct syslog_router *router, struct stream *stream,
                                const struct log_route *route, const struct event_address *sender)
{
    char name[NAME_LEN];
    const struct log_reader_options options = {
        .sensor = router->env->sensor,
        .sink = &router->sink.sink,
        .assets = router->env->assets,
        .site_key = router->env->site_key,
        .zone = route->zone,
        .format = slice_from(route->format),
        .server = route->server,
    };
    stream->router = router;
    stream->reader = log_reader_new(&options);
    if (!stream->reader)
        return STATUS_NO_MEMORY;
    sender_name(sender, name);
    enum status status =
        log_reader_begin(stream->reader, slice_from(name), (struct slice){NULL, 0}, router->now_ns);
    if (status != STATUS_OK) {
        log_reader_free(&stream->reader);
        return status;
    }
    stream->whole = log_reader_format(stream->reader)->syslog_lines;
    return STATUS_OK;
}

static struct stream *find_stream(struct syslog_router *router, const struct log_route *route,
                                  const struct event_address *sender)
{
    struct stream_key key = {.route = (uint8_t)(route - router->settings->routes),
                             .family = sender->family};
    bool created;
    memcpy(key.ip, sender->ip, sizeof key.ip);
    struct stream *stream = map_put(router->streams, slice_make(&key, sizeof key), &created);
    if (stream && !stream->reader && begin_stream(router, stream, route, sender) != STATUS_OK)
        return NULL;
    return stream;
}

static void look_at_clock(struct syslog_router *router)
{
    if (router->until_look-- > 0)
        return;
    router->until_look = LOOK_EVERY;
    router->now_ns = clock_now(&router->env->clock);
    router->monotonic_ns = clock_monotonic(&router->env->clock);
}

static enum status feed(struct syslog_router *router, struct stream *stream, struct slice record)
{
    static const struct slice end = {(const uint8_t *)"\n", 1};
    stream->waiting = true;
    stream->fed_ns = router->monotonic_ns;
    log_reader_set_reference(stream->reader, router->now_ns);
    if (log_reader_format(stream->reader)->splitting != LOG_BLOCKS)
        return log_reader_record(stream->reader, record);
    enum status status = log_reader_feed(stream->reader, record);
    return status == STATUS_OK ? log_reader_feed(stream->reader, end) : status;
}

enum status syslog_router_take(struct syslog_router *router, const struct event_address *sender,
                               struct slice message)
{
    struct syslog_line line;
    look_at_clock(router);
    router->messages++;
    if (!syslog_line_read(message, &router->utc, router->now_ns, &line)) {
        router->headerless++;
        line = (struct syslog_line){.text = message};
    }
    const struct log_route *route = find_route(router, sender, line.tag);
    struct stream *stream = route ? find_stream(router, route, sender) : NULL;
    if (!stream) {
        if (route)
            router->refused++;
        else
            router->unrouted++;
        keep_sample(router, message);
        return router->status;
    }
    enum status status = feed(router, stream, stream->whole ? message : line.text);
    return router->status != STATUS_OK ? router->status : status;
}

static bool idle_stream(void *context, struct slice key, void *value)
{
    struct syslog_router *router = context;
    struct stream *stream = value;
    (void)key;
    if (!stream->reader || !stream->waiting || router->monotonic_ns - stream->fed_ns < QUIET_NS)
        return true;
    stream->waiting = false;
    enum status status = log_reader_idle(stream->reader);
    if (router->status == STATUS_OK)
        router->status = status;
    return true;
}

enum status syslog_router_idle(struct syslog_router *router)
{
    router->until_look = 0;
    look_at_clock(router);
    map_each(router->streams, idle_stream, router);
    return router->status;
}

enum status syslog_router_end(struct syslog_router *router)
{
    struct slice oldest;
    struct stream_key key;
    while (map_oldest(router->streams, &oldest)) {
        memcpy(&key, oldest.ptr, sizeof key);
        map_remove(router->streams, slice_make(&key, sizeof key));
    }
    return router->status;
}

static bool count_stream(void *context, struct slice key, void *value)
{
    const struct stream *stream = value;
    (void)key;
    if (stream->reader)
        add_counters(context, stream->reader);
    return true;
}

struct sample_walk {
    struct json_writer *json;
};

static void write_samples(const struct log_sample *samples, size_t count, struct json_writer *json)
{
    for (size_t i = 0; i < count; i++) {
        json_write_object_open(json);
        log_source_number(json, "record", samples[i].record);
        json_write_key(json, "text");
        json_write_text(json, samples[i].text);
        json_write_object_close(json);
    }
}

static bool write_stream_samples(void *context, struct slice key, void *value)
{
    struct sample_walk *walk = context;
    const struct stream *stream = value;
    const struct log_sample *samples;
    (void)key;
    if (stream->reader) {
        size_t count = log_reader_samples(stream->reader, &samples);
        write_samples(samples, count, walk->json);
    }
    return true;
}

void syslog_router_describe(const struct syslog_router *router, struct json_writer *json)
{
    struct log_counters total = router->ended;
    struct sample_walk walk = {json};
#define ROUTER_JSON(name, help) log_source_number(json, #name, router->name);
    SYSLOG_ROUTER_TABLE(ROUTER_JSON)
#undef ROUTER_JSON
    map_each(router->streams, count_stream, &total);
#define ROUTER_TOTAL(name, help) log_source_number(json, #name, total.name);
    LOG_COUNTER_TABLE(ROUTER_TOTAL)
#undef ROUTER_TOTAL
    log_times_describe(&router->times, json);
    json_write_key(json, "samples");
    json_write_array_open(json);
    write_samples(router->samples, router->sample_count, json);
    map_each(router->streams, write_stream_samples, &walk);
    json_write_array_close(json);
}
