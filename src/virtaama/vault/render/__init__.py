"""From a step to its statement."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from virtaama.vault.render.beside import find_differing, find_touched
from virtaama.vault.render.counting import count_changes, count_content, count_rows
from virtaama.vault.render.finding import find_met, find_moving, find_repeated, find_several, find_told
from virtaama.vault.render.names import engine_type, newest, part_name
from virtaama.vault.render.siblings import find_parents, find_siblings
from virtaama.vault.render.staging import (
    find_referenced,
    keep_last_row,
    name_arrivals,
    note_judged,
    stage,
    stage_content,
)
from virtaama.vault.render.writing import (
    find_affected,
    forget_returned,
    forget_superseded,
    insert_changes,
    insert_hub,
    insert_new,
    insert_referenced,
    supersede,
)
from virtaama.vault.steps import (
    CountChanges,
    CountContent,
    CountRows,
    FindAffected,
    FindDiffering,
    FindMet,
    FindMoving,
    FindParents,
    FindReferenced,
    FindRepeated,
    FindSeveral,
    FindSiblings,
    FindTold,
    FindTouched,
    ForgetReturned,
    ForgetSuperseded,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepLastRow,
    NameArrivals,
    NoteJudged,
    StageContent,
    StageRows,
    Step,
    Supersede,
)

__all__ = ("engine_type", "newest", "part_name", "render")


def render(step: Step) -> exp.Expr:
    """The statement of a step. Counts are queries of (batch, check, detail, count); all else changes tables."""
    match step:
        case NameArrivals():
            return name_arrivals()
        case FindDiffering():
            return find_differing(step)
        case FindReferenced():
            return find_referenced(step)
        case StageRows():
            return stage(step)
        case StageContent():
            return stage_content(step)
        case NoteJudged():
            return note_judged(step)
        case FindSeveral(source=source):
            return find_several(source)
        case FindRepeated(source=source):
            return find_repeated(source)
        case CountRows(source=source):
            return count_rows(source)
        case KeepLastRow(source=source, of=of):
            return keep_last_row(source, of)
        case FindParents():
            return find_parents(step)
        case FindSiblings():
            return find_siblings(step)
        case FindAffected(source=source, full=full):
            return find_affected(source, full)
        case Supersede(history=history):
            return supersede(history)
        case ForgetSuperseded(history=history):
            return forget_superseded(history)
        case ForgetReturned(history=history):
            return forget_returned(history)
        case FindMet(source=source):
            return find_met(source)
        case FindMoving(source=source, full=full):
            return find_moving(source, full)
        case FindTouched(source=source):
            return find_touched(source)
        case FindTold(source=source):
            return find_told(source)
        case CountContent():
            return count_content(step)
        case InsertHub(source=source):
            return insert_hub(source)
        case InsertReferenced(reference=reference):
            return insert_referenced(reference)
        case InsertNew(source=source, history=history):
            return insert_new(source, history)
        case InsertChanges():
            return insert_changes(step)
        case CountChanges():
            return count_changes(step)
        case _:
            assert_never(step)
