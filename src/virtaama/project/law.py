"""What the packs of a project say, by what is asked. Each is read when it is asked for, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from virtaama.statutes.editions import Statutes

# A load has no use for law: each kind of pack is brought in where it is asked for.
if TYPE_CHECKING:
    from virtaama.statutes.access_rights import AccessRights
    from virtaama.statutes.care_guarantee import CareGuarantee
    from virtaama.statutes.incident_duties import IncidentDuties
    from virtaama.statutes.log_data import LogData
    from virtaama.statutes.retention_rules import RetentionRules


@dataclass(frozen=True, slots=True)
class Law:
    """The content of the packs that count. ProblemsFound where one that is asked for is wrong."""

    statutes: Statutes

    @property
    def care_guarantee(self) -> CareGuarantee:
        """How long a person may have to wait, dated."""
        from virtaama.statutes.care_guarantee import CARE_GUARANTEE

        return self.statutes.content(CARE_GUARANTEE)

    @property
    def retention_rules(self) -> RetentionRules:
        """How long documents about clients are kept, dated."""
        from virtaama.statutes.retention_rules import RETENTION

        return self.statutes.content(RETENTION)

    @property
    def log_data(self) -> LogData:
        """What a client gets to know of who has handled their data, dated."""
        from virtaama.statutes.log_data import LOG_DATA

        return self.statutes.content(LOG_DATA)

    @property
    def access_rights(self) -> AccessRights:
        """What work roles open of a person, dated."""
        from virtaama.statutes.access_rights import ACCESS_RIGHTS

        return self.statutes.content(ACCESS_RIGHTS)

    @property
    def incident_duties(self) -> IncidentDuties:
        """What an incident obliges to, dated."""
        from virtaama.statutes.incident_duties import INCIDENT_DUTIES

        return self.statutes.content(INCIDENT_DUTIES)
