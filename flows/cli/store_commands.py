"""The `county store` command: what the stage store takes up, and removing what no present version needs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from expectations.catalogue import load_catalogue
from flows.cli.options import CountyFolder
from tasks import extract, parse
from tasks.domain.county import read_county
from tasks.domain.submissions import StageVersions
from tasks.lexicon import load_lexicon
from tasks.store import ResultStore, StageStore

__all__ = ["app"]

app = typer.Typer()
out = Console(highlight=False, soft_wrap=True)
_MIB = 2**20


@app.command()
def store(
    county: CountyFolder = Path(),
    clean: Annotated[bool, typer.Option("--clean", help="Remove results of versions that are not in use.")] = False,
) -> None:
    """Show what results of stages are kept, by stage and version; all of it can be computed again."""
    from flows.cli.summary import table_of

    place = read_county(county)
    versions = StageVersions(
        parse.PARSER_VERSION, extract.EXTRACTOR_VERSION, load_catalogue().version, load_lexicon().version, ""
    )
    results = ResultStore(StageStore(place.store), versions)
    if clean:
        out.print(f"已删除 removed {results.store.clean(results.current) / _MIB:.1f} MiB")
    usage = results.store.usage()
    if not usage:
        out.print("阶段存储是空的 the stage store is empty")
        return
    rows = [
        {
            "阶段 stage": one.stage,
            "版本 version": one.version,
            "在用 in use": "✓" if results.current.get(one.stage, one.version) == one.version else "",
            "项 entries": one.entries,
            "MiB": f"{one.bytes / _MIB:.1f}",
        }
        for one in usage
    ]
    out.print(table_of(rows))
    out.print(
        f"{sum(one.bytes for one in usage) / _MIB:.1f} / {place.settings.store.limit_mib} MiB ([store] limit_mib)"
    )
