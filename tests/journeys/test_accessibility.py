"""Every named page in every language, scheme and width, in a real browser: nothing against WCAG 2.1 A or AA.

In Finnish each scheme with each width; in the other languages each once, because only the length of words differs.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.portal.project_for_tests import make_project

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "virtaava-koski"
LANGUAGES = ("fi", "sv", "en")
SCHEMES = ("light", "dark")
WIDTHS = (1280, 320)
METRIC = "/ohjaus/mittarit/recommendation_index/"
# A provider that is not there: its button is shown, and what one reads when it does not answer.
SIGN_IN = """
sign_in:
  address: http://127.0.0.1:8000
  issuer: http://127.0.0.1:9
  client_id: virtaama
  contact: {fi: "Tietopalvelut, p. 123", sv: "Datatjänster, tfn 123", en: "Data services, tel. 123"}
"""
GROUPS = """
groups:
  analysts: {role: analyst}
"""
PAGES = {
    "start": ("", "/"),
    "help": ("", "/ohje/"),
    "accessibility": ("", "/saavutettavuus/"),
    "a sign-in that came to nothing": ("", "/kirjaudu/paluu/?state=unknown"),
    "a sign-in without its provider": ("", "/kirjaudu/"),
    "steering": ("analyytikko", "/ohjaus/"),
    "indicators": ("analyytikko", "/ohjaus/mittarit/"),
    "steering of a unit": ("analyytikko", "/ohjaus/?area=U3981&grain=quarter&period=2026Q2"),
    "steering with bad filters": ("analyytikko", "/ohjaus/?area=999&grain=week&period=soon"),
    "metric": ("analyytikko", METRIC),
    "metric of a municipality": ("analyytikko", f"{METRIC}?area=398&by=sex"),
    "metric of the past": ("analyytikko", f"{METRIC}?as_of=2026-03-31&known=2026-04-15"),
    "metric of no day": ("analyytikko", f"{METRIC}?as_of=2026-02-31&known=2031-01-01"),
    "lineage": ("analyytikko", f"{METRIC}alkupera/"),
    "quality": ("insinoori", "/toiminta/laatu/"),
    "what is expected": ("insinoori", "/toiminta/odotukset/"),
    "an expectation": ("insinoori", "/toiminta/odotukset/primary_care.visits.unit/"),
    "recording": ("analyytikko", "/toiminta/kirjaaminen/?order=-missing"),
    "recording of nothing": ("analyytikko", "/toiminta/kirjaaminen/?system=staff"),
    "runs": ("insinoori", "/toiminta/"),
    "batches": ("insinoori", "/toiminta/erat/?feed=staff.shifts&order=-rows"),
    "own sign-ins": ("tietosuoja", "/istunnot/?ended=1"),
    "opening a person": ("hoitaja", "/henkilo/"),
    "audit log": ("tietosuoja", "/loki/"),
    "entry of the audit log": ("tietosuoja", "/loki/1/"),
    "what stands out": ("tietosuoja", "/loki/poikkeavat/"),
    "funding": ("analyytikko", "/rahoitus/?organiser=21"),
    "funding, what if": ("analyytikko", "/rahoitus/entapa/?n1=price.health&v1=%2B2%25&n2=price.hyte&v2=two"),
    "funding, path": ("analyytikko", "/rahoitus/polku/?n1=rule.need_growth_share&v1=100&organiser=99"),
    "descriptions": ("tietosuoja", "/kuvaukset/"),
    "pairs to decide": ("yhdistaja", "/yhdistaminen/"),
    "a pair": ("yhdistaja", "/yhdistaminen/1/"),
    "reporting an incident": ("yhteyshenkilo", "/poikkeamat/uusi/"),
    "incidents": ("tietosuoja", "/poikkeamat/"),
    "for other programs": ("analyytikko", "/rajapinta/"),
    "no access": ("insinoori", "/ohjaus/"),
    "no such page": ("analyytikko", "/ei-ole/"),
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal, served as it is in use; its address."""
    folder = make_project(tmp_path_factory.mktemp("served") / "project")
    for name, more in (("virtaama.yaml", SIGN_IN), ("access.yaml", GROUPS)):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.portal.serve_for_tests", str(folder), str(port)], env=environment
    ) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/ohje/", server)
            yield address
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the portal ended before it served a page"
        try:
            with urlopen(address, timeout=5):
                return
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the portal did not serve a page within half a minute")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "no browser: `make test` installs one, or put chromium on the PATH"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, portal: str, name: str, language: str, scripts: bool = True) -> Iterator[Page]:
    """A fresh browser window in which the named demo user is signed in."""
    context: BrowserContext = browser.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=scripts, accept_downloads=True
    )
    context.add_cookies([{"name": "virtaama_language", "value": language, "url": portal}])
    page = context.new_page()
    if name:
        page.goto(portal)
        page.fill("#id_name", name)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
    yield page
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("user", ["", "analyytikko", "insinoori", "hoitaja", "yhdistaja", "tietosuoja"])
def test_no_page_breaks_wcag(browser: Browser, portal: str, user: str, language: str) -> None:
    found: list[str] = []
    with opened(browser, portal, user, language) as page:
        for name, (who, path) in PAGES.items():
            if who != user:
                continue
            page.goto(portal + path)
            page.evaluate(AXE)
            assert page.locator("html").get_attribute("lang") == language
            for scheme, width in looks(language):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.set_viewport_size({"width": width, "height": 900})
                found += [f"{name}, {scheme}, {width}: {fault}" for fault in faults_of(page, width)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_about_a_person_breaks_wcag(browser: Browser, portal: str, language: str) -> None:
    """A record, nobody found, a reason that is none, and a person opened outside one's scope: by keyboard alone."""
    found: list[str] = []
    written = "The patient was brought here unconscious; we must check the medication."
    with opened(browser, portal, "hoitaja", language) as page:
        for name, reference, reason, status in (
            ("record", "1", "Appointment", 200),
            ("nobody", "2", "Appointment", 404),
            ("no reason", "2", "x", 422),
        ):
            page.goto(f"{portal}/henkilo/")
            page.fill("#reference", reference)
            page.fill("#reason", reason)
            with page.expect_navigation() as went:
                page.press("#reason", "Enter")
            assert went.value.status == status
            found += [f"{name}, {fault}" for fault in faults_in_every_look(page, language)]
        page.goto(f"{portal}/henkilo/")
        page.fill("#reference", "2")
        page.fill("#reason", "Appointment")
        with page.expect_navigation():
            page.press("#reason", "Enter")
        for reason in ("aaaa", written):
            page.fill("#glass-reason", reason)
            page.press("#glass-reason", "Tab")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            found += [f"glass, {fault}" for fault in faults_in_every_look(page, language)]
        assert written in page.locator("main").inner_text()
    assert found == []


def faults_in_every_look(page: Page, language: str) -> list[str]:
    page.evaluate(AXE)
    found = []
    for scheme, width in looks(language):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{scheme}, {width}: {fault}" for fault in faults_of(page, width)]
    return found


def looks(language: str) -> list[tuple[str, int]]:
    """The colour schemes and widths a page is looked at in."""
    if language == "fi":
        return list(product(SCHEMES, WIDTHS))
    return [(SCHEMES[number % len(SCHEMES)], width) for number, width in enumerate(WIDTHS)]


def faults_of(page: Page, width: int) -> list[str]:
    result = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")
    faults = [
        f"{violation['id']} ({violation['impact']}): {node['html'][:150]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append("the page is wider than the screen")
    if page.locator("h1").count() != 1:
        faults.append("the page has not exactly one main heading")
    return faults


CONTRASTS_OF_CHART_TEXT = """
() => {
  const channels = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const luminance = colour => {
    const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = channels(colour).map(c => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll('.chart-wide text')].map(text => {
    const ink = luminance(getComputedStyle(text).fill);
    const ground = luminance(getComputedStyle(text.closest('.figure')).backgroundColor);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  });
}
"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_chart_text_stands_out_from_its_ground(browser: Browser, portal: str, scheme: str) -> None:
    with opened(browser, portal, "analyytikko", "fi") as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(portal + METRIC)
        contrasts = page.evaluate(CONTRASTS_OF_CHART_TEXT)
        assert len(contrasts) > 10
        assert min(contrasts) >= 4.5


def test_the_keyboard_reaches_everything_in_order_and_one_sees_where_one_is(
    browser: Browser, portal: str
) -> None:
    with opened(browser, portal, "analyytikko", "en") as page:
        page.goto(f"{portal}/ohjaus/")
        reached = []
        for _ in range(20):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    """() => {
                      const it = document.activeElement, style = getComputedStyle(it);
                      const seen = style.outlineStyle !== 'none' || style.textDecorationLine !== 'none';
                      return [it.id || it.innerText.trim(), seen];
                    }"""
                )
            )
        words = [word for word, _ in reached]
        assert words[0] == "Skip to the content"
        for earlier, later in zip(
            ["Steering", "FI", "Sign out", "filter-area", "filter-period", "Show"],
            ["FI", "Sign out", "filter-area", "filter-period", "Show", "Calls answered"],
            strict=True,
        ):
            assert words.index(earlier) < words.index(later)
        assert all(seen for _, seen in reached), reached


def test_the_skip_link_leads_past_the_navigation(browser: Browser, portal: str) -> None:
    with opened(browser, portal, "analyytikko", "fi") as page:
        page.goto(f"{portal}/ohjaus/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_everything_works_without_scripts(browser: Browser, portal: str) -> None:
    with opened(browser, portal, "analyytikko", "en", scripts=False) as page:
        page.select_option("#filter-area", "398")
        page.select_option("#filter-period", "2026-08")
        page.click("text=Show")
        assert page.url == f"{portal}/ohjaus/?area=398&period=2026-08"
        page.click(".tile-name a >> nth=2")
        assert page.url == f"{portal}/ohjaus/mittarit/ward_days_per_1000/?area=398&period=2026-08"
        page.click("table >> text=Lahtin terveysasema 2")
        assert page.url.endswith("?area=U3982&period=2026-08")
        with page.expect_download() as download:
            page.click("text=CSV >> nth=0")
        assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
        page.click(".badge >> nth=0")
        assert page.url.endswith("/ward_days_per_1000/?period=2026-08")
        page.click("text=Look back in time")
        page.fill("#filter-as-of", "2026-03-31")
        page.click("text=Show")
        assert page.url.endswith("/ward_days_per_1000/?period=2026-08&by=age_group&as_of=2026-03-31")
        page.wait_for_selector("#problem-period")
        page.click("text=Back to today")
        assert page.url.endswith("/ward_days_per_1000/?by=age_group")
        page.click("button:has-text('SV')")
        assert page.locator("html").get_attribute("lang") == "sv"
        assert page.url.endswith("/ward_days_per_1000/?by=age_group")
        page.click("button:has-text('Mörk')")
        assert page.locator("html").get_attribute("data-color-scheme") == "dark"
