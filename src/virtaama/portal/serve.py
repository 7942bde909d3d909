"""Serving the portal of a project."""

from __future__ import annotations

import os
from collections.abc import Callable
from logging import getLogger
from pathlib import Path
from threading import Thread
from time import sleep

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from virtaama.portal.catalogues import compile_catalogues
from virtaama.portal.ui.charts import WIDE, BarChart, draw
from virtaama.privacy.log_lines import LineWithoutPersons
from virtaama.problems import NotReady, VirtaamaError

THREADS = 4
LOOK_EVERY = 300  # seconds between two looks whether an anchor is due


def run(
    project_folder: Path,
    address: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the portal until interrupted. Its database is brought up to date first.

    `ready` is called with the portal's address once everything before serving has worked.
    Refused (NotReady) without the project's secret, and with debugging on an address others can reach.
    """
    prepare(project_folder, address)
    if ready is not None:
        ready(f"http://{address}:{port}/")
    Server(address, port, workers).run()


def prepare(project_folder: Path, address: str = "127.0.0.1") -> None:
    """Everything but serving: settings, catalogues, database, the demo's accounts."""
    compile_catalogues()
    set_up(project_folder, address)
    take_up_project()


def set_up(project_folder: Path, address: str = "127.0.0.1") -> None:
    """Settings and database of a project's portal."""
    os.environ["VIRTAAMA_PROJECT"] = str(project_folder.resolve())
    os.environ["VIRTAAMA_ADDRESS"] = address
    os.environ["DJANGO_SETTINGS_MODULE"] = "virtaama.portal.settings"
    django.setup()
    keep_to_ourselves(Path(settings.DATABASES["default"]["NAME"]))
    call_command("migrate", verbosity=0, interactive=False)


def keep_to_ourselves(database: Path) -> None:
    """Let nobody but its owner read the portal's database: it holds who is signed in, by which keys."""
    database.touch(mode=0o600)
    database.chmod(0o600)


def take_up_project() -> None:
    """Read the project before the workers are made, so that they share it, and keep its demo accounts."""
    # Django's models can be imported only once it has been set up for a project.
    from virtaama.portal.core.actions import keep_demo_accounts
    from virtaama.portal.core.door import project, sign_ins
    from virtaama.portal.core.ending import OVER, end_expired, seal
    from virtaama.portal.core.sign_in import in_use

    project().check()
    if not (settings.PROJECT.demo or settings.PROJECT.sign_in):
        raise NotReady(
            f"{settings.PROJECT.folder}: nobody could sign in, so the portal is not served.\n"
            "  Name the county's own sign-in under sign_in: in virtaama.yaml (docs/how-to/sign-in.md). To look at "
            "invented\n"
            "  data on this machine alone, write demo: true."
        )
    in_use.prepare()
    settings.EXPOSURE.check_demo(project().demo_users)
    if over := end_expired(now=timezone.now(), by="virtaama serve"):
        seal(sign_ins(), over, OVER)
    keep_demo_accounts(users=project().demo_users, now=timezone.now(), by="virtaama serve")


class LogOfServer(Logger):  # type: ignore[misc]
    """What the web server itself says of requests it cannot read: they may hold anything."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(LineWithoutPersons())


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings in place of a configuration file."""

    def __init__(self, address: str, port: int, workers: int) -> None:
        self.bind = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        self.workers = workers
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", self.bind)
        self.cfg.set("workers", self.workers)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", THREADS)
        self.cfg.set("timeout", 60)
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("logger_class", LogOfServer)
        self.cfg.set("proc_name", "virtaama")
        self.cfg.set("post_worker_init", warm_up)

    def load(self) -> object:
        from virtaama.portal.wsgi import application

        return application


def warm_up(worker: object) -> None:
    """Draw a chart nobody sees: the first one takes a second, and no reader should wait for it."""
    chart = BarChart(bars=(("", 1.0),), unit="", decimals=0, language="fi")
    Thread(target=draw, args=(chart, WIDE), daemon=True).start()
    Thread(target=keep_anchored, daemon=True).start()


def keep_anchored() -> None:
    """Note the head of the audit log outside, hourly, where a place for it is named. Never ends.

    Of several workers one writes. What hinders it is said in the log of the server and tried again.
    """
    from virtaama.portal.core.door import project

    while project().settings.anchors:
        try:
            project().anchor_if_due()
        except (VirtaamaError, OSError) as error:
            getLogger("virtaama.audit").error("The audit log was not anchored: %s", error)
        sleep(LOOK_EVERY)
