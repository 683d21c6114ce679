// The little of Python's C interface that an extension module needs, as it is on a 32-bit machine
// (the same in every version since 3.13): a compiler from PyPI comes without Python's headers.
#pragma once

typedef struct Object {
    int references;
    const void *type;
} Object;

typedef struct {
    const char *name;
    Object *(*call)(Object *module, Object *const *arguments, int count);
    int convention;
    const char *documentation;
} Method;

enum { POSITIONAL = 0x80 };  // METH_FASTCALL

typedef struct {
    Object base;
    Object *(*init)(void);
    int index;
    Object *copy;
    const char *name, *documentation;
    int size;
    const Method *methods;
    const void *slots, *traverse, *clear, *release;
} Module;

Object *PyModuleDef_Init(Module *module);
Object *PyBool_FromLong(int value);
double PyFloat_AsDouble(Object *number);
Object *PyErr_Occurred(void);
Object *PyErr_NoMemory(void);
void *PyMem_RawCalloc(unsigned long count, unsigned long size);

// Reads numbers from Python's objects; 0 says that one is something else, and Python knows.
static int read_numbers(Object *const *objects, int count, double *numbers) {
    for (int i = 0; i < count; i++) {
        numbers[i] = PyFloat_AsDouble(objects[i]);
        if (numbers[i] == -1 && PyErr_Occurred()) return 0;
    }
    return 1;
}
