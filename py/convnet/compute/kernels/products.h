// Matrix products, and the affine maps that layers are made of.
#pragma once

#include "vectors.h"

// A product out = start + a · b is made of tiles of 5 × 8 results. A tile's ten vectors stay in
// registers, of which x86 has sixteen, while the loop runs down the common dimension: two vectors
// of b, five numbers of a, ten multiplications, ten additions. The last columns, if they are four
// or fewer, make narrow tiles of one vector a row.
//
// b goes through that loop as a panel, a copy of eight of its columns that lie together, and the
// last rows of a, if they are not five, as a copy too, with zeros for what is missing. So the loop
// is full whatever the shape, and no step needs a mask (Goto and van de Geijn, Anatomy of
// high-performance matrix multiplication, 2008).
//
// The loop leaves out steps in which all five numbers of a are 0, as in the dark parts of digits:
// more than half of the work of a network's first layer. 0 times infinity counts as 0 there.
enum {
    TILE_ROWS = 5,
    TILE_COLUMNS = 2 * LANES,
    UNROLLED = 4,       // steps from one jump to the next
    DEPTH = 512,        // of what is copied at once
    MAX_LISTED = 49152  // steps in all lists
};

static struct {
    float panel[DEPTH * TILE_COLUMNS];
    float rim[DEPTH * TILE_ROWS];
    float zeros[DEPTH];                // copied where columns are missing
    unsigned short steps[MAX_LISTED];  // those that are to be taken, for five rows of a after five
    int counts[MAX_LISTED];            // and how many they are
} * scratch;

// Takes the memory for that, once; 0 says that there is none.
static int prepare_products(void) {
    if (!scratch) scratch = PyMem_RawCalloc(1, sizeof *scratch);
    return scratch != 0;
}

typedef struct {
    const float *data;
    int row_step;     // elements from one row to the next
    int column_step;  // elements from one column to the next; one of the two steps is 1
} View;

INLINE View view_from(View v, int row, int column) {
    return (View){v.data + row * v.row_step + column * v.column_step, v.row_step, v.column_step};
}

INLINE int least(int a, int b) { return a < b ? a : b; }

// sums (5 × 8) += a column of a (5) times a row of b (8), of which `vectors` vectors count.
INLINE void add_outer_product(Vector sums[TILE_ROWS][2], int vectors, const float *a, int a_step,
                              const float *b) {
    Vector left = wasm_v128_load(b);
    Vector right = vectors == 2 ? wasm_v128_load(b + LANES) : left;
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        Vector x = wasm_v128_load32_splat(a + r * a_step);
        sums[r][0] = multiply_add(x, left, sums[r][0]);
        if (vectors == 2) sums[r][1] = multiply_add(x, right, sums[r][1]);
    }
}

// out (5 × 8) = start + a · panel, where a is 5 × depth; of its steps only those in a list, unless
// that has them all.
INLINE void multiply_tile(int vectors, View a, const unsigned short *steps, int count, int depth,
                          const float *start, int start_step, float *out, int out_step) {
    Vector sums[TILE_ROWS][2];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++)
        for (int v = 0; v < vectors; v++)
            sums[r][v] = wasm_v128_load(start + r * start_step + v * LANES);

    const float *column = a.data, *row = scratch->panel;
#define STEP(k) \
    add_outer_product(sums, vectors, column + (k) * a.column_step, a.row_step, row + (k) * TILE_COLUMNS)
    int i = 0;
    if (count == depth) {
        for (; i <= count - UNROLLED; i += UNROLLED) {
#pragma unroll
            for (int u = 0; u < UNROLLED; u++) STEP(u);
            column += UNROLLED * a.column_step;
            row += UNROLLED * TILE_COLUMNS;
        }
        for (; i < count; i++, column += a.column_step, row += TILE_COLUMNS) STEP(0);
    } else {
        for (; i <= count - UNROLLED; i += UNROLLED)
#pragma unroll
            for (int u = 0; u < UNROLLED; u++) STEP(steps[i + u]);
        for (; i < count; i++) STEP(steps[i]);
    }
#undef STEP

#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++)
        for (int v = 0; v < vectors; v++)
            wasm_v128_store(out + r * out_step + v * LANES, sums[r][v]);
}

// The same, compiled for both widths and for the two ways in which a may lie in memory.
#define TILE(name, vectors, view)                                                               \
    static NOINLINE void name(const float *a, int a_step, const unsigned short *steps,          \
                              int count, int depth, const float *start, int start_step,         \
                              float *out, int out_step) {                                       \
        View v = view;                                                                          \
        multiply_tile(vectors, v, steps, count, depth, start, start_step, out, out_step);       \
    }

TILE(tile_by_rows, 2, ((View){a, a_step, 1}))
TILE(tile_by_columns, 2, ((View){a, 1, a_step}))
TILE(narrow_tile_by_rows, 1, ((View){a, a_step, 1}))
TILE(narrow_tile_by_columns, 1, ((View){a, 1, a_step}))

