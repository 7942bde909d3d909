"""Events over MQTT 3.1.1 with quality of service 1: acknowledged when they are on disk, and not before.

The session is kept by the broker: what comes while we are away waits there. A message whose writing fails is
not acknowledged, and the connection is made anew so that the broker sends it again.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from virtaama.model.feeds import Feed
from virtaama.sources.intake.writer import Writer, message_of

_KEEPALIVE = 30  # seconds
_LONGEST_PAUSE = 60  # seconds between two attempts to connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where messages come from. Never shown: it holds a password."""

    host: str
    port: int
    is_encrypted: bool
    user: str = ""
    password: str = field(default="", repr=False)


class Line:
    """A connection that is kept up until `stop`."""

    def __init__(
        self,
        broker: Broker,
        feeds: Sequence[Feed],
        client_id: str,
        writer: Writer,
        tell: Callable[[str], None],
    ) -> None:
        self._tell = tell
        self._broker = broker
        self._feeds = feeds
        self._writer = writer
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=True,
        )
        self._client.reconnect_delay_set(1, _LONGEST_PAUSE)
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.is_encrypted:
            self._client.tls_set()
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._take

    def start(self) -> None:
        """Begin; a broker that does not answer is tried again and again."""
        self._client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self, client: mqtt.Client, _: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._tell(f"{self._where} does not let us in ({reason}).")
            return
        client.subscribe([(feed.intake.topic, 1) for feed in self._feeds if feed.intake])

    def _subscribed(self, *_: Any) -> None:
        self._tell(f"Subscribed at {self._where}.")

    def _disconnected(self, client: mqtt.Client, _: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._tell(f"The connection to {self._where} broke; it is made again.")

    @property
    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"

    def _take(self, client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        events = [
            message_of(feed, message.topic, bytes(message.payload))
            for feed in self._feeds
            if feed.intake and mqtt.topic_matches_sub(feed.intake.topic, message.topic)
        ]
        try:
            # Waiting for room holds the line up, and with it the broker: it sends no more than it may.
            done = self._writer.submit(events, patience=None)
        except queue.Full:
            return  # we are ending: not acknowledged, so it comes again

        def acknowledge(written: Future[list[bool]]) -> None:
            if written.exception() is None:
                client.ack(message.mid, message.qos)

        done.add_done_callback(acknowledge)
