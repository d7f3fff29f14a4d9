"""A mended rule of reading has another version, so that no stored figure of the older rule is served for it."""

from pathlib import Path

import pytest

from tasks import extract, native


def test_the_version_names_the_sources_it_reads_by() -> None:
    assert extract.EXTRACTOR_VERSION.endswith(native.hash_of(("tasks/extract",))[:8])


def test_one_changed_letter_in_any_source_changes_the_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tasks" / "extract"
    folder.mkdir(parents=True)
    (folder / "names.py").write_text("RULE = 1\n", encoding="utf-8")
    (folder / "lists.py").write_text("RULE = 2\n", encoding="utf-8")
    monkeypatch.setattr(native, "_ROOT", tmp_path)
    before = native.hash_of(("tasks/extract",))
    (folder / "lists.py").write_text("RULE = 3\n", encoding="utf-8")
    assert native.hash_of(("tasks/extract",)) != before
