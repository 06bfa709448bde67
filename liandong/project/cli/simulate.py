"""`liandong simulate`: play another platform against this one, as badly as asked, and account for every message."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from random import Random

from liandong.intake_channels.simulators.messages import CHANNELS, Place
from liandong.intake_channels.simulators.peer import MANNERS as PEER_MANNERS
from liandong.intake_channels.simulators.peer import by_chance, running_peer
from liandong.intake_channels.simulators.sending import MANNERS, Headers, over_http, planned, send_all
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `liandong simulate`."""
    parser.add_argument("channel", choices=CHANNELS, help=say("扮演哪个平台"))
    parser.add_argument("--url", default="http://127.0.0.1:8000", help=say("本平台的地址"))
    parser.add_argument("--district", default="310199", help=say("发往哪个区（区划代码）"))
    parser.add_argument("--key", default="", help=say("渠道密钥；缺省取 LIANDONG_CHANNEL_WAYS 中的第一把"))
    parser.add_argument("--count", type=int, default=100, help=say("大约发送多少条消息"))
    parser.add_argument("--batch", type=int, default=1, help=say("每份报文多少条消息"))
    parser.add_argument("--bad", default="", help=say("不良行为，逗号分隔，all 为全部：") + " ".join(MANNERS))
    parser.add_argument("--place", default="121.44,31.02", help=say("事发地点附近的经纬度，lon,lat"))
    parser.add_argument("--seed", type=int, default=7, help=say("随机种子；种子与 --prefix 相同则内容相同"))
    parser.add_argument("--prefix", default="SIM", help=say("工单编号的开头"))
    parser.add_argument("--listen", type=int, default=0, help=say("不发送，而是在此端口接收本平台的去文，直到 Ctrl-C"))
    parser.add_argument("--answers", default="ok", help=say("接收时的应答方式，逗号分隔：") + " ".join(PEER_MANNERS))


def run(arguments: argparse.Namespace) -> int:
    """Send, or listen; 0 when every message came to the fate it had to."""
    lane = f"{arguments.district}/{arguments.channel}"
    key = arguments.key or _key_of(lane)
    if arguments.listen:
        return _listen(arguments, lane=lane, key=key)
    asked = MANNERS if arguments.bad == "all" else tuple(name for name in arguments.bad.split(",") if name)
    unknown = sorted(set(asked) - set(MANNERS))
    if unknown or not key:
        words = say("没有这种行为：") + " ".join(unknown) if unknown else say("没有密钥；请用 --key 给出。")
        print(f"liandong: {words}", file=sys.stderr)
        return 1
    lon, lat = map(float, arguments.place.split(","))
    requests = planned(
        arguments.channel,
        arguments.count,
        manners=asked,
        place=Place(lon, lat),
        at=datetime.now(UTC),
        seed=arguments.seed,
        batch=arguments.batch,
        prefix=arguments.prefix,
    )
    account = send_all(
        requests,
        over_http(f"{arguments.url.rstrip('/')}/hooks/channels/{lane}/"),
        headers=Headers(key, lane, Random()),
        now=lambda: datetime.now(UTC),
    )
    print(account.line())
    return 0 if sum(account.answered.values()) == account.sent else 1


def _listen(arguments: argparse.Namespace, *, lane: str, key: str) -> int:
    manners = tuple(arguments.answers.split(","))
    with running_peer(arguments.listen, key=key, lane=lane, manner_of=by_chance(arguments.seed, *manners)) as peer:
        print(f"{peer.address}/in {peer.address}/ask", flush=True)
        try:
            peer.is_over.wait()
        except KeyboardInterrupt:
            print(f"{len(peer.taken)} taken, {sum(peer.taken_twice.values())} twice, {peer.unsigned} unsigned")
    return 0


def _key_of(lane: str) -> str:
    keys = json.loads(os.environ.get("LIANDONG_CHANNEL_WAYS", "{}")).get(lane, {}).get("keys", [])
    return str(keys[0]) if keys else ""
