/* PDFium's questions, asked of many things in one call.

PDFium answers one question a call, and a call from Python takes forty times as long as the answer. These are the loops
of python_loops.py, with the same names and arguments: a function is given by its address, things by PDFium's handles
(numbers of 64 bits), answers are written into buffers; where a function answers 0, its place there is left as it was.
Nothing is known here of PDFs. The interpreter's lock is held: the loops of a page take microseconds.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

typedef void *Handle;
typedef unsigned long long Address;

/* Release the buffers, and refuse where the answers did not fit (none was asked then). */
static PyObject *ended(int fits, Py_buffer *one, Py_buffer *other, Py_buffer *third) {
    PyBuffer_Release(one);
    if (other) PyBuffer_Release(other);
    if (third) PyBuffer_Release(third);
    if (fits) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffer is too short for the answers");
    return NULL;
}

static Py_ssize_t handles_in(const Py_buffer *buffer) { return buffer->len / (Py_ssize_t)sizeof(Handle); }

static Py_ssize_t numbers_in(const Py_buffer *buffer) { return buffer->len / 4; }

static PyObject *ints(PyObject *module, PyObject *arguments) {
    Address function;
    Py_buffer from, to;
    if (!PyArg_ParseTuple(arguments, "Ky*w*", &function, &from, &to)) return NULL;
    int (*ask)(Handle) = (int (*)(Handle))(uintptr_t)function;
    Handle *handles = from.buf;
    int32_t *answers = to.buf;
    int fits = numbers_in(&to) >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++) answers[at] = ask(handles[at]);
    return ended(fits, &from, &to, NULL);
}

/* Numbers side by side: `each` of them for each handle. */
static PyObject *floats(PyObject *module, PyObject *arguments) {
    Address function;
    Py_ssize_t each;
    Py_buffer from, to;
    if (!PyArg_ParseTuple(arguments, "Kny*w*", &function, &each, &from, &to)) return NULL;
    int (*ask)(Handle, float *) = (int (*)(Handle, float *))(uintptr_t)function;
    Handle *handles = from.buf;
    float *answer = to.buf;
    int fits = each > 0 && numbers_in(&to) / each >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++, answer += each) ask(handles[at], answer);
    return ended(fits, &from, &to, NULL);
}

/* Two numbers of 32 bits for each handle, which the function takes two places for. */
static PyObject *pairs(PyObject *module, PyObject *arguments) {
    Address function;
    Py_buffer from, to;
    if (!PyArg_ParseTuple(arguments, "Ky*w*", &function, &from, &to)) return NULL;
    int (*ask)(Handle, void *, void *) = (int (*)(Handle, void *, void *))(uintptr_t)function;
    Handle *handles = from.buf;
    int32_t *answer = to.buf;
    int fits = numbers_in(&to) / 2 >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++, answer += 2) ask(handles[at], answer, answer + 1);
    return ended(fits, &from, &to, NULL);
}

/* Four numbers of 32 bits for each handle. */
static PyObject *fours(PyObject *module, PyObject *arguments) {
    Address function;
    Py_buffer from, to;
    if (!PyArg_ParseTuple(arguments, "Ky*w*", &function, &from, &to)) return NULL;
    int (*ask)(Handle, void *, void *, void *, void *) =
        (int (*)(Handle, void *, void *, void *, void *))(uintptr_t)function;
    Handle *handles = from.buf;
    int32_t *answer = to.buf;
    int fits = numbers_in(&to) / 4 >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++, answer += 4)
        ask(handles[at], answer, answer + 1, answer + 2, answer + 3);
    return ended(fits, &from, &to, NULL);
}

/* The parts of each holder, as many as `counts` says, those of one holder after those of the one before. */
static PyObject *parts(PyObject *module, PyObject *arguments) {
    Address function;
    Py_buffer from, counts, to;
    if (!PyArg_ParseTuple(arguments, "Ky*y*w*", &function, &from, &counts, &to)) return NULL;
    Handle (*ask)(Handle, int) = (Handle (*)(Handle, int))(uintptr_t)function;
    Handle *holders = from.buf, *answer = to.buf;
    int32_t *count = counts.buf;
    Py_ssize_t wanted = 0;
    int fits = numbers_in(&counts) >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++) wanted += count[at] > 0 ? count[at] : 0;
    fits = fits && handles_in(&to) >= wanted;
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++)
        for (int32_t part = 0; part < count[at]; part++) *answer++ = ask(holders[at], part);
    return ended(fits, &from, &to, &counts);
}

/* Of the things 0 to `count` of one holder: `each` numbers side by side. */
static PyObject *floats_of(PyObject *module, PyObject *arguments) {
    Address function, holder;
    Py_ssize_t count, each;
    Py_buffer to;
    if (!PyArg_ParseTuple(arguments, "KKnnw*", &function, &holder, &count, &each, &to)) return NULL;
    int (*ask)(Handle, int, float *) = (int (*)(Handle, int, float *))(uintptr_t)function;
    float *answer = to.buf;
    int fits = each > 0 && numbers_in(&to) / each >= count;
    for (Py_ssize_t at = 0; fits && at < count; at++, answer += each) ask((Handle)(uintptr_t)holder, (int)at, answer);
    return ended(fits, &to, NULL, NULL);
}

/* Of each handle a text of at most `each` bytes; a longer one is not written. */
static PyObject *texts(PyObject *module, PyObject *arguments) {
    Address function;
    Py_ssize_t each;
    unsigned long length;
    Py_buffer from, to;
    if (!PyArg_ParseTuple(arguments, "Kny*w*", &function, &each, &from, &to)) return NULL;
    int (*ask)(Handle, char *, unsigned long, unsigned long *) =
        (int (*)(Handle, char *, unsigned long, unsigned long *))(uintptr_t)function;
    Handle *handles = from.buf;
    char *answer = to.buf;
    int fits = each > 0 && to.len / each >= handles_in(&from);
    for (Py_ssize_t at = 0; fits && at < handles_in(&from); at++, answer += each)
        ask(handles[at], answer, (unsigned long)each, &length);
    return ended(fits, &from, &to, NULL);
}

static PyMethodDef methods[] = {
    {"ints", ints, METH_VARARGS, NULL},   {"floats", floats, METH_VARARGS, NULL}, {"pairs", pairs, METH_VARARGS, NULL},
    {"fours", fours, METH_VARARGS, NULL}, {"parts", parts, METH_VARARGS, NULL},
    {"floats_of", floats_of, METH_VARARGS, NULL}, {"texts", texts, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "pdfium_loops", "PDFium's questions, asked of many things in one call.", -1, methods,
};

PyMODINIT_FUNC PyInit_pdfium_loops(void) { return PyModule_Create(&definition); }
