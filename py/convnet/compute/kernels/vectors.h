// Vectors of four floats, and how to go through an array with them.
#pragma once

#include <wasm_simd128.h>

#include "arrays.h"

typedef v128_t Vector;  // four floats
enum { LANES = 4 };

INLINE Vector all(float x) { return wasm_f32x4_splat(x); }
INLINE Vector add(Vector a, Vector b) { return wasm_f32x4_add(a, b); }
INLINE Vector sub(Vector a, Vector b) { return wasm_f32x4_sub(a, b); }
INLINE Vector mul(Vector a, Vector b) { return wasm_f32x4_mul(a, b); }

// x · y + sum, rounded once where the processor does so and the module is compiled for it.
INLINE Vector multiply_add(Vector x, Vector y, Vector sum) {
#ifdef __wasm_relaxed_simd__
    return wasm_f32x4_relaxed_madd(x, y, sum);
#else
    return add(sum, mul(x, y));
#endif
}

INLINE Vector divide(Vector a, Vector b) { return wasm_f32x4_div(a, b); }
INLINE Vector root(Vector a) { return wasm_f32x4_sqrt(a); }

INLINE float sum_of(Vector v) {
    return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1) +
           wasm_f32x4_extract_lane(v, 2) + wasm_f32x4_extract_lane(v, 3);
}

static NOINLINE Vector load_some(const float *p, int count, float filler) {
    float lanes[LANES] = {filler, filler, filler, filler};
    for (int i = 0; i < count; i++) lanes[i] = p[i];
    return wasm_v128_load(lanes);
}

static NOINLINE void store_some(float *p, int count, Vector v) {
    float lanes[LANES];
    wasm_v128_store(lanes, v);
    for (int i = 0; i < count; i++) p[i] = lanes[i];
}

// The first `count` of four floats; the rest is `filler` when loaded and left alone when stored.
INLINE Vector load_or(const float *p, int count, float filler) {
    return count == LANES ? wasm_v128_load(p) : load_some(p, count, filler);
}

INLINE Vector load(const float *p, int count) { return load_or(p, count, 0); }

INLINE void store(float *p, int count, Vector v) {
    if (count == LANES)
        wasm_v128_store(p, v);
    else
        store_some(p, count, v);
}

// Repeats a statement for every vector of an array of n floats; i is where it starts, and count
// how many of its floats there are: four, and in the last one perhaps fewer.
#define FOR_EACH_VECTOR(n, ...)                \
    do {                                       \
        int i = 0;                             \
        for (; i <= (n) - LANES; i += LANES) { \
            enum { count = LANES };            \
            __VA_ARGS__                        \
        }                                      \
        int count = (n) - i;                   \
        if (count > 0) {                       \
            __VA_ARGS__                        \
        }                                      \
    } while (0)
