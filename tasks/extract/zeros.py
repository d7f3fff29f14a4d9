"""Zero statements: 没有发生重大安全事故 states 0 of each kind of event it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from tasks.domain.facts import Measure
from tasks.extract.guards import Words, letters_in, matches_at
from tasks.extract.quantities import Quantity
from tasks.extract.scene import Scene

__all__ = ["ZeroStatement", "find_zero_statements", "firms_there_are_none_of"]

_HAPPENED: Final = "(?:再|曾)?(?:发生|出现|起|着|出)过?"
_STATEMENT: Final = re.compile(
    rf"(?P<neg>未{_HAPPENED}|没有?{_HAPPENED}|杜绝了?{_HAPPENED}|从未{_HAPPENED}"
    r"|无(?=(?:一起|重大|较大|重特大|群体|安全|森林|生产|火灾))"
    r"|实现了?(?=[^。；！？\n，]{0,24}零)|保持了?(?=[^。；！？\n，]{0,24}零))(?P<what>[^。；！？\n，]{2,40})"
)
# 森林火灾零发生, 重大安全事故为零, 森林草原火灾：零发生
_AFTERWARDS: Final = re.compile(
    r"(?P<what>[^。；！？\n，]{2,24}?(?:事故|火灾|火情|事件|上访))(?:发生)?(?:起数|次数|数)?(?:实现|继续|保持|始终|连续|均|都|全部)*了?[:：]?(?:零发生|为零|零报告|“零发生”|保持零)"
)
# 贫困发生率归零, 贫困发生率由1.3%归零
_NO_MORE_POOR: Final = re.compile(r"贫困发生率(?:[由从][^，。；\d]{0,8}[\d.]+%)?(?:已|将|全部|实现|全面)*[归清]零")
# 全年安全生产实现零事故, 全年零事故
_NO_ACCIDENT: Final = re.compile(
    r"(?:安全生产[^。；！？\n，\d]{0,12}|(?:全年|年内|全镇|全乡|全街道)(?:实现|保持)?)零事故"
)
# 全年零森林火灾
_NONE_OF: Final = re.compile(
    r"零(?P<what>(?:森林|草原|山林|林草)[^，。；！？\n\d]{0,2}火[灾情]"
    r"|(?:安全|生产)[^，。；！？\n\d]{0,4}事故|群体性事件)"
    r"(?!的?(?:目标|底线|要求|创建|承诺|理念))"
)
# 森林草原防火连续17年未发生火灾
_NO_FIRE: Final = re.compile(
    r"(?:森林|草原|林草)[^，。；]{0,4}防火[^，。；]{0,12}(?:未|没有?)(?:发生|出现)过?(?:一起)?火[灾情]"
)
# 重特大安全事故没有发生: what did not happen is looked for from the words that say so, which are few.
_DID_NOT_HAPPEN: Final = re.compile(r"[没未](?:(?<=没)有)?(?:再|曾)?(?:发生|出现)(?=[，。；、！\n]|$)")
_STRESSED: Final = ("均", "都", "从")
_EVENT_BEFORE: Final = re.compile(r"[^。；！？\n，\d]{2,20}(?:事故|火灾|火情|事件|上访)$")
_ZERO_WORD: Final = re.compile(r"零发生|为零|零报告|保持零")
_ZERO_WORDS: Final = Words(("零发生", "为零", "零报告", "保持零"))
_KINDS: Final = (
    (
        "safety.major_accidents",
        re.compile(
            r"[^，,]{0,16}?(?:安全|生产|责任|交通|消防|伤亡|质量|死亡|亡人|煤矿|矿山|工矿|矿难|燃气|食品)[^，,]{0,14}?事故"
        ),
    ),
    ("safety.major_accidents", re.compile(r"(?:一起|任何)?(?:重特?大|较大|特大)[^，,病情疫]{0,8}?事故")),
    ("stability.mass_incidents", re.compile(r"[^，,]{0,14}?群体性?[^，,]{0,6}?(?:事件|上访)")),
    ("forest.fires", re.compile(r"[^，,]{0,8}?(?:(?:森林|草原|山林|林草)[^，,]{0,6}?火[灾情]|山火)")),
)


@dataclass(frozen=True, slots=True)
class ZeroStatement:
    """One kind of event that a phrase says did not, or shall not, happen; `start:end` spans the phrase."""

    code: str
    start: int
    end: int
    measure: Measure = "level"


def find_zero_statements(scene: Scene) -> Iterator[ZeroStatement]:
    """Yield the zero statements of the text in order; one that two forms of words say (实现森林火灾零发生), once."""
    ends: dict[str, int] = {}
    for one in sorted(_statements(scene), key=attrgetter("start")):
        if one.start >= ends.get(one.code, 0):
            ends[one.code] = one.end
            yield one


def _statements(scene: Scene) -> Iterator[ZeroStatement]:
    last = 0
    for end in matches_at(_ZERO_WORD, scene.text, _ZERO_WORDS.places(scene.text, 0, len(scene.text))):
        match = _AFTERWARDS.search(scene.text, max(last, end.start() - 32), end.end())
        last = end.end()
        if match is None:
            continue
        named = {code for code, kind in _KINDS if kind.search(match["what"])}
        for code in sorted(named):
            start = match.start("what")
            yield ZeroStatement(code, start, match.end())
    for match in _NO_ACCIDENT.finditer(scene.text):
        yield ZeroStatement("safety.major_accidents", match.start(), match.end())
    for match in _NO_MORE_POOR.finditer(scene.text):
        yield ZeroStatement("poverty.incidence", match.start(), match.end())
    for match in _NO_FIRE.finditer(scene.text) if "防火" in scene.text else ():
        yield ZeroStatement("forest.fires", match.start(), match.end())
    for end in matches_at(_DID_NOT_HAPPEN, scene.text, letters_in(scene.text, "没未")):
        last = end.start() - scene.text.startswith(_STRESSED, max(0, end.start() - 1))
        last -= 2 * scene.text.startswith("一起", max(0, last - 2))  # 森林火灾一起没有发生
        event = _EVENT_BEFORE.search(scene.text, max(0, last - 24), last)
        for code in sorted({code for code, kind in _KINDS if kind.search(event.group())}) if event else ():
            yield ZeroStatement(code, event.start() if event else end.start(), end.end())
    for match in _NONE_OF.finditer(scene.text):
        for code in sorted({code for code, kind in _KINDS if kind.search(match["what"])}):
            yield ZeroStatement(code, match.start(), match.end())
    for match in matches_at(_STATEMENT, scene.text, letters_in(scene.text, "未没杜从无实保")):
        neg, what = match.groups()
        if neg.startswith(("实现", "保持")) and ("零" not in what[:24] or what.endswith("零")):
            continue
        seen: set[str] = set()
        for code, kind in _KINDS:
            hit = kind.search(what)
            if hit and code not in seen:
                seen.add(code)
                yield ZeroStatement(code, match.start(), match.start("what") + hit.end())


# 全镇没有一家规上企业，…: firms of a kind that there are none of; 没有一家规上企业停产 says something else.
_NONE_THERE: Final = re.compile(r"[没无]有?一家(?P<name>[^，。；、\d]{2,10})(?=[，。；、\n]|$)")
_LEADS_TO_NONE: Final = re.compile(
    r"(?:^|[，。；：、\n])(?:全[镇乡]|全街道|[我本][镇乡]|辖区内?|[镇乡]内|目前|至今|现在|仍|还|尚|但|却|也|更|又)*$"
)
_FIRMS: Final = frozenset({"econ.large_firms", "econ.high_tech_firms", "agri.leading_firms", "agri.cooperatives"})


def firms_there_are_none_of(scene: Scene, q: Quantity) -> str:
    """Return the indicator of the firms that `q`, 没有一家…, says there are none of, or ''."""
    text = scene.text
    found = _NONE_THERE.match(text, q.start)
    if found is None or not _LEADS_TO_NONE.search(text, max(0, q.start - 16), q.start):
        return ""
    hits = scene.hits_between(found.start("name"), found.end("name"))
    whole = [one for one in hits if (one.start, one.end) == found.span("name")]
    return next((alias.code for hit in whole for alias in hit.aliases if alias.code in _FIRMS), "")
