/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the shape of a web address says where no rule of the inventory knows it: which segments are
 * ids, and what the request does.
 */
#include "assets/inventory.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static size_t count_bytes(struct slice s, bool (*is)(uint8_t))
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += is(s.ptr[i]);
    return n;
}

static bool is_uuid(struct slice s)
{
    static const size_t dashes[] = {8, 13, 18, 23};
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (s.ptr[dashes[i]] != '-')
            return false;
    return count_bytes(s, is_hex) == 32;
}

/* "L20260012", "C-10293": a short prefix of letters, then at least three digits and nothing else.
 */
static bool is_prefixed_number(struct slice s)
{
    size_t at = 0;
    while (at < s.len && at < 4 && (s.ptr[at] | 0x20) >= 'a' && (s.ptr[at] | 0x20) <= 'z')
        at++;
    if (at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '_'))
        at++;
    struct slice number = slice_part(s, at, s.len);
    return number.len >= 3 && count_bytes(number, is_digit) == number.len;
}

static bool is_id(struct slice s)
{
    if (s.len == 0 || s.len > 64)
        return false;
    size_t digits = count_bytes(s, is_digit);
    if (digits == s.len)
        return s.len <= 20;
    bool long_hex = s.len >= 16 && digits > 0 && count_bytes(s, is_hex) == s.len;
    return long_hex || is_uuid(s) || is_prefixed_number(s);
}

/* The ".csv" of "export.csv"; empty without one. */
static struct slice extension(struct slice segment)
{
    size_t at = segment.len;
    while (at > 0 && segment.ptr[at - 1] != '.')
        at--;
    if (at <= 1 || segment.len - at > 5)
        return (struct slice){NULL, 0};
    return slice_part(segment, at - 1, segment.len);
}

static bool is_one_of(struct slice s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && s.len > 0; i++) {
        bool begins = ((words[i][0] ^ s.ptr[0]) & ~0x20) == 0; /* but for a letter's case */
        if (begins && slice_equal_nocase(s, slice_from(words[i])))
            return true;
    }
    return false;
}

