"""Everything core writes: sign-ins and accounts, each with its event in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from virtaama.access.groups import Standing
from virtaama.portal.core.models import Account, Event, UsedOnce
from virtaama.project.demo_users import DemoUser

WINDOW = timedelta(minutes=15)
REFUSALS_PER_NAME = 5
REFUSALS_PER_ADDRESS = 50


class SignInRefused(Exception):
    """The name or the password is wrong; which of them is not said."""


class SignInHeldBack(Exception):
    """Too many wrong attempts in the last minutes; the password was not looked at."""


def sign_in(*, name: str, password: str, address: str, now: datetime, by: str) -> Account:
    """The demo account that may sign in; else SignInRefused or SignInHeldBack. Every outcome is on record."""
    subject = digest_of_name(name)
    # Before the transaction: hashing takes a tenth of a second, and writers wait for one another.
    account = None if held_back(subject=subject, address=address, now=now) else matching(name, password)
    with transaction.atomic():
        # Counted again under the write lock, so that parallel attempts cannot share the last one.
        if held_back(subject=subject, address=address, now=now):
            outcome = Event.Kind.SIGN_IN_HELD_BACK
        else:
            outcome = Event.Kind.SIGNED_IN if account else Event.Kind.SIGN_IN_REFUSED
        Event.objects.create(at=now, kind=outcome, by=by, subject=subject, address=address)
    if outcome == Event.Kind.SIGN_IN_HELD_BACK:
        raise SignInHeldBack
    if account is None:
        raise SignInRefused
    return account


@transaction.atomic
def sign_in_by_provider(
    *, name: str, full_name: str, standing: Standing, address: str, now: datetime, by: str
) -> Account | None:
    """The account of someone the county's provider has identified, with what they may do as of now.

    None where a demo account has the name. A change of what they may do ends their other sessions.
    """
    subject = digest_of_name(name)
    account = Account.objects.filter(name=name).first()
    if account is not None and account.is_demo:
        return None
    described = {
        "full_name": full_name[:200],
        "role": standing.role,
        "municipalities": sorted(standing.municipalities),
        "units": sorted(standing.units),
    }
    kept = account is not None and all(getattr(account, field) == value for field, value in described.items())
    if account is None:
        kind = Event.Kind.ACCOUNT_CREATED
        account = Account(name=name, password=make_password(None), **described)
        account.save()
    elif not kept:
        kind = Event.Kind.ACCOUNT_CHANGED
        Account.objects.filter(pk=account.pk).update(**described)
        account.refresh_from_db()
    if not kept:
        Event.objects.create(at=now, kind=kind, by=by, subject=subject)
    Event.objects.create(at=now, kind=Event.Kind.SIGNED_IN, by=by, subject=subject, address=address)
    return account


@transaction.atomic
def refuse_by_provider(*, name: str, why: str, address: str, now: datetime, by: str) -> None:
    """Put on record that a sign-in with the provider came to nothing; `name` is who it named, where it is proven."""
    recent = Event.objects.filter(
        kind=Event.Kind.SIGN_IN_REFUSED, by=by, address=address, at__gt=now - WINDOW
    ).count()
    # Anybody can send us answers that belong to nothing; they do not fill the disk with it.
    if name or recent < REFUSALS_PER_ADDRESS:
        Event.objects.create(
            at=now,
            kind=Event.Kind.SIGN_IN_REFUSED,
            by=by,
            subject=digest_of_name(name) if name else why,
            address=address,
        )


@transaction.atomic
def use_once(*, mark: str, until: datetime, now: datetime) -> bool:
    """Take a message of a provider, known by its mark; False where it was taken before."""
    # Clocks may differ: what is just over may still be shown.
    UsedOnce.objects.filter(until__lt=now - WINDOW).delete()
    _, is_new = UsedOnce.objects.get_or_create(mark=mark, defaults={"until": until})
    return is_new


def sign_out(*, account: Account, address: str, now: datetime, by: str) -> None:
    """Put on record that the account was signed out; the caller ends the session."""
    Event.objects.create(
        at=now, kind=Event.Kind.SIGNED_OUT, by=by, subject=digest_of_name(account.name), address=address
    )


def record_end_of_session(*, account: Account, address: str, now: datetime, by: str) -> None:
    """Put on record that a session was over by its age; the caller ends it."""
    Event.objects.create(
        at=now, kind=Event.Kind.SESSION_ENDED, by=by, subject=digest_of_name(account.name), address=address
    )


def record_refusal(*, page: str, address: str, now: datetime, by: str) -> None:
    """Put on record that someone asked for a page their role does not open."""
    Event.objects.create(at=now, kind=Event.Kind.PAGE_REFUSED, by=by, subject=page, address=address)


@transaction.atomic
def keep_demo_accounts(*, users: Iterable[DemoUser], now: datetime, by: str) -> None:
    """Make the demo accounts exactly these: create, change, and remove demo accounts no longer named."""
    wanted = {user.name: user for user in users}
    Account.objects.filter(is_demo=True).exclude(name__in=wanted).delete()
    known = {account.name: account for account in Account.objects.all()}
    for new in wanted.values():
        account = known.get(new.name)
        if account is not None and is_as_described(account, new):
            continue
        Account.objects.update_or_create(
            name=new.name,
            defaults={
                "full_name": new.full_name,
                "role": new.role,
                "municipalities": list(new.municipalities),
                "units": list(new.units),
                "is_demo": True,
                "password": make_password(new.password),
            },
        )
        kind = Event.Kind.ACCOUNT_CREATED if account is None else Event.Kind.ACCOUNT_CHANGED
        Event.objects.create(at=now, kind=kind, by=by, subject=new.name)


def is_as_described(account: Account, new: DemoUser) -> bool:
    return (
        account.is_demo
        and account.full_name == new.full_name
        and account.role == new.role
        and tuple(account.municipalities) == new.municipalities
        and tuple(account.units) == new.units
        and check_password(new.password, account.password)
    )


def matching(name: str, password: str) -> Account | None:
    account = Account.objects.filter(name=name, is_demo=True).first()
    if account is None:
        make_password(password)  # takes as long as a check, so the time does not tell which names exist
        return None
    return account if account.check_password(password) else None


def held_back(*, subject: str, address: str, now: datetime) -> bool:
    refused = Event.objects.filter(kind=Event.Kind.SIGN_IN_REFUSED, at__gt=now - WINDOW)
    return (
        refused.filter(subject=subject).count() >= REFUSALS_PER_NAME
        or refused.filter(address=address).count() >= REFUSALS_PER_ADDRESS
    )


def digest_of_name(name: str) -> str:
    """A keyed digest that tells names apart without showing them."""
    return salted_hmac("virtaama.portal.sign_in", name.strip().casefold()).hexdigest()
