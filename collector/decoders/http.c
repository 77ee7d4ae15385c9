/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP/1.x decoder (RFC 9112): libhtp takes the bytes apart, http_exchange.c makes events of
 * what it finds. This is the one file that includes libhtp, and the one decoder that allocates,
 * because that library does.
 *
 * After lost bytes, or where the beginning was not seen, the parser is thrown away and begun anew
 * at the next start line of each direction.
 */
#include "collector/decoder.h"
#include "collector/decoders/http_exchange.h"

#include <htp/htp.h>
#include <pthread.h>

enum {
    OPEN_MAX = 256,           /* requests without response on one connection */
    LINE_MAX_SOFT = 16 << 10, /* bytes of one header line */
    LINE_MAX_HARD = 64 << 10,
    HEADERS_MAX = 256,
};

struct http_state {
    htp_connp_t *parser;
    const struct decoder_env *env; /* of the call under way */
    int64_t time_ns;               /* of the call under way */
    struct http_exchange *oldest, *newest;
    size_t open;
    uint64_t seq;
    bool seeking[2]; /* passing over bytes until a start line */
    bool seen[2];    /* any bytes of this direction */
    uint32_t gaps;   /* for the events of exchanges begun from now on */
    bool tunnel;     /* CONNECT or an upgrade: HTTP is over */
};

static struct slice slice_of(const bstr *text)
{
    return text ? slice_make(bstr_ptr(text), bstr_len(text)) : (struct slice){NULL, 0};
}

static struct http_state *state_of(htp_tx_t *tx)
{
    return htp_connp_get_user_data(tx->connp);
}

/* The exchange of a transaction, begun when it is first heard of; NULL without memory. */
static struct http_exchange *exchange_of(htp_tx_t *tx)
{
    struct http_state *state = state_of(tx);
    struct http_exchange *x = htp_tx_get_user_data(tx);
    if (!x) {
        x = http_exchange_new(state->env, ++state->seq);
        if (!x)
            return NULL;
        if (state->newest)
            state->newest->next = x;
        else
            state->oldest = x;
        state->newest = x;
        state->open++;
        htp_tx_set_user_data(tx, x);
    }
    x->env = state->env;
    return x;
}

static void forget(struct http_state *state, struct http_exchange *x)
{
    struct http_exchange **at = &state->oldest, *before = NULL;
    while (*at != x) {
        before = *at;
        at = &(*at)->next;
    }
    *at = x->next;
    if (state->newest == x)
        state->newest = before;
    state->open--;
    http_exchange_free(&x);
}

static int on_request_line(htp_tx_t *tx)
{
    struct http_exchange *x = exchange_of(tx);
    if (x)
        http_exchange_request_line(x, slice_of(tx->request_method), slice_of(tx->request_uri));
    return HTP_OK;
}

static int on_request_headers(htp_tx_t *tx)
{
    struct http_exchange *x = exchange_of(tx);
    for (size_t i = 0; x && i < htp_table_size(tx->request_headers); i++) {
        const htp_header_t *header = htp_table_get_index(tx->request_headers, i, NULL);
        http_exchange_request_header(x, slice_of(header->name), slice_of(header->value));
    }
    if (x)
        http_exchange_request_headers_done(x);
    return HTP_OK;
}

static int on_request_body(htp_tx_data_t *data)
{
    struct http_exchange *x = exchange_of(data->tx);
    if (x && data->data && data->len)
        http_exchange_request_body(x, slice_make(data->data, data->len));
    return HTP_OK;
}

static int on_request_complete(htp_tx_t *tx)
{
    struct http_exchange *x = exchange_of(tx);
    if (x)
        http_exchange_request_done(x, state_of(tx)->time_ns);
    return HTP_OK;
}

static int on_response_line(htp_tx_t *tx)
{
    struct http_exchange *x = exchange_of(tx);
    if (x)
        http_exchange_response_line(x, tx->response_status_number);
    return HTP_OK;
}

/* libhtp joins repeated headers with ", ". In Set-Cookie a comma may also stand inside a date, so
 * the next cookie begins only where a name without blanks stands before the next '='. */
static size_t next_cookie(struct slice joined)
{
    for (size_t at = slice_find(joined, ',', 0); at < joined.len;
         at = slice_find(joined, ',', at + 1)) {
        struct slice rest = slice_trim(slice_part(joined, at + 1, joined.len));
        struct slice name = slice_part(rest, 0, slice_find(rest, '=', 0));
        if (name.len < rest.len && slice_find(name, ' ', 0) == name.len &&
            slice_find(name, ';', 0) == name.len)
            return at;
    }
    return joined.len;
}

static void give_set_cookies(struct http_exchange *x, struct slice name, struct slice joined)
{
    while (joined.len > 0) {
        size_t end = next_cookie(joined);
        http_exchange_response_header(x, name, slice_trim(slice_part(joined, 0, end)));
        joined = slice_part(joined, end + 1, joined.len);
    }
}

