/* What is worked out for each cell of a table, and the records that say where things stand.

These are the functions of python_cell_loops.py, with the same names, arguments and answers. Numbers are worked out in
64 bits as Python works them out.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Whether `kind` is a named tuple: one whose instances hold nothing but their items. */
static int is_of_tuples(PyObject *kind) {
    if (PyType_Check(kind) && PyType_IsSubtype((PyTypeObject *)kind, &PyTuple_Type) &&
        ((PyTypeObject *)kind)->tp_basicsize == PyTuple_Type.tp_basicsize)
        return 1;
    PyErr_SetString(PyExc_TypeError, "a named tuple is needed");
    return 0;
}

/* As Python does with plain tuples when it looks for cycles, but at once: what can be in no cycle is not looked at. */
static void untracked(PyObject *made) {
    for (Py_ssize_t at = 0; at < PyTuple_GET_SIZE(made); at++) {
        PyObject *one = PyTuple_GET_ITEM(made, at);
        if (PyObject_IS_GC(one) && (!PyTuple_Check(one) || PyObject_GC_IsTracked(one))) return;
    }
    PyObject_GC_UnTrack(made);
}

static PyObject *record(PyObject *module, PyObject *const *given, Py_ssize_t count) {
    if (count < 1) return PyErr_Format(PyExc_TypeError, "a named tuple is needed");
    if (!is_of_tuples(given[0])) return NULL;
    PyTypeObject *kind = (PyTypeObject *)given[0];
    PyObject *made = kind->tp_alloc(kind, count - 1);
    if (!made) return NULL;
    for (Py_ssize_t at = 1; at < count; at++) PyTuple_SET_ITEM(made, at - 1, Py_NewRef(given[at]));
    untracked(made);
    return made;
}

static PyObject *boxes_between(PyObject *module, PyObject *arguments) {
    PyObject *kind, *lefts, *tops;
    if (!PyArg_ParseTuple(arguments, "OO!O!", &kind, &PyList_Type, &lefts, &PyList_Type, &tops)) return NULL;
    if (!is_of_tuples(kind)) return NULL;
    Py_ssize_t columns = PyList_GET_SIZE(lefts) - 1, count = PyList_GET_SIZE(tops) - 1;
    PyObject *rows = PyTuple_New(count > 0 ? count : 0);
    for (Py_ssize_t at = 0; rows && at < count; at++) {
        PyObject *row = PyTuple_New(columns > 0 ? columns : 0);
        for (Py_ssize_t one = 0; row && one < columns; one++) {
            PyObject *sides[5] = {kind, PyList_GET_ITEM(lefts, one), PyList_GET_ITEM(tops, at),
                                  PyList_GET_ITEM(lefts, one + 1), PyList_GET_ITEM(tops, at + 1)};
            PyObject *box = record(module, sides, 5);
            if (box) PyTuple_SET_ITEM(row, one, box);
            else Py_CLEAR(row);
        }
        if (row) PyTuple_SET_ITEM(rows, at, row);
        else Py_CLEAR(rows);
    }
    return rows;
}

static PyObject *boxes_of(PyObject *module, PyObject *arguments) {
    PyObject *kind;
    Py_buffer quads;
    if (!PyArg_ParseTuple(arguments, "Oy*", &kind, &quads)) return NULL;
    Py_ssize_t count = quads.len / 32;
    PyObject *boxes = is_of_tuples(kind) ? PyList_New(count) : NULL;
    for (Py_ssize_t at = 0; boxes && at < count; at++) {
        PyObject *box = ((PyTypeObject *)kind)->tp_alloc((PyTypeObject *)kind, 4);
        for (Py_ssize_t side = 0; box && side < 4; side++) {
            PyObject *one = PyFloat_FromDouble(((double *)quads.buf)[4 * at + side]);
            if (one) PyTuple_SET_ITEM(box, side, one);
            else Py_CLEAR(box);
        }
        if (box) {
            PyObject_GC_UnTrack(box);
            PyList_SET_ITEM(boxes, at, box);
        } else Py_CLEAR(boxes);
    }
    PyBuffer_Release(&quads);
    return boxes;
}

static PyObject *quads_of(PyObject *module, PyObject *boxes) {
    if (!PyList_Check(boxes)) return PyErr_Format(PyExc_TypeError, "a list of boxes is needed");
    PyObject *quads = PyBytes_FromStringAndSize(NULL, 32 * PyList_GET_SIZE(boxes));
    for (Py_ssize_t at = 0; quads && at < PyList_GET_SIZE(boxes); at++) {
        PyObject *box = PyList_GET_ITEM(boxes, at);
        double *quad = (double *)PyBytes_AS_STRING(quads) + 4 * at;
        int is_sound = PyTuple_Check(box) && PyTuple_GET_SIZE(box) == 4;
        if (!is_sound) PyErr_SetString(PyExc_TypeError, "a box has four sides");
        for (Py_ssize_t side = 0; is_sound && side < 4; side++) quad[side] = PyFloat_AsDouble(PyTuple_GET_ITEM(box, side));
        if (PyErr_Occurred()) Py_CLEAR(quads);
    }
    return quads;
}

