"""`county deploy`: deployments, schedules, forms and automations of a county or province, applied to a server."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli.namespaces import namespace_of, province_namespace
from flows.cli.options import CountyFolder
from tasks.domain.county import read_county
from tasks.domain.province import province_path, read_province

if TYPE_CHECKING:
    from flows.cli.deploying import Applied

__all__ = ["app"]

app = typer.Typer()


@app.command()
def deploy(
    county: CountyFolder = Path(),
    pool: Annotated[
        str, typer.Option(help="Another work pool than its own; left as it is, made where there is none.")
    ] = "",
    province: Annotated[
        Path | None,
        typer.Option(metavar="province.toml", help="Deploy the view of a province instead of a county's flows."),
    ] = None,
) -> None:
    """Apply deployments, schedules, forms and automations to the server of PREFECT_API_URL, or of `county up`.

    A server that PREFECT_API_URL names may serve several counties: each has a work pool (county-<code>) and deployments
    with its name there. As often as wanted: what is there is updated, what an operator has paused stays paused. Do it
    after changing county.toml or units.csv, so that the forms offer the new townships and periods.

    With --province, the flow that shows all counties on one page; its work pool is province-<code>, or the one of the
    `county up` that runs for the county of --county.
    """
    from flows.cli.server import apply_environment, check_named

    if province is None:
        place = read_county(county)
        space = namespace_of(place)
        apply_environment(place)
        # Prefect reads its settings when it is imported, so it must not be imported before the server is known.
        from flows.cli.deploying import deploy_county

        _say(deploy_county(place, space.in_pool(pool)))
        return
    whole, file = read_province(province), province_path(province)
    space = province_namespace(whole)
    named = os.environ.get("PREFECT_API_URL")
    check_named(named) if named else apply_environment(read_county(county))
    from flows.cli.deploying import deploy_province

    _say(deploy_province(whole, file, space.in_pool(pool)))


def _say(applied: "Applied") -> None:
    out = Console(soft_wrap=True)
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
