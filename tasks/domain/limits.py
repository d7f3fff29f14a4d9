"""What one file may cost: the limits that readers keep and that workers enforce; `county.toml` can change them."""

from dataclasses import dataclass

__all__ = ["ParseLimits"]


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Upper bounds for reading one file; whatever goes past one is quarantined with the limit's name.

    A township report has 3 to 40 pages; the defaults leave room for a yearbook and refuse what only hurts. Readers
    keep `pages`, `pixels`, `decompressed_bytes`, `members` and `nesting`; `seconds`, `memory_bytes` and `file_bytes`
    are kept from outside, by the workers, since a reader that hangs cannot look at the clock.

    Attributes:
        seconds: wall time for one file in its worker. A page by OCR takes 2 to 6 s on one core.
        memory_bytes: address space that one file may add to its worker.
        pages: pages of a PDF, frames of a TIFF, pages of an OFD.
        pixels: pixels of one image or one rendered page; A4 at 600 dpi has 35 million, A3 at 600 dpi 70 million.
        pictures: pictures among the text of one file that are read by OCR; those beyond are not. 0 reads none.
        decompressed_bytes: bytes out of one archive, package or compressed stream.
        members: members of one archive, inner archives counted.
        nesting: how deep archives, mails and their attachments may lie in one another.
        file_bytes: size of the file itself.
    """

    seconds: float = 600.0
    memory_bytes: int = 2 * 1024**3
    pages: int = 2_000
    pixels: int = 100_000_000
    decompressed_bytes: int = 1024**3
    members: int = 2_000
    nesting: int = 3
    file_bytes: int = 200 * 1024**2
    pictures: int = 40
