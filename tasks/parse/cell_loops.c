/* What is worked out for each rule and cell of a table, and the records that say where things stand.

These are the functions of python_cell_loops.py, with the same names, arguments and answers. Numbers are worked out in
64 bits as Python works them out.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

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

/* Rules as they are found: where each is, from where and to where it goes. */
typedef struct {
    double *numbers;
    Py_ssize_t count, room;
    int is_full; /* no memory */
} Rules;

static void add(Rules *to, double at, double first, double last) {
    if (to->count + 3 > to->room) {
        Py_ssize_t room = 2 * to->room + 96;
        double *larger = PyMem_Realloc(to->numbers, (size_t)room * sizeof *larger);
        if (!larger) {
            to->is_full = 1;
            return;
        }
        to->numbers = larger, to->room = room;
    }
    double *rule = to->numbers + to->count;
    rule[0] = at, rule[1] = first, rule[2] = last;
    to->count += 3;
}

#define LEAST(one, other) ((other) < (one) ? (other) : (one))
#define MOST(one, other) ((other) > (one) ? (other) : (one))
#define MOVE 2 /* PDFium's numbers of segments: FPDF_SEGMENT_MOVETO, FPDF_SEGMENT_BEZIERTO */
#define CURVE 1
#define CORNERS 5

/* From a path's own space to the page as it is shown, and how straight and how long rules are. */
typedef struct {
    double a, b, c, d, e, f, straight, shortest;
} Way;

static Way then(Way first, const double *g) {
    Way both = {first.a * g[0] + first.b * g[2], first.a * g[1] + first.b * g[3],
                first.c * g[0] + first.d * g[2], first.c * g[1] + first.d * g[3],
                first.e * g[0] + first.f * g[2] + g[4], first.e * g[1] + first.f * g[3] + g[5],
                first.straight, first.shortest};
    return both;
}

static void add_stroke(const Way *way, double x, double y, double to_x, double to_y, Rules *level, Rules *plumb) {
    double width = fabs(to_x - x), height = fabs(to_y - y);
    if (height <= way->straight && width >= way->shortest) add(level, y, LEAST(x, to_x), MOST(x, to_x));
    else if (width <= way->straight && height >= way->shortest) add(plumb, x, LEAST(y, to_y), MOST(y, to_y));
}

/* Whether five points go round a rectangle, level or plumb. */
static int is_rectangle(const float *p) {
    if (p[0] != p[8] || p[1] != p[9]) return 0;
    return (p[3] == p[1] && p[4] == p[2] && p[7] == p[5] && p[6] == p[0]) ||
           (p[2] == p[0] && p[5] == p[3] && p[6] == p[4] && p[7] == p[1]);
}

static void add_sides(const float *p, const Way *way, Rules *level, Rules *plumb) {
    double x = way->a * p[0] + way->c * p[1] + way->e, y = way->b * p[0] + way->d * p[1] + way->f;
    double x2 = way->a * p[4] + way->c * p[5] + way->e, y2 = way->b * p[4] + way->d * p[5] + way->f;
    if (way->b == 0 && way->c == 0) {
        double left = LEAST(x, x2), right = MOST(x, x2), top = LEAST(y, y2), bottom = MOST(y, y2);
        if (right - left >= way->shortest) add(level, y, left, right), add(level, y2, left, right);
        if (bottom - top >= way->shortest) add(plumb, x2, top, bottom), add(plumb, x, top, bottom);
        return;
    }
    for (int corner = 1; corner < CORNERS; corner++) {
        double across = p[2 * corner], up = p[2 * corner + 1];
        double to_x = way->a * across + way->c * up + way->e, to_y = way->b * across + way->d * up + way->f;
        add_stroke(way, x, y, to_x, to_y, level, plumb);
        x = to_x, y = to_y;
    }
}

static void add_path(const float *points, const int32_t *kinds, const int32_t *closes, Py_ssize_t count,
                     const Way *way, Rules *level, Rules *plumb) {
    double first_x = 0.0, first_y = 0.0, x = 0.0, y = 0.0;
    int controls = 0;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (kinds[at] == CURVE && controls < 2) { /* two control points, then the end of the curve */
            controls++;
            continue;
        }
        controls = 0;
        double across = points[2 * at], up = points[2 * at + 1], before_x = x, before_y = y;
        x = way->a * across + way->c * up + way->e, y = way->b * across + way->d * up + way->f;
        if (kinds[at] == MOVE) {
            first_x = x, first_y = y;
            continue;
        }
        add_stroke(way, before_x, before_y, x, y, level, plumb);
        int is_last = at + 1 == count || kinds[at + 1] == MOVE;
        if (is_last && (x != first_x || y != first_y) && (before_x != first_x || before_y != first_y) && closes[at])
            add_stroke(way, x, y, first_x, first_y, level, plumb);
    }
}

static PyObject *bytes_of(const Rules *rules) {
    return PyBytes_FromStringAndSize((char *)rules->numbers, rules->count * (Py_ssize_t)sizeof(double));
}

