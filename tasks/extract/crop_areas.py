"""Areas and yields of single crops that the words around them tell: what is new of one, what one mu of it bore."""

import re
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.quantities import Quantity
from tasks.extract.scene import Scene
from tasks.extract.siblings import AREAS, Generic

__all__ = ["area_of_yield", "is_crop_yield", "new_of_crop"]

_ITS_AREA: Final = re.compile(r"[，、](?:全年)?(?:总)?(?:种植|播种)(?:总?面积)?(?:达到?|为|有|约|近|共|稳定在)*")
_YIELD: Final = re.compile(r"(?:亩产|单产|亩均产量)[^，；]{0,8}$")
_HALF_OF_GRAIN: Final = re.compile(r"[夏秋春]粮|早稻|晚稻|小春|大春|秋收|夏收")
_ALL_GRAIN: Final = re.compile(r"粮食|全年")
_NEWLY_GROWN: Final = re.compile(r"[、，]?(?:今年|当年|年内|又)?(?:新[种植栽造]植?|扩种|新扩)了?")
_IMPROVED: Final = re.compile(r"低改|改良|改造|垦复|提质|嫁接|更新|老园")
_NEAR_CROP: Final = 20


def new_of_crop(scene: Scene, lead: str, zone: Zone) -> Generic | None:
    """Return the crop of which some was improved and some is new: 油茶低改2100亩、新种950亩."""
    if _NEWLY_GROWN.fullmatch(lead) is None or zone.start <= 0:
        return None
    start = max(scene.span("segment", zone.lead)[0], zone.start - _NEAR_CROP)
    improved = [
        one for one in scene.hits_between(start, zone.start)
        if one.crop or any(alias.code in AREAS for alias in one.aliases)
    ]  # fmt: skip
    if not improved or _IMPROVED.search(scene.text, improved[-1].start - 4, zone.start) is None:
        return None
    area = next((one.code for one in improved[-1].aliases if one.code in AREAS), "")
    return Generic(area or "agri.crop_area", "" if area else improved[-1].crop, "crop_area", 0.85, 100)


def is_crop_yield(scene: Scene, q: Quantity, zone: Zone) -> bool:
    """Return whether `q` is the yield per 亩 of one crop (小麦…，平均亩产526公斤), which has no indicator."""
    text = scene.text
    if q.unit.dimension not in {"mass", "yield"} or not _YIELD.search(
        text[max(zone.start, zone.lead - 16) : zone.lead]
    ):
        return False
    start = scene.span("sentence", zone.lead)[0]
    if _HALF_OF_GRAIN.search(text, start, zone.lead) and not _ALL_GRAIN.search(text, start, zone.lead):
        return True  # 夏粮播种面积2.4万亩，平均亩产412公斤
    crops = [one for one in scene.hits_between(start, zone.lead) if one.crop]
    if len(crops) > 1 and re.search(
        r"^[^，。；\d]{0,4}[、和及与][^，。；\d]{0,4}$", text[crops[-2].end : crops[-1].start]
    ):
        return False  # 推广杂交水稻、地膜玉米2.1万亩，平均亩产326公斤
    if not crops:
        return False
    of_all = [text.rfind(word, start, zone.lead) for word in ("粮", "播种面积")]
    # 小麦播种面积1.05万亩，亩产412公斤: the area is the crop's own.
    return crops[-1].start > max(of_all[0], -1 if of_all[1] == crops[-1].end else of_all[1])


def area_of_yield(scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
    """Return the crop whose yield was told right before its area: 马铃薯亩产达到2.1吨，种植面积9600亩."""
    if q.unit.dimension != "area" or not _ITS_AREA.fullmatch(scene.text, zone.start, zone.lead):
        return None
    crops = [one for one in scene.hits_between(scene.span("sentence", zone.lead)[0], zone.lead) if one.crop]
    if not crops or any(alias.code in AREAS for alias in crops[-1].aliases):
        return None
    return Generic("agri.crop_area", crops[-1].crop, "crop_area", 0.85, 100)
