"""The reference says what is there: every command, setting, role member, exit code and word of the languages."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

import click
import pytest

from tests.docs.shapes import members_of
from tests.shipped_law import RIGHTS
from virtaama import problems
from virtaama.access.roles import ACCESS
from virtaama.cli.main import COMMANDS, NOT_UNDERSTOOD, STOPPED, virtaama
from virtaama.cli.reference import reference
from virtaama.metrics.definitions import Direction, Family, Window
from virtaama.metrics.feature_schema import FEATURES
from virtaama.metrics.person_view_schema import PERSON_VIEWS
from virtaama.metrics.question import Missing
from virtaama.metrics.schema import METRICS
from virtaama.model.shape import Shape
from virtaama.problems import VirtaamaError
from virtaama.project.settings import SETTINGS
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.access_page import page as access_page
from virtaama.statutes.kinds import KINDS
from virtaama.statutes.reference import retention_page
from virtaama.statutes.retention_rules import RETENTION
from virtaama.statutes.statutes_page import statutes_page
from virtaama.vault.reference import steps_page

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def names_in(*shapes: Shape) -> list[str]:
    return list(dict.fromkeys(name for shape in shapes for name, _ in members_of(shape.schema)))


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert page("cli.md") == reference(), "python -m virtaama.cli.reference > docs/reference/cli.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_closes_on_an_example(name: str) -> None:
    command = virtaama.get_command(click.Context(virtaama), name)
    assert command is not None
    text = inspect.cleandoc(command.help or "")
    _, found, example = text.partition("\b\nExample:\n")
    assert found
    assert example.strip().startswith(f"virtaama {name}")


@pytest.mark.parametrize("name", names_in(SETTINGS, ACCESS))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in page("settings.md")


def test_every_exit_code_is_documented() -> None:
    text = page("exit-codes.md")
    errors = [
        each for each in vars(problems).values() if isinstance(each, type) and issubclass(each, VirtaamaError)
    ]
    for error in errors:
        assert any(
            line.startswith(f"| {error.exit_code} |") and error.__name__ in line for line in text.splitlines()
        )
    for code in (0, NOT_UNDERSTOOD, STOPPED):
        assert f"\n| {code} |" in text


@pytest.mark.parametrize(
    "word",
    [
        *names_in(METRICS),
        *(choice.value for kind in (Direction, Family, Window, Missing) for choice in kind),
    ],
)
def test_every_word_of_the_metric_language_is_documented(word: str) -> None:
    assert f"`{word}`" in page("metric-language.md")


def test_the_page_of_steps_is_what_the_steps_say() -> None:
    assert page("steps.md") == steps_page(), "python tools/steps.py"


def test_the_page_of_work_roles_is_what_the_decree_opens() -> None:
    assert page("access-rights.md") == access_page(RIGHTS), "python tools/access_rights.py"


@pytest.mark.parametrize("word", names_in(PERSON_VIEWS))
def test_every_word_of_person_views_is_documented(word: str) -> None:
    text = (DOCS / "how-to" / "open-a-person.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{word}:|`{word}`", text)


@pytest.mark.parametrize("word", names_in(FEATURES))
def test_every_word_of_feature_tables_is_documented(word: str) -> None:
    assert (
        f"`{word}`" in (DOCS / "how-to" / "feature-tables.md").read_text(encoding="utf-8")
        or word == "features"
    )


@pytest.mark.parametrize(("number", "shape"), [(0, FEATURES), (1, ACCESS)], ids=["table", "approval"])
def test_the_feature_table_of_the_guide_is_of_the_right_shape(number: int, shape: Shape) -> None:
    text = (DOCS / "how-to" / "feature-tables.md").read_text(encoding="utf-8")
    example = re.findall(r"^   ```yaml\n(.*?)^   ```", text, re.M | re.S)[number]
    root, wrong = shape.read("example.yaml", textwrap.dedent(example))
    assert root is not None
    assert wrong == ()


def test_the_page_of_retention_rules_is_what_the_rules_say() -> None:
    assert page("retention.md") == retention_page(shipped_statutes().pack(RETENTION)), (
        "python tools/retention.py"
    )


def test_the_page_of_packs_is_what_the_packs_say() -> None:
    assert page("statutes.md") == statutes_page(KINDS, map(shipped_statutes().pack, KINDS)), (
        "python tools/statutes.py"
    )