INLINE Vector either(Vector a, Vector b) { return wasm_v128_or(a, b); }

// Lists the steps in which five rows of a are not all zeros, and answers how many they are.
static int list_steps(View a, int depth, unsigned short *steps) {
    int count = 0, k = 0;
    if (a.row_step == 1) {
        for (; k < depth; k++) {
            const float *five = a.data + k * a.column_step;
            Vector bits = either(wasm_v128_load(five), wasm_v128_load32_zero(five + LANES));
            steps[count] = k;
            count += wasm_v128_any_true(bits);
        }
        return count;
    }
    for (; k <= depth - LANES; k += LANES) {
        Vector bits = wasm_v128_load(a.data + k);
        for (int r = 1; r < TILE_ROWS; r++)
            bits = either(bits, wasm_v128_load(a.data + r * a.row_step + k));
        int used = wasm_i32x4_bitmask(wasm_i32x4_ne(bits, all(0)));
        if (used == 0) continue;
        for (int i = 0; i < LANES; i++) steps[count + i] = k + i;
        if (used == 0xf) {
            count += LANES;
            continue;
        }
        for (int i = 0; i < LANES; i++) {
            steps[count] = k + i;
            count += used >> i & 1;
        }
    }
    for (; k < depth; k++) steps[count++] = k;
    return count;
}

typedef struct {
    Vector columns[LANES];
} Square;

// Four floats from each of four rows, as columns.
INLINE Square turn(const float *row0, const float *row1, const float *row2, const float *row3) {
    Vector v0 = wasm_v128_load(row0), v1 = wasm_v128_load(row1);
    Vector v2 = wasm_v128_load(row2), v3 = wasm_v128_load(row3);
    Vector low01 = wasm_i32x4_shuffle(v0, v1, 0, 4, 1, 5);
    Vector low23 = wasm_i32x4_shuffle(v2, v3, 0, 4, 1, 5);
    Vector high01 = wasm_i32x4_shuffle(v0, v1, 2, 6, 3, 7);
    Vector high23 = wasm_i32x4_shuffle(v2, v3, 2, 6, 3, 7);
    return (Square){{wasm_i64x2_shuffle(low01, low23, 0, 2), wasm_i64x2_shuffle(low01, low23, 1, 3),
                     wasm_i64x2_shuffle(high01, high23, 0, 2),
                     wasm_i64x2_shuffle(high01, high23, 1, 3)}};
}

// Copies up to eight columns of b, `depth` rows of them.
static void copy_panel(View b, int columns, int depth) {
    float *out = scratch->panel;
    if (b.column_step == 1) {
        const float *row = b.data;
        for (int k = 0; k < depth; k++, row += b.row_step, out += TILE_COLUMNS) {
            Vector left, right = all(0);
            if (columns == TILE_COLUMNS) {
                left = wasm_v128_load(row);
                right = wasm_v128_load(row + LANES);
            } else {
                left = load(row, least(LANES, columns));
                if (columns > LANES) right = load(row + LANES, columns - LANES);
            }
            wasm_v128_store(out, left);
            wasm_v128_store(out + LANES, right);
        }
        return;
    }
    const float *column[TILE_COLUMNS];
    for (int c = 0; c < TILE_COLUMNS; c++)
        column[c] = c < columns ? b.data + c * b.column_step : scratch->zeros;
    int k = 0;
    for (; k <= depth - LANES; k += LANES)
        for (int c = 0; c < TILE_COLUMNS; c += LANES) {
            const float **four = column + c;
            Square square = turn(four[0] + k, four[1] + k, four[2] + k, four[3] + k);
            for (int i = 0; i < LANES; i++)
                wasm_v128_store(out + (k + i) * TILE_COLUMNS + c, square.columns[i]);
        }
    for (; k < depth; k++)
        for (int c = 0; c < TILE_COLUMNS; c++) out[k * TILE_COLUMNS + c] = column[c][k];
}

static void copy(View from, int rows, int columns, float *to, int row_step, int column_step) {
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            to[r * row_step + c * column_step] =
                from.data[r * from.row_step + c * from.column_step];
}

// Copies the last rows of a, fewer than five, so that they lie column after column.
static View copy_rim(View a, int rows, int depth) {
    for (int i = 0; i < depth * TILE_ROWS; i++) scratch->rim[i] = 0;
    copy(a, rows, depth, scratch->rim, 1, TILE_ROWS);
    return (View){scratch->rim, 1, TILE_ROWS};
}

// out (8 × 5) = a tile (5 × 8).
static void turn_tile(const float *tile, float *out, int out_step) {
    for (int c = 0; c < TILE_COLUMNS; c += LANES) {
        const float *row = tile + c;
        Square square = turn(row, row + TILE_COLUMNS, row + 2 * TILE_COLUMNS, row + 3 * TILE_COLUMNS);
        for (int i = 0; i < LANES; i++) {
            float *to = out + (c + i) * out_step;
            wasm_v128_store(to, square.columns[i]);
            to[LANES] = row[LANES * TILE_COLUMNS + i];
        }
    }
}

