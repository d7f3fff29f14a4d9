"""relations.csv: what is malformed is named by its line, and every relation says why it holds."""

import pytest

from expectations.catalogue import load_catalogue
from expectations.relations import COLUMNS, load_relations, read_relations
from expectations.rules import RuleError, load_rules
from tasks.validate.checks import identities

HEAD = ",".join(COLUMNS) + "\n"
GOOD = "a,V8,pop.minority,<=,pop.total,,,,part\n"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("id\n", 1, "columns"),
        (HEAD + GOOD + GOOD, 3, "twice"),
        (HEAD + GOOD.replace("pop.minority", "pop.martian"), 2, "pop.martian"),
        (HEAD + GOOD.replace("pop.minority", "pop.minority[苗族]"), 2, "not broken down"),
        (HEAD + GOOD.replace("V8", "V88"), 2, "V88"),
        (HEAD + GOOD.replace("<=", "~"), 2, "operator"),
        (HEAD + GOOD.replace("total,,,", "total,,,much"), 2, "numbers"),
        (HEAD + GOOD.replace("<=", "/"), 2, "low 0 is not below"),
        (HEAD + GOOD.replace(",part", ""), 2, "9 cells"),
    ],
)
def test_a_malformed_relation_is_named_by_file_and_line(text, place, says):
    with pytest.raises(RuleError, match=f"^relations.csv:{place}: .*{says}"):
        read_relations(text, "relations.csv", load_catalogue(), load_rules())


def test_every_relation_says_why_it_holds():
    assert all(one.definition for one in load_relations())
    assert {one.rule for one in load_relations()} == {rule for check in identities.CHECKS for rule in check.rules}
