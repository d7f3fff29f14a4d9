"""Whether a figure before its name counts all there are of it (辖9个行政村), or some (完成9个行政村的音响配送)."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.quantities import Quantity
from tasks.lexicon import Alias

__all__ = ["is_of_figure_before", "those_of_all"]

_ALL_OF: Final = re.compile(r"全[镇乡街苏]|辖|我[镇乡]")
# Firms and farms that a number counts before their name are all of them only where the clause says that there are such.
_BODIES: Final = frozenset(
    {"agri.cooperatives", "agri.family_farms", "agri.leading_firms", "econ.firms", "econ.large_firms",
     "econ.self_employed", "livestock.large_farms"}
)  # fmt: skip
_HAVING: Final = re.compile(
    r"[有共达等]|在库|在统|全[镇乡街村]|辖|建成|培育|发展|新|创建|成立|组建|认定|引进|注册|登记|扶持|建立|保有"
)
_GOVERNS: Final = re.compile(r"[辖]|下设|管理")  # 辖东岭、西坝等11个村 are all of them
_WITHIN: Final = re.compile(r"[镇乡境]内(?:现有|共有)?$")
_OF_VILLAGES: Final = re.compile(r"(?:辖|下设|设有?)\d+个(?:行政|建制)?村(?:委会|民委员会)?[，,、和及]$")
_SMALL: Final = frozenset("两二三四五六七八九")
# 分布在9个行政村, 聚居在沿山的4个村, 全乡人口最少的一个村
_SPREAD: Final = re.compile(
    r"(?:分布|分散|散布|涉及|惠及|辐射|来自|覆盖)(?:在|于|到|了)?$|(?:聚居|居住|分布|集中)(?:在|于)[^，。；\d]{1,4}的$|最[\u4e00-\u9fff]{1,3}的$"
)
_EVERYBODY: Final = re.compile(r"人家|总人口|总户数|户籍|常住|万人口")  # 2.1万人口，分布在15个行政村

_SOME_OF: Final = frozenset({"有", "已有", "中有", "中", "中已有", "，有", "，其中有", "已"})
_DEALT_WITH: Final = frozenset("件起宗例")
_THESE: Final = re.compile(
    r"(?:的|为|是|在|对|于|和)[\u4e00-\u9fff]{2,4}、[^，。；\d]{1,16}[、和与及][\u4e00-\u9fff]{2,4}$"
)
# Each of two or three that are counted is named, and they are no parts that make up the whole.
_FEW: Final = frozenset("2345两二三四五")
_NAMED_EACH: Final = re.compile(r"(?:(?<![共现设有由含为])[\u4e00-\u9fff]{2,4}[、和及与]){1,4}[\u4e00-\u9fff]{2,4}$")

# 23家规上企业里，产值过亿元的有6家
_AMONG: Final = ("中，", "里，", "里头，", "里面，", "当中，")
_COUNTING, _LIST_SIGNS, _JOINTS, _NEAR = (
    frozenset("个家户处所座名"),
    frozenset("，、；。和及与"),
    frozenset("、和及与"),
    8,
)


def is_of_figure_before(text: str, before: int, name: int, gap: str) -> bool:
    """Return whether a name at `name` follows the count that ends at `before`, and a list goes on by `gap`."""
    if name == before and gap in _SOME_OF and text[before - 1 : before] in _DEALT_WITH:
        return True  # 276件纠纷有271件就地化解
    if text[before - 1 : before] not in _COUNTING or name - before > _NEAR or gap not in _JOINTS:
        return False
    return not _LIST_SIGNS.intersection(text[before:name])  # 4家市级龙头企业和2个专业市场


def those_of_all(
    aliases: Sequence[Alias], text: str, q: Quantity, before: tuple[int, int], name_end: int, sentence: int
) -> Sequence[Alias]:
    """Return those of `aliases`, a name that ends at `name_end` behind `q`, which `q` counts all of.

    `before` is where words that belong to `q` stand before it.
    """
    start, lead = before
    if any(one.words == "合作社" for one in aliases):
        # 辖15个行政村、82个合作社: groups of villagers, where a county calls them so
        is_group = _OF_VILLAGES.search(text, max(sentence, lead - 24), lead) is not None
        other = "agri.cooperatives" if is_group else "area.village_groups"
        aliases = [one for one in aliases if one.code != other]
    # 在21个农民专业合作社中，申报成功3个: the name ends with what makes them all of which some are told
    is_among = text[lead - 1 : lead] == "在" and text[name_end - 1 : name_end + 1] in {"中，", "中有"}
    is_among = is_among or ((lead == sentence or text[lead - 1] in "；") and text.startswith(_AMONG, name_end))
    has = is_among or _HAVING.search(text, max(start, lead - 16), lead) is not None
    out: tuple[str, ...] = ()
    if not has:
        # 5家合作社被评为示范社: some of them; but 镇内9家规上企业 are all there are
        is_within = _WITHIN.search(text, max(start, lead - 6), lead) is not None
        aliases = [one for one in aliases if one.code not in _BODIES or (is_within and one.code == "econ.large_firms")]
        if q.stated_value in _SMALL:
            out += ("project.", "party.", "econ.")  # 两个重点项目征收土地386亩, 三个农村支部近两年没有发展党员
    near = max(0, lead - 24)
    governs = _GOVERNS.search(text, max(sentence, lead - 80), lead) is not None  # before a list of all their names
    if text[name_end : name_end + 1] in {"的", "驻"} and not _ALL_OF.search(text, near, lead):
        out += ("area.",)  # 完成9个行政村的音响配送
    if _SPREAD.search(text, max(0, lead - 10), lead) and not _EVERYBODY.search(text, sentence, lead):
        out += ("area.",)  # 分布在9个行政村
    if q.unit.unit == "个" and _THESE.search(text, near, lead) and not governs:
        out += ("area.",)  # 最为贫困的中寨、松乐、大沟和庙湾4个村
    if q.stated_value in _FEW and not governs and _NAMED_EACH.search(text, near, lead):
        out += ("area.",)  # 搬迁南坡、新村两个村民小组
    if text[lead - 1 : lead] == "等" and not governs:
        out += ("area.", "project.count")  # 哈日、东沟等6个嘎查, 滨河路、县医院新院等7个重点项目
    if text.endswith(("党支部", "党总支"), 0, lead):
        out += ("party.branches",)  # 东街党支部、西街党支部2个党支部
    return [one for one in aliases if not one.code.startswith(out)] if out else aliases
