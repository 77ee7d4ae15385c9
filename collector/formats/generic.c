/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logs read by a mapping (generic_mapping.h): JSON objects, CSV with or without a heading, and
 * key=value pairs. The argument of the format is the text of the mapping.
 */
#include "assets/assets.h"
#include "collector/formats/delimited.h"
#include "collector/formats/formats.h"
#include "collector/formats/generic_mapping.h"
#include "collector/formats/json_fields.h"
#include "collector/formats/log_event.h"
#include "collector/formats/log_time.h"

enum { PAIRS_MAX = 256 };

struct generic_state {
    struct generic_mapping mapping;
    bool has_heading; /* CSV: the columns are known */
};

/* One record, so that fields can be asked for by name. */
struct generic_record {
    const struct generic_mapping *mapping;
    struct arena *scratch;
    struct slice object; /* JSON */
    size_t count;        /* CSV and key=value */
    struct slice name[PAIRS_MAX], value[PAIRS_MAX];
};

static bool find(const struct generic_record *r, struct slice name, struct slice *value)
{
    struct json_value json;
    *value = (struct slice){NULL, 0};
    if (r->object.len > 0) {
        if (!json_find(r->object, name, &json))
            return false;
        *value = json_text(&json, r->scratch);
        return true;
    }
    for (size_t i = 0; i < r->count; i++)
        if (slice_equal(r->name[i], name)) {
            *value = r->value[i];
            return true;
        }
    return false;
}

/* For each field with conditions one of them holds. */
static bool is_wanted(const struct generic_record *r)
{
    const struct generic_mapping *m = r->mapping;
    for (size_t i = 0; i < m->conditions; i++) {
        struct slice field = mapping_slice(m, m->condition[i].field), value;
        bool holds = false;
        (void)find(r, field, &value);
        for (size_t j = 0; j < m->conditions && !holds; j++)
            holds = slice_equal(mapping_slice(m, m->condition[j].field), field) &&
                    slice_equal(mapping_slice(m, m->condition[j].value), value);
        if (!holds)
            return false;
    }
    return true;
}

static void collect(const struct generic_record *r, struct slice values[MAPPING_TARGETS])
{
    const struct generic_mapping *m = r->mapping;
    for (size_t i = 0; i < m->fields; i++) {
        const struct mapping_field *field = &m->field[i];
        struct slice text = mapping_slice(m, field->text), value = text;
        if (!field->fixed)
            (void)find(r, text, &value);
        if (values[field->target].len == 0 && !slice_equal(value, SLICE("-")))
            values[field->target] = value;
    }
}

static bool word_meaning(const struct generic_mapping *m, bool outcome, struct slice text,
                         uint8_t *value)
{
    for (size_t i = 0; i < m->words; i++)
        if (m->word[i].outcome == outcome &&
            slice_equal_nocase(mapping_slice(m, m->word[i].text), text)) {
            *value = m->word[i].value;
            return true;
        }
    return false;
}

static void set_action(struct event *event, const struct generic_mapping *m, struct slice text)
{
    enum event_action action;
    uint8_t value;
    if (text.len == 0)
        return;
    if (word_meaning(m, false, text, &value))
        event->action = (enum event_action)value;
    else if (event_action_find(text, &action))
        event->action = action;
}

static void set_outcome(struct event *event, const struct generic_mapping *m, struct slice text)
{
    enum event_outcome outcome;
    uint8_t value;
    if (text.len == 0)
        return;
    if (word_meaning(m, true, text, &value))
        event->outcome = (enum event_outcome)value;
    else if (event_outcome_find(text, &outcome))
        event->outcome = outcome;
}

static void set_number(struct event *event, struct slice text, uint32_t bit, uint64_t *to)
{
    if (log_number(text, to))
        event->known |= bit;
}

static void set_duration(struct event *event, struct slice text, int64_t unit_us)
{
    if (text.len > 0 && log_duration(text, unit_us, &event->duration_us))
        event->known |= EVENT_KNOWS_duration;
}

static void set_address(struct event_address *to, struct slice ip, struct slice port)
{
    uint64_t number;
    if (log_address(ip, to) && log_number(port, &number) && number <= UINT16_MAX)
        to->port = (uint16_t)number;
}

