"""What people write for the descriptions, because no platform can know it: organisation.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from virtaama.descriptions.risks import RISKS
from virtaama.descriptions.stores import Store
from virtaama.model.concepts import Text
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.shape import Shape, members, named, one_of, text, words
from virtaama.problems import Problem, ProblemsFound

ORGANISATION_FILE = "organisation.yaml"


class Degree(StrEnum):
    """How likely, or how grave, a risk is in the eyes of those who assessed it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


CHANGED = {
    "responsibilities": "who answers for what",
    "security": "information security",
    "interfaces": "how data is made and handed over",
    "documents": "the handling of cases and services",
    "publicity": "publicity, secrecy and the right to get data",
}
"""What 906/2019 5 § wants to know of a change, and people know."""
_RISKS = "impact_assessment.risks"
_SYSTEM = members(
    "A source system: what its files do not say.",
    {
        "owner": text("The unit or office that answers for it."),
        "supplier": text("Who supplies it."),
        "contract": text("The contract, by its number or name."),
        "place": text("Where its data is kept: a country, and who keeps it."),
        "purpose": words("What it is used for."),
        "legal_basis": text("On what basis its data is processed."),
        "retention": text("How long its data is kept, and by which rule."),
        "archived": text("What of it is archived, where and how; or that nothing is."),
    },
)
_RISK = members(
    "What was decided about a risk.",
    {
        "likelihood": one_of([*Degree], "How likely it is with the measures in place."),
        "severity": one_of([*Degree], "How grave it would be for persons."),
        "decision": words("What is done about what is left of it."),
    },
)
ORGANISATION = Shape(
    "organisation",
    members(
        "What people write for the descriptions; nothing of it is needed, and what is missing is asked for there.",
        {
            "controller": members(
                "The controller.",
                {
                    "business_id": text("Its business identity code."),
                    "address": text("Its postal address."),
                    "contact": text("An address or a number where it is reached; no person's own."),
                },
            ),
            "contacts": members(
                "Where those who answer for something are reached.",
                {
                    "data_protection_officer": text("The data protection officer."),
                    "information_management": text("Who answers for the information-management model."),
                    "security": text("Who answers for information security."),
                    "documents": text("Where one asks for documents and data."),
                },
            ),
            "hosting": members(
                "Where the platform itself runs.",
                {
                    "supplier": text("Who runs it."),
                    "contract": text("The contract, by its number or name."),
                    "place": text("The country and the place."),
                },
            ),
            "web": text(
                "The address below which the data sets are described: https://…", pattern="^https://"
            ),
            "third_countries": words("Which personal data goes outside the EEA and why; or that none does."),
            "systems": named("Source systems by the names of the model.", _SYSTEM),
            "retention": named("How long each store is kept, by its name.", text("How long, by which rule.")),
            "impact_assessment": members(
                "What people decided in the data protection impact assessment.",
                {
                    "necessity": words("Why the processing is needed and in proportion."),
                    "unread": words("What data about persons is needed for that no figure is made from."),
                    "persons_heard": words("How persons or those who speak for them were heard."),
                    "automated_decisions": words("Whether anything is decided about a person by machine."),
                    "officer_opinion": words("What the data protection officer said."),
                    "accepted_by": text("Who accepted what is left of the risks, and when."),
                    "risks": named("Risks by name.", _RISK),
                },
            ),
            "change": members(
                "What people say of one change; asked for anew when the model is another.",
                {
                    "model": text("The version of the model it is said of, as `virtaama plan` names it."),
                    **{name: words(f"What the change means for {what}.") for name, what in CHANGED.items()},
                },
                required=("model",),
            ),
            "access_to_documents": words("How anybody asks for documents, and how the answer is given."),
        },
    ),
)
"""The shape of organisation.yaml."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What people decided about a risk; empty where they have not."""

    likelihood: Degree | None = None
    severity: Degree | None = None
    decision: Text | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """What people wrote: sentences by where they stand, such as `systems.finance.owner`."""

    said: Mapping[str, str] = field(default_factory=dict)
    worded: Mapping[str, Text] = field(default_factory=dict)
    risks: Mapping[str, Judged] = field(default_factory=dict)

    def text(self, where: str, language: str) -> str:
        """What stands there in a language; empty where nothing does."""
        if where in self.worded:
            return self.worded[where].in_language(language)
        return self.said.get(where, "")


NOTHING_SAID = Organisation()


def parse_organisation(text: str, systems: Iterable[str]) -> Organisation:
    """What organisation.yaml says; ProblemsFound with every problem of it. `systems`: those of the model."""
    root, problems = ORGANISATION.read(ORGANISATION_FILE, text)
    if root is None and not problems:
        return NOTHING_SAID
    if root is not None:
        problems += tuple(_unknown_names(root, tuple(systems)))
    if root is None or problems:
        raise ProblemsFound(problems)
    said: dict[str, str] = {}
    worded: dict[str, Text] = {}
    for where, name, holder in _leaves(root, ""):
        if said_here := holder.text(name):
            said[where] = said_here
        else:
            worded[where] = holder.words(name)
    return Organisation(said=said, worded=worded, risks=dict(_judged(root)))


def _leaves(entry: Entry, above: str) -> Iterator[tuple[str, str, Entry]]:
    """Where each answer stands: its whole path, its name, and what it is a member of."""
    for name, below in entry.members():
        where = f"{above}.{name}" if above else name
        if where == _RISKS:
            continue
        if below.is_mapping and below.member("fi") is None:
            yield from _leaves(below, where)
        else:
            yield where, name, entry


def _judged(root: Entry) -> Iterator[tuple[str, Judged]]:
    assessment = root.member("impact_assessment")
    for name, entry in assessment.within("risks") if assessment else ():
        degrees = (entry.text(member) for member in ("likelihood", "severity"))
        likelihood, severity = (Degree(degree) if degree else None for degree in degrees)
        decision = entry.words("decision") if entry.member("decision") else None
        yield name, Judged(likelihood, severity, decision)


def _unknown_names(root: Entry, systems: tuple[str, ...]) -> Iterator[Problem]:
    assessment = root.member("impact_assessment")
    for named_here, what, known in (
        (root.within("systems"), "no system of the model", systems),
        (root.within("retention"), "no store of the platform", tuple(Store)),
        (assessment.within("risks") if assessment else iter(()), "no risk of the assessment", tuple(RISKS)),
    ):
        for name, entry in named_here:
            if name not in known:
                yield Problem(entry.place, f"'{name}' is {what}.", did_you_mean(name, known))