static inline double number(const Py_buffer *from, Py_ssize_t at) {
    return from->itemsize == 8 ? ((double *)from->buf)[at] : ((float *)from->buf)[at];
}

/* A buffer of numbers of 32 or of 64 bits. */
static int opened(PyObject *object, Py_buffer *view) {
    if (PyObject_GetBuffer(object, view, PyBUF_FORMAT) < 0) return 0;
    char kind = view->format ? view->format[0] : '?';
    if (kind == 'f' || kind == 'd') return 1;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_TypeError, "an array of floats is needed");
    return 0;
}

/* Add what stands between two offsets of a line, the cell it is in, and from where to where it goes. */
static int added_run(PyObject *to, Py_ssize_t start, Py_ssize_t end, Py_ssize_t cell, const Py_buffer *edges) {
    double least = number(edges, start), most = least;
    for (Py_ssize_t at = start + 1; at <= end; at++) {
        double one = number(edges, at);
        if (one < least) least = one;
        if (one > most) most = one;
    }
    PyObject *run = PyTuple_New(5), *parts[5] = {PyLong_FromSsize_t(start), PyLong_FromSsize_t(end),
                                                 PyLong_FromSsize_t(cell), PyFloat_FromDouble(least),
                                                 PyFloat_FromDouble(most)};
    int done = run != NULL;
    for (int at = 0; at < 5; at++) {
        done = done && parts[at];
        if (run) PyTuple_SET_ITEM(run, at, parts[at]);
        else Py_XDECREF(parts[at]);
    }
    done = done && PyList_Append(to, run) == 0;
    Py_XDECREF(run);
    return done;
}

static PyObject *runs_in_cells(PyObject *module, PyObject *arguments) {
    PyObject *text, *where, *quads, *answer = NULL;
    Py_buffer edges, cells;
    double middle, slack;
    if (!PyArg_ParseTuple(arguments, "UOdOd", &text, &where, &middle, &quads, &slack)) return NULL;
    if (!opened(where, &edges)) return NULL;
    if (!opened(quads, &cells)) {
        PyBuffer_Release(&edges);
        return NULL;
    }
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), count = cells.len / cells.itemsize / 4, level = 0;
    Py_ssize_t start = 0, end = 0, in = -2;
    Py_ssize_t *beside = PyMem_New(Py_ssize_t, count ? count : 1); /* the cells that are level with the line */
    if (!beside) PyErr_NoMemory();
    else if (edges.len / edges.itemsize <= length)
        PyErr_SetString(PyExc_ValueError, "a line has more edges than characters");
    else answer = PyList_New(0);
    for (Py_ssize_t at = 0; answer && at < count; at++)
        if (number(&cells, 4 * at + 1) - slack <= middle && middle <= number(&cells, 4 * at + 3) + slack)
            beside[level++] = at;
    for (Py_ssize_t at = 0; answer && level && at < length; at++) {
        if (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, at))) continue;
        double place = (number(&edges, at) + number(&edges, at + 1)) / 2;
        Py_ssize_t now = -1;
        for (Py_ssize_t one = 0; one < level && now < 0; one++)
            if (number(&cells, 4 * beside[one]) <= place && place <= number(&cells, 4 * beside[one] + 2))
                now = beside[one];
        if (now != in) {
            if (in != -2 && !added_run(answer, start, end, in, &edges)) Py_CLEAR(answer);
            start = at, in = now;
        }
        end = at + 1;
    }
    if (answer && in != -2 && !added_run(answer, start, end, in, &edges)) Py_CLEAR(answer);
    if (answer && !level) {
        Py_CLEAR(answer);
        answer = Py_NewRef(Py_None);
    }
    PyMem_Free(beside);
    PyBuffer_Release(&edges), PyBuffer_Release(&cells);
    return answer;
}

static PyMethodDef methods[] = {
    {"record", (PyCFunction)(void (*)(void))record, METH_FASTCALL, NULL},
    {"boxes_of", boxes_of, METH_VARARGS, NULL},
    {"boxes_between", boxes_between, METH_VARARGS, NULL}, {"runs_in_cells", runs_in_cells, METH_VARARGS, NULL},
    {"quads_of", quads_of, METH_O, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "cell_loops", "What is worked out for each cell, and records.", -1, methods,
};

PyMODINIT_FUNC PyInit_cell_loops(void) { return PyModule_Create(&definition); }
