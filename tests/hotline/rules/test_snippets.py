"""What of an article may be said as it stands."""

from __future__ import annotations

import pytest

from liandong.intake_channels.hotline.rules.knowledge import fit_of, snippets_in


@pytest.mark.parametrize(
    ("text", "snippets"),
    [
        (
            "> 请到**窗口**办理，\n> 带身份证。\n\n说明\n\n> 或在[网上](http://x)办理。",
            ("请到窗口办理， 带身份证。", "或在网上办理。"),
        ),
        ("# 标题\n\n第一段\n还是第一段。\n\n第二段", ("第一段 还是第一段。",)),
        ("## 只有标题", ()),
        (">\n\n正文", ("正文",)),
        ("", ()),
    ],
)
def test_quoted_paragraphs_are_snippets_and_without_one_the_first_paragraph(
    text: str, snippets: tuple[str, ...]
) -> None:
    assert snippets_in(text) == snippets


def test_a_rare_term_and_a_term_of_the_title_weigh_more() -> None:
    holding = {"办理": 9, "落户": 1}
    rare = fit_of(["落户"], set(), {"落户"}, holding, 10)
    common = fit_of(["办理"], set(), {"办理"}, holding, 10)
    assert rare > common > 0
    assert fit_of(["落户"], {"落户"}, {"落户"}, holding, 10) > rare
