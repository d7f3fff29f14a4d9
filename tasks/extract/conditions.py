"""Words that a name needs in its sentence, topic or section, and words that make it mean something else."""

import re
from typing import Final

from tasks.extract.scene import Hit, Scene
from tasks.lexicon import Alias

__all__ = ["ASIDE", "MEASURED", "is_excluded", "is_of_other_things", "with_needs"]

ASIDE: Final = re.compile(r"[（(\[【][^（()）\]】]*[）)\]】]")
MEASURED: Final = ("面积", "产量", "总产", "产值")
_NEXT: Final = 12  # letters: 卫生院1所，村卫生室14个
# 蔬菜面积0.45万亩；农作物播种面积1.53万亩，产量1.02万吨: of what the part after ； names itself
_OF_ANOTHER_AREA: Final = re.compile(r"；[^，。；\d]{2,12}面积[^。；]{0,16}\d[\d.]*万?(?:余|多)?(?:亩|公顷)")


def is_excluded(
    text: str, start: int, end: int, alias: Alias, sentence: int, after: int = -1, behind: int = -1
) -> bool:  # fmt: skip
    """Return whether a word that makes the name mean something else stands in `start:end`.

    A word written ^word counts from the begin of the sentence on, ~word from the begin of the segment (after ；),
    >word behind the figure, or behind the name after it (`behind`), up to `after`; >>word in the letters next to it.
    """
    around = text[start:end]
    for word in alias.excludes:
        if word.startswith(">>"):
            begin = end if behind < 0 else behind
            if text.find(word[2:], begin, begin + _NEXT) >= 0:
                return True
        elif word[0] == ">":
            if text.find(word[1:], end if behind < 0 else behind, after) >= 0:
                return True
        elif word[0] in "^~":
            begin = sentence if word[0] == "^" else max(sentence, text.rfind("；", sentence, start) + 1)
            if text.find(word[1:], begin, end) >= 0:
                return True
        elif word in around and word in ASIDE.sub("", around):
            return True
    return False


def is_of_other_things(text: str, alias: Alias, start: int, end: int) -> bool:
    """Return whether a sentence has named before, in `start:end`, what a name that stands alone is not said of.

    受理信访事项187件；化解184件: a verb alone needs no noun in its clause, but here they were no disputes.
    """
    before = text[start:end]
    return any(word in before for word in alias.excludes) and not any(
        word in before for group in alias.needs for word in group
    )


def with_needs(scene: Scene, alias: Alias, score: float, hit: Hit, sentence: int, end: int, zone_start: int) -> float:
    """Return `score` less the distance to the words the name needs; 0 when one is missing."""
    text = scene.text
    before = text[sentence:end]
    for group in alias.needs:
        places = [before.rfind(word) for word in group if word in before]
        if places:
            position = sentence + max(places)
            distance = abs(hit.start - position)
            score -= min(18.0, 0.3 * distance)
            apart = text.rfind("；", position, hit.start)
            if apart >= 0:
                if alias.words.endswith(MEASURED) and _OF_ANOTHER_AREA.search(text, apart, hit.start):
                    return 0.0
                score -= 10
            elif zone_start - position >= 0 and distance < 30:
                score -= 2
            continue
        topic, section = scene.topic(hit.start, sentence), scene.section(hit.start, sentence)
        if not any(word in topic or word in section for word in group):
            return 0.0
        score -= 16
    return score
