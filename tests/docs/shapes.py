"""What the shapes of files hold."""

from collections.abc import Iterator

LANGUAGES = ("fi", "sv", "en")


def members_of(schema: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Name and schema of every member a file may have, at any depth; the three languages left out."""
    if isinstance(schema, dict):
        for name, member in schema.get("properties", {}).items():
            if name not in LANGUAGES:
                yield name, member
            yield from members_of(member)
        yield from members_of(schema.get("items"))
        yield from members_of(schema.get("additionalProperties"))
