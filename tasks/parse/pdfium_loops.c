/* PDFium's questions, asked of many things in one call.

PDFium answers one question a call, and a call from Python takes forty times as long as the answer. These are the loops
of python_loops.py, with the same names and arguments: a function is given by its address, things by PDFium's handles
(numbers of 64 bits), answers are written into buffers; where a function answers 0, its place there is left as it was.
Nothing is known here of PDFs. The interpreter's lock is held: the loops of a page take microseconds.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

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

/* The handles of one kind, where these stand among all, and where the others do. */
static PyObject *parted(PyObject *module, PyObject *arguments) {
    Py_buffer kinds, handles;
    int kind;
    if (!PyArg_ParseTuple(arguments, "y*iy*", &kinds, &kind, &handles)) return NULL;
    Py_ssize_t count = handles_in(&handles), found = 0;
    PyObject *bytes = NULL, *lists[2] = {PyList_New(0), PyList_New(0)}; /* of the others, of the kind */
    int is_done = lists[0] && lists[1];
    if (numbers_in(&kinds) < count) {
        PyErr_SetString(PyExc_ValueError, "the buffer is too short for the answers");
        is_done = 0;
    }
    is_done = is_done && (bytes = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(Handle)));
    for (Py_ssize_t at = 0; is_done && at < count; at++) {
        int is_kind = ((int32_t *)kinds.buf)[at] == kind;
        PyObject *place = PyLong_FromSsize_t(at);
        is_done = place && PyList_Append(lists[is_kind], place) == 0;
        Py_XDECREF(place);
        if (is_kind) ((Handle *)PyBytes_AS_STRING(bytes))[found++] = ((Handle *)handles.buf)[at];
    }
    is_done = is_done && _PyBytes_Resize(&bytes, found * (Py_ssize_t)sizeof(Handle)) == 0;
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&handles);
    if (is_done) return Py_BuildValue("(NNN)", bytes, lists[1], lists[0]);
    Py_XDECREF(bytes);
    Py_XDECREF(lists[0]);
    Py_XDECREF(lists[1]);
    return NULL;
}

/* What is asked of an object and of what it is clipped to. */
typedef struct {
    int (*bounds)(Handle, float *, float *, float *, float *);
    Handle (*clip)(Handle);
    int (*paths)(Handle);
    int (*segments)(Handle, int);
    Handle (*segment)(Handle, int, int);
    int (*point)(Handle, float *, float *);
} Clips;

/* What the bounds of all paths of a clip have in common: left, bottom, right, top. */
static void clipped_to(const Clips *ask, Handle clip, int paths, float *area) {
    area[0] = area[1] = -INFINITY, area[2] = area[3] = INFINITY;
    for (int path = 0; path < paths; path++) {
        float box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, x, y;
        int count = ask->segments(clip, path);
        for (int at = 0; at < count; at++) {
            Handle segment = ask->segment(clip, path, at);
            if (!segment || !ask->point(segment, &x, &y)) continue;
            if (x < box[0]) box[0] = x;
            if (y < box[1]) box[1] = y;
            if (x > box[2]) box[2] = x;
            if (y > box[3]) box[3] = y;
        }
        for (int side = 0; side < 2; side++) {
            if (box[side] > area[side]) area[side] = box[side];
            if (box[side + 2] < area[side + 2]) area[side + 2] = box[side + 2];
        }
    }
}

/* Which objects reach over the bounds of what they are clipped to, and these. Those that follow one another mostly share it: then
the last path of both clips begins with the same segment, and is not looked at again. */
static PyObject *beyond_clips(PyObject *module, PyObject *arguments) {
    Py_buffer functions, handles;
    double slack;
    if (!PyArg_ParseTuple(arguments, "y*y*d", &functions, &handles, &slack)) return NULL;
    PyObject *answer = NULL;
    Clips ask;
    if (functions.len != sizeof ask) PyErr_SetString(PyExc_ValueError, "six functions are needed");
    else {
        memcpy(&ask, functions.buf, sizeof ask);
        answer = PyList_New(0);
    }
    Handle shared = NULL;
    int shared_paths = 0;
    float area[4], box[4];
    for (Py_ssize_t at = 0; answer && at < handles_in(&handles); at++) {
        Handle one = ((Handle *)handles.buf)[at], clip = ask.clip(one);
        int paths = clip ? ask.paths(clip) : 0;
        if (paths <= 0 || !ask.bounds(one, box, box + 1, box + 2, box + 3)) continue;
        Handle segment = ask.segment(clip, paths - 1, 0);
        if (!segment || segment != shared || paths != shared_paths) {
            clipped_to(&ask, clip, paths, area);
            shared = segment, shared_paths = paths;
        }
        if (box[0] < area[0] - slack || box[1] < area[1] - slack || box[2] > area[2] + slack ||
            box[3] > area[3] + slack) {
            PyObject *told = Py_BuildValue("(ndddd)", at, (double)area[0], (double)area[1], (double)area[2],
                                           (double)area[3]);
            if (!told || PyList_Append(answer, told) < 0) Py_CLEAR(answer);
            Py_XDECREF(told);
        }
    }
    PyBuffer_Release(&functions);
    PyBuffer_Release(&handles);
    return answer;
}

static PyMethodDef methods[] = {
    {"ints", ints, METH_VARARGS, NULL},   {"floats", floats, METH_VARARGS, NULL}, {"pairs", pairs, METH_VARARGS, NULL},
    {"fours", fours, METH_VARARGS, NULL}, {"parts", parts, METH_VARARGS, NULL},
    {"floats_of", floats_of, METH_VARARGS, NULL}, {"texts", texts, METH_VARARGS, NULL},
    {"parted", parted, METH_VARARGS, NULL}, {"beyond_clips", beyond_clips, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "pdfium_loops", "PDFium's questions, asked of many things in one call.", -1, methods,
};

PyMODINIT_FUNC PyInit_pdfium_loops(void) { return PyModule_Create(&definition); }
