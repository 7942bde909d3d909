"""Events that are sent to us: the member `intake` of a system or a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from virtaama.model.collect import is_secret_reference
from virtaama.model.documents import Entry
from virtaama.model.shape import Schema, members, number, text
from virtaama.problems import Place, Problem

MOST, WITHIN = 500, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How events of a feed come in, and when so many or so old are a delivery.

    `event_id` is the member that no two events share. HTTP is open where there is a token, MQTT where there
    are a broker and a topic.
    """

    event_id: str
    token_from: str = ""
    broker: str = ""  # mqtts://host:port
    user: str = ""
    password_from: str = ""
    topic: str = ""
    most: int = MOST
    within: int = WITHIN  # seconds

    @property
    def host(self) -> str:
        parts = _BROKER.fullmatch(self.broker)
        return parts["host"].lower() if parts else ""

    @property
    def port(self) -> int:
        parts = _BROKER.fullmatch(self.broker)
        assert parts is not None
        return int(parts["port"] or (8883 if self.is_encrypted else 1883))

    @property
    def is_encrypted(self) -> bool:
        return self.broker.startswith("mqtts://")


_BROKER = re.compile(r"mqtts?://(?P<host>[^/:@\s]+)(:(?P<port>\d{1,5}))?/?")
INTAKE: Schema = members(
    "How events are sent to us: over HTTP, over MQTT or both.",
    {
        "event_id": text("The member of an event that no two events share."),
        "token_from": text("For HTTP: where the token is that senders show. env:NAME or file:/path."),
        "broker": text("For MQTT: the broker, as mqtts://host:8883."),
        "user": text("For MQTT: the user the broker knows us by."),
        "password_from": text("For MQTT: where the password is. env:NAME or file:/path."),
        "topic": text("For MQTT: the topics of this feed, with + and # as MQTT has them."),
        "most": number("So many events are a delivery.", minimum=1, multipleOf=1),
        "within": number(
            "After so many seconds the events that came are a delivery.", minimum=1, multipleOf=1
        ),
    },
)


def read_intake(system: Entry, feed: Entry) -> Intake | None:
    """How events of a feed come in: its own members, then those of its system; None where none do."""
    own, above = feed.member("intake"), system.member("intake")
    if own is None:
        return None

    def said(name: str) -> str:
        return own.text(name) or (above.text(name) if above else "")

    return Intake(
        event_id=said("event_id"),
        token_from=said("token_from"),
        broker=said("broker"),
        user=said("user"),
        password_from=said("password_from"),
        topic=said("topic"),
        most=_whole(said("most"), MOST),
        within=_whole(said("within"), WITHIN),
    )


def files_of_intake(system: str, feed: str) -> str:
    """Where deliveries made of events lie, below the deliveries folder."""
    return f"{system}/*/{feed}-*.events.jsonl"


def intake_problems(
    intake: Intake, feed: str, *, is_json: bool, is_events: bool, has_files: bool, place: Place
) -> Iterator[Problem]:
    """What is wrong with how events come in."""
    if has_files:
        what = f"feed '{feed}' takes events in and names where they come from besides."
        yield Problem(
            place, what, "Take `files` and `collect` out: the events are delivered where they belong."
        )
    if not is_json:
        yield Problem(place, f"feed '{feed}' takes events in.", "Write `format: json_lines`.")
    if not is_events:
        yield Problem(place, f"feed '{feed}' takes events in.", "Write `delivery: events`.")
    if not intake.event_id:
        what = f"intake of feed '{feed}' has no 'event_id'."
        yield Problem(
            place, what, "Name the member that no two events share: what is sent twice is known by it."
        )
    if not intake.token_from and not intake.topic:
        what = f"intake of feed '{feed}' is open neither to HTTP nor to MQTT."
        yield Problem(place, what, "Write token_from: env:NAME for HTTP, or broker and topic for MQTT.")
    if bool(intake.broker) != bool(intake.topic) and not (intake.broker and intake.token_from):
        yield Problem(place, f"intake of feed '{feed}': broker and topic go together.")
    for name, written in (("token_from", intake.token_from), ("password_from", intake.password_from)):
        if written and not is_secret_reference(written):
            what = f"{name} of feed '{feed}' does not say where the secret is."
            yield Problem(place, what, "Write env:NAME or file:/path; a secret never stands in a model.")
    if intake.broker:
        if not intake.host:
            yield Problem(place, f"broker of feed '{feed}' is no address.", "Write it as mqtts://host:8883.")
        elif not intake.is_encrypted and intake.host not in ("127.0.0.1", "localhost"):
            what = f"broker of feed '{feed}' is not encrypted on its way."
            yield Problem(place, what, "Write mqtts://; mqtt:// is for this machine alone.")


def _whole(written: str, otherwise: int) -> int:
    try:
        return int(float(written))
    except ValueError:
        return otherwise
