/* What is worked out for each character of a text: its lines, and what its characters are.

These are the functions of python_text_loops.py, with the same names, arguments and answers.
*/

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define PRINTED 1 /* flags of a line: all of its characters are printed (blanks, too) … */
#define WHOLE 2   /* … and none is a blank */

/* Add a line, given where it begins and ends; blanks around it do not count. */
static int added_line(PyObject *to, PyObject *text, Py_ssize_t first, Py_ssize_t end, int32_t *span, char *flags) {
    int kind = PyUnicode_KIND(text), is_printed = 1, has_blank = 0;
    const void *words = PyUnicode_DATA(text);
    while (first < end && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, first))) first++;
    while (first < end && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, words, end - 1))) end--;
    if (first == end) return 0;
    for (Py_ssize_t at = first; is_printed && at < end; at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at);
        is_printed = Py_UNICODE_ISPRINTABLE(one);
        has_blank |= one == ' ';
    }
    span[0] = (int32_t)first, span[1] = (int32_t)(end - first);
    *flags = (char)((is_printed ? PRINTED : 0) | (is_printed && !has_blank ? WHOLE : 0));
    PyObject *line = PyUnicode_Substring(text, first, end);
    int done = line && PyList_Append(to, line) == 0 ? 1 : -1;
    Py_XDECREF(line);
    return done;
}

static PyObject *lines_of(PyObject *module, PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "a text is needed");
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), most = 1, start = 0, count = 0;
    for (Py_ssize_t at = 0; at < length; at++) most += PyUnicode_READ(kind, words, at) == '\n';
    PyObject *lines = PyList_New(0), *spans = PyBytes_FromStringAndSize(NULL, 8 * most);
    PyObject *flags = PyBytes_FromStringAndSize(NULL, most);
    int added = lines && spans && flags ? 0 : -1;
    for (Py_ssize_t at = 0; added >= 0 && at <= length; at++) {
        int ends = at == length || (PyUnicode_READ(kind, words, at) == '\r' && at + 1 < length &&
                                    PyUnicode_READ(kind, words, at + 1) == '\n');
        if (!ends) continue;
        added = added_line(lines, text, start, at, (int32_t *)PyBytes_AS_STRING(spans) + 2 * count,
                           PyBytes_AS_STRING(flags) + count);
        count += added > 0;
        start = at + 2;
    }
    if (added < 0 || _PyBytes_Resize(&spans, 8 * count) < 0 || _PyBytes_Resize(&flags, count) < 0) {
        Py_XDECREF(lines), Py_XDECREF(spans), Py_XDECREF(flags);
        return NULL;
    }
    return Py_BuildValue("(NNN)", lines, spans, flags);
}

static PyObject *count_among(PyObject *module, PyObject *arguments) {
    PyObject *text, *letters;
    if (!PyArg_ParseTuple(arguments, "UU", &text, &letters)) return NULL;
    int kind = PyUnicode_KIND(text), kind_of_letters = PyUnicode_KIND(letters);
    const void *words = PyUnicode_DATA(text), *wanted = PyUnicode_DATA(letters);
    uint64_t some = 0; /* a bit for the last six bits of each letter: most characters are none of them */
    for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(letters); at++)
        some |= (uint64_t)1 << (PyUnicode_READ(kind_of_letters, wanted, at) & 63);
    Py_ssize_t count = 0;
    for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(text); at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at);
        if (!(some >> (one & 63) & 1)) continue;
        for (Py_ssize_t letter = 0; letter < PyUnicode_GET_LENGTH(letters); letter++)
            if (PyUnicode_READ(kind_of_letters, wanted, letter) == one) {
                count++;
                break;
            }
    }
    return PyLong_FromSsize_t(count);
}

static PyObject *count_in(PyObject *module, PyObject *arguments) {
    PyObject *text;
    Py_buffer bits;
    if (!PyArg_ParseTuple(arguments, "Uy*", &text, &bits)) return NULL;
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    const uint8_t *table = bits.buf;
    Py_ssize_t count = 0;
    for (Py_ssize_t at = 0; at < PyUnicode_GET_LENGTH(text); at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at);
        count += (Py_ssize_t)(one >> 3) < bits.len && table[one >> 3] >> (one & 7) & 1;
    }
    PyBuffer_Release(&bits);
    return PyLong_FromSsize_t(count);
}

