"""Accounts of the portal, and the record of what was done with them."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import import_module
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from virtaama.privacy.policy import Asker
from virtaama.project.sign_in import LONGEST_NAME


class Account(AbstractBaseUser):
    """Someone who may sign in. `municipalities` empty means the whole county."""

    name: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, unique=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=200)
    role: models.CharField[str, str] = models.CharField(max_length=100)
    municipalities: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    units: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    is_demo: models.BooleanField[bool, bool] = models.BooleanField(default=False)

    objects: ClassVar[BaseUserManager[Account]] = BaseUserManager()

    USERNAME_FIELD = "name"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name=""), name="account_has_name"),
            models.CheckConstraint(condition=~models.Q(role=""), name="account_has_role"),
        ]

    def asker(self) -> Asker:
        """Who this account is to the door."""
        return Asker(
            id=self.name,
            role=self.role,
            name=self.full_name,
            municipalities=frozenset(self.municipalities),
            units=frozenset(self.units),
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session was begun with: it ends when the password, the role, the area or the units change."""
        areas = (sorted(self.municipalities), sorted(self.units))
        begun_with = json.dumps([self.name, self.password, self.role, *areas])
        return salted_hmac(
            "virtaama.portal.session", begun_with, secret=secret, algorithm="sha256"
        ).hexdigest()


class Session(AbstractBaseSession):
    """A browser in which someone is signed in, or on the way there. The key in its cookie names it."""

    account: models.BigIntegerField[int | None, int | None] = models.BigIntegerField(null=True, db_index=True)
    provider_session: models.CharField[str, str] = models.CharField(
        max_length=LONGEST_NAME, blank=True, db_index=True
    )

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class UsedOnce(models.Model):
    """A message of a provider that was taken, known by a mark: it is not taken again while it could be."""

    mark: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    until: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)


class Counted(models.Model):
    """How often somebody did something of late, by a digest; nothing of it counts after `until`."""

    name: models.CharField[str, str] = models.CharField(max_length=80, primary_key=True)
    counts: models.TextField[str, str] = models.TextField()  # [[piece of time, how many], …] as JSON
    until: models.FloatField[float, float] = models.FloatField(db_index=True)  # seconds of the clock


class Event(models.Model):
    """Something that happened with an account. Rows are appended, never changed.

    No foreign keys, so that removing an account never removes its history. `subject` of a sign-in is a
    keyed digest: what people type into the name field is at times a password.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in"
        SIGN_IN_REFUSED = "sign_in_refused"
        SIGN_IN_HELD_BACK = "sign_in_held_back"
        SIGNED_OUT = "signed_out"
        PAGE_REFUSED = "page_refused"
        SESSION_ENDED = "session_ended"
        ACCOUNT_CREATED = "account_created"
        ACCOUNT_CHANGED = "account_changed"

    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    kind: models.CharField[str, str] = models.CharField(max_length=30, choices=Kind.choices)
    by: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME)
    subject: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME)
    address: models.CharField[str, str] = models.CharField(max_length=45, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(by=""), name="event_has_by"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject", "at"], name="event_by_subject"),
            models.Index(fields=["kind", "address", "at"], name="event_by_address"),
        ]
