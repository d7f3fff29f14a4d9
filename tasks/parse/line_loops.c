/* What is worked out for each character of a page: where lines and their parts begin and end.

These are the functions of python_line_loops.py, with the same names, arguments and answers. Numbers are worked out in
64 bits as Python works them out, and kept in 32 where the buffer that is given has 32.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>

/* A buffer of numbers, of 32 or of 64 bits. */
typedef struct {
    Py_buffer view;
    Py_ssize_t count;
    int is_wide;
} Numbers;

static int opened(PyObject *object, Numbers *numbers) {
    if (PyObject_GetBuffer(object, &numbers->view, PyBUF_FORMAT) < 0) return 0;
    char kind = numbers->view.format ? numbers->view.format[0] : '?';
    if (kind == 'f' || kind == 'd') {
        numbers->is_wide = kind == 'd';
        numbers->count = numbers->view.len / numbers->view.itemsize;
        return 1;
    }
    PyBuffer_Release(&numbers->view);
    PyErr_SetString(PyExc_TypeError, "an array of floats is needed");
    return 0;
}

static inline double number(const Numbers *from, Py_ssize_t at) {
    return from->is_wide ? ((double *)from->view.buf)[at] : ((float *)from->view.buf)[at];
}

/* One line; what `level_lines` of python_line_loops.py says. Returns whether it runs from left to right. */
static int level_line(int kind, const void *words, Py_ssize_t first, Py_ssize_t count, const int32_t *places,
                      const float *boxes, double x, double y, int in_order, float *edges, double *box) {
    double end = 0.0, before = -Py_HUGE_VAL;
    double all[4] = {0}, inked[4] = {0};
    Py_ssize_t seen = 0, flat = 0;
    for (Py_ssize_t at = first; at < first + count; at++) {
        if (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, at))) {
            *edges++ = (float)(end - x);
            Py_ssize_t next = at + 1; /* a line ends with no blank */
            while (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, next))) next++;
            double left = boxes[4 * (places ? places[next] : next)];
            if (left > end) end = left;
            continue;
        }
        const float *rect = boxes + 4 * (places ? places[at] : at);
        double left = rect[0], top = rect[1], right = rect[2], bottom = rect[3];
        if (in_order && (left + right) / 2 < before) return 0;
        before = left;
        *edges++ = (float)(left - x);
        end = right;
        int is_inked = right > left && top > bottom;
        for (int both = 0; both < 2; both++) {
            double *around = both ? inked : all;
            Py_ssize_t earlier = both ? seen - flat : seen;
            if (both && !is_inked) break;
            if (!earlier || left < around[0]) around[0] = left;
            if (!earlier || top > around[1]) around[1] = top;
            if (!earlier || right > around[2]) around[2] = right;
            if (!earlier || bottom < around[3]) around[3] = bottom;
        }
        seen++;
        flat += !is_inked;
    }
    *edges = (float)(end - x);
    const double *around = flat && flat < seen ? inked : all;
    box[0] = around[0] - x, box[1] = y - around[1], box[2] = around[2] - x, box[3] = y - around[3];
    return 1;
}

/* Whether all that `level_line` will look at lies within the buffers, and each line begins and ends with no blank. */
static int fits(PyObject *text, const Py_buffer *spans, const Py_buffer *places, const Py_buffer *boxes,
                const Py_buffer *edges, const Py_buffer *quads) {
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), lines = spans->len / 8, wanted = 0;
    const int32_t *span = spans->buf, *place = places->buf;
    if (places->len && places->len / 4 < length) return 0;
    for (Py_ssize_t at = 0; at < lines; at++) {
        Py_ssize_t first = span[2 * at], last = first + span[2 * at + 1] - 1;
        if (first < 0 || last < first || last >= length) return 0;
        if (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, first))) return 0;
        if (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, last))) return 0;
        for (Py_ssize_t one = first; places->len && one <= last; one++)
            if (place[one] < 0 || place[one] >= boxes->len / 16) return 0;
        if (!places->len && last >= boxes->len / 16) return 0;
        wanted += last - first + 2;
    }
    return edges->len / 4 >= wanted && quads->len / 32 >= lines;
}

