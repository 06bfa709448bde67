"""The pages of the people module."""

from __future__ import annotations

from liandong.people.views.signing import sign_in, sign_out

__all__ = ["sign_in", "sign_out"]
