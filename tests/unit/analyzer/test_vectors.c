/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every formula of docs/scoring.md against the vectors of the reference implementation, to 1e-9.
 * Skipped where the vectors are not there.
 */
#include "analyzer/calibration.h"
#include "analyzer/stats/tail.h"
#include "analyzer/submodels/submodels.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VECTORS DWELL_SOURCE_DIR "/../shared/data/scoring/unit"

enum { VALUES_MAX = 4096 };

struct vector {
    const char *file;
    unsigned line;
    json_t *in, *out;
};

static double number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void near(const struct vector *v, const char *what, double is, double should)
{
    if (is >= 299 && should >= 299)
        return;
    if (!(fabs(is - should) <= 1e-9 * fmax(1, fabs(should))))
        fail_msg("%s:%u: %s: %.15g, should be %.15g", v->file, v->line, what, is, should);
}

static size_t numbers(json_t *array, double *to)
{
    size_t n = json_array_size(array);
    assert_true(n <= VALUES_MAX);
    for (size_t i = 0; i < n; i++)
        to[i] = json_number_value(json_array_get(array, i));
    return n;
}

static void each(const char *name, void (*check)(const struct vector *v))
{
    char path[512];
    static char text[1 << 20];
    if (access(VECTORS, R_OK) != 0)
        skip();
    snprintf(path, sizeof path, "%s/%s.jsonl", VECTORS, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct vector v = {.file = name};
    while (fgets(text, sizeof text, f)) {
        json_t *line = json_loads(text, 0, NULL);
        assert_non_null(line);
        v.line++;
        v.in = json_object_get(line, "in");
        v.out = json_object_get(line, "out");
        check(&v);
        json_decref(line);
    }
    assert_true(v.line > 5);
    fclose(f);
}

static void check_beta(const struct vector *v)
{
    double x = number(v->in, "x");
    double y = json_object_get(v->in, "y") ? number(v->in, "y") : 1 - x;
    near(v, "bits", tail_beta(number(v->in, "a"), number(v->in, "b"), x, y),
         json_number_value(v->out));
}

static void check_gamma(const struct vector *v)
{
    near(v, "bits", tail_gamma(number(v->in, "a"), number(v->in, "x")), json_number_value(v->out));
}

static void check_student(const struct vector *v)
{
    near(v, "bits", tail_student(number(v->in, "z"), number(v->in, "nu")),
         json_number_value(v->out));
}

static void check_forget(const struct vector *v)
{
    double sums[VALUES_MAX], values[VALUES_MAX], should[VALUES_MAX];
    size_t n = numbers(json_object_get(v->in, "sums"), sums);
    numbers(json_object_get(v->in, "values"), values);
    numbers(v->out, should);
    for (size_t i = 0; i < n; i++) {
        forget(&sums[i], values[i], number(v->in, "w"), number(v->in, "t"));
        near(v, "sum", sums[i], should[i]);
    }
}

static void check_count(const struct vector *v)
{
    struct count_sums own = {number(v->in, "s_e"), number(v->in, "n_e"), number(v->in, "v_e"),
                             number(v->in, "m_e")};
    struct count_sums group = {number(v->in, "s_g"), number(v->in, "n_g"), number(v->in, "v_g"),
                               number(v->in, "m_g")};
    struct count_sums learnt = {0};
    double x = number(v->in, "x"), f = number(v->in, "f"), mu0 = count_mean(&own, &group),
           mu = fmax(mu0 * f, 0.02);
    double phi = count_phi(&own, &group);
    near(v, "mu0", mu0, number(v->out, "mu0"));
    near(v, "mu", mu, number(v->out, "mu"));
    near(v, "phi", phi, number(v->out, "phi"));
    near(v, "bits", count_bits(x, mu, phi), number(v->out, "bits"));
    count_learn(&learnt, x, f, mu, 1, FORGET_OWN);
    near(v, "learn_s", learnt.s, number(v->out, "learn_s"));
    near(v, "learn_v", learnt.v, number(v->out, "learn_v"));
}

static void check_day_factor(const struct vector *v)
{
    double x[VALUES_MAX], mu0[VALUES_MAX];
    size_t n = numbers(json_object_get(v->in, "x"), x);
    numbers(json_object_get(v->in, "mu0"), mu0);
    for (size_t i = 0; i < n; i++)
        x[i] = (x[i] + 0.5) / (mu0[i] + 0.5);
    near(v, "f", day_factor(x, n), json_number_value(v->out));
}

static void check_rare(const struct vector *v)
{
    double own[VALUES_MAX], group[VALUES_MAX];
    numbers(json_object_get(v->in, "own"), own);
    numbers(json_object_get(v->in, "group"), group);
    struct rare_sums e = {own[0], own[1], own[2]}, g = {group[0], group[1], group[2]};
    near(v, "bits", rare_bits(number(v->in, "x"), &e, &g), json_number_value(v->out));
}

static void check_log(const struct vector *v)
{
    double own[VALUES_MAX], group[VALUES_MAX], y = number(v->in, "y");
    numbers(json_object_get(v->in, "own"), own);
    numbers(json_object_get(v->in, "group"), group);
    struct log_sums e = {own[0], own[1], own[2]}, g = {group[0], group[1], group[2]};
    struct log_prediction p = log_predict(y, &e, &g, number(v->in, "s0"));
    near(v, "z", p.z, number(v->out, "z"));
    near(v, "nu", p.nu, number(v->out, "nu"));
    near(v, "upper", upper_bits(p.z, p.nu), number(v->out, "upper"));
    near(v, "lower", upper_bits(-p.z, p.nu), number(v->out, "lower"));
    near(v, "mean", log_winsorise(&y, &e, &g), number(v->out, "mean"));
    near(v, "learn_y", y, number(v->out, "learn_y"));
}

static void check_relation(const struct vector *v)
{
    double best = 0;
    size_t i;
    json_t *span;
    json_array_foreach(json_object_get(v->in, "spans"), i, span)
    {
        json_t *last = json_array_get(span, 1);
        int32_t end = json_is_null(last) ? INT32_MAX : (int32_t)json_integer_value(last);
        best = fmax(best, relation((int32_t)number(v->in, "day"),
                                   (int32_t)json_integer_value(json_array_get(span, 0)), end));
    }
    near(v, "rel", best, json_number_value(v->out));
}

static void check_share(const struct vector *v)
{
    double own[VALUES_MAX], group[VALUES_MAX], usual;
    numbers(json_object_get(v->in, "own"), own);
    numbers(json_object_get(v->in, "group"), group);
    double bits = share_bits(number(v->in, "k"), number(v->in, "n"), own, group,
                             number(v->in, "f_undist"), number(v->in, "f_dist"), &usual);
    near(v, "bits", bits, json_number_value(v->out));
}

static void profile(json_t *arrays, double to[2][24])
{
    for (size_t i = 0; i < 2; i++)
        numbers(json_array_get(arrays, i), to[i]);
}

static void check_hours(const struct vector *v)
{
    struct sums own = {0}, group = {0};
    double shares[24];
    bool active[24] = {false};
    size_t i, strangest;
    json_t *hour;
    profile(json_object_get(v->in, "h"), own.hour);
    profile(json_object_get(v->in, "gh"), group.hour);
    numbers(json_object_get(v->in, "d"), own.hour_days);
    numbers(json_object_get(v->in, "gd"), group.hour_days);
    json_array_foreach(json_object_get(v->in, "active"), i, hour) active[json_integer_value(hour)] =
        true;
    hours_shares(&own, &group, (unsigned)number(v->in, "kind"), shares);
    near(v, "bits", hours_bits(active, shares, &strangest), json_number_value(v->out));
}

static void check_novel(const struct vector *v)
{
    double own[VALUES_MAX], group[VALUES_MAX], wt = number(v->in, "wt");
    unsigned q = (unsigned)number(v->in, "q");
    numbers(json_object_get(v->in, "own"), own);
    numbers(json_object_get(v->in, "group"), group);
    double share = new_share(own[0], own[1], group[0], group[1], number(v->in, "days"));
    near(v, "disc", share, number(v->out, "disc"));
    near(v, "novel",
         novel_value(wt, share, number(v->in, "users"), number(v->in, "members"),
                     number(v->in, "users_org"), q),
         number(v->out, "novel"));
    near(v, "newpeer", newpeer_value(wt, number(v->in, "M"), number(v->in, "Q"), q),
         number(v->out, "newpeer"));
}

static void check_ranked_sum(const struct vector *v)
{
    double values[VALUES_MAX];
    size_t n = numbers(json_object_get(v->in, "values"), values);
    near(v, "sum", ranked_sum(values, n, (size_t)number(v->in, "limit")),
         json_number_value(v->out));
}

static void check_snoop(const struct vector *v)
{
    double best = 0;
    size_t i;
    json_t *s;
    json_array_foreach(json_object_get(v->in, "subjects"), i, s)
    {
        double f = exp2(-number(s, "days") / 14), visits = number(s, "v_before") * f,
               days = number(s, "n_before") * f;
        if (number(s, "rel") < 0.9)
            best = fmax(best, (1 - number(s, "rel")) * (visits + number(s, "visits") - 1) *
                                  sqrt(days + 1));
    }
    near(v, "bits", snoop_bits(best), json_number_value(v->out));
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t distinct(json_t *first, json_t *second, uint64_t *to)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < json_array_size(first); i++)
        to[n++] = (uint64_t)json_integer_value(json_array_get(first, i));
    for (size_t i = 0; i < json_array_size(second); i++)
        to[n++] = (uint64_t)json_integer_value(json_array_get(second, i));
    qsort(to, n, sizeof *to, ascending);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || to[kept - 1] != to[i])
            to[kept++] = to[i];
    return kept;
}

