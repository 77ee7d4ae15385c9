/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs a body in a process of its own, for what cannot be undone: giving up rights. The body
 * returns NULL when all is as expected, else what is not.
 */
#ifndef TEST_OS_CHILD_H
#define TEST_OS_CHILD_H

typedef const char *child_body(const void *context);

/* Fails the test with the body's text. Signal: the one that must end the child, 0 for none. */
void child_run(child_body *body, const void *context, int signal);

/* In a body: tells what does not hold. */
#define EXPECT(condition)      \
    do {                       \
        if (!(condition))      \
            return #condition; \
    } while (0)

/* The call fails with this error. */
#define EXPECT_ERROR(call, error) EXPECT((errno = 0, (long)(call) == -1 && errno == (error)))

#endif
