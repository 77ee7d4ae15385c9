/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The table, and how a path finds its row.
 */
#include "web/routes.h"

#include "web/api.h"

static const struct route table[] = {
    {HTTP_GET, "/healthz", ROLE_NONE, 0, api_health},
    {HTTP_GET, "/metrics", ROLE_NONE, 0, api_metrics},
    {HTTP_GET, "/api/session", ROLE_NONE, 0, api_session},
    {HTTP_POST, "/api/setup", ROLE_NONE, 1024, api_setup},
    {HTTP_POST, "/api/sign-in", ROLE_NONE, 1024, api_sign_in},
    {HTTP_POST, "/api/sign-out", ROLE_VIEWER, 64, api_sign_out},
    {HTTP_POST, "/api/password", ROLE_VIEWER, 2048, api_password},
    {HTTP_GET, "/api/people", ROLE_VIEWER, 0, api_people},
    {HTTP_GET, "/api/people/{}", ROLE_VIEWER, 0, api_person},
    {HTTP_GET, "/api/people/{}/days/{}", ROLE_VIEWER, 0, api_day},
    {HTTP_GET, "/api/people/{}/verdicts", ROLE_VIEWER, 0, api_verdicts},
    {HTTP_POST, "/api/people/{}/verdicts", ROLE_ANALYST, 4096, api_verdict_give},
    {HTTP_GET, "/api/alerts", ROLE_VIEWER, 0, api_alerts},
    {HTTP_GET, "/api/alerts/{}", ROLE_VIEWER, 0, api_alert},
    {HTTP_GET, "/api/events", ROLE_ANALYST, 0, api_events},
    {HTTP_POST, "/api/who-saw", ROLE_ANALYST, 2048, api_who_saw},
    {HTTP_GET, "/api/coverage", ROLE_VIEWER, 0, api_coverage},
    {HTTP_GET, "/api/report.csv", ROLE_ANALYST, 0, api_report},
    {HTTP_GET, "/api/users", ROLE_ADMIN, 0, api_users},
    {HTTP_POST, "/api/users", ROLE_ADMIN, 2048, api_user_add},
    {HTTP_POST, "/api/users/{}", ROLE_ADMIN, 2048, api_user_change},
    {HTTP_GET, "/api/trail", ROLE_ADMIN, 0, api_trail},
    {HTTP_GET, "/", ROLE_NONE, 0, page_asset},
    {HTTP_GET, "/{}", ROLE_NONE, 0, page_asset},
};

const struct route *route_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

/* The next segment, with the slash before it. */
static struct slice next_segment(struct slice path, size_t *at)
{
    size_t end = slice_find(path, '/', *at + 1);
    struct slice segment = slice_part(path, *at, end - *at);
    *at = end;
    return segment;
}

static bool matches(const char *pattern, struct slice path, struct slice params[EXCHANGE_PARAMS])
{
    struct slice wanted = slice_from(pattern);
    size_t at = 0, wanted_at = 0, count = 0;
    while (at < path.len && wanted_at < wanted.len) {
        struct slice segment = next_segment(path, &at);
        struct slice want = next_segment(wanted, &wanted_at);
        if (slice_equal(want, SLICE("/{}"))) {
            if (segment.len < 2 || segment.len > ROUTE_PARAM_MAX || count == EXCHANGE_PARAMS)
                return false;
            params[count++] = slice_part(segment, 1, segment.len);
        } else if (!slice_equal(segment, want)) {
            return false;
        }
    }
    return at == path.len && wanted_at == wanted.len;
}

const struct route *route_find(enum http_method method, struct slice path,
                               struct slice params[EXCHANGE_PARAMS], bool *other_method)
{
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    *other_method = false;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!matches(table[i].path, path, params))
            continue;
        if (table[i].method == method)
            return &table[i];
        *other_method = true;
    }
    return NULL;
}
