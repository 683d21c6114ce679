// The engine's heaviest operations in single precision, for WebAssembly with 128-bit SIMD.
//
//     python py/convnet/compute/build.py     compiles this file to kernels.wasm, kernels_fma.wasm
//
// Pyodide's dynamic linker loads one of them into the memory that NumPy's arrays live in, and
// simd.py calls the functions marked EXPORT. What they compute is specified by the NumPy functions
// of the same names in this folder. They take the arrays themselves, and look for themselves whether
// they can work on them: wherever an array is not what a function is made for (another type or
// shape, a stride it doesn't know, memory shared with a result), it touches nothing and answers
// no, and simd.py has NumPy do it. Nothing is allocated, no library is called, and nothing is
// written but the results and the scratch memory that Python gives.

#include <wasm_simd128.h>

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

typedef v128_t Vector;  // four floats
enum { LANES = 4 };

// ---------------------------------------------------------------------------------------------
// Arrays
// ---------------------------------------------------------------------------------------------

// A NumPy array as its C interface has it (PyArrayObject_fields in numpy/ndarraytypes.h), on a
// 32-bit machine. loading.py has `sees_array` tell whether that is so before it relies on it.
typedef struct {
    int references;
    const void *type;
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
// float32, of which `data` is the address. Answers whether that is found where it is looked for.
EXPORT int sees_array(const Array *array, const void *data, const void *ndarray,
                      const void *float32, const void *float64, const void *int32,
                      const void *uint8) {
    array_type = ndarray;
    float_type = float32;
    double_type = float64;
    int_type = int32;
    byte_type = uint8;
    return array->type == ndarray && array->dtype == float32 && array->data == data &&
           array->dimensions == 2 && array->shape[0] == 2 && array->shape[1] == 3 &&
           array->strides[0] == 12 && array->strides[1] == 4 &&
           (array->flags & ~6) == (C_CONTIGUOUS | ALIGNED | WRITEABLE);
}

INLINE int is_array_of(const void *dtype, const Array *a) {
    return a->type == array_type && a->dtype == dtype && a->flags & ALIGNED;
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

// ---------------------------------------------------------------------------------------------
// Vectors
// ---------------------------------------------------------------------------------------------

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
#define FOR_EACH_VECTOR(n, ...)                                    \
    do {                                                           \
        int i = 0;                                                 \
        for (; i <= (n) - LANES; i += LANES) {                     \
            enum { count = LANES };                                \
            __VA_ARGS__                                            \
        }                                                          \
        int count = (n) - i;                                       \
        if (count > 0) {                                           \
            __VA_ARGS__                                            \
        }                                                          \
    } while (0)

// ---------------------------------------------------------------------------------------------
// Matrix products
// ---------------------------------------------------------------------------------------------

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

// The scratch memory, which Python gives.
static struct Scratch {
    float panel[DEPTH * TILE_COLUMNS];
    float rim[DEPTH * TILE_ROWS];
    float zeros[DEPTH];                // copied where columns are missing
    unsigned short steps[MAX_LISTED];  // those that are to be taken, for five rows of a after five
    int counts[MAX_LISTED];            // and how many they are
} * scratch;

EXPORT int scratch_size(void) { return sizeof(struct Scratch); }

// Takes scratch memory, of which all bytes are 0.
EXPORT void use_scratch(struct Scratch *memory) { scratch = memory; }

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

EXPORT int affine(const Array *x, const Array *filters, const Array *biases, const Array *out) {
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

EXPORT int affine_parameter_gradients(const Array *x, const Array *gradient,
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

EXPORT int affine_input_gradient(const Array *gradient, const Array *filters, const Array *out) {
    if (!is_matrix(gradient) || !is_matrix(filters) || !is_matrix(out)) return 0;
    int n = gradient->shape[0], m = columns_of(gradient), depth = columns_of(filters);
    if (filters->shape[0] != m || !has_shape(out, n, depth)) return 0;
    if (!is_result(out) || !are_separate(gradient, out) || !are_separate(filters, out)) return 0;
    multiply((View){gradient->data, row_step(gradient), 1},
             (View){filters->data, row_step(filters), 1}, 0, out->data, row_step(out), 1, n, depth,
             m);
    return 1;
}

// ---------------------------------------------------------------------------------------------
// Functions of each element
// ---------------------------------------------------------------------------------------------

// exp(x) = 2^n exp(r), where n is the whole number nearest to x / log 2, so that |r| <= log(2) / 2.
// log 2 is taken in two parts, the first of which has so few bits that n times it is exact (Cody
// and Waite, Software Manual for the Elementary Functions, 1980).
typedef struct {
    Vector n;            // as floats
    Vector exp_minus_1;  // exp(r) - 1
} Reduced;

// Taylor's series up to r^7: what is left out is less than 2e-8 of the sum.
INLINE Reduced reduce(Vector x) {
    Vector n = wasm_f32x4_nearest(mul(x, all(1.44269504f)));
    Vector r = sub(sub(x, mul(n, all(0.693359375f))), mul(n, all(-2.12194440e-4f)));
    Vector series = all(1 / 5040.f);
    series = add(mul(series, r), all(1 / 720.f));
    series = add(mul(series, r), all(1 / 120.f));
    series = add(mul(series, r), all(1 / 24.f));
    series = add(mul(series, r), all(1 / 6.f));
    series = add(mul(series, r), all(1 / 2.f));
    return (Reduced){n, add(mul(mul(series, r), r), r)};
}

// 2^n for whole numbers n from -126 to 127.
INLINE Vector power_of_2(Vector n) {
    return wasm_i32x4_shl(wasm_i32x4_trunc_sat_f32x4(add(n, all(127))), 23);
}

// pmin and pmax answer their first operand where the second is not a number, and so keep NaN.
INLINE Vector at_most(Vector x, float limit) { return wasm_f32x4_pmin(x, all(limit)); }
INLINE Vector at_least(Vector x, float limit) { return wasm_f32x4_pmax(x, all(limit)); }

// exp(x) to 3e-7 of its value; 2^n is split in two, so that the ends of the range are right.
INLINE Vector exp_of(Vector x) {
    Reduced x_reduced = reduce(at_least(at_most(x, 89), -104));
    Vector half = wasm_f32x4_floor(mul(x_reduced.n, all(0.5f)));
    Vector result = add(x_reduced.exp_minus_1, all(1));
    result = mul(result, power_of_2(half));
    return mul(result, power_of_2(sub(x_reduced.n, half)));
}

// tanh(x) = t / (t + 2) with t = exp(2|x|) - 1, to 3e-7 of its value however near to 0; from
// |x| = 9.02 on it is 1.
INLINE Vector tanh_of(Vector x) {
    Vector sign = wasm_f32x4_splat(-0.f);
    Vector size = at_most(wasm_v128_andnot(x, sign), 10);
    Reduced doubled = reduce(add(size, size));
    Vector power = power_of_2(doubled.n);
    Vector t = add(mul(power, doubled.exp_minus_1), sub(power, all(1)));
    return wasm_v128_or(divide(t, add(t, all(2))), wasm_v128_and(x, sign));
}

INLINE Vector sigmoid_of(Vector x) {
    return add(mul(tanh_of(mul(x, all(0.5f))), all(0.5f)), all(0.5f));
}

INLINE Vector positive(Vector x) { return wasm_f32x4_gt(x, all(0)); }

#define FUNCTION(name, formula)                                         \
    EXPORT int name(const Array *x_array, const Array *out) {           \
        if (!are_parallel(x_array, out)) return 0;                      \
        FOR_EACH_VECTOR(size_of(out), {                                 \
            Vector x = load(x_array->data + i, count);                  \
            store(out->data + i, count, formula);                       \
        });                                                             \
        return 1;                                                       \
    }

// A function's gradient, from its result a and the gradient g from above.
#define GRADIENT(name, formula)                                                              \
    EXPORT int name(const Array *activation, const Array *gradient, const Array *out) {      \
        if (!are_parallel(activation, out) || !are_parallel(gradient, out)) return 0;        \
        FOR_EACH_VECTOR(size_of(out), {                                                      \
            Vector a = load(activation->data + i, count);                                    \
            Vector g = load(gradient->data + i, count);                                      \
            store(out->data + i, count, formula);                                            \
        });                                                                                  \
        return 1;                                                                            \
    }

FUNCTION(tanh, tanh_of(x))
GRADIENT(tanh_gradient, mul(sub(all(1), mul(a, a)), g))
FUNCTION(sigmoid, sigmoid_of(x))
GRADIENT(sigmoid_gradient, mul(mul(sub(all(1), a), a), g))
FUNCTION(relu, wasm_f32x4_pmax(x, all(0)))
GRADIENT(relu_gradient, mul(wasm_v128_and(positive(a), all(1)), g))

EXPORT int dropout(const Array *x, const Array *chances, double drop_prob, const Array *out) {
    if (!are_parallel(x, out) || !are_parallel(chances, out) || !is_result(chances)) return 0;
    if (chances->data == x->data || chances->data == out->data) return 0;
    FOR_EACH_VECTOR(size_of(out), {
        Vector is_kept = wasm_f32x4_ge(load(chances->data + i, count), all((float)drop_prob));
        Vector kept = wasm_v128_and(is_kept, all(1));
        store(chances->data + i, count, kept);
        store(out->data + i, count, mul(load(x->data + i, count), kept));
    });
    return 1;
}

// Four of sixteen bytes, widened; with the sign if they are a mask.
#define WIDEN(sign, half, quarter, bytes) \
    wasm_##sign##32x4_extend_##quarter##_##sign##16x8(wasm_##sign##16x8_extend_##half##_##sign##8x16(bytes))

EXPORT int light_and_mask(const Array *bytes, const Array *chances, double least_kept,
                          const Array *clean, const Array *masked) {
    if (!is_array_of(byte_type, bytes) || !is_array_of(byte_type, chances)) return 0;
    if (!(bytes->flags & chances->flags & C_CONTIGUOUS) || !are_parallel(clean, masked)) return 0;
    if (!same_shape(bytes, clean) || !same_shape(chances, clean) || !is_result(clean)) return 0;
    if (clean->data == masked->data || !(least_kept >= 0 && least_kept <= 255)) return 0;
    if (!are_separate(bytes, clean) || !are_separate(bytes, masked) ||
        !are_separate(chances, clean) || !are_separate(chances, masked))
        return 0;
    const unsigned char *light = (const unsigned char *)bytes->data;
    const unsigned char *chance = (const unsigned char *)chances->data;
    int size = size_of(clean), i = 0;
    Vector least = wasm_u8x16_splat((unsigned char)least_kept), scale = all(1 / 255.f);
    for (; i <= size - 16; i += 16) {
        Vector lights = wasm_v128_load(light + i);
        Vector kept = wasm_u8x16_ge(wasm_v128_load(chance + i), least);
#define PUT(at, half, quarter)                                                                   \
    do {                                                                                         \
        Vector x = mul(wasm_f32x4_convert_i32x4(WIDEN(u, half, quarter, lights)), scale);        \
        wasm_v128_store(clean->data + i + at, x);                                                \
        wasm_v128_store(masked->data + i + at, wasm_v128_and(x, WIDEN(i, half, quarter, kept))); \
    } while (0)
        PUT(0, low, low);
        PUT(4, low, high);
        PUT(8, high, low);
        PUT(12, high, high);
#undef PUT
    }
    for (; i < size; i++) {
        float x = light[i] * (1 / 255.f);
        clean->data[i] = x;
        masked->data[i] = chance[i] >= (unsigned char)least_kept ? x : 0;
    }
    return 1;
}

// ---------------------------------------------------------------------------------------------
// Losses
// ---------------------------------------------------------------------------------------------

EXPORT int softmax(const Array *x, const Array *out) {
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

// A loss is never negative: -1 says no.
EXPORT double squared_loss(const Array *x, const Array *targets, const Array *gradient) {
    if (!are_parallel(x, gradient) || !are_parallel(targets, gradient)) return -1;
    int n = gradient->dimensions ? gradient->shape[0] : 0, k = n ? size_of(gradient) / n : 0;
    double loss = 0;
    for (int row = 0; row < n; row++) {
        int start = row * k;
        Vector squares = all(0);
        FOR_EACH_VECTOR(k, {
            Vector difference =
                sub(load(x->data + start + i, count), load(targets->data + start + i, count));
            store(gradient->data + start + i, count, difference);
            squares = add(squares, mul(difference, difference));
        });
        loss += sum_of(squares);
    }
    return loss / 2;
}

// ---------------------------------------------------------------------------------------------
// Updates of the parameters
// ---------------------------------------------------------------------------------------------

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

#define ARE_PARAMETERS(...)                                                     \
    are_parameters(sizeof((const Array *[]){__VA_ARGS__}) / sizeof(Array *),    \
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

EXPORT int mean_gradient(const Array *p, const Array *gradients, const Array *stops,
                         const Array *multipliers, double l1_decay, double l2_decay, double scale,
                         const Array *out, const Array *results) {
    if (!ARE_PARAMETERS(p, gradients, out)) return 0;
    if (!is_array_of(int_type, stops) || !is_array_of(double_type, multipliers) ||
        !is_array_of(double_type, results))
        return 0;
    if (!(stops->flags & multipliers->flags & results->flags & C_CONTIGUOUS)) return 0;
    if (stops->dimensions != 1 || multipliers->dimensions != 2 || results->dimensions != 1) return 0;
    int parts = stops->shape[0], start = 0;
    if (!has_shape(multipliers, parts, 2) || results->shape[0] != 3 || !is_result(results)) return 0;
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
#define UPDATE_EACH_VECTOR(...)                             \
    FOR_EACH_VECTOR(p->shape[0], {                          \
        Vector x = load(p->data + i, count);                \
        Vector d = load(g->data + i, count);                \
        __VA_ARGS__                                         \
        store(p->data + i, count, x);                       \
    })

EXPORT int sgd(const Array *p, const Array *g, const Array *velocity, double learning_rate,
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

EXPORT int nesterov(const Array *p, const Array *g, const Array *velocity, double learning_rate,
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

EXPORT int adagrad(const Array *p, const Array *g, const Array *squares, double learning_rate,
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

EXPORT int windowgrad(const Array *p, const Array *g, const Array *squares, double learning_rate,
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

EXPORT int adadelta(const Array *p, const Array *g, const Array *gradient_squares,
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

EXPORT int adam(const Array *p, const Array *g, const Array *means, const Array *squares,
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

// ---------------------------------------------------------------------------------------------
// Windows
// ---------------------------------------------------------------------------------------------

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
#define FOR_EACH_WINDOW_ROW(...)                                                               \
    do {                                                                                       \
        const int *shape = windows->shape, *strides = windows->strides;                        \
        int length = shape[4] * shape[5];                                                      \
        float *patch = patches->data;                                                          \
        for (int n = 0; n < shape[0]; n++)                                                     \
            for (int y = 0; y < shape[1]; y++)                                                 \
                for (int x = 0; x < shape[2]; x++) {                                           \
                    char *window = (char *)windows->data + n * strides[0] + y * strides[1] +   \
                                   x * strides[2];                                             \
                    for (int wy = 0; wy < shape[3]; wy++, patch += length) {                   \
                        float *row = (float *)(window + wy * strides[3]);                      \
                        __VA_ARGS__                                                            \
                    }                                                                          \
                }                                                                              \
    } while (0)

EXPORT int gather_windows(const Array *windows, const Array *patches) {
    if (!are_windows(windows, patches) || !is_result(patches)) return 0;
    FOR_EACH_WINDOW_ROW({
        int i = 0;
        for (; i <= length - LANES; i += LANES) wasm_v128_store(patch + i, wasm_v128_load(row + i));
        for (; i < length; i++) patch[i] = row[i];
    });
    return 1;
}

EXPORT int scatter_windows(const Array *patches, const Array *windows) {
    if (!are_windows(windows, patches) || !is_result(windows)) return 0;
    FOR_EACH_WINDOW_ROW({
        int i = 0;
        for (; i <= length - LANES; i += LANES)
            wasm_v128_store(row + i, add(wasm_v128_load(row + i), wasm_v128_load(patch + i)));
        for (; i < length; i++) row[i] += patch[i];
    });
    return 1;
}
