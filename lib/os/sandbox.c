/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The lists of system calls. Files are opened by any role: which files, Landlock says.
 */
#include "os/sandbox.h"

#include "base/log.h"
#include "os/landlock.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define CALL(name) SCMP_SYS(name)

static const int common[] = {
    /* descriptors */
    CALL(read),
    CALL(readv),
    CALL(pread64),
    CALL(preadv),
    CALL(write),
    CALL(writev),
    CALL(pwrite64),
    CALL(pwritev),
    CALL(lseek),
    CALL(close),
    CALL(fcntl),
    CALL(dup),
    CALL(dup2),
    CALL(dup3),
    CALL(pipe2),
    CALL(eventfd2),
    CALL(poll),
    CALL(ppoll),
    CALL(select),
    CALL(pselect6),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(timerfd_create),
    CALL(timerfd_settime),
    CALL(timerfd_gettime),
    /* files */
    CALL(open),
    CALL(openat),
    CALL(access),
    CALL(faccessat),
    CALL(faccessat2),
    CALL(stat),
    CALL(lstat),
    CALL(fstat),
    CALL(newfstatat),
    CALL(statx),
    CALL(statfs),
    CALL(fstatfs),
    CALL(readlink),
    CALL(readlinkat),
    CALL(getdents64),
    CALL(getcwd),
    CALL(fsync),
    CALL(fdatasync),
    CALL(sync_file_range),
    CALL(fallocate),
    CALL(ftruncate),
    CALL(fadvise64),
    CALL(flock),
    CALL(rename),
    CALL(renameat),
    CALL(renameat2),
    CALL(unlink),
    CALL(unlinkat),
    CALL(mkdir),
    CALL(mkdirat),
    CALL(rmdir),
    CALL(fchmod),
    CALL(umask),
    /* sockets that are open */
    CALL(sendto),
    CALL(sendmsg),
    CALL(sendmmsg),
    CALL(recvfrom),
    CALL(recvmsg),
    CALL(recvmmsg),
    CALL(getsockopt),
    CALL(setsockopt),
    CALL(getsockname),
    CALL(getpeername),
    CALL(shutdown),
    /* memory and threads; mmap and mprotect have a rule of their own */
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(msync),
    CALL(mlock),
    CALL(munlock),
    CALL(brk),
    CALL(futex),
    CALL(set_robust_list),
    CALL(get_robust_list),
    CALL(rseq),
    CALL(membarrier),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(set_tid_address),
    CALL(gettid),
    /* time, signals, the process itself */
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(clock_nanosleep),
    CALL(nanosleep),
    CALL(gettimeofday),
    CALL(time),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(rt_sigtimedwait),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(tgkill),
    CALL(getpid),
    CALL(getppid),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getrandom),
    CALL(getrusage),
    CALL(getrlimit),
    CALL(uname),
    CALL(sysinfo),
    CALL(exit),
    CALL(exit_group),
};

static const int accepting[] = {CALL(accept), CALL(accept4)};

static const int connecting[] = {CALL(connect)};

/* The leak and thread sanitizers stop the world at the end. */
static const int sanitizer[] = {CALL(clone), CALL(ptrace),           CALL(wait4),
                                CALL(prctl), CALL(process_vm_readv), CALL(personality)};

/* Nobody who is still himself calls these. */
static const int deadly[] = {CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv),
                             CALL(process_vm_writev)};

struct list {
    const int *calls;
    size_t count;
};

#define LIST(array) ((struct list){array, sizeof array / sizeof array[0]})

/* -EEXIST and an unknown call on this architecture are no failure. */
static int add_list(scmp_filter_ctx filter, uint32_t action, struct list list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.calls[i] < 0)
            continue;
        int rc = seccomp_rule_add(filter, action, list.calls[i], 0);
        if (rc != 0 && rc != -EEXIST)
            return rc;
    }
    return 0;
}

struct argument_rule {
    int call;
    struct scmp_arg_cmp compare;
};

/* The bits are clear; the bits are set; the argument is the value. */
#define WITHOUT(name, argument, bits)             \
    {                                             \
        CALL(name),                               \
        {                                         \
            argument, SCMP_CMP_MASKED_EQ, bits, 0 \
        }                                         \
    }
