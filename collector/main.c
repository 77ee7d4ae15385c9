/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell-collector.
 */
#include "collector/program.h"

int main(int argc, char **argv)
{
    return collector_main(argc, argv);
}
