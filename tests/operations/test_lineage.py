"""Assets of a county have keys that Prefect takes, whatever sources are called, and names in the county's words."""

from tasks.steps.tracing import asset_of


def test_a_table_is_named_for_people_and_keyed_by_the_countys_code(county) -> None:
    asset = asset_of(county, "facts")
    assert asset.key == "xianbao://539901000000/facts"
    assert asset.properties.name == "岚川县 指标值"


def test_a_source_may_be_called_anything(county) -> None:
    name = "统计局 FTP #2 (旧) <50%> [a|b] 'x'\n" + "长" * 600
    asset = asset_of(county, f"source/{name}")
    assert asset.key.startswith("xianbao://539901000000/source/统计局-FTP-2-(旧)-50-a-b-x-长")


def test_the_book_is_linked_where_the_county_says_its_address(county) -> None:
    assert asset_of(county, "book").properties.url is None
    book = county.settings.book.model_copy(update={"url": "http://intranet/book/"})
    linked = county.model_copy(update={"settings": county.settings.model_copy(update={"book": book})})
    assert asset_of(linked, "book").properties.url == "http://intranet/book/index.html"
