/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sign-ins to hosts in the syslog: OpenSSH sshd (auth.c, auth2.c, session.c, packet.c), sudo and
 * su. A session is what its lines name alike: account, client and port. Names that an attacker
 * chose may hold blanks and the words around them: lines are read from their end.
 *
 *     Accepted publickey for USER from IP port N ssh2: ED25519 SHA256:...
 *     Failed password for [invalid user ]USER from IP port N ssh2
 *     Starting session: command for USER from IP port N id 0
 *     Disconnected from user USER IP port N
 *     USER : [reason ; ]TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/cat /etc/shadow
 *     (to root) USER on pts/1            FAILED SU (to root) USER on pts/1
 */
#include "base/hash.h"
#include "collector/formats/formats.h"
#include "collector/formats/log_event.h"
#include "collector/formats/syslog_line.h"

/* The last place of a text; s.len when there is none. */
static size_t find_last(struct slice s, struct slice text)
{
    for (size_t at = s.len >= text.len ? s.len - text.len + 1 : 0; at > 0; at--)
        if (slice_starts(slice_part(s, at - 1, s.len), text))
            return at - 1;
    return s.len;
}

static size_t find_first(struct slice s, struct slice text)
{
    for (size_t at = 0; at + text.len <= s.len; at++)
        if (slice_starts(slice_part(s, at, s.len), text))
            return at;
    return s.len;
}

/* Takes "IP port N..." behind the last `mark` off the text, which keeps what stands before it. */
static bool take_client(struct slice *text, struct slice mark, struct event_address *client)
{
    size_t port_at = find_last(*text, SLICE(" port "));
    struct slice front = slice_part(*text, 0, port_at);
    struct slice port = slice_part(*text, port_at + 6, text->len);
    size_t digits = 0;
    uint64_t number;
    while (digits < port.len && port.ptr[digits] >= '0' && port.ptr[digits] <= '9')
        digits++;
    size_t ip_at = find_last(front, mark);
    if (port_at == text->len || ip_at == front.len ||
        !log_address(slice_part(front, ip_at + mark.len, front.len), client) ||
        !log_number(slice_part(port, 0, digits), &number) || number > UINT16_MAX)
        return false;
    client->port = (uint16_t)number;
    *text = slice_part(front, 0, ip_at);
    return true;
}

static void emit_ssh(const struct log_env *env, const struct syslog_line *line, struct event *event)
{
    uint8_t name[18];
    memcpy(name, event->client.ip, 16);
    name[16] = (uint8_t)(event->client.port >> 8);
    name[17] = (uint8_t)event->client.port;
    event->time_ns = line->time_ns;
    event->protocol = SLICE("ssh");
    event->session = log_session_id(env, event->account, slice_make(name, sizeof name));
    env->emit(env->emit_context, event);
}

/* "METHOD for USER from IP port N ..." */
static enum status ssh_sign_in(const struct log_env *env, const struct syslog_line *line,
                               struct slice text, enum event_outcome outcome)
{
    struct event event = {.action = EVENT_ACTION_login, .outcome = outcome};
    struct slice all = text;
    if (!take_client(&text, SLICE(" from "), &event.client))
        return STATUS_NOT_FOUND; /* "Accepted key ... found at FILE" */
    size_t at = find_first(text, SLICE(" for "));
    if (at == text.len)
        return STATUS_MALFORMED;
    event.account = slice_part(text, at + 5, text.len);
    if (log_skip(&event.account, SLICE("invalid user ")) || outcome == EVENT_OUTCOME_failure)
        event.error_text = slice_part(all, 0, at);
    emit_ssh(env, line, &event);
    return STATUS_OK;
}

static enum status ssh_session(const struct log_env *env, const struct syslog_line *line,
                               struct slice text)
{
    struct event event = {.action = EVENT_ACTION_command, .outcome = EVENT_OUTCOME_success};
    if (!take_client(&text, SLICE(" from "), &event.client))
        return STATUS_MALFORMED;
    size_t at = find_first(text, SLICE(" for "));
    event.account = slice_part(text, at + 5, text.len);
    event.statement = slice_part(text, 0, at);
    event.shape = hash64(event.statement);
    event.known |= EVENT_KNOWS_shape;
    emit_ssh(env, line, &event);
    return STATUS_OK;
}

static enum status ssh_end(const struct log_env *env, const struct syslog_line *line,
                           struct slice text)
{
    struct event event = {.action = EVENT_ACTION_logout, .outcome = EVENT_OUTCOME_success};
    if (!take_client(&text, SLICE(" "), &event.client))
        return STATUS_MALFORMED;
    event.account = text;
    emit_ssh(env, line, &event);
    return STATUS_OK;
}

