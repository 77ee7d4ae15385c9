/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which statements have one shape, the keywords' order, the splitting of texts, the cache's bounds,
 * and what must hold for any bytes.
 */
#include "base/buffer.h"
#include "collector/decoders/sql.h"
#include "collector/decoders/sql_keyword.h"
#include "collector/decoders/sql_normalise.h"
#include "support/guard.h"
#include "support/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct pair {
    enum sql_dialect dialect;
    const char *one, *other;
};

static const struct pair alike[] = {
    {SQL_POSTGRESQL, "select a from t where b in (1,2,3)", "SELECT a FROM t WHERE b IN ( 7 )"},
    {SQL_POSTGRESQL, "select a from t where b = 5", "select a\nfrom t where b=$1"},
    {SQL_POSTGRESQL, "select a from t where b = 'x' -- c", "select a from t where b = ?"},
    {SQL_MYSQL, "insert into t values (1,'a'),(2,'b'),(3,null)", "insert into t values (9,'z')"},
    {SQL_MYSQL, "insert into t values (1,now()),(2,now())", "insert into t values (3,now())"},
    {SQL_POSTGRESQL, "select a from t where (b,c) in ((1,2),(3,4))",
     "select a from t where (b,c) in ((1,2))"},
    {SQL_POSTGRESQL, "select a from t where b = any(array[1,2])",
     "select a from t where b = any(array[1])"},
    {SQL_POSTGRESQL, "update t set a = -1", "update t set a = 1"},
    {SQL_POSTGRESQL, "update t set a = null", "update t set a = true"},
};

static const struct pair apart[] = {
    {SQL_POSTGRESQL, "select a from t", "select a from T"},
    {SQL_POSTGRESQL, "select f(1, 2)", "select f(1)"},
    {SQL_POSTGRESQL, "select a from t where b is null", "select a from t where b is true"},
    {SQL_POSTGRESQL, "select a, b from t", "select a from t"},
    {SQL_POSTGRESQL, "select a from t where b in (1, c)", "select a from t where b in (1)"},
    {SQL_POSTGRESQL, "select a - 1 from t", "select a + 1 from t"},
};

static uint64_t shape_of(struct sql_cache *cache, enum sql_dialect dialect, const char *text)
{
    return sql_describe(cache, dialect, slice_from(text))->shape;
}

static void test_alike_and_apart(void **state)
{
    (void)state;
    struct sql_cache *cache = sql_cache_new(16);
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        print_message("%s\n", alike[i].one);
        assert_true(shape_of(cache, alike[i].dialect, alike[i].one) ==
                    shape_of(cache, alike[i].dialect, alike[i].other));
    }
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        print_message("%s\n", apart[i].one);
        assert_true(shape_of(cache, apart[i].dialect, apart[i].one) !=
                    shape_of(cache, apart[i].dialect, apart[i].other));
    }
    sql_cache_free(&cache);
    assert_null(cache);
}

static void test_keywords_are_in_order(void **state)
{
    (void)state;
    for (int key = 1; key < SQL_KEY_COUNT; key++) {
        struct slice text = sql_keyword_text((enum sql_keyword)key);
        assert_int_equal(sql_keyword_find(text), key);
        assert_true(key == 1 ||
                    slice_compare(sql_keyword_text((enum sql_keyword)(key - 1)), text) < 0);
    }
    assert_int_equal(sql_keyword_find(SLICE("SeLeCt")), SQL_KEY_select);
    assert_int_equal(sql_keyword_find(SLICE("selec")), SQL_KEY_NONE);
    assert_int_equal(sql_keyword_find(SLICE("selec\x54\x00")), SQL_KEY_NONE);
    assert_int_equal(sql_keyword_find(SLICE("")), SQL_KEY_NONE);
}

struct split {
    enum sql_dialect dialect;
    const char *text;
    const char *parts; /* joined by '|' */
};

static const struct split splits[] = {
    {SQL_POSTGRESQL, "select 1", "select 1"},
    {SQL_POSTGRESQL, "select 1; select 2;", "select 1|select 2"},
    {SQL_POSTGRESQL, ";; ; /* none */ ;", ""},
    {SQL_POSTGRESQL, "", ""},
    {SQL_POSTGRESQL, "select ';'; select $$;$$; select \";\" -- ;\n; select 4",
     "select ';'|select $$;$$|select \";\" -- ;|select 4"},
    {SQL_POSTGRESQL, "create rule r as on insert to t do (select 1; select 2); select 3",
     "create rule r as on insert to t do (select 1; select 2)|select 3"},
    {SQL_POSTGRESQL,
     "create function f() begin atomic select case when a then b end; select 2; end; select 3",
     "create function f() begin atomic select case when a then b end; select 2; end|select 3"},
    {SQL_POSTGRESQL, "begin; select 1; end; select 2", "begin|select 1|end|select 2"},
    {SQL_MYSQL, "select 'a\\';'; select 2 # ;\n; select \";\"",
     "select 'a\\';'|select 2 # ;|select \";\""},
    {SQL_MYSQL, "select 1 /*! ; select 2 */; select 3", "select 1 /*!|select 2 */|select 3"},
    {SQL_ANSI, "select [;]; select 2", "select [|]|select 2"},
};

static void test_split(void **state)
{
    (void)state;
    struct buffer got;
    buffer_init(&got, 4096);
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        struct slice rest = slice_from(splits[i].text), statement;
        buffer_reset(&got);
        while (sql_next_statement(splits[i].dialect, &rest, &statement)) {
            buffer_append_text(&got, got.len ? "|" : "");
            buffer_append_slice(&got, statement);
        }
        assert_string_equal(buffer_text(&got), splits[i].parts);
    }
    buffer_release(&got);
}

