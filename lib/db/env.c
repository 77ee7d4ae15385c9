/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Environments: opening, the writer's lock, the growing map. LMDB's own rules, which this file
 * keeps: an environment is opened once in a process; its map is resized only while no transaction
 * of the process is open; readers that died are cleared when somebody opens.
 */
#include "db/env.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
    MAP_FIRST = 64 << 20,
    READERS_MAX = 510,
    RESIZE_WAIT_S = 10,
    FOLDER_MODE = 0750,
    DATA_MODE = 0640, /* read by the programs of the group */
    LOCK_MODE = 0660, /* readers enter themselves in LMDB's lock file */
    DISK_RESERVE = 1 << 20,
};
#define MAP_STEP        (UINT64_C(4) << 30)
#define MAP_MAX_DEFAULT (UINT64_C(1) << 40)

static pthread_mutex_t open_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct db_env *open_envs;

/* LMDB turns a write that was cut short by a full disk, or by the limit on file sizes, into EIO. */
static bool disk_is_full(const struct db_env *env)
{
    struct statvfs fs;
    struct stat st;
    struct rlimit limit;
    int fd;
    if (!env || mdb_env_get_fd(env->lmdb, &fd) != 0 || fstatvfs(fd, &fs) != 0 ||
        fstat(fd, &st) != 0 || getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return false;
    return (uint64_t)fs.f_bavail * fs.f_frsize < DISK_RESERVE ||
           (limit.rlim_cur != RLIM_INFINITY &&
            (uint64_t)st.st_size + DISK_RESERVE > limit.rlim_cur);
}

enum status env_status(const struct db_env *env, int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return STATUS_OK;
    case MDB_NOTFOUND:
        return STATUS_NOT_FOUND;
    case MDB_KEYEXIST:
    case MDB_BAD_VALSIZE:
        return STATUS_INVALID;
    case MDB_MAP_FULL:
        return STATUS_FULL;
    case MDB_READERS_FULL:
    case MDB_TXN_FULL:
    case MDB_DBS_FULL:
        return STATUS_LIMIT;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
        return STATUS_CORRUPT;
    case MDB_VERSION_MISMATCH:
        return STATUS_VERSION;
    case EIO:
        return disk_is_full(env) ? STATUS_FULL : STATUS_IO;
    default:
        return code > 0 ? status_from_errno(code) : STATUS_IO;
    }
}

void env_enter(struct db_env *env)
{
    pthread_mutex_lock(&env->mutex);
    env->active++;
    pthread_mutex_unlock(&env->mutex);
}

void env_leave(struct db_env *env)
{
    pthread_mutex_lock(&env->mutex);
    env->active--;
    if (env->active == 0)
        pthread_cond_broadcast(&env->idle);
    pthread_mutex_unlock(&env->mutex);
}

/* Waits, with the mutex held, until no transaction is open. */
static bool wait_until_idle(struct db_env *env)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RESIZE_WAIT_S;
    while (env->active > 0)
        if (pthread_cond_timedwait(&env->idle, &env->mutex, &until) == ETIMEDOUT)
            return env->active == 0;
    return true;
}

/* 0: as large as the environment says. */
static enum status resize(struct db_env *env, uint64_t size)
{
    pthread_mutex_lock(&env->mutex);
    enum status status = STATUS_BUSY;
    if (wait_until_idle(env))
        status = env_status(env, mdb_env_set_mapsize(env->lmdb, size));
    pthread_mutex_unlock(&env->mutex);
    return status;
}

enum status env_follow(struct db_env *env)
{
    return resize(env, 0);
}

enum status env_grow(struct db_env *env)
{
    MDB_envinfo info;
    mdb_env_info(env->lmdb, &info);
    uint64_t size = info.me_mapsize, larger = size < MAP_STEP ? size * 2 : size + MAP_STEP;
    if (larger > env->map_max)
        larger = env->map_max;
    return larger > size ? resize(env, larger) : STATUS_FULL;
}

