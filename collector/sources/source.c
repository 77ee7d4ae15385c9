/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What all sources share.
 */
#include "collector/sources/source.h"

/* The DLT numbers that differ from the file's (pcap/dlt.h): raw IP on Linux and on OpenBSD. */
uint32_t link_type_of_dlt(int dlt)
{
    return dlt == 12 || dlt == 14 ? LINK_RAW : (uint32_t)dlt;
}

void source_free(struct source **source)
{
    if (*source)
        (*source)->free(*source);
    *source = NULL;
}
