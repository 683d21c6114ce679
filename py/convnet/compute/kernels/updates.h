// Updates of the parameters: their mean gradient, and what each rule makes of it.
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

typedef struct {
    double sizes;    // sum of |p|
    double squares;  // sum of p²
    double strays;   // 0, or NaN if a result is not finite
} Sums;

// out = scale (gradient + l1 sign(p) + l2 p), where as in ConvNetJS the sign of 0 is -1.
static Sums scale_and_decay(const float *p, const float *gradient, float *out, int size,
                            float scale, float l1, float l2) {
    Sums sums = {0, 0, 0};
    for (int start = 0; start < size; start += BLOCK) {
        Vector sizes = all(0), squares = all(0), strays = all(0);
        FOR_EACH_VECTOR(least(BLOCK, size - start), {
            Vector x = load(p + start + i, count);
            Vector sign = wasm_v128_bitselect(all(l1), all(-l1), positive(x));
            Vector decay = multiply_add(x, all(l2), sign);
            Vector g = mul(add(load(gradient + start + i, count), decay), all(scale));
            store(out + start + i, count, g);
            sizes = add(sizes, wasm_f32x4_abs(x));
            squares = multiply_add(x, x, squares);
            strays = multiply_add(g, all(0), strays);
        });
        sums.sizes += sum_of(sizes);
        sums.squares += sum_of(squares);
        sums.strays += sum_of(strays);
    }
    return sums;
}

static int mean_gradient(const Array *p, const Array *gradients, const Array *stops,
                         const Array *multipliers, const Array *out, const Array *results,
                         double l1_decay, double l2_decay, double scale) {
    if (!ARE_PARAMETERS(p, gradients, out)) return 0;
    if (!is_array_of(int_type, stops) || !is_array_of(double_type, multipliers)) return 0;
    if (!(stops->flags & multipliers->flags & C_CONTIGUOUS) || !are_results(results, 3)) return 0;
    if (stops->dimensions != 1 || multipliers->dimensions != 2) return 0;
    int parts = stops->shape[0], start = 0;
    if (!has_shape(multipliers, parts, 2)) return 0;
    for (int part = 0; part < parts; part++) {
        int stop = ((const int *)stops->data)[part];
        if (stop < start) return 0;
        start = stop;
    }
    if (start != p->shape[0]) return 0;

    double l1_loss = 0, l2_loss = 0, strays = 0;
    start = 0;
    for (int part = 0; part < parts; part++) {
        int stop = ((const int *)stops->data)[part];
        double l1 = l1_decay * ((const double *)multipliers->data)[2 * part];
        double l2 = l2_decay * ((const double *)multipliers->data)[2 * part + 1];
        Sums sums = scale_and_decay(p->data + start, gradients->data + start, out->data + start,
                                    stop - start, (float)scale, (float)l1, (float)l2);
        l1_loss += l1 == 0 ? 0 : l1 * sums.sizes;
        l2_loss += l2 == 0 ? 0 : l2 / 2 * sums.squares;
        strays += sums.strays;
        start = stop;
    }
    double *result = (double *)results->data;
    result[0] = l1_loss;
    result[1] = l2_loss;
    result[2] = strays == 0;
    return 1;
}

// One vector of an update: x are parameters and d their mean gradient.
#define UPDATE_EACH_VECTOR(...)              \
    FOR_EACH_VECTOR(p->shape[0], {           \
        Vector x = load(p->data + i, count); \
        Vector d = load(g->data + i, count); \
        __VA_ARGS__                          \
        store(p->data + i, count, x);        \
    })

static int sgd(const Array *p, const Array *g, const Array *velocity, double learning_rate,
               double momentum) {
    if (!ARE_PARAMETERS(p, g, velocity)) return 0;
    Vector keep = all((float)momentum), rate = all((float)learning_rate);
    UPDATE_EACH_VECTOR({
        Vector v = sub(mul(load(velocity->data + i, count), keep), mul(d, rate));
        store(velocity->data + i, count, v);
        x = add(x, v);
    });
    return 1;
}

static int nesterov(const Array *p, const Array *g, const Array *velocity, double learning_rate,
                    double momentum) {
    if (!ARE_PARAMETERS(p, g, velocity)) return 0;
    Vector keep = all((float)momentum), rate = all((float)learning_rate);
    Vector reach = all((float)(1 + momentum));
    UPDATE_EACH_VECTOR({
        Vector kept = mul(load(velocity->data + i, count), keep);
        Vector v = add(kept, mul(d, rate));
        store(velocity->data + i, count, v);
        x = sub(add(x, kept), mul(v, reach));
    });
    return 1;
}

static int adagrad(const Array *p, const Array *g, const Array *squares, double learning_rate,
                   double eps) {
    if (!ARE_PARAMETERS(p, g, squares)) return 0;
    Vector rate = all((float)learning_rate), least_square = all((float)eps);
    UPDATE_EACH_VECTOR({
        Vector square = add(load(squares->data + i, count), mul(d, d));
        store(squares->data + i, count, square);
        x = sub(x, divide(mul(d, rate), root(add(square, least_square))));
    });
    return 1;
}

// keep * average + (1 - keep) * x²
INLINE Vector average_square(Vector average, Vector x, Vector keep, Vector rest) {
    return add(mul(average, keep), mul(mul(x, x), rest));
}

static int windowgrad(const Array *p, const Array *g, const Array *squares, double learning_rate,
                      double ro, double eps) {
    if (!ARE_PARAMETERS(p, g, squares)) return 0;
    Vector keep = all((float)ro), rest = all((float)(1 - ro));
    Vector rate = all((float)learning_rate), least_square = all((float)eps);
    UPDATE_EACH_VECTOR({
        Vector square = average_square(load(squares->data + i, count), d, keep, rest);
        store(squares->data + i, count, square);
        x = sub(x, divide(mul(d, rate), root(add(square, least_square))));
    });
    return 1;
}

static int adadelta(const Array *p, const Array *g, const Array *gradient_squares,
                    const Array *step_squares, double ro, double eps) {
    if (!ARE_PARAMETERS(p, g, gradient_squares, step_squares)) return 0;
    Vector keep = all((float)ro), rest = all((float)(1 - ro)), least_square = all((float)eps);
    UPDATE_EACH_VECTOR({
        Vector before = load(step_squares->data + i, count);
        Vector square = average_square(load(gradient_squares->data + i, count), d, keep, rest);
        Vector ratio = divide(add(before, least_square), add(square, least_square));
        Vector step = mul(root(ratio), d);
        store(gradient_squares->data + i, count, square);
        store(step_squares->data + i, count, average_square(before, step, keep, rest));
        x = sub(x, step);
    });
    return 1;
}

static int adam(const Array *p, const Array *g, const Array *means, const Array *squares,
                double rate, double beta1, double beta2, double eps) {
    if (!ARE_PARAMETERS(p, g, means, squares)) return 0;
    Vector keep = all((float)beta1), rest = all((float)(1 - beta1)), factor = all((float)rate);
    Vector keep_square = all((float)beta2), rest_square = all((float)(1 - beta2));
    UPDATE_EACH_VECTOR({
        Vector square = average_square(load(squares->data + i, count), d, keep_square, rest_square);
        Vector mean = add(mul(load(means->data + i, count), keep), mul(d, rest));
        store(squares->data + i, count, square);
        store(means->data + i, count, mean);
        x = sub(x, mul(divide(mean, add(root(square), all((float)eps))), factor));
    });
    return 1;
}
