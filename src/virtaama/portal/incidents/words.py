"""The words of the register's pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virtaama.portal.core.door import incident_duties
from virtaama.portal.incidents.state import Kind, State, Written
from virtaama.statutes.incident_duties import Risk, Step

KINDS: dict[str, Promise] = {
    Kind.REPORTED: gettext_lazy("reported"),
    Kind.CLASSIFIED: gettext_lazy("classified"),
    Kind.ASSESSED: gettext_lazy("assessed the risk"),
    Kind.STEP_TAKEN: gettext_lazy("took a step"),
    Kind.NOTED: gettext_lazy("noted"),
    Kind.CLOSED: gettext_lazy("closed"),
    Kind.REOPENED: gettext_lazy("opened again"),
}
RISKS: dict[str, Promise] = {
    Risk.UNLIKELY: gettext_lazy("unlikely to be a risk to anybody"),
    Risk.LIKELY: gettext_lazy("a risk"),
    Risk.HIGH: gettext_lazy("a high risk"),
}
PERSONAL: dict[str, Promise] = {
    "unknown": gettext_lazy("I do not know"),
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
}
STATES: dict[str, Promise] = {
    "overdue": gettext_lazy("overdue"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
}
FOUND: dict[str, Promise] = {
    "breach": gettext_lazy("personal data breach"),
    "significant": gettext_lazy("significant incident (NIS2)"),
    "unclassified": gettext_lazy("not classified yet"),
}
LACKS: dict[str, Promise] = {
    "classification": gettext_lazy("classification"),
    "assessment": gettext_lazy("assessment of the risk to persons"),
}


def found_to_be(state: State) -> str:
    """What an incident was found to be, so far."""
    found = [str(FOUND["breach"])] if state.classified.breach else []
    found += [str(FOUND["significant"])] if state.classified.significant else []
    if not state.is_classified:
        found.append(str(FOUND["unclassified"]))
    return ", ".join(found) or _("neither a breach nor significant")


def step_called(step: str, language: str) -> str:
    return incident_duties().called(Step(step)).in_language(language)


def lacking(lacks: tuple[str, ...], language: str) -> str:
    """What has to be done before an incident can be closed."""
    return ", ".join(str(LACKS[each]) if each in LACKS else step_called(each, language) for each in lacks)


def said_in_words(written: Written, language: str) -> str:
    """What was written, in a line."""
    said = written.said
    match written.kind:
        case Kind.REPORTED:
            return str(said["what"])
        case Kind.CLASSIFIED:
            decided = [
                f"{called}: {_yes_or_no(said[member])}"
                for member, called in (("breach", FOUND["breach"]), ("significant", FOUND["significant"]))
            ]
            return f"{'; '.join(decided)}. {said['why']}"
        case Kind.ASSESSED:
            return f"{RISKS[said['risk']]}. {said['why']}"
        case Kind.STEP_TAKEN:
            return " · ".join(filter(None, (step_called(said["step"], language), said["reference"])))
        case Kind.CLOSED:
            return str(said["lessons"])
        case Kind.NOTED | Kind.REOPENED:
            return str(said["text"])


def _yes_or_no(decided: bool | None) -> str:
    return _("not decided") if decided is None else _("Yes") if decided else _("No")
