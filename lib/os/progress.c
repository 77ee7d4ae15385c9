/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bar and lines.
 */
#include "os/progress.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, LINE_BYTES = 256 };

#define REDRAW_NS  (NS_PER_S / 10)
#define UNKNOWN_NS (NS_PER_S * 10) /* between lines when the total is not known */

static int64_t now(void)
{
    const struct clock clock = clock_real();
    return clock_monotonic(&clock);
}

void progress_start(struct progress *p, int fd, const char *title, uint64_t total)
{
    *p = (struct progress){.title = title, .total = total, .fd = fd};
    p->terminal = isatty(fd) == 1;
    p->started_ns = now();
    p->drawn_ns = p->started_ns;
}

static void put(const struct progress *p, const char *text, int len)
{
    if (len > 0)
        (void)!write(p->fd, text, (size_t)len < LINE_BYTES ? (size_t)len : LINE_BYTES - 1);
}

/* In thousandths, 1000 when done. */
static unsigned share(const struct progress *p)
{
    if (p->total == 0 || p->done >= p->total)
        return p->total > 0 ? 1000 : 0;
    return (unsigned)((double)p->done / (double)p->total * 1000);
}

static void draw_bar(struct progress *p)
{
    char line[LINE_BYTES], bar[BAR_WIDTH + 1];
    unsigned full = share(p) * BAR_WIDTH / 1000;
    for (unsigned i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < full ? '#' : '-';
    bar[BAR_WIDTH] = '\0';
    int64_t seconds = (now() - p->started_ns) / NS_PER_S;
    int len;
    if (p->total > 0)
        len = snprintf(line, sizeof line, "\r%s [%s] %3u%%  %" PRId64 " s\x1B[K", p->title, bar,
                       share(p) / 10, seconds);
    else
        len = snprintf(line, sizeof line, "\r%s %" PRIu64 "  %" PRId64 " s\x1B[K", p->title,
                       p->done, seconds);
    put(p, line, len);
    p->shown = true;
}

static void tell_line(struct progress *p)
{
    char line[LINE_BYTES];
    int len = p->total > 0 ? snprintf(line, sizeof line, "%s: %u%%\n", p->title, share(p) / 10)
                           : snprintf(line, sizeof line, "%s: %" PRIu64 "\n", p->title, p->done);
    put(p, line, len);
    p->shown = true;
}

static void update_lines(struct progress *p, int64_t time)
{
    unsigned tenths = share(p) / 100;
    if (p->total > 0 ? tenths <= p->tenths : time - p->drawn_ns < UNKNOWN_NS)
        return;
    p->tenths = tenths;
    p->drawn_ns = time;
    tell_line(p);
}

void progress_update(struct progress *p, uint64_t done)
{
    p->done = done;
    if (!p->terminal && p->total > 0 && share(p) / 100 <= p->tenths)
        return;
    int64_t time = now();
    if (!p->terminal) {
        update_lines(p, time);
    } else if (time - p->drawn_ns >= REDRAW_NS) {
        p->drawn_ns = time;
        draw_bar(p);
    }
}

void progress_finish(struct progress *p)
{
    if (p->total > 0)
        p->done = p->total;
    if (p->terminal) {
        draw_bar(p);
        put(p, "\n", 1);
    } else if (p->total == 0 || p->tenths < 10) {
        tell_line(p);
    }
}
