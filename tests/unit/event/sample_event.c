/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sample_event.h"

#include "event/fields.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct slice columns[] = {{(const uint8_t *)"id", 2}, {(const uint8_t *)"name", 4}};
static const struct event_object objects[] = {
    {{(const uint8_t *)"public.customer", 15}, columns, 2},
    {{(const uint8_t *)"loan", 4}, NULL, 0},
};
static const struct event_subject keys[] = {
    {.hash = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}},
    {.hash = {0xaa}, .has_number = true, .number = 123456789012345, .space = 0x1122334455667788},
    {.hash = {0xbb}},
    {.hash = {0xcc}, .has_number = true, .number = 0, .space = 1},
};
static const struct event_param params[] = {{false, {(const uint8_t *)"42", 2}}, {true, {NULL, 0}}};

static void fill_statement(struct event *e)
{
    e->statement = SLICE("select * from customer where id = ?");
}

static void fill_address(struct event_address *a, bool v6)
{
    a->family = v6 ? 6 : 4;
    memcpy(a->ip, v6 ? "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" : "\x0a\0\0\x07", v6 ? 16 : 4);
    a->port = v6 ? 5432 : 50123;
}

#define FILL_TIME(member)        e->member = INT64_C(1795297828680000001)
#define FILL_DURATION(member)    e->member = 1234567
#define FILL_SOURCE_KIND(member) e->member = EVENT_SOURCE_log
#define FILL_TEXT(member)        e->member = SLICE("text of " #member " \xe5\xbc\xa0 \"\\\x01")
#define FILL_SEQ(member)         e->member = 77
#define FILL_PART(member)        e->member = 0
#define FILL_ADDRESS(member)     fill_address(&e->member, #member[0] == 's')
#define FILL_ACTION(member)      e->member = EVENT_ACTION_view
#define FILL_STATEMENT(member)   fill_statement(e)
#define FILL_SHAPE(member)       e->member = 0xfedcba9876543210
#define FILL_OBJECTS(member)     (e->objects = objects, e->object_count = 2)
#define FILL_NUMBER(member)      e->member = sizeof(#member) << 40
#define FILL_OUTCOME(member)     e->member = EVENT_OUTCOME_failure
#define FILL_ERROR(member) \
    (e->error_code = SLICE("42P01"), e->error_text = SLICE("relation: \"x\" is not there"))
#define FILL_CLASSES(member) (e->member[0] = 1, e->member[2] = 300, e->member[3] = INT64_MAX)
#define FILL_KEYS(member)    (e->keys = keys, e->key_count = 4)
#define FILL_NUMBERS(member) FILL_KEYS(member)
#define FILL_GAPS(member)    e->member = EVENT_GAP_lost_bytes | EVENT_GAP_limit

unsigned sample_rows(void)
{
    unsigned rows = 0;
#define COUNT_ROW(id, kind, member, bit, group, key) rows++;
    EVENT_FIELD_TABLE(COUNT_ROW)
#undef COUNT_ROW
    return rows;
}

void sample_fill(struct event *e, unsigned row)
{
    unsigned at = 0;
#define FILL_ROW(id, kind, name, bit, group, key) \
    if (at++ == row) {                            \
        FILL_##kind(name);                        \
        e->known |= (uint32_t)(bit);              \
    }
    EVENT_FIELD_TABLE(FILL_ROW)
#undef FILL_ROW
}

struct event sample_full(void)
{
    struct event e = {0};
    for (unsigned row = 0; row < sample_rows(); row++)
        sample_fill(&e, row);
    e.clear = SLICE("select * from customer where id = 42");
    e.params = params;
    e.param_count = 2;
    return e;
}

