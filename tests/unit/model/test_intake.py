"""How events come in: read from system and feed together, and every mistake said."""

import pytest

from tests.unit.model.small_model import changed
from tests.unit.model.test_problems import said_of
from virtaama.model.intake import Intake
from virtaama.model.parse import parse_model

FILES = '    files: "register/*/people.csv"\n    delivery: full\n'


def taking_in(system: str, feed: str, delivery: str = "events", files: str = "") -> dict[str, str]:
    found = changed("systems/register.yaml", FILES, f"{files}    delivery: {delivery}\n    intake: {feed}\n")
    text = found["systems/register.yaml"].replace("format: csv\n", f"format: json_lines\n{system}")
    return found | {"systems/register.yaml": text.replace(', format: "%Y%m%d"', "")}


def test_a_feed_takes_from_its_system_what_it_does_not_say_itself() -> None:
    system = "intake: {event_id: id, broker: 'mqtts://mqtt.example.fi', most: 10}\n"
    feed = parse_model(taking_in(system, "{topic: homes/+}")).feed("register.people")
    assert feed.intake == Intake(event_id="id", broker="mqtts://mqtt.example.fi", topic="homes/+", most=10)
    assert (feed.intake.host, feed.intake.port) == ("mqtt.example.fi", 8883)
    assert feed.files == "register/*/people-*.events.jsonl"


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        ("{token_from: env:T}", "has no 'event_id'."),
        ("{event_id: id}", "is open neither to HTTP nor to MQTT."),
        ("{event_id: id, topic: a/b}", "broker and topic go together."),
        ("{event_id: id, token_from: hush-hush}", "does not say where the secret is."),
        ("{event_id: id, topic: a, broker: 'mqtt://mqtt.example.fi'}", "is not encrypted on its way."),
        ("{event_id: id, topic: a, broker: mqtt.example.fi}", "is no address."),
        ("{event_id: id, tokn_from: env:T}", "Did you mean 'token_from'?"),
    ],
)
def test_what_is_wrong_with_an_intake_is_said(feed: str, said: str) -> None:
    found = said_of(taking_in("", feed))
    assert said in found
    assert "hush-hush" not in found


def test_events_are_delivered_as_events_and_nowhere_else() -> None:
    said = said_of(taking_in("", "{event_id: id, token_from: env:T}", "full", '    files: "a/*.jsonl"\n'))
    assert "Write `delivery: events`." in said
    assert "Take `files` and `collect` out" in said
