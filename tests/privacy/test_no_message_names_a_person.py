"""Property: nothing a source delivers or a person types is in any line of the terminal or a log, whatever goes wrong.

Marked names and identity codes go through the flow, with every fault there is a word for; then every line that was
written is searched. The portal's own log is searched in portal/test_logs_name_nobody.py.
"""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.cli.main import run
from virtaama.model.feeds import Drift, Format, Outcome
from virtaama.model.intake import Intake
from virtaama.privacy.log_lines import LineWithoutPersons, keep_words_back
from virtaama.privacy.pseudonyms import is_identity_code, without_codes
from virtaama.sources.intake.http_door import Door, Opening

NAMES = ("Merkitynen", "Åkermärk-Öst")
CODES = ("010190-999A", "131052-9080", "010203A9041", "290200A948R", "311299U9026")
CODES = tuple(
    f"{code[:-1]}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(code[:6] + code[7:10]) % 31]}" for code in CODES
)
HEADER = "KAYNTI_ID;HENKILOTUNNUS;SUKUNIMI;ALKOI;KESTO\n"
GOOD = "".join(
    f"{NAMES[0]}{n};{CODES[n % 5]};{NAMES[n % 2]};{n % 27 + 1:02}.10.2026 08:15;12,5\n" for n in range(60)
)
FAULTS = (
    f"K100;{CODES[0]};{NAMES[0]};{NAMES[1]};{CODES[1]}\n"  # names where a time and a number belong
    f"K101;{CODES[0]};{NAMES[0]}\n"  # too few columns
    f"K102;{CODES[0]}X;{NAMES[1]};01.10.2026 08:15;1\n"  # no identity code
    f'"K103;{CODES[0]};{NAMES[1]};01.10.2026 08:15;1\n'  # a quotation mark that does not close
    f"{CODES[2]};{CODES[0]};{NAMES[0]};01.10.2026 08:15;1\n"  # a code where none belongs
)


def marked(text: str) -> list[str]:
    """What of the marked stands in a text, in whatever dress."""
    low = text.casefold()
    return [mark for mark in (*NAMES, *CODES, *(code[:10] for code in CODES)) if mark.casefold() in low]


