"""Words in a PDF's text that nobody sees on the page: they are left out, as hidden words of Word files are.

Only where some are suspect (pdf_suspects: invisible, in the colour of paper, in a layer, covered by what is drawn
later, reaching beyond what they are clipped to) is the page rendered, and its pixels decide.
"""

import math
from array import array

import numpy as np
import numpy.typing as npt

from tasks.parse import pdfium
from tasks.parse.pdf_frame import Frame
from tasks.parse.pdf_suspects import Suspects

__all__ = ["hidden_among"]

_DPI = 100
_PIXELS = 4_000_000
_SEEN = 16  # grey levels by which a pixel differs
_INK = 40  # grey levels between the paper and what stands on it, in a scan too
_SAME_GREY = 16

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.int16]


def hidden_among(
    pdf: int, page: int, textpage: int, count: int, suspects: Suspects, frame: Frame
) -> tuple[npt.NDArray[np.bool_], bool]:
    """Return which characters of a page are not seen, and whether invisible ones stand where something else is.

    Those that do (behind a scan, behind words drawn as curves) are kept: OCR will say whether they are its words.

    Raises:
        pypdfium2.PdfiumError: the page cannot be rendered.
    """
    hidden = np.zeros(count, np.bool_)
    handles: list[int] = pdfium.texts_of_characters(textpage, count).tolist()
    boxes = _boxes(textpage, count)
    asked = suspects.invisible | set(suspects.pale) | suspects.unsure
    among = [at for at, one in enumerate(handles) if one in asked]
    if not among or min(frame.width, frame.height) < 1:
        return hidden, False
    scale = min(_DPI / 72, (_PIXELS / (frame.width * frame.height)) ** 0.5)
    whole = _rendered(page, frame, scale)
    pdfium.set_active(array("Q", asked), False)
    try:
        without = _rendered(page, frame, scale)
    finally:
        pdfium.set_active(array("Q", asked), True)
    inked: dict[int, list[bool]] = {}  # of invisible texts: which of their characters stand where something is
    drawable: dict[int, bool] = {}
    for at, (x0, y0, x1, y1) in zip(among, _on_pixels(boxes[among], frame, scale, whole.shape), strict=True):
        handle = handles[at]
        beneath = without[y0:y1, x0:x1]
        if not beneath.size:
            hidden[at] = True  # beside the page
        elif handle in suspects.invisible:
            inked.setdefault(handle, []).append(int(beneath.max()) - int(beneath.min()) >= _INK)
        elif int(np.abs(whole[y0:y1, x0:x1] - beneath).max()) >= _SEEN:
            continue
        elif handle in suspects.pale and abs(float(np.median(beneath)) - suspects.pale[handle]) < _SAME_GREY:
            hidden[at] = True
        elif handle in suspects.unsure:
            if handle not in drawable:
                # What is clipped away is so when it is drawn alone, too.
                is_embedded = handle in suspects.clipped and pdfium.has_embedded_font(handle)
                drawable[handle] = is_embedded or pdfium.draws_alone(pdf, page, handle)
            hidden[at] = drawable[handle]
    behind = {handle for handle, flags in inked.items() if 2 * sum(flags) >= len(flags)}
    for at in among:
        if handles[at] in inked and handles[at] not in behind:
            hidden[at] = True
    return hidden, bool(behind)


def _boxes(textpage: int, count: int) -> Floats:
    return np.frombuffer(pdfium.boxes_of_characters(textpage, count), np.float32).reshape(count, 4)


def _rendered(page: int, frame: Frame, scale: float) -> Pixels:
    size = max(1, math.ceil(frame.width * scale)), max(1, math.ceil(frame.height * scale))
    return pdfium.render_grey(page, *size).astype(np.int16)


def _on_pixels(boxes: Floats, frame: Frame, scale: float, shape: tuple[int, ...]) -> list[list[int]]:
    """Return left, top, right and bottom of each box among the pixels of the page as it is shown."""
    a, b, c, d, e, f = frame.matrix
    left, top, right, bottom = boxes.T.astype(np.float64)
    xs, ys = (
        np.stack([a * left + c * bottom + e, a * right + c * top + e]),
        np.stack([b * left + d * bottom + f, b * right + d * top + f]),
    )
    sides = np.stack([xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)], axis=1) * scale
    sides = np.nan_to_num(sides, nan=0.0, posinf=0.0, neginf=0.0)
    sides[:, :2], sides[:, 2:] = np.floor(sides[:, :2]), np.ceil(sides[:, 2:])
    height, width = shape
    return np.clip(sides, 0, [width, height, width, height]).astype(int).tolist()  # type: ignore[no-any-return]