static void test_cache_is_bounded(void **state)
{
    (void)state;
    struct sql_cache *cache = sql_cache_new(4);
    char text[64];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "select a%d from t%d /* u=%d */", i, i, i);
        for (int sight = 0; sight < 3; sight++) {
            const struct sql_description *d = sql_describe(cache, SQL_MYSQL, slice_from(text));
            char name[16], tag[16], kept[16];
            snprintf(name, sizeof name, "t%d", i);
            snprintf(tag, sizeof tag, "u=%d", i);
            assert_int_equal(d->object_count, 1);
            assert_true(slice_equal(d->objects[0].name, slice_from(name)));
            assert_string_equal(slice_copy_text(d->tag, kept, sizeof kept), tag);
        }
    }
    sql_cache_free(&cache);
}

/* One normalised statement, two texts: each keeps its own tag. */
static void test_tag_is_of_the_text(void **state)
{
    (void)state;
    struct sql_cache *cache = sql_cache_new(4);
    const struct sql_description *d = sql_describe(cache, SQL_MYSQL, SLICE("select 1 /* u='a' */"));
    assert_true(slice_equal(d->tag, SLICE("u='a'")));
    d = sql_describe(cache, SQL_MYSQL, SLICE("select 2 /* u='b' */"));
    assert_true(slice_equal(d->tag, SLICE("u='b'")));
    d = sql_describe(cache, SQL_MYSQL, SLICE("select 3"));
    assert_int_equal(d->tag.len, 0);
    assert_true(slice_equal(d->statement, SLICE("select ?")));
    sql_cache_free(&cache);
}

static struct buffer repeated(const char *text, size_t times)
{
    struct buffer buffer;
    buffer_init(&buffer, 64 << 20);
    for (size_t i = 0; i < times; i++)
        buffer_append_text(&buffer, text);
    return buffer;
}

/* Text that would be slow or deep for a parser with recursion or look-back. */
static void test_hostile_text_is_bounded(void **state)
{
    (void)state;
    static const char *const pieces[] = {"(",
                                         "select a from (",
                                         "/*",
                                         "$a$",
                                         "a.",
                                         "[",
                                         "a,",
                                         "with a as (",
                                         "case ",
                                         ",(",
                                         "'' ",
                                         "x' ",
                                         "a b c ",
                                         "from t a,",
                                         "-- \n",
                                         "-",
                                         "union select a from t "};
    struct sql_cache *cache = sql_cache_new(16);
    for (int dialect = SQL_ANSI; dialect <= SQL_MYSQL; dialect++) {
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            struct buffer text = repeated(pieces[i], 100000);
            const struct sql_description *d =
                sql_describe(cache, (enum sql_dialect)dialect, buffer_slice(&text));
            assert_true(d->statement.len <= text.len);
            assert_true(d->object_count <= EVENT_MAX_OBJECTS);
            buffer_release(&text);
        }
    }
    struct buffer many = repeated("select a from t; ", 1);
    for (int i = 0; i < 100; i++)
        buffer_append_format(&many, "select c from t%d;", i);
    const struct sql_description *d = sql_describe(cache, SQL_MYSQL, buffer_slice(&many));
    assert_int_equal(d->object_count, EVENT_MAX_OBJECTS);
    assert_true(d->limit);
    buffer_release(&many);
    sql_cache_free(&cache);
}

/* What is normalised stays so, and nothing is read beyond the end. */
static void check_random_text(struct sql_cache *cache, struct guard *guard, struct random *random)
{
    static const char alphabet[] = "aE_1.'\"`$[](),;*-/#!@:=<>?& \\\n\xc3N0xeselectfromWHERE";
    static struct buffer once, twice;
    uint8_t bytes[96];
    size_t len = random_below(random, sizeof bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)alphabet[random_below(random, sizeof alphabet)];
    enum sql_dialect dialect = (enum sql_dialect)random_below(random, SQL_MYSQL + 1);
    struct slice text = guard_place(guard, slice_make(bytes, len));
    buffer_init(&once, 4096);
    buffer_init(&twice, 4096);
    sql_normalise(dialect, text, &once, NULL);
    assert_int_equal(buffer_status(&once), STATUS_OK);
    assert_true(once.len <= len);
    sql_shape_text(dialect, guard_place(guard, buffer_slice(&once)), &twice);
    assert_true(twice.len <= 2 * once.len + 8);
    struct slice rest = guard_place(guard, slice_make(bytes, len)), statement;
    while (sql_next_statement(dialect, &rest, &statement))
        assert_true(statement.len > 0);
    sql_describe(cache, dialect, guard_place(guard, slice_make(bytes, len)));
    buffer_release(&once);
    buffer_release(&twice);
}

static void test_random_text(void **state)
{
    (void)state;
    struct random random = random_start(20261121);
    struct sql_cache *cache = sql_cache_new(64);
    struct guard guard;
    guard_init(&guard, 4096);
    for (int i = 0; i < 20000; i++)
        check_random_text(cache, &guard, &random);
    guard_release(&guard);
    sql_cache_free(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike_and_apart),
        cmocka_unit_test(test_keywords_are_in_order),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_cache_is_bounded),
        cmocka_unit_test(test_tag_is_of_the_text),
        cmocka_unit_test(test_hostile_text_is_bounded),
        cmocka_unit_test(test_random_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
