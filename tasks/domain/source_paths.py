"""Where a file lies in its source: the folders in there may say whose a report is, those above it do not."""

from tasks.domain.county import County

__all__ = ["path_in_source"]


def path_in_source(uri: str, source: str, file_name: str, county: County) -> str:
    """Return the path inside the source, as `list_source` gave it, of a file whose row says only `uri` and `source`.

    A member of a container stands in it as in a folder. The name alone where the source is gone from county.toml, or
    its address was another one.
    """
    roots = {
        one.name: (one.url if "://" in one.url else str(county.folder / one.url)).rstrip("/") + "/"
        for one in county.settings.sources
    }
    own = roots.pop(source, "")
    for root in filter(None, (own, *sorted(roots.values(), key=len, reverse=True))):
        _, found, path = uri.partition(root)
        if found:
            return path.replace("!/", "/")
    return file_name
