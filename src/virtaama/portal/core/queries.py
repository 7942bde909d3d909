"""Everything core reads."""

from __future__ import annotations

from virtaama.portal.core.actions import NewAccount
from virtaama.portal.core.demo import demo_accounts
from virtaama.portal.core.models import Account


def demo_sign_ins() -> tuple[NewAccount, ...]:
    """The demo's sign-ins that exist as accounts; empty outside a demo."""
    described = demo_accounts()
    existing = set(Account.objects.filter(is_demo=True).values_list("name", flat=True)) if described else set()
    return tuple(account for account in described if account.name in existing)
