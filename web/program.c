/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell-web from its command line to its end: settings, the listening socket and configured keys
 * while it may be root, then its own user, the desk, the first-run token, the sandbox, the server.
 */
#include "web/program.h"

#include "base/file.h"
#include "base/log.h"
#include "base/settings.h"
#include "desk/setup.h"
#include "event/site_key.h"
#include "os/loop.h"
#include "os/notify.h"
#include "os/role.h"
#include "os/sandbox.h"
#include "web/certificate.h"
#include "web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct program {
    struct settings settings;
    bool have_settings;
    struct console console;
    bool have_console;
    struct certificate certificate;
    struct server *server;
    struct loop *loop;
    struct notify notify;
    int socket;
    char host[46];
    uint16_t port;
    char name[256]; /* this machine's */
    char certificate_path[PATH_MAX], key_path[PATH_MAX], token_path[PATH_MAX];
};

static const char usage[] =
    "usage: dwell-web --config FILE\n"
    "\n"
    "The console of Dwell: HTTPS on web.listen, the store under state_dir, its own data under\n"
    "state_dir/desk. On the first start it prints a one-time token with which the first admin\n"
    "account is made in the browser. Ends on SIGTERM or SIGINT.\n"
    "\n"
    "  --config FILE   the settings (YAML); docs/settings.md lists them\n"
    "  --help          this text\n"
    "  --version       the version\n";

/* The settings file of the command line; NULL with the exit code when there is nothing to run. */
static const char *read_arguments(int argc, char **argv, int *code)
{
    *code = EXIT_USAGE;
    const char *config = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--version") == 0) {
            fputs(argv[i][2] == 'h' ? usage : "dwell-web " DWELL_VERSION "\n", stdout);
            *code = EXIT_DONE;
            return NULL;
        }
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            config = argv[++i];
        else if (strncmp(argv[i], "--config=", 9) == 0)
            config = argv[i] + 9;
        else
            return fprintf(stderr, "dwell-web: %s: not known: see dwell-web --help\n", argv[i]),
                   NULL;
    }
    if (!config)
        fputs("dwell-web: --config FILE is missing: see dwell-web --help\n", stderr);
    return config;
}

static bool fail(const char *where, const char *what)
{
    log_error("%s: %s", where, what);
    return false;
}

static bool fail_status(const char *where, enum status status)
{
    return fail(where, status_text(status));
}

static bool load_settings(struct program *program, const char *path)
{
    struct fault fault;
    program->have_settings = settings_load(&program->settings, path, &fault) == STATUS_OK;
    if (!program->have_settings) {
        log_error("%s", fault.text);
        return false;
    }
    const struct settings *s = &program->settings;
    snprintf(program->certificate_path, PATH_MAX, "%s", s->web_certificate);
    snprintf(program->key_path, PATH_MAX, "%s", s->web_private_key);
    if (!*s->web_certificate != !*s->web_private_key)
        return fail(path, "web.certificate and web.private_key: give both or none");
    if (!*s->web_certificate) {
        snprintf(program->certificate_path, PATH_MAX, "%s/desk/certificate.pem", s->state_dir);
        snprintf(program->key_path, PATH_MAX, "%s/desk/private_key.pem", s->state_dir);
    }
    snprintf(program->token_path, PATH_MAX, "%s/desk/first-run-token", s->state_dir);
    return true;
}

