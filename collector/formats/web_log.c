/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Access logs of nginx and Apache httpd: JSON (one object a line), the combined and common formats,
 * and any format of the line given as the argument in nginx's way ("$remote_addr - $remote_user
 * [$time_local] ...") or Apache's ("%h %l %u %t \"%r\" %>s %b").
 *
 * Documents: nginx ngx_http_log_module, Apache mod_log_config. Both escape bytes as \xHH, Apache
 * quotes and backslashes by a backslash too.
 */
#include "collector/formats/formats.h"
#include "collector/formats/json_fields.h"
#include "collector/formats/log_time.h"
#include "collector/formats/web_access.h"

enum { TOKENS_MAX = 64, KEYS_KNOWN = 48, KEY_LENGTH = 32 };

/* What a JSON key was found to mean, by its place: lines of a log have the same keys in the same
 * order. */
struct web_key {
    uint8_t len;
    uint8_t text[KEY_LENGTH];
    enum web_field field;
    uint8_t name_at; /* where the header's or cookie's name begins in it */
};

/* A field and the literal that ends it. */
struct web_token {
    enum web_field field;
    struct slice name;    /* of a header or cookie */
    struct slice literal; /* behind it; empty: to the next token or the end */
};

/* The format of a line. */
struct web_template {
    struct slice lead; /* before the first field */
    struct web_token token[TOKENS_MAX];
    size_t count;
};

struct web_state {
    bool is_given; /* else lines are JSON or combined */
    struct web_template line;
    struct web_key key[KEYS_KNOWN];
};

static const char combined[] = "$remote_addr - $remote_user [$time_local] \"$request\" $status "
                               "$body_bytes_sent";

