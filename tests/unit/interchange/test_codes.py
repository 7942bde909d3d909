"""Code lists in the CSV of the interoperability platform: there and back, and whatever it does not take."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest

from tests.unit.interchange.county import county_model
from virtaama.interchange.codes_in import entry_of, read_codes
from virtaama.interchange.codes_out import OF_CODES, codes_csv, lists_csv, not_taken
from virtaama.interchange.platform import Publisher, Status
from virtaama.model.concepts import Code, CodeList, Text
from virtaama.model.parse import parse_model
from virtaama.problems import Place, ProblemsFound
from virtaama.project.contracts import as_yaml

TODAY = date(2026, 11, 26)
PUBLISHER = Publisher(registry="phhyva", organisation="7d3a3c00-5a6b-489b-a3ed-63bb58c26a63")
TREE = CodeList(
    name="tree",
    labels=Text("Puu", "Träd", "Tree"),
    source='THL, "Puu", versio 2',
    codes=(
        Code(code="1", labels=Text("Runko", "Stam", "Trunk"), valid_from=date(2007, 1, 1)),
        Code(code="1.1", labels=Text("Oksa, paksu", 'Gren "tjock"', "Branch"), broader="1"),
        Code(code="1.1#a", labels=Text("Lehti;\nvihreä", "Löv", "Leaf"), broader="1.1"),
        Code(code="2", labels=Text("=1+1", "- annat", "'other'"), broader="1"),
        Code(code="0+", labels=Text("Juuri", "Rot", "Root"), valid_until=date(2018, 12, 31)),
    ),
    place=Place("codes/tree.yaml", 2),
)


def back(codes: CodeList, publisher: Publisher = PUBLISHER) -> CodeList:
    read = read_codes(
        f"{codes.name}.csv",
        codes_csv(codes, publisher, TODAY),
        lists=("codelists.csv", lists_csv([codes], publisher)),
    )
    return read.codes


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("codes", [*county_model().code_lists, TREE], ids=lambda codes: codes.name)
def test_a_list_comes_back_as_it_went(codes: CodeList) -> None:
    found = back(codes, replace(PUBLISHER, status=Status.VALID))
    assert replace(found, place=codes.place) == codes


def test_a_list_that_came_back_is_a_file_of_the_model() -> None:
    text = as_yaml({"code_lists": {"tree": entry_of(back(TREE))}})
    (parsed,) = parse_model({"codes/tree.yaml": text}).code_lists
    assert replace(parsed, place=TREE.place) == TREE


def test_codes_are_written_as_the_platform_reads_them() -> None:
    text = codes_csv(TREE, PUBLISHER, TODAY)
    assert text.splitlines()[0] == ",".join(OF_CODES)
    first, branch, *_ = rows(text)
    assert first == {
        "CODEVALUE": "1",
        "ORDER": "1",
        "BROADER": "",
        "STATUS": "DRAFT",
        "PREFLABEL_FI": "Runko",
        "PREFLABEL_SV": "Stam",
        "PREFLABEL_EN": "Trunk",
        "STARTDATE": "2007-01-01",
        "ENDDATE": "",
    }
    assert (branch["BROADER"], branch["PREFLABEL_SV"]) == ("1", 'Gren "tjock"')


@pytest.mark.parametrize(
    ("status", "of_codes"),
    [
        (Status.VALID, ["VALID", "VALID", "VALID", "VALID", "RETIRED"]),
        (Status.DRAFT, ["DRAFT"] * 5),
    ],
)
def test_codes_of_a_valid_list_that_are_over_are_retired(status: Status, of_codes: list[str]) -> None:
    text = codes_csv(TREE, replace(PUBLISHER, status=status), TODAY)
    assert [row["STATUS"] for row in rows(text)] == of_codes


def test_a_list_names_whose_it_is_and_of_which_domain() -> None:
    (row,) = rows(lists_csv([TREE], PUBLISHER))
    assert (row["CODEVALUE"], row["INFORMATIONDOMAIN"], row["LANGUAGECODE"]) == ("tree", "P4;P5", "fi;sv;en")
    assert (row["ORGANIZATION"], row["SOURCE"]) == (PUBLISHER.organisation, 'THL, "Puu", versio 2')


def test_what_the_platform_would_refuse_is_told_before() -> None:
    wrong = replace(
        TREE,
        codes=tuple(Code(code=code, labels=TREE.labels) for code in ("ä 1", "R10", "r10", "+1")),
    )
    first, second, third = not_taken(wrong)
    assert "'ä 1'" in first.what
    assert "'R10' and 'r10'" in second.what
    assert "'+1' of 'tree' begins as a formula does" in third.what
    assert not [problem for codes in county_model().code_lists for problem in not_taken(codes)]


# What comes from elsewhere

FOREIGN = """\ufeffCODEVALUE,URI,ORDER,BROADER,STATUS,PREFLABEL_FI,PREFLABEL_SV,DEFINITION_FI,SHORTNAME,\
STARTDATE,ENDDATE,CREATED
b,http://uri.suomi.fi/codelist/sote/vuosi/code/b,2,A,VALID,Toinen "kaksi",,Selitys,,2024-01-01,,2024-01-01 10:00:00
A,http://uri.suomi.fi/codelist/sote/vuosi/code/A,1,,RETIRED,"Yksi, ensimmäinen",Ett,,,,,2024-01-01 10:00:00
c,http://uri.suomi.fi/codelist/sote/vuosi/code/c,3,a,DRAFT,,,,,,,
"""


def test_a_list_of_the_platform_is_read_and_what_it_has_besides_is_told() -> None:
    read = read_codes("vuosi.csv", FOREIGN, name="Vuosi2024")
    assert [(code.code, code.broader) for code in read.codes.codes] == [("A", ""), ("b", "A"), ("c", "A")]
    first, second, third = read.codes.codes
    assert first.labels == Text("Yksi, ensimmäinen", "Ett", "Yksi, ensimmäinen")
    assert second.labels.fi == second.labels.en == 'Toinen "kaksi"'
    assert third.labels == Text("c", "c", "c")
    assert second.valid_from == date(2024, 1, 1)
    assert (read.codes.name, read.codes.source) == ("vuosi2024", "http://uri.suomi.fi/codelist/sote/vuosi")
    told = "\n".join(read.left_out)
    for said in (
        "that 'A' is RETIRED",
        "that codes are DRAFT",
        "'b' in sv",
        "DEFINITION_FI: 1",
        "words for the list",
    ):
        assert said in told
    assert "CREATED" not in told
    assert "URI" not in told


def test_the_words_of_a_list_are_found_by_its_name_or_that_of_the_file() -> None:
    other = replace(TREE, name="other", labels=Text("Muu", "Annan", "Other"))
    codes, both = codes_csv(TREE, PUBLISHER, TODAY), lists_csv([other, TREE], PUBLISHER)
    for file, name, labels in (
        ("tree.csv", "", TREE.labels),
        ("tree.csv", "tree_2027", TREE.labels),
        ("x.csv", "other", other.labels),
    ):
        read = read_codes(file, codes, name=name, lists=("codelists.csv", both))
        assert (read.codes.labels, read.codes.name) == (labels, name or "tree")
    only = lists_csv([TREE], PUBLISHER)
    assert read_codes("x.csv", codes, name="new", lists=("codelists.csv", only)).codes.labels == TREE.labels
    with pytest.raises(ProblemsFound, match="describes 2 lists, none of them called new or x"):
        read_codes("x.csv", codes, name="new", lists=("codelists.csv", both))


def test_a_file_a_spreadsheet_saved_in_finnish_is_read() -> None:
    text = codes_csv(TREE, PUBLISHER, TODAY)
    saved = StringIO()
    csv.writer(saved, delimiter=";").writerows(csv.reader(StringIO(text)))
    assert read_codes("tree.csv", saved.getvalue()).codes.codes == TREE.codes


HEADER = "CODEVALUE,BROADER,STATUS,PREFLABEL_FI,STARTDATE,ENDDATE,ORDER\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("KOODI,NIMI\n1,x\n", 1, "no column CODEVALUE and no column PREFLABEL_FI"),
        ("CODEVALUE,STATUS,STATUS,PREFLABEL_FI\n", 1, "two columns STATUS"),
        (HEADER + "a,,VALID,A,,,\nA,,VALID,B,,,\n", 3, "stands here twice"),
        (HEADER + "a,z,VALID,A,,,\n", 2, "part of 'z'"),
        (HEADER + "a,,KAUNIS,A,,,\n", 2, "STATUS is none"),
        (HEADER + "a,,VALID,A,1.1.2024,,\n", 2, "STARTDATE is no day"),
        (HEADER + "a,,VALID,A,2024-01-02,2024-01-01,\n", 2, "ends before it begins"),
        (HEADER + "a,,VALID,A,,,1\nb,,VALID,B,,,1\n", 3, "ORDER is no number of its own"),
        (HEADER + ",,VALID,A,,,\n", 2, "CODEVALUE is empty"),
        (HEADER + "a,,VALID,yksi, kaksi,,,,x\n", 2, "9 values and the header 7"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_codes("x.csv", text)
    assert [(problem.place.line, said in problem.what) for problem in found.value.problems] == [(line, True)]


def test_a_code_that_is_part_of_itself_is_told() -> None:
    codes = {"a": {"broader": "b"}, "b": {"broader": "a"}, "c": {"broader": "x"}}
    words = {"fi": "x", "sv": "x", "en": "x"}
    written = {"code_lists": {"ring": {"labels": words, "source": "s", "codes": codes}}}
    for code in codes.values():
        code.update(words)
    with pytest.raises(ProblemsFound) as found:
        parse_model({"codes/ring.yaml": as_yaml(written)})
    assert [problem.what for problem in found.value.problems] == [
        "code 'a' is part of itself, by way of the codes above it.",
        "code 'b' is part of itself, by way of the codes above it.",
        "code 'c' is part of 'x', which is not a code of this list.",
    ]


@pytest.mark.parametrize(
    ("publisher", "said"),
    [
        (Publisher(prefix="Päijät"), "prefix"),
        (Publisher(prefix="a" * 30), "prefix"),
        (Publisher(registry="a b"), "registry"),
        (Publisher(organisation="phhyva"), "UUID"),
        (Publisher(domains=("P99",)), "P99"),
        (Publisher(domains=()), "at least one"),
    ],
)
def test_names_the_platform_does_not_take_are_told(publisher: Publisher, said: str) -> None:
    (wrong,) = publisher.wrong()
    assert said in wrong
    assert not [*PUBLISHER.wrong()]
