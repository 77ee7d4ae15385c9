/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The embedded files of a program that was built without the browser side (DWELL_WEB_UI=OFF).
 */
#include "web/assets.h"

const struct asset assets[] = {{"/", "text/plain; charset=utf-8", "\"without\"", NULL, 0, 0}};
const size_t asset_count = 1;
