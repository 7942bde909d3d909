"""S6: requests made of the API's own description, right ones and wrong ones, by somebody signed in and by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.test.client import ClientHandler
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from attack.outcome import Row, Should
from attack.row_policy import generated

HANDLER = ClientHandler(enforce_csrf_checks=True)
ADDRESS = "http://localhost"
SETTINGS = {
    "checks": {
        # What is right by itself may be wrong together, or of something that is not there.
        "positive_data_acceptance": {"expected-statuses": [200, 304, 401, 403, 404, 422]},
        "negative_data_rejection": {"expected-statuses": [401, 403, 404, 405, 422]},
    }
}


@dataclass
class Tried:
    """Requests sent, and what was wrong with answers to them."""

    requests: int = 0
    shown: int = 0  # answered with something
    broken: list[str] = field(default_factory=list)  # errors of ours
    otherwise: list[str] = field(default_factory=list)  # answers that are not as described
    unauthenticated: list[str] = field(default_factory=list)  # answers to nobody


def described(description: dict[str, Any]) -> Any:
    """The API as its description has it, answered by the portal of this process."""
    schema = schemathesis.openapi.from_dict(description, config=SchemathesisConfig.from_dict(SETTINGS))
    schema.app = answered
    return schema


def answered(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
    """The portal as a web application that keeps the connection to its database, as tests need it."""
    response = HANDLER({"REMOTE_ADDR": "127.0.0.1", **environ})
    start(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


def send(schema: Any, each: int, tried: Tried, *, session: str = "", same_again: bool = False) -> None:
    """So many requests of each kind to each operation, in a session; without one they come from nobody."""
    cookies = {"virtaama_session": session} if session else {}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @generated(each, same_again)
            @given(case=operation.as_strategy(generation_mode=mode))
            def sent(case: Any) -> None:
                response = case.call(base_url=ADDRESS, cookies=dict(cookies))
                tried.requests += 1
                tried.shown += response.status_code in (200, 304)
                what = f"{case.method} {case.formatted_path} {case.query}: {response.status_code}"
                if response.status_code >= 500:
                    tried.broken.append(what)
                if not session and response.status_code < 400 and case.operation.path != "/api/v1/health":
                    tried.unauthenticated.append(what)
                try:
                    case.validate_response(
                        response,
                        # Whose credentials these are: a check asks again without them, and must be refused.
                        headers={"Cookie": f"virtaama_session={session}"} if session else {},
                        transport_kwargs={"base_url": ADDRESS},
                    )
                except FailureGroup as wrong:  # whatever the checks hold against an answer
                    tried.otherwise.append(f"{what}: {[str(each) for each in wrong.exceptions]}")

            # What takes no parameter has no wrong ones.
            with suppress(Unsatisfiable):
                sent()


def rows(tried: Tried) -> Iterator[Row]:
    for what, got in (
        ("requests to the API: errors of ours", tried.broken),
        ("the same: answers that are not as its description says", tried.otherwise),
        ("the same: answered to nobody", tried.unauthenticated),
    ):
        yield Row(id="S6", what=what, tried=tried.requests, got=len(got), should=Should.NONE)
