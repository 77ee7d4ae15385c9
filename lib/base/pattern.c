/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The wrapper of PCRE2, and the only file that knows it.
 */
#include "base/pattern.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    MATCH_LIMIT = 200000, /* steps of backtracking: a few milliseconds */
    DEPTH_LIMIT = 2000,
    HEAP_LIMIT_KIB = 8192,
    JIT_STACK_FIRST = 32 << 10,
    JIT_STACK_MAX = 1 << 20,
    NESTING_MAX = 50
};

struct pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    bool fast;
};

static uint32_t options_of(unsigned flags)
{
    uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
    if (flags & PATTERN_LITERAL)
        options = PCRE2_LITERAL;
    if (flags & PATTERN_NOCASE)
        options |= PCRE2_CASELESS;
    if (flags & PATTERN_UTF8)
        options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    if (flags & PATTERN_WHOLE)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    if ((flags & PATTERN_MULTILINE) && !(flags & PATTERN_LITERAL))
        options |= PCRE2_MULTILINE;
    return options;
}

static enum status fail(char error[PATTERN_ERROR_MAX], enum status status, const char *why)
{
    snprintf(error, PATTERN_ERROR_MAX, "%s", why);
    return status;
}

static enum status compile_code(struct pattern *p, struct slice text, unsigned flags,
                                char error[PATTERN_ERROR_MAX])
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return fail(error, STATUS_NO_MEMORY, status_text(STATUS_NO_MEMORY));
    pcre2_set_parens_nest_limit(context, NESTING_MAX);
    PCRE2_SPTR from = text.len ? text.ptr : (PCRE2_SPTR) "";
    p->code = pcre2_compile(from, text.len, options_of(flags), &code, &offset, context);
    pcre2_compile_context_free(context);
    if (p->code)
        return STATUS_OK;
    PCRE2_UCHAR why[120];
    if (pcre2_get_error_message(code, why, sizeof why) < 0)
        why[0] = '\0';
    snprintf(error, PATTERN_ERROR_MAX, "%s at offset %zu", (const char *)why, offset);
    return STATUS_INVALID;
}

static enum status prepare(struct pattern *p)
{
    p->data = pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL);
    p->context = pcre2_match_context_create(NULL);
    if (!p->data || !p->context)
        return STATUS_NO_MEMORY;
    pcre2_set_match_limit(p->context, MATCH_LIMIT);
    pcre2_set_depth_limit(p->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(p->context, HEAP_LIMIT_KIB);
    p->fast = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
    if (!p->fast)
        return STATUS_OK;
    p->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
    if (!p->stack)
        return STATUS_NO_MEMORY;
    pcre2_jit_stack_assign(p->context, NULL, p->stack);
    return STATUS_OK;
}

enum status pattern_compile(struct pattern **pattern, struct slice text, unsigned flags,
                            char error[PATTERN_ERROR_MAX])
{
    *pattern = NULL;
    if (text.len > PATTERN_TEXT_MAX)
        return fail(error, STATUS_LIMIT, "the pattern is longer than 4096 bytes");
    struct pattern *p = calloc(1, sizeof *p);
    if (!p)
        return fail(error, STATUS_NO_MEMORY, status_text(STATUS_NO_MEMORY));
    enum status status = compile_code(p, text, flags, error);
    if (status == STATUS_OK) {
        status = prepare(p);
        if (status != STATUS_OK)
            fail(error, status, status_text(status));
    }
    if (status != STATUS_OK) {
        pattern_free(&p);
        return status;
    }
    *pattern = p;
    return STATUS_OK;
}

void pattern_free(struct pattern **pattern)
{
    struct pattern *p = *pattern;
    if (!p)
        return;
    pcre2_jit_stack_free(p->stack);
    pcre2_match_context_free(p->context);
    pcre2_match_data_free(p->data);
    pcre2_code_free(p->code);
    free(p);
    *pattern = NULL;
}

bool pattern_is_fast(const struct pattern *pattern)
{
    return pattern->fast;
}

static enum status status_of(int code)
{
    switch (code) {
    case PCRE2_ERROR_NOMATCH:
        return STATUS_NOT_FOUND;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
    case PCRE2_ERROR_RECURSELOOP:
        return STATUS_LIMIT;
    case PCRE2_ERROR_NOMEMORY:
        return STATUS_NO_MEMORY;
    default:
        return STATUS_INVALID;
    }
}

static void take_groups(const struct pattern *p, struct slice subject, int code,
                        struct pattern_match *match)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(p->data);
    match->count = code > 0 ? (size_t)code : PATTERN_GROUPS_MAX; /* 0: more groups than room */
    for (size_t i = 0; i < PATTERN_GROUPS_MAX; i++) {
        bool set = i < match->count && ends[2 * i] != PCRE2_UNSET && ends[2 * i + 1] >= ends[2 * i];
        match->groups[i] = set ? slice_part(subject, ends[2 * i], ends[2 * i + 1] - ends[2 * i])
                               : (struct slice){NULL, 0};
    }
}

enum status pattern_find(struct pattern *pattern, struct slice subject, size_t from,
                         struct pattern_match *match)
{
    if (from > subject.len)
        return STATUS_NOT_FOUND;
    PCRE2_SPTR text = subject.len ? subject.ptr : (PCRE2_SPTR) "";
    int code =
        pcre2_match(pattern->code, text, subject.len, from, 0, pattern->data, pattern->context);
    if (code < 0)
        return status_of(code);
    if (match)
        take_groups(pattern, subject, code, match);
    return STATUS_OK;
}
