"""Which Chinese number words count something: 三处 does, 四个意识 is a slogan, 工业园三期 a name."""

import re
from typing import Final

from tasks.extract.quantities import STOPS
from tasks.lexicon import Lexicon, UnitWord

__all__ = ["AGES_AND_DAYS", "CountedWords", "counts_groups", "is_held", "tells_ages_or_days"]

AGES_AND_DAYS: Final = frozenset(("岁", "天"))
_BEFORE_AGES: Final = 22
# 班子平均年龄下降6.3岁 is measured, 平均年龄43.6岁 is an age
_YOUNGER: Final = re.compile(r"平均年龄[^，。；\d]{0,12}(?:下降|降低|降|减小|减少|年轻)了?约?$")
_DAYS_OF_AIR: Final = re.compile(r"天数(?:为|达到?|有|共|累计|同比|较上年|比上年|增加|减少|多|少|了|至)*$")
_PHYSICAL: Final = frozenset(("power", "energy", "frequency", "energy in kJ", "energy in kcal", "temperature", "times"))
_ONES: Final = frozenset(("处", "座", "所", "栋", "幢", "口", "眼", "台", "辆", "个", "套", "部", "家"))
# 新建农贸市场一处，: what is built, bought or caught is counted also where it is one.
_ONE_MORE: Final = re.compile(
    r"(?:新建|新修|兴建|建成|新增|修建|建设|改建|扩建|购置|新购|添置|配备|配置|购买|安装|打掉|捣毁|查获|破获|创建|成立|组建|引进|建立)[^，。；]{2,}$"
)
_ONE_ALONE: Final = re.compile(r"(?:仅|单|光|其中)[^，。；\d]{2,12}$")  # 仅荣达竹业一家就投资…
_ONLY_ONE: Final = re.compile(r"(?:人均|户均|不足|不到|超过|达到|突破|近|约|仅|仅有|不过|超)$")
# 每户至少一人就业, 最后一个贫困村出列: one that is counted.
_COMMUNITY: Final = re.compile(r"(?:城镇|居民|农村)?(?:社区|居委会|居委)")
_VILLAGES_BEFORE: Final = re.compile(r"\d+个(?:行政村|建制村|村委会|村)[、和及，]?$")
_AT_LEAST_ONE: Final = re.compile(r"(?:至少|最少|不少于|最后|仅剩|只剩|力争有|争取有|确保有)[^，。；\d]{0,6}$")
_ANY_ONE: Final = frozenset(("个", "人", "户", "名", "家", "次", "处", "项", "场", "座", "条", "所"))
_FIRM: Final = re.compile(r"(?!一)[^，。；、\d]{0,6}?(?:企业|公司|工厂|合作社|农场|医院|超市|银行|学校|商会|单位|机构)")
_NONE: Final = re.compile(r"(?:没有?|无|未有)$")
# 每年免费体检一次, 每月走访两次
_EVERY_SO_OFTEN: Final = re.compile(
    r"每(?:个|逢)?(?:年|月|周|天|日|季度?|半年|半月|学期|旬)(?P<done>[^，、。；\d]{0,14})$"
)
_TERM_OF: Final = re.compile(r"(?:[届大代会第次]|再|一而)$")
_SUFFERED: Final = re.compile(r"被[\u4e00-\u9fff]{2,10}过$")
_WRITTEN: Final = re.compile(r"发表|刊发|刊登|刊载|撰写|撰稿|推送|发布|采写")
_RULES_OF: Final = re.compile(r"(?:[省市县区]委|[省市县]府|政府|中央|措施|意见|政策)$")
_ASSEMBLY: Final = re.compile(r"[^，。；]{0,4}(?:会议|全会|代会|代表|党代|会上)")
_TWO_PLACES: Final = re.compile(r"[\u4e00-\u9fff]{1,4}[、和与][\u4e00-\u9fff]{1,4}$")  # 曲龙、达扎两村
_PLACES: Final = frozenset(("村", "乡", "镇", "社区"))
# 六路村, 十里镇, 三块石: number words inside the name of a place.
_IN_A_NAME: Final = frozenset("路里道块条口眼门层台间排棵家棚户张")
_NAMED_PLACE: Final = frozenset("村乡镇屯庄")
_OF_TOWN: Final = frozenset(("村民", "村组", "村级", "村居", "乡村", "镇村", "乡镇", "镇级"))
_ISSUES: Final = re.compile(r"[班训刊报号课讲办](?![^，。；]*[，。；])")
_CLASS: Final = re.compile(r"(?:以上)?的?[\u4e00-\u9fff]{0,2}(?:企业|项目|楼宇|村|大户|园区|产业)")
_OFFICES: Final = ("居委会", "居民委员会", "社区居", "村委会", "村民委员会", "居民办事处")
_LISTED_WITH: Final = re.compile(r"[辖设有村社区、，和及]$")
_VILLAGES: Final = re.compile(r"\d个?村[、，]?$")
_HELD: Final = re.compile(r"(?:连办|连续|举办|承办|已办|连续举办|举行)了?$")  # 杜鹃花节连办两届


