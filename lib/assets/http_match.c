/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Matching a web request against the URL rules of its application.
 */
#include "assets/inventory.h"

size_t http_split(struct slice path, struct slice segments[URL_SEGMENTS_MAX])
{
    size_t count = 0;
    for (size_t at = 0; at < path.len && count < URL_SEGMENTS_MAX;) {
        size_t end = slice_find(path, '/', at);
        if (end > at)
            segments[count++] = slice_part(path, at, end - at);
        at = end + 1;
    }
    return count;
}

struct slice http_query_value(struct slice query, struct slice name)
{
    while (query.len > 0) {
        size_t end = slice_find(query, '&', 0);
        struct slice pair = slice_part(query, 0, end);
        size_t equals = slice_find(pair, '=', 0);
        if (slice_equal_nocase(slice_part(pair, 0, equals), name))
            return slice_part(pair, equals + 1, pair.len);
        query = slice_part(query, end + 1, query.len);
    }
    return (struct slice){NULL, 0};
}

static bool is_parameter(struct slice segment)
{
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

static bool segments_match(const struct url_rule *rule, const struct slice *segments, size_t count)
{
    for (size_t i = 0; i < rule->segment_count; i++) {
        if (slice_equal(rule->segments[i], SLICE("**")))
            return true;
        if (i >= count)
            return false;
        if (!is_parameter(rule->segments[i]) && !words_glob(rule->segments[i], segments[i]))
            return false;
    }
    return count == rule->segment_count;
}

static bool method_matches(const struct url_rule *rule, struct slice method)
{
    for (const struct name_list *m = rule->methods; m; m = m->next)
        if (slice_equal_nocase(m->name, method))
            return true;
    return rule->methods == NULL;
}

static void apply(const struct url_rule *rule, const struct slice *segments, struct slice query,
                  struct assets_http_match *match)
{
    match->by_catalogue = true;
    match->object = rule->url;
    match->action = rule->action;
    match->class = rule->class;
    match->sequence = rule->sequence;
    match->space = rule->space;
    if (rule->subject_from == SUBJECT_PATH)
        match->subject = segments[rule->subject_segment];
    else if (rule->subject_from == SUBJECT_QUERY)
        match->subject = http_query_value(query, rule->subject);
    else if (rule->subject_from == SUBJECT_BODY) {
        match->body_subjects = true;
        match->body_key = rule->subject;
    }
}

/* "http://host/path?query#part" and "/path?query" into path and query. */
static void take_apart(struct slice uri, struct slice *path, struct slice *query)
{
    struct slice rest = uri;
    if (slice_starts_nocase(uri, SLICE("http://")) || slice_starts_nocase(uri, SLICE("https://")))
        rest = slice_part(uri, slice_find(uri, '/', 8), uri.len);
    rest = slice_part(rest, 0, slice_find(rest, '#', 0));
    size_t question = slice_find(rest, '?', 0);
    *path = slice_part(rest, 0, question);
    *query = slice_part(rest, question + 1, rest.len);
}

void assets_http_match(const struct assets *assets, const struct asset *asset, struct slice method,
                       struct slice uri, struct assets_http_match *match)
{
    struct slice path, query, segments[URL_SEGMENTS_MAX];
    (void)assets;
    memset(match, 0, sizeof *match);
    take_apart(uri, &path, &query);
    size_t count = http_split(path, segments);
    for (const struct url_rule *rule = asset ? asset->urls : NULL; rule; rule = rule->next)
        if (method_matches(rule, method) && segments_match(rule, segments, count)) {
            apply(rule, segments, query, match);
            return;
        }
    http_shape(method, path, query, match);
}
