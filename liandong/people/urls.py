"""Where people sign in and out."""

from __future__ import annotations

from django.urls import path

from liandong.people import views

urlpatterns = [
    path("desk/sign-in/", views.sign_in, name="sign_in"),
    path("desk/sign-out/", views.sign_out, name="sign_out"),
]
