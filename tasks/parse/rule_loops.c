/* What is worked out for each rule of a page: where paths draw some, which are one, and which cross.

These are the functions of python_rule_loops.py, with the same names, arguments and answers. Numbers are worked out in
64 bits as Python works them out.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

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

/* The rules in a list of (where, from, to), as an array that is to be freed; NULL where it holds others. */
static Rule *rules_in(PyObject *list) {
    Rule *rules = PyMem_New(Rule, PyList_GET_SIZE(list) + 1);
    if (!rules) PyErr_NoMemory();
    for (Py_ssize_t at = 0; rules && at < PyList_GET_SIZE(list); at++) {
        PyObject *one = PyList_GET_ITEM(list, at);
        int is_sound = PyTuple_Check(one) && PyTuple_GET_SIZE(one) == 3;
        if (is_sound) {
            rules[at].at = PyFloat_AsDouble(PyTuple_GET_ITEM(one, 0));
            rules[at].first = PyFloat_AsDouble(PyTuple_GET_ITEM(one, 1));
            rules[at].last = PyFloat_AsDouble(PyTuple_GET_ITEM(one, 2));
        } else PyErr_SetString(PyExc_TypeError, "a rule has three numbers");
        if (PyErr_Occurred()) PyMem_Free(rules), rules = NULL;
    }
    return rules;
}

static PyObject *crossings(PyObject *module, PyObject *arguments) {
    PyObject *across, *down, *answer = NULL;
    double snap;
    if (!PyArg_ParseTuple(arguments, "O!O!d", &PyList_Type, &across, &PyList_Type, &down, &snap)) return NULL;
    Py_ssize_t levels = PyList_GET_SIZE(across), plumbs = PyList_GET_SIZE(down);
    Rule *level = rules_in(across), *plumb = level ? rules_in(down) : NULL;
    Py_ssize_t *found = PyMem_New(Py_ssize_t, plumbs + 1);
    if (level && plumb) answer = found ? PyList_New(levels) : PyErr_NoMemory();
    for (Py_ssize_t at = 0; answer && at < levels; at++) {
        Py_ssize_t count = 0;
        for (Py_ssize_t one = 0; one < plumbs; one++)
            if (plumb[one].first <= level[at].at + snap && plumb[one].last >= level[at].at - snap &&
                plumb[one].at >= level[at].first - snap && plumb[one].at <= level[at].last + snap)
                found[count++] = one;
        PyObject *row = PyTuple_New(count);
        for (Py_ssize_t one = 0; row && one < count; one++) {
            PyObject *number = PyLong_FromSsize_t(found[one]);
            if (number) PyTuple_SET_ITEM(row, one, number);
            else Py_CLEAR(row);
        }
        if (row) PyList_SET_ITEM(answer, at, row);
        else Py_CLEAR(answer);
    }
    PyMem_Free(level), PyMem_Free(plumb), PyMem_Free(found);
    return answer;
}

static PyMethodDef methods[] = {
    {"rules_of_points", rules_of_points, METH_VARARGS, NULL}, {"merged_rules", merged_rules, METH_VARARGS, NULL},
    {"crossings", crossings, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "rule_loops", "What is worked out for each rule of a page.", -1, methods,
};

PyMODINIT_FUNC PyInit_rule_loops(void) { return PyModule_Create(&definition); }
