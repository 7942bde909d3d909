from datetime import date

from tests.unit.model.small_model import FILES, changed
from virtaama.model.concepts import Code, Kind, Purpose, Sensitivity, Text, Type
from virtaama.model.feeds import Delivery, Format
from virtaama.model.parse import parse_model
from virtaama.model.remarks import remarks
from virtaama.problems import Place


def test_concepts_keep_their_words_and_their_place() -> None:
    resident = parse_model(FILES).concept("resident")
    assert resident.kind is Kind.ENTITY
    assert resident.labels == Text("Asukas", "Invånare", "Resident")
    assert resident.key == ("person",)
    assert resident.place == Place("concepts/people.yaml", 2)
    birth_date = resident.attribute("birth_date")
    assert birth_date is not None
    assert (birth_date.type, birth_date.sensitivity) == (Type.DATE, Sensitivity.PERSONAL)
    assert birth_date.place.line == 10


def test_an_attribute_without_a_definition_is_defined_by_its_labels() -> None:
    birth_date = parse_model(FILES).concept("resident").attribute("birth_date")
    assert birth_date is not None
    assert birth_date.definition == birth_date.labels


def test_purposes_of_special_data_are_kept() -> None:
    files = changed(
        "concepts/people.yaml",
        "sensitivity: personal, code_list: sex",
        "sensitivity: special, purposes: [evaluation, steering], code_list: sex",
    )
    sex = parse_model(files).concept("resident").attribute("sex")
    assert sex is not None
    assert set(sex.purposes) == {Purpose.STEERING, Purpose.EVALUATION}


def test_codes_keep_their_first_and_last_day() -> None:
    male, female = parse_model(FILES).code_list("sex").codes
    assert male == Code(code="1", labels=Text("Mies", "Man", "Male"))
    assert (female.valid_from, female.valid_until) == (date(1997, 1, 1), date(2099, 12, 31))


def test_a_code_is_text_whatever_yaml_would_make_of_it() -> None:
    files = changed("codes/sex.yaml", '"1": {', "NO: {")
    assert parse_model(files).code_list("sex").codes[0].code == "NO"


def test_a_feed_takes_from_its_system_what_it_does_not_say_itself() -> None:
    files = changed(
        "systems/register.yaml",
        "    delivery: full\n",
        "    delivery: full\n    csv: {delimiter: ','}\n    drift: {added: stop}\n",
    )
    files["systems/register.yaml"] = files["systems/register.yaml"].replace(
        "format: csv\n", 'format: csv\ncsv: {delimiter: ";", encoding: latin-1, null: ["", "."]}\n', 1
    )
    feed = parse_model(files).feed("register.people")
    assert (feed.format, feed.delivery) == (Format.CSV, Delivery.FULL)
    assert (feed.csv.delimiter, feed.csv.encoding, feed.csv.null) == (",", "latin-1", ("", "."))
    assert (feed.drift.added, feed.drift.missing) == ("stop", "stop")
    assert feed.extracted == r"/(?P<year>\d{4})-(?P<month>\d{2})/"
    assert feed.reject_at_most == 0.05


def test_a_delimiter_may_be_a_tabulator() -> None:
    files = changed("systems/register.yaml", "format: csv\n", 'format: csv\ncsv: {delimiter: "\\t"}\n')
    assert parse_model(files).feed("register.people").csv.delimiter == "\t"


def test_mappings_keep_the_order_of_their_files_and_of_their_keys() -> None:
    resident, municipality = parse_model(FILES).mappings
    assert [mapping.concept for mapping in (resident, municipality)] == ["resident", "municipality"]
    assert resident.where is not None
    assert resident.where.sql == "HETU IS NOT NULL"
    assert [name for name, _ in resident.attributes] == ["name", "birth_date", "sex"]
    assert [(target.relationship, target.key[0].sql) for target in resident.targets] == [("home", "PLACE")]


def test_an_expression_needs_no_quotation_marks() -> None:
    files = changed("mappings/register.yaml", "sex: SEX", "sex: 1")
    assert dict(parse_model(files).mappings[0].attributes)["sex"].sql == "1"


def test_an_attribute_may_ask_whether_a_name_is_there() -> None:
    files = changed("mappings/register.yaml", "sex: SEX", "sex: CASE WHEN NAME IS NULL THEN '1' ELSE '2' END")
    assert parse_model(files).version


def test_the_version_changes_with_every_letter_and_with_nothing_else() -> None:
    version = parse_model(FILES).version
    assert len(version) == 12
    assert parse_model(dict(reversed(FILES.items()))).version == version
    assert parse_model(changed("codes/sex.yaml", "AR/YDIN", "AR-YDIN")).version != version


def test_what_nothing_fills_is_remarked_and_allowed() -> None:
    files = changed("mappings/register.yaml", "      sex: SEX\n", "")
    files["mappings/register.yaml"] = files["mappings/register.yaml"].partition(
        "  - feed: register.people\n    concept: mun"
    )[0]
    said = [str(remark) for remark in remarks(parse_model(files))]
    assert said == [
        "concepts/people.yaml:14: no mapping fills concept 'municipality'.",
        "concepts/people.yaml:11: no mapping fills attribute 'sex' of 'resident'.",
    ]
    assert remarks(parse_model(FILES)) == ()


def test_an_open_attribute_of_a_person_is_remarked_and_allowed() -> None:
    files = changed("concepts/people.yaml", "sensitivity: personal, code_list: sex", "code_list: sex")
    (remark,) = remarks(parse_model(files))
    assert str(remark) == (
        "concepts/people.yaml:11: attribute 'sex' is open, and 'resident' is about persons.\n"
        "  Give it `sensitivity: personal` or `special`, if it tells something of one of them."
    )
