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

/* The parts of a holder by kind: for each wanted kind the handles, and where these stand among all. */
static PyObject *by_kinds(PyObject *module, PyObject *arguments) {
    Address part_of, kind_of, holder;
    Py_ssize_t count;
    Py_buffer kinds;
    if (!PyArg_ParseTuple(arguments, "KKKny*", &part_of, &kind_of, &holder, &count, &kinds)) return NULL;
    Handle (*part)(Handle, int) = (Handle (*)(Handle, int))(uintptr_t)part_of;
    int (*kind)(Handle) = (int (*)(Handle))(uintptr_t)kind_of;
    if (count < 0) count = 0;
    Handle *handles = PyMem_New(Handle, count + 1);
    int32_t *told = PyMem_New(int32_t, count + 1);
    PyObject *answer = handles && told ? PyList_New(0) : PyErr_NoMemory();
    for (Py_ssize_t at = 0; answer && at < count; at++) {
        handles[at] = part((Handle)(uintptr_t)holder, (int)at);
        told[at] = kind(handles[at]);
    }
    for (Py_ssize_t one = 0; answer && one < numbers_in(&kinds); one++) {
        Py_ssize_t found = 0;
        for (Py_ssize_t at = 0; at < count; at++) found += told[at] == ((int32_t *)kinds.buf)[one];
        PyObject *own = PyBytes_FromStringAndSize(NULL, found * (Py_ssize_t)sizeof(Handle));
        PyObject *places = PyBytes_FromStringAndSize(NULL, found * 4), *both = NULL;
        found = 0;
        for (Py_ssize_t at = 0; own && places && at < count; at++) {
            if (told[at] != ((int32_t *)kinds.buf)[one]) continue;
            ((Handle *)PyBytes_AS_STRING(own))[found] = handles[at];
            ((int32_t *)PyBytes_AS_STRING(places))[found++] = (int32_t)at;
        }
        if (own && places) both = PyTuple_Pack(2, own, places);
        if (!both || PyList_Append(answer, both) < 0) Py_CLEAR(answer);
        Py_XDECREF(own), Py_XDECREF(places), Py_XDECREF(both);
    }
    PyMem_Free(handles), PyMem_Free(told), PyBuffer_Release(&kinds);
    return answer;
}

/* The functions that a loop asks, given as a buffer of addresses. */
static int functions_in(const Py_buffer *given, void *ask, Py_ssize_t size) {
    if (given->len == size) return memcpy(ask, given->buf, (size_t)size) != NULL;
    PyErr_SetString(PyExc_ValueError, "another number of functions is needed");
    return 0;
}

/* The text of a page without what has no character at both ends, and how many characters there are. */
static PyObject *text_of(PyObject *module, PyObject *arguments) {
    struct {
        int (*count)(Handle);
        int (*place)(Handle, int);
        int (*text)(Handle, int, int, uint16_t *);
    } ask;
    Address page;
    Py_buffer functions;
    if (!PyArg_ParseTuple(arguments, "y*K", &functions, &page)) return NULL;
    int is_sound = functions_in(&functions, &ask, sizeof ask);
    PyBuffer_Release(&functions);
    if (!is_sound) return NULL;
    Handle of = (Handle)(uintptr_t)page;
    int count = ask.count(of), first = 0, last = count - 1;
    while (first <= last && ask.place(of, first) == -1) first++;
    while (first <= last && ask.place(of, last) == -1) last--;
    if (first > last) return Py_BuildValue("(si)", "", count);
    /* At most two units a character, and the zero at the end. */
    uint16_t *buffer = PyMem_New(uint16_t, 2 * ((Py_ssize_t)last - first + 1) + 1);
    if (!buffer) return PyErr_NoMemory();
    int written = ask.text(of, first, last - first + 1, buffer), order = -1;
    PyObject *text = PyUnicode_DecodeUTF16((char *)buffer, 2 * (Py_ssize_t)(written > 1 ? written - 1 : 0), "ignore",
                                           &order);
    PyMem_Free(buffer);
    return text ? Py_BuildValue("(Ni)", text, count) : NULL;
}