struct event sample_small(void)
{
    struct event e = {.time_ns = INT64_C(1795297828680000001), .seq = 12};
    e.known = EVENT_KNOWS_duration | EVENT_KNOWS_rows | EVENT_KNOWS_bytes | EVENT_KNOWS_shape;
    e.duration_us = 312;
    e.source_kind = EVENT_SOURCE_capture;
    e.source_name = SLICE("eth1");
    e.sensor = SLICE("head-office");
    e.session = SLICE("00f1e2d3c4b5a697");
    fill_address(&e.client, false);
    fill_address(&e.server, false);
    e.protocol = SLICE("postgresql");
    e.account = SLICE("li.na");
    e.database = SLICE("loans");
    e.action = EVENT_ACTION_read;
    e.outcome = EVENT_OUTCOME_success;
    fill_statement(&e);
    e.shape = 0xfedcba9876543210;
    e.objects = objects + 1;
    e.object_count = 1;
    e.rows = 1;
    e.bytes = 218;
    return e;
}

static void assert_slice(struct slice a, struct slice b)
{
    assert_int_equal(a.len, b.len);
    assert_true(slice_equal(a, b));
}

static void assert_address(const struct event_address *a, const struct event_address *b)
{
    assert_int_equal(a->family, b->family);
    assert_int_equal(a->port, b->port);
    assert_memory_equal(a->ip, b->ip, sizeof a->ip);
}

static void assert_objects(const struct event *a, const struct event *b)
{
    assert_int_equal(a->object_count, b->object_count);
    for (size_t i = 0; i < a->object_count; i++) {
        assert_slice(a->objects[i].name, b->objects[i].name);
        assert_int_equal(a->objects[i].column_count, b->objects[i].column_count);
        for (size_t k = 0; k < a->objects[i].column_count; k++)
            assert_slice(a->objects[i].columns[k], b->objects[i].columns[k]);
    }
}

static void assert_params(const struct event *a, const struct event *b)
{
    assert_int_equal(a->param_count, b->param_count);
    for (size_t i = 0; i < a->param_count; i++) {
        assert_int_equal(a->params[i].null, b->params[i].null);
        assert_slice(a->params[i].text, b->params[i].text);
    }
}

static void assert_keys(const struct event *a, const struct event *b)
{
    assert_int_equal(a->key_count, b->key_count);
    for (size_t i = 0; i < a->key_count; i++)
        assert_memory_equal(a->keys[i].hash, b->keys[i].hash, 16);
}

static void assert_numbers(const struct event *a, const struct event *b)
{
    for (size_t i = 0; i < a->key_count; i++) {
        assert_int_equal(a->keys[i].has_number, b->keys[i].has_number);
        assert_int_equal(a->keys[i].number, b->keys[i].number);
        assert_int_equal(a->keys[i].space, b->keys[i].space);
    }
}

#define SAME_SCALAR(member)      assert_int_equal(a->member, b->member)
#define SAME_TIME(member)        SAME_SCALAR(member)
#define SAME_DURATION(member)    SAME_SCALAR(member)
#define SAME_SOURCE_KIND(member) SAME_SCALAR(member)
#define SAME_TEXT(member)        assert_slice(a->member, b->member)
#define SAME_SEQ(member)         SAME_SCALAR(member)
#define SAME_PART(member)        SAME_SCALAR(member)
#define SAME_ADDRESS(member)     assert_address(&a->member, &b->member)
#define SAME_ACTION(member)      SAME_SCALAR(member)
#define SAME_STATEMENT(member) \
    (assert_slice(a->member, b->member), assert_slice(a->clear, b->clear), assert_params(a, b))
#define SAME_SHAPE(member)   SAME_SCALAR(member)
#define SAME_OBJECTS(member) assert_objects(a, b)
#define SAME_NUMBER(member)  SAME_SCALAR(member)
#define SAME_OUTCOME(member) SAME_SCALAR(member)
#define SAME_ERROR(member) \
    (assert_slice(a->error_code, b->error_code), assert_slice(a->error_text, b->error_text))
#define SAME_CLASSES(member) assert_memory_equal(a->member, b->member, sizeof a->member)
#define SAME_KEYS(member)    assert_keys(a, b)
#define SAME_NUMBERS(member) assert_numbers(a, b)
#define SAME_GAPS(member)    SAME_SCALAR(member)

void sample_assert_equal(const struct event *a, const struct event *b)
{
    assert_int_equal(a->known, b->known);
#define SAME_ROW(id, kind, member, bit, group, key) SAME_##kind(member);
    EVENT_FIELD_TABLE(SAME_ROW)
#undef SAME_ROW
}
