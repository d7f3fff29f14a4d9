"""Data Docs: Great Expectations' own pages about each period, made to open without a network."""

import html
import json
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tasks.domain.errors import Language
from tasks.validate.ready import suites

__all__ = ["DocsSite", "has_pages", "link_to_book"]

# What the pages are about, for the first page of the next run.
_RECORD = "pages.json"
# Where the county book lies; kept from one judgement to the next.
_BOOK = "book.json"
_BODY = re.compile(r"(<body\b[^>]*>)(<p class=\"book\">.*?</p>)?")

# Great Expectations' pages ask outside hosts for scripts, styles, fonts and logos; all of these go. The scripts
# written in the pages call those from outside and go with them, as do the footer and the walk-through that advertise.
_OUTSIDE = re.compile(
    r"<script\b.*?</script>|<footer\b.*?</footer>"
    r"|<(?:link|img)\b[^>]*\b(?:href|src)\s*=\s*[\"']?\s*(?:https?:)?//[^>]*>"
    r"|@import\b[^;]*;?|url\(\s*[\"']?(?:https?:)?//[^)]*\)",
    re.IGNORECASE | re.DOTALL,
)
_OUTSIDE_LINK = re.compile(r"<a\b[^>]*\bhref\s*=\s*[\"']?\s*(?:https?:)?//[^>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_READABLE_BY_ALL = 0o755
_VIEW = {"module_name": "expectations.pages", "class_name": "PageView"}
_STYLE = """<style>
body{font-family:"Noto Sans CJK SC","WenQuanYi Zen Hei","Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:72rem;
line-height:1.5;color:#222;background:#fff;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem;
vertical-align:top;text-align:left;overflow-wrap:anywhere}.collapse{display:block}
.hide-succeeded-validations-column-section-descriptor{display:none}
nav ul,ol.breadcrumb{list-style:none;padding:0}ol.breadcrumb li{display:inline;margin-right:.8rem}
pre{white-space:pre-wrap}.modal,.fa,.fas,button,[data-toggle="collapse"],[class*="bottom-bar"]{display:none}
.card:has(input[type="radio"]){display:none}
.fa-check-circle,.fa-times{display:inline!important;font-style:normal}.fa-check-circle::before{content:"✓";color:#1a6b1a}
.fa-times::before{content:"✗";color:#a40000}
.fail{color:#a40000;font-weight:bold}.pass{color:#1a6b1a}
</style>"""


class DocsSite:
    """Validates frames in one context and, given a folder, publishes what it found there."""

    def __init__(self, folder: Path | None, language: Language) -> None:
        self._folder = folder
        self._language = language
        self._results: list[tuple[str, Any]] = []
        self._context: Any = None
        self._staging: Path | None = None

    def validate(self, suite: Any, frame: Any, index_columns: list[str]) -> Any:
        """Return Great Expectations' result of `suite` over the pandas `frame`, every failing row with its index."""
        import great_expectations as gx

        context = self.open()
        name = suite.name
        suite = context.suites.add(suite)
        asset = context.data_sources.add_pandas(name=name).add_dataframe_asset(name=name)
        batch = asset.add_batch_definition_whole_dataframe(name)
        definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
        result_format: dict[str, Any] = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
        if index_columns:
            result_format["unexpected_index_column_names"] = index_columns
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(name=name, validation_definitions=[definition], actions=[], result_format=result_format)
        )
        outcome = checkpoint.run(batch_parameters={"dataframe": frame})
        result = next(iter(outcome.run_results.values()))
        self._results.append((name, result))
        return result

    @property
    def has_pages(self) -> bool:
        """Whether pages are made of what is found."""
        return self._folder is not None

    def publish(self, kept: Collection[str] = ()) -> Path | None:
        """Put the new pages in place of the old ones and return the first; None without a folder or a validation.

        Pages of the periods `kept` stay as they are.
        """
        if self._folder is None or self._staging is None:
            return None
        # All at once, not by an action of each checkpoint, and without its index, whose place ours takes.
        self._context.build_data_docs(site_names=["county"], build_index=False)
        for page in self._staging.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            inside = _OUTSIDE_LINK.sub(r"\1", _OUTSIDE.sub("", text))
            page.write_text(inside.replace("</head>", f"{_STYLE}</head>", 1), encoding="utf-8")
        for sheet in self._staging.rglob("*.css"):
            sheet.write_text(_OUTSIDE.sub("", sheet.read_text(encoding="utf-8")), encoding="utf-8")
        pages = [_page_of(self._staging, name, result) for name, result in self._results]
        pages = sorted([*_keep(self._folder, self._staging, kept), *pages], key=lambda one: one["name"])
        (self._staging / _RECORD).write_text(json.dumps(pages, ensure_ascii=False, indent=1), encoding="utf-8")
        (self._staging / "index.html").write_text(self._index(pages), encoding="utf-8")
        if (book := self._folder / _BOOK).is_file():
            link_to_book(self._staging, json.loads(book.read_text(encoding="utf-8"))["address"], self._language)
        self._staging.chmod(_READABLE_BY_ALL)
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._staging.rename(self._folder)
        self._staging = None
        return self._folder / "index.html"

    def __enter__(self) -> "DocsSite":
        return self

    def __exit__(self, *_: object) -> None:
        """Remove pages that were not published: a judgement that fails leaves the old pages and nothing beside."""
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)

    def _index(self, pages: Sequence[Mapping[str, Any]]) -> str:
        zh = self._language == "zh"
        heads = ("审核内容", "结果", "检查项", "未通过项", "未通过记录") if zh else (
            "Suite", "Result", "Checks", "Failed checks", "Failing rows"
        )  # fmt: skip
        rows = "".join(self._index_row(page) for page in pages)
        title = "审核文档 Data Docs" if zh else "Data Docs"
        return (
            f'<!DOCTYPE html><html lang="{self._language}"><head><meta charset="utf-8"><title>{title}</title>{_STYLE}'
            f"</head><body><h1>{title}</h1><table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}"
            "</table></body></html>"
        )

    def _index_row(self, page: Mapping[str, Any]) -> str:
        words = ("通过", "未通过") if self._language == "zh" else ("passed", "failed")
        good = page["success"]
        return (
            f'<tr><td><a href="{quote(page["page"])}">{html.escape(page["name"])}</a></td>'
            f'<td class="{"pass" if good else "fail"}">{words[0] if good else words[1]}</td>'
            f"<td>{page['checks']}</td><td>{page['failed']}</td><td>{page['rows']}</td></tr>"
        )

    def open(self) -> Any:
        """Return the context, made on first use; suites can only be built once there is one."""
        if self._context is None:
            self._context = suites().new_context()
            if self._folder is not None:
                self._folder.parent.mkdir(parents=True, exist_ok=True)
                self._staging = Path(tempfile.mkdtemp(prefix=".data_docs-", dir=self._folder.parent))
                for site in list(self._context.get_site_names()):
                    self._context.delete_data_docs_site(site)
                self._context.add_data_docs_site(
                    site_name="county",
                    site_config={
                        "class_name": "SiteBuilder",
                        "store_backend": {
                            "class_name": "TupleFilesystemStoreBackend",
                            "base_directory": str(self._staging),
                        },
                        "site_section_builders": {
                            "expectations": {"view": _VIEW},
                            "validations": {"view": _VIEW},
                            "profiling": "none",
                        },
                    },
                )
        return self._context


