"""Every kind of pack there is, in the order people read about them."""

from __future__ import annotations

from typing import Any, Final

from virtaama.statutes.access_rights import ACCESS_RIGHTS
from virtaama.statutes.care_guarantee import CARE_GUARANTEE
from virtaama.statutes.finance import FINANCE
from virtaama.statutes.funding_organisers import FUNDING_ORGANISERS
from virtaama.statutes.funding_parameters import FUNDING_PARAMETERS
from virtaama.statutes.funding_prices import FUNDING_PRICES
from virtaama.statutes.hilmo import HILMO
from virtaama.statutes.holidays import HOLIDAYS
from virtaama.statutes.hyte_coefficient import HYTE_COEFFICIENT
from virtaama.statutes.incident_duties import INCIDENT_DUTIES
from virtaama.statutes.log_data import LOG_DATA
from virtaama.statutes.need_factors import NEED_FACTORS
from virtaama.statutes.packs import Kind
from virtaama.statutes.procurement import PROCUREMENT
from virtaama.statutes.regions import REGIONS
from virtaama.statutes.retention_rules import RETENTION
from virtaama.statutes.social_deadlines import SOCIAL_DEADLINES

KINDS: Final[tuple[Kind[Any], ...]] = (
    CARE_GUARANTEE,
    SOCIAL_DEADLINES,
    RETENTION,
    ACCESS_RIGHTS,
    LOG_DATA,
    INCIDENT_DUTIES,
    FINANCE,
    PROCUREMENT,
    HOLIDAYS,
    REGIONS,
    HILMO,
    FUNDING_PARAMETERS,
    FUNDING_PRICES,
    FUNDING_ORGANISERS,
    NEED_FACTORS,
    HYTE_COEFFICIENT,
)
