/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for libFuzzer where it is not built in: runs every file of the corpus folders named on
 * the command line through the fuzz target, then mutations of each, with the bytes ending at an
 * unreadable page. A folder without files is an error: a replay of nothing proves nothing.
 */
#include "support/guard.h"
#include "support/random.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 20, MUTATIONS = 300 };

static void run_placed(struct guard *guard, struct slice bytes)
{
    struct slice placed = guard_place(guard, bytes);
    LLVMFuzzerTestOneInput(placed.ptr, placed.len);
}

static void run_mutated(struct guard *guard, struct random *random, const uint8_t *bytes,
                        size_t len)
{
    static uint8_t copy[FILE_MAX];
    for (int i = 0; i < MUTATIONS; i++) {
        size_t n = len;
        memcpy(copy, bytes, len);
        for (size_t k = 1 + random_below(random, 6); k > 0 && n > 0; k--) {
            size_t at = random_below(random, n);
            if (random_below(random, 5) == 0)
                n = at;
            else
                copy[at] = (uint8_t)random_next(random);
        }
        run_placed(guard, slice_make(copy, n));
    }
}

static int replay_file(const char *path, struct guard *guard, struct random *random)
{
    static uint8_t bytes[FILE_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    run_placed(guard, slice_make(bytes, len));
    run_mutated(guard, random, bytes, len);
    return 0;
}

static int replay_folder(const char *folder, struct guard *guard, struct random *random)
{
    int files = 0, failed = 0;
    char path[4096];
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
            failed |= replay_file(path, guard, random);
            files++;
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    printf("%s: %d files, each also mutated %d times\n", folder, files, MUTATIONS);
    if (files == 0)
        fprintf(stderr, "%s: no corpus file\n", folder);
    return failed || files == 0;
}

int main(int argc, char **argv)
{
    struct guard guard;
    struct random random = random_start(20261121);
    int failed = argc < 2;
    guard_init(&guard, 1 << 16);
    for (int i = 1; i < argc; i++)
        failed |= replay_folder(argv[i], &guard, &random);
    guard_release(&guard);
    return failed;
}
