// Minibatches out of stored images.
#pragma once

#include "vectors.h"

static int is_contiguous_matrix_of(const void *dtype, const Array *a) {
    return is_array_of(dtype, a) && a->flags & C_CONTIGUOUS && a->dimensions == 2;
}

// Four of sixteen bytes, widened; with the sign if they are a mask.
#define WIDEN(sign, half, quarter, bytes)              \
    wasm_##sign##32x4_extend_##quarter##_##sign##16x8( \
        wasm_##sign##16x8_extend_##half##_##sign##8x16(bytes))

// One image: its pixels scaled, and the same without those whose chance is less than `least_kept`.
static void scale_and_mask(const unsigned char *light, const unsigned char *chance, int size,
                           unsigned char least_kept, float *clean, float *masked) {
    int i = 0;
    Vector least = wasm_u8x16_splat(least_kept), scale = all(1 / 255.f);
    for (; i <= size - 16; i += 16) {
        Vector lights = wasm_v128_load(light + i);
        Vector kept = wasm_u8x16_ge(wasm_v128_load(chance + i), least);
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
    for (; i < size; i++) {
        clean[i] = light[i] * (1 / 255.f);
        masked[i] = chance[i] >= least_kept ? clean[i] : 0;
    }
}

static int gather_and_mask(const Array *images, const Array *chosen, const Array *chances,
                           const Array *clean, const Array *masked, double least_kept) {
    if (!is_contiguous_matrix_of(byte_type, images)) return 0;
    if (!is_contiguous_matrix_of(byte_type, chances)) return 0;
    if (!is_contiguous_matrix_of(float_type, clean) || !is_result(clean)) return 0;
    if (!are_parallel(clean, masked) || clean->data == masked->data) return 0;
    int n = clean->shape[0], k = clean->shape[1];
    if (!same_shape(chances, clean) || images->shape[1] != k) return 0;
    if (!is_array_of(int_type, chosen) || !(chosen->flags & C_CONTIGUOUS)) return 0;
    if (chosen->dimensions != 1 || chosen->shape[0] != n) return 0;
    const Array *read[] = {images, chosen, chances};
    for (int i = 0; i < 3; i++)
        if (!are_separate(read[i], clean) || !are_separate(read[i], masked)) return 0;
    if (!(least_kept >= 0 && least_kept <= 255)) return 0;
    const int *number = (const int *)chosen->data;
    for (int i = 0; i < n; i++)
        if (number[i] < 0 || number[i] >= images->shape[0]) return 0;

    for (int i = 0; i < n; i++)
        scale_and_mask((const unsigned char *)images->data + number[i] * k,
                       (const unsigned char *)chances->data + i * k, k, (unsigned char)least_kept,
                       clean->data + i * k, masked->data + i * k);
    return 1;
}
