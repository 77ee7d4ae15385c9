/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The organisation as files describe it: who works here in which post, whose accounts and
 * workstations are whose, who has work to do on whom, which days are free. All of it is dated, so
 * last year's event is resolved with last year's directory. docs/directory.md states the CSV files.
 *
 * Loaded once and read only; a reload loads a new one and swaps.
 */
#ifndef ANALYZER_ORGANISATION_H
#define ANALYZER_ORGANISATION_H

#include "event/event.h"
#include "store/records.h"

struct fault; /* base/fault.h */

struct organisation;

struct employee {
    struct slice id, name, manager;
    int32_t hired, left; /* days; INT32_MIN and INT32_MAX where not known */
    size_t index;        /* place in the directory, by id in byte order */
};

/* A post: what makes peers. */
struct post {
    struct slice role, department;
};

/* Reads employees.csv, accounts.csv, assignments.csv and, where they are there, changes.csv,
 * calendar.csv and missing.csv of a folder. `site` hashes the subjects of assignments; without it
 * a subject is known by the XXH3 of its text. On failure the fault tells
 * file, line and what. */
enum status organisation_load(struct organisation **o, const char *folder,
                              const struct event_site_key *site, struct fault *fault);
void organisation_free(struct organisation **o);

size_t organisation_size(const struct organisation *o);
const struct employee *organisation_at(const struct organisation *o, size_t index);
const struct employee *organisation_find(const struct organisation *o, struct slice id);

/* The post on a day; empty for who is not in the directory. */
struct post organisation_post(const struct organisation *o, const struct employee *e, int32_t day);

/* Whose account is it on that day? NOT_FOUND: of nobody known. For shared and service accounts
 * `owner` is NULL. */
enum status organisation_account(const struct organisation *o, struct slice asset,
                                 struct slice account, int32_t day, const struct employee **owner,
                                 enum entity_kind *kind);

/* The one employee whose workstation this is; NULL when it is nobody's or several people's. */
const struct employee *organisation_owner(const struct organisation *o, struct slice address,
                                          int32_t day);

/* Is it registered as a workstation of others and not as one of his? `owner` gets one of them. */
bool organisation_alien(const struct organisation *o, struct slice address, struct slice employee,
                        struct slice *owner);

/* Calls `space` for each space of the assignments' subjects, each once. */
void organisation_spaces(const struct organisation *o,
                         void (*space)(void *context, struct slice name), void *context);

bool organisation_has_assignments(const struct organisation *o);

/* 0..1, docs/scoring.md 2.7; `subject` is the id of struct model_subject. */
double organisation_relation(const struct organisation *o, struct slice employee, uint64_t subject,
                             int32_t day);

/* What the model calls a subject: first eight bytes of its hash. */
uint64_t organisation_subject_id(const uint8_t hash[16]);

bool organisation_free_day(const struct organisation *o, int32_t day);

/* Measures whose source was down on a day: bits 1 << enum term, and the two below. */
enum { MISSING_DIST = 1 << TERM_COUNT, MISSING_VOL = 1 << (TERM_COUNT + 1) };
/* Names further ones: what the collectors could not watch that day. */
void organisation_lose(struct organisation *o, int32_t day, uint32_t bits);
uint32_t organisation_missing(const struct organisation *o, int32_t day);

#endif
