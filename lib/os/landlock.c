/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Landlock by its system calls (Documentation/userspace-api/landlock.rst of the kernel); the C
 * library has no wrappers. Rights that the running kernel does not know are left out.
 */
#include "os/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the oldest kernel headers that we build with. */
#define RIGHT_REFER    (UINT64_C(1) << 13) /* version 2 */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14) /* version 3 */

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                              \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                              \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
     RIGHT_REFER | RIGHT_TRUNCATE)
#define OTHER_RIGHTS                                                                            \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
/* The others make no sense for what is not a folder, and are refused. */
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)

int landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

static uint64_t known_rights(int version)
{
    uint64_t rights = READ_RIGHTS | WRITE_RIGHTS | OTHER_RIGHTS;
    if (version < 2)
        rights &= ~RIGHT_REFER;
    if (version < 3)
        rights &= ~RIGHT_TRUNCATE;
    return rights;
}

static enum status add_path(int rules, const struct sandbox_path *path, uint64_t known)
{
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OK : status_from_errno(errno);
    struct stat st;
    uint64_t rights = (path->write ? READ_RIGHTS | WRITE_RIGHTS : READ_RIGHTS) & known;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rights &= FILE_RIGHTS;
    const struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long rc = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    enum status status = rc == 0 ? STATUS_OK : status_from_errno(errno);
    close(fd);
    return status;
}

enum status landlock_enter(const struct sandbox_path *paths, size_t count)
{
    int version = landlock_version();
    if (version == 0)
        return STATUS_UNSUPPORTED;
    const struct landlock_ruleset_attr attr = {.handled_access_fs = known_rights(version)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr.handled_access_fs, 0);
    if (rules < 0)
        return status_from_errno(errno);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = add_path(rules, &paths[i], attr.handled_access_fs);
    if (status == STATUS_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        status = status_from_errno(errno);
    close(rules);
    return status;
}
