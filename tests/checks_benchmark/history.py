"""A clean county of several years: the sample county's texts with every figure written anew, all relations true.

The years 2022 and 2023 keep their own texts; the years before are written with these two in turn. Figures follow one
series per township and indicator: what a text says of growth keeps its direction (the word stands in the text), and
its amount is worked out from the printed figures, as a careful clerk does. Figures that belong together (found and
dealt with, households and people) move together, so parts stay parts.
"""

import random
import re
from dataclasses import dataclass, replace

from tests.checks_benchmark.extras import with_extras
from tests.checks_benchmark.reports import Edit, Figure, Report, edited, number_of, read_sources

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Series", "clean_county"]

FIRST_YEAR, LAST_YEAR = 2019, 2023
_TEXT_YEARS = (2022, 2023)
_YEAR = re.compile(r"20[12]\d(?=\s*年|\s*$|-)")
# These move as one: a part and its whole are among them.
_TOGETHER = ("pop", "poverty", "stability", "safety", "social", "party", "project", "governance", "discipline")
_STILL = ("area.", "party.branches", "edu.schools", "health.clinics", "governance.grids", "collective.villages_over",
          "agri.bases", "infra.facilities")  # fmt: skip
_TRIES = 60
_WIDEST_SWING = 0.12


class _WrongDirectionError(Exception):
    """A figure came out on the other side of its growth word; the series is drawn again."""


@dataclass
class Series:
    """The levels of one township, before they are rounded as its texts print them: `values[key][year]`."""

    values: dict[tuple[str, str], dict[int, float]]


def clean_county(seed: int) -> dict[tuple[str, int], Report]:
    """Return the reports of 2019 to 2023 of every township of the sample county, by unit and year.

    The same seed gives the same county.

    Raises:
        RuntimeError: a township's figures could not be drawn so that every statement of growth is true.
    """
    sources = read_sources()
    county: dict[tuple[str, int], Report] = {}
    for unit in sorted({unit for unit, _ in sources}):
        for attempt in range(_TRIES):
            rng = random.Random(f"{seed} {unit} {attempt}")
            try:
                written = _township(unit, sources, rng)
            except _WrongDirectionError:
                continue
            county.update({(unit, one.year): one for one in written})
            break
        else:
            raise RuntimeError(f"{unit}: no true series in {_TRIES} draws")
    return county


def _township(unit: str, sources: dict[tuple[str, int], Report], rng: random.Random) -> list[Report]:
    series = _draw(unit, sources, rng)
    written: list[Report] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        skeleton = sources.get((unit, _text_of(year)), sources.get((unit, 2022)) if year <= 2022 else None)
        if skeleton is not None:
            written.append(_written(skeleton, year, series, written[-1] if written else None))
    names = random.Random(rng.random())
    return with_extras(written, names)


def _draw(unit: str, sources: dict[tuple[str, int], Report], rng: random.Random) -> Series:
    """Return series through the authored figures of 2022 and 2023, scaled, and backwards from them."""
    scale: dict[str, float] = {}
    rates: dict[tuple[str, int], float] = {}
    values: dict[tuple[str, str], dict[int, float]] = {}
    for year in _TEXT_YEARS:
        for one in sources[unit, year].figures if (unit, year) in sources else ():
            if one.measure in {"level", "forecast"} and one.value:
                factor = scale.setdefault(_group(one), rng.uniform(0.96, 1.05))
                values.setdefault(one.key, {}).setdefault(year, one.value * (1 if _is_still(one) else factor))
    for key, known in values.items():
        for year in range(max(known), FIRST_YEAR - 1, -1):
            if year - 1 in known:
                continue
            # The words of the text that states this year bind its direction; where it is silent, the other's do not.
            text = sources.get((unit, _text_of(year)), sources.get((unit, 2022)))
            figure = _levelled(text, key) or _levelled(sources.get((unit, 2022)), key)
            figure = figure or _levelled(sources.get((unit, 2023)), key)
            stated = _stated_change(text, key) if text else None
            later = known[year]
            if figure is None or figure.unit == "%":
                known[year - 1] = later - (stated or 0.0)
            elif stated is None and _is_still(figure):
                known[year - 1] = later
            elif stated is not None:
                calmer = max(-_WIDEST_SWING, min(_WIDEST_SWING, stated * rng.uniform(0.6, 1.4)))
                known[year - 1] = later / (1 + (stated if year >= 2022 else calmer))
            else:
                spread = 0.07 if _group(figure) in {"project", "discipline"} else 0.03
                rate = rates.setdefault((_group(figure), year), rng.gauss(0.02, spread))
                known[year - 1] = later / (1 + max(-0.15, min(0.15, rate)))
    return Series(values)