#define WITH(name, argument, bits)                   \
    {                                                \
        CALL(name),                                  \
        {                                            \
            argument, SCMP_CMP_MASKED_EQ, bits, bits \
        }                                            \
    }
#define EQUAL(name, argument, value)        \
    {                                       \
        CALL(name),                         \
        {                                   \
            argument, SCMP_CMP_EQ, value, 0 \
        }                                   \
    }

static int add_arguments(scmp_filter_ctx filter, const struct argument_rule *rules, size_t count)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].call, 1, &rules[i].compare);
    return rc;
}

static int add_common(scmp_filter_ctx filter)
{
    const struct argument_rule rules[] = {
        WITHOUT(mmap, 2, PROT_EXEC),  WITHOUT(mprotect, 2, PROT_EXEC), WITH(clone, 0, CLONE_THREAD),
        EQUAL(prctl, 0, PR_SET_NAME), EQUAL(prlimit64, 2, 0), /* reading only */
        EQUAL(ioctl, 1, TCGETS),      EQUAL(ioctl, 1, TIOCGWINSZ),     EQUAL(ioctl, 1, FIONREAD),
        EQUAL(ioctl, 1, FIONBIO),
    };
    int rc = add_list(filter, SCMP_ACT_ALLOW, LIST(common));
    if (rc == 0)
        rc = add_arguments(filter, rules, sizeof rules / sizeof rules[0]);
    /* The C library falls back to clone, whose flags can be seen. */
    if (rc == 0)
        rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
    if (rc == 0 && SANITIZED)
        rc = add_list(filter, SCMP_ACT_ALLOW, LIST(sanitizer));
    if (rc == 0)
        rc = add_list(filter, SCMP_ACT_KILL_PROCESS,
                      SANITIZED ? (struct list){deadly, 2} : LIST(deadly));
    return rc;
}

/* Names are resolved over UDP and, for the choice of addresses, netlink. */
static int add_connecting(scmp_filter_ctx filter)
{
    const struct argument_rule rules[] = {
        EQUAL(socket, 0, AF_INET),
        EQUAL(socket, 0, AF_INET6),
        EQUAL(socket, 0, AF_NETLINK),
    };
    int rc = add_list(filter, SCMP_ACT_ALLOW, LIST(connecting));
    return rc == 0 ? add_arguments(filter, rules, sizeof rules / sizeof rules[0]) : rc;
}

static int add_role(scmp_filter_ctx filter, enum sandbox_role role)
{
    switch (role) {
    case SANDBOX_COLLECTOR:
    case SANDBOX_WEB:
        return add_list(filter, SCMP_ACT_ALLOW, LIST(accepting));
    case SANDBOX_ANALYZER:
        return add_connecting(filter);
    }
    return -EINVAL;
}

static enum status limit_calls(enum sandbox_role role, struct fault *fault)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = filter ? add_common(filter) : -ENOMEM;
    if (rc == 0)
        rc = add_role(filter, role);
    /* For threads that a library has started already, too. */
    if (rc == 0)
        rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc == 0)
        return STATUS_OK;
    fault_set(fault, "sandbox", 0, 0, "system calls cannot be limited (seccomp): %s",
              strerror(-rc));
    return STATUS_UNSUPPORTED;
}

static enum status limit_files(const struct sandbox_path *paths, size_t count, struct fault *fault)
{
    enum status status = landlock_enter(paths, count);
    if (status == STATUS_UNSUPPORTED) {
        log_warning(
            "sandbox: this kernel has no Landlock: files are limited by their owner and mode "
            "alone");
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        fault_set(fault, "sandbox", 0, 0, "files cannot be limited (Landlock): %s",
                  status_text(status));
    return status;
}

enum status sandbox_enter(enum sandbox_role role, const struct sandbox_path *paths, size_t count,
                          struct fault *fault)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fault_set(fault, "sandbox", 0, 0, "cannot give up gaining privileges: %s", strerror(errno));
        return STATUS_UNSUPPORTED;
    }
    enum status status = limit_files(paths, count, fault);
    return status == STATUS_OK ? limit_calls(role, fault) : status;
}

bool sandbox_limits_files(void)
{
    return landlock_version() > 0;
}
