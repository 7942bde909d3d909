"""Erasing: decided, on record, begun, carried out. What one asks for first tells in words what would go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from virtaama.access.audit_entries import NOBODY, Act
from virtaama.access.behind import providers_of
from virtaama.access.persons import names_a_person
from virtaama.lake.erasures import PERSON
from virtaama.loading.lock import only_one
from virtaama.privacy.erasure_policy import ErasureAllowed, decide_erasure
from virtaama.privacy.leaves import Asker, Refused
from virtaama.problems import NotAllowed, NotReady
from virtaama.project.erasing import whom
from virtaama.project.erasing.carried_out import Proven, finish, hashes_now
from virtaama.project.erasing.journal import Journal, drop_journal, read_journal, write_journal
from virtaama.project.erasing.planned import Planned, plan_due, plan_person
from virtaama.project.on_record import now
from virtaama.project.parts import Parts
from virtaama.project.told import Progress, silent

PURPOSE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why something is erased; neither may name a person."""

    reason: str
    legal_basis: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.legal_basis.strip():
            raise ValueError("an erasure needs a reason and a legal basis: both go on record")
        if names_a_person(f"{self.reason} {self.legal_basis}"):
            raise ValueError(
                "reason and legal basis go on record for good and name nobody: leave the code out"
            )


def what_would_go(parts: Parts, on: date, code: str | None) -> Planned:
    """What an erasure of one person, or of what is due on a day, would destroy. Nothing is changed."""
    with only_one(parts.settings.lock):
        _refuse_begun(parts)
        return _planned(parts, on, code)


def erase(
    parts: Parts,
    on: date,
    code: str | None,
    asker: Asker,
    why: Why,
    *,
    before_due: bool = False,
    progress: Progress = silent,
) -> Proven:
    """Erase one person, or what is due on a day, and prove it.

    Raises NotAllowed, on record; NotReady for what has to come first; ValueError for what is no identity code;
    NotErased where something is found afterwards. `before_due`: although the law still keeps some of it.
    """
    with only_one(parts.settings.lock):
        _refuse_begun(parts)
        allowed = _decided(parts, asker, {"erase": "person" if code else "due", "reason": why.reason})
        planned = _planned(parts, on, code)
        _refuse_waiting(planned)
        if planned.too_early and not before_due:
            raise NotReady(
                f"The law still keeps {sum(planned.too_early.values())} of what would go: "
                f"{', '.join(f'{name} {count}' for name, count in sorted(planned.too_early.items()))}.\n"
                "  Wait until it is due, or say --before-due with the legal basis that allows it.\n"
                "  Nothing was destroyed."
            )
        if planned.is_empty:
            raise NotReady("Nothing is kept of what was to be erased. Nothing was destroyed.")
        journal = _begin(parts, planned, allowed, why)
        return finish(parts, journal, progress)


def finish_begun(parts: Parts, asker: Asker, progress: Progress = silent) -> Proven | None:
    """Finish an erasure that was broken off; None where none was. Raises as `erase`."""
    with only_one(parts.settings.lock):
        journal = _begun(parts)
        if journal is None:
            return None
        _decided(parts, asker, {"finish erasure": journal.id})
        return finish(parts, journal, progress)


def lift(parts: Parts, code: str, asker: Asker, why: Why) -> bool:
    """Let what is delivered of a person who was erased land again; whether there was anything to lift.

    What was destroyed stays destroyed.
    """
    mark = whom.mark(parts, code)
    with only_one(parts.settings.lock):
        _decided(parts, asker, {"lift erasure": PERSON, "reason": why.reason, "legal basis": why.legal_basis})
        return parts.ledger.erasures.lift(mark, now())


def _planned(parts: Parts, on: date, code: str | None) -> Planned:
    return plan_due(parts, on) if code is None else plan_person(parts, code, on)


def _begin(parts: Parts, planned: Planned, allowed: ErasureAllowed, why: Why) -> Journal:
    """On record, with its journal, before anything is destroyed: both, or neither."""
    left_out = {
        name: planned.gone.instances.get(name, frozenset()) | planned.gone.shared.get(name, frozenset())
        for name in {*planned.gone.instances, *planned.gone.shared}
    }
    before = hashes_now(parts, left_out)
    marks = whom.marks(parts, planned.whom, planned.due, planned.theirs.instances)
    with parts.ledger.together():
        number = parts.ledger.erasures.begin(
            begun=now(),
            by=allowed.asker.id,
            role=allowed.asker.role,
            scope=planned.scope,
            reason=why.reason.strip(),
            legal_basis=why.legal_basis.strip(),
            marks=marks,
        )
        journal = Journal(
            id=number,
            names=tuple(sorted(planned.whom.names)),
            codes=tuple(sorted(planned.whom.codes)),
            subjects=tuple(sorted(planned.whom.subjects)),
            instances=_sorted(planned.theirs.instances),
            shared=_sorted(planned.gone.shared),
            searched=_sorted(planned.due),
            before=before,
            set_aside=sum(map(len, planned.rejected.values())),
            originals=planned.originals.destroyed,
        )
        write_journal(parts.settings.erasing, parts.keyring, journal)
    return journal


def _begun(parts: Parts) -> Journal | None:
    """The erasure that was broken off. One whose journal is there and whose record is not has destroyed nothing."""
    journal = read_journal(parts.settings.erasing, parts.keyring)
    if journal and all(each.id != journal.id for each in parts.ledger.erasures.all()):
        drop_journal(parts.settings.erasing)
        return None
    return journal


def _refuse_begun(parts: Parts) -> None:
    if _begun(parts):
        raise NotReady("An erasure was broken off. Run `virtaama erase --finish` first; nothing was changed.")


def _refuse_waiting(planned: Planned) -> None:
    if planned.originals.waiting:
        listed = "\n".join(f"  {name}" for name in planned.originals.waiting[:20])
        raise NotReady(
            "Delivered files hold some of it and have not landed as they are:\n"
            f"{listed}\n  Land them, or take them away; then erase. Nothing was destroyed."
        )


def _decided(parts: Parts, asker: Asker, question: Mapping[str, object]) -> ErasureAllowed:
    """The leave to erase; on record before anything else. NotAllowed, on record. Nobody is named."""
    role = next((role for role in parts.roles if role.name == asker.role), None)
    decision = decide_erasure(asker, role)
    feeds = tuple(feed.id for feed in parts.model.feeds)
    parts.audit.append(
        moment=now(),
        asker=asker.id,
        role=asker.role,
        purpose=PURPOSE,
        question=json.dumps(dict(question), ensure_ascii=False),
        decision="allowed" if isinstance(decision, ErasureAllowed) else f"refused: {decision.reason}",
        snapshot=None,
        rows=0,
        act=Act.ERASE,
        data=(),
        providers=providers_of(feeds) if isinstance(decision, ErasureAllowed) else (),
        about=NOBODY,
    )
    if isinstance(decision, Refused):
        raise NotAllowed(f"{decision.reason}. The question was recorded, and nothing was destroyed.")
    return decision


def _sorted(keys: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    return {concept: tuple(sorted(of)) for concept, of in sorted(keys.items())}
