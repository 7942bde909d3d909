"""The law as the package ships it, for tests of what is handed it by a project."""

from __future__ import annotations

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.log_data import LOG_DATA
from virtaama.statutes.retention_rules import RETENTION

RETENTION_RULES = shipped_statutes().content(RETENTION)
OF_LOGS = shipped_statutes().content(LOG_DATA)
