"""Pages for everybody."""

from __future__ import annotations

from django.urls import path

from liandong.citizen import views

urlpatterns = [path("", views.welcome, name="welcome")]
