from pathlib import Path

import pytest

from virtaama.model.concepts import Type
from virtaama.problems import NotReady
from virtaama.project.extract import plain_name, read_extract
from virtaama.project.proposal import proposal

CSV = (
    "KÄYNTI_ID;HENKILOTUNNUS;SUKUNIMI;ALKOI;PÄIVÄ;PAINO;KOODI;LKM\n"
    "7;010190-922D;Esimerkki;01.10.2026 08:15;01.10.2026;72,5;007;3\n"
    "8;010190-922D;Esimerkki;02.10.2026 09:30;02.10.2026;;012;\n"
)


def looked_into(
    tmp_path: Path, text: str = CSV, name: str = "kaynnit_2026-10.csv", encoding: str = "latin-1"
) -> dict[str, Type]:
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return {column.name: column.type for column in read_extract(path).columns}


def test_each_column_gets_the_narrowest_type_all_values_read_as(tmp_path: Path) -> None:
    assert looked_into(tmp_path) == {
        "KÄYNTI_ID": Type.INTEGER,
        "HENKILOTUNNUS": Type.IDENTITY,
        "SUKUNIMI": Type.TEXT,
        "ALKOI": Type.TIMESTAMP,
        "PÄIVÄ": Type.DATE,
        "PAINO": Type.DECIMAL,
        "KOODI": Type.TEXT,  # a leading zero means something
        "LKM": Type.INTEGER,
    }


def test_encoding_delimiter_and_key_are_found(tmp_path: Path) -> None:
    path = tmp_path / "kaynnit.csv"
    path.write_text(CSV, encoding="latin-1")
    extract = read_extract(path)
    assert (extract.encoding, extract.delimiter, extract.key.name) == ("latin-1", ";", "KÄYNTI_ID")


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert "KÄYNTI_ID" in looked_into(tmp_path, encoding="utf-8-sig")


def test_a_column_of_names_is_proposed_to_be_enciphered(tmp_path: Path) -> None:
    path = tmp_path / "kaynnit.csv"
    path.write_text(CSV, encoding="utf-8")
    files = proposal(read_extract(path))
    assert "SUKUNIMI: {type: text, direct: true}" in files["systems/kaynnit.yaml"]
    assert "sukunimi: {type: text, sensitivity: direct" in files["concepts/kaynnit.yaml"]


def test_no_value_of_the_extract_reaches_the_proposal(tmp_path: Path) -> None:
    path = tmp_path / "kaynnit.csv"
    path.write_text(CSV, encoding="utf-8")
    written = "".join(proposal(read_extract(path)).values())
    assert "010190" not in written
    assert "Esimerkki" not in written


def test_json_lines_are_looked_into_too(tmp_path: Path) -> None:
    text = '{"id": "a1", "at": "2026-10-01T08:00:00", "answered": true}\n{"id": "a2", "at": "2026-10-02T09:00:00"}\n'
    assert looked_into(tmp_path, text, "calls.jsonl") == {
        "id": Type.TEXT,
        "at": Type.TIMESTAMP,
        "answered": Type.BOOLEAN,
    }


def test_a_format_nobody_can_look_into_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "extract.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(NotReady, match="docs/how-to/add-a-source.md"):
        read_extract(path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Käynnit 2026-10", "kaynnit"),
        ("avohilmo_2026_10_31", "avohilmo"),
        ("3 x", "x_3_x"),
        ("ÖÄ", "oa"),
        ("--", "extract"),
    ],
)
def test_names_become_plain(text: str, name: str) -> None:
    assert plain_name(text) == name