static bool is_name(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* "$name" or "${name}" at the front. */
static bool take_nginx(struct slice *format, struct web_token *token)
{
    struct slice rest = slice_part(*format, 1, format->len);
    bool braced = log_skip(&rest, SLICE("{"));
    size_t n = 0;
    while (n < rest.len && is_name(rest.ptr[n]))
        n++;
    token->field = web_field_named(slice_part(rest, 0, n), &token->name);
    *format = slice_part(rest, n + braced, rest.len);
    return n > 0;
}

static enum web_field apache_field(uint8_t c, struct slice argument)
{
    switch (c) {
    case 'h':
    case 'a':
        return WEB_CLIENT;
    case 'u':
        return WEB_USER;
    case 't':
        return WEB_TIME;
    case 'r':
        return WEB_REQUEST;
    case 'm':
        return WEB_METHOD;
    case 'U':
        return WEB_URI;
    case 's':
        return WEB_STATUS;
    case 'b':
    case 'B':
        return WEB_BODY_BYTES;
    case 'O':
        return WEB_BYTES;
    case 'D':
        return WEB_MICROSECONDS;
    case 'A':
        return WEB_SERVER;
    case 'C':
        return WEB_COOKIE;
    case 'i':
        if (slice_equal_nocase(argument, SLICE("user-agent")))
            return WEB_AGENT;
        return slice_equal_nocase(argument, SLICE("cookie")) ? WEB_COOKIES : WEB_HEADER;
    case 'o':
        return slice_equal_nocase(argument, SLICE("set-cookie")) ? WEB_SET_COOKIE : WEB_HEADER;
    default:
        return WEB_IGNORED;
    }
}

/* "%h", "%>s", "%{User-Agent}i" at the front. */
static bool take_apache(struct slice *format, struct web_token *token)
{
    struct slice rest = slice_part(*format, 1, format->len), argument = {NULL, 0};
    while (rest.len > 0 && (rest.ptr[0] == '>' || rest.ptr[0] == '<'))
        rest = slice_part(rest, 1, rest.len);
    if (log_skip(&rest, SLICE("{")))
        argument = log_cut(&rest, '}');
    if (rest.len == 0)
        return false;
    token->name = argument;
    token->field = apache_field(rest.ptr[0], argument);
    *format = slice_part(rest, 1, rest.len);
    return true;
}

static bool begins_field(uint8_t c)
{
    return c == '$' || c == '%';
}

static bool compile(struct web_template *s, struct slice format)
{
    size_t n = 0;
    while (n < format.len && !begins_field(format.ptr[n]))
        n++;
    s->lead = slice_part(format, 0, n);
    format = slice_part(format, n, format.len);
    while (format.len > 0) {
        if (s->count == TOKENS_MAX)
            return false;
        struct web_token *token = &s->token[s->count++];
        if (!(format.ptr[0] == '$' ? take_nginx(&format, token) : take_apache(&format, token)))
            return false;
        for (n = 0; n < format.len && !begins_field(format.ptr[n]); n++)
            continue;
        token->literal = slice_part(format, 0, n);
        format = slice_part(format, n, format.len);
    }
    return s->count > 0;
}

/* \xHH and backslashed characters undone. */
static struct slice unescape(struct slice s, struct arena *scratch)
{
    if (slice_find(s, '\\', 0) == s.len)
        return s;
    uint8_t *to = arena_alloc(scratch, s.len);
    size_t n = 0;
    struct reader r = reader_of(s);
    static const char digits[] = "0123456789abcdef";
    while (to && reader_left(&r) > 0) {
        uint8_t c = reader_u8(&r);
        if (c != '\\' || reader_left(&r) == 0) {
            to[n++] = c;
            continue;
        }
        c = reader_u8(&r);
        struct reader back = r;
        uint8_t a = reader_u8(&r), b = reader_u8(&r);
        const char *high = a ? strchr(digits, a | 0x20) : NULL;
        const char *low = b ? strchr(digits, b | 0x20) : NULL;
        if (c == 'x' && high && low) {
            to[n++] = (uint8_t)((high - digits) << 4 | (low - digits));
            continue;
        }
        r = back;
        to[n++] = c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return slice_make(to, n);
}

/* Where the literal that ends a field begins; a quote that is escaped does not end it. */
static size_t find_literal(struct slice line, struct slice literal)
{
    if (literal.len == 0)
        return line.len;
    for (size_t at = slice_find(line, literal.ptr[0], 0); at < line.len;
         at = slice_find(line, literal.ptr[0], at + 1)) {
        bool escaped = literal.ptr[0] == '"' && at > 0 && line.ptr[at - 1] == '\\';
        if (!escaped && slice_starts(slice_part(line, at, line.len), literal))
            return at;
    }
    return SIZE_MAX;
}

/* Reads the line by the format; what is behind the last field is passed over. */
static bool read_line(const struct web_template *s, const struct log_env *env, struct slice line,
                      struct web_request *request)
{
    if (!log_skip(&line, s->lead))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct web_token *token = &s->token[i];
        bool last = i + 1 == s->count;
        size_t end = last && token->literal.len == 0 ? slice_find(line, ' ', 0)
                                                     : find_literal(line, token->literal);
        if (end == SIZE_MAX)
            return false;
        /* A time in brackets holds the blank that ends a field. */
        if (token->field == WEB_TIME && line.len > 0 && line.ptr[0] == '[')
            end = slice_find(line, ']', 0) + 1;
        web_request_take(request, env, token->field, token->name,
                         unescape(slice_part(line, 0, end), env->scratch));
        line = slice_part(line, end + token->literal.len, line.len);
    }
    return true;
}

/* The rest of a combined line: "referer" "agent". */
static void read_combined_rest(const struct log_env *env, struct slice line,
                               struct web_request *request)
{
    size_t quotes = 0;
    for (size_t at = 0; at < line.len && quotes < 5; at++) {
        bool escaped = at > 0 && line.ptr[at - 1] == '\\';
        if (line.ptr[at] != '"' || escaped || ++quotes < 5)
            continue;
        struct slice agent = slice_part(line, at + 1, line.len);
        agent = slice_part(agent, 0, find_literal(agent, SLICE("\"")));
        web_request_take(request, env, WEB_AGENT, agent, unescape(agent, env->scratch));
    }
}

/* The field of the key at a place, remembered there. */
static enum web_field field_of(struct web_state *s, size_t place, struct slice key,
                               struct slice *name)
{
    if (place >= KEYS_KNOWN || key.len > KEY_LENGTH || key.len == 0)
        return web_field_named(key, name);
    struct web_key *known = &s->key[place];
    if (known->len != key.len || memcmp(known->text, key.ptr, key.len) != 0) {
        known->len = (uint8_t)key.len;
        memcpy(known->text, key.ptr, key.len);
        known->field = web_field_named(key, name);
        known->name_at = (uint8_t)(key.len - name->len);
    }
    *name = slice_part(key, known->name_at, key.len);
    return known->field;
}

static bool read_json(struct web_state *s, const struct log_env *env, struct slice line,
                      struct web_request *request)
{
    struct json_fields j = json_fields_of(line);
    struct json_value value;
    struct slice key, name;
    for (size_t place = 0; json_fields_next(&j, &key, &value); place++) {
        enum web_field field = field_of(s, place, key, &name);
        if (field != WEB_IGNORED && value.kind <= JSON_LITERAL)
            web_request_take(request, env, field, name, json_text(&value, env->scratch));
    }
    return json_fields_ok(&j);
}

static bool read_any(struct web_state *s, const struct log_env *env, struct slice line,
                     struct web_request *request)
{
    if (s->is_given)
        return read_line(&s->line, env, line, request);
    if (line.len > 0 && line.ptr[0] == '{')
        return read_json(s, env, line, request);
    if (!read_line(&s->line, env, line, request))
        return false;
    read_combined_rest(env, line, request);
    return true;
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    struct web_request request = {0};
    if (!read_any(state, env, record, &request))
        return STATUS_MALFORMED;
    return web_request_emit(&request, env);
}

static bool init(void *state, struct slice argument, struct slice head)
{
    struct web_state *s = state;
    (void)head;
    s->is_given = argument.len > 0;
    return compile(&s->line, s->is_given ? argument : slice_from(combined));
}

/* A line in which a request, a status and a time are found where they should be. */
static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    struct web_state standard = {.is_given = false};
    struct arena scratch;
    uint64_t status;
    bool ok = false;
    arena_init(&scratch, 1 << 20);
    (void)compile(&standard.line, slice_from(combined));
    struct log_env env = {.zone = &utc, .reference_ns = INT64_MAX / 2, .scratch = &scratch};
    for (int i = 0; i < 10 && head.len > 0 && !ok; i++) {
        struct web_request request = {0};
        ok = read_any(&standard, &env, log_cut(&head, '\n'), &request) && request.has_time &&
             request.method.len > 0 && request.uri.len > 0 && log_number(request.status, &status) &&
             status >= 100 && status < 600;
    }
    arena_release(&scratch);
    return ok ? PROBE_YES : PROBE_NO;
}

const struct log_format web_log_format = {
    .name = "web",
    .protocol = "http",
    .help_en = "nginx and Apache access logs: combined, JSON; :FORMAT gives any other",
    .help_zh = "nginx 与 Apache 访问日志：combined、JSON；可用 :FORMAT 给出其他格式",
    .state_size = sizeof(struct web_state),
    .splitting = LOG_LINES,
    .init = init,
    .probe = probe,
    .feed = feed,
};