static PyObject *level_lines(PyObject *module, PyObject *arguments) {
    PyObject *text, *answer = NULL;
    Py_buffer spans, places, boxes, edges, quads;
    double x, y;
    int in_order;
    if (!PyArg_ParseTuple(arguments, "Uy*y*y*ddpw*w*", &text, &spans, &places, &boxes, &x, &y, &in_order, &edges,
                          &quads))
        return NULL;
    Py_ssize_t lines = spans.len / 8;
    if (!fits(text, &spans, &places, &boxes, &edges, &quads))
        PyErr_SetString(PyExc_ValueError, "the lines do not fit into the buffers");
    else if ((answer = PyBytes_FromStringAndSize(NULL, lines))) {
        const int32_t *span = spans.buf;
        float *edge = edges.buf;
        for (Py_ssize_t at = 0; at < lines; at++) {
            PyBytes_AS_STRING(answer)[at] = (char)level_line(
                PyUnicode_KIND(text), PyUnicode_DATA(text), span[2 * at], span[2 * at + 1],
                places.len ? places.buf : NULL, boxes.buf, x, y, in_order, edge, (double *)quads.buf + 4 * at);
            edge += span[2 * at + 1] + 1;
        }
    }
    PyBuffer_Release(&spans), PyBuffer_Release(&places), PyBuffer_Release(&boxes);
    PyBuffer_Release(&edges), PyBuffer_Release(&quads);
    return answer;
}

/* A character, and where it begins. */
typedef struct {
    double left;
    Py_ssize_t at;
} Place;

static int by_left(const void *one, const void *other) {
    const Place *a = one, *b = other;
    int a_is_none = isnan(a->left) != 0, b_is_none = isnan(b->left) != 0;
    if (a_is_none != b_is_none) return a_is_none - b_is_none;
    if (!a_is_none && a->left != b->left) return a->left < b->left ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* What `from_left_to_right` of python_line_loops.py says, written to `made` and `told`; returns how many there are. */
static Py_ssize_t reordered(PyObject *words, const int32_t *places, const float *boxes, double gap, Place *inked,
                            Py_UCS4 *made, int32_t *told) {
    int kind = PyUnicode_KIND(words);
    const void *text = PyUnicode_DATA(words);
    Py_ssize_t length = PyUnicode_GET_LENGTH(words), count = 0, end = 0, last = -1;
    for (Py_ssize_t at = 0; at < length; at++)
        if (!Py_UNICODE_ISSPACE(PyUnicode_READ(kind, text, at)))
            inked[count].left = boxes[4 * places[at]], inked[count++].at = at;
    qsort(inked, (size_t)count, sizeof *inked, by_left);
    for (Py_ssize_t one = 0; one < count; one++) {
        Py_ssize_t at = inked[one].at, before = at;
        const float *rect = boxes + 4 * places[at];
        while (before > 0 && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, text, before - 1))) before--;
        if (before - 1 == last)
            for (; before < at; before++) made[end] = PyUnicode_READ(kind, text, before), told[end++] = places[at];
        else if (one && (double)rect[0] - boxes[4 * places[last] + 2] > gap * ((double)rect[1] - rect[3]))
            made[end] = ' ', told[end++] = places[at];
        made[end] = PyUnicode_READ(kind, text, at), told[end++] = places[at];
        last = at;
    }
    return end;
}

static PyObject *from_left_to_right(PyObject *module, PyObject *arguments) {
    PyObject *words, *answer = NULL;
    Py_buffer places, boxes;
    double gap;
    if (!PyArg_ParseTuple(arguments, "Uy*y*d", &words, &places, &boxes, &gap)) return NULL;
    Py_ssize_t length = PyUnicode_GET_LENGTH(words);
    int is_sound = places.len / 4 >= length;
    for (Py_ssize_t at = 0; is_sound && at < length; at++)
        is_sound = ((int32_t *)places.buf)[at] >= 0 && ((int32_t *)places.buf)[at] < boxes.len / 16;
    Place *inked = PyMem_New(Place, length + 1);
    Py_UCS4 *made = PyMem_New(Py_UCS4, 2 * length + 1);
    int32_t *told = PyMem_New(int32_t, 2 * length + 1);
    if (!is_sound) PyErr_SetString(PyExc_ValueError, "the lines do not fit into the buffers");
    else if (!inked || !made || !told) PyErr_NoMemory();
    else {
        Py_ssize_t end = reordered(words, places.buf, boxes.buf, gap, inked, made, told);
        answer = Py_BuildValue("(Ny#)", PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, made, end), (char *)told,
                               4 * end);
    }
    PyMem_Free(inked), PyMem_Free(made), PyMem_Free(told);
    PyBuffer_Release(&places), PyBuffer_Release(&boxes);
    return answer;
}

#define WHOLE 2 /* a flag of lines, as text_loops.c tells them: all is printed, and none is a blank */

