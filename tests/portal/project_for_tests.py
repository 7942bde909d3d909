"""A project folder as small as the portal can live on, and Django set up for it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import django
from django.conf import settings

from virtaama.portal.catalogues import compile_catalogues

SETTINGS = """
name: Testi
county: {code: "07", names: {fi: Testialue, sv: Testområdet, en: Test county}}
demo: true
"""
ACCESS = """
roles:
  manager: {labels: {fi: Johtaja, sv: Chef, en: Manager}}
  municipality_contact: {labels: {fi: Kunnan yhteyshenkilö, sv: Kommunens kontaktperson, en: Municipality contact}}
  analyst: {labels: {fi: Analyytikko, sv: Analytiker, en: Analyst}}
  data_engineer: {labels: {fi: Tietoinsinööri, sv: Dataingenjör, en: Data engineer}}
  link_reviewer: {labels: {fi: Yhdistäjä, sv: Granskare av länkar, en: Link reviewer}}
  reception_nurse: {labels: {fi: Vastaanoton hoitaja, sv: Mottagningens skötare, en: Reception nurse}}
  data_protection_officer: {labels: {fi: Tietosuojavastaava, sv: Dataskyddsombud, en: Data protection officer}}
demo_users:
  johtaja: {name: Johanna Johtaja, role: manager, password: virtaava-koski}
  yhteyshenkilo: {name: Kuisma Kunta, role: municipality_contact, password: virtaava-koski, municipalities: ["398"]}
  analyytikko: {name: Anna Analyytikko, role: analyst, password: virtaava-koski}
  insinoori: {name: Ilmari Insinööri, role: data_engineer, password: virtaava-koski}
  yhdistaja: {name: Yrsa Yhdistäjä, role: link_reviewer, password: virtaava-koski}
  hoitaja: {name: Hanna Hoitaja, role: reception_nurse, password: virtaava-koski, units: [U3981]}
  tietosuoja: {name: Tiina Tietosuoja, role: data_protection_officer, password: virtaava-koski}
"""


def make_project(folder: Path) -> Path:
    (folder / "keys").mkdir(mode=0o700, parents=True)
    secret = folder / "keys" / "portal.key"
    secret.touch(mode=0o600)
    secret.write_bytes(secrets.token_bytes(32))
    (folder / "data").mkdir()
    (folder / "virtaama.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / "access.yaml").write_text(ACCESS, encoding="utf-8")
    return folder


def set_up_django() -> None:
    """Once a process: settings cannot be read twice."""
    if settings.configured:
        return
    folder = make_project(Path(tempfile.mkdtemp(prefix="virtaama-portal-")) / "project")
    os.environ["VIRTAAMA_PROJECT"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "virtaama.portal.settings"
    settings.DATABASES["default"]["TEST"] = {"NAME": str(folder / "data" / "test.sqlite")}
    compile_catalogues()
    django.setup()
    # Read by now. Left behind, the tests of the commands would find this project, and other processes too.
    del os.environ["VIRTAAMA_PROJECT"], os.environ["DJANGO_SETTINGS_MODULE"]
