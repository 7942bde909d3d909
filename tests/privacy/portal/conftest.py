"""The portal as its own tests have it."""

from tests.portal.conftest import accounts, door, quick_hashing, signed_in

__all__ = ["accounts", "door", "quick_hashing", "signed_in"]
