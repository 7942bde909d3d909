"""Every delivery becomes one batch, or is refused with its reason; nothing is lost and nothing is guessed."""

import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.unit.loading.deliveries import NOW, Landing, feed, fields
from virtaama.lake.files import Lake
from virtaama.loading.contract import contract_of
from virtaama.loading.deliveries import extracted_at
from virtaama.loading.land import TOGETHER, land_deliveries
from virtaama.loading.lock import in_turn, only_one
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.model.feeds import Delivery, Drift, Outcome
from virtaama.problems import Busy, Place

NUMBERS = feed(*fields(NAME="text", N="integer"))


def test_a_delivery_becomes_one_batch_with_the_declared_columns(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\ny;2\n")
    (batch,) = landing.land().landed
    assert landing.rows(batch) == [{"NAME": "x", "N": 1}, {"NAME": "y", "N": 2}]
    assert (batch.number, batch.feed, batch.rows, batch.rejected) == (1, "register.rows", 2, 0)
    assert (batch.file, batch.landed) == ("register/2026-09/rows.csv", NOW)
    assert batch.extracted == datetime(2026, 10, 1)


def test_landing_again_changes_nothing(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\n")
    landing.land()
    report = landing.land()
    assert (report.landed, report.repeats, report.refused, report.unchanged) == ((), (), (), 1)
    assert len(landing.ledger.batches()) == 1


def test_the_same_bytes_under_another_name_are_a_repeat_not_a_batch(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\n")
    landing.deliver("NAME;N\nx;1\n", "register/2026-10/again.csv")
    report = landing.land()
    assert len(report.landed) == 1
    assert [(repeat.batch, repeat.file) for repeat in report.repeats] == [(1, "register/2026-10/again.csv")]
    assert landing.land().repeats == ()


@pytest.mark.parametrize(
    ("delivery", "complete_for", "numbers"),
    [("full", (), [1, 2, 1]), ("changes", ("NAME",), [1, 2, 1]), ("events", (), [1, 2])],
)
def test_a_complete_delivery_that_returns_to_what_it_said_before_is_not_a_repeat(
    tmp_path: Path, delivery: str, complete_for: tuple[str, ...], numbers: list[int]
) -> None:
    complete = feed(*fields(NAME="text", N="integer"), delivery=Delivery(delivery), complete_for=complete_for)
    landing = Landing(tmp_path, (complete,))
    for month, number in (("07", 1), ("08", 2), ("09", 1)):
        landing.deliver(f"NAME;N\nx;{number}\n", f"register/2026-{month}/rows.csv")
    landing.land()
    assert [row["N"] for row in landing.rows()] == numbers
    assert landing.land().landed == ()


@pytest.mark.parametrize("order", list(permutations(("07", "08", "09"))))
def test_what_a_complete_delivery_says_of_a_month_does_not_hang_on_what_landed_before(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    landing = Landing(tmp_path, (feed(*fields(NAME="text", N="integer"), delivery=Delivery.FULL),))
    for month in order:
        landing.deliver(f"NAME;N\nx;{int(month) % 2}\n", f"register/2026-{month}/rows.csv")
        landing.land()
    assert [(batch.extracted.month, *landing.rows(batch)) for batch in landing.ledger.batches()] == [
        (8, {"NAME": "x", "N": 1}),
        (9, {"NAME": "x", "N": 0}),
        (10, {"NAME": "x", "N": 1}),
    ]


def test_corrected_bytes_under_the_same_name_are_a_new_batch(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\n")
    landing.land()
    landing.deliver("NAME;N\nx;2\n")
    landing.land()
    assert [row["N"] for row in landing.rows()] == [1, 2]


def test_deliveries_land_in_the_order_of_what_they_describe(tmp_path: Path) -> None:
    other = feed(*fields(NAME="text", N="integer"), name="other", files="register/*/other.txt")
    landing = Landing(tmp_path, (NUMBERS, other))
    landing.deliver("NAME;N\nx;1\n", "register/2026-10/a.csv")
    landing.deliver("NAME;N\nx;2\n", "register/2026-09/b.csv")
    landing.deliver("NAME;N\nx;3\n", "register/2026-09/a.csv")
    landing.deliver("NAME;N\nx;3\n", "register/2026-09/other.txt")
    assert [(batch.feed, batch.file[9:]) for batch in landing.land().landed] == [
        ("register.rows", "2026-09/a.csv"),
        ("register.rows", "2026-09/b.csv"),
        ("register.other", "2026-09/other.txt"),
        ("register.rows", "2026-10/a.csv"),
    ]


def test_a_refused_delivery_does_not_stop_the_others_and_lands_when_corrected(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME\nx\n", "register/2026-08/broken.csv")
    landing.deliver("NAME;N\nx;1\n")
    report = landing.land()
    assert len(report.landed) == 1
    (refused,) = report.refused
    assert "column N is not delivered" in refused.reason
    assert [event.kind for event in landing.ledger.drift("register.rows", refused.sha256)] == ["missing"]
    assert landing.land().refused != ()  # still there, still refused
    assert len(landing.ledger.refused()) == 1
    landing.deliver("NAME;N\nx;2\n", "register/2026-08/broken.csv")
    assert landing.land().refused == ()
    assert landing.ledger.refused() == ()


def test_rows_that_cannot_be_read_are_set_aside_with_line_bytes_and_reason(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\ny;two\n\nz;3;4\nu\nv;5\n")
    (batch,) = landing.land().landed
    assert [row["NAME"] for row in landing.rows(batch)] == ["x", "v"]
    assert batch.rejected == 3
    assert landing.set_aside(batch) == [
        (3, "wrong_type", b"y;two"),
        (5, "wrong_column_count", b"z;3;4"),
        (6, "wrong_column_count", b"u"),
    ]


def test_more_rejected_rows_than_allowed_refuse_the_delivery(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\n" + "x;1\n" * 100 + "x;one\n" * 11)
    report = landing.land()
    assert report.landed == ()
    (refused,) = report.refused
    assert "11 of 111 rows cannot be read" in refused.reason
    assert "column N does not read as the declared type" in refused.reason
    assert "lines 102, 103" in refused.reason
    assert "one" not in refused.reason.replace("lines", "")
    assert not list((tmp_path / "data" / "lake").glob("*/*.parquet"))


def test_a_handful_of_rejected_rows_never_refuses_a_small_delivery(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\n" + "x;one\n" * 10)
    (batch,) = landing.land().landed
    assert (batch.rows, batch.rejected) == (0, 10)
    assert landing.table(batch).schema.names == ["NAME", "N"]


@pytest.mark.parametrize(
    ("outcome", "landed", "rejected"), [("accept", 1, 0), ("quarantine", 0, 1), ("stop", None, None)]
)
@pytest.mark.parametrize(
    ("kind", "content"),
    [("added", "NAME;N;NEW\nx;1;z\n"), ("missing", "NAME\nx\n"), ("renamed", "NAME;NUMBER\nx;1\n")],
)
def test_each_way_a_column_changes_has_its_declared_outcome(
    tmp_path: Path, kind: str, content: str, outcome: str, landed: int | None, rejected: int | None
) -> None:
    declared = feed(
        *fields(NAME="text", N={"type": "integer", "also": ("NUMBER",)}),
        drift=Drift(**{kind: Outcome(outcome)}),
    )
    landing = Landing(tmp_path, (declared,))
    landing.deliver(content)
    report = landing.land()
    if landed is None:
        assert [refused.file for refused in report.refused] == ["register/2026-09/rows.csv"]
        (sha256,) = (refused.sha256 for refused in report.refused)
    else:
        (batch,) = report.landed
        assert (batch.rows, batch.rejected) == (landed, rejected)
        assert landing.table(batch).schema.names == ["NAME", "N"]
        sha256 = batch.sha256
    events = landing.ledger.drift("register.rows", sha256)
    assert [(event.kind, event.outcome) for event in events] == [(kind, outcome)]


def test_a_renamed_column_keeps_its_values_and_a_missing_one_is_null(tmp_path: Path) -> None:
    declared = feed(
        *fields(A={"type": "text", "also": ("OLD",)}, B="integer"), drift=Drift(missing=Outcome.ACCEPT)
    )
    landing = Landing(tmp_path, (declared,))
    landing.deliver("OLD\nx\n")
    landing.land()
    assert landing.rows() == [{"A": "x", "B": None}]


def test_an_optional_column_may_be_absent_without_a_word(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text", B={"type": "date", "optional": True})),))
    landing.deliver("A\nx\n")
    (batch,) = landing.land().landed
    assert landing.rows() == [{"A": "x", "B": None}]
    assert landing.ledger.drift("register.rows", batch.sha256) == ()


def test_values_of_another_type_are_null_where_that_is_accepted_and_counted(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text", D="date"), drift=Drift(retyped=Outcome.ACCEPT)),))
    landing.deliver("A;D\nx;31.02.2024\ny;1.2.2024\n")
    (batch,) = landing.land().landed
    assert [row["D"] is None for row in landing.rows()] == [True, False]
    (event,) = landing.ledger.drift("register.rows", batch.sha256)
    assert (event.kind, event.column) == ("retyped", "D")
    assert "1 of 2 values" in event.detail


def test_one_value_of_another_type_refuses_the_delivery_where_that_is_declared(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text", D="date"), drift=Drift(retyped=Outcome.STOP)),))
    landing.deliver("A;D\nx;31.02.2024\ny;1.2.2024\n")
    (refused,) = landing.land().refused
    assert [event.kind for event in landing.ledger.drift("register.rows", refused.sha256)] == ["retyped"]


def test_a_column_named_twice_refuses_the_delivery(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N;N\nx;1;2\n")
    (refused,) = landing.land().refused
    assert "names N more than once" in refused.reason


def test_a_required_field_that_is_empty_sets_its_row_aside(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A={"type": "text", "required": True}, B="text")),))
    landing.deliver("A;B\n;x\ny;\n")
    (batch,) = landing.land().landed
    assert landing.set_aside(batch) == [(2, "missing_value", b";x")]


def test_a_crash_between_file_and_ledger_is_healed_by_the_next_run(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\n")
    (batch,) = landing.land().landed
    (landing.lake.folder / batch.parquet).write_bytes(b"half")
    (tmp_path / "data" / "lake" / "ledger.sqlite").unlink()
    again = Landing(tmp_path, (NUMBERS,))
    again.land()
    assert again.rows() == [{"NAME": "x", "N": 1}]


def test_a_crash_in_the_middle_leaves_whole_batches_and_the_next_run_lands_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    for number in range(TOGETHER + 5):
        landing.deliver(f"NAME;N\nx;{number}\n", f"register/2026-09/{number:03}.csv")
    store, stored = Lake.store, []

    def fail_late(lake: Lake, relative: str, write: Callable[[Path], object]) -> str:
        if len(stored) == TOGETHER + 2:
            raise OSError("the power went")
        stored.append(relative)
        return store(lake, relative, write)

    monkeypatch.setattr(Lake, "store", fail_late)
    with pytest.raises(OSError, match="the power went"):
        landing.land()
    assert len(landing.ledger.batches()) == TOGETHER
    monkeypatch.undo()
    landing.land()
    assert [row["N"] for row in landing.rows()] == list(range(TOGETHER + 5))
    assert [batch.number for batch in landing.ledger.batches()] == list(range(1, TOGETHER + 6))


def test_a_file_inside_a_zip_is_landed_by_its_own_bytes(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text"), files="register/*/*.zip!*.csv"),))
    path = landing.deliver(b"", "register/2026-09/all.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rows.csv", "A\nx\n")
        archive.writestr("readme.txt", "nothing")
        archive.writestr("__MACOSX/._rows.csv", b"\0\1")
    (batch,) = landing.land().landed
    assert batch.file == "register/2026-09/all.zip!rows.csv"
    assert landing.rows() == [{"A": "x"}]


def test_a_zip_that_cannot_be_unpacked_is_refused(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(A="text"), files="register/*/*.zip!*.csv"),))
    landing.deliver(b"PK cut short", "register/2026-09/all.zip")
    (refused,) = landing.land().refused
    assert "the zip cannot be unpacked" in refused.reason


@pytest.mark.parametrize(
    ("file", "moment"),
    [
        ("a/2026-09/x.csv", datetime(2026, 10, 1)),
        ("a/2026-12/x.csv", datetime(2027, 1, 1)),
        ("a/2026-12-31/x.csv", datetime(2027, 1, 1)),
        ("a/latest/x.csv", NOW),
        ("a/2026-13/x.csv", NOW),
        ("a/2026-02-30/x.csv", NOW),
        ("a/0000-01/x.csv", NOW),
        ("a/9999-12/x.csv", NOW),
    ],
)
def test_a_delivery_describes_the_end_of_the_month_or_day_its_path_names(file: str, moment: datetime) -> None:
    dated = feed(extracted=r"/(?P<year>\d{4})-(?P<month>\d{2})(-(?P<day>\d{2}))?/")
    assert extracted_at(dated, file, NOW) == moment


def test_the_contract_changes_with_what_is_read_not_with_where_it_is_described() -> None:
    moved = feed(*fields(NAME="text", N="integer"), place=Place("elsewhere.yaml", 9))
    assert contract_of(moved) == contract_of(NUMBERS)
    assert contract_of(feed(*fields(NAME="text", N="decimal"))) != contract_of(NUMBERS)


def test_progress_names_each_delivery_and_ends_full(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\nx;1\n")
    steps: list[tuple[int, int, str]] = []
    land_deliveries(
        landing.feeds,
        tmp_path / "deliveries",
        landing.lake,
        landing.ledger,
        landing.keyring,
        landing.identities,
        NOW,
        lambda done, total, file: steps.append((done, total, file)),
    )
    assert steps == [(0, 1, "register/2026-09/rows.csv"), (1, 1, "")]


def test_only_one_process_holds_a_project(tmp_path: Path) -> None:
    lock = tmp_path / "data" / "lock"
    with only_one(lock), pytest.raises(Busy), only_one(lock):
        pass
    with only_one(lock):
        pass


def test_the_lake_has_the_declared_types(tmp_path: Path) -> None:
    declared = feed(
        *fields(T="text", I="integer", N="decimal", D="date", M="timestamp", B="boolean"),
    )
    landing = Landing(tmp_path, (declared,))
    landing.deliver("T;I;N;D;M;B\nx;1;1,5;1.2.2024;1.2.2024 10:20;1\n")
    (batch,) = landing.land().landed
    path = landing.lake.verified_path(batch)
    assert [
        (name, kind)
        for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
    ] == [
        ("T", "VARCHAR"),
        ("I", "BIGINT"),
        ("N", "DECIMAL(18,4)"),
        ("D", "DATE"),
        ("M", "TIMESTAMP"),
        ("B", "BOOLEAN"),
    ]


def test_a_refusal_names_the_delivery_once_and_says_what_to_do(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("")
    (refused,) = landing.land().refused
    assert refused.reason.count("rows.csv") == 1
    assert refused.reason.startswith("register/2026-09/rows.csv: the file is empty")
    (line,) = landing.ledger.quality()
    assert (line.check, line.batch, line.count) == ("refused_delivery", 0, 1)
    assert "\n" not in line.detail


def test_what_landed_stays_as_it_is_when_the_same_bytes_return_under_another_description(
    tmp_path: Path,
) -> None:
    texts = feed(*fields(NAME="text", N="text"), delivery=Delivery.FULL)
    landing = Landing(tmp_path, (texts,))
    for month, number in (("07", 1), ("08", 2)):
        landing.deliver(f"NAME;N\nx;{number}\n", f"register/2026-{month}/rows.csv")
    landing.land()
    landing.feeds = (feed(*fields(NAME="text", N="integer"), delivery=Delivery.FULL),)
    landing.deliver("NAME;N\nx;1\n", "register/2026-09/rows.csv")
    landing.land()
    assert [row["N"] for row in landing.rows()] == ["1", "2", 1]


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_landing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    path = landing.deliver("NAME;N\nx;1\n")
    protect = Pseudonymiser.protect

    def written_meanwhile(*arguments: Any) -> Any:
        path.write_text("NAME;N\nx;1\ny;2\n", encoding="utf-8")
        return protect(*arguments)

    monkeypatch.setattr(Pseudonymiser, "protect", written_meanwhile)
    (refused,) = landing.land().refused
    assert "changed while it was read" in refused.reason
    monkeypatch.undo()
    landing.land()
    assert landing.rows() == [{"NAME": "x", "N": 1}, {"NAME": "y", "N": 2}]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_does_not_turn_the_sequence_round(tmp_path: Path, back: timedelta) -> None:
    undated = feed(*fields(NAME="text", N="integer"), extracted="")
    landing = Landing(tmp_path, (undated,))
    for number, now in enumerate((NOW, NOW - back, NOW + timedelta(days=1))):
        landing.deliver(f"NAME;N\nx;{number}\n", f"register/inbox/{number}.csv")
        land_deliveries(
            landing.feeds,
            tmp_path / "deliveries",
            landing.lake,
            landing.ledger,
            landing.keyring,
            landing.identities,
            now,
        )
    batches = landing.ledger.batches()
    assert [batch.number for batch in batches] == [1, 2, 3]
    assert [batch.extracted for batch in batches] == [NOW, NOW, NOW + timedelta(days=1)]


def test_each_page_of_a_lake_file_has_its_checksum(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (NUMBERS,))
    landing.deliver("NAME;N\n" + "".join(f"{number};{number * 7919}\n" for number in range(5_000)))
    (batch,) = landing.land().landed
    path = landing.lake.folder / batch.parquet
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(path, page_checksum_verification=True)


def test_who_waits_for_its_turn_gets_it_or_is_told(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"), pytest.raises(Busy), in_turn(tmp_path / "lock", patience=0.6):
        raise AssertionError("two at once")
    with in_turn(tmp_path / "lock"), pytest.raises(Busy), only_one(tmp_path / "lock"):
        raise AssertionError("two at once")


def test_a_name_is_enciphered_for_the_person_or_the_number_it_is_that_of(tmp_path: Path) -> None:
    clients = feed(
        *fields(
            NUMBER={"type": "text", "required": True},
            CODE="identity",
            NAME={"type": "text", "direct": True},
            PARENT="identity",
            PARENT_NAME={"type": "text", "direct": True, "whose": ("PARENT",)},
        ),
        whose=("CODE", "NUMBER"),
        reject_at_most=1.0,
    )
    landing = Landing(tmp_path, (clients,))
    landing.deliver(
        "NUMBER;CODE;NAME;PARENT;PARENT_NAME\n"
        "1;010190-900P;Aho;;\n"
        "2;;Aho;010190-900P;Aho\n"
        "3;;;;\n"
        "4;;Aho;;Aho\n"
        "1;010190-900P;Aho;;\n"
    )
    landing.land()
    by_code, by_number, nameless, again = landing.rows()
    person = landing.identities.find("010190-900P")
    number = landing.identities.find_subject("register.NUMBER", "2")
    assert person is not None
    assert number is not None
    assert landing.identities.decipher(person, "NAME", by_code["NAME"]) == "Aho"
    assert landing.identities.decipher(number, "NAME", by_number["NAME"]) == "Aho"
    assert landing.identities.decipher(person, "PARENT_NAME", by_number["PARENT_NAME"]) == "Aho"
    assert by_code["NAME"] == again["NAME"] != by_number["NAME"]
    assert nameless["NAME"] is None
    assert [(line, reason) for line, reason, _ in landing.set_aside()] == [(5, "nobody_named")]


def test_the_ledger_notes_how_far_the_identity_store_had_come(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (feed(*fields(CODE="identity")),))
    assert landing.ledger.identities() is None
    landing.deliver("CODE\n010190-900P\n")
    landing.land()
    assert landing.ledger.identities() == (landing.identities.extent().identity, 1, 0)


def test_a_person_is_on_disk_before_the_lake_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = Landing(tmp_path, (feed(*fields(CODE="identity")),))
    landing.deliver("CODE\n010190-900P\n")
    monkeypatch.setattr(Lake, "store", _stopped)
    with pytest.raises(KeyboardInterrupt):
        landing.land()
    monkeypatch.undo()
    person = Landing(tmp_path, landing.feeds).identities.find("010190-900P")
    assert person is not None
    landing.land()
    assert landing.rows() == [{"CODE": person}]


def _stopped(*given: object) -> str:
    raise KeyboardInterrupt
