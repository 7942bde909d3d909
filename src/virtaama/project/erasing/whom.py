"""Who is to be erased, by every name anything of theirs may be found under. The one place that asks who persons are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow.parquet as pq

from virtaama.access.persons import person_key
from virtaama.identities.closing import CODE
from virtaama.lake.batches import Batch
from virtaama.lake.erasures import THEIRS
from virtaama.loading.belonging import Belonging
from virtaama.loading.erased import Erased, marks_of, person_mark
from virtaama.model.concepts import Type
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.project.parts import Parts


@dataclass(frozen=True, slots=True)
class Whom:
    """Persons as the lake calls them, and their identity codes.

    `subjects` are what the identity store calls those it knows by a number of some system, where no code told whom
    a name belongs to.
    """

    names: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[bytes]:
        """Their keys in warehouse and marts."""
        return frozenset(map(person_key, self.names))

    def __bool__(self) -> bool:
        return bool(self.names or self.codes)


def by_code(parts: Parts, code: str) -> Whom:
    """The person of an identity code, known to the lake or not; ValueError, without the code, where it is none."""
    code = right_code(code)
    name = parts.identities.find(code)
    return by_names(parts, [name]) if name else Whom(codes=frozenset({code}))


def by_names(parts: Parts, names: Iterable[str]) -> Whom:
    """Persons by what the lake calls them."""
    names = frozenset(names)
    known = (parts.identities.known_as(name) for name in names)
    return Whom(names, frozenset(text for aliases in known for kind, text in aliases if kind == CODE))


def with_subjects(parts: Parts, whom: Whom, theirs: Belonging) -> Whom:
    """The same with those whom the rows that go name by a number, and no row that stays."""
    batches = parts.ledger.batches()
    subjects: set[str] = set()
    for feed in parts.model.feeds:
        fields = {name for field in feed.fields if field.direct for name in feed.owners(field)}
        kinds = {f.name for f in feed.fields if f.name in fields and f.type is not Type.IDENTITY}
        of_feed = [batch for batch in batches if batch.feed == feed.id]
        if not kinds or not any(batch.number in theirs.rows for batch in of_feed):
            continue
        for name in sorted(kinds):
            going, staying = _values(parts, of_feed, theirs, name)
            known = (
                parts.identities.find_subject(f"{feed.system}.{name}", value) for value in going - staying
            )
            subjects.update(found for found in known if found)
    return replace(whom, subjects=frozenset(subjects))


def is_theirs(whom: Whom, code: str) -> bool:
    """Whether a normalised identity code is that of one of them."""
    return code in whom.codes


def forget(parts: Parts, whom: Whom) -> None:
    """Destroy what leads from codes and numbers to these persons, and the keys of what names them."""
    for name in sorted(whom.names | whom.subjects):
        parts.identities.forget(name)
    extent = parts.identities.extent()
    parts.ledger.note_identities(extent.identity, extent.persons, extent.forgotten)


def marks(
    parts: Parts,
    whom: Whom,
    due: Mapping[str, frozenset[str]],
    theirs: Mapping[str, frozenset[str]],
) -> tuple[tuple[str, bytes], ...]:
    """By what they, and instances by concept, are known if they are delivered again."""
    of_them = {f"{THEIRS}{concept}": keys for concept, keys in theirs.items()}
    return marks_of(_key(parts), whom.codes, {**due, **of_them})


def mark(parts: Parts, code: str) -> bytes:
    """The mark of the person of an identity code; ValueError where it is none."""
    return person_mark(_key(parts), right_code(code))


def erased(parts: Parts) -> Erased | None:
    """What is not to land again; None where nothing was erased."""
    found = parts.ledger.erasures.marks()
    return Erased(model=parts.model, key=_key(parts), marks=found) if found else None


def right_code(code: str) -> str:
    """A code, normalised; ValueError, without the code, where it is none."""
    code = normalise(code)
    if not is_identity_code(code):
        raise ValueError("that is no personal identity code: its shape, day or check character is wrong")
    return code


def _values(
    parts: Parts, batches: Sequence[Batch], theirs: Belonging, name: str
) -> tuple[set[str], set[str]]:
    """The values of a field in rows that go, and in rows that stay."""
    going: set[str] = set()
    staying: set[str] = set()
    for batch in batches:
        path = parts.lake.verified_path(batch)
        if name not in pq.read_schema(path).names:
            continue
        gone = frozenset(theirs.rows.get(batch.number, ()))
        for number, value in enumerate(pq.read_table(path, columns=[name])[name].to_pylist()):
            if value is not None:
                (going if number in gone else staying).add(str(value))
    return going, staying


def _key(parts: Parts) -> bytes:
    return parts.keyring.derived("erased")
