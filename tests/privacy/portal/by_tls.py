"""`python -m tests.privacy.portal.by_tls FOLDER` asks every address of a portal that others reach by TLS.

Prints, as JSON, what each answered: address, status, headers, cookies. A process of its own: settings are read once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

HOST = "portal.example"
PASSWORD = "a long one of its own"
FOR_MACHINES = (
    "/api/v1/reader",
    "/api/v1/openapi.json",
    "/api/v1/health",
    "/api/",
    "/api/v2/anything",
    "/kirjaudu/ulos/",
    "/kirjaudu/avaimet.json",
    "/kirjaudu/saml/tiedot.xml",
)


def main(folder: Path) -> list[dict[str, Any]]:
    os.environ["VIRTAAMA_HOSTS"] = HOST
    os.environ["VIRTAAMA_PROJECT"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "virtaama.portal.settings"
    from virtaama.portal.serve import prepare

    prepare(folder)

    from django.test import Client
    from django.utils import timezone

    from tests.portal.door_for_tests import ROLES, DoorForTests, LogForTests
    from tests.privacy.portal.authorization import table
    from virtaama.portal.core import door as portal_door
    from virtaama.portal.core.models import Account

    opened, served = DoorForTests(), portal_door.project()

    class ProjectForTests(LogForTests):
        roles = ROLES
        demo_users = served.demo_users

        def door(self) -> DoorForTests:
            return opened

    portal_door.project = ProjectForTests  # type: ignore[assignment]
    account = Account.objects.create(
        name="someone", full_name="Someone", role="analyst", last_login=timezone.now()
    )

    def told_of(address: str, response: Any) -> dict[str, Any]:
        return {
            "address": address,
            "status": response.status_code,
            "headers": dict(response.headers),
            "cookies": [morsel.OutputString() for morsel in response.cookies.values()],
            "type": "problem+json" in response.headers.get("Content-Type", "") and response.json()["type"],
            "tells a password": not response.streaming and PASSWORD in response.text,
        }

    def answers(client: Client, address: str, **how: Any) -> dict[str, Any]:
        return told_of(address, client.get(address, **how))

    def browser() -> Client:
        return Client(HTTP_HOST=HOST, REMOTE_ADDR="127.0.0.1", raise_request_exception=False)

    by_tls = {"headers": {"X-Forwarded-Proto": "https"}}
    told = [answers(browser(), "/", headers={"X-Forwarded-Proto": "http"})]
    told.append(answers(Client(HTTP_HOST=HOST, REMOTE_ADDR="10.9.8.7"), "/", **by_tls))
    for address in FOR_MACHINES:
        client = browser()
        client.force_login(account)
        plain = {"X-Forwarded-Proto": "http", "Authorization": "Bearer x.y.z", "Accept-Language": "en"}
        told.append(answers(client, address, headers=plain))
        told.append(told_of(f"POST {address}", client.post(address, {}, headers=plain)))
    for row in table():
        told.append(answers(browser(), row.address, **by_tls))
        client = browser()
        client.force_login(account)
        told.append(answers(client, row.address, **by_tls))
    for address in ("/ei-ole/", "/static/ui/virtaama.css", "/static/ui/virtaama.svg"):
        told.append(answers(browser(), address, **by_tls))
    client = browser()
    client.get("/", **by_tls)  # type: ignore[arg-type]
    signed_in = client.post("/", {"name": "johtaja", "password": PASSWORD}, **by_tls)  # type: ignore[arg-type]
    told.append(told_of("signing in", signed_in))
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
