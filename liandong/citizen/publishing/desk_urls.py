"""Addresses of the publishing desk, below /desk/publishing/."""

from __future__ import annotations

from django.urls import path

from liandong.citizen.publishing.views import desk, desk_articles, desk_questions

app_name = "publishing"

urlpatterns = [
    path("", desk.index, name="index"),
    path("moderation/", desk.moderation, name="moderation"),
    path("cases/<str:number>/", desk.case, name="case"),
    path("cases/<str:number>/hide/", desk.hide, name="hide_case"),
    path("cases/<str:number>/show/", desk.show, name="show_case"),
    path("cases/<str:number>/photos/<int:photo>/release/", desk.release, name="release_photo"),
    path("cases/<str:number>/photos/<int:photo>/withhold/", desk.withhold, name="withhold_photo"),
    path("questions/", desk_questions.questions, name="questions"),
    path("questions/<int:pk>/", desk_questions.question, name="question"),
    path("questions/<int:pk>/publish/", desk_questions.publish, name="publish_question"),
    path("questions/<int:pk>/assign/", desk_questions.assign, name="assign_question"),
    path("questions/<int:pk>/answer/", desk_questions.answer, name="answer_question"),
    path("questions/<int:pk>/hide/", desk_questions.hide, name="hide_question"),
    path("articles/", desk_articles.articles, name="articles"),
    path("articles/new/", desk_articles.write, name="write_article"),
    path("articles/<int:pk>/", desk_articles.article, name="article"),
    path("articles/<int:pk>/publish/", desk_articles.publish, name="publish_article"),
    path("articles/<int:pk>/withdraw/", desk_articles.withdraw, name="withdraw_article"),
]