def _text_of(year: int) -> int:
    """Return the year whose authored text `year` is written with: in turn, so that no two years tell the same."""
    return _TEXT_YEARS[(year - _TEXT_YEARS[0]) % 2]


def _levelled(text: Report | None, key: tuple[str, str]) -> Figure | None:
    if text is None:
        return None
    return text.of(key[0], "level", key[1]) or text.of(key[0], "forecast", key[1])


def _stated_change(text: Report, key: tuple[str, str]) -> float | None:
    """Return the change the text states, as a share (of a rate: in points)."""
    figure = _levelled(text, key)
    if figure is None:
        return None
    for measure in ("prior_level", "growth_abs", "growth_pct"):
        one = text.of(key[0], measure, key[1])
        if one is None or one.value is None or figure.value is None:
            continue
        if figure.unit == "%":
            return one.value if measure == "growth_abs" else figure.value - one.value
        if measure == "prior_level":
            return figure.value / one.value - 1
        return one.value / 100 if measure == "growth_pct" else one.value / (figure.value - one.value)
    return None


def _group(figure: Figure) -> str:
    head = figure.code.partition(".")[0]
    return head if head in _TOGETHER else f"{figure.code}|{figure.item}"


def _is_still(figure: Figure) -> bool:
    return figure.code.startswith(_STILL) or figure.unit == "%" or figure.value == 0


def _written(skeleton: Report, year: int, series: Series, before: Report | None) -> Report:
    """Return `skeleton` with the figures of `year`; what it says of growth is worked out from what is printed."""
    printed: dict[tuple[str, str], float] = {}
    edits: dict[Figure, Edit] = {}

    def put(figure: Figure, value: float, *, finer: int = 0) -> float:
        words, new = _printed(skeleton.surface(figure), figure, value, finer)
        edits[figure] = Edit(figure.start, figure.end, words, new)
        return new

    def last_year(key: tuple[str, str]) -> float | None:
        figure = (
            next((one for one in before.figures if one.key == key and one.measure == "level"), None) if before else None
        )
        return figure.value if figure else series.values.get(key, {}).get(year - 1) if year == FIRST_YEAR else None

    ordered = sorted(skeleton.figures, key=lambda one: ("level", "forecast", "prior_level").index(one.measure)
                     if one.measure in {"level", "forecast", "prior_level"} else 9)  # fmt: skip
    priors: dict[tuple[str, str], float] = {}
    for one in ordered:
        if one.value is None or number_of(skeleton.surface(one)) is None or one.bound == "range":
            continue
        now = series.values.get(one.key, {}).get(year)
        if one.measure in {"level", "forecast"} and now and one.value:
            same = skeleton.of(one.code, one.measure, one.item)
            first = same.value if same is not None else one.value
            printed.setdefault(one.key, put(one, now * one.value / first if first else now))
        elif one.measure == "prior_level":
            told = last_year(one.key)
            base = skeleton.of(one.code, "level", one.item)
            scaled = one.value * printed.get(one.key, one.value) / base.value if base and base.value else one.value
            priors[one.key] = put(one, told if told is not None else scaled)
    _yield_of(skeleton, printed, put)
    _parts_of(skeleton, printed, put)
    for one in ordered:
        if one.value is None or number_of(skeleton.surface(one)) is None or one.bound != "exact":
            continue
        then = priors.get(one.key, last_year(one.key))
        now = printed.get(one.key)
        if one.measure in {"growth_pct", "growth_abs"} and then and now:
            change = (now / then - 1) * 100 if one.measure == "growth_pct" else now - then
            shown = put(one, change, finer=2 if one.measure == "growth_abs" else 0)
            if change * one.value < 0 or not shown:
                raise _WrongDirectionError(f"{one.code} {year} {now} {then} {one.value}")
        elif (one.measure == "growth_abs" and now and one.unit != "百分点") or (
            one.measure == "plan" and one.unit not in {"%", "百分点"} and now
        ):
            level = skeleton.of(one.code, "level", one.item)
            put(one, one.value * now / level.value if level and level.value else one.value)
        elif one.measure == "completion_pct" and now and before is not None:
            target = before.of(one.code, "plan", one.item)
            if target and target.value and target.unit != "%" and abs(now / target.value * 100 - one.value) < 10:
                put(one, now / target.value * 100)
    new = edited(skeleton, edits.values())
    offset = year - skeleton.year
    text = _YEAR.sub(lambda match: str(int(match[0]) + offset), new.text)
    return replace(new, year=year, text=text)