static enum status ssh_line(const struct log_env *env, const struct syslog_line *line)
{
    struct slice text = line->text;
    if (log_skip(&text, SLICE("Accepted ")))
        return ssh_sign_in(env, line, text, EVENT_OUTCOME_success);
    if (slice_starts(text, SLICE("Failed ")))
        return ssh_sign_in(env, line, text, EVENT_OUTCOME_failure);
    if (log_skip(&text, SLICE("Starting session: ")))
        return ssh_session(env, line, text);
    if (log_skip(&text, SLICE("Disconnected from user ")))
        return ssh_end(env, line, text);
    return STATUS_NOT_FOUND;
}

/* The command's path stays in the statement, its arguments do not. */
static void set_command(struct event *event, const struct log_env *env, struct slice command)
{
    struct event_object *object = arena_alloc(env->scratch, sizeof *object);
    struct slice path = slice_part(command, 0, slice_find(command, ' ', 0));
    uint8_t *text = arena_alloc(env->scratch, path.len + 2);
    if (!object || !text)
        return;
    memcpy(text, path.ptr, path.len);
    memcpy(text + path.len, " ?", 2);
    event->statement = slice_make(text, path.len + (path.len < command.len ? 2 : 0));
    event->shape = hash64(event->statement);
    event->known |= EVENT_KNOWS_shape;
    object->name = path;
    event->objects = object;
    event->object_count = 1;
    if (env->clear)
        event->clear = command;
}

static enum status sudo_line(const struct log_env *env, const struct syslog_line *line)
{
    struct slice text = slice_trim(line->text);
    size_t command = find_first(text, SLICE("COMMAND=")), colon = find_first(text, SLICE(" : "));
    struct event event = {.time_ns = line->time_ns,
                          .protocol = SLICE("sudo"),
                          .action = EVENT_ACTION_command,
                          .outcome = EVENT_OUTCOME_success};
    if (command == text.len || colon > command)
        return STATUS_NOT_FOUND;
    event.account = slice_part(text, 0, colon);
    event.program = SLICE("sudo");
    struct slice reason = slice_part(text, colon + 3, command - colon - 3);
    reason = slice_trim(log_cut(&reason, ';'));
    if (slice_find(reason, '=', 0) == reason.len && reason.len > 0) {
        event.outcome = EVENT_OUTCOME_failure;
        event.error_text = reason;
    }
    struct slice run = slice_part(text, command + 8, text.len);
    if (run.len == 0)
        return STATUS_MALFORMED;
    set_command(&event, env, run);
    env->emit(env->emit_context, &event);
    return STATUS_OK;
}

/* "(to root) USER on pts/1": the one who becomes another, and whom. */
static enum status su_line(const struct log_env *env, const struct syslog_line *line)
{
    struct slice text = line->text;
    struct event event = {.time_ns = line->time_ns,
                          .protocol = SLICE("su"),
                          .program = SLICE("su"),
                          .action = EVENT_ACTION_command,
                          .outcome = EVENT_OUTCOME_success};
    struct event_object object = {0};
    if (log_skip(&text, SLICE("FAILED SU "))) {
        event.outcome = EVENT_OUTCOME_failure;
        event.error_text = SLICE("FAILED SU");
    }
    if (!log_skip(&text, SLICE("(to ")))
        return STATUS_NOT_FOUND;
    object.name = log_cut(&text, ')');
    text = slice_trim(text);
    event.account = slice_part(text, 0, find_last(text, SLICE(" on ")));
    event.objects = &object;
    event.object_count = 1;
    event.statement = SLICE("su");
    event.shape = hash64(event.statement);
    event.known |= EVENT_KNOWS_shape;
    env->emit(env->emit_context, &event);
    return STATUS_OK;
}

static enum status feed(void *state, const struct log_env *env, struct slice record)
{
    struct syslog_line line;
    (void)state;
    if (!syslog_line_read(record, env->zone, env->reference_ns, &line))
        return STATUS_MALFORMED;
    if (slice_starts(line.tag, SLICE("sshd")))
        return ssh_line(env, &line);
    if (slice_equal(line.tag, SLICE("sudo")))
        return sudo_line(env, &line);
    if (slice_equal(line.tag, SLICE("su")))
        return su_line(env, &line);
    return STATUS_NOT_FOUND;
}

static enum decoder_verdict probe(struct slice head)
{
    static const struct zone utc;
    struct syslog_line line;
    for (int i = 0; i < 200 && head.len > 0; i++)
        if (syslog_line_read(log_cut(&head, '\n'), &utc, INT64_MAX / 2, &line) &&
            (slice_starts(line.tag, SLICE("sshd")) || slice_equal(line.tag, SLICE("sudo")) ||
             slice_equal(line.tag, SLICE("su"))))
            return PROBE_YES;
    return PROBE_NO;
}

const struct log_format login_log_format = {
    .name = "logins",
    .protocol = "ssh",
    .help_en = "sshd, sudo and su lines of the syslog (auth.log, secure)",
    .help_zh = "syslog 中的 sshd、sudo 与 su 记录（auth.log、secure）",
    .splitting = LOG_LINES,
    .syslog_lines = true,
    .probe = probe,
    .feed = feed,
};