#define WIDE '?'
#define DIGIT '0'
#define FAR 1e6 /* points; nothing is as high */

/* How long the characters from `first` to before `last` are, taken together. */
static double length_of(const uint8_t *kinds, Py_ssize_t first, Py_ssize_t last, const double *widths) {
    Py_ssize_t wide = 0, digits = 0;
    double rest = 0.0;
    for (Py_ssize_t at = first; at < last; at++) {
        if (kinds[at] == WIDE) wide++;
        else if (kinds[at] == DIGIT) digits++;
        else rest += widths[kinds[at]];
    }
    double length = (wide ? wide * widths[WIDE] : 0.0) + (digits ? digits * widths[DIGIT] : 0.0);
    return length + rest;
}

/* The widths of a size of type, as a new reference; `unknown` makes them where there are none yet. */
static PyObject *widths_of(PyObject *widths, PyObject *size, PyObject *unknown) {
    PyObject *known = PyDict_GetItemWithError(widths, size);
    if (known) return Py_NewRef(known);
    if (PyErr_Occurred() || !(known = PyObject_CallNoArgs(unknown))) return NULL;
    if (PyDict_SetItem(widths, size, known) < 0) Py_CLEAR(known);
    return known;
}

/* Whether `known` says where the last of a line's characters stands; what it does not know yet is learnt. */
static int tells(PyObject *known, const uint8_t *kinds, Py_ssize_t first, Py_ssize_t last, const float *boxes,
                 double slack) {
    Py_buffer view;
    if (PyObject_GetBuffer(known, &view, PyBUF_WRITABLE) < 0) return -1;
    int answer = -1;
    double *widths = view.buf;
    if (view.len < 256 * (Py_ssize_t)sizeof(double)) PyErr_SetString(PyExc_ValueError, "there are too few widths");
    else {
        double length = length_of(kinds, first, last, widths);
        if (Py_IS_NAN(length)) {
            for (Py_ssize_t at = first; at <= last; at++)
                if (Py_IS_NAN(widths[kinds[at]]))
                    widths[kinds[at]] = (double)boxes[4 * at + 2] - (double)boxes[4 * at];
            length = length_of(kinds, first, last, widths);
        }
        answer = fabs((double)boxes[4 * last] - (double)boxes[4 * first] - length) <= slack;
    }
    PyBuffer_Release(&view);
    return answer;
}

/* What `whole_lines` of python_line_loops.py says of one line, as a new reference. */
static PyObject *whole_line(const uint8_t *kinds, Py_ssize_t first, Py_ssize_t last, const float *boxes, double x,
                            double y, double slack, PyObject *widths, PyObject *unknown, double *quad) {
    const float *one = boxes + 4 * first, *other = boxes + 4 * last;
    double left = one[0], top = one[1], right = one[2], bottom = one[3], height = top - bottom;
    if (!(0 < height && height < FAR) || right <= left || fabs((double)other[3] - bottom) > height) Py_RETURN_NONE;
    quad[0] = left - x, quad[1] = y - (other[1] > top ? (double)other[1] : top);
    quad[2] = (double)other[2] - x, quad[3] = y - (other[3] < bottom ? (double)other[3] : bottom);
    PyObject *size = PyLong_FromDouble(rint(height * 8));
    PyObject *known = size ? widths_of(widths, size, unknown) : NULL;
    int is_told = known ? tells(known, kinds, first, last, boxes, slack) : -1;
    if (is_told == 1) {
        Py_DECREF(size);
        return known;
    }
    Py_XDECREF(known);
    if (is_told < 0) Py_CLEAR(size);
    return size;
}

