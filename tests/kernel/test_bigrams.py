"""A text is found under its terms, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.kernel.bigrams import query_terms, terms

HAN = st.lists(st.integers(0x4E00, 0x9FFF).map(chr), min_size=2, max_size=30).map("".join)
# Half of it what people write, half anything at all, lone surrogates included.
CHARACTERS = st.sampled_from("路灯井盖号 ,Aa19１Ａ_\x00🚧\u0301") | st.integers(0, 0x10FFFF).map(chr)
TEXTS = st.lists(CHARACTERS, max_size=60).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮"]),
        ("路灯,不亮", ["路灯", "不亮"]),
        ("路灯、路灯", ["路灯"]),
        ("井", ["井"]),
        ("3号楼", ["3", "号楼"]),
        ("3幢B座", ["3", "幢", "b", "座"]),
        ("沪A12345 Phone", ["沪", "a12345", "phone"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("snake_case", ["snake", "case"]),
        ("人人々〇", ["人人", "人々", "々〇"]),
        ("𠮷野家", ["𠮷野", "野家"]),
        ("垃圾\x00堆🚧放", ["垃圾", "堆", "放"]),
        ("\ud800井盖", ["井盖"]),
        ("Straße ÉCOLE", ["straße", "école"]),
        ("", []),
        ("\x00 🚧 ——！", []),
    ],
)
def test_a_text_has_these_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == tuple(sorted(expected))


def test_a_lone_character_is_looked_for_only_when_nothing_else_is() -> None:
    assert query_terms("井") == ("井",)
    assert query_terms("井 盖") == ("井", "盖")
    assert query_terms("井 路灯") == ("路灯",)
    assert query_terms("井 a1") == ("a1",)
    assert query_terms("\x00") == ()


def test_a_word_without_end_is_cut_to_what_an_index_can_hold() -> None:
    assert terms("é" * 10_000) == ("é" * 64,)


def test_marks_without_end_are_noise() -> None:
    assert terms("路灯" + "\u0323\u0301" * 50_000 + "不亮") == ("不亮", "路灯")


@given(text=TEXTS)
def test_terms_are_sorted_unique_and_storable(text: str) -> None:
    found = terms(text)
    assert list(found) == sorted(set(found))
    for term in found:
        assert term
        assert "\x00" not in term
        assert len(term.encode()) <= 2046


@given(text=TEXTS)
def test_a_query_looks_only_for_terms_of_its_text_and_for_some_if_there_are_any(text: str) -> None:
    wanted = query_terms(text)
    assert set(wanted) <= set(terms(text))
    assert bool(wanted) == bool(terms(text))
    assert list(wanted) == sorted(wanted)


@given(text=HAN, data=st.data())
def test_any_two_neighbouring_characters_find_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert set(query_terms(text[start:end])) <= set(terms(text))


@given(text=st.lists(st.sampled_from("ABCxyz019-路灯 "), max_size=60).map("".join))
def test_width_and_case_of_letters_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
    assert terms(wide) == terms(text.upper()) == terms(text)
