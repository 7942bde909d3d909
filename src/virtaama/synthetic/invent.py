"""Invent a county: the files its systems hand over, month by month, and the flaws planted in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import chain

from virtaama.synthetic.client_feedback import client_feedback
from virtaama.synthetic.client_system import client_system
from virtaama.synthetic.contact_centre import contact_centre
from virtaama.synthetic.county import CountySize, WrittenFile, settle
from virtaama.synthetic.finance import finance
from virtaama.synthetic.home_care import home_care
from virtaama.synthetic.manifest import Flaw, Manifest
from virtaama.synthetic.old_system import old_system
from virtaama.synthetic.organisation_register import organisation_register
from virtaama.synthetic.population_register import population_register
from virtaama.synthetic.primary_care import primary_care
from virtaama.synthetic.specialised_care import specialised_care
from virtaama.synthetic.staff import staff

SYSTEMS = (
    organisation_register,
    population_register,
    primary_care,
    specialised_care,
    client_system,
    old_system,
    home_care,
    contact_centre,
    staff,
    finance,
    client_feedback,
)


def invent(
    size: CountySize | None = None,
    *,
    manifest: Manifest | None = None,
    months_done: Callable[[int], None] = lambda count: None,
) -> Iterator[WrittenFile]:
    """The files of a county, oldest month first. The same size and seed give the same bytes.

    `manifest` is filled on the way and is complete when the last file has been taken. `months_done` is told
    after each month how many are done.
    """
    county = settle(size or CountySize(), manifest if manifest is not None else Manifest())
    deliveries = [system(county) for system in SYSTEMS]
    sent: set[bytes] = set()
    for count, month in enumerate(zip(*deliveries, strict=True), start=1):
        yield from _worth_sending(chain.from_iterable(month), sent, county.manifest)
        months_done(count)


def _worth_sending(
    files: Iterable[WrittenFile], sent: set[bytes], manifest: Manifest
) -> Iterator[WrittenFile]:
    """Leave out deliveries that say nothing, or nothing new; only planted repetitions repeat a file."""
    on_purpose = {row.file for row in manifest.as_rows() if row.kind == Flaw.REPEATED_DELIVERY}
    for file in files:
        content = sha256(file.data).digest()
        if file.data and (content not in sent or file.path in on_purpose):
            yield file
        sent.add(content)
