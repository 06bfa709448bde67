"""Setting up maps from elsewhere: adding one, changing it, switching it off and on. What they show decides nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from liandong.areas.events import TileSourceAdded, TileSourceChanged, TileSourceSwitched
from liandong.areas.models import TileSource
from liandong.areas.operations.loading import lock_district, touch_district
from liandong.areas.queries.tile_sources import KEEP_TILES, forget_sources, tile_source_for
from liandong.areas.rules.tiling import template_fault
from liandong.areas.sealing import sealed_token
from liandong.areas.tiles import target_of_template
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record
from liandong.web.outgoing import Target, UnfitUrl, lies_inside


class TileTemplateUnfit(Refusal):
    """A template no address of a tile can be made of."""

    status = 422
    says = marked("地址模板不可用，问题在“%(part)s”。")
    remedy = marked(
        "请写完整的 http(s) 地址，含 {z}、{x}、{y}，密钥写作 {token}；主机名中不能有占位符，最长 500 字符。"
    )


class TileOriginClosed(Refusal):
    """An origin that is plain or inside the house, and not allowed by name."""

    status = 422
    says = marked("来源“%(origin)s”未加密或在内网，未经允许不能使用。")
    remedy = marked("公网来源请用 https；内网或 http 的，请运维把该来源写入 LIANDONG_TILE_ORIGINS。")


class TileSourceNamedTwice(Refusal):
    """A name another source of the district has already."""

    status = 409
    says = marked("已有名为“%(name)s”的地图源。")
    remedy = marked("请换一个名称，或修改已有的那个。")


class TileLevelsUnfit(Refusal):
    """A first level beyond the last."""

    status = 422
    says = marked("最小级别 %(first)s 大于最大级别 %(last)s。")
    remedy = marked("请把最小级别写在前面，例如 1 到 18。")


@dataclass(frozen=True, slots=True)
class TileSourceDetails:
    """What is said of a source, but for its token."""

    name: str
    kind: str
    template: str
    crs: str
    min_zoom: int = 1
    max_zoom: int = 18
    attribution: str = ""
    review_no: str = ""
    is_labels: bool = False


@transaction.atomic
def add_tile_source(
    district: str, *, given: TileSourceDetails, token: str = "", actor: Actor, at: datetime
) -> TileSource:
    """Set up a source; it is on at once.

    :raises Forbidden: the actor may not keep the sources of this district
    :raises TileTemplateUnfit, TileOriginClosed, TileLevelsUnfit, TileSourceNamedTwice: it cannot be set up
    """
    require(actor, KEEP_TILES, Thing(area=district))
    lock_district(district)
    target = _checked(given, district)
    sealed = sealed_token(token, district=district)
    source = TileSource.objects.create(district_id=district, **asdict(given), token=sealed)
    event = TileSourceAdded(given.name, given.kind, given.crs, target.origin)
    record(event, about=_about(source), actor=actor.key, at=at)
    _announce(district)
    return source


@transaction.atomic
def change_tile_source(
    source_id: int, *, given: TileSourceDetails, token: str = "", actor: Actor, at: datetime
) -> TileSource:
    """Set up a source otherwise; without a token it keeps the one it has, unless it would go to another origin with it.

    :raises NotFound: there is none, or not for this actor
    :raises TileTemplateUnfit, TileOriginClosed, TileLevelsUnfit, TileSourceNamedTwice: it cannot be set up so
    """
    source = tile_source_for(source_id, actor=actor)
    lock_district(source.district_id)
    source.refresh_from_db()
    target = _checked(given, source.district_id, besides=source.pk)
    fields = [name for name, value in asdict(given).items() if getattr(source, name) != value]
    is_elsewhere = target.origin != target_of_template(source.template).origin
    if token or (is_elsewhere and source.token):
        source.token = sealed_token(token, district=source.district_id)
        fields.append("token")
    for name, value in asdict(given).items():
        setattr(source, name, value)
    if fields:
        source.save(update_fields=fields)
        event = TileSourceChanged(given.name, tuple(fields), target.origin)
        record(event, about=_about(source), actor=actor.key, at=at)
        _announce(source.district_id)
    return source


@transaction.atomic
def switch_tile_source(source_id: int, *, is_on: bool, actor: Actor, at: datetime) -> TileSource:
    """Switch a source on or off; nothing happens where it is so already.

    :raises NotFound: there is none, or not for this actor
    """
    source = tile_source_for(source_id, actor=actor)
    lock_district(source.district_id)
    source.refresh_from_db()
    if source.is_on != is_on:
        source.is_on = is_on
        source.save(update_fields=["is_on"])
        record(TileSourceSwitched(source.name, is_on), about=_about(source), actor=actor.key, at=at)
        _announce(source.district_id)
    return source


def _checked(given: TileSourceDetails, district: str, *, besides: int = 0) -> Target:
    """Where the source leads.

    :raises TileTemplateUnfit, TileOriginClosed, TileLevelsUnfit, TileSourceNamedTwice: it cannot be so
    """
    if fault := template_fault(given.template, given.kind):
        raise TileTemplateUnfit(part=fault)
    try:
        target = target_of_template(given.template)
    except UnfitUrl:
        raise TileTemplateUnfit(part=given.template[:40]) from None
    if not target.is_allowed and (target.scheme != "https" or lies_inside(target)):
        raise TileOriginClosed(origin=target.origin)
    if given.min_zoom > given.max_zoom:
        raise TileLevelsUnfit(first=given.min_zoom, last=given.max_zoom)
    if TileSource.objects.filter(district=district, name=given.name).exclude(pk=besides).exists():
        raise TileSourceNamedTwice(name=given.name)
    return target


def _about(source: TileSource) -> Subject:
    return Subject("tile_source", source.pk, area=source.district_id)


def _announce(district: str) -> None:
    touch_district(district)
    transaction.on_commit(forget_sources)
