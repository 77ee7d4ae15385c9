/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The named terms of the day score: one row each, in the order of docs/scoring.md. Terms with
 * weight 0 are computed and shown as context and are not in the sum. Those from `size` on belong to
 * the extended model (setting analyzer.model).
 */
#ifndef STORE_TERMS_H
#define STORE_TERMS_H

#include "base/slice.h"

/* X(code, weight, label en, label zh): the code is what scripts, alerts and the store carry. */
#define TERM_TABLE(X)                                                    \
    X(undist, 1, "people without an assignment", "查看无业务关系的客户") \
    X(share, 1, "share without an assignment", "无业务关系客户占比")     \
    X(idc, 0, "identity documents opened", "打开身份证件页面")           \
    X(exp, 1, "exports", "导出下载")                                     \
    X(rows, 1, "rows by class", "按数据级别加权的行数")                  \
    X(hours, 1, "unusual hours", "异常时段")                             \
    X(dwell, 1, "time on a record", "单条记录停留时间")                  \
    X(regular, 0, "regular intervals", "查看间隔过于均匀")               \
    X(novel, 1, "first time for this person", "本人首次行为")            \
    X(newpeer, 1, "first time for this role", "本岗位首次行为")          \
    X(alien, 1, "somebody else's workstation", "使用他人工作站")         \
    X(inter, 1, "two sessions at once", "两个会话交替使用")              \
    X(snoop, 1, "repeated looks at one person", "反复查看同一客户")      \
    X(enum, 1, "neighbouring numbers", "连号遍历")                       \
    X(repert, 1, "unlike this person", "操作习惯与本人不符")             \
    X(drift, 1, "slow change", "缓慢漂移")                               \
    X(size, 1, "larger than usual of its kind", "单类数据量异常")        \
    X(mix, 1, "proportions", "行为占比异常")                             \
    X(cold, 1, "strangers of ten days", "近十日陌生客户")

enum term {
#define TERM_ENUM(code, weight, en, zh) TERM_##code,
    TERM_TABLE(TERM_ENUM)
#undef TERM_ENUM
        TERM_COUNT
};

/* Bits of the terms that the specification's model does not have. */
enum { TERMS_EXTENDED = 1 << TERM_size | 1 << TERM_mix | 1 << TERM_cold };

enum language { LANGUAGE_EN, LANGUAGE_ZH, LANGUAGE_COUNT };

const char *term_code(enum term term);
const char *term_label(enum term term, enum language language);

/* Is it in the sum (weight 1), or context only? */
bool term_in_sum(enum term term);

/* The term of a code; false when there is none. */
bool term_find(struct slice code, enum term *term);

#endif
