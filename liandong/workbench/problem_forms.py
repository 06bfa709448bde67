"""Forms of lasting problems: what one is called, who owns it, what is said of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.workbench.forms import pick, words

LONGEST_TITLE = 80


class ProblemForm(forms.Form):
    """A problem as it is opened or changed."""

    title = forms.CharField(
        label=_("问题名称"), max_length=LONGEST_TITLE, help_text=_("写地点和事情，例如“东桥路夜市油烟”，不写人名。")
    )
    owner_unit = pick(_("牵头单位"), "units", placeholder=_("单位名称或代码"), required=True)
    description = words(_("情况说明"), required=False, rows=3)

    def show_owner(self, name: str) -> None:
        """Show the name of the unit that is chosen already."""
        widget: Any = self.fields["owner_unit"].widget
        widget.text = name
