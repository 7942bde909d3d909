"""The impact assessment of a change says what is other: data, sensitivity, recipients, roles, retention."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.privacy.approvals import approved
from tests.unit.descriptions.county import county, with_attribute
from virtaama.descriptions.change import Before, Leaving, as_plain_change, change_assessment, changes
from virtaama.descriptions.document import Blank, Grid
from virtaama.descriptions.facts import Section, facts_of
from virtaama.descriptions.forms import as_markdown
from virtaama.descriptions.known import Known
from virtaama.descriptions.organisation import parse_organisation
from virtaama.model.concepts import Purpose, Sensitivity

EARLIER = date(2026, 10, 1)
APPROVED = (
    "service_use_monthly (client_care, data_quality, evaluation, planning, steering; the board, "
    "HVA/1/2020, 2020-01-01–)"
)


def before(known: Known) -> Before:
    return Before(
        deployed=(known.model, known.catalogue),
        deployed_on=EARLIER,
        described=facts_of(known),
        described_on=EARLIER,
    )


def test_nothing_changes_where_nothing_did() -> None:
    assert changes(county(), before(county())) == ()


def test_a_stricter_attribute_is_told_with_what_it_was() -> None:
    now = replace(
        county(),
        model=with_attribute(
            county().model,
            "resident",
            "mother_tongue",
            sensitivity=Sensitivity.SPECIAL,
            purposes=(Purpose.PLANNING,),
        ),
    )
    found = {(each.name, each.member): (each.was, each.now) for each in changes(now, before(county()))}
    assert found == {
        ("resident.mother_tongue", "sensitivity"): ("personal", "special"),
        ("resident.mother_tongue", "purposes"): ("", "planning"),
    }
    text = as_markdown(change_assessment(now, before(county()), "fi"))
    assert "| resident.mother_tongue | arkaluonteisuus | personal | special |" in text


def test_what_is_renamed_is_neither_new_nor_gone() -> None:
    now = replace(
        county(),
        model=with_attribute(
            county().model, "resident", "mother_tongue", name="language", was=("mother_tongue",)
        ),
    )
    assert [each for each in changes(now, before(county())) if each.section is Section.DATA] == []
    assert as_plain_change(now, before(county()))["renamed"] == [
        {"name": "resident.language", "was": "resident.mother_tongue"}
    ]


def test_new_rights_and_recipients_are_told() -> None:
    manager, *others = county().roles
    release, *rest = county().releases
    now = replace(
        county(),
        roles=(
            replace(manager, role=replace(manager.role, approvals=approved("service_use_monthly"))),
            *others,
        ),
        releases=(replace(release, threshold=10), *rest),
    )
    found = {
        (each.section, each.name, each.member): (each.was, each.now)
        for each in changes(now, before(county()))
    }
    assert found == {
        (Section.ROLES, "manager", "features"): ("", APPROVED),
        (Section.RELEASES, "emergency_care", "minimum_group"): ("5", "10"),
    }


def test_a_system_that_is_new_is_told_whole() -> None:
    fewer = replace(
        county(), model=replace(county().model, systems=county().model.systems[1:], version="fewer")
    )
    (found,) = [each for each in changes(county(), before(fewer)) if each.section is Section.SYSTEMS]
    assert (found.name, found.member, found.was) == (county().model.systems[0].name, "", "")


def test_rights_are_not_compared_with_what_was_never_described() -> None:
    earlier = replace(before(county()), described=None, described_on=None)
    now = replace(county(), roles=county().roles[1:])
    assert changes(now, earlier) == ()
    assert "Nothing was described before" in as_markdown(change_assessment(now, earlier, "en"))


def test_what_leaves_the_warehouse_is_counted() -> None:
    gone = Leaving(name="resident.mother_tongue", count=812, since=EARLIER)
    text = as_markdown(change_assessment(county(), replace(before(county()), leaving=(gone,)), "en"))
    assert "| resident.mother_tongue | 812 | 2026-10-01 |" in text


def test_what_people_said_of_another_change_is_no_answer() -> None:
    def open_with(model: str) -> int:
        text = f"change: {{model: {model}, security: {{fi: Ei muutu, sv: Samma, en: The same}}}}"
        told = replace(county(), organisation=parse_organisation(text, ()))
        document = change_assessment(told, before(county()), "en")
        (asked,) = [part for part in document.parts[-1:] if isinstance(part, Grid)]
        return sum(isinstance(row[1], Blank) for row in asked.rows)

    assert open_with(county().model.version) == 4
    assert open_with("0123456789ab") == 5
