/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The program dwell-analyzer: see daemon.c.
 */
#include "analyzer/daemon.h"

int main(int argc, char **argv)
{
    return analyzer_main(argc, argv);
}
