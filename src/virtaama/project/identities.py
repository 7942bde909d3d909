"""The identity store of a project: opened only where it is the one the lake was landed with, and as far as that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtaama.identities.keys_in_use import KINDS
from virtaama.identities.rotation import Rotated, is_unfinished, rotate
from virtaama.identities.store import Identities
from virtaama.identities.tables import FILE
from virtaama.keyring import Keyring
from virtaama.lake.ledger import Ledger
from virtaama.loading.lock import only_one
from virtaama.problems import NotReady
from virtaama.project.on_record import now, on_record
from virtaama.project.settings import Settings
from virtaama.project.told import Progress, silent

if TYPE_CHECKING:
    from virtaama.project.parts import Parts

_ADVICE = (
    "  Bring it back from its newest backup (`virtaama restore` into another folder, then put the file in its place). "
    "With another store every person would become another. Nothing was changed."
)


def open_identities(settings: Settings, keyring: Keyring, ledger: Ledger) -> Identities:
    """NotReady where the store is gone, is that of another lake, or is older than the lake."""
    path = settings.identities / FILE
    noted = ledger.identities()
    if noted is None and ledger.batches():
        raise NotReady(
            f"{settings.ledger}: its batches were landed before persons had random surrogates.\n"
            "  Make a new project with `virtaama new`, bring model and deliveries over and land them anew. "
            "Nothing was changed."
        )
    if noted and not path.is_file():
        raise NotReady(f"{path}: the identity store of this project is gone.\n{_ADVICE}")
    store = Identities(settings.identities, keyring, now)
    if wrong := differing(noted, store):
        store.close()
        raise NotReady(f"{path}: {wrong}.\n{_ADVICE}")
    return store


def differing(noted: tuple[str, int, int] | None, store: Identities) -> str:
    """In what a store is not the one a ledger has noted; empty where it is."""
    if noted is None:
        return ""
    identity, persons, forgotten = noted
    extent = store.extent()
    if extent.identity != identity:
        return "is not the identity store this lake was landed with"
    if extent.persons < persons:
        return f"is older than the lake: it ends at person {extent.persons} and the lake names {persons}"
    if extent.forgotten < forgotten:
        return "is older than the lake: it still knows persons that were forgotten"
    return ""


def rotate_keys(parts: Parts, kinds: tuple[str, ...], progress: Progress = silent) -> Rotated:
    """Bring the identity store under next keys, or finish where that was interrupted; on record.

    Nothing lands, loads or is backed up meanwhile; the portal goes on. For pseudonyms in extracts a next key is made
    and nothing else is done: those that were given keep the key of then. What leads from the code of somebody who
    was erased to the audit log goes when no entry about them is kept any longer.
    """
    settings, ledger = parts.settings, parts.ledger
    with only_one(settings.lock), on_record(ledger, "rotate") as tell:
        store = parts.identities.store
        of_store = tuple(kind for kind in kinds if kind in KINDS)
        done = Rotated(gone_on=False, persons=0, no_longer_used=())
        if of_store or is_unfinished(store):
            done = rotate(store, of_store, lambda done, total: progress(done, total, "persons"))
        if "domain" in kinds and not done.gone_on:
            Keyring.open(settings.keys).with_next("domain")
        parts.identities.drop_forgotten(parts.law.log_data.kept_since(now().date()))
        ledger.recognise_keys(Keyring.open(settings.keys).prints())
        tell({"persons_closed_anew": done.persons})
    return done
