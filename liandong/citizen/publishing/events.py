"""What can happen to what is published. No words of anybody stand here, only that they were shown or taken away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseHidden:
    """A case was taken out of public sight; it stays as it is for those who work on it."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A hidden case may be seen by the public again."""

    why: str


@dataclass(frozen=True, slots=True)
class PhotoReleased:
    """Somebody looked at a photo and lets the public see its copy."""

    photo: int


@dataclass(frozen=True, slots=True)
class PhotoWithheld:
    """A photo was taken out of public sight; the original is kept."""

    photo: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """Somebody asked the district something; nobody but the moderators sees it yet."""

    length: int


@dataclass(frozen=True, slots=True)
class QuestionPublished:
    """A question may be read by everybody, in the words of that number."""

    words: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAssigned:
    """A unit is to answer a question."""

    unit: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A unit answered, or answered anew."""

    unit: str
    words: int


@dataclass(frozen=True, slots=True)
class QuestionHidden:
    """A question, with its answer, is not shown, or no more."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ArticleWritten:
    """A version of an article was written; it is read by nobody until it is published."""

    kind: str
    version: int


@dataclass(frozen=True, slots=True)
class ArticlePublished:
    """A version of an article is what everybody reads."""

    kind: str
    version: int
    level: str = ""


@dataclass(frozen=True, slots=True)
class ArticleWithdrawn:
    """An article is not shown any more; its versions are kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class PortalLoaded:
    """The portal's texts of a district were loaded from its folder."""

    texts: int
