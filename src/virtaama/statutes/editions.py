"""The packs of a county: those of the package, and newer ones of its own. Of each name the newest edition counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from virtaama.model.documents import did_you_mean
from virtaama.problems import Problem, ProblemsFound
from virtaama.statutes.pack_parse import name_in, parse_pack
from virtaama.statutes.packs import Content, Kind, Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A pack that is there, and whether it is the one that counts."""

    pack: Pack[Any]
    counts: bool


class Statutes:
    """Packs by kind, read when first asked for and then kept.

    `shipped` and `own` are texts of files by name; shipped ones are named `<pack>.yaml`, own ones as people like.
    """

    def __init__(
        self, kinds: tuple[Kind[Any], ...], shipped: Mapping[str, str], own: Mapping[str, str] | None = None
    ) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._shipped = shipped
        self._own = own or {}
        self._own_by_name: Mapping[str, tuple[str, ...]] | None = None
        self._read: dict[str, tuple[Pack[Any], ...]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._kinds)

    def pack(self, kind: Kind[Content]) -> Pack[Content]:
        """The edition that counts. Raises ProblemsFound with all that is wrong with any file of this pack."""
        return max(self.editions(kind), key=lambda pack: pack.edition)

    def content(self, kind: Kind[Content]) -> Content:
        """What the edition that counts says; ProblemsFound likewise."""
        return self.pack(kind).content

    def named(self, name: str) -> Pack[Any]:
        """The pack of a name; KeyError where there is none."""
        return self.pack(self._kinds[name])

    def editions(self, kind: Kind[Content]) -> tuple[Pack[Content], ...]:
        """Every edition of a pack there is, the oldest first; ProblemsFound likewise."""
        if kind.name not in self._read:
            self._read[kind.name] = self._editions(kind)
        return self._read[kind.name]

    def all(self) -> tuple[Edition, ...]:
        """Every edition of every pack; ProblemsFound with all that is wrong with any file."""
        problems: list[Problem] = []
        found: list[Edition] = []
        for kind in self._kinds.values():
            try:
                *others, newest = self.editions(kind)
            except ProblemsFound as wrong:
                problems += wrong.problems
                continue
            found += (
                *(Edition(pack=pack, counts=False) for pack in others),
                Edition(pack=newest, counts=True),
            )
        if problems:
            raise ProblemsFound(tuple(problems))
        return tuple(found)

    def _editions(self, kind: Kind[Content]) -> tuple[Pack[Content], ...]:
        file = f"{kind.name}.yaml"
        packs = [parse_pack(kind, file, self._shipped[file])]
        problems: list[Problem] = []
        for own in self._own_files().get(kind.name, ()):
            try:
                packs.append(parse_pack(kind, own, self._own[own], own=True))
            except ProblemsFound as wrong:
                problems += wrong.problems
        by_edition: dict[date, Pack[Content]] = {}
        for pack in packs:
            if other := by_edition.get(pack.edition):
                what = f"'{pack.name}' of {pack.edition} is there already: {other.place.file}."
                problems.append(Problem(pack.place, what, "Give this file the day on which it was written."))
            by_edition[pack.edition] = pack
        if problems:
            raise ProblemsFound(tuple(problems))
        return tuple(by_edition[edition] for edition in sorted(by_edition))

    def _own_files(self) -> Mapping[str, tuple[str, ...]]:
        """The project's own files by the pack they are; ProblemsFound where one is none."""
        if self._own_by_name is None:
            problems: list[Problem] = []
            found: dict[str, tuple[str, ...]] = {}
            for file, text in sorted(self._own.items()):
                try:
                    name, place = name_in(file, text)
                except ProblemsFound as wrong:
                    problems += wrong.problems
                    continue
                if name in self._kinds:
                    found[name] = (*found.get(name, ()), file)
                else:
                    what = f"there is no pack '{name}'."
                    problems.append(Problem(place, what, did_you_mean(name, self.names)))
            if problems:
                raise ProblemsFound(tuple(problems))
            self._own_by_name = found
        return self._own_by_name
