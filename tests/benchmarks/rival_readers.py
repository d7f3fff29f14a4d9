"""The other readers, run by `.venv-rivals`: sentences in on stdin, what they read and the seconds out on stdout.

Imports nothing of ours, since the environment has nothing of ours. Input: `{"reader": NAME, "rounds": N, "sentences":
[TEXT, …]}`; output: `{"seconds": S, "mentions": [[[start, end, low, high, is_money], …], …]}`, a list per sentence with
offsets in it. The seconds are the shortest of N rounds over all sentences; models are built and warm before.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Mention = tuple[int, int, float | None, float | None, bool]
Reader = Callable[[str], list[Mention]]
WARM_UP = "2023年5月1日完成投资3.2亿元，增长5%，种植120亩，居第三名，60岁以上老人30人，气温25度。"


def number(value: object) -> float | None:
    """Return the number in a resolution (`2.3%`, `12000`), None where there is none."""
    try:
        return float(str(value).rstrip("%"))
    except ValueError:
        return None


def longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Return what overlaps no longer mention: a unit model's 120亩 takes the place of the number model's 120."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda one: (one[0] - one[1], one[0])):
        if all(one[1] <= other[0] or other[1] <= one[0] for other in kept):
            kept.append(one)
    return sorted(kept)


def recognizers_text(*, dates: bool) -> Reader:
    """Return Recognizers-Text with all its Chinese quantity models, each built once.

    A bare number that overlaps an ordinal or (with `dates`) a date is dropped, since the library itself says there
    that it is no quantity. Dropping percentages and sums too, or by its phone number model, or by dates that are
    nothing but digits (1987人), costs it more than it gains; so does counting what it returns without a value.
    """
    from recognizers_date_time import DateTimeRecognizer
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_text import Culture

    numbers, units = NumberRecognizer(Culture.Chinese), NumberWithUnitRecognizer(Culture.Chinese)
    bare, currency = numbers.get_number_model(), units.get_currency_model()
    quantities = [
        bare, numbers.get_percentage_model(), units.get_age_model(), currency, units.get_dimension_model(),
        units.get_temperature_model(),
    ]  # fmt: skip
    others = [numbers.get_ordinal_model()]
    if dates:
        others.append(DateTimeRecognizer(Culture.Chinese).get_datetime_model())

    def read(sentence: str) -> list[Mention]:
        parsed = [one for model in others for one in model.parse(sentence)]
        drop = [(one.start, one.end + 1) for one in parsed if not one.text.isdigit()]
        found = []
        for model in quantities:
            for one in model.parse(sentence):
                start, end, value = one.start, one.end + 1, number(one.resolution.get("value"))
                claimed = model is bare and any(start < stop and begin < end for begin, stop in drop)
                if value is not None and not claimed:
                    found.append((start, end, value, value, model is currency))
        return longest(found)

    return read


def jionlp() -> Reader:
    """Return JioNLP's money reader with its parser; asking its segmenter too finds less and takes ten times as long."""
    import jionlp as jio

    def mentions(sentence: str) -> Iterator[Mention]:
        for one in jio.ner.extract_money(sentence, with_parsing=True):
            values = one["detail"]["num"]
            low, high = values if isinstance(values, list) else (values, values)
            yield *one["offset"], number(low), number(high), True

    return lambda sentence: list(mentions(sentence))


READERS: dict[str, Callable[[], Reader]] = {
    "Recognizers-Text": lambda: recognizers_text(dates=True),
    "Recognizers-Text, no dates": lambda: recognizers_text(dates=False),
    "JioNLP": jionlp,
}


def run(reader: str, sentences: list[str], rounds: int) -> dict[str, Any]:
    """Return what `reader` reads in every sentence, and the seconds of its best round."""
    read = READERS[reader]()
    read(WARM_UP)
    seconds, found = float("inf"), []
    for _ in range(rounds):
        started = time.perf_counter()
        found = [read(sentence) for sentence in sentences]
        seconds = min(seconds, time.perf_counter() - started)
    return {"seconds": seconds, "mentions": found}


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    # JioNLP greets on stdout, where the answer goes.
    with contextlib.redirect_stdout(sys.stderr):
        answer = run(wanted["reader"], wanted["sentences"], wanted["rounds"])
    json.dump(answer, sys.stdout)
