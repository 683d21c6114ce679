// Matrix products.
#pragma once

#include "vectors.h"

// A product out = start + a · b is made of tiles of 5 × 8 results. A tile's ten vectors stay in
// registers, of which x86 has sixteen, while the loop runs down the common dimension: two vectors
// of b, five numbers of a, ten multiplications, ten additions. The last columns, if they are four
// or fewer, make narrow tiles of one vector a row.
//
// Both matrices go through that loop as copies in the order in which it reads them: eight columns
// of b as a panel, and five rows of a as a strip, with zeros for what is missing. So the loop is
// full whatever the shape and wherever the matrices lie, and no step needs a mask (Goto and van de
// Geijn, Anatomy of high-performance matrix multiplication, 2008).
//
// A strip leaves out the steps in which all five numbers of a are 0, as in the dark parts of
// digits: more than half of the work of a network's first layer. 0 times infinity counts as 0
// there.
enum {
    TILE_ROWS = 5,
    TILE_COLUMNS = 2 * LANES,
    ROW_BYTES = TILE_COLUMNS * 4,  // of a panel
    DEPTH = 512,                   // of what is copied at once
    MAX_STRIPS = 256,              // that are copied at once
    MAX_STEPS = 10240,             // of all those strips
};

// A step along the common dimension: five numbers of a, and how many bytes into the panel the row
// of b lies that they are multiplied by.
typedef struct {
    float a[TILE_ROWS];
    int place;
} Step;

static struct {
    float panel[DEPTH * TILE_COLUMNS];
    Step steps[MAX_STEPS + 1];     // strip after strip
    const Step *ends[MAX_STRIPS];  // of strips
} *scratch;

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

// What a product is written to: results are row_step and column_step apart, one of which is 1.
typedef struct {
    float *data;
    int row_step;
    int column_step;
} Results;

INLINE View view_of(Results r) { return (View){r.data, r.row_step, r.column_step}; }

INLINE Results results_from(Results r, int row, int column) {
    return (Results){r.data + row * r.row_step + column * r.column_step, r.row_step, r.column_step};
}

INLINE int least(int a, int b) { return a < b ? a : b; }

// sums (5 × 8) += a column of a (5) times a row of b (8), of which `vectors` vectors count.
INLINE void add_outer_product(Vector sums[TILE_ROWS][2], int vectors, const Step *step) {
    const float *row = (const float *)((const char *)scratch->panel + step->place);
    Vector left = wasm_v128_load(row);
    Vector right = vectors == 2 ? wasm_v128_load(row + LANES) : left;
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        Vector x = wasm_v128_load32_splat(step->a + r);
        sums[r][0] = multiply_add(x, left, sums[r][0]);
        if (vectors == 2) sums[r][1] = multiply_add(x, right, sums[r][1]);
    }
}

// out (5 × 8) = start + the product of a strip and the panel.
INLINE void multiply_tile(int vectors, const Step *step, const Step *end, const float *start,
                          int start_step, float *out, int out_step) {
    Vector sums[TILE_ROWS][2];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++)
        for (int v = 0; v < vectors; v++)
            sums[r][v] = wasm_v128_load(start + r * start_step + v * LANES);
    for (; step < end; step++) add_outer_product(sums, vectors, step);
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++)
        for (int v = 0; v < vectors; v++)
            wasm_v128_store(out + r * out_step + v * LANES, sums[r][v]);
}

// The same, compiled for both widths.
static NOINLINE void wide_tile(const Step *step, const Step *end, const float *start,
                               int start_step, float *out, int out_step) {
    multiply_tile(2, step, end, start, start_step, out, out_step);
}

static NOINLINE void narrow_tile(const Step *step, const Step *end, const float *start,
                                 int start_step, float *out, int out_step) {
    multiply_tile(1, step, end, start, start_step, out, out_step);
}

typedef struct {
    Vector rows[LANES], columns[LANES];
} Square;

// Four floats from each of four rows, and the same turned.
INLINE Square turn(const float *from, int row_step) {
    Square s;
#pragma unroll
    for (int r = 0; r < LANES; r++) s.rows[r] = wasm_v128_load(from + r * row_step);
    Vector low01 = wasm_i32x4_shuffle(s.rows[0], s.rows[1], 0, 4, 1, 5);
    Vector low23 = wasm_i32x4_shuffle(s.rows[2], s.rows[3], 0, 4, 1, 5);
    Vector high01 = wasm_i32x4_shuffle(s.rows[0], s.rows[1], 2, 6, 3, 7);
    Vector high23 = wasm_i32x4_shuffle(s.rows[2], s.rows[3], 2, 6, 3, 7);
    s.columns[0] = wasm_i64x2_shuffle(low01, low23, 0, 2);
    s.columns[1] = wasm_i64x2_shuffle(low01, low23, 1, 3);
    s.columns[2] = wasm_i64x2_shuffle(high01, high23, 0, 2);
    s.columns[3] = wasm_i64x2_shuffle(high01, high23, 1, 3);
    return s;
}

static void copy(View from, int rows, int columns, float *to, int row_step, int column_step) {
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            to[r * row_step + c * column_step] =
                from.data[r * from.row_step + c * from.column_step];
}