/* Left, top, right and bottom, width, height and quarter turns of a page; None where it has none of these. */
static PyObject *frame_of(PyObject *module, PyObject *arguments) {
    struct {
        int (*turns)(Handle);
        int (*box)(Handle, float *);
        float (*width)(Handle);
        float (*height)(Handle);
    } ask;
    Address page;
    Py_buffer functions;
    if (!PyArg_ParseTuple(arguments, "y*K", &functions, &page)) return NULL;
    int is_sound = functions_in(&functions, &ask, sizeof ask);
    PyBuffer_Release(&functions);
    if (!is_sound) return NULL;
    Handle of = (Handle)(uintptr_t)page;
    float box[4] = {0};
    int turns = ask.turns(of);
    if (!ask.box(of, box) || turns < 0) Py_RETURN_NONE;
    return Py_BuildValue("(ddddddi)", (double)box[0], (double)box[1], (double)box[2], (double)box[3],
                         (double)ask.width(of), (double)ask.height(of), turns);
}

/* What is not plain about texts: 1 how some are painted, 2 that they are see-through or pale, 4 that they are marked. */
static PyObject *peculiar(PyObject *module, PyObject *arguments) {
    struct {
        int (*mode)(Handle);
        int (*colour)(Handle, uint32_t *, uint32_t *, uint32_t *, uint32_t *);
        int (*marks)(Handle);
    } ask;
    Py_buffer functions, handles;
    unsigned int pale;
    if (!PyArg_ParseTuple(arguments, "y*y*I", &functions, &handles, &pale)) return NULL;
    int is_sound = functions_in(&functions, &ask, sizeof ask), found = 0;
    for (Py_ssize_t at = 0; is_sound && at < handles_in(&handles); at++) {
        Handle one = ((Handle *)handles.buf)[at];
        uint32_t red = 0, green = 0, blue = 0, opacity = 255;
        ask.colour(one, &red, &green, &blue, &opacity);
        int is_pale = !opacity || (red >= pale && green >= pale && blue >= pale);
        found |= (ask.mode(one) != 0) | is_pale << 1 | (ask.marks(one) != 0) << 2;
    }
    PyBuffer_Release(&functions), PyBuffer_Release(&handles);
    return is_sound ? PyLong_FromLong(found) : NULL;
}

/* Which paths that are drawn after the place `last` hide what is beneath: filled, opaque, larger than `least`. */
static PyObject *covering(PyObject *module, PyObject *arguments) {
    struct {
        int (*bounds)(Handle, float *, float *, float *, float *);
        int (*mode)(Handle, int *, int *);
        int (*colour)(Handle, uint32_t *, uint32_t *, uint32_t *, uint32_t *);
    } ask;
    Py_buffer functions, paths, places;
    Py_ssize_t last;
    double least;
    if (!PyArg_ParseTuple(arguments, "y*y*y*nd", &functions, &paths, &places, &last, &least)) return NULL;
    int is_sound = functions_in(&functions, &ask, sizeof ask);
    if (is_sound && numbers_in(&places) < handles_in(&paths)) {
        PyErr_SetString(PyExc_ValueError, "the buffer is too short for the answers");
        is_sound = 0;
    }
    PyObject *answer = is_sound ? PyList_New(0) : NULL;
    for (Py_ssize_t at = 0; answer && at < handles_in(&paths); at++) {
        Handle one = ((Handle *)paths.buf)[at];
        float box[4] = {0};
        int fill = 0, stroke = 0;
        uint32_t colour[4] = {0, 0, 0, 255};
        if (((int32_t *)places.buf)[at] <= last) continue;
        ask.bounds(one, box, box + 1, box + 2, box + 3);
        if (!((double)box[2] - box[0] > least && (double)box[3] - box[1] > least)) continue;
        ask.mode(one, &fill, &stroke);
        ask.colour(one, colour, colour + 1, colour + 2, colour + 3);
        if (!fill || colour[3] != 255) continue;
        PyObject *place = PyLong_FromSsize_t(at);
        if (!place || PyList_Append(answer, place) < 0) Py_CLEAR(answer);
        Py_XDECREF(place);
    }
    PyBuffer_Release(&functions), PyBuffer_Release(&paths), PyBuffer_Release(&places);
    return answer;
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
    if (functions_in(&functions, &ask, sizeof ask)) answer = PyList_New(0);
    Handle shared = NULL;
    int shared_paths = 0;
    float area[4] = {0}, box[4];
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
    {"by_kinds", by_kinds, METH_VARARGS, NULL}, {"beyond_clips", beyond_clips, METH_VARARGS, NULL},
    {"text_of", text_of, METH_VARARGS, NULL}, {"frame_of", frame_of, METH_VARARGS, NULL},
    {"peculiar", peculiar, METH_VARARGS, NULL}, {"covering", covering, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "pdfium_loops", "PDFium's questions, asked of many things in one call.", -1, methods,
};

PyMODINIT_FUNC PyInit_pdfium_loops(void) { return PyModule_Create(&definition); }
