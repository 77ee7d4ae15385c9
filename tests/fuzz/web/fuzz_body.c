/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* Bodies: what is accepted holds every required member, clean and within its limit. */
#include "web/body.h"
#include "web/query.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct body_field fields[] = {
        {.name = "name", .required = true, .most = 16},
        {.name = "note", .most = 8},
        {.name = "on", .type = BODY_BOOL},
    };
    struct body *body = NULL;
    const char *wrong = NULL;
    enum status status = body_read(&body, slice_make(data, size), fields, 3, &wrong);
    if (!wrong)
        abort();
    if (status == STATUS_OK && (!fields[0].present || fields[0].text.len > 16 ||
                                !query_text_ok(fields[0].text) || fields[1].text.len > 8))
        abort();
    body_release(&body);
    return 0;
}