static int on_response_headers(htp_tx_t *tx)
{
    struct http_exchange *x = exchange_of(tx);
    for (size_t i = 0; x && i < htp_table_size(tx->response_headers); i++) {
        const htp_header_t *header = htp_table_get_index(tx->response_headers, i, NULL);
        if (slice_equal_nocase(slice_of(header->name), SLICE("set-cookie")))
            give_set_cookies(x, slice_of(header->name), slice_of(header->value));
        else
            http_exchange_response_header(x, slice_of(header->name), slice_of(header->value));
    }
    if (x)
        http_exchange_response_headers_done(x);
    return HTP_OK;
}

static int on_response_body(htp_tx_data_t *data)
{
    struct http_exchange *x = exchange_of(data->tx);
    if (x && data->data && data->len)
        http_exchange_response_body(x, slice_make(data->data, data->len));
    return HTP_OK;
}

static int on_transaction_complete(htp_tx_t *tx)
{
    struct http_state *state = state_of(tx);
    struct http_exchange *x = exchange_of(tx);
    if (!x)
        return HTP_OK;
    http_exchange_emit(x, state->time_ns, true,
                       state->gaps | (x->request_seen ? 0 : EVENT_GAP_one_way));
    htp_tx_set_user_data(tx, NULL);
    forget(state, x);
    return HTP_OK;
}

static htp_cfg_t *config;
static pthread_once_t config_once = PTHREAD_ONCE_INIT;

/* One configuration for all connections; it is only read after this. */
static void make_config(void)
{
    config = htp_config_create();
    if (!config)
        return;
    htp_config_set_server_personality(config, HTP_SERVER_GENERIC);
    htp_config_set_tx_auto_destroy(config, 1);
    htp_config_set_field_limits(config, LINE_MAX_SOFT, LINE_MAX_HARD);
    htp_config_set_number_headers_limit(config, HEADERS_MAX);
    htp_config_set_response_decompression(config,
                                          0); /* unpack.c, with the bytes counted before it */
    htp_config_set_log_level(config, HTP_LOG_NONE);
    htp_config_register_request_line(config, on_request_line);
    htp_config_register_request_headers(config, on_request_headers);
    htp_config_register_request_body_data(config, on_request_body);
    htp_config_register_request_complete(config, on_request_complete);
    htp_config_register_response_line(config, on_response_line);
    htp_config_register_response_headers(config, on_response_headers);
    htp_config_register_response_body_data(config, on_response_body);
    htp_config_register_transaction_complete(config, on_transaction_complete);
}

static void open_parser(struct http_state *state)
{
    state->parser = config ? htp_connp_create(config) : NULL;
    if (!state->parser)
        return;
    htp_connp_open(state->parser, NULL, 0, NULL, 0, NULL);
    htp_connp_set_user_data(state->parser, state);
}

static void http_init(void *opaque, bool mid_session)
{
    struct http_state *state = opaque;
    pthread_once(&config_once, make_config);
    open_parser(state);
    if (mid_session) {
        state->seeking[TO_SERVER] = state->seeking[TO_CLIENT] = true;
        state->gaps |= EVENT_GAP_mid_session;
    }
}

/* Hands out what is open, without its response, and begins anew. */
static void restart(struct http_state *state, uint32_t gaps)
{
    while (state->oldest) {
        struct http_exchange *x = state->oldest;
        x->env = state->env;
        if (!x->matched && x->request_seen)
            http_records_match(x);
        http_exchange_emit(x, state->time_ns, false, state->gaps | gaps);
        forget(state, x);
    }
    if (state->parser)
        htp_connp_destroy_all(state->parser);
    open_parser(state);
}

