"""Sums of money as the pages of the funding write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from virtaama.portal.ui import formats

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """Whole euros; a dash where there is no sum."""
    return "–" if cents is None else formats.number(cents / 100, 0, get_language() or "fi")


@register.filter
def euros_and_cents(cents: int) -> str:
    return formats.number(cents / 100, 2, get_language() or "fi")


@register.filter
def millions(cents: int, decimals: int) -> str:
    """Millions of euros with their unit: what fits a headline."""
    return f"{formats.number(cents / 100_000_000, decimals, get_language() or 'fi')} {_('million €')}"


@register.filter
def signed_millions(cents: int, decimals: int) -> str:
    return f"{formats.difference(cents / 100_000_000, decimals, get_language() or 'fi')} {_('million €')}"


@register.filter
def signed_euros(cents: int | None) -> str:
    """With its sign, also when it grows."""
    return "–" if cents is None else formats.difference(cents / 100, 0, get_language() or "fi")


@register.simple_tag(takes_context=True)
def with_asked(context: Mapping[str, Any], *names: str, **changes: str) -> str:
    """What the address of the page asks, for a link: these names of it, or all; `changes` sets some."""
    carried = context["asked"].carried
    kept = {name: value for name, value in carried.items() if not names or name in names} | changes
    return f"?{urlencode(kept)}" if kept else ""
