"""Everything core reads."""

from __future__ import annotations

from virtaama.portal.core.demo import DemoSignIn, demo_sign_ins
from virtaama.portal.core.models import Account


def demo_sign_ins_to_show() -> tuple[DemoSignIn, ...]:
    """The demo's sign-ins that exist as accounts; empty outside a demo."""
    described = demo_sign_ins()
    existing = (
        set(Account.objects.filter(is_demo=True).values_list("name", flat=True)) if described else set()
    )
    return tuple(sign_in for sign_in in described if sign_in.account.name in existing)
