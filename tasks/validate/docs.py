"""Data Docs: Great Expectations' own pages about each period, made to open without a network."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["DocsSite"]

# Great Expectations' pages ask outside hosts for scripts, styles, fonts and logos; all of these go.
_OUTSIDE = re.compile(
    r"<script\b[^>]*\bsrc=\"(?:https?:)?//[^>]*>\s*</script>|<link\b[^>]*\bhref=\"(?:https?:)?//[^>]*>"
    r"|<img\b[^>]*\bsrc=\"(?:https?:)?//[^>]*>|@import url\([^)]*\);?",
    re.IGNORECASE | re.DOTALL,
)
_STYLE = """<style>
body{font-family:"Noto Sans CJK SC","WenQuanYi Zen Hei","Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:72rem;
line-height:1.5;color:#222;background:#fff;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem;
vertical-align:top;text-align:left;overflow-wrap:anywhere}.collapse{display:block}
.hide-succeeded-validations-column-section-descriptor{display:none}
nav ul,ol.breadcrumb{list-style:none;padding:0}ol.breadcrumb li{display:inline;margin-right:.8rem}
pre{white-space:pre-wrap}.modal,.fa,.fas,button{display:none}
</style>"""


class DocsSite:
    """Validates frames in one context and, given a folder, publishes what it found there."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._context: Any = None
        self._staging: Path | None = None
        self._runs = 0

    def validate(self, suite: Any, frame: Any, index_columns: list[str]) -> Any:
        """Return Great Expectations' result of `suite` over the pandas `frame`, every failing row with its index."""
        import great_expectations as gx

        context = self.open()
        self._runs += 1
        name = suite.name
        suite = context.suites.add(suite)
        asset = context.data_sources.add_pandas(name=name).add_dataframe_asset(name=name)
        batch = asset.add_batch_definition_whole_dataframe(name)
        definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
        result_format = {"result_format": "COMPLETE", "unexpected_index_column_names": index_columns}
        actions = [gx.checkpoint.UpdateDataDocsAction(name="docs")] if self._staging is not None else []
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(name=name, validation_definitions=[definition], actions=actions, result_format=result_format)
        )
        outcome = checkpoint.run(batch_parameters={"dataframe": frame})
        return next(iter(outcome.run_results.values()))

    def publish(self) -> Path | None:
        """Put the new pages in place of the old ones and return the first; None without a folder or a validation."""
        if self._folder is None or self._staging is None:
            return None
        for page in self._staging.rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(_OUTSIDE.sub("", text).replace("</head>", f"{_STYLE}</head>", 1), encoding="utf-8")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self._staging, self._folder)
        return self._folder / "index.html"

    def open(self) -> Any:
        """Return the context, made on first use; suites can only be built once there is one."""
        if self._context is None:
            from expectations.suites import new_context

            self._context = new_context()
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
                        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                    },
                )
        return self._context
