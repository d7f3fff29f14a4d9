"""Links from what the UI shows into its forms: a finding opens the form that decides it, filled in with its id."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import polars as pl
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName

from tasks.domain.county import County

__all__ = ["FormLinks", "form_links"]

_HERE = "<id>"
_LONGEST = 6_000  # what servers and proxies take as an address


@dataclass(frozen=True, slots=True)
class FormLinks:
    """Links into the form of a county's deployment; where it has none, `deployment_id` is empty and ids stay plain."""

    deployment_id: str
    folder: str

    def column(self, ids: str, field: str) -> pl.Expr:
        """Return the column `ids` as links to the form with the id in `field`, in Markdown."""
        if not self.deployment_id:
            return pl.col(ids)
        before, after = self._address({field: _HERE}).split(quote(_HERE, safe=""), 1)
        return pl.concat_str(pl.lit("["), ids, pl.lit(f"]({before}"), ids, pl.lit(f"{after})")).alias(ids)

    def words(self, said: str, fields: Mapping[str, object]) -> str:
        """Return ` · said` as a link to the form with `fields` filled in, in Markdown.

        Without a deployment it is '', and so it is where hundreds of townships were picked one by one.
        """
        address = self._address(fields)
        return f" · [{said}]({address})" if self.deployment_id and len(address) <= _LONGEST else ""

    def _address(self, fields: Mapping[str, object]) -> str:
        filled = json.dumps({"form": fields, "county_folder": self.folder}, ensure_ascii=False)
        return f"/deployments/deployment/{self.deployment_id}/run?parameters={quote(filled, safe='')}"


def form_links(flow_name: str, county: County) -> FormLinks:
    """Return links to the form of the flow's deployment for this county, on whatever server the run has."""
    with get_client(sync_client=True) as client:
        deployments = client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[flow_name])))
    folder = str(county.folder)
    ours = [str(one.id) for one in deployments if one.parameters.get("county_folder") == folder]
    return FormLinks(ours[0] if ours else "", folder)