static bool bind_socket(struct program *program)
{
    struct sockaddr_in six_not = {.sin_family = AF_INET, .sin_port = htons(program->port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(program->port)};
    bool is_six = inet_pton(AF_INET6, program->host, &six.sin6_addr) == 1;
    int on = 1;
    inet_pton(AF_INET, program->host, &six_not.sin_addr);
    program->socket =
        socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (program->socket < 0)
        return false;
    setsockopt(program->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const struct sockaddr *address =
        is_six ? (const struct sockaddr *)&six : (const struct sockaddr *)&six_not;
    return bind(program->socket, address, is_six ? sizeof six : sizeof six_not) == 0 &&
           listen(program->socket, SOMAXCONN) == 0;
}

static bool open_socket(struct program *program)
{
    const char *listen_on = program->settings.web_listen;
    if (!settings_address(listen_on, program->host, &program->port))
        return fail(listen_on, "web.listen is not an address and port");
    if (!bind_socket(program)) {
        log_error("%s: %s: choose another web.listen, or stop what holds it", listen_on,
                  strerror(errno));
        return false;
    }
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    getsockname(program->socket, (struct sockaddr *)&bound, &len);
    struct sockaddr_in port; /* the port lies alike in both families */
    memcpy(&port, &bound, sizeof port);
    program->port = ntohs(port.sin_port);
    return true;
}

static void name_hosts(struct program *program)
{
    struct gate *gate = &program->console.gate;
    const struct settings_list *given = &program->settings.web_hosts;
    const char *listen_host = strchr(program->host, ':') ? "[::1]" : program->host;
    gethostname(program->name, sizeof program->name - 1);
    gate->hosts[gate->host_count++] = "localhost";
    gate->hosts[gate->host_count++] = listen_host;
    gate->hosts[gate->host_count++] = program->name;
    for (size_t i = 0; i < given->count && gate->host_count < GATE_MAX_HOSTS; i++)
        gate->hosts[gate->host_count++] = given->items[i];
    gate->any_address = true;
}

static bool load_certificate(struct program *program)
{
    const struct gate *gate = &program->console.gate;
    enum status status = certificate_load(&program->certificate, program->certificate_path,
                                          program->key_path, gate->hosts, gate->host_count);
    if (status == STATUS_OK)
        return true;
    log_error("%s, %s: %s: web.certificate and web.private_key must be PEM files that belong "
              "together",
              program->certificate_path, program->key_path, status_text(status));
    return false;
}

/* The site's key is optional: without it nobody can be asked who saw a subject. */
static bool load_site_key(struct program *program)
{
    const char *path = program->settings.site_key_file;
    struct console *console = &program->console;
    if (!*path)
        return true;
    enum status status = site_key_read(path, &console->site_key);
    console->has_site_key = status == STATUS_OK;
    return status == STATUS_OK || fail_status(path, status);
}

static bool open_desk(struct program *program)
{
    struct console *console = &program->console;
    char folder[PATH_MAX], error[DB_ERROR_SIZE];
    snprintf(folder, sizeof folder, "%s/desk", console->state_dir);
    enum status status = file_make_folder(folder, 0700);
    if (status != STATUS_OK)
        return fail_status(folder, status);
    if (desk_open(&console->desk, console->state_dir, DB_WRITER, &console->clock, error) !=
        STATUS_OK) {
        log_error("%s", error);
        return false;
    }
    program->have_console = console_init(console);
    return program->have_console || fail("console", "out of memory");
}

static void tell_address(const struct program *program)
{
    const char *format = strchr(program->host, ':') ? "https://[%s]:%u" : "https://%s:%u";
    char address[80];
    snprintf(address, sizeof address, format, program->host, program->port);
    printf("Dwell console: %s\n", address);
    printf("Certificate SHA-256: %s\n", program->certificate.fingerprint);
}

/* While there is no account: how the first one is made. */
static bool tell_first_run(struct program *program)
{
    char token[SECRET_TOKEN_TEXT];
    enum status status = setup_begin(&program->console.desk, program->token_path, token);
    if (status == STATUS_OK)
        printf("First run: open the console and make the first account with this one-time token "
               "(good for 24 hours, also in %s):\n%s\n",
               program->token_path, token);
    secret_wipe(token, sizeof token);
    fflush(stdout);
    return status == STATUS_OK || status == STATUS_EXISTS ||
           fail_status(program->token_path, status);
}

static bool enter_sandbox(struct program *program)
{
    struct fault fault;
    /* LMDB's readers write their own slot in the lock file: the store is writable to the kernel,
     * and opened for reading only by store_reader_open(). */
    const struct sandbox_path paths[] = {{program->settings.state_dir, true}};
    if (sandbox_enter(SANDBOX_WEB, paths, 1, &fault) == STATUS_OK)
        return true;
    log_error("%s", fault.text);
    return false;
}

static bool start_server(struct program *program)
{
    struct server_options options = {.socket = program->socket,
                                     .certificate = program->certificate.certificate_pem,
                                     .key = program->certificate.key_pem,
                                     .threads = (unsigned)program->settings.web_threads};
    enum status status = server_start(&program->server, &program->console, &options);
    if (status != STATUS_OK)
        return fail("the TLS server", "could not be started: check web.certificate");
    program->socket = -1; /* the server's now */
    return true;
}

static void told_to_stop(void *context, int signal_number)
{
    struct program *program = context;
    (void)signal_number;
    loop_stop(program->loop);
}

static bool watch_signals(struct program *program)
{
    signal(SIGPIPE, SIG_IGN);
    program->loop = loop_new();
    return (program->loop && loop_signal(program->loop, SIGTERM, told_to_stop, program) &&
            loop_signal(program->loop, SIGINT, told_to_stop, program)) ||
           fail("signals", "cannot be watched");
}

/* What may need root: the port, and key files that only root can read. */
static bool prepare_as_starter(struct program *program)
{
    struct fault fault;
    name_hosts(program);
    if (*program->settings.web_certificate && !load_certificate(program))
        return false;
    if (role_enter(program->settings.web_user, ROLE_KEEP_NOTHING, &fault) == STATUS_OK)
        return true;
    log_error("%s", fault.text);
    return false;
}

static bool prepare_as_console(struct program *program)
{
    if (!open_desk(program) || !load_site_key(program))
        return false;
    return program->certificate.key_pem || load_certificate(program);
}

static void fill_console(struct program *program)
{
    struct console *console = &program->console;
    console->state_dir = program->settings.state_dir;
    console->version = DWELL_VERSION;
    console->limits = (struct desk_session_limits){program->settings.web_session_idle,
                                                   program->settings.web_session_absolute};
    console->clock = clock_real();
}

static int run(struct program *program, const char *config)
{
    if (!load_settings(program, config))
        return EXIT_INPUT;
    fill_console(program);
    if (!secret_init()) {
        fail("randomness", "the system gives none");
        return EXIT_INPUT;
    }
    notify_open(&program->notify);
    if (!open_socket(program) || !prepare_as_starter(program) || !prepare_as_console(program) ||
        !watch_signals(program))
        return EXIT_INPUT;
    tell_address(program);
    if (!tell_first_run(program) || !enter_sandbox(program) || !start_server(program))
        return EXIT_INPUT;
    notify_ready(&program->notify);
    loop_run(program->loop);
    notify_stopping(&program->notify);
    return EXIT_DONE;
}

static void release(struct program *program)
{
    server_stop(&program->server);
    if (program->have_console)
        console_release(&program->console);
    desk_close(&program->console.desk);
    certificate_release(&program->certificate);
    if (program->loop)
        loop_free(&program->loop);
    if (program->socket >= 0)
        close(program->socket);
    notify_close(&program->notify);
    if (program->have_settings)
        settings_release(&program->settings);
}

int web_program(int argc, char **argv)
{
    int code;
    log_set_program("dwell-web");
    const char *config = read_arguments(argc, argv, &code);
    if (!config)
        return code;
    struct program *program = calloc(1, sizeof *program);
    if (!program) {
        fail("start", "out of memory");
        return EXIT_INPUT;
    }
    program->socket = -1;
    program->notify.fd = -1;
    code = run(program, config);
    release(program);
    free(program);
    return code;
}
