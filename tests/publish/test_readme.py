"""What the READMEs say about reading the warehouse works as it is written there."""

import re
import subprocess
import sys

import pytest

from expectations.catalogue import load_catalogue

COUNTED = {"README.md": r"(\d+) indicators", "README.zh-CN.md": r"(\d+) 个指标"}
HEADINGS = {"README.md": "## Reading the warehouse", "README.zh-CN.md": "## 读取数据仓库"}


@pytest.mark.parametrize("name", HEADINGS)
def test_each_example_reads_the_warehouse_of_the_folder_it_runs_in(repository, warehouse, folder, name):
    text = (repository / name).read_text(encoding="utf-8")
    section = text.split(HEADINGS[name])[1].split("\n## ")[0]
    examples = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        run = subprocess.run(
            [sys.executable, "-c", example],
            cwd=folder.parent, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
            env={"PYTHONUTF8": "1", "PATH": ""},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert "第2镇" in run.stdout, run.stdout
        assert "1200" in run.stdout.replace(",", "")


@pytest.mark.parametrize("name", COUNTED)
def test_the_catalogue_is_as_large_as_they_say(repository, name):
    said = re.findall(COUNTED[name], (repository / name).read_text(encoding="utf-8"))
    assert str(len(load_catalogue())) in said
