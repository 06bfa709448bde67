"""The texts of a district's portal, and what the product says where the district says nothing."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

from liandong.citizen.publishing.models import PortalText
from liandong.citizen.publishing.rules.cells import LEAST
from liandong.kernel.refusal import marked
from liandong.web.names import reads_english

OURS: Final = {
    "licence": marked("可自由使用、加工和再传播，须注明来源与取数时间；不得用于识别个人。"),
    "contact": marked("数据问题请通过“问答”向区联动中心提出。"),
    "about": marked("只包含类别对公众开放的案件；举报、投诉与纠纷不公开，个人信息已删去，住所只到网格。"),
}


def portal_text(district: str, name: str) -> str:
    """A text of the portal in the reader's language."""
    found = PortalText.objects.filter(district=district, name=name).first()
    if found is None:
        return gettext(OURS[name])
    return found.text_en or found.text if reads_english() else found.text


def smallest_cell(district: str) -> int:
    """Below which count a figure is not told in this district."""
    found = PortalText.objects.filter(district=district, name="smallest_cell").values_list("text", flat=True).first()
    return int(found) if found else LEAST