static PyObject *translated(PyObject *module, PyObject *arguments) {
    PyObject *text, *table;
    if (!PyArg_ParseTuple(arguments, "UU", &text, &table)) return NULL;
    int kind = PyUnicode_KIND(text), kind_of_table = PyUnicode_KIND(table);
    const void *words = PyUnicode_DATA(text), *others = PyUnicode_DATA(table);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_UCS4 *made = PyMem_New(Py_UCS4, length ? length : 1);
    if (!made) return PyErr_NoMemory();
    for (Py_ssize_t at = 0; at < length; at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at);
        made[at] = (Py_ssize_t)one < PyUnicode_GET_LENGTH(table) ? PyUnicode_READ(kind_of_table, others, one) : one;
    }
    PyObject *answer = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, made, length);
    PyMem_Free(made);
    return answer;
}

static PyObject *masked(PyObject *module, PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "a text is needed");
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), end = 0;
    Py_UCS4 *made = PyMem_New(Py_UCS4, length ? length : 1);
    if (!made) return PyErr_NoMemory();
    for (Py_ssize_t at = 0, was_digit = 0; at < length; at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at);
        int is_digit = Py_UNICODE_ISDECIMAL(one);
        if (!is_digit || !was_digit) made[end++] = is_digit ? '#' : one;
        was_digit = is_digit;
    }
    PyObject *answer = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, made, end);
    PyMem_Free(made);
    return answer;
}

/* Whether a gap between two characters is none that was meant: between a figure and a word, or after a sign. */
static inline int is_han(Py_UCS4 one) { return one >= 0x4e00 && one <= 0x9fff; }

static inline int is_point(Py_UCS4 one) { return one == '.' || one == 0xff0e || one == 0x3001; /* ．、 */ }

static PyObject *without_gaps(PyObject *module, PyObject *text) {
    if (!PyUnicode_Check(text)) return PyErr_Format(PyExc_TypeError, "a text is needed");
    int kind = PyUnicode_KIND(text);
    const void *words = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), end = 0;
    Py_UCS4 *made = PyMem_New(Py_UCS4, length ? length : 1);
    if (!made) return PyErr_NoMemory();
    for (Py_ssize_t at = 0; at < length; at++) {
        Py_UCS4 one = PyUnicode_READ(kind, words, at), before, after;
        Py_ssize_t next = at;
        while (next < length && ((one = PyUnicode_READ(kind, words, next)) == ' ' || one == 0x3000)) next++;
        if (next > at && at > 0 && next < length) {
            before = PyUnicode_READ(kind, words, at - 1), after = PyUnicode_READ(kind, words, next);
            int is_after_digit = Py_UNICODE_ISDECIMAL(before) && (is_han(after) || is_point(after));
            int is_after_word = (is_han(before) || is_point(before) || before == 0xff09) && /* ） */
                                (is_han(after) || Py_UNICODE_ISDECIMAL(after));
            if (is_after_digit || is_after_word) at = next;
        }
        for (; at < next; at++) made[end++] = PyUnicode_READ(kind, words, at);
        if (at < length) made[end++] = PyUnicode_READ(kind, words, at);
    }
    PyObject *answer = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, made, end);
    PyMem_Free(made);
    return answer;
}

static PyMethodDef methods[] = {
    {"lines_of", lines_of, METH_O, NULL}, {"count_among", count_among, METH_VARARGS, NULL},
    {"count_in", count_in, METH_VARARGS, NULL}, {"translated", translated, METH_VARARGS, NULL},
    {"masked", masked, METH_O, NULL}, {"without_gaps", without_gaps, METH_O, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "text_loops", "What is worked out for each character of a text.", -1, methods,
};

PyMODINIT_FUNC PyInit_text_loops(void) { return PyModule_Create(&definition); }