#define ONE_OF(s, ...)                                 \
    is_one_of((s), (const char *const[]){__VA_ARGS__}, \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static bool is_static(struct slice ext)
{
    return ONE_OF(ext, ".css", ".js", ".mjs", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico",
                  ".webp", ".woff", ".woff2", ".ttf", ".map");
}

struct path_facts {
    size_t count;
    struct slice segments[URL_SEGMENTS_MAX];
    struct slice last_word; /* the last segment that is no id, without its extension */
    struct slice ext;
    struct slice id; /* the first id after a noun of people, else empty */
    bool has_id;     /* any */
    bool holder;     /* a noun of people stands in it */
    bool search_word, download_word, upload_word;
};

static void look_at_word(struct path_facts *facts, struct slice word)
{
    facts->last_word = word;
    facts->holder |= words_holder(word);
    facts->search_word |= ONE_OF(word, "search", "find", "lookup", "query", "sousuo");
    facts->download_word |= ONE_OF(word, "export", "download", "exports", "downloads", "daochu");
    facts->upload_word |= ONE_OF(word, "upload", "import", "uploads", "daoru");
}

static void look_at_path(struct path_facts *facts, struct slice path)
{
    memset(facts, 0, sizeof *facts);
    facts->count = http_split(path, facts->segments);
    for (size_t i = 0; i < facts->count; i++) {
        struct slice segment = facts->segments[i];
        if (i + 1 == facts->count)
            facts->ext = extension(segment);
        struct slice word = slice_part(
            segment, 0, i + 1 == facts->count ? segment.len - facts->ext.len : segment.len);
        if (i > 0 && is_id(word)) {
            facts->has_id = true;
            if (facts->id.len == 0 && words_holder(facts->segments[i - 1]))
                facts->id = word;
        } else {
            look_at_word(facts, word);
        }
    }
}

struct template
{
    uint8_t *to;
    size_t len, max;
};

static void add(struct template *t, struct slice s)
{
    s = slice_part(s, 0, t->max - t->len);
    if (s.len)
        memcpy(t->to + t->len, s.ptr, s.len);
    t->len += s.len;
}

/* The path with {id} for ids; files that browsers fetch by themselves are one object a kind. */
static void make_template(const struct path_facts *facts, struct assets_http_match *match)
{
    struct template t = {match->template_bytes, 0, sizeof match->template_bytes};
    if (facts->count == 0)
        add(&t, SLICE("/"));
    for (size_t i = 0; i < facts->count; i++) {
        bool last = i + 1 == facts->count;
        struct slice word = facts->segments[i];
        if (last)
            word = slice_part(word, 0, word.len - facts->ext.len);
        add(&t, SLICE("/"));
        if (last && is_static(facts->ext))
            add(&t, SLICE("*"));
        else
            add(&t, i > 0 && is_id(word) ? SLICE("{id}") : word);
        if (last)
            add(&t, facts->ext);
    }
    match->object = slice_make(t.to, t.len);
}

static bool is_search_query(struct slice query)
{
    static const char *const names[] = {"q",        "query", "search", "keyword",
                                        "keywords", "kw",    "term"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (http_query_value(query, slice_from(names[i])).len > 0)
            return true;
    return false;
}

/* "?customer_id=5", "?id=5" on a page of people. */
static struct slice query_subject(const struct path_facts *facts, struct slice query)
{
    static const char *const names[] = {"customer_id", "customerid", "cust_id", "custid",
                                        "borrower_id", "member_id",  "loan_id", "loanid",
                                        "user_id",     "userid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct slice value = http_query_value(query, slice_from(names[i]));
        if (value.len > 0)
            return value;
    }
    return facts->holder ? http_query_value(query, SLICE("id")) : (struct slice){NULL, 0};
}

static bool is_reading(struct slice method)
{
    return ONE_OF(method, "GET", "HEAD");
}

static enum event_action action_of(const struct path_facts *facts, struct slice method,
                                   struct slice query, const struct assets_http_match *match)
{
    bool reading = is_reading(method);
    if (is_static(facts->ext))
        return EVENT_ACTION_read;
    if (ONE_OF(facts->last_word, "logout", "signout", "sign-out", "logoff", "log-out"))
        return EVENT_ACTION_logout;
    if (!reading && ONE_OF(facts->last_word, "login", "signin", "sign-in", "logon", "authenticate"))
        return EVENT_ACTION_login;
    if (facts->download_word ||
        ONE_OF(facts->ext, ".csv", ".xlsx", ".xls", ".pdf", ".zip", ".docx"))
        return EVENT_ACTION_download;
    if (!reading && facts->upload_word)
        return EVENT_ACTION_upload;
    if (ONE_OF(facts->last_word, "graphql"))
        return EVENT_ACTION_call;
    if (facts->search_word || (reading && is_search_query(query)))
        return EVENT_ACTION_search;
    if (reading)
        return facts->has_id || match->subject.len > 0 ? EVENT_ACTION_view : EVENT_ACTION_read;
    if (ONE_OF(method, "POST", "PUT", "PATCH", "DELETE"))
        return EVENT_ACTION_write;
    return EVENT_ACTION_other;
}

void http_shape(struct slice method, struct slice path, struct slice query,
                struct assets_http_match *match)
{
    struct path_facts facts;
    look_at_path(&facts, path);
    make_template(&facts, match);
    match->subject = facts.id.len > 0 ? facts.id : query_subject(&facts, query);
    match->action = action_of(&facts, method, query, match);
    bool about_people = match->subject.len > 0 || facts.holder;
    match->body_subjects = about_people || match->action == EVENT_ACTION_search ||
                           match->action == EVENT_ACTION_download ||
                           match->action == EVENT_ACTION_call;
    if (match->action == EVENT_ACTION_view && match->subject.len > 0)
        match->class = 2;
}
