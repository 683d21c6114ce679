// NumPy's arrays, and what a kernel asks of those that it is given.
#pragma once

#include "python.h"

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

// A NumPy array as its C interface has it (PyArrayObject_fields in numpy/ndarraytypes.h), on a
// 32-bit machine. loading.py has `sees_array` tell whether that is so before it relies on it.
typedef struct {
    Object object;
    float *data;
    int dimensions;
    const int *shape;
    const int *strides;  // in bytes
    const void *base;
    const void *dtype;
    int flags;
} Array;

enum { C_CONTIGUOUS = 0x1, ALIGNED = 0x100, WRITEABLE = 0x400 };

static const void *array_type, *float_type, *double_type, *int_type, *byte_type;

// Tells this module what numpy.ndarray and NumPy's types are, by an example: any (2, 3) array of
// float32, and the address of its data. Answers whether that is found where it is looked for.
static int sees_array(const Array *array, const void *ndarray, const void *float32,
                      const void *float64, const void *int32, const void *uint8, double data) {
    array_type = ndarray;
    float_type = float32;
    double_type = float64;
    int_type = int32;
    byte_type = uint8;
    return array->object.type == ndarray && array->dtype == float32 &&
           (double)(unsigned long)array->data == data && array->dimensions == 2 &&
           array->shape[0] == 2 && array->shape[1] == 3 && array->strides[0] == 12 &&
           array->strides[1] == 4 && (array->flags & ~6) == (C_CONTIGUOUS | ALIGNED | WRITEABLE);
}

INLINE int is_array_of(const void *dtype, const Array *a) {
    return a->object.type == array_type && a->dtype == dtype && a->flags & ALIGNED;
}

static int is_contiguous(const Array *a) {
    return is_array_of(float_type, a) && a->flags & C_CONTIGUOUS;
}

INLINE int is_result(const Array *a) { return a->flags & WRITEABLE; }

static int size_of(const Array *a) {
    int size = 1;
    for (int i = 0; i < a->dimensions; i++) size *= a->shape[i];
    return size;
}

static int same_shape(const Array *a, const Array *b) {
    if (a->dimensions != b->dimensions) return 0;
    for (int i = 0; i < a->dimensions; i++)
        if (a->shape[i] != b->shape[i]) return 0;
    return 1;
}

static int is_vector(const Array *a, int length) {
    return is_contiguous(a) && a->dimensions == 1 && a->shape[0] == length;
}

// Whether an array can take at least so many numbers in double precision.
static int are_results(const Array *a, int count) {
    return is_array_of(double_type, a) && a->flags & C_CONTIGUOUS && is_result(a) &&
           a->dimensions == 1 && a->shape[0] >= count;
}

// A matrix is an array of rows, each of which is contiguous: two-dimensional with rows at any
// distance from each other, or contiguous volumes, each of which counts as a row.
static int columns_of(const Array *a) {
    int columns = 1;
    for (int i = 1; i < a->dimensions; i++) columns *= a->shape[i];
    return columns;
}

static int is_matrix(const Array *a) {
    if (!is_array_of(float_type, a) || a->dimensions < 2) return 0;
    if (a->flags & C_CONTIGUOUS) return 1;
    return a->dimensions == 2 && (a->strides[1] == sizeof(float) || a->shape[1] <= 1) &&
           (a->strides[0] >= a->shape[1] * (int)sizeof(float) || a->shape[0] <= 1);
}

static int has_shape(const Array *a, int rows, int columns) {
    return a->shape[0] == rows && columns_of(a) == columns;
}

// Elements from one row of a matrix to the next.
static int row_step(const Array *a) {
    return a->flags & C_CONTIGUOUS ? columns_of(a) : a->strides[0] / (int)sizeof(float);
}

// The first byte behind an array none of whose strides is negative.
static const char *end_of(const Array *a) {
    const char *end = (const char *)a->data + sizeof(float);
    for (int i = 0; i < a->dimensions; i++) {
        if (a->shape[i] == 0) return (const char *)a->data;
        end += (a->shape[i] - 1) * a->strides[i];
    }
    return end;
}

static int are_separate(const Array *a, const Array *b) {
    return end_of(a) <= (const char *)b->data || end_of(b) <= (const char *)a->data;
}

// Arrays of one shape, contiguous, that an operation can go through element by element: the result
// is one of the operands or has nothing to do with them.
static int are_parallel(const Array *a, const Array *out) {
    return is_contiguous(a) && is_contiguous(out) && is_result(out) && same_shape(a, out) &&
           (a->data == out->data || are_separate(a, out));
}
