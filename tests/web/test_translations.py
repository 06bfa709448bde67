"""Chinese first, English complete: no sentence without its English, no English without its places."""

from __future__ import annotations

import re

from tests.web.messages import PACKAGE, english, messages

_PLACE = re.compile(r"%\(\w+\)s|%%|\{\w+\}")


def test_every_chinese_sentence_has_its_english() -> None:
    known = english()
    missing = [f"{file.relative_to(PACKAGE)}: {text}" for text, file in messages().items() if not known.get(text)]
    assert missing == []


def test_english_fills_the_same_places_and_holds_no_chinese() -> None:
    for source, words in english().items():
        assert sorted(_PLACE.findall(source)) == sorted(_PLACE.findall(words)), source
        assert not re.search(r"[\u3400-\u9fff]", words), source
