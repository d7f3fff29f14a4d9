"""Names beside a figure that are not its own: of what is done to it, of a sum, of the figure before, of a kind."""

import re
from collections.abc import Sequence
from typing import Final

from tasks.extract.all_of_them import is_of_figure_before
from tasks.extract.candidates import Zone
from tasks.extract.conditions import MEASURED
from tasks.extract.gaps import Gaps
from tasks.extract.quantities import Quantity
from tasks.extract.scene import Hit
from tasks.lexicon import Alias

__all__ = ["all_take_part", "counts_places", "has_noun", "is_of_another", "is_taking_part", "without_served"]

_WORKED_ON: Final = (
    "health.clinics",
    "edu.schools",
    "area.",
    "agri.",
    "party.branches",
    "infra.",
    "env.public_toilets",
)
_ALL_TOLD: Final = re.compile(
    r"全(?:镇|乡|街道|苏木)(?:共?有?\d+个[\u4e00-\u9fff（）]{2,7}[、和])?$"
)  # 全镇36个党支部、1432名党员参加
_TAKES_PART: Final = ("参加", "参与", "出席", "到场")
_OVER_A_SUM: Final = re.compile(r"元(?:及?以上|以下)的$|(?:超|过|突破|达到?)[\d.]*[十百千]?[万亿]元?的?$")
_SUM_ENDS: Final = frozenset("的元万亿")
_LARGE_BY_LAW: Final = (
    "超2000万元的",
    "2000万元以上的",
    "超500万元的",
    "500万元以上的",
    "达2000万元的",
)  # what 规模 means
_OWN_NOUN: Final = re.compile(r"(?!参加|参与|接受|享受|以上|左右|实现|获得|受益|完成)[\u4e00-\u9fff]{2,}")
_PLACES_EACH_WITH: Final = re.compile(r"(?:行政|自然)?(?:村|社区|小区|屯|组)\d")  # 安装路灯6个村186盏
_BODIES_OF: Final = re.compile(r"[\u4e00-\u9fff、]{0,12}(?:单位|机构|部门|企业|站所|商户|支部|党组织|集体)")
_SIZE_AFTER: Final = re.compile(r"\d[\d.]*万?余?(?:亩|公顷|平方米)的")
_THING_DONE: Final = re.compile(
    r"(?!村|社区|行政|项目|工程|任务)[\u4e00-\u9fff]{2,8}(?:项目|工程|任务|实事|活动|问题|事项)"
)
_ITS_PEOPLE: Final = ("户籍", "乡村", "在籍", "年末", "辖区", "全镇", "全乡", "乡镇", "现有", "常住", "街道")
# 各党组织完成30个重点民生项目: what stands after the figure was done by what is named before it.
_DONE_BY: Final = ("完成", "实施", "落实", "开展", "打造", "承办", "推进", "承担", "认领", "解决")
_PLACES: Final = frozenset("村社组乡镇县")
# 引进亿元以上项目5个: a threshold between what was attracted and its number.
_ATTRACTED: Final = re.compile(
    r"(?:引进|签约|签订|签定|招引|落地|引入|落户|招商)(?:了|总?投资|固定资产投资|超|过|额|注册)*[\d.]*[十百千]?[万亿]元?(?:及?(?:以上|以下)的?|的)$"
)
_OF_AN_AGE: Final = re.compile(r"(?:岁|学历|文化|程度)(?:及?以[上下])?的?$")  # 45岁以下的党员314名, 大专以上文化的党员
_PER: Final = frozenset(
    ("亩平", "户平", "人平", "以上", "以下", "人均", "户均", "村均", "亩均", "每人", "每户", "每亩")
)


def counts_places(text: str, q: Quantity, tail: int) -> bool:
    """Return whether `q`, whose words end at `tail`, counts villages, groups or counties: 8个村."""
    return q.unit.unit == "个" and (text[tail : tail + 1] in _PLACES or text.startswith("自然村", tail))


def is_of_another(text: str, q: Quantity, hit: Hit, zone: Zone, commas: int) -> bool:
    """Return whether a name before `q`, from which `commas` part it, is not what `q` counts."""
    gap = text[hit.end : zone.lead]
    return (
        _is_for_each(text, hit)
        or (hit.words[0] == "党" and _OF_AN_AGE.search(text, max(0, hit.start - 8), hit.start) is not None)
        or _is_over_a_sum(text, hit)
        or (q.unit.unit == "个" and _has_noun_behind(text, q, zone.tail, gap, commas))
        or (gap == "、" and q.unit.dimension == "people" and _OWN_NOUN.match(text, zone.tail) is not None)
        or (q.unit.dimension == "count" and is_of_figure_before(text, zone.start, hit.start, gap))
    )  # 40名村干部和党员、20名医务人员: the name is that of the figure before


