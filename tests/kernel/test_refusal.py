"""A refusal has a name, a sentence and a remedy."""

from __future__ import annotations

import pytest

from liandong.kernel.area_codes import MalformedCode
from liandong.kernel.datum import ImplausiblePoint
from liandong.kernel.numbering import MalformedNumber, MiscopiedNumber
from liandong.kernel.refusal import Refusal


def test_the_code_of_a_refusal_is_its_name_in_small_words() -> None:
    assert MiscopiedNumber(text="LD").code == "miscopied_number"
    assert Refusal().code == "refusal"


def test_values_stand_in_the_sentence_and_beside_it() -> None:
    refused = MalformedCode(text="31\x00🚧")
    assert "31\x00🚧" in str(refused)
    assert refused.values == {"text": "31\x00🚧"}


@pytest.mark.parametrize("kind", [ImplausiblePoint, MalformedCode, *MalformedNumber.__subclasses__()])
def test_every_refusal_of_the_kernel_says_why_and_what_to_do(kind: type[Refusal]) -> None:
    assert kind.says != Refusal.says
    assert kind.remedy