static PyObject *rules_of_points(PyObject *module, PyObject *arguments) {
    Py_buffer counts, points, kinds, closes, matrices, frames;
    double shown[6], straight, shortest;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*y*y*(dddddd)dd", &counts, &points, &kinds, &closes, &matrices, &frames,
                          shown, shown + 1, shown + 2, shown + 3, shown + 4, shown + 5, &straight, &shortest))
        return NULL;
    Py_ssize_t paths = counts.len / 4, all = 0, start = 0;
    const int32_t *count = counts.buf;
    for (Py_ssize_t at = 0; at < paths; at++) all += count[at] > 0 ? count[at] : 0;
    int fits = points.len / 8 >= all && matrices.len / 24 >= paths && frames.len / 48 >= paths;
    int has_kinds = kinds.len / 4 >= all && closes.len / 4 >= all, needs_kinds = 0;
    Rules level = {0}, plumb = {0};
    for (Py_ssize_t at = 0; fits && !needs_kinds && at < paths; start += count[at] > 0 ? count[at] : 0, at++) {
        const float *own = (float *)matrices.buf + 6 * at, *corners = (float *)points.buf + 2 * start;
        Way way = {own[0], own[1], own[2], own[3], own[4], own[5], straight, shortest};
        way = then(then(way, (double *)frames.buf + 6 * at), shown);
        if (count[at] == CORNERS && is_rectangle(corners)) add_sides(corners, &way, &level, &plumb);
        else if (count[at] > 0 && has_kinds)
            add_path(corners, (int32_t *)kinds.buf + start, (int32_t *)closes.buf + start, count[at], &way, &level,
                     &plumb);
        else needs_kinds = count[at] > 0;
    }
    PyObject *answer = NULL;
    if (!fits) PyErr_SetString(PyExc_ValueError, "the buffers are too short");
    else if (level.is_full || plumb.is_full) PyErr_NoMemory();
    else if (needs_kinds) answer = Py_NewRef(Py_None);
    else answer = Py_BuildValue("(NN)", bytes_of(&level), bytes_of(&plumb));
    PyMem_Free(level.numbers), PyMem_Free(plumb.numbers);
    PyBuffer_Release(&counts), PyBuffer_Release(&points), PyBuffer_Release(&kinds), PyBuffer_Release(&closes);
    PyBuffer_Release(&matrices), PyBuffer_Release(&frames);
    return answer;
}

/* A rule: where it is, and from where to where it goes. */
typedef struct {
    double at, first, last;
} Rule;

static int by_place(const void *one, const void *other) {
    const Rule *a = one, *b = other;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return a->last < b->last ? -1 : a->last > b->last;
}

static int by_start(const void *one, const void *other) {
    const Rule *a = one, *b = other;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return a->last < b->last ? -1 : a->last > b->last;
}

static int added_rule(PyObject *to, double at, double first, double last) {
    PyObject *one = Py_BuildValue("(ddd)", at, first, last);
    int done = one && PyList_Append(to, one) == 0;
    Py_XDECREF(one);
    return done;
}

/* Add what a group of rules that lie side by side is: one in their middle, or more where they do not touch. */
static int added_group(PyObject *to, Rule *group, Py_ssize_t count, double snap) {
    double middle = 0.0;
    for (Py_ssize_t at = 0; at < count; at++) middle += group[at].at;
    middle /= (double)count;
    qsort(group, (size_t)count, sizeof *group, by_start);
    double first = group[0].first, last = group[0].last;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (group[at].first <= last + snap) {
            if (group[at].last > last) last = group[at].last;
            continue;
        }
        if (last - first >= snap && !added_rule(to, middle, first, last)) return 0;
        first = group[at].first, last = group[at].last;
    }
    return last - first < snap || added_rule(to, middle, first, last);
}

static PyObject *merged_rules(PyObject *module, PyObject *arguments) {
    Py_buffer given;
    double snap;
    if (!PyArg_ParseTuple(arguments, "y*d", &given, &snap)) return NULL;
    Py_ssize_t count = given.len / (Py_ssize_t)sizeof(Rule);
    Rule *rules = PyMem_New(Rule, count ? count : 1);
    PyObject *answer = rules ? PyList_New(0) : PyErr_NoMemory();
    if (answer) {
        memcpy(rules, given.buf, (size_t)count * sizeof *rules);
        qsort(rules, (size_t)count, sizeof *rules, by_place);
    }
    for (Py_ssize_t start = 0, end = 1; answer && start < count; end++) {
        if (end < count && rules[end].at <= rules[end - 1].at + snap) continue;
        /* The group is sorted anew, but what ends the next one is compared with rules after it only. */
        if (!added_group(answer, rules + start, end - start, snap)) Py_CLEAR(answer);
        start = end;
    }
    PyMem_Free(rules), PyBuffer_Release(&given);
    return answer;
}

static PyMethodDef methods[] = {
    {"record", (PyCFunction)(void (*)(void))record, METH_FASTCALL, NULL},
    {"boxes_of", boxes_of, METH_VARARGS, NULL},
    {"boxes_between", boxes_between, METH_VARARGS, NULL}, {"runs_in_cells", runs_in_cells, METH_VARARGS, NULL},
    {"quads_of", quads_of, METH_O, NULL}, {"rules_of_points", rules_of_points, METH_VARARGS, NULL},
    {"merged_rules", merged_rules, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "cell_loops", "What is worked out for each rule and cell, and records.", -1, methods,
};

PyMODINIT_FUNC PyInit_cell_loops(void) { return PyModule_Create(&definition); }
