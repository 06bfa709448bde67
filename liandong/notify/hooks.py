"""Where gateways report what became of messages, below /hooks/messages/."""

from __future__ import annotations

from django.urls import path

from liandong.notify.views import receipts

urlpatterns = [path("sms/receipts/", receipts.sms_receipts, name="sms_receipts")]
