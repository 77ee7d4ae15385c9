/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The shared part of the console: idle readers of the store are kept open.
 */
#include "web/console.h"

#include "base/log.h"

bool console_init(struct console *console)
{
    console->readers_turn = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    console->reader_count = 0;
    return throttle_init(&console->throttle);
}

void console_release(struct console *console)
{
    while (console->reader_count)
        store_reader_close(&console->readers[--console->reader_count]);
    throttle_release(&console->throttle);
    secret_wipe(&console->site_key, sizeof console->site_key);
}

enum status console_reader_take(struct console *console, struct store_reader **reader)
{
    *reader = NULL;
    pthread_mutex_lock(&console->readers_turn);
    if (console->reader_count)
        *reader = console->readers[--console->reader_count];
    pthread_mutex_unlock(&console->readers_turn);
    if (*reader)
        return STATUS_OK;
    char why[256];
    enum status status = store_reader_open(reader, console->state_dir, why, sizeof why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        log_error("%s", why);
    return status;
}

void console_reader_give(struct console *console, struct store_reader **reader)
{
    if (!*reader)
        return;
    pthread_mutex_lock(&console->readers_turn);
    if (console->reader_count < CONSOLE_READERS) {
        console->readers[console->reader_count++] = *reader;
        *reader = NULL;
    }
    pthread_mutex_unlock(&console->readers_turn);
    if (*reader)
        store_reader_close(reader);
}
