"""Templates: every notice with its audience and wordings; one wording with its versions, tried on a real case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.kernel.refusal import Refusal
from liandong.notify.channels import transport_of
from liandong.notify.forms import TemplateForm
from liandong.notify.operations import write_template
from liandong.notify.operations.desk import THE_TEMPLATE
from liandong.notify.queries import versions_of, wording_for, wordings_of
from liandong.notify.rules.notices import BY_CODE, NOTICES, PLACEHOLDER_WORDS, Notice, placeholders_of
from liandong.notify.rules.wording import ANY, Wording, checked, filled, segments
from liandong.notify.rules.words import AUDIENCE_WORDS, CHANNEL_WORDS, KIND_WORDS, Channel
from liandong.notify.standards import LANGUAGES, Key
from liandong.people.access import Actor, NotFound
from liandong.people.desk import DeskRequest, desk, district_of
from liandong.people.queries import staff_by_key
from liandong.web.refusals import explain

Sample = Callable[..., dict[str, str]]
_LANGUAGE_WORDS = dict(settings.LANGUAGES)


@desk("notify.write_template")
@require_safe
def templates(request: DeskRequest) -> HttpResponse:
    """What follows from what: a row per notice, and the ways out with whether each is configured."""
    wordings = wordings_of(district_of(request.actor))
    ways = [
        {"word": _(CHANNEL_WORDS[channel]), "is_on": channel is Channel.IN_APP or bool(transport_of(channel))}
        for channel in Channel
    ]
    rows = [
        {
            "code": notice.code,
            "word": _(notice.word),
            "kind": _(KIND_WORDS[notice.kind]),
            "audience": _(AUDIENCE_WORDS[notice.audience]),
            "channels": [_(CHANNEL_WORDS[channel]) for channel in notice.channels],
            "wordings": [_link(notice, key) for key in wordings if key[0] == notice.code],
        }
        for notice in NOTICES
    ]
    return render(request, "notify/templates.html", {"rows": rows, "ways": ways})


@desk("notify.write_template")
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: DeskRequest, notice: str, channel: str, language: str) -> HttpResponse:
    """One wording: read it, try it, save a new version."""
    key, district = _key(notice, channel, language), district_of(request.actor)
    wordings = wordings_of(district)
    near = wording_for(wordings, notice, channel=Channel(key[1]) if key[1] != ANY else Channel.IN_APP, language=key[2])
    standing = wordings.get(key) or (near[0] if near else Wording("", ""))
    if request.method != "POST":
        form = TemplateForm(initial={"subject": standing.subject, "body": standing.body})
        return _page(request, key, form, is_new=key not in wordings)
    form = TemplateForm(request.POST)
    if form.is_valid():
        wording = Wording(form.cleaned_data["subject"], form.cleaned_data["body"])
        try:
            version = write_template(key, wording=wording, district=district, actor=request.actor, at=timezone.now())
        except Refusal as refusal:
            told = explain(refusal)
            form.add_error("body", f"{told.says}{told.remedy}")
        else:
            saved = _("已保存为第 %(version)s 版，下一条消息起使用。") % {"version": version}
            messages.success(request, saved if version else _("内容没有变化。"))
            return HttpResponseRedirect(request.path)
    return _page(request, key, form, is_new=key not in wordings, status=422)


@desk("notify.write_template")
@require_POST
def preview(request: DeskRequest) -> HttpResponse:
    """The wording as it would read about a real case, for who may see that case."""
    notice = BY_CODE.get(request.POST.get("notice", ""))
    language = request.POST.get("language", "")
    if notice is None or language not in LANGUAGES:
        raise NotFound(what=THE_TEMPLATE)
    context: dict[str, Any] = {}
    try:
        given = Wording(request.POST.get("subject", ""), request.POST.get("body", ""))
        wording = checked(given, known=placeholders_of(notice))
        values = _sample(request.actor, request.POST.get("number", "").strip()[:40], language=language)
        shown = filled(wording, values)
        context = {"shown": shown, "length": len(shown.body), "segments": segments(shown.body), "language": language}
    except Refusal as refusal:
        context = {"refused": explain(refusal)}
    return render(request, "notify/preview.html", context)


def _sample(actor: Actor, number: str, *, language: str) -> dict[str, str]:
    sample: Sample = import_string(settings.LIANDONG_NOTICE_SAMPLE)
    return sample(actor, number, language=language)


def _key(notice: str, channel: str, language: str) -> Key:
    way = ANY if channel == "any" else channel
    if notice not in BY_CODE or way not in (ANY, *Channel) or language not in LANGUAGES:
        raise NotFound(what=THE_TEMPLATE)
    return notice, way, language


def _link(notice: Notice, key: Key) -> dict[str, str]:
    _notice, channel, language = key
    way = _("所有渠道") if channel == ANY else _(CHANNEL_WORDS[Channel(channel)])
    url = reverse("notify:template", args=[notice.code, "any" if channel == ANY else channel, language])
    return {"url": url, "word": f"{way} · {_LANGUAGE_WORDS[language]}"}


def _page(request: DeskRequest, key: Key, form: TemplateForm, *, is_new: bool, status: int = 200) -> HttpResponse:
    notice, channel, language = BY_CODE[key[0]], key[1], key[2]
    versions = list(versions_of(district_of(request.actor), key)[:20])
    names = staff_by_key({row.made_by for row in versions})
    ways = [("any", _("所有渠道")), *((way.value, _(CHANNEL_WORDS[way])) for way in Channel)]
    context = {
        "form": form,
        "notice": notice,
        "word": _(notice.word),
        "audience": _(AUDIENCE_WORDS[notice.audience]),
        "language": language,
        "is_new": is_new,
        "places": [(f"{{{name}}}", _(PLACEHOLDER_WORDS[name])) for name in placeholders_of(notice)],
        "versions": [{"row": row, "by": names.get(row.made_by, ("", ""))[0]} for row in versions],
        "tabs": [
            {
                "url": reverse("notify:template", args=[notice.code, way, spoken]),
                "label": f"{word} · {_LANGUAGE_WORDS[spoken]}",
                "active": (ANY if way == "any" else way, spoken) == (channel, language),
            }
            for spoken in LANGUAGES
            for way, word in ways
        ],
    }
    return render(request, "notify/template.html", context, status=status)
