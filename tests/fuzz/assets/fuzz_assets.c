/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as an inventory file ('Y' first) or as the address of a web request, asked of the
 * inventory of defaults (anything else first).
 */
#include "assets/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct assets *assets, const struct asset *asset, struct slice uri)
{
    static const char *const methods[] = {"GET", "POST", "DELETE", ""};
    struct assets_http_match match;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        assets_http_match(assets, asset, slice_from(methods[i]), uri, &match);
        check(match.action < EVENT_ACTION_COUNT && match.class < EVENT_CLASSES);
    }
    check(assets_column(assets, asset, uri, uri).class < EVENT_CLASSES);
}

static void load(struct slice text)
{
    struct assets *assets = NULL;
    struct fault fault = {""};
    char path[64];
    int fd = memfd_create("assets.yaml", 0);
    check(fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum status status = assets_load(&assets, path, &fault);
    close(fd);
    check((status == STATUS_OK) == (assets != NULL));
    check(status == STATUS_OK || fault.text[0] != '\0');
    for (size_t i = 0; assets && i < assets_count(assets); i++)
        ask(assets, assets_at(assets, i), SLICE("/crm/customer/7?ref=8"));
    assets_free(&assets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_part(slice_make(data, size), 1, SIZE_MAX);
    if (size > 1 && data[0] == 'Y')
        load(rest);
    else
        ask(NULL, NULL, rest);
    return 0;
}