/* One line for people: what, where, what to do. */
static enum status explain(char *error, enum status status, const char *folder, const char *what)
{
    static const char *const hints[STATUS_COUNT] = {
        [STATUS_NOT_FOUND] = "nothing is stored there yet: start the program that writes it, or "
                             "name another folder",
        [STATUS_DENIED] = "run as the service's user or a member of its group",
        [STATUS_BUSY] = "stop the other program first, or name another folder",
        [STATUS_FULL] = "free space on that disk",
        [STATUS_CORRUPT] = "restore it from a backup, or move it away",
        [STATUS_VERSION] = "use the version of Dwell that wrote it",
    };
    const char *hint = hints[status] ? hints[status] : "see the system's log";
    if (error)
        snprintf(error, DB_ERROR_SIZE, "cannot open %.300s: %.80s: %s", folder,
                 what ? what : status_text(status), hint);
    return status;
}

/* The number a running writer left in its lock; 0 when it cannot be read. */
static unsigned long holder_of(const char *path)
{
    char text[32] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n > 0 ? strtoul(text, NULL, 10) : 0;
}

static enum status take_lock(struct db_env *env, const char *folder, char *error)
{
    char path[PATH_MAX], what[80];
    snprintf(path, sizeof path, "%s/writer.lock", folder);
    enum status status = file_lock_take(&env->lock, path);
    if (status == STATUS_BUSY) {
        snprintf(what, sizeof what, "in use by process %lu", holder_of(path));
        return explain(error, status, folder, what);
    }
    if (status != STATUS_OK)
        return explain(error, status, folder, NULL);
    int len = snprintf(what, sizeof what, "%ld\n", (long)getpid());
    /* For people only, so a failure does no harm. */
    if (ftruncate(env->lock.fd, 0) != 0 || pwrite(env->lock.fd, what, (size_t)len, 0) != len)
        errno = 0;
    return STATUS_OK;
}

static void set_mode(const char *folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (stat(path, &st) == 0 && (st.st_mode & 07777) != mode)
        (void)!chmod(path, mode);
}

static enum status start_lmdb(struct db_env *env, const char *folder,
                              const struct db_options *options)
{
    int dead, code = mdb_env_create(&env->lmdb);
    if (code != 0)
        return env_status(NULL, code);
    mdb_env_set_maxdbs(env->lmdb, DB_TABLES_MAX);
    mdb_env_set_maxreaders(env->lmdb, READERS_MAX);
    if (env->access == DB_WRITER)
        mdb_env_set_mapsize(env->lmdb, env->map_max < MAP_FIRST ? env->map_max : MAP_FIRST);
    unsigned flags = MDB_NOTLS | (env->access == DB_READER ? MDB_RDONLY : 0u) |
                     (options->lazy ? MDB_NOSYNC : 0u);
    code = mdb_env_open(env->lmdb, folder, flags, LOCK_MODE);
    if (code != 0)
        return env_status(NULL, code);
    mdb_reader_check(env->lmdb, &dead);
    if (env->access == DB_WRITER) {
        set_mode(folder, "data.mdb", DATA_MODE);
        set_mode(folder, "lock.mdb", LOCK_MODE);
    }
    return STATUS_OK;
}

static void free_env(struct db_env *env)
{
    if (env->lmdb)
        mdb_env_close(env->lmdb);
    file_lock_release(&env->lock);
    pthread_cond_destroy(&env->idle);
    pthread_mutex_destroy(&env->mutex);
    free(env);
}

static enum status make_folder(const char *folder, const struct db_options *options)
{
    struct stat st;
    mode_t mode = options->folder_mode ? (mode_t)options->folder_mode : FOLDER_MODE;
    if (stat(folder, &st) == 0)
        return S_ISDIR(st.st_mode) ? STATUS_OK : STATUS_INVALID;
    enum status status = file_make_folder(folder, mode);
    if (status == STATUS_OK && chmod(folder, mode) != 0) /* whatever the umask */
        status = status_from_errno(errno);
    return status;
}

static enum status fill_env(struct db_env *env, const char *folder,
                            const struct db_options *options, char *error)
{
    enum status status = env->access == DB_WRITER ? take_lock(env, folder, error) : STATUS_OK;
    if (status != STATUS_OK)
        return status; /* explained */
    status = start_lmdb(env, folder, options);
    return status == STATUS_OK ? status : explain(error, status, folder, NULL);
}

