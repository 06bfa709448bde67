"""Addresses of the hotline desk, below /desk/hotline/."""

from __future__ import annotations

from django.urls import path

from liandong.intake_channels.hotline.views import figures, hand_overs, knowledge, seats

app_name = "hotline"

urlpatterns = [
    path("", figures.figures, name="figures"),
    path("calls/<int:pk>/number/", figures.number, name="number"),
    path("seat/", seats.sit, name="sit"),
    path("seat/leave/", seats.leave, name="leave"),
    path("hand-overs/", hand_overs.at_desk, name="hand_overs"),
    path("hand-overs/to/<str:party>/", hand_overs.new, name="hand_over"),
    path("hand-overs/<int:pk>/note/", hand_overs.note, name="three_way"),
    path("hand-overs/<int:pk>/receipt/", hand_overs.receipt, name="receipt"),
    path("articles/", knowledge.index, name="articles"),
    path("articles/find/", knowledge.find, name="find_articles"),
    path("articles/new/", knowledge.write, name="new_article"),
    path("articles/<int:pk>/", knowledge.read, name="article"),
    path("articles/<int:pk>/edit/", knowledge.write, name="edit_article"),
    path("articles/<int:pk>/retire/", knowledge.retire, name="retire_article"),
]
