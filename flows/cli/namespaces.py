"""What a county's things are called on a Prefect server: plainly on its own, with its name where others have theirs."""

import os
from dataclasses import dataclass, replace

from tasks.domain.county import County
from tasks.domain.province import Province

__all__ = ["Namespace", "namespace_of", "province_namespace"]


COUNTY_POOL = "county"  # of a server that `county up` starts
_COUNTY_PREFIX = "county-"


@dataclass(frozen=True, slots=True)
class Namespace:
    """The work pool whose workers run a county or province, and what is added to the names of its deployments.

    `own` is false for a pool that is somebody else's: it is made where there is none, and never changed.
    """

    pool: str
    suffix: str
    own: bool = True

    @property
    def of_a_county(self) -> bool:
        """Whether the pool is one of those that counties have, who are told themselves when its workers are gone."""
        return self.pool == COUNTY_POOL or self.pool.startswith(_COUNTY_PREFIX)

    def in_pool(self, pool: str) -> "Namespace":
        """Return the namespace in another pool; with its own one, or with '', nothing is different."""
        return self if pool in {"", self.pool} else replace(self, pool=pool, own=False)

    def name(self, deployment: str) -> str:
        """Return the name of a deployment on the server."""
        return f"{deployment}{self.suffix}"


def namespace_of(county: County) -> Namespace:
    """Return the county's namespace: a server that PREFECT_API_URL names may serve other counties as well.

    Ask before the environment of a server of our own is set.
    """
    if os.environ.get("PREFECT_API_URL"):
        return Namespace(f"{_COUNTY_PREFIX}{county.settings.county.code}", f" {county.name}")
    return Namespace(COUNTY_POOL, "")


def province_namespace(province: Province) -> Namespace:
    """Return the province's namespace: with `county up` of one of its counties, that one's worker runs it as well."""
    if os.environ.get("PREFECT_API_URL"):
        return Namespace(f"province-{province.code}", f" {province.name}")
    return Namespace(COUNTY_POOL, f" {province.name}", own=False)
