"""`virtaama intake` as a process of its own, with real senders: HTTP, and MQTT through a real broker."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
import requests
from paho.mqtt.enums import CallbackAPIVersion

from virtaama.cli.main import run
from virtaama.project.project import Project

TOKEN = "token-of-the-devices"
SYSTEM = """\
system: devices
labels: {fi: Laitteet, sv: Apparater, en: Devices}
format: json_lines
intake: {event_id: id, token_from: env:DEVICES_TOKEN, most: 40, within: 2,
         broker: "mqtt://127.0.0.1:PORT", user: county, password_from: env:DEVICES_TOKEN}
feeds:
  steps:
    labels: {fi: Askeleet, sv: Steg, en: Steps}
    delivery: events
    intake: {topic: homes/+/steps}
    fields:
      id: {type: text, required: true}
      steps: {type: integer}
      hetu: {type: identity, optional: true}
      topic: {type: text, optional: true}
"""
BROKER = """\
import asyncio, sys
from amqtt.broker import Broker

async def main():
    broker = Broker({
        "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}},
    })
    await broker.start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def broker() -> Iterator[int]:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", BROKER, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            yield port
        finally:
            process.kill()


@pytest.fixture
def county(tmp_path: Path, broker: int) -> Path:
    folder = tmp_path / "county"
    assert run(["new", str(folder)]) == 0
    (folder / "systems").mkdir(exist_ok=True)
    system = SYSTEM.replace("PORT", str(broker))
    (folder / "systems" / "devices.yaml").write_text(system, encoding="utf-8")
    settings = folder / "virtaama.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\nhosts: [127.0.0.1]\n", encoding="utf-8")
    return folder


class Intake:
    """The command, and where it listens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder.parent / "said"
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        self.said.write_bytes(b"")
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from virtaama.cli.main import main; main()", "intake", "--port", "0"],
                stderr=said,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DEVICES_TOKEN": TOKEN},
            )
        wait_for(lambda: "Subscribed" in self.said.read_text(encoding="utf-8"))
        found = re.search(r"http://127\.0\.0\.1:\d+/events/", self.said.read_text(encoding="utf-8"))
        assert found
        self.address = f"{found[0]}devices.steps"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(30)

    def post(self, body: object, token: str = TOKEN) -> requests.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(self.address, data=content, headers=headers, timeout=30)


@pytest.fixture
def intake(county: Path) -> Iterator[Intake]:
    intake = Intake(county)
    intake.start()
    try:
        yield intake
    finally:
        if intake.process and intake.process.poll() is None:
            intake.process.kill()
            intake.process.wait()


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.05)


def delivered(county: Path) -> list[str]:
    return [
        str(json.loads(line)["id"])
        for path in sorted((county / "deliveries").glob("devices/*/*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_events_over_http_are_delivered_once_even_when_the_intake_is_killed(
    county: Path, intake: Intake
) -> None:
    def send(number: int) -> bool:
        try:
            return intake.post({"id": f"e{number}", "steps": number}).status_code == 202
        except requests.RequestException:
            return False

    def send_until_it_fails(first: int) -> list[int]:
        kept = []
        while send(first):
            kept.append(first)
            first += 8
        return kept

    with ThreadPoolExecutor(8) as senders:
        sending = senders.map(send_until_it_fails, range(8))
        wait_for(lambda: len(delivered(county)) >= 80)
        assert intake.stop(signal.SIGKILL) == -signal.SIGKILL
        kept = list(sending)
    intake.start()
    unsure = [(numbers[-1] if numbers else first - 8) + 8 for first, numbers in enumerate(kept)]
    for number in (*unsure, 0, 1, 2):  # what was not acknowledged is sent again, and some of the rest too
        assert send(number)
    assert intake.stop() == 0
    everything = sorted(f"e{number}" for number in {*unsure, *(each for numbers in kept for each in numbers)})
    assert sorted(delivered(county)) == everything
    assert run(["land", "--project", str(county)]) == 0
    ledger = Project.open(county).ledger
    assert sum(batch.rows for batch in ledger.batches("devices.steps")) == len(everything)
    newest = next(each for each in ledger.runs() if each.kind == "intake")
    assert (newest.ok, newest.counts["received"]) == (True, 11)
    assert newest.counts["known"] >= 3


def test_what_is_no_event_or_shows_no_token_is_turned_away(county: Path, intake: Intake) -> None:
    assert intake.post({"id": "a"}, token="guessed").status_code == 401
    assert intake.post(b"{half of").status_code == 400
    assert intake.post([{"id": "a", "steps": 1}, {"steps": 2}]).status_code == 400  # none of them is kept
    assert intake.post(b"[]").status_code == 400
    assert intake.post(b" " * (5 << 20)).status_code == 413
    elsewhere = intake.address.replace("devices.steps", "devices.other")
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.post(elsewhere, data=b"{}", headers=shown, timeout=30).status_code == 401
    both = intake.post(b'{"id": "b", "steps": 1}\n{"id": "b", "steps": 1}\n')
    assert both.json() == {"accepted": 2, "known": 1}
    assert run(["intake", "--port", "0", "--project", str(county)]) in (4, 7)  # one intake at a time
    assert intake.stop() == 0
    assert delivered(county) == ["b"]


def test_messages_over_mqtt_are_acknowledged_when_they_are_on_disk(
    county: Path, broker: int, intake: Intake
) -> None:
    sender = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="a-home")
    sender.username_pw_set("a-home", "its password")
    sender.connect("127.0.0.1", broker)
    sender.loop_start()
    published = [
        sender.publish("homes/7/steps", json.dumps({"id": f"m{number}", "steps": number}), qos=1)
        for number in range(60)
    ]
    published.append(sender.publish("homes/7/steps", json.dumps({"id": "m3", "steps": 3}), qos=1))  # again
    published.append(sender.publish("homes/7/steps", b"no event", qos=1))
    for each in published:
        each.wait_for_publish(20)
    wait_for(lambda: len(list((county / "deliveries").glob("devices/*/*.jsonl"))) >= 2)
    assert intake.stop() == 0
    sender.loop_stop()
    sender.disconnect()
    assert run(["land", "--project", str(county)]) == 0
    project = Project.open(county)
    batches = project.ledger.batches("devices.steps")
    assert sum(batch.rows for batch in batches) == 60
    assert sum(batch.rejected for batch in batches) == 1  # what was no event is in quarantine, not lost


def test_messages_sent_while_the_intake_is_away_wait_at_the_broker(
    county: Path, broker: int, intake: Intake
) -> None:
    assert intake.stop(signal.SIGKILL) == -signal.SIGKILL
    sender = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="a-home")
    sender.username_pw_set("a-home", "its password")
    sender.connect("127.0.0.1", broker)
    sender.loop_start()
    for number in range(5):
        message = json.dumps({"id": f"m{number}", "steps": number})
        sender.publish("homes/7/steps", message, qos=1).wait_for_publish(20)
    sender.loop_stop()
    sender.disconnect()
    intake.start()
    wait_for(lambda: len(delivered(county)) == 5, 20)
    assert intake.stop() == 0
