"""The invented county resembles a real one in what the metrics will show. Counted from its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from virtaama.synthetic import CountySize, invent

RESIDENTS = 20_000
NEEDED = (
    "primary_care",
    "specialised_care",
    "home_care",
    "client_system",
    "contact_centre",
    "finance",
    "organisation_register",
    "population_register",
    "client_feedback",
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("deliveries")
    for file in invent(CountySize(residents=RESIDENTS, months=36)):
        if file.path.startswith(NEEDED):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        _read(connection, folder)
        yield connection


def _read(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    csv_files = {
        "visits": ("primary_care/*/avohilmo_2*.csv", "latin-1"),
        "episodes": ("specialised_care/*/hilmo_2*.csv", "latin-1"),
        "home_visits": ("home_care/*/kotihoito_kaynnit_*.csv", "utf-8"),
        "relationships": ("home_care/2026-10/kotihoito_asiakkuudet_*.csv", "utf-8"),
        "residents": ("population_register/2023-11/vaesto_*.csv", "utf-8"),
        "residences": ("population_register/*/asuminen_*.csv", "utf-8"),
        "prices": ("finance/*/palveluhinnat_*.csv", "utf-8"),
        "postings": ("finance/*/tositteet_*.csv", "utf-8"),
        "budget": ("finance/*/talousarvio_*.csv", "utf-8"),
        "accounts": ("finance/*/tilit.csv", "utf-8"),
        "feedback": ("client_feedback/*/palaute_*.csv", "utf-8"),
    }
    for name, (files, encoding) in csv_files.items():
        connection.execute(
            f"CREATE TABLE {name} AS SELECT DISTINCT * FROM read_csv('{folder}/{files}', delim=';', header=true,"
            f" all_varchar=true, encoding='{encoding}', quote='')"
        )
    units = max(folder.glob("organisation_register/*/yksikot.csv"))
    connection.execute(
        f"CREATE TABLE units AS SELECT YKSIKKO, PALVELU FROM read_csv('{units}', delim=';', all_varchar=true)"
    )
    connection.execute(
        "CREATE TABLE encounters AS SELECT DISTINCT json ->> '$.id' AS id,"
        " json ->> '$.subject.identifier.value' AS person, json ->> '$.serviceProvider.identifier.value' AS unit,"
        f" json ->> '$.period.start' AS started FROM read_ndjson_objects('{folder}/client_system/*/Encounter.ndjson')"
    )
    connection.execute(
        f"CREATE TABLE contacts AS SELECT channel, answered_at IS NOT NULL AS answered FROM read_json("
        f"'{folder}/contact_centre/*/*.jsonl', columns={{channel: 'VARCHAR', answered_at: 'VARCHAR'}})"
    )
    connection.execute(
        """
        CREATE TABLE use AS
        SELECT TNRO AS person, PALVELUNTUOTTAJA_YKSIKKO AS unit, 1 AS amount,
            KAYNTI_ALKOI[7:10] || KAYNTI_ALKOI[4:5] AS month
        FROM visits WHERE KAYNTI_ALKOI IS NOT NULL
        UNION ALL
        SELECT TNRO, PALTU,
            CASE YHTEYSTAPA WHEN 'R80' THEN greatest(1, date_diff('day', strptime(TUPVA, '%d.%m.%Y'),
                strptime(LPVM, '%d.%m.%Y'))) ELSE 1 END,
            LPVM[7:10] || LPVM[4:5]
        FROM episodes WHERE LPVM IS NOT NULL AND TUPVA NOT LIKE '30.02.%'
        UNION ALL
        SELECT HENKILOTUNNUS, YKSIKKO, 1, SUUNNITELTU_ALKU[1:4] || SUUNNITELTU_ALKU[6:7]
        FROM home_visits WHERE TOTEUTUNUT_ALKU IS NOT NULL
        UNION ALL
        SELECT person, unit, 1, started[1:4] || started[6:7] FROM encounters
        """
    )


def one(county: duckdb.DuckDBPyConnection, query: str) -> float:
    found = county.execute(query).fetchone()
    assert found is not None
    return float(found[0])


@pytest.mark.parametrize("since", ["202311", "202511"], ids=["all three years", "the last year"])
def test_a_tenth_of_the_residents_causes_three_quarters_of_the_cost(
    county: duckdb.DuckDBPyConnection, since: str
) -> None:
    share = one(
        county,
        f"""
        WITH person_cost AS (
            SELECT person, sum(amount * replace(YKSIKKOHINTA, ',', '.')::DOUBLE) AS cost
            FROM use JOIN units ON unit = YKSIKKO
            JOIN prices ON PALVELULUOKKA = PALVELU AND VUOSI = month[1:4]
            WHERE month >= '{since}' GROUP BY person
        ), ranked AS (SELECT cost, row_number() OVER (ORDER BY cost DESC) AS place FROM person_cost)
        SELECT sum(cost) FILTER (place <= {RESIDENTS // 10}) / sum(cost) FROM ranked
        """,
    )
    assert 0.72 <= share <= 0.80


def test_use_is_high_in_influenza_winter_and_low_in_july(county: duckdb.DuckDBPyConnection) -> None:
    by_month = dict(county.execute("SELECT month[5:6], count(*) FROM use GROUP BY 1").fetchall())
    assert min(by_month, key=lambda month: by_month[month]) == "07"
    assert by_month["02"] > 1.2 * by_month["07"]


def test_non_urgent_care_is_mostly_given_within_the_care_guarantee(county: duckdb.DuckDBPyConnection) -> None:
    query = """
        WITH waits AS (
            SELECT try_strptime(KAYNTI_ALKOI, '%d.%m.%Y %H:%M')::DATE AS visited,
                try_strptime(HOIDONTARVE_AJANKOHTA, '%d.%m.%Y %H:%M')::DATE AS assessed, SYNTYMAPVM AS born
            FROM visits JOIN residents ON TNRO = HENKILOTUNNUS
            WHERE KAYNTI_PALVELUMUOTO = 'T11' AND KAYNTI_KIIREELLISYYS = 'E'
        ), days AS (
            SELECT visited - assessed AS days, visited < DATE '2025-01-01'
                OR date_diff('year', try_strptime(born, '%d.%m.%Y'), visited) < 23 AS strict
            FROM waits WHERE visited IS NOT NULL
        )
        SELECT {} FROM days
        """
    assert 7 <= one(county, query.format("median(days)")) <= 11
    assert (
        0.85 <= one(county, query.format("avg((days <= CASE WHEN strict THEN 14 ELSE 91 END)::INT)")) <= 0.95
    )


def test_remote_visits_become_more_common(county: duckdb.DuckDBPyConnection) -> None:
    remote = (
        "SELECT avg((KAYNTI_YHTEYSTAPA IN ('R52', 'R56'))::INT) FROM visits WHERE KAYNTI_ALKOI[7:10] = '{}'"
    )
    assert 0.13 <= one(county, remote.format(2023)) <= 0.18
    assert 0.23 <= one(county, remote.format(2026)) <= 0.28


def test_some_appointments_are_cancelled_or_missed(county: duckdb.DuckDBPyConnection) -> None:
    assert 0.04 <= one(county, "SELECT avg((KAYNTI_ALKOI IS NULL)::INT) FROM visits") <= 0.08


def test_emergency_care_is_used_as_often_as_in_the_country(county: duckdb.DuckDBPyConnection) -> None:
    visits = one(county, "SELECT count(*) FROM visits WHERE KAYNTI_KIIREELLISYYS = '6'")
    assert 300 <= visits / 3 / RESIDENTS * 1000 <= 400


def test_most_calls_are_answered(county: duckdb.DuckDBPyConnection) -> None:
    assert 0.65 <= one(county, "SELECT avg((channel = 'phone')::INT) FROM contacts") <= 0.75
    assert 0.80 <= one(county, "SELECT avg(answered::INT) FROM contacts WHERE channel = 'phone'") <= 0.90


def test_home_care_clients_are_visited_about_daily(county: duckdb.DuckDBPyConnection) -> None:
    clients = one(county, "SELECT count(*) FROM relationships WHERE PAATTYI IS NULL")
    visits = one(county, "SELECT count(*) FROM home_visits WHERE SUUNNITELTU_ALKU LIKE '2026-10%'")
    assert 20 <= visits / clients <= 35


def test_money_spent_runs_ahead_of_the_budget(county: duckdb.DuckDBPyConnection) -> None:
    net = "sum(replace(EUROT, ',', '.')::DOUBLE * CASE LAJI WHEN 'cost' THEN 1 ELSE -1 END)"
    spent = one(county, f"SELECT {net} FROM postings JOIN accounts USING (TILI) WHERE PVM LIKE '2025%'")
    planned = one(county, f"SELECT {net} FROM budget JOIN accounts USING (TILI) WHERE VUOSI = '2025'")
    assert 4_000 <= spent / RESIDENTS <= 4_800
    assert 1.0 < spent / planned < 1.06


def test_clients_recommend_the_services(county: duckdb.DuckDBPyConnection) -> None:
    index = "100 * (avg((SUOSITTELU::INT >= 9)::INT) - avg((SUOSITTELU::INT <= 6)::INT))"
    assert 45 <= one(county, f"SELECT {index} FROM feedback") <= 60


def test_no_municipality_costs_far_from_the_others_a_head(county: duckdb.DuckDBPyConnection) -> None:
    costs = county.execute(
        """
        WITH net AS (
            SELECT KUNTA, sum(replace(EUROT, ',', '.')::DOUBLE * CASE LAJI WHEN 'cost' THEN 1 ELSE -1 END) AS net
            FROM postings JOIN accounts USING (TILI) WHERE PVM LIKE '2025%' GROUP BY KUNTA
        ), heads AS (SELECT KOTIKUNTA AS KUNTA, count(*) AS people FROM residents GROUP BY KOTIKUNTA)
        SELECT net / people FROM net JOIN heads USING (KUNTA)
        """
    ).fetchall()
    assert len(costs) == 10
    assert all(3_500 <= cost <= 6_500 for (cost,) in costs)


def test_the_group_over_75_grows(county: duckdb.DuckDBPyConnection) -> None:
    query = """
        WITH periods AS (
            SELECT HENKILOTUNNUS AS code, strptime(ALKUPVM, '%d.%m.%Y') AS since,
                coalesce(max(strptime(LOPPUPVM, '%d.%m.%Y')), DATE '2099-01-01') AS until
            FROM residences GROUP BY HENKILOTUNNUS, KUNTA, ALKUPVM
        ), old AS (
            SELECT * FROM periods WHERE code[7:7] IN ('-', 'Y', 'X', 'W', 'V', 'U')
                AND strptime(code[1:4] || '19' || code[5:6], '%d%m%Y') + INTERVAL 75 YEAR <= DATE '{day}'
        )
        SELECT count(*) FROM old WHERE since <= DATE '{day}' AND until >= DATE '{day}'
        """
    before, after = (one(county, query.format(day=day)) for day in ("2023-12-01", "2026-10-31"))
    assert before >= 0.11 * RESIDENTS
    assert 1.04 * before <= after <= 1.25 * before
