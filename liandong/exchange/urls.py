"""Addresses of webhooks, below /desk/exchange/."""

from __future__ import annotations

from django.urls import path

from liandong.exchange import views

app_name = "exchange"

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.new, name="new"),
    path("rates/", views.rate, name="rate"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/replay/", views.replay, name="replay"),
    path("<int:pk>/<str:act>/", views.act, name="act"),
    path("<int:pk>/deliveries/<int:delivery>/", views.delivery, name="delivery"),
    path("<int:pk>/deliveries/<int:delivery>/replay/", views.replay_one, name="replay_one"),
]