def has_pages(folder: Path) -> bool:
    """Return whether `folder` has pages that a later judgement can keep."""
    return (folder / _RECORD).exists()


def link_to_book(folder: Path, address: str, language: Language) -> None:
    """Put a link to the county book at the head of every page; later judgements keep it.

    `address` is that of the book's folder: absolute, or as seen from `folder`.
    """
    address = address.rstrip("/")
    words = ("县情册", "审核问题和原文") if language == "zh" else ("county book", "findings and quotes")
    for page in folder.rglob("*.html"):
        base = "" if "://" in address else "../" * (len(page.relative_to(folder).parts) - 1)
        links = " · ".join(
            f'<a href="{html.escape(f"{base}{address}/{target}")}">{word}</a>'
            for target, word in zip(("index.html", "findings/index.html"), words, strict=True)
        )
        text = page.read_text(encoding="utf-8")
        head = f'<p class="book">{links}</p>'
        linked = _BODY.sub(lambda found, head=head: found[1] + head, text, count=1)  # type: ignore[misc]
        if linked != text:
            page.write_text(linked, encoding="utf-8")
    (folder / _BOOK).write_text(json.dumps({"address": address}, ensure_ascii=False), encoding="utf-8")


def _record(folder: Path) -> list[dict[str, Any]]:
    path = folder / _RECORD
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _page_of(root: Path, name: str, result: Any) -> dict[str, Any]:
    """Return what the first page says of a validation."""
    page = next((root / "validations" / name).rglob("*.html"))
    counts = result.statistics
    return {
        "name": name,
        "page": page.relative_to(root).as_posix(),
        "success": bool(result.success),
        "checks": counts["evaluated_expectations"],
        "failed": counts["unsuccessful_expectations"],
        "rows": sum(one.result.get("unexpected_count") or 0 for one in result.results if not one.success),
    }


def _keep(old: Path, new: Path, periods: Collection[str]) -> list[dict[str, Any]]:
    """Copy the pages of `periods` from the site that is replaced; suites are named by their period first."""
    kept = [one for one in _record(old) if one["name"].split(" ")[0] in set(periods)]
    for one in kept:
        for path in (Path("validations") / one["name"], Path("expectations") / f"{one['name']}.html"):
            source, target = old / path, new / path
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    return kept
