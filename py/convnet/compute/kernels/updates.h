// Updates of the parameters: each rule in one pass, with the decays and their losses.
#pragma once

#include "functions.h"

// Whether arrays are vectors of one length, all writeable, that share no memory.
static int are_parameters(int count, const Array *const *arrays) {
    if (!is_contiguous(arrays[0]) || arrays[0]->dimensions != 1) return 0;
    for (int i = 0; i < count; i++) {
        if (!is_vector(arrays[i], arrays[0]->shape[0]) || !is_result(arrays[i])) return 0;
        for (int j = 0; j < i; j++)
            if (!are_separate(arrays[i], arrays[j])) return 0;
    }
    return 1;
}

#define ARE_PARAMETERS(...)                                                  \
    are_parameters(sizeof((const Array *[]){__VA_ARGS__}) / sizeof(Array *), \
                   (const Array *[]){__VA_ARGS__})

// Single precision holds a sum of this many numbers well enough; sums of sums are in double.
enum { BLOCK = 1024 };

static int sum_of_squares(const Array *array, const Array *results) {
    if (!is_contiguous(array) || !are_results(results, 1)) return 0;
    int size = size_of(array);
    double sum = 0;
    for (int start = 0; start < size; start += BLOCK) {
        Vector squares = all(0);
        FOR_EACH_VECTOR(least(BLOCK, size - start), {
            Vector x = load(array->data + start + i, count);
            squares = multiply_add(x, x, squares);
        });
        sum += sum_of(squares);
    }
    ((double *)results->data)[0] = sum;
    return 1;
}

// What every update is given.
typedef struct {
    const Array *p;            // parameters
    const Array *gradients;    // summed over a minibatch
    const Array *stops;        // where each part of the parameters ends and the next begins
    const Array *multipliers;  // how much each part takes of the l1 and of the l2 decay
    const Array *results;      // receives the l1 and the l2 decay's loss, and Σp² afterwards
    double l1_decay, l2_decay, scale;
} Descent;

// Whether stops and multipliers divide all parameters into parts.
static int are_parts(const Descent *d) {
    const Array *stops = d->stops, *multipliers = d->multipliers;
    if (!is_array_of(int_type, stops) || !is_array_of(double_type, multipliers)) return 0;
    if (!(stops->flags & multipliers->flags & C_CONTIGUOUS)) return 0;
    if (stops->dimensions != 1 || multipliers->dimensions != 2) return 0;
    int parts = stops->shape[0], start = 0;
    if (!has_shape(multipliers, parts, 2)) return 0;
    for (int part = 0; part < parts; part++) {
        int stop = ((const int *)stops->data)[part];
        if (stop < start) return 0;
        start = stop;
    }
    return start == d->p->shape[0];
}

// Whether an update can be done, by a rule that remembers what is in these arrays.
#define CAN_UPDATE(d, ...)                                \
    (ARE_PARAMETERS((d)->p, (d)->gradients, __VA_ARGS__) && \
     are_parts(d) && are_results((d)->results, 3))

// Goes through the parameters once. For each vector of them, `at` is where it is, x what it holds
// and g its mean gradient with what the decays add: scale (gradient + l1 sign(x) + l2 x), where as
// in ConvNetJS the sign of 0 is -1. The statements change x.
#define UPDATE_EACH_VECTOR(d, ...)                                                           \
    do {                                                                                     \
        double *results = (double *)(d)->results->data;                                      \
        results[0] = results[1] = results[2] = 0;                                            \
        Vector scale = all((float)(d)->scale);                                               \
        int start = 0;                                                                       \
        for (int part = 0; part < (d)->stops->shape[0]; part++) {                            \
            int stop = ((const int *)(d)->stops->data)[part];                                \
            const double *multipliers = (const double *)(d)->multipliers->data + 2 * part;   \
            double l1 = (d)->l1_decay * multipliers[0], l2 = (d)->l2_decay * multipliers[1]; \
            Vector toward_0 = all((float)l1), away = all((float)-l1), l2s = all((float)l2);  \
            for (; start < stop; start += BLOCK) {                                           \
                Vector l1_sums = all(0), l2_sums = all(0), p2_sums = all(0);                 \
                FOR_EACH_VECTOR(least(BLOCK, stop - start), {                                \
                    int at = start + i;                                                      \
                    Vector x = load((d)->p->data + at, count);                               \
                    Vector g = load((d)->gradients->data + at, count);                       \
                    Vector sign = wasm_v128_bitselect(toward_0, away, positive(x));          \
                    g = mul(add(g, multiply_add(x, l2s, sign)), scale);                      \
                    l1_sums = add(l1_sums, wasm_f32x4_abs(x));                               \
                    l2_sums = multiply_add(x, x, l2_sums);                                   \
                    __VA_ARGS__                                                              \
                    store((d)->p->data + at, count, x);                                      \
                    if (count < LANES) x = load((d)->p->data + at, count);                   \
                    p2_sums = multiply_add(x, x, p2_sums);                                   \
                });                                                                          \
                results[0] += l1 == 0 ? 0 : l1 * sum_of(l1_sums);                            \
                results[1] += l2 == 0 ? 0 : l2 / 2 * sum_of(l2_sums);                        \
                results[2] += sum_of(p2_sums);                                               \
            }                                                                                \
            start = stop;                                                                    \
        }                                                                                    \
    } while (0)

