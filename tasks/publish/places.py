"""Where a person looks after a run."""

from tasks.domain.county import County

__all__ = ["places_markdown"]


def places_markdown(county: County) -> str:
    """Return where the warehouse, the Data Docs and the quarantine of `county` lie, as Markdown."""
    zh = county.language == "zh"
    rows = (
        ("数据仓库（Delta 表）" if zh else "Warehouse (Delta tables)", county.warehouse),
        ("审核文档 Data Docs" if zh else "Data Docs", county.data_docs / "index.html"),
        (
            "县情册（county publish）" if zh else "County book (county publish)",
            county.book / "index.html",
        ),
        ("隔离文件" if zh else "Quarantine", county.quarantine),
        ("原件库" if zh else "Raw store", county.raw),
    )
    places = [f"- {name}: `{place}`" for name, place in rows]
    if url := county.settings.book.url:
        places.append(f"- <{url.rstrip('/')}/index.html>")
    return "\n".join(places)
