"""How a feed is fetched: read from system and feed together, and every mistake said at once."""

import pytest

from tests.unit.model.small_model import changed
from tests.unit.model.test_problems import said_of
from virtaama.model.collect import FromDatabase, FromPxWeb, FromSotkanet
from virtaama.model.parse import parse_model

FILES = '    files: "register/*/people.csv"\n'


def collected(
    system: str, feed: str = "", format: str = "sql", more: str = "    query: SELECT 1\n"
) -> dict[str, str]:
    files = changed("systems/register.yaml", FILES, (f"    collect: {feed}\n" if feed else "") + more)
    text = files["systems/register.yaml"].replace(
        "format: csv\n", f"format: {format}\n" + (f"collect: {system}\n" if system else "")
    )
    return files | {"systems/register.yaml": text}


def test_a_feed_takes_from_its_system_what_it_does_not_say_itself() -> None:
    files = collected("{database: {url_from: env:X, overlap: 5}}", "{database: {mark: BORN}}")
    files["systems/register.yaml"] = files["systems/register.yaml"].replace(
        "delivery: full", "delivery: changes"
    )
    collect = parse_model(files).feed("register.people").collect
    assert collect == FromDatabase(url_from="env:X", mark="BORN", overlap=5)


def test_a_feed_without_files_is_collected_as_its_system_says() -> None:
    files = collected("{database: {url_from: file:/run/secrets/register}}")
    assert parse_model(files).feed("register.people").collect == FromDatabase(
        url_from="file:/run/secrets/register"
    )


@pytest.mark.parametrize(
    ("system", "feed", "said"),
    [
        ("", "", "feed 'people' has neither `files` nor `collect`."),
        ("", "{}", "collect of feed 'people' must name one way: database"),
        ("", "{databse: {}}", "Did you mean 'database'?"),
        ("", "{database: {}}", "collect database of feed 'people' has no 'url_from'."),
        ("", "{database: {url_from: env:X, marks: BORN}}", "Did you mean 'mark'?"),
        ("", "{database: {url_from: env:X, mark: BORN}}", "Write `delivery: changes`."),
        ("", "{database: {url_from: env:X, mark: A, compare: [HETU]}}", "by mark and by comparison"),
        ("", "{database: {url_from: env:X, compare: [HETU]}}", "`compare` and `removed` go together."),
        ("", "{database: {url_from: env:X, compare: [HET], removed: GONE}}", "Did you mean 'HETU'?"),
        ("", "{database: {url_from: env:X, compare: [HETU], removed: NAME}}", "needs the field 'NAME'"),
    ],
)
def test_what_is_wrong_with_a_collection_is_said(system: str, feed: str, said: str) -> None:
    assert said in said_of(collected(system, feed))


@pytest.mark.parametrize(
    ("collect", "format", "said"),
    [
        ("{fhir_bulk: {url: ftp://x}}", "fhir", "url of feed 'people' is no address."),
        ("{fhir_bulk: {url: http://fhir.example.fi}}", "fhir", "is not encrypted on its way."),
        ("{fhir_bulk: {url: 'https://me:hush@fhir.example.fi'}}", "fhir", "holds a user name or a password."),
        (
            "{fhir_bulk: {url: https://fhir.example.fi, client_id: x}}",
            "fhir",
            "token_url and key_from go together.",
        ),
        (
            "{fhir_bulk: {url: https://fhir.example.fi, level: all}}",
            "fhir",
            "level of feed 'people' is 'all'",
        ),
        ("{fhir_bulk: {url: https://fhir.example.fi}}", "fhir", "needs the field 'deleted'"),
        ("{sotkanet: {}}", "json_lines", "names no indicators."),
        ("{sotkanet: {indicators: [127], genders: [all]}}", "json_lines", "genders"),
        ("{sotkanet: {about: region}}", "json_lines", "Did you mean 'regions'?"),
        ("{pxweb: {select: {alue: [KU398]}}}", "json_lines", "has no 'url'."),
    ],
)
def test_what_is_wrong_with_an_address_is_said(collect: str, format: str, said: str) -> None:
    more = "    resource: Patient\n" if format == "fhir" else ""
    found = said_of(collected("", collect, format, more))
    assert said in found
    assert "hush" not in found


def test_every_way_to_fetch_is_read() -> None:
    files = collected("", "{sotkanet: {indicators: [127, 5513], years: [2015, 2023]}}", "json_lines", "")
    assert parse_model(files).feed("register.people").collect == FromSotkanet(
        url="https://sotkanet.fi/rest/1.1", indicators=(127, 5513), years=(2015, 2023)
    )
    files = collected("", '{pxweb: {url: https://x.fi/a.px, select: {"alue*": ["KU*"]}}}', "json_lines", "")
    assert parse_model(files).feed("register.people").collect == FromPxWeb(
        url="https://x.fi/a.px", select=(("alue*", ("KU*",)),)
    )


def test_a_secret_in_the_model_is_refused_and_not_repeated() -> None:
    said = said_of(collected("", "{database: {url_from: 'postgresql://reader:hush@db/x'}}"))
    assert "url_from of feed 'people' does not say where the secret is." in said
    assert "hush" not in said


def test_an_address_is_no_path_of_files() -> None:
    files = changed("systems/register.yaml", FILES, '    files: "postgresql://db/x"\n')
    assert "Write `collect: {database: {url_from: env:NAME}}` instead." in said_of(files)


def test_what_is_fetched_has_a_format_of_its_own() -> None:
    files = collected("", "{database: {url_from: env:X}}", format="csv", more="")
    assert "Write `format: sql`." in said_of(files)


def test_a_feed_is_handed_over_or_fetched() -> None:
    files = changed("systems/register.yaml", FILES, FILES + "    collect: {database: {url_from: env:X}}\n")
    assert "has both `files` and `collect`" in said_of(files)