def _is_for_each(text: str, hit: Hit) -> bool:
    """Return whether a name is of what each has, or of those above an age or sum: 户均收入, 80周岁以上老人."""
    return (
        text[max(0, hit.start - 2) : hit.start] in _PER
        and not hit.words.startswith(("固定资产", "高龄津贴", "高龄补贴", "的户"))  # 80周岁以上高龄津贴2136人
        and text[max(0, hit.start - 3)] not in "级模额"
        and not _is_attracted(text, hit.start)
    )


def _is_over_a_sum(text: str, hit: Hit) -> bool:
    """Return whether a sum to be exceeded stands right before a name: 总投资5亿元以上的项目仅有1个."""
    name = hit.start
    if text[name - 1 : name] not in _SUM_ENDS or _OVER_A_SUM.search(text, max(0, name - 12), name) is None:
        return False
    is_by_law = hit.words.startswith("规") and text.endswith(_LARGE_BY_LAW, 0, name)
    return not is_by_law and not _is_attracted(text, name)


def _is_attracted(text: str, name: int) -> bool:
    return _ATTRACTED.search(text, max(0, name - 24), name) is not None


def _has_noun_behind(text: str, q: Quantity, tail: int, gap: str, commas: int) -> bool:
    """Return whether a noun of its own follows a count: 实施供水工程，8个村…; 各党组织完成30个重点民生项目."""
    if gap.endswith(_DONE_BY) and _THING_DONE.match(text, tail):
        return True
    if _PLACES_EACH_WITH.match(text, tail):
        return True
    return commas > 0 and (
        counts_places(text, q, tail)
        or _SIZE_AFTER.match(text, tail) is not None  # 1000亩的核桃基地，1个280亩的攻关点
        or _BODIES_OF.match(text, tail) is not None  # 10个居委会，辖区内有384个机关企事业单位
    )


def has_noun(gaps: Gaps, text: str, q: Quantity, hit: Hit, alias: Alias, zone: Zone) -> bool:
    """Return whether a noun of its own stands before a verb, or before an area that needs another: 水貂存栏."""
    if alias.is_verb:
        own = max(zone.start, hit.start - 12, text.rfind("，", zone.start, hit.start) + 1)
        noun = gaps.residue(text[own : hit.start]).strip("、；年")
        # 生猪年出栏2.8万头: the noun that the verb needs
        return bool(noun) and not any(noun.endswith(word) for group in alias.needs for word in group)
    if alias.words == "人口":  # 返贫人口169户652人: a kind of people
        own = max(zone.start, hit.start - 4, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，、；（："))
        return bool(gaps.residue(text[own : hit.start]).strip("、；，辖有口")) and not text.endswith(
            _ITS_PEOPLE, 0, hit.start
        )
    if alias.code == "econ.firms" and alias.words.startswith("企业"):  # 竹企业1家, 加工企业发展到36家: a kind
        own = max(zone.start, hit.start - 6, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，、；（"))
        return bool(gaps.residue(text[own : hit.start]))
    if len(alias.words) == 1 and alias.code.startswith("area."):
        own = max(zone.start, hit.start - 4)  # 山区村9个: a kind of village
        return bool(gaps.residue(text[own : hit.start]).strip("、；，")[-2:].strip("辖设有共"))
    if alias.needs and alias.words.endswith(MEASURED):
        # 槟榔种植面积: of something else than the grain spoken of before
        own = max(zone.start, hit.start - 12, *(text.rfind(sign, zone.start, hit.start) + 1 for sign in "，："))
        is_half = text[hit.start - 1 : hit.start + 1] == "半年"  # 上半年产量: the year belongs to the half
        begin = hit.start + is_half
        rest = gaps.residue(text[own:begin]).strip("、；").removeprefix("去年").removeprefix("上年")
        return bool(rest) and not any(word in text[own : q.start] for group in alias.needs for word in group)
    return False


def without_served(aliases: Sequence[Alias], text: str, q: Quantity, zone: Zone, name: int) -> Sequence[Alias]:
    """Return `aliases`, whose name begins at `name` behind `q`, without what was only done for them or to them."""
    if q.unit.unit == "个" and text.find("村", zone.tail, min(name, zone.tail + 3)) >= 0:
        # 16个自然村装上了路灯, 8个村投劳2.6万个
        aliases = [one for one in aliases if not one.code.startswith(("infra.", "party.labour_days"))]
    if text[zone.lead - 1 : zone.lead] == "对":
        aliases = [one for one in aliases if not one.code.startswith(_WORKED_ON)]  # 对4所村卫生室进行维修
    return aliases


def is_taking_part(text: str, lead: int, name_end: int) -> bool:
    """Return whether those named behind a figure, whose words begin at `lead`, only take part: 230名残疾人参加活动."""
    return text.startswith(_TAKES_PART, name_end) and not _ALL_TOLD.search(text, max(0, lead - 14), lead)


def all_take_part(text: str, lead: int, name_end: int) -> bool:
    """Return whether all there are take part, which makes their name mean nothing else: 全镇2140名党员参加活动."""
    return text.startswith(_TAKES_PART, name_end) and _ALL_TOLD.search(text, max(0, lead - 14), lead) is not None
