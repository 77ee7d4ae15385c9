/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of the browser side, embedded in the program: made from web/ui at build time, or
 * without_ui.c in their place.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path; /* "/app.js" */
    const char *content_type;
    const char *etag; /* quoted */
    const unsigned char *gzip;
    size_t gzip_len; /* 0: none */
    size_t plain_len;
};

extern const struct asset assets[];
extern const size_t asset_count;

#endif
