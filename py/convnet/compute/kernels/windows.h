// Windows that slide over volumes.
#pragma once

#include "vectors.h"

// Windows (n, oy, ox, sy, sx, depth) and patches of that shape: the patches contiguous, and in the
// windows at least each row of a window.
static int are_windows(const Array *windows, const Array *patches) {
    if (!is_array_of(float_type, windows) || !is_contiguous(patches)) return 0;
    if (windows->dimensions != 6 || !same_shape(windows, patches)) return 0;
    for (int i = 0; i < 4; i++)
        if (windows->strides[i] < 0) return 0;
    return windows->strides[5] == sizeof(float) &&
           windows->strides[4] == windows->shape[5] * (int)sizeof(float) &&
           are_separate(windows, patches);
}

// Repeats a statement for every row of every window; `row` is where it starts in the windows, and
// `patch` in the patches, `length` floats that lie together in both.
#define FOR_EACH_WINDOW_ROW(...)                                                                  \
    do {                                                                                          \
        const int *shape = windows->shape, *strides = windows->strides;                           \
        int length = shape[4] * shape[5];                                                         \
        float *patch = patches->data;                                                             \
        for (int n = 0; n < shape[0]; n++)                                                        \
            for (int y = 0; y < shape[1]; y++)                                                    \
                for (int x = 0; x < shape[2]; x++) {                                              \
                    char *window =                                                                \
                        (char *)windows->data + n * strides[0] + y * strides[1] + x * strides[2]; \
                    for (int wy = 0; wy < shape[3]; wy++, patch += length) {                      \
                        float *row = (float *)(window + wy * strides[3]);                         \
                        __VA_ARGS__                                                               \
                    }                                                                             \
                }                                                                                 \
    } while (0)

static int gather_windows(const Array *windows, const Array *patches) {
    if (!are_windows(windows, patches) || !is_result(patches)) return 0;
    FOR_EACH_WINDOW_ROW({
        int i = 0;
        for (; i <= length - LANES; i += LANES) wasm_v128_store(patch + i, wasm_v128_load(row + i));
        for (; i < length; i++) patch[i] = row[i];
    });
    return 1;
}

static int scatter_windows(const Array *patches, const Array *windows) {
    if (!are_windows(windows, patches) || !is_result(windows)) return 0;
    FOR_EACH_WINDOW_ROW({
        int i = 0;
        for (; i <= length - LANES; i += LANES)
            wasm_v128_store(row + i, add(wasm_v128_load(row + i), wasm_v128_load(patch + i)));
        for (; i < length; i++) row[i] += patch[i];
    });
    return 1;
}
