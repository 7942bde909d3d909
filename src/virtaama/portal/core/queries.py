"""Everything core reads."""

from __future__ import annotations

from django.conf import settings

from virtaama.portal.core.door import project
from virtaama.portal.core.models import Account
from virtaama.project.demo_users import DemoUser


def demo_sign_ins() -> tuple[DemoUser, ...]:
    """The demo's sign-ins that exist as accounts; none where others than this machine could read them."""
    described = () if settings.EXPOSURE.to_others else project().demo_users
    existing = (
        set(Account.objects.filter(is_demo=True).values_list("name", flat=True)) if described else set()
    )
    return tuple(user for user in described if user.name in existing)
