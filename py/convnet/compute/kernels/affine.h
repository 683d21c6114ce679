// The affine maps that fully connected and convolutional layers are made of.
#pragma once

#include "products.h"

static int affine(const Array *x, const Array *filters, const Array *biases, const Array *out) {
    if (!is_matrix(x) || !is_matrix(filters) || !is_matrix(out)) return 0;
    int n = x->shape[0], depth = columns_of(x), m = filters->shape[0];
    if (columns_of(filters) != depth || !has_shape(out, n, m) || !is_vector(biases, m)) return 0;
    if (!is_result(out) || !are_separate(x, out) || !are_separate(filters, out) ||
        !are_separate(biases, out))
        return 0;
    multiply((View){x->data, row_step(x), 1}, (View){filters->data, 1, row_step(filters)},
             biases->data, (Results){out->data, row_step(out), 1}, n, m, depth);
    return 1;
}

// out (columns) = the sum of all rows.
static void add_up_rows(View rows, int count_of_rows, int columns, float *out) {
    FOR_EACH_VECTOR(columns, {
        Vector sum = all(0);
        for (int r = 0; r < count_of_rows; r++)
            sum = add(sum, load(rows.data + r * rows.row_step + i, count));
        store(out + i, count, sum);
    });
}

static int affine_parameter_gradients(const Array *x, const Array *gradient,
                                      const Array *filter_gradients, const Array *bias_gradients) {
    if (!is_matrix(x) || !is_matrix(gradient) || !is_matrix(filter_gradients)) return 0;
    int n = x->shape[0], depth = columns_of(x), m = columns_of(gradient);
    if (gradient->shape[0] != n || !has_shape(filter_gradients, m, depth)) return 0;
    if (!is_vector(bias_gradients, m) || !is_result(filter_gradients) || !is_result(bias_gradients))
        return 0;
    if (!are_separate(x, filter_gradients) || !are_separate(gradient, filter_gradients) ||
        !are_separate(x, bias_gradients) || !are_separate(gradient, bias_gradients) ||
        !are_separate(filter_gradients, bias_gradients))
        return 0;
    // Turned around, since zeros are more often in x: filter_gradients' rows are the columns.
    multiply((View){x->data, 1, row_step(x)}, (View){gradient->data, row_step(gradient), 1}, 0,
             (Results){filter_gradients->data, 1, row_step(filter_gradients)}, depth, m, n);
    add_up_rows((View){gradient->data, row_step(gradient), 1}, n, m, bias_gradients->data);
    return 1;
}

static int affine_input_gradient(const Array *gradient, const Array *filters, const Array *out) {
    if (!is_matrix(gradient) || !is_matrix(filters) || !is_matrix(out)) return 0;
    int n = gradient->shape[0], m = columns_of(gradient), depth = columns_of(filters);
    if (filters->shape[0] != m || !has_shape(out, n, depth)) return 0;
    if (!is_result(out) || !are_separate(gradient, out) || !are_separate(filters, out)) return 0;
    multiply((View){gradient->data, row_step(gradient), 1},
             (View){filters->data, row_step(filters), 1}, 0, (Results){out->data, row_step(out), 1},
             n, depth, m);
    return 1;
}
