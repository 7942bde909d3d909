"""Accounts of the portal, and the record of what was done with them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from virtaama.privacy.policy import Asker


class Account(AbstractBaseUser):
    """Someone who may sign in. `municipalities` empty means the whole county."""

    name: models.CharField[str, str] = models.CharField(max_length=100, unique=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=200)
    role: models.CharField[str, str] = models.CharField(max_length=100)
    municipalities: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
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
        return Asker(id=self.name, role=self.role, municipalities=frozenset(self.municipalities))


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
        ACCOUNT_CREATED = "account_created"
        ACCOUNT_CHANGED = "account_changed"

    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    kind: models.CharField[str, str] = models.CharField(max_length=30, choices=Kind.choices)
    by: models.CharField[str, str] = models.CharField(max_length=100)
    subject: models.CharField[str, str] = models.CharField(max_length=100)
    address: models.CharField[str, str] = models.CharField(max_length=45, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(by=""), name="event_has_by"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject", "at"], name="event_by_subject"),
            models.Index(fields=["kind", "address", "at"], name="event_by_address"),
        ]