def is_held(text: str, start: int) -> bool:
    """Return whether words before `start` count how often something was held (连办两届), rather than name a term."""
    return _HELD.search(text, max(0, start - 6), start) is not None


def counts_groups(text: str, start: int) -> bool:
    """Return whether a number of 社 at `start` counts groups of villagers (9村18社); 新和村3社 names one."""
    return _VILLAGES.search(text, max(0, start - 8), start) is not None


def tells_ages_or_days(text: str, surface: str, start: int) -> bool:
    """Return whether 岁 or 天 behind a number at `start` measures, and is no age or duration: 优良天数261天."""
    pattern = _YOUNGER if surface == "岁" else _DAYS_OF_AIR
    return pattern.search(text, max(0, start - _BEFORE_AGES), start) is not None


class CountedWords:
    """Tells number words that count from others; holds only data."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words["chinese_numerals"]
        self._units = frozenset(words["units"])
        self._concrete = frozenset(words["concrete"])
        self._nouns = tuple(words["nouns"])
        self._slogans = tuple(words["slogans"])

    def is_counted(self, text: str, match: re.Match[str], unit: UnitWord, end: int) -> bool:
        """Return whether the number words of `match` count in `unit`, which ends at `end` of `text`."""
        words, start = match["chinese"], match.start()
        if match["percent"] or match["more"]:
            return True
        if len(words) == 1 and words in "零〇○上数几":
            return False
        if not words.strip("百千万亿"):
            # 税收超千万元企业: a class of firms and no sum
            return text[start - 1 : start] in {"近", "超", "约", "破"} and not _CLASS.match(text, end)
        if text.startswith(self._slogans, start):
            return False
        if unit.surface in _IN_A_NAME and text[end : end + 1] in _NAMED_PLACE and text[end : end + 2] not in _OF_TOWN:
            return False
        if unit.dimension in _PHYSICAL:
            return unit.surface != "度"
        often = _EVERY_SO_OFTEN.search(text, max(0, start - 18), start) if unit.surface in {"次", "遍"} else None
        if often is not None:
            return words != "一" or bool(often["done"])  # 每天一个电话、每周一次上门 count nothing
        if words == "一":
            return self._is_one(text, start, unit, end)
        if (
            unit.surface == "篇"
            and text.startswith("文章", end)
            and not _WRITTEN.search(text, max(0, start - 16), start)
        ) or (unit.surface == "条" and _RULES_OF.search(text, max(0, start - 4), start)):
            return False  # 做好竹、烟、游三篇文章 is a figure of speech, 省委三十条 a document
        if unit.surface in self._units:
            return True
        if unit.surface == "届":
            return is_held(text, start)
        if unit.surface == "期":  # 培训班三期 counts, 工业园三期 is a name
            return text[end : end + 1] in STOPS and _ISSUES.search(text, max(0, start - 16), start) is not None
        if unit.surface == "字":
            return any(one in words for one in "万千")  # 二十四字 is a name, 六万多字 a length
        if unit.surface == "次" and words == "二":
            return False  # 二次招商, 二次返利: once more; a count is 两次
        if unit.surface == "次":  # 连续两次排名末位 counts, 人大四次会议 is a name
            return _TERM_OF.search(text, max(0, start - 2), start) is None and not _ASSEMBLY.match(text, end)
        if unit.surface in _PLACES and _TWO_PLACES.search(text, max(0, start - 9), start):
            return True
        if len(words) >= 2 and any(one in words for one in "十百千万数几上"):
            return words[0] not in "百千万"
        if text.startswith(self._nouns, end) or unit.surface in self._concrete:
            return True
        return text[end : end + 1] in STOPS and text[start - 1 : start] not in {"”", "“", "、", "，", "。"}

    def _is_one(self, text: str, start: int, unit: UnitWord, end: int) -> bool:
        if (
            unit.surface == "个"
            and _COMMUNITY.match(text, end)
            and _VILLAGES_BEFORE.search(text, max(0, start - 8), start)
        ):
            return True  # 辖13个村一个社区
        if unit.surface == "次" and _SUFFERED.search(text, max(0, start - 14), start):
            return True  # 被县里通报过一次
        if unit.surface in _ANY_ONE and _AT_LEAST_ONE.search(text, max(0, start - 12), start):
            return True
        if unit.surface == "家" and text[end : end + 1] not in STOPS:
            if text[end : end + 1] in {"就", "即", "便"}:
                return _ONE_ALONE.search(text, max(0, start - 14), start) is not None
            return _FIRM.match(text, end) is not None and _NONE.search(text, max(0, start - 2), start) is None
        if (
            unit.surface == "个"
            and text.startswith(_OFFICES, end)
            and _LISTED_WITH.search(text, max(0, start - 4), start)
        ):
            return True  # 辖12个行政村，一个居委会
        if unit.surface in _ONES:
            return text[end : end + 1] in STOPS and _ONE_MORE.search(text, max(0, start - 16), start) is not None
        if unit.surface == "亩" and _ONLY_ONE.search(text, max(0, start - 4), start) is not None:
            return True
        return unit.surface in {"成", "倍"} or (unit.surface in self._units and text[end : end + 1] == "半")
