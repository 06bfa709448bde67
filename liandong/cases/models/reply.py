"""Words that may be said to reporters: templates for a class and a step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ReplyTemplate(models.Model):
    """A reply kept for a class or subtree and a step; its earlier versions stand on its timeline."""

    district = models.CharField(max_length=6)
    class_prefix = models.CharField(max_length=10, default="", blank=True)
    step = models.CharField(max_length=16)
    title = models.CharField(max_length=60)
    text = models.TextField()
    version = models.IntegerField(default=1)
    is_retired = models.BooleanField(default=False)
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "class_prefix", "step", "title"],
                condition=Q(is_retired=False),
                name="a_reply_has_its_own_title_in_its_class_and_step",
            ),
        ]

    def __str__(self) -> str:
        return self.title
