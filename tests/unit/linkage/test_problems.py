"""What can be wrong in a linkage, with where and what would be right."""

from __future__ import annotations

import pytest

from tests.linked_model import FILES, LINKS, MODEL, linkage
from virtaama.linkage.definitions import Kind, Level
from virtaama.linkage.parse import parse_links
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound

HEAD = "linkage 'clients': "


def problems(text: str, files: dict[str, str] | None = None) -> list[str]:
    model = parse_model(files) if files else MODEL
    with pytest.raises(ProblemsFound) as found:
        parse_links({"links/clients.yaml": text}, model)
    assert all(
        problem.place.file == "links/clients.yaml" and problem.place.line for problem in found.value.problems
    )
    return [problem.what for problem in found.value.problems]


def test_a_linkage_is_read_as_it_is_written() -> None:
    found = linkage()
    assert (found.of, found.to, found.link, found.settings) == ("client", "resident", 20.0, "1.1")
    assert found.comparison("birth_date").kind is Kind.DAY
    assert [rule.name for rule in found.rules] == ["same_client", "same_person"]
    assert found.weights.levels["family_name"][Level.SAME] == (0.9, 0.01)


@pytest.mark.parametrize(
    ("written", "instead", "what"),
    [
        ("of: client", "of: clint", HEAD + "'clint' is not a concept."),
        ("of: client", "of: resident", HEAD + "'resident' is linked to itself."),
        ("told_by: resident", "told_by: same", HEAD + "'same' is no relationship of 'client' to 'resident'."),
        (
            "family_name: {as: name}",
            "family_name: {as: name, of: surname}",
            HEAD + "comparison 'family_name': 'client' has no 'surname'.",
        ),
        (
            "birth_date: {as: day}",
            "birth_date: {as: name}",
            HEAD
            + "comparison 'birth_date': 'birth_date' of 'client' is of type date, and is compared as name.",
        ),
        (
            "same_client: {through: same,",
            "same_client: {through: resident,",
            HEAD + "rule 'same_client': 'resident' is no relationship of 'client' to itself.",
        ),
        (
            "same_client: {through: same,",
            "same_client: {through: same, agree: [family_name],",
            HEAD + "rule 'same_client' needs `through` or `agree`, one of them.",
        ),
        (
            "agree: [family_name, ",
            "agree: [surname, ",
            HEAD + "rule 'same_person': 'surname' is not compared.",
        ),
        (
            "[birth_date.swapped]",
            "[birth_date.decade]",
            HEAD + "candidates share 'birth_date.decade'; a day has the parts: swapped, year, month.",
        ),
        ("[birth_date.swapped]", "[sex]", HEAD + "candidates share 'sex', which is not compared."),
        (
            "link: 20, review: -4",
            "link: -5, review: -4",
            HEAD + "people decide from -4 on, and from -5 on nobody is asked.",
        ),
        ("feed: linking.clients", "feed: linking.people", HEAD + "'linking.people' is not a feed."),
        (
            "feed: linking.clients",
            "feed: clinic.clients",
            HEAD + "feed 'clinic.clients' is not filled by links.",
        ),
        (
            "swapped: [0.02, 0.0001], ",
            "",
            "weights of linkage 'clients' lack swapped of 'birth_date'.",
        ),
        (
            'learned: "2026-11-26"',
            'learned: "2026-11-31"',
            "weights of linkage 'clients': '2026-11-31' is no day.",
        ),
        ("weights:\n  clients:", "weights:\n  persons:", "linkage 'clients' has no weights."),
        ("as: day", "as: date", "as of comparison 'birth_date' is 'date', which is not known."),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(written: str, instead: str, what: str) -> None:
    assert written in LINKS
    assert what in problems(LINKS.replace(written, instead, 1))


def test_links_may_not_fill_what_tells_what_sources_know() -> None:
    told = "    relationships: {resident: ID, same: SAME, link: NUMBER}"
    again = """
  - feed: linking.clients
    concept: client
    key: {number: instance}
    relationships: {resident: same_as}
"""
    files = FILES | {"mappings/z.yaml": f"mappings:{again}"}
    assert told in FILES["mappings/clinic.yaml"]
    assert problems(LINKS, files) == [HEAD + "its links fill 'resident', which says what sources tell."]


def test_a_feed_of_links_has_their_fields() -> None:
    files = FILES | {
        "systems/linking.yaml": FILES["systems/linking.yaml"]
        .replace("      rule: {type: text}\n", "")
        .replace("same_as: {type: identity}", "same_as: {type: text}")
    }
    files["mappings/clinic.yaml"] = FILES["mappings/clinic.yaml"].replace(
        "relationships: {resident: same_as}", "relationships: {}"
    )
    assert problems(LINKS, files) == [
        HEAD + "feed 'linking.clients' has no field 'rule'.",
        HEAD + "field 'same_as' of feed 'linking.clients' is of type text.",
    ]
