"""What people write about incidents. Every form refuses a personal identity code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from virtaama.access.persons import names_a_person
from virtaama.portal.incidents.state import Kind, State
from virtaama.portal.incidents.words import PERSONAL, RISKS, step_called
from virtaama.statutes.incident_duties import Risk

MOST = 4_000
DECIDED = {None: "undecided", True: "yes", False: "no"}
CHOICES = (("undecided", _("not decided")), ("yes", _("Yes")), ("no", _("No")))
_WHEN = "%Y-%m-%dT%H:%M"


def no_identity_code(text: str) -> None:
    if names_a_person(text):
        raise ValidationError(_("This holds a personal identity code. Leave it out."))


def not_in_the_future(moment: Any) -> None:
    if moment > timezone.now():
        raise ValidationError(_("This is in the future."))


def long_text(label: Any, *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST,
        validators=[no_identity_code],
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": rows}),
    )


def line(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        validators=[no_identity_code],
        widget=forms.TextInput(attrs={"class": "ds-input"}),
    )


def moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        validators=[not_in_the_future],
        input_formats=[_WHEN],
        widget=forms.DateTimeInput(format=_WHEN, attrs={"class": "ds-input", "type": "datetime-local"}),
    )


def choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "ds-input"}))


class ReportForm(forms.Form):
    what = long_text(_("What happened?"), rows=6)
    where = line(_("In which system or place?"))
    aware = moment(_("When was it noticed?"))
    personal = choice(_("Does it concern data about persons?"), list(PERSONAL.items()))


class AboutIncident(forms.Form):
    """A form on the page of an incident: what it writes, and as what."""

    kind: Kind

    def __init__(self, state: State, language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.prefix = self.kind.value
        self.state = state
        self.language = language

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ClassifyForm(AboutIncident):
    kind = Kind.CLASSIFIED
    breach = choice(_("Is it a personal data breach?"), CHOICES)
    significant = choice(_("Is it a significant incident (NIS2)?"), CHOICES)
    aware = moment(_("When did the county become aware of it?"))
    why = long_text(_("Why?"))

    def __init__(self, state: State, *arguments: Any, **named: Any) -> None:
        super().__init__(state, *arguments, **named)
        self.initial.setdefault("aware", state.aware)
        for name in ("breach", "significant"):
            self.initial.setdefault(name, DECIDED[getattr(state.classified, name)])

    def said(self) -> dict[str, Any]:
        decided = {chosen: found for found, chosen in DECIDED.items()}
        return {
            "breach": decided[self.cleaned_data["breach"]],
            "significant": decided[self.cleaned_data["significant"]],
            "aware": self.cleaned_data["aware"].isoformat(),
            "why": self.cleaned_data["why"],
        }


class AssessForm(AboutIncident):
    kind = Kind.ASSESSED
    risk = choice(_("What is it to the persons concerned?"), [(risk, RISKS[risk]) for risk in Risk])
    persons = forms.IntegerField(
        label=_("About how many persons?"),
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"class": "ds-input"}),
    )
    why = long_text(_("What may follow for them, and what is done against it?"))


class StepForm(AboutIncident):
    kind = Kind.STEP_TAKEN
    step = choice(_("Which step?"), ())
    when = moment(_("When was it taken?"))
    reference = line(_("Under which number?"))

    def __init__(self, state: State, language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(state, language, *arguments, **named)
        waiting = [clock.duty.step for clock in state.clocks if clock.done is None]
        chosen = self.fields["step"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(step.value, step_called(step, language)) for step in waiting]

    def clean_when(self) -> Any:
        taken = self.cleaned_data["when"]
        if taken < self.state.aware.replace(second=0, microsecond=0):
            raise ValidationError(_("This is before the county became aware of it."))
        return taken

    def said(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"step": told["step"], "when": told["when"].isoformat(), "reference": told["reference"]}


class NoteForm(AboutIncident):
    kind = Kind.NOTED
    text = long_text(_("Note"))


class CloseForm(AboutIncident):
    kind = Kind.CLOSED
    lessons = long_text(_("What was learned?"))


class ReopenForm(AboutIncident):
    kind = Kind.REOPENED
    text = long_text(_("Why is it opened again?"))


FORMS: dict[str, type[AboutIncident]] = {
    form.kind.value: form for form in (ClassifyForm, AssessForm, StepForm, NoteForm, CloseForm, ReopenForm)
}


def forms_for(state: State, language: str) -> tuple[AboutIncident, ...]:
    """The forms that mean something as the incident stands."""
    if state.closed_at is not None:
        kinds: tuple[type[AboutIncident], ...] = (NoteForm, ReopenForm)
    else:
        kinds = (ClassifyForm, AssessForm, StepForm, NoteForm, CloseForm)
    steps = any(clock.done is None for clock in state.clocks)
    return tuple(form(state, language) for form in kinds if form is not StepForm or steps)
