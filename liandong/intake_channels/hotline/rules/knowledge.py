"""Knowledge articles: what stands in one, which of its words may be said as they are, and which article fits best."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from liandong.kernel.refusal import Refusal, marked

LONGEST_ARTICLE: Final = 50_000
LONGEST_TITLE: Final = 80
LONGEST_SNIPPET: Final = 600
TITLE_WEIGHT: Final = 3.0
"""A term in the title counts as often as in the text."""

_MARKUP = re.compile(r"(\*\*|__|`|^#{1,6}\s+|^[-*]\s+|^\d+\.\s+)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class ArticleUnfinished(Refusal):
    """An article without title or text, or with too long ones."""

    status = 422
    says = marked("知识的标题和正文都要填写，标题最多 %(title)s 字，正文最多 %(text)s 字。")
    remedy = marked("请补全或缩短后重新保存。")


class ArticleForNoClass(Refusal):
    """An article for a class or subtree the catalogue does not have."""

    status = 422
    says = marked("目录中没有以“%(code)s”开头的类别。")
    remedy = marked("请填写类别代码或其开头；留空表示适用于所有类别。")


class ArticleNeverHolds(Refusal):
    """An article that ends before it begins."""

    status = 422
    says = marked("知识的失效日期早于生效日期。")
    remedy = marked("请核对日期；长期有效的请留空失效日期。")


class ArticleTitleTaken(Refusal):
    """Another article in use has that title."""

    status = 409
    says = marked("已有标题为“%(title)s”的知识。")
    remedy = marked("请修改原有知识，或换一个标题。")


class ArticleNotInForce(Refusal):
    """An answer that names an article which does not hold that day."""

    status = 409
    says = marked("知识“%(title)s”今天不在有效期内或已停用。")
    remedy = marked("请重新查找有效的知识后再答复。")


def snippets_in(text: str) -> tuple[str, ...]:
    """What may be said to a caller as it stands: the quoted paragraphs (`> …`), without one the first paragraph.

    Marks of Markdown are taken out: an answer is heard or read as plain words.
    """
    quoted: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith(">"):
            quoted[-1].append(line[1:].strip())
        elif quoted[-1]:
            quoted.append([])
    found = [plain for lines in quoted if (plain := _plain(" ".join(lines)))]
    if not found:
        paragraphs = (block.strip() for block in re.split(r"\n\s*\n", text))
        found = [_plain(" ".join(block.split())) for block in paragraphs if block[:1] not in ("", "#", ">")][:1]
    return tuple(snippet[:LONGEST_SNIPPET] for snippet in found if snippet)


def fit_of(
    asked: Sequence[str], title: Collection[str], text: Collection[str], holding: Mapping[str, int], total: int
) -> float:
    """How well an article answers: each term asked for, by how rare it is among `total` articles, more in the title.

    `holding` says how many articles hold each term.
    """
    score = 0.0
    for term in asked:
        rarity = math.log(1 + (total - holding.get(term, 0) + 0.5) / (holding.get(term, 0) + 0.5))
        if term in title:
            score += rarity * TITLE_WEIGHT
        elif term in text:
            score += rarity
    return score


def _plain(text: str) -> str:
    return _MARKUP.sub("", _LINK.sub(r"\1", text)).strip()