static PyObject *whole_lines(PyObject *module, PyObject *arguments) {
    Py_buffer kinds, spans, flags, boxes, quads;
    double x, y, slack;
    PyObject *widths, *unknown;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*dddO!Ow*", &kinds, &spans, &flags, &boxes, &x, &y, &slack, &PyDict_Type,
                          &widths, &unknown, &quads))
        return NULL;
    Py_ssize_t lines = spans.len / 8, most = boxes.len / 16 < kinds.len ? boxes.len / 16 : kinds.len;
    const int32_t *span = spans.buf;
    int is_sound = quads.len / 32 >= lines && flags.len >= lines;
    for (Py_ssize_t at = 0; is_sound && at < lines; at++)
        is_sound = span[2 * at] >= 0 && span[2 * at + 1] > 0 && (Py_ssize_t)span[2 * at] + span[2 * at + 1] <= most;
    PyObject *answer = NULL;
    if (!is_sound) PyErr_SetString(PyExc_ValueError, "the lines do not fit into the buffers");
    else answer = PyList_New(lines);
    for (Py_ssize_t at = 0; answer && at < lines; at++) {
        Py_ssize_t first = span[2 * at], last = first + span[2 * at + 1] - 1;
        PyObject *one = ((char *)flags.buf)[at] & WHOLE
                            ? whole_line(kinds.buf, first, last, boxes.buf, x, y, slack, widths, unknown,
                                         (double *)quads.buf + 4 * at)
                            : Py_NewRef(Py_None);
        if (one) PyList_SET_ITEM(answer, at, one);
        else Py_CLEAR(answer);
    }
    PyBuffer_Release(&kinds), PyBuffer_Release(&spans), PyBuffer_Release(&flags);
    PyBuffer_Release(&boxes), PyBuffer_Release(&quads);
    return answer;
}

/* Add a tuple of `count` whole numbers to the list `to`. */
static int added(PyObject *to, int count, const Py_ssize_t *numbers) {
    PyObject *one = PyTuple_New(count);
    for (int at = 0; one && at < count; at++) {
        PyObject *value = PyLong_FromSsize_t(numbers[at]);
        if (!value) Py_CLEAR(one);
        else PyTuple_SET_ITEM(one, at, value);
    }
    int done = one && PyList_Append(to, one) == 0;
    Py_XDECREF(one);
    return done;
}

static PyObject *wide_blanks(PyObject *module, PyObject *arguments) {
    PyObject *text, *where;
    Numbers edges;
    double least;
    if (!PyArg_ParseTuple(arguments, "UOd", &text, &where, &least) || !opened(where, &edges)) return NULL;
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    PyObject *answer = NULL;
    if (edges.count <= length) PyErr_SetString(PyExc_ValueError, "a line has more edges than characters");
    else answer = PyList_New(0);
    for (Py_ssize_t at = 0; answer && at < length; at++) {
        if (!Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, at))) continue;
        Py_ssize_t span[2] = {at, at};
        while (span[1] < length && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, span[1]))) span[1]++;
        at = span[1];
        if (number(&edges, span[1]) - number(&edges, span[0]) > least && !added(answer, 2, span)) Py_CLEAR(answer);
    }
    PyBuffer_Release(&edges.view);
    return answer;
}

static PyObject *extent(PyObject *module, PyObject *where) {
    Numbers of;
    if (!opened(where, &of)) return NULL;
    PyObject *answer = NULL;
    if (!of.count) PyErr_SetString(PyExc_ValueError, "there are no numbers");
    else {
        double least = number(&of, 0), most = least;
        for (Py_ssize_t at = 1; at < of.count; at++) {
            double one = number(&of, at);
            if (one < least) least = one;
            if (one > most) most = one;
        }
        answer = Py_BuildValue("(dd)", least, most);
    }
    PyBuffer_Release(&of.view);
    return answer;
}

static PyObject *edges_of_widths(PyObject *module, PyObject *arguments) {
    Py_buffer kinds, widths, edges;
    double at, end;
    if (!PyArg_ParseTuple(arguments, "y*y*ddw*", &kinds, &widths, &at, &end, &edges)) return NULL;
    int is_sound = widths.len >= 256 * (Py_ssize_t)sizeof(double) && edges.len / 4 > kinds.len;
    float *out = edges.buf;
    for (Py_ssize_t one = 0; is_sound && one < kinds.len; one++) {
        *out++ = (float)at;
        at += ((double *)widths.buf)[((uint8_t *)kinds.buf)[one]];
    }
    if (is_sound) *out = (float)end;
    PyBuffer_Release(&kinds), PyBuffer_Release(&widths), PyBuffer_Release(&edges);
    if (is_sound) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffers are too short");
    return NULL;
}

static PyMethodDef methods[] = {
    {"level_lines", level_lines, METH_VARARGS, NULL}, {"wide_blanks", wide_blanks, METH_VARARGS, NULL},
    {"extent", extent, METH_O, NULL}, {"from_left_to_right", from_left_to_right, METH_VARARGS, NULL},
    {"whole_lines", whole_lines, METH_VARARGS, NULL},
    {"edges_of_widths", edges_of_widths, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "line_loops", "Where lines and their parts begin and end.", -1, methods,
};

PyMODINIT_FUNC PyInit_line_loops(void) { return PyModule_Create(&definition); }
