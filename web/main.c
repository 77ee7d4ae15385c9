/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * dwell-web: the console.
 */
#include "web/program.h"

int main(int argc, char **argv)
{
    return web_program(argc, argv);
}
