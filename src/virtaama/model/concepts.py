"""What a county knows about: concepts with keys, attributes, relationships, in three languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.problems import Place


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Finnish, Swedish and English."""

    fi: str
    sv: str
    en: str

    def in_language(self, language: str) -> str:
        match language:
            case "sv":
                return self.sv
            case "en":
                return self.en
            case _:
                return self.fi


class Type(StrEnum):
    """The kinds of value an attribute or a source field can hold."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    IDENTITY = "identity"  # a personal identity code at the source, a random pseudonym everywhere after


class Sensitivity(StrEnum):
    """How closely an attribute is guarded; each class has satellites of its own."""

    OPEN = "open"  # about no person
    PERSONAL = "personal"  # about a person
    SPECIAL = "special"  # special categories, GDPR article 9: health, social care
    DIRECT = "direct"  # names a person: kept only enciphered


class Purpose(StrEnum):
    """Why data is used: the duties of 552/2019 §41 and 612/2021 §29, and the client's own care of 703/2023."""

    STEERING = "steering"  # leading and supervising services
    PLANNING = "planning"
    EVALUATION = "evaluation"
    DATA_QUALITY = "data_quality"
    CLIENT_CARE = "client_care"  # care of, or service to, the person the data is about


class Kind(StrEnum):
    """Whether instances last (a resident, a unit) or happen (a visit, a posting)."""

    ENTITY = "entity"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRule:
    """How an attribute is computed from the other columns of its concept, and from when on.

    `sql` is read as DuckDB; `relationship.attribute` follows a relationship. `valid_from` None is always.
    """

    sql: str
    place: Place
    version: int = 1
    valid_from: date | None = None
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A fact about one instance of a concept."""

    name: str
    type: Type
    labels: Text
    definition: Text
    place: Place
    sensitivity: Sensitivity = Sensitivity.OPEN
    unit: str = ""  # "EUR", "kg"; empty where the value has none
    code_list: str = ""  # name of a CodeList the values come from; empty for free values
    purposes: tuple[Purpose, ...] = ()  # what the attribute may be used for; required when SPECIAL
    was: tuple[str, ...] = ()  # former names; those of several attributes where they are now one
    rules: tuple[ValueRule, ...] = ()  # by date, the oldest first; empty where sources deliver the value


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A named reference from one instance to an instance of concept `to`.

    `one_each`: two instances in one delivery that refer to the same one are a finding, as where a register
    knows a person under two numbers. `otherwise`: a dotted path of relationships to another instance of `to`,
    which is referred to where no source says anything: the resident of a visit is that of its client record.
    """

    name: str
    to: str
    labels: Text
    definition: Text
    place: Place
    one_each: bool = False
    was: tuple[str, ...] = ()  # former names
    otherwise: str = ""  # the path that is followed where no source tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The attributes that say from when until when an instance holds: a date or a timestamp each.

    Days are both included; a timestamp `until` is the first moment it no longer holds. A missing end is open.
    """

    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long instances are kept: by a rule of the law, and the facts it counts from.

    `rules` gives the rule for each code of `by`, an attribute at the concept or along relationships; `rule` that of
    all others. `facts` gives for a fact
    of the rules, such as death, the attributes that tell it, at the concept or along relationships: the first that
    has a value counts. `none` says why there is no rule. Names of rules and facts are those of `statutes`.
    """

    place: Place
    rule: str = ""
    by: str = ""
    rules: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    none: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Every rule it names, each once."""
        return tuple(dict.fromkeys(rule for _, rule in (*self.rules, ("", self.rule)) if rule))

    def rule_for(self, code: str | None) -> str:
        """The rule for an instance of this code; empty where none is named for it."""
        return dict(self.rules).get(code or "", self.rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What is withheld of persons under a protection order (turvakielto, 661/2009 36–37 §).

    `told_by` is the truth value that tells who has one, at the concept of the persons; `through` the
    relationship to the person, at every other. `places` are attributes and relationships nobody is told; `hints`
    those that tell of places through the services used, told only to professionals in whose care the person is.
    """

    place: Place
    told_by: str = ""
    through: str = ""
    places: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def withheld(self) -> tuple[str, ...]:
        return (*self.places, *self.hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Something the county knows about. `key` names the attributes that identify an instance.

    `time` names the attributes that say when an event happened: the first that has a value counts.
    Where it is empty, all attributes of type date or timestamp are tried in their order.
    """

    name: str
    kind: Kind
    labels: Text
    definition: Text
    key: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    relationships: tuple[Relationship, ...]
    place: Place
    time: tuple[str, ...] = ()
    valid: Validity | None = (
        None  # where instances themselves say when they hold: a care relationship, a post
    )
    was: tuple[str, ...] = ()  # former names; those of several concepts where they are now one
    retention: Retention | None = None  # how long instances are kept; None where nobody has said
    protection: Protection | None = None  # what is withheld of persons under a protection order

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)

    def relationship(self, name: str) -> Relationship | None:
        return next((r for r in self.relationships if r.name == name), None)

    @property
    def is_computed(self) -> bool:
        """Whether its view holds what no source delivers with it."""
        return any(a.rules for a in self.attributes) or any(r.otherwise for r in self.relationships)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of a list and the days it is valid, both ends included; None is open.

    `broader` is the code of the same list it is part of; empty at the top.
    """

    code: str
    labels: Text
    valid_from: date | None = None
    valid_until: date | None = None
    broader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A closed, dated list of codes with its source."""

    name: str
    labels: Text
    source: str
    codes: tuple[Code, ...]
    place: Place
