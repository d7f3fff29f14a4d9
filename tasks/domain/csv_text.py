"""CSV files that offices write: in UTF-8, or in GB18030 as Excel and WPS save them in China."""

__all__ = ["csv_text"]


def csv_text(data: bytes) -> str:
    """Return the text of a CSV file in UTF-8, with or without a byte order mark, or else in GB18030.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")
