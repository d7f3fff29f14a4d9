"""What a county's things are called on a Prefect server: plainly on its own, with its name where others have theirs."""

import os
from dataclasses import dataclass

from tasks.domain.county import County

__all__ = ["Namespace", "namespace_of"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """The work pool whose workers run a county, and what is added to the names of its deployments."""

    pool: str
    suffix: str

    def name(self, deployment: str) -> str:
        """Return the name of a deployment on the server."""
        return f"{deployment}{self.suffix}"


def namespace_of(county: County) -> Namespace:
    """Return the county's namespace: a server that PREFECT_API_URL names may serve other counties as well.

    Ask before the environment of a server of our own is set.
    """
    if os.environ.get("PREFECT_API_URL"):
        return Namespace(f"county-{county.settings.county.code}", f" {county.name}")
    return Namespace("county", "")