/* An address of an application says action, object and subject as it does on the wire. */
static void set_uri(struct event *event, const struct log_env *env, struct slice method,
                    struct slice uri)
{
    struct assets_http_match *match = arena_alloc(env->scratch, sizeof *match);
    if (uri.len == 0 || !match)
        return;
    assets_http_match(env->assets, env->asset, method.len ? method : SLICE("GET"), uri, match);
    event->action = match->action;
    log_event_object(event, env, match->object);
    if (match->subject.len > 0)
        log_event_subject(event, env, match->space, match->subject, match->sequence);
    if (match->class > 0)
        event->classes[match->class & 3] = 1;
}

static void set_numbers(struct event *event, struct slice v[MAPPING_TARGETS])
{
    set_number(event, v[MAPPING_rows], EVENT_KNOWS_rows, &event->rows);
    set_number(event, v[MAPPING_affected], EVENT_KNOWS_affected, &event->affected);
    set_number(event, v[MAPPING_bytes], EVENT_KNOWS_bytes, &event->bytes);
    set_duration(event, v[MAPPING_duration_s], 1000000);
    set_duration(event, v[MAPPING_duration_ms], 1000);
    set_duration(event, v[MAPPING_duration_us], 1);
}

/* MySQL writes "app[app] @ localhost []". */
static struct slice user_name(struct slice account)
{
    size_t bracket = slice_find(account, '[', 0), at = slice_find(account, '@', bracket);
    bool is_mysql = at < account.len && account.ptr[account.len - 1] == ']';
    return is_mysql ? slice_part(account, 0, bracket) : account;
}

static enum status emit(const struct generic_record *r, const struct log_env *env)
{
    const struct generic_mapping *m = r->mapping;
    struct slice v[MAPPING_TARGETS] = {{0}};
    struct event event = {.gaps = env->cut ? EVENT_GAP_truncated : 0};
    if (!is_wanted(r))
        return STATUS_NOT_FOUND;
    collect(r, v);
    if (!log_time_any(v[MAPPING_time], env->zone, env->reference_ns, &event.time_ns))
        return STATUS_MALFORMED;
    if (v[MAPPING_statement].len > 0)
        (void)log_event_statement(&event, env, m->dialect, v[MAPPING_statement]);
    set_uri(&event, env, v[MAPPING_method], v[MAPPING_uri]);
    set_action(&event, m, v[MAPPING_action]);
    set_outcome(&event, m, v[MAPPING_outcome]);
    if (v[MAPPING_object].len > 0)
        log_event_object(&event, env, v[MAPPING_object]);
    if (v[MAPPING_subject].len > 0)
        log_event_subject(&event, env, mapping_slice(m, m->space), v[MAPPING_subject], false);
    set_numbers(&event, v);
    set_address(&event.client, v[MAPPING_client], v[MAPPING_client_port]);
    set_address(&event.server, v[MAPPING_server], v[MAPPING_server_port]);
    event.protocol = mapping_slice(m, m->protocol);
    event.account = user_name(v[MAPPING_account]);
    event.database = v[MAPPING_database];
    event.program = v[MAPPING_program];
    if (v[MAPPING_session].len > 0)
        event.session = log_session_id(env, event.protocol, v[MAPPING_session]);
    if (event.outcome != EVENT_OUTCOME_success)
        event.error_code = v[MAPPING_error]; /* else it says that there was none */
    event.error_text = v[MAPPING_error_text];
    env->emit(env->emit_context, &event);
    return STATUS_OK;
}

static enum status feed_json(void *state, const struct log_env *env, struct slice text)
{
    const struct generic_state *s = state;
    struct generic_record r = {.mapping = &s->mapping, .scratch = env->scratch, .object = text};
    struct json_fields j = json_fields_of(text);
    struct json_value value;
    struct slice key;
    while (json_fields_next(&j, &key, &value))
        continue;
    return json_fields_ok(&j) ? emit(&r, env) : STATUS_MALFORMED;
}

