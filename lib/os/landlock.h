/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inside the sandbox: the limits on file trees.
 */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include "os/sandbox.h"

/* STATUS_UNSUPPORTED when the kernel has no Landlock, or it is off; errno values otherwise. */
enum status landlock_enter(const struct sandbox_path *paths, size_t count);

/* The kernel's version of the interface; 0 for none. */
int landlock_version(void);

#endif