// out = biases + a · b, with a (m × depth), b (depth × n) and biases (n) or null. Results are
// row_step and column_step apart in out, one of which is 1.
static void multiply(View a, View b, const float *biases, float *out, int row_step,
                     int column_step, int m, int n, int depth) {
    float tile[TILE_ROWS * TILE_COLUMNS], first[TILE_COLUMNS] = {0};
    int k = 0;
    do {  // once at least, as a sum of nothing is 0
        int part = least(DEPTH, depth - k);
        int height = MAX_LISTED / (part ? part : 1) * TILE_ROWS;
        for (int block = 0; block < m; block += height) {
            int end = least(m, block + height);
            unsigned short *steps = scratch->steps;
            int *count = scratch->counts;
            for (int i = block; i < end; i += TILE_ROWS, steps += part) {
                View rows = view_from(a, i, k);
                if (end - i < TILE_ROWS) rows = copy_rim(rows, end - i, part);
                *count++ = list_steps(rows, part, steps);
            }
            for (int j = 0; j < n; j += TILE_COLUMNS) {
                int columns = least(TILE_COLUMNS, n - j);
                copy_panel(view_from(b, k, j), columns, part);
                if (biases) copy((View){biases + j, 0, 1}, 1, columns, first, 0, 1);

                steps = scratch->steps;
                count = scratch->counts;
                for (int i = block; i < end; i += TILE_ROWS, steps += part, count++) {
                    int rows = least(TILE_ROWS, end - i);
                    int is_whole = rows == TILE_ROWS && columns == TILE_COLUMNS;
                    float *place = out + i * row_step + j * column_step;
                    int is_direct = is_whole && column_step == 1;
                    float *to = is_direct ? place : tile;
                    int to_step = is_direct ? row_step : TILE_COLUMNS;
                    if (k > 0 && !is_direct)
                        copy((View){place, row_step, column_step}, rows, columns, tile, to_step, 1);
                    const float *start = k > 0 ? to : first;
                    int start_step = k > 0 ? to_step : 0;

                    View v = view_from(a, i, k);
                    if (rows < TILE_ROWS) v = (View){scratch->rim, 1, TILE_ROWS};
                    if (v.column_step == 1)
                        (columns > LANES ? tile_by_rows : narrow_tile_by_rows)(
                            v.data, v.row_step, steps, *count, part, start, start_step, to, to_step);
                    else
                        (columns > LANES ? tile_by_columns : narrow_tile_by_columns)(
                            v.data, v.column_step, steps, *count, part, start, start_step, to,
                            to_step);

                    if (is_whole && !is_direct)
                        turn_tile(tile, place, column_step);
                    else if (!is_direct)
                        copy((View){tile, TILE_COLUMNS, 1}, rows, columns, place, row_step,
                             column_step);
                }
            }
        }
        k += part;
    } while (k < depth);
}

static int affine(const Array *x, const Array *filters, const Array *biases, const Array *out) {
    if (!is_matrix(x) || !is_matrix(filters) || !is_matrix(out)) return 0;
    int n = x->shape[0], depth = columns_of(x), m = filters->shape[0];
    if (columns_of(filters) != depth || !has_shape(out, n, m) || !is_vector(biases, m)) return 0;
    if (!is_result(out) || !are_separate(x, out) || !are_separate(filters, out) ||
        !are_separate(biases, out))
        return 0;
    multiply((View){x->data, row_step(x), 1}, (View){filters->data, 1, row_step(filters)},
             biases->data, out->data, row_step(out), 1, n, m, depth);
    return 1;
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
             filter_gradients->data, 1, row_step(filter_gradients), depth, m, n);
    float *sums = bias_gradients->data;
    for (int j = 0; j < m; j++) sums[j] = 0;
    for (int r = 0; r < n; r++) {
        const float *row = gradient->data + r * row_step(gradient);
        FOR_EACH_VECTOR(m, {
            store(sums + i, count, add(load(sums + i, count), load(row + i, count)));
        });
    }
    return 1;
}

static int affine_input_gradient(const Array *gradient, const Array *filters, const Array *out) {
    if (!is_matrix(gradient) || !is_matrix(filters) || !is_matrix(out)) return 0;
    int n = gradient->shape[0], m = columns_of(gradient), depth = columns_of(filters);
    if (filters->shape[0] != m || !has_shape(out, n, depth)) return 0;
    if (!is_result(out) || !are_separate(gradient, out) || !are_separate(filters, out)) return 0;
    multiply((View){gradient->data, row_step(gradient), 1},
             (View){filters->data, row_step(filters), 1}, 0, out->data, row_step(out), 1, n, depth,
             m);
    return 1;
}