static void check_enum(const struct vector *v)
{
    static uint64_t today[VALUES_MAX], both[VALUES_MAX];
    json_t *ids = json_object_get(v->in, "today");
    size_t n = distinct(ids, NULL, today),
           all = distinct(ids, json_object_get(v->in, "ring"), both);
    double x = (double)enum_count(today, n, both, all);
    double lambda = 0.02 + (double)n * (double)all * 8 /
                               fmax(number(v->in, "high") - number(v->in, "low"), 1000);
    near(v, "x", x, number(v->out, "x"));
    near(v, "bits", enum_bits(x, lambda), number(v->out, "bits"));
}

static void check_repeat_weight(const struct vector *v)
{
    near(v, "W", repeat_weight(number(v->in, "n")), json_number_value(v->out));
}

static void check_hash(const struct vector *v)
{
    const char *text = json_string_value(json_object_get(v->in, "text"));
    uint32_t key = fnv1a(FNV1A_START, text, json_string_length(json_object_get(v->in, "text"))),
             cells[2];
    json_t *pair = json_object_get(v->out, "pair_with_a");
    assert_int_equal(key, json_integer_value(json_object_get(v->out, "fnv")));
    assert_int_equal(snoop_fingerprint(key),
                     json_integer_value(json_object_get(v->out, "fingerprint")));
    assert_int_equal(repert_cell(key), json_integer_value(json_object_get(v->out, "cell")));
    repert_pair_cells(key, fnv1a(FNV1A_START, "a", 1), cells);
    bool forward = cells[0] == (uint32_t)json_integer_value(json_array_get(pair, 0)) &&
                   cells[1] == (uint32_t)json_integer_value(json_array_get(pair, 1));
    repert_pair_cells(fnv1a(FNV1A_START, "a", 1), key, cells);
    bool backward = cells[0] == (uint32_t)json_integer_value(json_array_get(pair, 0)) &&
                    cells[1] == (uint32_t)json_integer_value(json_array_get(pair, 1));
    assert_true(forward || backward);
}