static int sgd(const Descent *d, const Array *velocity, double learning_rate, double momentum) {
    if (!CAN_UPDATE(d, velocity)) return 0;
    Vector keep = all((float)momentum), rate = all((float)learning_rate);
    UPDATE_EACH_VECTOR(d, {
        Vector v = sub(mul(load(velocity->data + at, count), keep), mul(g, rate));
        store(velocity->data + at, count, v);
        x = add(x, v);
    });
    return 1;
}

static int nesterov(const Descent *d, const Array *velocity, double learning_rate,
                    double momentum) {
    if (!CAN_UPDATE(d, velocity)) return 0;
    Vector keep = all((float)momentum), rate = all((float)learning_rate);
    Vector reach = all((float)(1 + momentum));
    UPDATE_EACH_VECTOR(d, {
        Vector kept = mul(load(velocity->data + at, count), keep);
        Vector v = add(kept, mul(g, rate));
        store(velocity->data + at, count, v);
        x = sub(add(x, kept), mul(v, reach));
    });
    return 1;
}

static int adagrad(const Descent *d, const Array *squares, double learning_rate, double eps) {
    if (!CAN_UPDATE(d, squares)) return 0;
    Vector rate = all((float)learning_rate), least_square = all((float)eps);
    UPDATE_EACH_VECTOR(d, {
        Vector square = add(load(squares->data + at, count), mul(g, g));
        store(squares->data + at, count, square);
        x = sub(x, divide(mul(g, rate), root(add(square, least_square))));
    });
    return 1;
}

// keep * average + (1 - keep) * x²
INLINE Vector average_square(Vector average, Vector x, Vector keep, Vector rest) {
    return add(mul(average, keep), mul(mul(x, x), rest));
}

static int windowgrad(const Descent *d, const Array *squares, double learning_rate, double ro,
                      double eps) {
    if (!CAN_UPDATE(d, squares)) return 0;
    Vector keep = all((float)ro), rest = all((float)(1 - ro));
    Vector rate = all((float)learning_rate), least_square = all((float)eps);
    UPDATE_EACH_VECTOR(d, {
        Vector square = average_square(load(squares->data + at, count), g, keep, rest);
        store(squares->data + at, count, square);
        x = sub(x, divide(mul(g, rate), root(add(square, least_square))));
    });
    return 1;
}

static int adadelta(const Descent *d, const Array *gradient_squares, const Array *step_squares,
                    double ro, double eps) {
    if (!CAN_UPDATE(d, gradient_squares, step_squares)) return 0;
    Vector keep = all((float)ro), rest = all((float)(1 - ro)), least_square = all((float)eps);
    UPDATE_EACH_VECTOR(d, {
        Vector before = load(step_squares->data + at, count);
        Vector square = average_square(load(gradient_squares->data + at, count), g, keep, rest);
        Vector ratio = divide(add(before, least_square), add(square, least_square));
        Vector step = mul(root(ratio), g);
        store(gradient_squares->data + at, count, square);
        store(step_squares->data + at, count, average_square(before, step, keep, rest));
        x = sub(x, step);
    });
    return 1;
}

static int adam(const Descent *d, const Array *means, const Array *squares, double rate,
                double beta1, double beta2, double eps) {
    if (!CAN_UPDATE(d, means, squares)) return 0;
    Vector keep = all((float)beta1), rest = all((float)(1 - beta1)), factor = all((float)rate);
    Vector keep_square = all((float)beta2), rest_square = all((float)(1 - beta2));
    UPDATE_EACH_VECTOR(d, {
        Vector square = average_square(load(squares->data + at, count), g, keep_square, rest_square);
        Vector mean = add(mul(load(means->data + at, count), keep), mul(g, rest));
        store(squares->data + at, count, square);
        store(means->data + at, count, mean);
        x = sub(x, mul(divide(mean, add(root(square), all((float)eps))), factor));
    });
    return 1;
}