static enum status new_env(struct db_env **to, const char *folder, const struct stat *st,
                           const struct db_options *options, char *error)
{
    struct db_env *env = calloc(1, sizeof *env);
    if (!env)
        return explain(error, STATUS_NO_MEMORY, folder, NULL);
    env->access = options->access;
    env->device = st->st_dev;
    env->inode = st->st_ino;
    env->map_max = options->map_max ? options->map_max : MAP_MAX_DEFAULT;
    env->lock.fd = -1;
    pthread_mutex_init(&env->mutex, NULL);
    pthread_cond_init(&env->idle, NULL);
    enum status status = fill_env(env, folder, options, error);
    if (status != STATUS_OK) {
        free_env(env);
        return status;
    }
    env->next = open_envs;
    open_envs = *to = env;
    return STATUS_OK;
}

/* The environment of a folder, one more handle on it; with open_mutex held. */
static enum status get_env(struct db_env **to, const char *folder, const struct db_options *options,
                           char *error)
{
    struct stat st;
    enum status status = STATUS_OK;
    if (options->access == DB_WRITER)
        status = make_folder(folder, options);
    if (status == STATUS_OK && stat(folder, &st) != 0)
        status = status_from_errno(errno);
    if (status != STATUS_OK)
        return explain(error, status, folder, NULL);
    struct db_env *env = open_envs;
    while (env && (env->device != st.st_dev || env->inode != st.st_ino))
        env = env->next;
    if (env && options->access == DB_WRITER && (env->has_writer || env->access == DB_READER))
        return explain(error, STATUS_BUSY, folder, "in use by this process");
    if (!env)
        status = new_env(&env, folder, &st, options, error);
    if (status == STATUS_OK) {
        env->handles++;
        env->has_writer = env->has_writer || options->access == DB_WRITER;
        *to = env;
    }
    return status;
}

static void put_env(struct db_env *env, enum db_access access)
{
    if (access == DB_WRITER)
        env->has_writer = false;
    if (--env->handles > 0)
        return;
    struct db_env **at = &open_envs;
    while (*at != env)
        at = &(*at)->next;
    *at = env->next;
    free_env(env);
}

static enum status open_tables(struct db *db, const struct db_options *options)
{
    MDB_txn *txn;
    bool writer = db->access == DB_WRITER;
    int code = mdb_txn_begin(db->env->lmdb, NULL, writer ? 0 : MDB_RDONLY, &txn);
    if (code != 0)
        return env_status(db->env, code);
    for (; options->tables[db->table_count] && code == 0; db->table_count++)
        code = db->table_count < DB_TABLES_MAX
                   ? mdb_dbi_open(txn, options->tables[db->table_count], writer ? MDB_CREATE : 0u,
                                  &db->tables[db->table_count])
                   : MDB_DBS_FULL;
    if (code == 0)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    return env_status(db->env, code);
}

enum status db_open(struct db **to, const char *folder, const struct db_options *options,
                    char *error)
{
    *to = NULL;
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return explain(error, STATUS_NO_MEMORY, folder, NULL);
    db->access = options->access;
    pthread_mutex_lock(&open_mutex);
    enum status status = get_env(&db->env, folder, options, error);
    if (status == STATUS_OK) {
        status = open_tables(db, options);
        if (status != STATUS_OK) {
            explain(error, status, folder, NULL);
            put_env(db->env, db->access);
        }
    }
    pthread_mutex_unlock(&open_mutex);
    if (status == STATUS_OK)
        *to = db;
    else
        free(db);
    return status;
}

void db_close(struct db **db)
{
    if (!*db)
        return;
    pthread_mutex_lock(&open_mutex);
    put_env((*db)->env, (*db)->access);
    pthread_mutex_unlock(&open_mutex);
    free(*db);
    *db = NULL;
}

enum status db_sync(struct db *db)
{
    return env_status(db->env, mdb_env_sync(db->env->lmdb, 1));
}

enum status db_copy(struct db *db, const char *folder)
{
    env_enter(db->env);
    int code = mdb_env_copy2(db->env->lmdb, folder, MDB_CP_COMPACT);
    env_leave(db->env);
    return env_status(NULL, code);
}

struct db_size db_size(struct db *db)
{
    MDB_envinfo info;
    MDB_stat stats;
    mdb_env_info(db->env->lmdb, &info);
    mdb_env_stat(db->env->lmdb, &stats);
    return (struct db_size){
        .used = (info.me_last_pgno + 1) * (uint64_t)stats.ms_psize,
        .map = info.me_mapsize,
        .map_max = db->env->map_max,
    };
}