/* The first record names the columns where the mapping does not. */
static enum status take_heading(struct generic_state *s, const struct generic_record *r)
{
    struct generic_mapping *m = &s->mapping;
    s->has_heading = true;
    for (size_t i = 0; i < r->count && m->columns < MAPPING_COLUMNS; i++)
        if (!generic_mapping_keep(m, slice_trim(r->value[i]), &m->column[m->columns++]))
            return STATUS_LIMIT;
    return STATUS_NOT_FOUND;
}

static enum status feed_csv(void *state, const struct log_env *env, struct slice text)
{
    struct generic_state *s = state;
    struct generic_record r = {.mapping = &s->mapping, .scratch = env->scratch};
    (void)log_skip(&text, SLICE("\xef\xbb\xbf"));
    struct delimited d = delimited_of(text, s->mapping.separator);
    while (r.count < PAIRS_MAX && delimited_next(&d, env->scratch, &r.value[r.count], NULL))
        r.count++;
    if (!s->has_heading && s->mapping.columns == 0)
        return take_heading(s, &r);
    for (size_t i = 0; i < r.count && i < s->mapping.columns; i++)
        r.name[i] = mapping_slice(&s->mapping, s->mapping.column[i]);
    return emit(&r, env);
}

/* The value behind "key=": in quotes, with backslashes, or up to white space. */
static struct slice pair_value(struct slice *rest, struct arena *scratch)
{
    struct slice value;
    uint8_t quote = rest->len > 0 ? rest->ptr[0] : 0;
    if (quote != '"' && quote != '\'') {
        size_t n = 0;
        while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
            n++;
        value = slice_part(*rest, 0, n);
        *rest = slice_part(*rest, n, rest->len);
        return value;
    }
    uint8_t *to = arena_alloc(scratch, rest->len);
    size_t n = 0, at = 1;
    for (; to && at < rest->len && rest->ptr[at] != quote; at++) {
        if (rest->ptr[at] == '\\' && at + 1 < rest->len)
            at++;
        to[n++] = rest->ptr[at];
    }
    *rest = slice_part(*rest, at + 1, rest->len);
    return slice_make(to, n);
}

static enum status feed_pairs(void *state, const struct log_env *env, struct slice text)
{
    const struct generic_state *s = state;
    struct generic_record r = {.mapping = &s->mapping, .scratch = env->scratch};
    while (text.len > 0 && r.count < PAIRS_MAX) {
        text = slice_trim(text);
        size_t equals = slice_find(text, '=', 0), space = slice_find(text, ' ', 0);
        if (space < equals || equals == text.len) { /* a word alone */
            text = slice_part(text, space, text.len);
            continue;
        }
        r.name[r.count] = slice_part(text, 0, equals);
        text = slice_part(text, equals + 1, text.len);
        r.value[r.count++] = pair_value(&text, env->scratch);
    }
    return emit(&r, env);
}

static bool init(void *state, struct slice argument, struct slice head)
{
    struct generic_state *s = state;
    struct fault fault;
    (void)head;
    return argument.len > 0 &&
           generic_mapping_read(&s->mapping, argument, "mapping", &fault) == STATUS_OK;
}

const struct log_format generic_json_format = {
    .name = "generic-json",
    .protocol = "log",
    .help_en = "any JSON log, by a mapping: generic-json:FILE",
    .help_zh = "任意 JSON 日志，按映射文件解析：generic-json:FILE",
    .state_size = sizeof(struct generic_state),
    .splitting = LOG_JSON,
    .init = init,
    .feed = feed_json,
};

const struct log_format generic_csv_format = {
    .name = "generic-csv",
    .protocol = "log",
    .help_en = "any CSV log, by a mapping: generic-csv:FILE",
    .help_zh = "任意 CSV 日志，按映射文件解析：generic-csv:FILE",
    .state_size = sizeof(struct generic_state),
    .splitting = LOG_CSV,
    .init = init,
    .feed = feed_csv,
};

const struct log_format generic_pairs_format = {
    .name = "generic-keyvalue",
    .protocol = "log",
    .help_en = "any key=value log, by a mapping: generic-keyvalue:FILE",
    .help_zh = "任意 key=value 日志，按映射文件解析：generic-keyvalue:FILE",
    .state_size = sizeof(struct generic_state),
    .splitting = LOG_LINES,
    .init = init,
    .feed = feed_pairs,
};
