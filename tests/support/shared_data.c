/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finding the shared folder.
 */
#include "support/shared_data.h"

#include <stdio.h>
#include <unistd.h>

bool shared_data(const char *below, char *path)
{
    snprintf(path, 4096, "%s/../shared/%s", DWELL_SOURCE_DIR, below);
    if (access(path, R_OK) == 0)
        return true;
    printf("skipped: shared/%s is not beside the repository\n", below);
    return false;
}
