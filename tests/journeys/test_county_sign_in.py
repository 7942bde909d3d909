"""In a real browser: to the county's provider and back, out of both again, without a script and under our own rules."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.test_accessibility import BROWSERS, FLAGS, GROUPS, ROOT, SIGN_IN, wait_for
from tests.portal.project_for_tests import make_project
from tests.privacy.portal.signing_in import PASSWORD, running


def test_one_signs_in_and_out_of_both_the_portal_and_the_provider(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    portal = f"http://127.0.0.1:{port}"
    provider_folder = tmp_path / "provider"
    provider_folder.mkdir()
    folder = make_project(tmp_path / "project")
    with running(provider_folder, portal) as provider:
        shutil.copy(provider_folder / "keys" / "sign_in.pem", folder / "keys")
        told = SIGN_IN.replace("http://127.0.0.1:8000", portal).replace("http://127.0.0.1:9", provider.issuer)
        told = told.replace("client_id: virtaama", "client_id: portal")
        groups = GROUPS.replace("analysts", "county-analysts")
        for name, more in (("virtaama.yaml", told), ("access.yaml", groups)):
            file = folder / name
            file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        with (
            subprocess.Popen(
                [sys.executable, "-m", "tests.portal.serve_for_tests", str(folder), str(port)],
                env=environment,
            ) as server,
            sync_playwright() as playwright,
        ):
            try:
                wait_for(f"{portal}/ohje/", server)
                path = next(filter(None, map(shutil.which, BROWSERS)), None)
                browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
                page = browser.new_context(java_script_enabled=False).new_page()
                page.goto(f"{portal}/ohjaus/?area=398")
                page.click("text=Kirjaudu hyvinvointialueen tunnuksella")
                assert page.url.startswith(provider.issuer)
                page.fill("[name=username]", "anna")
                page.fill("[name=password]", PASSWORD)
                page.click("button")
                assert page.url == f"{portal}/ohjaus/?area=398"
                assert page.locator(".signed-in a").inner_text() == "Anna Analyytikko"
                page.click(".signed-in button")
                page.wait_for_url(f"{portal}/")
                # The provider has forgotten her too: it asks for the password again.
                page.click("text=Kirjaudu hyvinvointialueen tunnuksella")
                assert page.locator("[name=password]").count() == 1
                browser.close()
            finally:
                server.terminate()