static bool is_method(struct slice word)
{
    static const char *const methods[] = {"GET",    "POST",    "PUT",     "DELETE",   "HEAD",
                                          "PATCH",  "OPTIONS", "CONNECT", "TRACE",    "PROPFIND",
                                          "SEARCH", "REPORT",  "QUERY",   "MKCOL",    "MOVE",
                                          "COPY",   "LOCK",    "UNLOCK",  "PROPPATCH"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (slice_equal(word, slice_from(methods[i])))
            return true;
    return false;
}

/* A request line "GET /path HTTP/1.1" or a status line "HTTP/1.1 200" begins here. NO, or MAYBE
 * when more bytes are needed to tell. */
static enum decoder_verdict starts_line(enum direction direction, struct slice bytes)
{
    if (direction == TO_CLIENT) {
        struct slice mark = slice_part(SLICE("HTTP/1."), 0, bytes.len);
        if (!slice_starts(bytes, mark))
            return PROBE_NO;
        return bytes.len < 7 ? PROBE_MAYBE : PROBE_YES;
    }
    size_t space = slice_find(bytes, ' ', 0);
    if (space == bytes.len)
        return space > 9 ? PROBE_NO : PROBE_MAYBE;
    if (!is_method(slice_part(bytes, 0, space)))
        return PROBE_NO;
    size_t end = slice_find(bytes, '\n', 0);
    struct slice line = slice_trim(slice_part(bytes, 0, end));
    if (end == bytes.len)
        return end > LINE_MAX_SOFT ? PROBE_NO : PROBE_MAYBE;
    return line.len > 9 && slice_equal(slice_part(line, line.len - 8, 7), SLICE("HTTP/1."))
               ? PROBE_YES
               : PROBE_NO;
}

static enum decoder_verdict http_probe(enum direction direction, struct slice bytes)
{
    return starts_line(direction, bytes);
}

/* Passes over bytes to the next line that begins a message; gives how many. At the end of the bytes
 * the last, unfinished line is left for later, if it may still be one. */
static size_t seek(struct http_state *state, enum direction direction, struct slice bytes, bool end)
{
    size_t at = 0;
    while (at < bytes.len) {
        struct slice rest = slice_part(bytes, at, bytes.len);
        enum decoder_verdict verdict = starts_line(direction, rest);
        if (verdict == PROBE_YES) {
            state->seeking[direction] = false;
            return at;
        }
        if (verdict == PROBE_MAYBE && !end)
            return at;
        size_t line = slice_find(rest, '\n', 0);
        at += line < rest.len ? line + 1 : rest.len;
    }
    return at;
}

static int feed_parser(struct http_state *state, enum direction direction, struct slice bytes,
                       size_t *consumed)
{
    htp_time_t time = {.tv_sec = (time_t)(state->time_ns / 1000000000),
                       .tv_usec = (suseconds_t)(state->time_ns % 1000000000 / 1000)};
    int result;
    if (direction == TO_SERVER)
        result = htp_connp_req_data(state->parser, &time, bytes.ptr, bytes.len);
    else
        result = htp_connp_res_data(state->parser, &time, bytes.ptr, bytes.len);
    *consumed = bytes.len;
    if (result == HTP_STREAM_DATA_OTHER)
        *consumed = direction == TO_SERVER ? htp_connp_req_data_consumed(state->parser)
                                           : htp_connp_res_data_consumed(state->parser);
    return result;
}

static struct decoder_result feed(struct http_state *state, enum direction direction,
                                  struct slice bytes)
{
    struct decoder_result result = {.status = STATUS_OK};
    int answer = feed_parser(state, direction, bytes, &result.consumed);
    if (answer == HTP_STREAM_TUNNEL)
        state->tunnel = true;
    if (answer == HTP_STREAM_ERROR || answer == HTP_STREAM_STOP) {
        restart(state, EVENT_GAP_lost_bytes);
        state->seeking[direction] = true;
    } else if (state->open > OPEN_MAX) {
        restart(state, state->seen[TO_CLIENT] ? EVENT_GAP_limit : EVENT_GAP_one_way);
    }
    return result;
}

static struct decoder_result http_decode(void *opaque, const struct decoder_env *env,
                                         const struct decoder_input *input)
{
    struct http_state *state = opaque;
    struct slice bytes = input->bytes;
    state->env = env;
    state->time_ns = input->time_ns;
    if (bytes.len == 0)
        return (struct decoder_result){.status = STATUS_OK};
    state->seen[input->direction] = true;
    if (!state->parser)
        return (struct decoder_result){.status = STATUS_NO_MEMORY, .consumed = bytes.len};
    if (state->tunnel)
        return (struct decoder_result){.status = STATUS_OK, .consumed = bytes.len};
    size_t skipped = 0;
    if (state->seeking[input->direction]) {
        skipped = seek(state, input->direction, bytes, input->end);
        if (state->seeking[input->direction])
            return (struct decoder_result){.status = STATUS_OK, .consumed = skipped};
    }
    struct decoder_result result =
        feed(state, input->direction, slice_part(bytes, skipped, bytes.len));
    result.consumed += skipped;
    return result;
}

static void http_gap(void *opaque, const struct decoder_env *env, enum direction direction,
                     size_t lost, int64_t time_ns)
{
    struct http_state *state = opaque;
    (void)lost;
    state->env = env;
    state->time_ns = time_ns;
    restart(state, EVENT_GAP_lost_bytes);
    state->seeking[direction] = true;
    /* The other direction may be inside a message that belongs to the lost one. */
    state->seeking[!direction] = true;
}

static void http_finish(void *opaque, const struct decoder_env *env, int64_t time_ns)
{
    struct http_state *state = opaque;
    state->env = env;
    state->time_ns = time_ns;
    if (!state->parser)
        return;
    htp_time_t time = {.tv_sec = (time_t)(time_ns / 1000000000)};
    htp_connp_close(state->parser,
                    &time); /* ends a response that runs to the end of the connection */
    restart(state, state->seen[TO_CLIENT] ? 0 : EVENT_GAP_one_way);
}

static void http_release(void *opaque)
{
    struct http_state *state = opaque;
    while (state->oldest)
        forget(state, state->oldest);
    if (state->parser)
        htp_connp_destroy_all(state->parser);
    state->parser = NULL;
}

static const uint16_t http_ports[] = {80, 8080, 8000, 8008, 8888, 3000, 5000, 9000, 0};

const struct decoder http_decoder = {
    .name = "http",
    .ports = http_ports,
    .state_size = sizeof(struct http_state),
    .init = http_init,
    .probe = http_probe,
    .decode = http_decode,
    .gap = http_gap,
    .finish = http_finish,
    .release = http_release,
};
