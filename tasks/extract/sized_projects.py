"""Projects counted by how large they are: 500万元以上在建项目9个, 新上千万元以上项目5个."""

import re
from typing import Final

from tasks.extract.candidates import Zone
from tasks.extract.mentions import Quantity
from tasks.extract.scene import Scene
from tasks.extract.siblings import Generic

__all__ = ["sized_projects"]

_SIZE: Final = r"(?:(?:超|过|上)?[\d十百千]+[万亿]元?(?:及?以上)?|亿元(?:及?以上))的?"
_KIND: Final = r"(?:新建|续建|在建|重点|工业|产业|技改|农业|服务业)"
_BEFORE: Final = re.compile(
    rf"(?P<verb>实施|新上|新开工|新建|开工建设|抓好|推进|建设)?(?:总?投资额?)?(?P<item>{_SIZE}{_KIND}*(?:项目|工程))(?P<begun>开工)?(?:共|有|达|：)*(?P<only>[仅只]?)有?$"
)
_AFTER: Final = re.compile(rf"{_KIND}*(?:项目|工程)(?![^，。；]{{0,4}}\d)")
_LEADS: Final = re.compile(rf"(?:实施|新上|抓好|推进|建设|抓)(?:了)?(?P<item>(?:总?投资额?)?{_SIZE})$")
# Those attracted or signed for have an indicator of their own, as have those that are finished.
_OTHERS: Final = re.compile(
    r"引进|签约|招引|招商|落户|签订|签定|包装|储备|谋划|竣工|建成|投产|完工|在谈|洽谈|入库|其中"
)
# 在建项目13个，总投资9.6亿元，其中亿元以上4个
_OF_THEM: Final = re.compile(rf"[，；（](?:其中)?(?:总?投资额?)?(?:在|超|达)?(?P<item>{_SIZE})(?:有|共)?$")
_COUNTED: Final = re.compile(
    r"(?<!引进)(?<!签约)(?<!招引)(?<!招商)(?:在建|重点|实施|续建|建设|重大)[^，。；\d]{0,8}项目(?:共|有)?\d+[个项]"
)
_OF_MONEY: Final = re.compile(r"[万亿]")
_REACH: Final = 30


def sized_projects(scene: Scene, q: Quantity, zone: Zone) -> Generic | None:
    """Return the projects over a sum that `q` counts, with the sum in their item."""
    text = scene.text
    if q.unit.unit not in {"个", "项"} or _OF_MONEY.search(text, max(0, q.outer_start - 16), q.outer_start) is None:
        return None
    of_them = _OF_THEM.search(text, max(0, q.outer_start - _REACH), q.outer_start)
    if of_them is not None and _COUNTED.search(text, scene.span("sentence", q.start)[0], of_them.start()):
        return Generic("project.count", f"{of_them['item'].removesuffix('的')}项目", "sized_projects", 0.85, 112)
    clause, end = scene.span("clause", q.start)
    if _OTHERS.search(text, clause, min(end, q.outer_end + 10)):
        return None
    before = _BEFORE.search(text, max(clause, q.outer_start - _REACH), q.outer_start)
    if before is not None and before["only"] and "在建" not in before["item"]:
        return None  # 前三季度新开工亿元以上项目仅3个
    if before is not None and (before["verb"] or before["begun"] or "在建" in before["item"]):
        return Generic("project.count", before["item"].lstrip("上的"), "sized_projects", 0.85, 112)
    leads = _LEADS.search(text, max(clause, q.outer_start - _REACH), q.outer_start)
    if leads is None or _AFTER.match(text, q.outer_end) is None:
        return None
    return Generic("project.count", f"{leads['item'].removesuffix('的')}项目", "sized_projects", 0.85, 112)
