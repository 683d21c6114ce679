// Minibatches out of stored images, and the noise that corrupts them.
#pragma once

#include "functions.h"
#include "vectors.h"

// Four of sixteen bytes, widened; with the sign if they are a mask.
#define WIDEN(sign, half, quarter, bytes)              \
    wasm_##sign##32x4_extend_##quarter##_##sign##16x8( \
        wasm_##sign##16x8_extend_##half##_##sign##8x16(bytes))

// A counter as random bits: the end of MurmurHash3 (Appleby, SMHasher).
INLINE Vector hash(Vector x) {
    x = wasm_v128_xor(x, wasm_u32x4_shr(x, 16));
    x = wasm_i32x4_mul(x, wasm_u32x4_splat(0x85ebca6b));
    x = wasm_v128_xor(x, wasm_u32x4_shr(x, 13));
    x = wasm_i32x4_mul(x, wasm_u32x4_splat(0xc2b2ae35));
    return wasm_v128_xor(x, wasm_u32x4_shr(x, 16));
}

// One image: its pixels scaled, and the same without those whose random byte is less than
// `least_kept`. Every four pixels take the bytes of the next number of a counter.
static void scale_and_mask(const unsigned char *light, int size, unsigned counter,
                           unsigned char least_kept, float *clean, float *masked) {
    int i = 0;
    Vector least_of_all = wasm_u8x16_splat(least_kept), scale = all(1 / 255.f);
    Vector counters = wasm_i32x4_add(wasm_u32x4_splat(counter), wasm_i32x4_make(0, 1, 2, 3));
    for (; i <= size - 16; i += 16, counters = wasm_i32x4_add(counters, wasm_i32x4_splat(4))) {
        Vector lights = wasm_v128_load(light + i);
        Vector kept = wasm_u8x16_ge(hash(counters), least_of_all);
#define PUT(at, half, quarter)                                                             \
    do {                                                                                   \
        Vector x = mul(wasm_f32x4_convert_i32x4(WIDEN(u, half, quarter, lights)), scale);  \
        wasm_v128_store(clean + i + at, x);                                                \
        wasm_v128_store(masked + i + at, wasm_v128_and(x, WIDEN(i, half, quarter, kept))); \
    } while (0)
        PUT(0, low, low);
        PUT(4, low, high);
        PUT(8, high, low);
        PUT(12, high, high);
#undef PUT
    }
    unsigned char chances[16];
    wasm_v128_store(chances, hash(counters));
    for (int rest = 0; i < size; i++, rest++) {
        clean[i] = light[i] * (1 / 255.f);
        masked[i] = chances[rest] >= least_kept ? clean[i] : 0;
    }
}

static int gather_and_mask(const Array *images, const Array *chosen, const Array *clean,
                           const Array *masked, double seed, double least_kept) {
    if (!is_array_of(byte_type, images) || !(images->flags & C_CONTIGUOUS)) return 0;
    if (!are_parallel(clean, masked) || !is_result(clean) || clean->data == masked->data) return 0;
    if (images->dimensions != 2 || clean->dimensions != 2) return 0;
    int n = clean->shape[0], k = clean->shape[1];
    if (images->shape[1] != k || !is_array_of(int_type, chosen)) return 0;
    if (!(chosen->flags & C_CONTIGUOUS) || chosen->dimensions != 1 || chosen->shape[0] != n)
        return 0;
    if (!are_separate(images, clean) || !are_separate(images, masked) ||
        !are_separate(chosen, clean) || !are_separate(chosen, masked))
        return 0;
    if (!(seed >= 0 && seed <= 0xffffffff) || !(least_kept >= 0 && least_kept <= 255)) return 0;
    const int *number = (const int *)chosen->data;
    for (int i = 0; i < n; i++)
        if (number[i] < 0 || number[i] >= images->shape[0]) return 0;

    unsigned counter = (unsigned)seed, words = (k + 3) / 4;
    for (int i = 0; i < n; i++, counter += words)
        scale_and_mask((const unsigned char *)images->data + number[i] * k, k, counter,
                       (unsigned char)least_kept, clean->data + i * k, masked->data + i * k);
    return 1;
}

// Four numbers of a counter that begins with a seed, from one of its places on, as random bits.
INLINE Vector random_bits(unsigned seed, int place) {
    Vector places = wasm_i32x4_add(wasm_i32x4_splat(place), wasm_i32x4_make(0, 1, 2, 3));
    return hash(wasm_i32x4_add(wasm_u32x4_splat(seed), places));
}

static int is_word(double x) { return x >= 0 && x <= 0xffffffff; }

static int salt_and_pepper(const Array *x, double seed, double least) {
    if (!are_parallel(x, x) || !is_word(seed) || !is_word(least)) return 0;
    Vector limit = wasm_u32x4_splat((unsigned)least);
    FOR_EACH_VECTOR(size_of(x), {
        Vector bits = random_bits((unsigned)seed, i);
        Vector is_black = wasm_u32x4_lt(bits, limit);
        Vector is_white = wasm_u32x4_lt(wasm_v128_not(bits), limit);
        Vector left = wasm_v128_andnot(load(x->data + i, count), is_black);
        store(x->data + i, count, wasm_v128_bitselect(all(1), left, is_white));
    });
    return 1;
}

static int add_normal(const Array *x, double seed, double scale) {
    if (!are_parallel(x, x) || !is_word(seed)) return 0;
    FOR_EACH_VECTOR(size_of(x), {
        Vector pairs = wasm_u16x8_extadd_pairwise_u8x16(random_bits((unsigned)seed, i));
        Vector sums = wasm_f32x4_convert_u32x4(wasm_u32x4_extadd_pairwise_u16x8(pairs));
        Vector noise = mul(sub(sums, all(510)), all((float)scale));
        Vector noisy = add(load(x->data + i, count), noise);
        store(x->data + i, count, at_least(at_most(noisy, 1), 0));
    });
    return 1;
}
