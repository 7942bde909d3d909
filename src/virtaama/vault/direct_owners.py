"""Under whose key what names an instance is enciphered: a person's, or that of a number a system knows them by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed
from virtaama.model.model import Model
from virtaama.problems import NotReady
from virtaama.sql.build import parsed
from virtaama.vault.tables import Source


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the direct fields of one source are, told from the business key of an instance and its person."""

    source: Source
    feed: Feed

    @classmethod
    def of(cls, source: Source, model: Model) -> Owners:
        return cls(source, model.feed(source.mapping.feed))

    def owner(self, field: str, name: str, person: str | None) -> tuple[str, str] | None:
        """Kind and number of whose the field is; the kind is empty for `person`. None where nobody is named.

        `name` is the business key, `person` the surrogate of the person a source tells. NotReady where the owner
        is told by a field the key is not made of.
        """
        declared = self.feed.field(field)
        for told_by in self.feed.owners(declared) if declared else ():
            teller = self.feed.field(told_by)
            if teller is None or teller.type is Type.IDENTITY:
                if person is not None:
                    return "", person
                continue
            number = self._number(told_by, name)
            if number is None:
                raise NotReady(
                    f"{self.source.mapping.place}: '{told_by}' tells whose '{field}' is; the key is not made of it.\n"
                    f"  What is linked must be found by it: write the key as '{told_by}', or 'prefix' || {told_by}."
                )
            return f"{self.feed.system}.{told_by}", number
        return None

    def _number(self, told_by: str, name: str) -> str | None:
        """The value of a field from the key that is made of it."""
        match parsed(self.source.mapping.key[0].sql):
            case exp.Column() as made if made.name.lower() == told_by.lower():
                return name
            case exp.DPipe(this=exp.Literal() as prefix, expression=exp.Column() as made) if (
                made.name.lower() == told_by.lower() and prefix.is_string and name.startswith(prefix.name)
            ):
                return name.removeprefix(prefix.name)
            case _:
                return None
