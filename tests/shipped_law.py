"""The law as the package ships it, for tests of what is handed it by a project."""

from __future__ import annotations

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.access_rights import ACCESS_RIGHTS
from virtaama.statutes.incident_duties import INCIDENT_DUTIES
from virtaama.statutes.log_data import LOG_DATA
from virtaama.statutes.retention_rules import RETENTION

RETENTION_RULES = shipped_statutes().content(RETENTION)
OF_LOGS = shipped_statutes().content(LOG_DATA)
RIGHTS = shipped_statutes().content(ACCESS_RIGHTS)
DUTIES = shipped_statutes().content(INCIDENT_DUTIES)
