from __future__ import annotations

from pathlib import Path

import pytest

from virtaama.model.concepts import Text
from virtaama.problems import ProblemsFound
from virtaama.project.create import create_county, create_empty
from virtaama.project.project import Project
from virtaama.project.settings import parse_settings
from virtaama.project.sign_in import LABEL, SignIn, is_safe

COUNTY = 'name: Test\ncounty: {code: "07", names: {fi: a, sv: b, en: c}}\n'
LEAST = """
sign_in:
  address: https://portal.example.fi/
  issuer: https://login.example.fi/realms/county
  client_id: virtaama
  contact: {fi: tuki, sv: stöd, en: support}
"""


def parsed(text: str) -> SignIn | None:
    return parse_settings(COUNTY + text, Path("project")).sign_in


def problems(text: str) -> str:
    with pytest.raises(ProblemsFound) as found:
        parsed(text)
    return str(found.value)


def test_a_project_without_one_has_none() -> None:
    assert parsed("") is None


def test_the_least_one_says_is_enough() -> None:
    assert parsed(LEAST) == SignIn(
        address="https://portal.example.fi",
        issuer="https://login.example.fi/realms/county",
        client_id="virtaama",
        contact=Text("tuki", "stöd", "support"),
        label=LABEL,
        groups="groups",
        account="sub",
        scopes=("profile",),
        levels=(),
    )


def test_everything_can_be_said_otherwise() -> None:
    more = (
        "  label: {fi: x, sv: y, en: z}\n  groups: realm_access.roles\n  account: oid\n"
        "  scopes: [profile, roles]\n  levels: [high]\n"
    )
    sign_in = parsed(LEAST + more)
    assert sign_in is not None
    assert (sign_in.label, sign_in.groups, sign_in.account) == (
        Text("x", "y", "z"),
        "realm_access.roles",
        "oid",
    )
    assert (sign_in.scopes, sign_in.levels) == (("profile", "roles"), ("high",))
    assert (sign_in.host, sign_in.host_of_issuer) == ("portal.example.fi", "login.example.fi")


def test_what_is_missing_or_unknown_is_told_with_its_line() -> None:
    said = problems("sign_in:\n  issuer: https://login.example.fi\n  client_secret: hush\n")
    assert "virtaama.yaml:5: sign_in has no member 'client_secret'." in said
    for name in ("address", "client_id", "contact"):
        assert f"sign_in has no '{name}'." in said
    assert "hush" not in said


@pytest.mark.parametrize("name", ["address", "issuer"])
@pytest.mark.parametrize(
    "written", ["http://x.example", "x.example", "https://", "https://x?y=z", "https://a:b@x", "ftp://x"]
)
def test_an_address_without_tls_is_refused(name: str, written: str) -> None:
    old = {"address": "https://portal.example.fi/", "issuer": "https://login.example.fi/realms/county"}[name]
    assert f"{name} of sign_in is '{written}', which is no address by TLS." in problems(
        LEAST.replace(old, f'"{written}"')
    )


def test_the_portal_is_at_the_top_of_its_host() -> None:
    assert "address of sign_in has no path" in problems(
        LEAST.replace("portal.example.fi/", "portal.example.fi/x")
    )


def test_this_machine_needs_no_tls() -> None:
    assert is_safe("http://127.0.0.1:8000")
    assert is_safe("http://localhost")
    assert not is_safe("http://10.0.0.1")


@pytest.mark.parametrize("address", ["https://[x", "https://x:y", "https://x:99999", "", "//x"])
def test_what_is_no_address_is_not_safe(address: str) -> None:
    assert not is_safe(address)


def with_sign_in(folder: Path) -> Path:
    settings = folder / "virtaama.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + LEAST, encoding="utf-8")
    return folder


def test_a_sign_in_without_a_group_lets_nobody_in_and_the_check_says_so(tmp_path: Path) -> None:
    create_county(tmp_path / "county")
    with pytest.raises(ProblemsFound, match="no group has a role, so nobody who signs in gets in"):
        Project.open(with_sign_in(tmp_path / "county")).check()


def test_groups_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    create_empty(tmp_path / "empty")
    access = tmp_path / "empty" / "access.yaml"
    access.write_text(
        access.read_text(encoding="utf-8")
        + '\ngroups:\n  /county/leaders: {role: manager}\n  "0b9c": {role: analyst}\n',
        encoding="utf-8",
    )
    assert [group.name for group in Project.open(with_sign_in(tmp_path / "empty")).groups] == [
        "/county/leaders",
        "0b9c",
    ]
