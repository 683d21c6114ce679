// Losses.
#pragma once

#include "functions.h"

static int softmax(const Array *x, const Array *out) {
    if (!are_parallel(x, out) || out->dimensions != 2 || out->shape[1] == 0) return 0;
    int n = out->shape[0], k = out->shape[1];
    for (int row = 0; row < n; row++) {
        const float *from = x->data + row * k;
        float *to = out->data + row * k;
        float greatest = from[0];
        for (int c = 1; c < k; c++)
            if (!(from[c] <= greatest)) greatest = from[c];  // NaN counts as the greatest
        Vector sums = all(0);
        FOR_EACH_VECTOR(k, {
            Vector x_part = load_or(from + i, count, -__builtin_inff());
            Vector power = exp_of(sub(x_part, all(greatest)));
            sums = add(sums, power);
            store(to + i, count, power);
        });
        float sum = sum_of(sums);
        FOR_EACH_VECTOR(k, { store(to + i, count, divide(load(to + i, count), all(sum))); });
    }
    return 1;
}

static int squared_loss(const Array *x, const Array *targets, const Array *gradient,
                        const Array *results) {
    if (!are_parallel(x, gradient) || !are_parallel(targets, gradient)) return 0;
    if (!are_results(results, 1)) return 0;
    int n = gradient->dimensions ? gradient->shape[0] : 0, k = n ? size_of(gradient) / n : 0;
    double loss = 0;
    for (int row = 0; row < n; row++) {
        int start = row * k;
        Vector squares = all(0);
        FOR_EACH_VECTOR(k, {
            Vector difference =
                sub(load(x->data + start + i, count), load(targets->data + start + i, count));
            store(gradient->data + start + i, count, difference);
            squares = multiply_add(difference, difference, squares);
        });
        loss += sum_of(squares);
    }
    ((double *)results->data)[0] = loss / 2;
    return 1;
}