def test_the_marks_are_persons() -> None:
    assert all(map(is_identity_code, CODES))
    assert marked(f"x {CODES[0].lower()}") == [CODES[0], CODES[0][:10]]


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything the process wrote since it was last asked for: both streams, and what is logged, to the least word."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineWithoutPersons())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: "".join(capfd.readouterr()) + written.getvalue()
    root.removeHandler(handler)
    root.setLevel(logging.WARNING)


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A project that began with an extract."""
    extract = tmp_path / "kaynnit.csv"
    extract.write_text(HEADER + GOOD, encoding="utf-8")
    assert run(["new", str(tmp_path / "clinic"), "--from-file", str(extract)]) == 0
    return tmp_path / "clinic"


def delivered(clinic: Path, name: str, content: str) -> None:
    (folder,) = {path.parent for path in (clinic / "deliveries").rglob("*.csv")}
    (folder / name).write_text(content, encoding="utf-8")


def test_a_flow_full_of_faults_tells_of_nobody(clinic: Path, lines: Callable[[], str]) -> None:
    first = next((clinic / "deliveries").rglob("*.csv")).name
    for n, content in enumerate(
        (
            HEADER + GOOD + FAULTS,  # some rows are set aside
            HEADER + FAULTS * 30,  # refused: too much of it
            GOOD,  # refused: no header, and the first person stands in its place
            HEADER.replace("KESTO", CODES[3]) + GOOD,  # refused: a code for the name of a column
            HEADER.replace("KESTO", f"KESTO;{CODES[3]}") + GOOD.replace("12,5\n", "12,5;x\n"),  # added
            HEADER.replace("ALKOI", "KESTO") + GOOD,  # refused: twice
            HEADER + GOOD.replace("12,5", "\0"),
        )
    ):
        delivered(clinic, first.replace(".csv", f"_{n}.csv"), content)
    delivered(clinic, first.replace(".csv", f"_{CODES[4]}.csv"), HEADER + GOOD)
    project = ["--project", str(clinic)]
    codes = {
        command[0]: run([*command, *project])
        for command in (["check"], ["land"], ["plan"], ["load"], ["runs"], ["quality"], ["verify"])
    }
    codes["noticed"] = run(["runs", "--quality", *project])
    codes["ask"] = run(["ask", "kaynnit_rows", "--format", "csv", *project])
    said = lines()
    assert said.count("refused") > 3, said
    assert "wrong_type" in said
    assert codes["load"] == codes["ask"] == 0
    assert not marked(said)
    assert not marked(ledger_of(clinic))
    # What a formula stumbles over at loading is a value: the engine's words for it are kept back.
    mapping = next((clinic / "mappings").glob("*.yaml"))
    text = mapping.read_text(encoding="utf-8")
    assert 'kesto: "KESTO"' in text
    stumbling = text.replace('kesto: "KESTO"', 'kesto: CAST("KAYNTI_ID" AS DECIMAL(18, 4))')
    mapping.write_text(stumbling, encoding="utf-8")
    assert run(["load", *project]) != 0
    assert run(["rebuild", *project]) != 0
    said = lines()
    assert "mappings/kaynnit.yaml" in said or "kaynnit" in said
    assert not marked(said)


def ledger_of(clinic: Path) -> str:
    """Every text the ledger keeps."""
    kept = clinic / "data" / "lake" / "ledger.sqlite"
    return kept.read_bytes().decode("utf-8", errors="replace")


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("access.yaml", f'demo_users:\n  x: {{name: {NAMES[0]}, password: "{CODES[0]}\n'),
        (
            "access.yaml",
            f"demo_users:\n  x: {{name: [{NAMES[0]}], password: {{a: {CODES[0]}}}, role: none}}\n",
        ),
        ("access.yaml", f"demo_users:\n\t- {CODES[0]}\n"),
        ("virtaama.yaml", f"sign_in: {{contact: {{fi: {NAMES[0]} {CODES[0]}}}, issuer: 5}}\n"),
    ],
)
def test_a_file_that_is_wrong_is_not_quoted(
    clinic: Path, lines: Callable[[], str], file: str, wrong: str
) -> None:
    path = clinic / file
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text("\n".join(line for line in kept.splitlines() if "demo_users" not in line) + "\n" + wrong)
    lines()
    assert run(["check", "--project", str(clinic)]) != 0
    said = lines()
    assert file in said
    assert not marked(said)


def test_members_and_columns_named_after_persons_are_not_on_record(tmp_path: Path) -> None:
    described = fields(A="text")
    kinds = {
        ".jsonl": feed(*described, name="objects", format=Format.JSON_LINES, files="register/*/*.jsonl"),
        ".parquet": feed(*described, name="columns", format=Format.PARQUET, files="register/*/*.parquet"),
        ".csv": feed(*described, drift=Drift(added=Outcome.STOP)),
    }
    landing = Landing(tmp_path, tuple(kinds.values()))
    landing.deliver(f'{{"A": "x", "{CODES[0]}": 1}}\n', "register/2026-09/a.jsonl")
    file = landing.deliver("", "register/2026-09/a.parquet")
    pq.write_table(pa.table({"A": ["x"], f"tieto {CODES[1]}": ["y"]}), file)
    landing.deliver(f"A;{CODES[2].lower()}\nx;y\n", "register/2026-09/a.csv")
    landing.deliver(f"A;{CODES[2]};{CODES[2]}\nx;y;z\n", "register/2026-09/b.csv")
    report = landing.land()
    assert [batch.feed for batch in report.landed] == ["register.objects", "register.columns"]
    assert len(report.refused) == 2
    assert not marked(repr(report))
    assert not marked(
        repr(
            [
                landing.ledger.drift(kind.id, batch.sha256)
                for kind in kinds.values()
                for batch in (*report.landed, *report.refused)
            ]
        )
    )
    kept = (tmp_path / "data" / "lake" / "ledger.sqlite").read_bytes()
    assert not marked(kept.decode("latin-1"))
    assert b"(identity code)" in kept


def test_only_right_codes_are_made_unreadable() -> None:
    assert without_codes(f"a{CODES[0]}b {CODES[1].lower()}") == "a(identity code)b (identity code)"
    assert without_codes("990190-999A 2026-09/rows_010190.csv") == "990190-999A 2026-09/rows_010190.csv"


UNFORESEEN = f"""
import sys, threading, warnings, logging
from virtaama.cli import main
def broken(arguments):
    warnings.warn("{NAMES[0]} {CODES[0]}")
    logging.getLogger("urllib3").warning("Retrying {CODES[0]}")
    logging.getLogger("some.library").warning("of %s", "{NAMES[1]}")
    of_its_own = threading.Thread(target=lambda: int("{CODES[0]}"))
    of_its_own.start()
    of_its_own.join()
    raise ValueError("no such person: {NAMES[0]}\\n2026-01-01 all is well {CODES[0]}")
main.run = broken
main.main()
"""


def test_an_error_nobody_foresaw_says_what_and_where_and_no_more() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTAAMA_DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", UNFORESEEN], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Something unforeseen: ValueError at <string>:11 broken" in done.stderr
    assert done.stderr.count("Something unforeseen") == 2
    assert "WARNING some.library of %s" in done.stderr
    assert "all is well" not in done.stderr
    assert not marked(done.stderr)


def test_every_way_into_the_program_keeps_words_back() -> None:
    from virtaama.cli import main as cli
    from virtaama.portal import __main__ as portal

    for module in (cli, portal):
        assert module.keep_words_back is keep_words_back


def test_a_post_that_breaks_the_intake_is_not_repeated(lines: Callable[[], str]) -> None:
    taking = feed(*fields(ID="text"), format=Format.JSON_LINES, intake=Intake(event_id="ID"))

    class Broken:
        failure = None

        def submit(self, events: object) -> None:
            raise RuntimeError(f"cannot keep {events}: {NAMES[0]}")

    door = Door("127.0.0.1", 0, {taking.id: Opening(taking, "secret")}, Broken())  # type: ignore[arg-type]
    door.start()
    try:
        address = f"http://127.0.0.1:{door.server_address[1]}/events/{taking.id}?of={CODES[0]}"
        shown = {"Authorization": "Bearer secret"}
        with pytest.raises(requests.ConnectionError):
            requests.post(address, json={"ID": CODES[0], "name": NAMES[0]}, headers=shown, timeout=10)
        for wrong in (f'{{"ID": {NAMES[0]}', f'["{CODES[0]}"]', "[" * 100_000, f"{NAMES[0]}\n{CODES[0]}"):
            answer = requests.post(address, data=wrong.encode(), headers=shown, timeout=10)
            assert answer.status_code == 400
            assert not marked(answer.text)
    finally:
        door.stop()
    said = lines()
    assert "RuntimeError at test_no_message_names_a_person.py" in said
    assert not marked(said)
