/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hashes, from xxHash and libsodium; CRC-32C by the CPU's instruction or a table of nibbles.
 */
#include "base/hash.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <xxhash.h>

uint64_t hash64(struct slice s)
{
    return XXH3_64bits(s.ptr, s.len);
}

uint64_t hash64_seeded(struct slice s, uint64_t seed)
{
    return XXH3_64bits_withSeed(s.ptr, s.len, seed);
}

/* The remainders of the sixteen nibbles, polynomial 0x1EDC6F41 reflected. */
static const uint32_t nibbles[16] = {
    0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
    0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

static uint32_t crc32c_table(uint32_t crc, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        crc ^= s.ptr[i];
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_cpu(uint32_t crc, struct slice s)
{
    uint64_t wide = crc;
    size_t i = 0;
    for (; s.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; i < s.len; i++)
        crc = __builtin_ia32_crc32qi(crc, s.ptr[i]);
    return crc;
}

static bool has_crc32c(void)
{
    return __builtin_cpu_supports("sse4.2") != 0;
}
#else
static uint32_t crc32c_cpu(uint32_t crc, struct slice s)
{
    return crc32c_table(crc, s);
}

static bool has_crc32c(void)
{
    return false;
}
#endif

uint32_t crc32c(uint32_t crc, struct slice s)
{
    crc = ~crc;
    return ~(has_crc32c() ? crc32c_cpu(crc, s) : crc32c_table(crc, s));
}

uint32_t crc32c_portable(uint32_t crc, struct slice s)
{
    return ~crc32c_table(~crc, s);
}

static void start_sodium(void)
{
    int rc = sodium_init();
    assert(rc >= 0);
    (void)rc;
}

void blake2b(uint8_t *out, size_t out_len, const uint8_t *key32, struct slice a, struct slice b,
             struct slice c)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_sodium);
    assert(out_len >= crypto_generichash_BYTES_MIN && out_len <= crypto_generichash_BYTES_MAX);
    crypto_generichash_state state;
    crypto_generichash_init(&state, key32, key32 ? 32 : 0, out_len);
    const struct slice parts[] = {a, b, c};
    for (size_t i = 0; i < 3; i++)
        if (parts[i].len > 0)
            crypto_generichash_update(&state, parts[i].ptr, parts[i].len);
    crypto_generichash_final(&state, out, out_len);
    sodium_memzero(&state, sizeof state);
}