static void check_repert(const struct vector *v)
{
    struct likeness tokens = {0, 0}, pairs = {0, 0};
    struct share_pair shares[VALUES_MAX];
    double total = number(v->in, "TN"), big = number(v->in, "V"), n = number(v->in, "n");
    json_t *list = json_object_get(v->in, "tokens"), *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        shares[i] = token_shares(number(item, "T1"), total, big, number(item, "c1"), n);
        near(v, "po", shares[i].others,
             json_number_value(json_array_get(json_object_get(v->out, "po"), i)));
        near(v, "pa", shares[i].own,
             json_number_value(json_array_get(json_object_get(v->out, "pa"), i)));
        likeness_add(&tokens, number(item, "times"), shares[i]);
    }
    json_array_foreach(json_object_get(v->in, "pairs"), i, item)
    {
        json_t *before = json_array_get(list, (size_t)number(item, "p"));
        struct share_pair s =
            pair_shares(shares[(size_t)number(item, "t")], number(item, "T2"), number(before, "T1"),
                        number(item, "c2"), number(before, "c1"));
        near(v, "po2", s.others,
             json_number_value(json_array_get(json_object_get(v->out, "po2"), i)));
        near(v, "pa2", s.own, json_number_value(json_array_get(json_object_get(v->out, "pa2"), i)));
        likeness_add(&pairs, number(item, "times"), s);
    }
    near(v, "s_tok", tokens.sum / tokens.weight, number(v->out, "s_tok"));
    near(v, "bits", repert_bits(&tokens, &pairs), number(v->out, "bits"));
}