// Copies up to eight columns of b, `depth` rows of them, with zeros for columns that are missing.
static void copy_panel(View b, int columns, int depth) {
    float *out = scratch->panel;
    int k = 0;
    if (columns < TILE_COLUMNS) {
        for (int i = 0; i < depth * TILE_COLUMNS; i++) out[i] = 0;
        copy(b, depth, columns, out, TILE_COLUMNS, 1);
        return;
    }
    if (b.column_step == 1) {
        for (const float *row = b.data; k < depth; k++, row += b.row_step, out += TILE_COLUMNS)
            for (int c = 0; c < TILE_COLUMNS; c += LANES)
                wasm_v128_store(out + c, wasm_v128_load(row + c));
        return;
    }
    for (; k <= depth - LANES; k += LANES, out += LANES * TILE_COLUMNS)
        for (int c = 0; c < TILE_COLUMNS; c += LANES) {
            Square square = turn(b.data + k + c * b.column_step, b.column_step);
#pragma unroll
            for (int i = 0; i < LANES; i++)
                wasm_v128_store(out + i * TILE_COLUMNS + c, square.columns[i]);
        }
    copy(view_from(b, k, 0), depth - k, TILE_COLUMNS, out, TILE_COLUMNS, 1);
}

INLINE Vector either(Vector a, Vector b) { return wasm_v128_or(a, b); }

// Copies a strip of up to five rows of a; answers where it ends. A step that is left out is
// overwritten by the next.
static Step *copy_strip(View a, int rows, int depth, Step *to) {
    int k = 0;
    if (rows == TILE_ROWS && a.row_step == 1)
        for (; k < depth; k++) {
            const float *five = a.data + k * a.column_step;
            Vector four = wasm_v128_load(five), fifth = wasm_v128_load32_zero(five + LANES);
            wasm_v128_store(to->a, four);
            to->a[LANES] = five[LANES];
            to->place = k * ROW_BYTES;
            to += wasm_v128_any_true(either(four, fifth));
        }
    else if (rows == TILE_ROWS)
        for (; k <= depth - LANES; k += LANES) {
            const float *row = a.data + k, *last_row = row + LANES * a.row_step;
            Square square = turn(row, a.row_step);
            Vector fifth = wasm_v128_load(last_row), bits = fifth;
            for (int i = 0; i < LANES; i++) bits = either(bits, square.rows[i]);
            int used = wasm_i32x4_bitmask(wasm_i32x4_ne(bits, all(0)));
            if (used == 0) continue;
#pragma unroll
            for (int i = 0; i < LANES; i++) {
                wasm_v128_store(to->a, square.columns[i]);
                to->a[LANES] = last_row[i];
                to->place = (k + i) * ROW_BYTES;
                to += used >> i & 1;
            }
        }
    for (; k < depth; k++, to++) {
        for (int r = 0; r < TILE_ROWS; r++)
            to->a[r] = r < rows ? a.data[r * a.row_step + k * a.column_step] : 0;
        to->place = k * ROW_BYTES;
    }
    return to;
}

// out (8 × 5) = a tile (5 × 8).
static void turn_tile(const float *tile, float *out, int out_step) {
    for (int c = 0; c < TILE_COLUMNS; c += LANES) {
        const float *row = tile + c;
        Square square = turn(row, TILE_COLUMNS);
        for (int i = 0; i < LANES; i++) {
            float *to = out + (c + i) * out_step;
            wasm_v128_store(to, square.columns[i]);
            to[LANES] = row[LANES * TILE_COLUMNS + i];
        }
    }
}

// results (up to 5 × 8) = start (8) + a strip · the panel; if `start` is null, they are added to.
static void multiply_strip(const Step *step, const Step *end, const float *start, int rows,
                           int columns, Results results) {
    float tile[TILE_ROWS * TILE_COLUMNS];
    int is_whole = rows == TILE_ROWS && columns == TILE_COLUMNS;
    int is_direct = is_whole && results.column_step == 1;
    float *out = is_direct ? results.data : tile;
    int out_step = is_direct ? results.row_step : TILE_COLUMNS, start_step = 0;
    if (!start) {
        if (!is_direct) copy(view_of(results), rows, columns, tile, TILE_COLUMNS, 1);
        start = out;
        start_step = out_step;
    }
    if (columns > LANES)
        wide_tile(step, end, start, start_step, out, out_step);
    else
        narrow_tile(step, end, start, start_step, out, out_step);
    if (is_direct) return;
    if (is_whole)
        turn_tile(tile, results.data, results.column_step);
    else
        copy((View){tile, TILE_COLUMNS, 1}, rows, columns, results.data, results.row_step,
             results.column_step);
}

// out (m × n) = biases + a · b, with a (m × depth), b (depth × n) and biases (n) or null.
static void multiply(View a, View b, const float *biases, Results out, int m, int n, int depth) {
    int k = 0;
    do {  // once at least, as a sum of nothing is 0
        int part = least(DEPTH, depth - k);
        int height = TILE_ROWS * least(MAX_STRIPS, MAX_STEPS / (part ? part : 1));
        for (int block = 0; block < m; block += height) {
            int end = least(m, block + height);
            const Step **strip_end = scratch->ends;
            Step *to = scratch->steps;
            for (int i = block; i < end; i += TILE_ROWS) {
                to = copy_strip(view_from(a, i, k), least(TILE_ROWS, end - i), part, to);
                *strip_end++ = to;
            }
            for (int j = 0; j < n; j += TILE_COLUMNS) {
                int columns = least(TILE_COLUMNS, n - j);
                copy_panel(view_from(b, k, j), columns, part);
                float first[TILE_COLUMNS] = {0};
                if (biases) copy((View){biases + j, 0, 1}, 1, columns, first, 0, 1);

                const Step *step = scratch->steps;
                strip_end = scratch->ends;
                for (int i = block; i < end; i += TILE_ROWS, step = *strip_end++)
                    multiply_strip(step, *strip_end, k > 0 ? 0 : first, least(TILE_ROWS, end - i),
                                   columns, results_from(out, i, j));
            }
        }
        k += part;
    } while (k < depth);
}
