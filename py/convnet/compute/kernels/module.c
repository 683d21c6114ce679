// The engine's heaviest operations in single precision, for WebAssembly with 128-bit SIMD, as an
// extension module of Python.
//
//     python py/convnet/compute/build.py     compiles this file to kernels.wasm, kernels_fma.wasm
//
// Pyodide's dynamic linker loads one of them into the memory that NumPy's arrays live in, and
// simd.py calls its methods. What they compute is specified by the NumPy methods of the same
// names in the folder above. They take the arrays themselves, and look for themselves whether they
// can work on them: wherever an array is not what a method is made for (another type or shape, a
// stride it doesn't know, memory shared with a result), it touches nothing and answers False, and
// simd.py has NumPy do it. While they work, nothing is allocated, no library is called, and nothing
// is written but results.

#include "affine.h"
#include "arrays.h"
#include "functions.h"
#include "losses.h"
#include "pixels.h"
#include "python.h"
#include "updates.h"
#include "windows.h"

// Every kernel, with how many arrays and then numbers it takes, and how: a[i] and n[i].
#define KERNELS(_)                                                \
    _(sees_array, 6, 1, a[0], a[1], a[2], a[3], a[4], a[5], n[0]) \
    _(affine, 4, 0, a[0], a[1], a[2], a[3])                       \
    _(affine_parameter_gradients, 4, 0, a[0], a[1], a[2], a[3])   \
    _(affine_input_gradient, 3, 0, a[0], a[1], a[2])              \
    _(tanh, 2, 0, a[0], a[1])                                     \
    _(tanh_gradient, 3, 0, a[0], a[1], a[2])                      \
    _(sigmoid, 2, 0, a[0], a[1])                                  \
    _(sigmoid_gradient, 3, 0, a[0], a[1], a[2])                   \
    _(relu, 2, 0, a[0], a[1])                                     \
    _(relu_gradient, 3, 0, a[0], a[1], a[2])                      \
    _(dropout, 3, 1, a[0], a[1], a[2], n[0])                      \
    _(gather_and_mask, 4, 2, a[0], a[1], a[2], a[3], n[0], n[1])  \
    _(salt_and_pepper, 1, 2, a[0], n[0], n[1])                    \
    _(add_normal, 1, 2, a[0], n[0], n[1])                         \
    _(softmax, 2, 0, a[0], a[1])                                  \
    _(squared_loss, 4, 0, a[0], a[1], a[2], a[3])                 \
    _(gather_windows, 2, 0, a[0], a[1])                           \
    _(scatter_windows, 2, 0, a[0], a[1])                          \
    _(sum_of_squares, 2, 0, a[0], a[1])                           \
    _(sgd, 6, 5, DESCENT, a[5], n[3], n[4])                       \
    _(nesterov, 6, 5, DESCENT, a[5], n[3], n[4])                  \
    _(adagrad, 6, 5, DESCENT, a[5], n[3], n[4])                   \
    _(windowgrad, 6, 6, DESCENT, a[5], n[3], n[4], n[5])          \
    _(adadelta, 7, 5, DESCENT, a[5], a[6], n[3], n[4])            \
    _(adam, 7, 7, DESCENT, a[5], a[6], n[3], n[4], n[5], n[6])

#define DESCENT &(Descent){a[0], a[1], a[2], a[3], a[4], n[0], n[1], n[2]}

#define CALL(name, arrays, numbers, ...)                                              \
    static Object *call_##name(Object *module, Object *const *arguments, int count) { \
        (void)module;                                                                 \
        const Array *const *a = (const Array *const *)arguments;                      \
        double n[numbers + 1];                                                        \
        if (count != arrays + numbers) return PyBool_FromLong(0);                     \
        if (!read_numbers(arguments + arrays, numbers, n)) return 0;                  \
        return PyBool_FromLong(name(__VA_ARGS__));                                    \
    }
KERNELS(CALL)

#define METHOD(name, ...) {#name, call_##name, POSITIONAL, 0},
static const Method methods[] = {KERNELS(METHOD){0}};

static Module kernels = {.base = {.references = 1}, .name = "kernels", .methods = methods};

__attribute__((visibility("default"))) Object *PyInit_kernels(void) {
    return prepare_products() ? PyModuleDef_Init(&kernels) : PyErr_NoMemory();
}
