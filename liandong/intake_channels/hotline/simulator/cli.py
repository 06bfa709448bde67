"""`liandong simulate-calls`: what it asks for, and the work itself."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime
from random import Random
from urllib.error import URLError

from django.utils.translation import gettext as _

from liandong.areas.queries import district_codes
from liandong.intake_channels.hotline.queries import secrets_of
from liandong.intake_channels.hotline.simulator.scenarios import calls
from liandong.intake_channels.hotline.simulator.sending import Exchange, poster

AT_ONCE = "max"
CALLERS = tuple(f"138{tail:08d}" for tail in range(10, 60))
"""Numbers nobody has: 138 0000 00xx."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, how many, how fast, how badly."""
    parser.add_argument("--url", default="http://127.0.0.1:8000", help=_("服务器地址"))
    parser.add_argument("--district", default="", help=_("区代码，默认第一个区"))
    parser.add_argument("--secret", default="", help=_("签名密钥，默认取本机配置"))
    parser.add_argument("--calls", type=int, default=5, help=_("来电数"))
    parser.add_argument("--badly", type=float, default=0.0, metavar="0..1", help=_("行为不良的来电所占比例"))
    parser.add_argument("--speed", type=speed_of, default=1.0, metavar="1x|max", help=_("倍速，默认 1x"))
    parser.add_argument("--extensions", default="8001", help=_("分机号，逗号分隔"))
    parser.add_argument("--caller", action="append", default=[], help=_("来电号码，可重复；默认用虚构号码"))
    parser.add_argument("--seed", type=int, default=1, help=_("随机种子"))


def speed_of(text: str) -> float | None:
    """`10x` as 10, `max` as None.

    :raises argparse.ArgumentTypeError: it is neither
    """
    if text == AT_ONCE:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x?", text)
    if match is None or float(match[1]) == 0:
        raise argparse.ArgumentTypeError(_("倍速应为 10x 之类，或 max：%(text)s") % {"text": text})
    return float(match[1])


def run(arguments: argparse.Namespace, *, clock: Callable[[], datetime], progress: Callable[[int], None]) -> int:
    """Tell of the calls; return 0 when every request was answered as it must be, 1 when not, 2 without a secret."""
    district = arguments.district or next(iter(district_codes()), "")
    secret = arguments.secret or next(iter(secrets_of(district)), "")
    if not secret:
        print(_("区“%(district)s”没有话务密钥。") % {"district": district}, file=sys.stderr)
        return 2
    random = Random(arguments.seed)  # noqa: S311 - scenery, not secrets
    exchange = Exchange(
        district=district,
        secret=secret,
        post=poster(f"{arguments.url.rstrip('/')}/hooks/calls/{district}/"),
        clock=clock,
        random=Random(),  # noqa: S311 - nonces need only differ
        name=f"sim-{clock().timestamp():.0f}",
        speed=arguments.speed,
        sleep=time.sleep,
    )
    extensions = [one.strip() for one in arguments.extensions.split(",") if one.strip()]
    callers = arguments.caller or CALLERS
    planned = calls(arguments.calls, random=random, extensions=extensions, callers=callers, badly=arguments.badly)
    try:
        for done, shots in enumerate(planned, start=1):
            exchange.tell(shots)
            progress(done)
    except (URLError, OSError) as error:
        print(_("无法连接服务器：%(why)s") % {"why": error}, file=sys.stderr)
        return 1
    _print(exchange)
    return 1 if exchange.faults else 0


def _print(exchange: Exchange) -> None:
    print("\t".join((_("方式"), _("应答应为"), _("实际应答"), _("次数"))))
    for manner, expected, came, count in exchange.accounts():
        print(f"{manner}\t{expected}\t{came}\t{count}" + ("" if expected == came else "\t✗"))
    total = sum(exchange.came.values())
    print(_("共 %(total)s 条消息，%(faults)s 条应答不符。") % {"total": total, "faults": exchange.faults})
