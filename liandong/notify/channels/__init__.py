"""The ways out that are configured: read from the settings, one small contract (`contract`)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from liandong.notify.channels.contract import Misconfigured, Parcel, Report, Transport
from liandong.notify.channels.email import email_from
from liandong.notify.channels.robots import Robots, robots_from
from liandong.notify.channels.smpp import smpp_from
from liandong.notify.channels.sms_http import SmsHttp, receipt_signature, reports_in, request_from
from liandong.notify.rules.words import Channel

__all__ = [
    "Misconfigured",
    "Parcel",
    "Report",
    "Transport",
    "receipt_signature",
    "reports_in",
    "robot_channels",
    "transport_of",
    "transports",
]


def _email() -> Transport | None:
    if not settings.LIANDONG_SMTP_URL:
        return None
    return email_from(
        settings.LIANDONG_SMTP_URL, settings.LIANDONG_SMTP_FROM, seconds=settings.LIANDONG_GATEWAY_SECONDS
    )


def _sms_http() -> Transport | None:
    if not settings.LIANDONG_SMS_URL:
        return None
    return SmsHttp(
        url=settings.LIANDONG_SMS_URL,
        request=request_from(settings.LIANDONG_SMS_REQUEST, setting="LIANDONG_SMS_REQUEST"),
        headers=request_from(settings.LIANDONG_SMS_HEADERS, setting="LIANDONG_SMS_HEADERS"),
        is_form=settings.LIANDONG_SMS_IS_FORM,
        ok=settings.LIANDONG_SMS_OK,
        id_path=settings.LIANDONG_SMS_ID,
        ask_url=settings.LIANDONG_SMS_ASK_URL,
        knows_ref=settings.LIANDONG_SMS_KNOWS_REF,
        seconds=settings.LIANDONG_GATEWAY_SECONDS,
    )


def _smpp() -> Transport | None:
    if not settings.LIANDONG_SMPP_URL:
        return None
    return smpp_from(settings.LIANDONG_SMPP_URL, seconds=settings.LIANDONG_GATEWAY_SECONDS)


def _robots(channel: Channel) -> Robots | None:
    setting = f"LIANDONG_{channel.name}_ROBOTS"
    return robots_from(
        getattr(settings, setting), channel, setting=setting, seconds=settings.LIANDONG_GATEWAY_SECONDS
    )  # fmt: skip


# Where two serve a channel, the first that is configured takes its messages.
_MADE: tuple[Callable[[], Transport | None], ...] = (
    _smpp,
    _sms_http,
    _email,
    lambda: _robots(Channel.WECOM),
    lambda: _robots(Channel.DINGTALK),
)


def transports() -> tuple[Transport, ...]:
    """Every configured way out, made anew.

    :raises Misconfigured: a setting cannot be read
    """
    return tuple(found for make in _MADE if (found := make()) is not None)


def transport_of(channel: Channel) -> str:
    """The name of the way out that takes a channel's messages; empty when none is configured."""
    return next((found.name for found in transports() if found.channel is channel), "")


def robot_channels(unit: str) -> tuple[Channel, ...]:
    """The messengers in which a unit has a group."""
    found = (_robots(channel) for channel in (Channel.WECOM, Channel.DINGTALK))
    return tuple(robots.channel for robots in found if robots is not None and robots.robot_for(unit))
