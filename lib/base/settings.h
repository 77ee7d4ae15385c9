/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The settings: one strict YAML file, read into one struct whose members come from
 * settings_table.h. An unknown name, a wrong type, a value out of range and a name given twice are
 * faults with file, line, column and what to do. Sections may be nested (collector: {interface:
 * eth0}) or dotted (collector.interface: eth0).
 *
 * To reload, load into a second struct and swap when that went well.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/settings_table.h"

struct settings_list {
    const char *const *items;
    size_t count;
};

enum { SETTINGS_RECORD_KEYS = 8 };

/* Values in the order of the keys in the row's unit; "" where one is not given. */
struct settings_record {
    const char *values[SETTINGS_RECORD_KEYS];
};

struct settings_records {
    const struct settings_record *items;
    size_t count;
};

#define SETTINGS_C_STRING   const char *
#define SETTINGS_C_PATH     const char *
#define SETTINGS_C_INTEGER  int64_t
#define SETTINGS_C_REAL     double
#define SETTINGS_C_BOOLEAN  bool
#define SETTINGS_C_DURATION int64_t
#define SETTINGS_C_BYTES    uint64_t
#define SETTINGS_C_CHOICE   unsigned
#define SETTINGS_C_LIST     struct settings_list
#define SETTINGS_C_RECORDS  struct settings_records
#define SETTINGS_C_ADDRESS  const char *
#define SETTINGS_C_TARGETS  struct settings_list
#define SETTINGS_C_TIMEZONE const char *

enum setting_index {
#define SETTINGS_INDEX(type, member, ...) SETTING_##member,
    SETTINGS_TABLE(SETTINGS_INDEX)
#undef SETTINGS_INDEX
        SETTING_COUNT
};

struct settings {
#define SETTINGS_MEMBER(type, member, ...) SETTINGS_C_##type member;
    SETTINGS_TABLE(SETTINGS_MEMBER)
#undef SETTINGS_MEMBER
    bool given[SETTING_COUNT]; /* stands in the file; else the default */
    struct arena arena;        /* owns the texts */
};

/* Reads the file; NULL gives the defaults. On failure the fault says why and the struct holds
 * nothing. */
enum status settings_load(struct settings *s, const char *path, struct fault *fault);

/* The same from memory; `name` stands in faults, and its folder is where relative paths begin. */
enum status settings_parse(struct settings *s, struct slice text, const char *name,
                           struct fault *fault);
/* Changes one plain setting: "analyzer.alert_budget=1". INVALID: the fault says what is wrong. */
enum status settings_change(struct settings *s, struct slice assignment, struct fault *fault);
void settings_release(struct settings *s);

/* "127.0.0.1:8443" or "[::1]:8443" in two; false when it is not such an address. Port 0 is
 * accepted. */
bool settings_address(const char *text, char host[46], uint16_t *port);

/* "udp://host:port" in three; IPv6 hosts in brackets. */
struct settings_target {
    bool tcp;
    char host[256];
    uint16_t port;
};
bool settings_target(const char *text, struct settings_target *target);

enum settings_language { SETTINGS_ENGLISH, SETTINGS_CHINESE };

/* The reference of all settings: plain text for --help, roff (man) for the manual page, YAML with
 * every setting at its default as a file to begin with, and JSON schema (draft 2020-12). */
void settings_reference_text(struct buffer *out, enum settings_language language);
void settings_reference_man(struct buffer *out, enum settings_language language);
void settings_reference_yaml(struct buffer *out, enum settings_language language);
void settings_reference_schema(struct buffer *out, enum settings_language language);

#endif
