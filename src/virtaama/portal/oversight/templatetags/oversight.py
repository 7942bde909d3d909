"""Filters of the audit log's pages."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from virtaama.access.names import called
from virtaama.portal.core.door import names
from virtaama.portal.oversight import words

register = template.Library()


@register.filter
def role_called(name: str) -> str:
    return called(names().roles, name, get_language() or "fi")


@register.filter
def purpose_called(name: str) -> str:
    return str(words.PURPOSES.get(name, name))
