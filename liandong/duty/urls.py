"""Addresses of duty, below /desk/duty/."""

from __future__ import annotations

from django.urls import path

from liandong.duty.views import daily, feeds, handbook, planning, plans, rosters, today, training

app_name = "duty"

urlpatterns = [
    path("", today.today, name="today"),
    path("answers/", today.answers, name="answers"),
    path("mine/", today.mine, name="mine"),
    path("swaps/<int:pk>/<str:verb>/", today.settle_swap, name="settle_swap"),
    path("absences/", today.note_absence, name="note_absence"),
    path("absences/<int:pk>/cancel/", today.cancel_absence, name="cancel_absence"),
    path("calendar/", today.calendar_link, name="calendar_link"),
    path("calendar/<str:secret>.ics", feeds.feed, name="feed"),
    path("rosters/", rosters.rosters, name="rosters"),
    path("rosters/new/", plans.new_roster, name="new_roster"),
    path("rosters/<int:pk>/", rosters.roster, name="roster"),
    path("rosters/<int:pk>/plan/", plans.plan, name="plan"),
    path("rosters/<int:pk>/end/", planning.end, name="end_roster"),
    path("rosters/<int:pk>/absences/", planning.note_away, name="note_away"),
    path("rosters/<int:pk>/calendar.ics", feeds.roster_feed, name="roster_feed"),
    path("rosters/<int:pk>/<str:day>/<str:shift>/", rosters.watch, name="watch"),
    path("gaps/", rosters.gap_list, name="gaps"),
    path("handovers/", daily.handovers, name="handovers"),
    path("handovers/new/", daily.new_handover, name="new_handover"),
    path("handovers/<int:pk>/", daily.handover, name="handover"),
    path("briefings/", daily.briefings, name="briefings"),
    path("briefings/<int:pk>/sign/", daily.sign_briefing, name="sign_briefing"),
    path("handbook/", handbook.index, name="handbook"),
    path("handbook/new/", handbook.edit, name="new_page"),
    path("handbook/<slug:slug>/", handbook.read, name="handbook_page"),
    path("handbook/<slug:slug>/confirm/", handbook.confirm, name="confirm_read"),
    path("handbook/<slug:slug>/edit/", handbook.edit, name="edit_page"),
    path("handbook/<slug:slug>/readers/", handbook.readers, name="readers"),
    path("training/", training.trainings, name="trainings"),
    path("training/<int:number>/correct/", training.correct, name="correct_training"),
    path("training/new/", training.new_training, name="new_training"),
]
