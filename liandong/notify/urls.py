"""Addresses of messages, below /desk/messages/."""

from __future__ import annotations

from django.urls import path

from liandong.notify.views import delivery, inbox, preferences, templates

app_name = "notify"

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("unread/", inbox.unread, name="unread"),
    path("read/", inbox.read, name="read"),
    path("<int:pk>/open/", inbox.open_message, name="open"),
    path("settings/", preferences.preferences, name="settings"),
    path("settings/contact/", preferences.contact, name="contact"),
    path("templates/", templates.templates, name="templates"),
    path("templates/preview/", templates.preview, name="preview"),
    path("templates/<slug:notice>/<str:channel>/<slug:language>/", templates.template, name="template"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/<int:pk>/", delivery.message, name="message"),
    path("delivery/<int:pk>/retry/", delivery.retry, name="retry"),
]
