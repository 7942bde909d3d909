"""YAML files read with the line of everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import yaml

from virtaama.model.concepts import Text
from virtaama.problems import Place, Problem

Path = tuple[str | int, ...]
"""The way to a value: names of members and positions in lists, from the top of a file."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads `true`, `false`, numbers and nothing else as more than text: no day, no `no` for false."""


_TRUTHS = ("true", "false")
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in a file. `place` is the line of its name, or its own where it has none.

    What is not there, or of another kind than asked for, reads as empty: the shape of a file is
    judged elsewhere, once.
    """

    node: yaml.Node
    place: Place

    def members(self) -> Iterator[tuple[str, Entry]]:
        """Name and value of each member, each name once: the first counts."""
        if isinstance(self.node, yaml.MappingNode):
            met: set[str] = set()
            for key, value in self.node.value:
                name = str(key.value)
                if name not in met:
                    met.add(name)
                    yield name, Entry(value, Place(self.place.file, key.start_mark.line + 1))

    def member(self, name: str) -> Entry | None:
        return next((entry for found, entry in self.members() if found == name), None)

    def within(self, name: str) -> Iterator[tuple[str, Entry]]:
        """The members of a member."""
        found = self.member(name)
        return found.members() if found else iter(())

    def items(self) -> Iterator[Entry]:
        if isinstance(self.node, yaml.SequenceNode):
            for item in self.node.value:
                yield Entry(item, Place(self.place.file, item.start_mark.line + 1))

    def list(self, name: str) -> Iterator[Entry]:
        """The items of a member."""
        found = self.member(name)
        return found.items() if found else iter(())

    @property
    def scalar(self) -> str:
        """A single value as it is written."""
        return str(self.node.value).strip() if isinstance(self.node, yaml.ScalarNode) else ""

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def text(self, name: str, default: str = "") -> str:
        found = self.member(name)
        return found.scalar if found else default

    def exact_text(self, name: str, default: str) -> str:
        """A text whose spaces count: a delimiter may be a tabulator."""
        found = self.member(name)
        return str(found.node.value) if found and isinstance(found.node, yaml.ScalarNode) else default

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item.scalar for item in self.list(name))

    def one_or_more(self, name: str) -> tuple[str, ...]:
        """The items of a member, or its lone value."""
        found = self.member(name)
        return self.texts(name) or ((found.scalar,) if found and found.scalar else ())

    def words(self, name: str) -> Text:
        """The words of a member in three languages."""
        found = self.member(name)
        return Text(*(found.text(language) if found else "" for language in ("fi", "sv", "en")))

    def truth(self, name: str) -> bool:
        return self.text(name) == "true"

    def at(self, path: Sequence[str | int]) -> Entry:
        """The entry a path leads to; the last one on the way that exists."""
        here = self
        for step in path:
            if isinstance(step, int):
                following = next((item for n, item in enumerate(here.items()) if n == step), None)
            else:
                following = here.member(step)
            if following is None:
                return here
            here = following
        return here

    def plain(self) -> object:
        """The value as dictionaries, lists, texts, numbers, truth values and None."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: entry.plain() for name, entry in self.members()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        written = str(self.node.value)
        if written in _TRUTHS and not self.node.style:  # type: ignore[attr-defined]
            return written == "true"
        try:
            match self.node.tag:
                case "tag:yaml.org,2002:null":
                    return None
                case "tag:yaml.org,2002:int":
                    return int(written)
                case "tag:yaml.org,2002:float":
                    return float(written)
        except ValueError:  # 0x1F, 1_000: numbers to YAML; nobody here means one
            return written
        return written


def read_document(file: str, text: str) -> tuple[Entry | None, tuple[Problem, ...]]:
    """The whole of a file (None where it is empty or unreadable), and what is wrong with it as YAML."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, (
            Problem(
                Place(file, line),
                f"the file cannot be read as YAML: {error.problem}.",
                "Look at this line and the one before it: indentation, a ':' or a quotation mark.",
            ),
        )
    except yaml.YAMLError as error:
        return None, (Problem(Place(file), f"the file cannot be read as YAML: {error}."),)
    if root is None:
        return None, ()
    if knots := tuple(_knots(file, root, ())):
        return None, knots
    return Entry(root, Place(file, 1)), tuple(_repeated(file, root))


def _knots(file: str, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Iterator[Problem]:
    """What YAML allows and nobody can mean: a value that holds itself, a name that is no single word."""
    if any(node is each for each in above):
        yield Problem(Place(file, node.start_mark.line + 1), "this value holds itself.", "Take the '*' out.")
        return
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _knots(file, item, (*above, node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield Problem(Place(file, key.start_mark.line + 1), "a name must be a single word.")
            yield from _knots(file, value, (*above, node))


def _repeated(file: str, node: yaml.Node) -> Iterator[Problem]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(file, item)
    if not isinstance(node, yaml.MappingNode):
        return
    met: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in met:
            yield Problem(
                Place(file, line),
                f"'{name}' stands here twice; it is on line {met[name]} already.",
                "Give one of them another name, or take it out.",
            )
        met.setdefault(name, line)
        yield from _repeated(file, value)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The nearest of the names that would have worked, or all of them."""
    close = get_close_matches(name, known, n=1) or get_close_matches(
        name.lower(), [word for word in known if word == word.lower()], n=1
    )
    if close:
        return f"Did you mean '{close[0]}'?"
    if not known:
        return ""
    shown = ", ".join(f"'{word}'" for word in known[:12])
    return f"Known here: {shown}{' and others' if len(known) > 12 else ''}."
