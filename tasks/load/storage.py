"""Where the tables may lie: a folder, or an S3-compatible object store. Secrets come from the environment (AWS_*).

delta-rs and Polars read AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL and the like themselves.
Commits are conditional puts (`If-None-Match`), which every store must know that is to have more than one writer.
"""

import os
from collections.abc import Mapping
from typing import Any

__all__ = ["POLARS_OPTIONS", "storage_options"]

# A store that is away is said to be so within seconds; the flow tries again later.
_RETRIES = 5
# Polars takes over what a Delta table was opened with, and wants this one as a number.
POLARS_OPTIONS: dict[str, Any] = {"max_retries": _RETRIES}


def storage_options(uri: str, environment: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """Return what opening a table under `uri` needs beside the environment; None for a folder.

    An endpoint that is given as http:// is meant to be spoken to without TLS (a store in the county's own network).

    >>> storage_options("s3://county/warehouse", {"AWS_ENDPOINT_URL": "http://10.0.0.2:9000"})
    {'max_retries': '5', 'allow_http': 'true'}
    >>> storage_options("/srv/county/warehouse", {}) is None
    True
    """
    if "://" not in uri:
        return None
    options = {"max_retries": str(_RETRIES)}
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL") or ""
    if endpoint.startswith("http://"):
        options["allow_http"] = "true"
    return options
