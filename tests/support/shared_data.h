/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Captures and logs that lie beside the repository. Tests that need them skip, saying so, where
 * they are not there.
 */
#ifndef SUPPORT_SHARED_DATA_H
#define SUPPORT_SHARED_DATA_H

#include <stdbool.h>

/* The path of a file or folder below the shared folder; false (and a line saying so) when it is not
 * there. `path` must hold 4096 bytes. */
bool shared_data(const char *below, char *path);

#endif
