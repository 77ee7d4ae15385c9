/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The texts of the status codes.
 */
#include "base/status.h"

#include <errno.h>

static const char *const texts[STATUS_COUNT] = {
#define STATUS_TEXT(code, text) [STATUS_##code] = text,
    STATUS_TABLE(STATUS_TEXT)
#undef STATUS_TEXT
};

const char *status_text(enum status status)
{
    if ((unsigned)status >= STATUS_COUNT)
        return "unknown status";
    return texts[status];
}

enum status status_from_errno(int error)
{
    switch (error) {
    case 0:
        return STATUS_OK;
    case ENOENT:
    case ENOTDIR:
        return STATUS_NOT_FOUND;
    case EEXIST:
        return STATUS_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return STATUS_DENIED;
    case EBUSY:
    case EAGAIN:
        return STATUS_BUSY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_FULL;
    case ENOMEM:
        return STATUS_NO_MEMORY;
    case EINVAL:
        return STATUS_INVALID;
    case ETIMEDOUT:
        return STATUS_TIMEOUT;
    default:
        return STATUS_IO;
    }
}
