"""Tables of cases: one file for each matter."""

from __future__ import annotations

from liandong.cases.models.attachment import Attachment, EvidenceFlag, Proof, Upload
from liandong.cases.models.batches import Batch, BatchRow, ExportJob
from liandong.cases.models.bookkeeping import IdempotentCall, NumberSequence
from liandong.cases.models.case import OPEN, Case
from liandong.cases.models.catalogue import CaseClass, ClassPolicy, FilingCondition, TimeLimit
from liandong.cases.models.draws import AuditRound, Draw
from liandong.cases.models.joined import CaseRecurrence, JoinedReport
from liandong.cases.models.lists import ListView, PinnedFilter, SavedFilter, TermCount
from liandong.cases.models.matrix import MatrixVersion, Responsibility
from liandong.cases.models.papers import Application, FollowUp, Note, OutsideTask, Supervision
from liandong.cases.models.problem import Problem, ProblemCase
from liandong.cases.models.reply import ReplyTemplate
from liandong.cases.models.reporter import SealedReporter
from liandong.cases.models.work import Assignment, Clock, ClockMove

__all__ = [
    "Application",
    "Assignment",
    "Attachment",
    "AuditRound",
    "Batch",
    "BatchRow",
    "Case",
    "CaseClass",
    "CaseRecurrence",
    "ClassPolicy",
    "Clock",
    "ClockMove",
    "Draw",
    "EvidenceFlag",
    "ExportJob",
    "FilingCondition",
    "FollowUp",
    "IdempotentCall",
    "JoinedReport",
    "ListView",
    "MatrixVersion",
    "Note",
    "NumberSequence",
    "OPEN",
    "OutsideTask",
    "PinnedFilter",
    "Problem",
    "ProblemCase",
    "Proof",
    "ReplyTemplate",
    "Responsibility",
    "SavedFilter",
    "SealedReporter",
    "Supervision",
    "TermCount",
    "TimeLimit",
    "Upload",
]
