/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * All connections: finding that of a segment, beginning and ending them, and the bounds. Those
 * without payload yet and those that are closed may each take a quarter of the room at most, oldest
 * out first, so that neither port scans nor a busy web server push out the sessions under watch.
 */
#include "collector/streams/streams.h"

#include "base/map.h"
#include "collector/streams/stream.h"

#include <stddef.h>
#include <stdlib.h>

struct stream_list {
    struct stream *first, *last;
    size_t count;
    size_t link_offset; /* of the struct stream_link in struct stream */
};

struct streams {
    struct map *map; /* of struct stream */
    struct stream_limits limits;
    struct stream_consumer consumer;
    struct stream_counters counters;
    bool (*is_server_port)(void *context, uint16_t port);
    struct stream_list fresh;   /* PHASE_NEW, the oldest first */
    struct stream_list closed;  /* PHASE_CLOSED */
    struct stream_list waiting; /* by the time of the last look at them */
    size_t pending_bytes;
    int64_t now_ns;
};

static struct stream_link *link_of(const struct stream_list *list, struct stream *stream)
{
    return (struct stream_link *)((char *)stream + list->link_offset);
}

static void list_append(struct stream_list *list, struct stream *stream, int64_t since_ns)
{
    *link_of(list, stream) =
        (struct stream_link){.before = list->last, .since_ns = since_ns, .listed = true};
    *(list->last ? &link_of(list, list->last)->after : &list->first) = stream;
    list->last = stream;
    list->count++;
}

static void list_remove(struct stream_list *list, struct stream *stream)
{
    struct stream_link *link = link_of(list, stream);
    if (!link->listed)
        return;
    *(link->before ? &link_of(list, link->before)->after : &list->first) = link->after;
    *(link->after ? &link_of(list, link->after)->before : &list->last) = link->before;
    link->listed = false;
    list->count--;
}

static struct stream_env env_of(struct streams *streams)
{
    return (struct stream_env){.consumer = &streams->consumer,
                               .counters = &streams->counters,
                               .pending_bytes = &streams->pending_bytes};
}

/* Ends the session; the connection stays known for a while. */
static void end_stream(struct streams *streams, struct stream *stream, int64_t now_ns)
{
    struct stream_env env = env_of(streams);
    if (stream->phase == PHASE_CLOSED)
        return;
    list_remove(&streams->fresh, stream);
    list_remove(&streams->waiting, stream);
    stream_close(stream, &env, now_ns);
    list_append(&streams->closed, stream, now_ns);
}

/* The map lets go of a connection. */
static void stream_drop(void *context, struct slice key, void *value)
{
    struct streams *streams = context;
    struct stream *stream = value;
    (void)key;
    end_stream(streams, stream, stream->last_ns);
    list_remove(&streams->closed, stream);
}

struct streams *streams_new(const struct stream_limits *limits,
                            const struct stream_consumer *consumer,
                            bool (*is_server_port)(void *context, uint16_t port))
{
    struct streams *streams = calloc(1, sizeof *streams);
    if (!streams)
        return NULL;
    *streams = (struct streams){
        .limits = *limits,
        .consumer = *consumer,
        .is_server_port = is_server_port,
        .fresh.link_offset = offsetof(struct stream, phase_link),
        .closed.link_offset = offsetof(struct stream, phase_link),
        .waiting.link_offset = offsetof(struct stream, wait_link),
    };
    streams->map =
        map_new(sizeof(struct stream), limits->streams_max, MAP_EVICT, stream_drop, streams);
    if (!streams->map) {
        free(streams);
        return NULL;
    }
    return streams;
}

void streams_free(struct streams **streams)
{
    if (!*streams)
        return;
    map_free(&(*streams)->map);
    free(*streams);
    *streams = NULL;
}

static size_t put_endpoint(uint8_t *to, const struct event_address *address)
{
    size_t len = address->family == 4 ? 4 : 16;
    memcpy(to, address->ip, len);
    to[len] = (uint8_t)(address->port >> 8);
    to[len + 1] = (uint8_t)address->port;
    return len + 2;
}

/* Both directions have one key: the lower endpoint stands first. */
static struct slice build_key(const struct tcp_segment *segment, uint8_t key[36])
{
    uint8_t from[18], to[18];
    size_t len = put_endpoint(from, &segment->from);
    put_endpoint(to, &segment->to);
    bool from_first = memcmp(from, to, len) <= 0;
    memcpy(key, from_first ? from : to, len);
    memcpy(key + len, from_first ? to : from, len);
    return slice_make(key, 2 * len);
}