static void check_drift(const struct vector *v)
{
    double peers[VALUES_MAX], spread;
    size_t n = numbers(json_object_get(v->in, "peers"), peers);
    double middle = drift_median(peers, n, &spread);
    near(v, "bits", drift_bits(number(v->in, "a"), middle, spread), json_number_value(v->out));
}

static void check_deflation(const struct vector *v)
{
    double group[VALUES_MAX], everybody[VALUES_MAX];
    assert_int_equal(numbers(json_object_get(v->in, "group"), group), HISTOGRAM_BINS);
    assert_int_equal(numbers(json_object_get(v->in, "org"), everybody), HISTOGRAM_BINS);
    near(v, "slope", deflation_slope(group, everybody), json_number_value(v->out));
}

static void check_coincidence(const struct vector *v)
{
    double others[VALUES_MAX], c = number(v->in, "c"), m = 0;
    size_t n = numbers(json_object_get(v->in, "others"), others);
    for (size_t i = 0; i < n; i++)
        m += others[i] >= fmax(4, c / 2);
    near(v, "bits", coincidence_bits(c, m, number(v->in, "n")), json_number_value(v->out));
}

static void check_gate(const struct vector *v)
{
    double w = learning_weight(number(v->in, "D"), (uint32_t)number(v->in, "days"),
                               (int32_t)number(v->in, "day"));
    near(v, "w", w, json_number_value(v->out));
}

#define VECTOR_TEST(name, file)           \
    static void test_##name(void **state) \
    {                                     \
        (void)state;                      \
        each(file, check_##name);         \
    }

VECTOR_TEST(beta, "bits_beta")
VECTOR_TEST(gamma, "bits_gamma_p")
VECTOR_TEST(student, "bits_student")
VECTOR_TEST(forget, "forget")
VECTOR_TEST(count, "count")
VECTOR_TEST(day_factor, "day_factor")
VECTOR_TEST(rare, "rare")
VECTOR_TEST(log, "log_measure")
VECTOR_TEST(relation, "relation")
VECTOR_TEST(share, "share")
VECTOR_TEST(hours, "hours")
VECTOR_TEST(novel, "novel")
VECTOR_TEST(ranked_sum, "ranked_sum")
VECTOR_TEST(snoop, "snoop")
VECTOR_TEST(enum, "enum")
VECTOR_TEST(repeat_weight, "repeat_weight")
VECTOR_TEST(hash, "hash")
VECTOR_TEST(repert, "repert")
VECTOR_TEST(drift, "drift")
VECTOR_TEST(deflation, "deflation")
VECTOR_TEST(coincidence, "coincidence")
VECTOR_TEST(gate, "gate")

static void codes_come_back(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++)
        assert_int_equal(repert_code(exp2(code / 22.0) - 1), code);
    assert_int_equal(repert_code(1e9), 255);
}

static void halves_round_to_even(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 0x7c00; bits++)
        assert_int_equal(half_from(half_to((uint16_t)bits)), bits);
    assert_int_equal(half_from(1 + 1.0 / 2048), 0x3c00);
    assert_int_equal(half_from(1 + 3.0 / 2048), 0x3c02);
    assert_int_equal(half_from(-2), 0xc000);
    assert_int_equal(half_from(65519), 0x7bff);
    assert_int_equal(half_from(65520), 0x7c00);
    assert_true(isnan(half_to(half_from(NAN))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beta),        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_student),     cmocka_unit_test(test_forget),
        cmocka_unit_test(test_count),       cmocka_unit_test(test_day_factor),
        cmocka_unit_test(test_rare),        cmocka_unit_test(test_log),
        cmocka_unit_test(test_relation),    cmocka_unit_test(test_share),
        cmocka_unit_test(test_hours),       cmocka_unit_test(test_novel),
        cmocka_unit_test(test_ranked_sum),  cmocka_unit_test(test_snoop),
        cmocka_unit_test(test_enum),        cmocka_unit_test(test_repeat_weight),
        cmocka_unit_test(test_hash),        cmocka_unit_test(test_repert),
        cmocka_unit_test(test_drift),       cmocka_unit_test(test_deflation),
        cmocka_unit_test(test_coincidence), cmocka_unit_test(test_gate),
        cmocka_unit_test(codes_come_back),  cmocka_unit_test(halves_round_to_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
