"""Pages set line by line, and what scanners make of them."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from fpdf import FPDF

ROOT = Path(__file__).resolve().parents[2]
FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")


class Sheet(FPDF):
    """A4 pages on which every line is put by its place in points from the top left corner."""

    def __init__(self, size: float = 14) -> None:
        super().__init__(unit="pt", format="A4")
        if not FONT.exists():
            pytest.skip("no Chinese font here (Debian package fonts-wqy-zenhei)")
        self.add_font("zh", fname=str(FONT))
        self.set_font("zh", size=size)
        self.set_auto_page_break(False)

    def lines(self, *lines: str, x: float = 85, y: float = 110, step: float = 26) -> "Sheet":
        for number, line in enumerate(lines):
            indent = 28 if line.startswith("　") else 0
            self.text(x + indent, y + step * number, line.strip("　"))
        return self

    @property
    def data(self) -> bytes:
        return bytes(self.output())


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    return Sheet


@pytest.fixture(scope="session")
def scanner() -> ModuleType:
    """The sample county's scanner and telephone."""
    path = ROOT / "deploy" / "sample_county" / "scanning.py"
    spec = importlib.util.spec_from_file_location("scanning", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scanning"] = module
    spec.loader.exec_module(module)
    return module
