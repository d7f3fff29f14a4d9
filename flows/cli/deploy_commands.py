"""`county deploy`: a county's deployments, schedules, forms and automations, applied to a Prefect server."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flows.cli.namespaces import namespace_of
from tasks.domain.county import read_county

__all__ = ["app"]

app = typer.Typer()

CountyFolder = Annotated[
    Path, typer.Option("--county", "-c", envvar="XIANBAO_COUNTY", help="The county's folder (with county.toml).")
]


@app.command()
def deploy(
    county: CountyFolder = Path(),
    pool: Annotated[str, typer.Option(help="Another work pool than the county's own.")] = "",
) -> None:
    """Apply deployments, schedules, forms and automations to the server of PREFECT_API_URL, or of `county up`.

    A server that PREFECT_API_URL names may serve several counties: each has a work pool (county-<code>) and deployments
    with its name there. As often as wanted: what is there is updated, what an operator has paused stays paused. Do it
    after changing county.toml or units.csv, so that the forms offer the new townships and periods.
    """
    from flows.cli.server import apply_environment

    place, out = read_county(county), Console(soft_wrap=True)
    space = namespace_of(place)
    apply_environment(place)
    # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
    from flows.cli.deploying import deploy_county

    applied = deploy_county(place, replace(space, pool=pool) if pool else space)
    for one in applied.deployments:
        out.print(f"+ {one.flow_name}/{one.name}", highlight=False, markup=False)
    for name in applied.automations:
        out.print(f"+ {name}", highlight=False, markup=False)
    if applied.without_address:
        out.print(
            f"未启用（没有通知地址，见 README 的 Notifications） not applied, there is no address to notify: "
            f"{len(applied.without_address)}",
            highlight=False, markup=False,
        )  # fmt: skip