static bool same_endpoint(const struct event_address *a, const struct event_address *b)
{
    return a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* Who is the client of a connection that begins with this segment, as far as it is known to us? */
static bool is_from_client(const struct streams *streams, const struct tcp_segment *segment)
{
    if (segment->flags & TCP_SYN)
        return !(segment->flags & TCP_ACK);
    void *context = streams->consumer.context;
    if (streams->is_server_port) {
        bool to_server = streams->is_server_port(context, segment->to.port);
        if (to_server != streams->is_server_port(context, segment->from.port))
            return to_server;
    }
    return segment->to.port <= segment->from.port;
}

/* A SYN that is no repetition begins a new connection on the addresses of an old one. */
static bool begins_anew(const struct stream *stream, const struct tcp_segment *segment)
{
    if ((segment->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return false;
    bool from_client = same_endpoint(&segment->from, &stream->info.client);
    const struct half *half = &stream->halves[from_client ? TO_SERVER : TO_CLIENT];
    if (stream->phase == PHASE_CLOSED || !half->begin_known)
        return stream->phase == PHASE_CLOSED || half->next_known;
    return half->begin != segment->seq;
}

static void drop_first(struct streams *streams, struct stream_list *list)
{
    struct stream *stream = list->first;
    map_remove(streams->map, slice_make(stream->key, stream->key_len));
}

static struct stream *begin_stream(struct streams *streams, const struct tcp_segment *segment,
                                   struct slice key)
{
    if (streams->fresh.count > streams->limits.streams_max / 4) {
        streams->counters.streams_evicted++;
        drop_first(streams, &streams->fresh);
    }
    uint64_t evicted = map_evicted(streams->map);
    struct stream *stream = map_put(streams->map, key, NULL);
    streams->counters.streams_evicted += map_evicted(streams->map) - evicted;
    if (!stream)
        return NULL;
    bool from_client = is_from_client(streams, segment);
    stream->info = (struct stream_info){.client = from_client ? segment->from : segment->to,
                                        .server = from_client ? segment->to : segment->from,
                                        .first_ns = segment->time_ns,
                                        .mid_session = !(segment->flags & TCP_SYN)};
    memcpy(stream->key, key.ptr, key.len);
    stream->key_len = (uint8_t)key.len;
    list_append(&streams->fresh, stream, segment->time_ns);
    streams->counters.streams++;
    return stream;
}

/* The connection of a segment; NULL when there is none and this cannot begin one. */
static struct stream *find_stream(struct streams *streams, const struct tcp_segment *segment)
{
    uint8_t bytes[36];
    struct slice key = build_key(segment, bytes);
    struct stream *stream = map_get(streams->map, key);
    if (stream && begins_anew(stream, segment)) {
        streams->counters.streams_reused += stream->phase != PHASE_CLOSED;
        map_remove(streams->map, key);
        stream = NULL;
    }
    if (stream)
        return stream;
    bool begins = segment->flags & TCP_SYN || segment->wire_len > 0;
    if (!begins || segment->flags & TCP_RST) {
        streams->counters.stray++;
        return NULL;
    }
    return begin_stream(streams, segment, key);
}

static void expire(struct streams *streams, int64_t now_ns)
{
    struct stream *stream;
    while ((stream = streams->closed.first) &&
           (now_ns - stream->phase_link.since_ns > STREAM_LINGER_NS ||
            streams->closed.count > streams->limits.streams_max / 4))
        drop_first(streams, &streams->closed);
    while ((stream = map_oldest(streams->map, NULL)) && now_ns - stream->last_ns > STREAM_IDLE_NS) {
        streams->counters.streams_expired++;
        map_remove(streams->map, slice_make(stream->key, stream->key_len));
    }
}

/* After a change: is it over, and does it stand in the list of those that wait? */
static void settle(struct streams *streams, struct stream *stream, int64_t now_ns)
{
    if (stream->phase != PHASE_NEW && stream->phase_link.listed)
        list_remove(&streams->fresh, stream);
    if (stream_is_over(stream)) {
        end_stream(streams, stream, now_ns);
        return;
    }
    bool waits = stream_waits(stream);
    if (!waits)
        list_remove(&streams->waiting, stream);
    else if (!stream->wait_link.listed)
        list_append(&streams->waiting, stream, now_ns);
}

static void resolve_first(struct streams *streams, int64_t now_ns)
{
    struct stream_env env = env_of(streams);
    struct stream *stream = streams->waiting.first;
    list_remove(&streams->waiting, stream);
    stream_resolve(stream, &env);
    settle(streams, stream, now_ns);
}

/* Looks again at those that have waited for long enough since the last look. */
static void look_at_waiting(struct streams *streams, int64_t now_ns)
{
    struct stream_env env = env_of(streams);
    struct stream *stream;
    while ((stream = streams->waiting.first) &&
           now_ns - stream->wait_link.since_ns >= STREAM_WAIT_NS) {
        list_remove(&streams->waiting, stream);
        while (stream_is_overdue(stream, now_ns - STREAM_WAIT_NS))
            stream_resolve(stream, &env);
        settle(streams, stream, now_ns);
    }
    while (streams->pending_bytes > streams->limits.pending_bytes_max && streams->waiting.first) {
        streams->counters.pending_limit++;
        resolve_first(streams, now_ns);
    }
}

void streams_tick(struct streams *streams, int64_t now_ns)
{
    streams->now_ns = now_ns;
    expire(streams, now_ns);
    look_at_waiting(streams, now_ns);
}

void streams_segment(struct streams *streams, const struct tcp_segment *segment)
{
    streams_tick(streams, segment->time_ns);
    struct stream *stream = find_stream(streams, segment);
    if (!stream)
        return;
    stream->last_ns = segment->time_ns;
    if (stream->phase == PHASE_CLOSED) {
        streams->counters.late += segment->wire_len > 0;
        return;
    }
    bool from_client = same_endpoint(&segment->from, &stream->info.client);
    struct stream_env env = env_of(streams);
    stream_take(stream, &env, from_client ? TO_SERVER : TO_CLIENT, segment);
    settle(streams, stream, segment->time_ns);
}

bool streams_evict(struct streams *streams)
{
    struct stream *oldest = map_oldest(streams->map, NULL);
    if (!oldest)
        return false;
    streams->counters.streams_evicted++;
    map_remove(streams->map, slice_make(oldest->key, oldest->key_len));
    return true;
}

void streams_finish(struct streams *streams)
{
    struct stream *oldest;
    while ((oldest = map_oldest(streams->map, NULL)))
        map_remove(streams->map, slice_make(oldest->key, oldest->key_len));
}

size_t streams_open(const struct streams *streams)
{
    return map_count(streams->map) - streams->fresh.count - streams->closed.count;
}

const struct stream_counters *streams_counters(const struct streams *streams)
{
    return &streams->counters;
}