def _yield_of(skeleton: Report, printed: dict[tuple[str, str], float], put: object) -> None:
    """Print the grain yield that area and output give."""
    figure = skeleton.of("agri.grain_yield")
    area, output = printed.get(("agri.grain_area", "")), printed.get(("agri.grain_output", ""))
    if figure is not None and area and output:
        printed[figure.key] = put(figure, output * 1000 / area)  # type: ignore[operator]


def _parts_of(skeleton: Report, printed: dict[tuple[str, str], float], put: object) -> None:
    """Print the last class of people so that the classes, each rounded, still make their total."""
    for code in ("poverty.monitored_people", "poverty.monitored_households"):
        told = {one.item: one for one in skeleton.figures if one.code == code and one.measure == "level" and one.value}
        whole = told.pop("", None)
        if whole is None or len(told) < 2 or whole.value != sum(one.value or 0 for one in told.values()):
            continue
        *others, last = told.values()
        rest = printed[code, ""] - sum(printed[one.key] for one in others)
        printed[last.key] = put(last, rest)  # type: ignore[operator]


def _printed(surface: str, figure: Figure, value: float, finer: int) -> tuple[str, float]:
    """Return `surface` with `value` printed as the old number was, and the value that it states then.

    Decimals stay; trailing zeros stay zeros as far as three digits remain (two where the words say 余, 约).
    """
    match = number_of(surface)
    assert match is not None
    old = float(match[0].replace(",", ""))
    if not old or not figure.value:
        return surface, figure.value or 0.0
    factor = abs(figure.value) / old
    number = abs(value) / factor
    decimals = len(match[0].partition(".")[2])
    if decimals == 0 and figure.measure != "growth_abs":
        digits = match[0].replace(",", "")
        zeros = len(digits) - len(digits.rstrip("0"))
        least = 3 if figure.bound == "exact" else 2
        number = round(number, -max(0, min(zeros, len(digits) - least)))
    else:
        while finer and abs(round(number, decimals) - number) > 1e-6 and decimals < 4 and factor > 1:
            decimals, finer = decimals + 1, finer - 1
    if figure.unit == "%" and figure.measure in {"level", "forecast"}:
        number = min(number, 100.0)
    shown = f"{number:,.{decimals}f}" if "," in match[0] else f"{number:.{decimals}f}"
    sign = -1 if figure.value < 0 else 1
    return surface[: match.start()] + shown + surface[match.end() :], sign * float(shown.replace(",", "")) * factor
