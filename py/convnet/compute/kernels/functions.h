// Functions of each element, and their gradients.
#pragma once

#include "vectors.h"

// exp(x) = 2^n exp(r), where n is the whole number nearest to x / log 2, so that |r| <= log(2) / 2.
// log 2 is taken in two parts, the first of which has so few bits that n times it is exact (Cody
// and Waite, Software Manual for the Elementary Functions, 1980).
typedef struct {
    Vector n;            // as floats
    Vector exp_minus_1;  // exp(r) - 1
} Reduced;

// Taylor's series up to r^7: what is left out is less than 2e-8 of the sum.
INLINE Reduced reduce(Vector x) {
    Vector n = wasm_f32x4_nearest(mul(x, all(1.44269504f)));
    Vector r = sub(sub(x, mul(n, all(0.693359375f))), mul(n, all(-2.12194440e-4f)));
    Vector series = all(1 / 5040.f);
    series = multiply_add(series, r, all(1 / 720.f));
    series = multiply_add(series, r, all(1 / 120.f));
    series = multiply_add(series, r, all(1 / 24.f));
    series = multiply_add(series, r, all(1 / 6.f));
    series = multiply_add(series, r, all(1 / 2.f));
    return (Reduced){n, multiply_add(mul(series, r), r, r)};
}

// 2^n for whole numbers n from -126 to 127.
INLINE Vector power_of_2(Vector n) {
    return wasm_i32x4_shl(wasm_i32x4_trunc_sat_f32x4(add(n, all(127))), 23);
}

// pmin and pmax answer their first operand where the second is not a number, and so keep NaN.
INLINE Vector at_most(Vector x, float limit) { return wasm_f32x4_pmin(x, all(limit)); }
INLINE Vector at_least(Vector x, float limit) { return wasm_f32x4_pmax(x, all(limit)); }

// exp(x) to 3e-7 of its value; 2^n is split in two, so that the ends of the range are right.
INLINE Vector exp_of(Vector x) {
    Reduced x_reduced = reduce(at_least(at_most(x, 89), -104));
    Vector half = wasm_f32x4_floor(mul(x_reduced.n, all(0.5f)));
    Vector result = add(x_reduced.exp_minus_1, all(1));
    result = mul(result, power_of_2(half));
    return mul(result, power_of_2(sub(x_reduced.n, half)));
}

// tanh(x) = t / (t + 2) with t = exp(2|x|) - 1, to 3e-7 of its value however near to 0; from
// |x| = 9.02 on it is 1.
INLINE Vector tanh_of(Vector x) {
    Vector sign = wasm_f32x4_splat(-0.f);
    Vector size = at_most(wasm_v128_andnot(x, sign), 10);
    Reduced doubled = reduce(add(size, size));
    Vector power = power_of_2(doubled.n);
    Vector t = multiply_add(power, doubled.exp_minus_1, sub(power, all(1)));
    return wasm_v128_or(divide(t, add(t, all(2))), wasm_v128_and(x, sign));
}

INLINE Vector sigmoid_of(Vector x) {
    return add(mul(tanh_of(mul(x, all(0.5f))), all(0.5f)), all(0.5f));
}

INLINE Vector positive(Vector x) { return wasm_f32x4_gt(x, all(0)); }

#define FUNCTION(name, formula)                               \
    static int name(const Array *x_array, const Array *out) { \
        if (!are_parallel(x_array, out)) return 0;            \
        FOR_EACH_VECTOR(size_of(out), {                       \
            Vector x = load(x_array->data + i, count);        \
            store(out->data + i, count, formula);             \
        });                                                   \
        return 1;                                             \
    }

// A function's gradient, from its result a and the gradient g from above.
#define GRADIENT(name, formula)                                                         \
    static int name(const Array *activation, const Array *gradient, const Array *out) { \
        if (!are_parallel(activation, out) || !are_parallel(gradient, out)) return 0;   \
        FOR_EACH_VECTOR(size_of(out), {                                                 \
            Vector a = load(activation->data + i, count);                               \
            Vector g = load(gradient->data + i, count);                                 \
            store(out->data + i, count, formula);                                       \
        });                                                                             \
        return 1;                                                                       \
    }

FUNCTION(tanh, tanh_of(x))
GRADIENT(tanh_gradient, mul(sub(all(1), mul(a, a)), g))
FUNCTION(sigmoid, sigmoid_of(x))
GRADIENT(sigmoid_gradient, mul(mul(sub(all(1), a), a), g))
FUNCTION(relu, wasm_f32x4_pmax(x, all(0)))
GRADIENT(relu_gradient, mul(wasm_v128_and(positive(a), all(1)), g))

static int dropout(const Array *x, const Array *chances, const Array *out, double drop_prob) {
    if (!are_parallel(x, out) || !are_parallel(chances, out) || !is_result(chances)) return 0;
    if (chances->data == x->data || chances->data == out->data) return 0;
    FOR_EACH_VECTOR(size_of(out), {
        Vector is_kept = wasm_f32x4_ge(load(chances->data + i, count), all((float)drop_prob));
        Vector kept = wasm_v128_and(is_kept, all(1));
        store(chances->data + i, count, kept);
        store(out->data + i, count, mul(load(x->data + i, count), kept));
    });
    return 1;
}
