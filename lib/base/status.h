/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One status for everything that can fail; 0 is success, each code has one text.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* X(code, text): the text completes "what happened", without a capital or a full stop. */
#define STATUS_TABLE(X)                      \
    X(OK, "ok")                              \
    X(MORE, "more bytes are needed")         \
    X(END, "no more data")                   \
    X(MALFORMED, "malformed input")          \
    X(TRUNCATED, "input ends early")         \
    X(UNSUPPORTED, "not supported")          \
    X(LIMIT, "a limit was reached")          \
    X(NO_MEMORY, "out of memory")            \
    X(NOT_FOUND, "not found")                \
    X(EXISTS, "exists already")              \
    X(DENIED, "permission denied")           \
    X(BUSY, "in use by another process")     \
    X(FULL, "no space left")                 \
    X(CORRUPT, "stored data is damaged")     \
    X(VERSION, "written by another version") \
    X(INVALID, "invalid value")              \
    X(IO, "input or output failed")          \
    X(TIMEOUT, "timed out")

enum status {
#define STATUS_ENUM(code, text) STATUS_##code,
    STATUS_TABLE(STATUS_ENUM)
#undef STATUS_ENUM
        STATUS_COUNT
};

/* The text of a status; never NULL, also for values outside the table. */
const char *status_text(enum status status);

/* The status that fits an errno value best (ENOENT: NOT_FOUND, ENOSPC and EDQUOT: FULL, ...). */
enum status status_from_errno(int error);

/* The process exit codes of every Dwell program (see docs/architecture.md). */
enum exit_code {
    EXIT_DONE = 0,  /* done, nothing wrong */
    EXIT_WRONG = 1, /* what was checked is not right */
    EXIT_USAGE = 2, /* the command line is not right */
    EXIT_INPUT = 3, /* input, settings or state could not be read or written */
};

#endif
