"""From who a provider says someone is to their session here, or to the page that says why not."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import asdict, dataclass, field

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from virtaama.access.groups import standing_of
from virtaama.portal.core import actions
from virtaama.portal.core.address import address_of
from virtaama.portal.core.door import sign_ins
from virtaama.portal.core.ending import OVER, end_expired, end_sessions_without_right, seal
from virtaama.portal.core.pages import safe_page, wanted_page
from virtaama.portal.core.sessions import (
    FAMILY_NAME,
    GROUPS,
    PERSON,
    PROVIDER_SESSION,
    PROVIDER_TOKEN,
)
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.provider import Begun
from virtaama.portal.core.sign_in.saml.persons import PREFIX
from virtaama.portal.core.sign_in.who import UNTOLD, Who
from virtaama.project.sign_in import CountySignIn

BEGUN = "sign_ins_begun"
AT_ONCE = 5  # sign-ins begun in one browser: as many tabs
LASTS = 600  # seconds one may take over signing in
BY = "provider"
NO_RIGHT = "the provider no longer gives them a right"
ENDED_THERE = "the provider ended the session"
log = logging.getLogger("virtaama.sign_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Who the provider says someone is, in the words of the portal."""

    name: str
    full_name: str
    groups: frozenset[str]
    session: str  # what the provider calls its session; empty where it says nothing
    token: str = field(repr=False)  # what signing out there is asked with
    who: Who = UNTOLD


def begin(request: HttpRequest, begun: Begun) -> None:
    """Remember in this browser that a sign-in has been begun, and for which page."""
    waiting = [
        *request.session.get(BEGUN, []),
        {**asdict(begun), "next": safe_page(request, request.GET.get("next", ""))},
    ]
    request.session[BEGUN] = waiting[-AT_ONCE:]
    # Nobody is signed in yet: whoever only knocks leaves nothing behind for longer.
    request.session.set_expiry(LASTS)


def taken(request: HttpRequest, state: str) -> tuple[Begun, str]:
    """The sign-in an answer belongs to, and the page it was begun for. It is used up, whatever follows."""
    now = timezone.now().timestamp()
    waiting = request.session.get(BEGUN, [])
    theirs = [each for each in waiting if secrets.compare_digest(each["state"].encode(), state.encode())]
    if not theirs:
        raise SignInFailed(Why.NOT_BEGUN)
    request.session[BEGUN] = [each for each in waiting if each not in theirs]
    # On disk before the code is shown to anybody: the same answer is not taken twice, however fast it comes.
    request.session.save()
    begun = dict(theirs[0])
    page = begun.pop("next")
    if now - begun["at"] > LASTS:
        raise SignInFailed(Why.NOT_BEGUN)
    return Begun(**begun), page


def let_in(request: HttpRequest, proven: Proven, page: str) -> HttpResponse:
    """Begin the session of someone who may do something here; SignInFailed where nothing."""
    standing = standing_of(proven.groups, in_use.groups())
    if standing is None:
        raise SignInFailed(Why.NO_GROUP)
    account = actions.sign_in_by_provider(
        name=proven.name,
        full_name=proven.full_name,
        standing=standing,
        address=address_of(request),
        now=timezone.now(),
        by=BY,
    )
    if account is None:
        raise SignInFailed(Why.DEMO_ACCOUNT)
    sign_ins().begin(account.asker(), BY)
    login(request, account)
    request.session.pop(BEGUN, None)
    seal(sign_ins(), end_expired(now=timezone.now(), by="virtaama"), OVER)
    # What signing out needs later, and by which mapping of groups the session began.
    request.session[PROVIDER_TOKEN] = proven.token
    request.session[PROVIDER_SESSION] = mark_of_session(proven.session)
    request.session[GROUPS] = in_use.mark_of_groups()
    request.session[FAMILY_NAME], request.session[PERSON] = proven.who.family_name, proven.who.person
    return HttpResponseRedirect(page or wanted_page(request))


def mark_of_session(named: object) -> str:
    """A short mark for what the provider calls its session; it may be of any length. Empty where it says nothing."""
    return hashlib.sha256(named.encode()).hexdigest() if isinstance(named, str) and named else ""


def refuse(request: HttpRequest, why: Why, sign_in: CountySignIn, name: str = "") -> HttpResponse:
    """Put on record that a sign-in came to nothing, and say so. `name` is who was proven to be there, if anybody."""
    without_right = name if why in (Why.NO_GROUP, Why.GROUPS_LEFT_OUT) else ""
    now = timezone.now()
    actions.refuse_by_provider(name=without_right, why=why, address=address_of(request), now=now, by=BY)
    if without_right:
        seal(sign_ins(), end_sessions_without_right(name=without_right, now=now, by=BY), NO_RIGHT)
    return failure(request, why, sign_in, mark=without_right)


def failure(request: HttpRequest, why: Why, sign_in: CountySignIn, mark: str = "") -> HttpResponse:
    """The page in words. Its number stands in the log too, so that whoever is asked can look it up."""
    number = secrets.token_hex(4)
    log.warning("a sign-in was refused (%s): %s", number, why)
    kind = {
        Why.NO_GROUP: "no_right",
        Why.GROUPS_LEFT_OUT: "no_right",
        Why.NOT_BEGUN: "begin_anew",
        Why.UNREADABLE: "begin_anew",
        Why.DECLINED: "declined",
        Why.LEVEL: "level",
        Why.UNREACHABLE: "unreachable",
    }.get(why, "invalid")
    contact = sign_in.contact.in_language(get_language() or "fi")
    return render(
        request,
        "core/sign_in_failed.html",
        # Choosing a language here leads to the start page: this address is used up.
        {
            "kind": kind,
            "number": number,
            "contact": contact,
            "here": reverse("core:start"),
            "mark": mark if mark.startswith(PREFIX) else "",
        },
        status={"unreachable": 503, "begin_anew": 400}.get(kind, 403),
    )
