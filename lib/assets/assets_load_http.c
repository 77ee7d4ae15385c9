/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The `http:` part of an asset in assets.yaml: who its users are and what its URLs mean.
 */
#include "assets/assets_load.h"

static const char *const http_keys[] = {"user_fields",  "password_fields", "session_cookies",
                                        "user_headers", "user_cookies",    "urls"};
static const char *const url_keys[] = {"url",     "methods", "action",  "class",
                                       "subject", "space",   "sequence"};

static enum status load_action(struct loader *l, const struct yaml_node *node,
                               struct url_rule *rule)
{
    struct slice text;
    if (!yaml_text(node, &text) || !event_action_find(text, &rule->action))
        return load_fault(l, node,
                          "no such action: view, search, download, upload, login, logout, read, "
                          "write, ... (docs/event-format.md)");
    return STATUS_OK;
}

static bool find_parameter(struct url_rule *rule)
{
    for (size_t i = 0; i < rule->segment_count; i++) {
        struct slice segment = rule->segments[i];
        if (segment.len == rule->subject.len + 2 && segment.ptr[0] == '{' &&
            slice_equal(slice_part(segment, 1, segment.len - 2), rule->subject)) {
            rule->subject_segment = i;
            return true;
        }
    }
    return false;
}

/* "id" (a {id} of the URL), "query:customer", "body:id". */
static enum status load_subject(struct loader *l, const struct yaml_node *node,
                                struct url_rule *rule)
{
    struct slice text = {NULL, 0};
    enum status status = load_text(l, node, &text);
    if (status != STATUS_OK)
        return status;
    if (slice_starts(text, SLICE("query:"))) {
        rule->subject_from = SUBJECT_QUERY;
        rule->subject = slice_part(text, 6, text.len);
    } else if (slice_starts(text, SLICE("body:"))) {
        rule->subject_from = SUBJECT_BODY;
        rule->subject = slice_part(text, 5, text.len);
    } else {
        rule->subject_from = SUBJECT_PATH;
        rule->subject = text;
        if (!find_parameter(rule))
            return load_fault(l, node, "the URL has no such {parameter}");
    }
    return STATUS_OK;
}

static enum status load_url_text(struct loader *l, const struct yaml_node *node,
                                 struct url_rule *rule)
{
    const struct yaml_node *url = yaml_get(node, "url");
    if (!url)
        return load_fault(l, node, "a rule needs a url");
    enum status status = load_text(l, url, &rule->url);
    if (status == STATUS_OK && (rule->url.len == 0 || rule->url.ptr[0] != '/'))
        status = load_fault(l, url, "a url begins with /");
    rule->segment_count = http_split(rule->url, rule->segments);
    return status;
}

static enum status load_url_key(struct loader *l, const struct yaml_node *node,
                                struct url_rule *rule)
{
    struct slice key = node->key->text;
    if (slice_equal(key, SLICE("methods")))
        return load_names(l, node, &rule->methods);
    if (slice_equal(key, SLICE("action")))
        return load_action(l, node, rule);
    if (slice_equal(key, SLICE("class")))
        return load_class(l, node, &rule->class);
    if (slice_equal(key, SLICE("subject")))
        return load_subject(l, node, rule);
    if (slice_equal(key, SLICE("space")))
        return load_text(l, node, &rule->space);
    if (slice_equal(key, SLICE("sequence")))
        return load_flag(l, node, &rule->sequence);
    return STATUS_OK;
}

static enum status load_url(struct loader *l, const struct yaml_node *node, struct url_rule *rule)
{
    enum status status = load_keys(l, node, url_keys, sizeof url_keys / sizeof *url_keys);
    rule->action = EVENT_ACTION_read;
    if (status == STATUS_OK)
        status = load_url_text(l, node, rule);
    for (const struct yaml_node *item = node->first; item && status == STATUS_OK; item = item->next)
        status = load_url_key(l, item, rule);
    return status;
}

static enum status load_urls(struct loader *l, const struct yaml_node *node, struct asset *asset)
{
    struct url_rule **tail = &asset->urls;
    if (node->kind != YAML_SEQUENCE)
        return load_fault(l, node, "a list of URL rules is expected here");
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct url_rule *rule = load_new(l, sizeof *rule);
        if (!rule)
            return STATUS_NO_MEMORY;
        enum status status = load_url(l, item, rule);
        if (status != STATUS_OK)
            return status;
        *tail = rule;
        tail = &rule->next;
    }
    return STATUS_OK;
}

enum status load_http(struct loader *l, const struct yaml_node *node, struct asset *asset)
{
    enum status status = load_keys(l, node, http_keys, sizeof http_keys / sizeof *http_keys);
    const struct {
        const char *key;
        struct name_list **list;
    } lists[] = {{"user_fields", &asset->user_fields},
                 {"password_fields", &asset->password_fields},
                 {"session_cookies", &asset->session_cookies},
                 {"user_headers", &asset->user_headers},
                 {"user_cookies", &asset->user_cookies}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists && status == STATUS_OK; i++) {
        const struct yaml_node *list = yaml_get(node, lists[i].key);
        if (list)
            status = load_names(l, list, lists[i].list);
    }
    const struct yaml_node *urls = yaml_get(node, "urls");
    return status == STATUS_OK && urls ? load_urls(l, urls, asset) : status;
}
