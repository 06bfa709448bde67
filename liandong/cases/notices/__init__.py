"""What messages say about cases, and to whom: the follower that turns events of cases into messages."""

from __future__ import annotations

from liandong.cases.notices.facts import contact_of_reporter, sample_for
from liandong.cases.notices.following import FOLLOW_NOTICES

__all__ = ["FOLLOW_NOTICES", "contact_of_reporter", "sample_for"]
