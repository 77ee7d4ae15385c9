/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell user`: the console's accounts from the command line, while the console is stopped (listing
 * works beside it too). What is changed is written into the console's audit trail.
 */
#include "cli/commands.h"

#include "base/json_write.h"
#include "desk/accounts.h"
#include "desk/trail.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

struct arguments {
    const char *state, *role, *name;
    bool json;
};

static int fail(const char *where, const char *what)
{
    fprintf(stderr, "dwell user: %s: %s\n", where, what);
    return EXIT_INPUT;
}

/* Root takes the place of whoever owns the state, so that the console can still write it. */
static bool become_owner(const char *state)
{
    struct stat about;
    if (geteuid() != 0 || stat(state, &about) != 0 || about.st_uid == 0)
        return true;
    return setgroups(0, NULL) == 0 && setgid(about.st_gid) == 0 && setuid(about.st_uid) == 0;
}

/* One line from standard input, not shown where that is a terminal. */
static bool read_password(char *to, size_t size, const char *prompt)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
        fputs(prompt, stderr);
    }
    bool read = fgets(to, (int)size, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    to[read ? strcspn(to, "\r\n") : 0] = '\0';
    return read;
}

static int tell(const struct arguments *a, enum status status)
{
    static const char *const texts[STATUS_COUNT] = {
        [STATUS_EXISTS] = "an account of this name exists already",
        [STATUS_NOT_FOUND] = "there is no account of this name: see dwell user list",
        [STATUS_INVALID] = "a name is 1 to 64 of a-z 0-9 . _ @ -, a password at least 12 "
                           "characters and not all alike",
    };
    if (status == STATUS_OK)
        return EXIT_DONE;
    return fail(a->name, texts[status] ? texts[status] : status_text(status));
}

static enum status change(struct desk *desk, const struct arguments *a, bool add, enum role role,
                          struct slice password)
{
    char name[ACCOUNT_NAME_SIZE], about[ACCOUNT_NAME_SIZE + 16];
    struct account account;
    enum status status = account_name(slice_from(a->name), name);
    if (status != STATUS_OK)
        return status;
    struct account_change wanted = {.password = password};
    status = add ? account_add(desk, slice_from(name), role, password, &account)
                 : account_alter(desk, name, &wanted);
    if (status != STATUS_OK)
        return status;
    snprintf(about, sizeof about, "%s %s", name, add ? role_name(role) : "password");
    return trail_append(desk, add ? TRAIL_user_added : TRAIL_user_changed, SLICE("dwell user"),
                        SLICE("command line"), slice_from(about));
}

static int write_account(const struct arguments *a, bool add, enum role role)
{
    struct clock clock = clock_real();
    struct desk desk;
    char password[SECRET_PASSWORD_MOST + 2], error[DB_ERROR_SIZE];
    if (!become_owner(a->state))
        return fail(a->state, "cannot take the place of its owner");
    if (!secret_init())
        return fail("randomness", "the system gives none");
    if (!read_password(password, sizeof password, "Password: "))
        return fail("standard input", "holds no password: write it as one line");
    int code = EXIT_INPUT;
    if (desk_open(&desk, a->state, DB_WRITER, &clock, error) == STATUS_OK)
        code = tell(a, !password[0] ? STATUS_INVALID
                                    : change(&desk, a, add, role, slice_from(password)));
    else
        fprintf(stderr, "dwell user: %s\n", error);
    desk_close(&desk);
    secret_wipe(password, sizeof password);
    return code;
}

static bool print_account(void *context, const struct account *account)
{
    const struct arguments *a = context;
    char created[40], seen[40] = "never";
    time_format(account->created_ns, 0, created, sizeof created);
    if (account->last_sign_in_ns)
        time_format(account->last_sign_in_ns, 0, seen, sizeof seen);
    if (!a->json) {
        printf("%-24s %-8s %-8s created %s, last sign-in %s\n", account->name,
               role_name(account->role), account->disabled ? "disabled" : "enabled", created, seen);
        return true;
    }
    struct buffer line;
    buffer_init(&line, 1024);
    struct json_writer w = json_write_to(&line);
    json_write_object_open(&w);
    json_write_key(&w, "name");
    json_write_text(&w, account->name);
    json_write_key(&w, "role");
    json_write_text(&w, role_name(account->role));
    json_write_key(&w, "disabled");
    json_write_boolean(&w, account->disabled);
    json_write_key(&w, "created");
    json_write_text(&w, created);
    if (account->last_sign_in_ns) {
        json_write_key(&w, "last_sign_in");
        json_write_text(&w, seen);
    }
    json_write_object_close(&w);
    puts(buffer_text(&line));
    buffer_release(&line);
    return true;
}

static int list(const struct command *command, struct arguments *a)
{
    struct clock clock = clock_real();
    struct desk desk;
    char error[DB_ERROR_SIZE];
    if (!become_owner(a->state))
        return fail(a->state, "cannot take the place of its owner");
    enum status status = desk_open(&desk, a->state, DB_READER, &clock, error);
    if (status != STATUS_OK) {
        fprintf(stderr, "dwell user: %s\n", error);
        return EXIT_INPUT;
    }
    status = account_each(&desk, print_account, a);
    desk_close(&desk);
    if (status != STATUS_OK)
        return fail(a->state, status_text(status));
    return command_flush(command) ? EXIT_DONE : EXIT_INPUT;
}

static int dispatch(const struct command *command, struct arguments *a,
                    const struct command_list *operands)
{
    enum role role = ROLE_VIEWER;
    const char *what = operands->count ? operands->items[0] : "";
    bool add = strcmp(what, "add") == 0;
    if (!a->state)
        return command_usage_error(command, "--state DIR is missing");
    if (strcmp(what, "list") == 0 && operands->count == 1)
        return list(command, a);
    if (!add && strcmp(what, "passwd") != 0)
        return command_usage_error(command, "add NAME, passwd NAME or list must be given");
    if (operands->count != 2)
        return command_usage_error(command, "%s takes one name", what);
    if (a->role && (!add || !role_find(slice_from(a->role), &role)))
        return command_usage_error(command, "--role takes viewer, analyst or admin, with add");
    a->name = operands->items[1];
    return write_account(a, add, role);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct arguments a = {0};
    struct command_list operands = {0};
    int code;
    const struct command_option table[] = {{"state", OPTION_TEXT, &a.state, 0},
                                           {"role", OPTION_TEXT, &a.role, 0},
                                           {"json", OPTION_FLAG, &a.json, 0},
                                           {NULL, OPTION_FLAG, NULL, 0}};
    if (command_parse(command, table, argc, argv, &operands, &code))
        code = dispatch(command, &a, &operands);
    command_list_release(&operands);
    return code;
}

const struct command user_command = {
    .name = "user",
    .synopsis = "--state DIR add NAME [--role R] | passwd NAME | list [--json]",
    .help_en = "the console's accounts: add one, set a password, list them",
    .help_zh = "控制台账号：添加、设置密码、列出",
    .options_en = "  --state DIR   the state directory\n"
                  "  --role R      of the new account: viewer (default), analyst or admin\n"
                  "  --json        one JSON object a line\n"
                  "\n"
                  "The password is read from standard input: typed unseen, or its first line.\n"
                  "add and passwd need the console to be stopped.\n",
    .options_zh = "  --state DIR   状态目录\n"
                  "  --role R      新账号的角色：viewer（默认）、analyst 或 admin\n"
                  "  --json        每行一个 JSON 对象\n"
                  "\n"
                  "密码从标准输入读取：在终端输入时不显示，否则取第一行。\n"
                  "add 和 passwd 需先停止控制台。\n",
    .run = run,
};
