"""The portal's own words for the values of the domain."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virtaama.metrics.definitions import Direction, Family
from virtaama.metrics.indicators import Frequency, Goal, Status
from virtaama.metrics.question import Grain, Level, Missing
from virtaama.model.expectations import Severity

MISSING: dict[Missing, Promise] = {
    Missing.NO_DATA: _("no events in this period"),
    Missing.NOT_DELIVERED: _("the data of this period has not been delivered yet"),
    Missing.NO_DENOMINATOR: _("nothing to divide by"),
    Missing.NOT_DEFINED: _("not calculated at this level"),
    Missing.TOO_FEW: _("too few to show without revealing persons"),
    Missing.NOT_ALLOWED: _("outside your area"),
    Missing.NOT_ROUNDED: _("sums about persons are not shown to those who see rounded figures"),
}
NOT_DELIVERED_THEN = _("the data of this period had not been delivered by then")
MISSING_SHORT: dict[Missing, Promise] = {
    Missing.NO_DATA: _("no events"),
    Missing.NOT_DELIVERED: _("not delivered"),
    Missing.NO_DENOMINATOR: _("no denominator"),
    Missing.NOT_DEFINED: _("not calculated"),
    Missing.TOO_FEW: _("too few"),
    Missing.NOT_ALLOWED: _("not allowed"),
    Missing.NOT_ROUNDED: _("sum not shown"),
}
FAMILIES: dict[Family, Promise] = {
    Family.NEED: _("Need for services"),
    Family.AVAILABILITY: _("Availability"),
    Family.QUALITY: _("Quality"),
    Family.EFFECTIVENESS: _("Effectiveness"),
    Family.COST: _("Cost"),
}
GOALS: dict[Goal, Promise] = {
    Goal.CLIENT_EXPERIENCE: _("Client experience"),
    Goal.PRODUCTIVITY: _("Productivity"),
    Goal.EFFECTIVENESS: _("Effectiveness"),
    Goal.STAFF_EXPERIENCE: _("Staff experience"),
}
FREQUENCIES: dict[Frequency, Promise] = {
    Frequency.MONTHLY: _("monthly"),
    Frequency.QUARTERLY: _("quarterly"),
    Frequency.FOUR_MONTHLY: _("every four months"),
    Frequency.YEARLY: _("yearly"),
}
STATUSES: dict[Status, Promise] = {
    Status.DRAFT: _("draft"),
    Status.APPROVED: _("approved"),
    Status.UNRECORDED: _("in use, no decision told"),
}
GRAINS: dict[Grain, Promise] = {
    Grain.MONTH: _("Month"),
    Grain.QUARTER: _("Quarter"),
    Grain.YEAR: _("Year"),
}
LEVELS: dict[Level, Promise] = {
    Level.COUNTY: _("County"),
    Level.MUNICIPALITY: _("Municipality"),
    Level.UNIT: _("Unit"),
}
DIRECTIONS: dict[Direction, Promise] = {
    Direction.HIGHER_IS_BETTER: _("higher is better"),
    Direction.LOWER_IS_BETTER: _("lower is better"),
    Direction.NEUTRAL: _("neither direction is better as such"),
}
FROM_PREVIOUS: dict[Grain, Promise] = {
    Grain.MONTH: _("from the previous month"),
    Grain.QUARTER: _("from the previous quarter"),
    Grain.YEAR: _("from the previous year"),
}
FROM_YEAR_BEFORE: dict[Grain, Promise] = {
    Grain.MONTH: _("from the same month a year ago"),
    Grain.QUARTER: _("from the same quarter a year ago"),
    Grain.YEAR: _("from the previous year"),
}
RUNS: dict[str, Promise] = {
    "land": _("Landing"),
    "collect": _("Collection"),
    "watch": _("Watching of deliveries"),
    "intake": _("Intake of events"),
    "load": _("Loading"),
    "rebuild": _("Making the warehouse anew"),
    "rotate": _("Change of keys"),
    "publish": _("Publication"),
    "quality": _("Checking of quality"),
    "invent": _("Invention of data"),
    "set_aside": _("Warehouse moved aside"),
    "retention": _("Look at what is due for destruction"),
    "erase": _("Destruction of data about persons"),
}
COUNTS: dict[str, Promise] = {
    "landed": _("deliveries landed"),
    "repeated": _("delivered again"),
    "refused": _("refused"),
    "received": _("events received"),
    "known": _("events received before"),
    "deliveries": _("deliveries made of events"),
    "rows_set_aside": _("rows set aside"),
    "due": _("due for destruction"),
    "due_persons": _("persons due"),
    "rows_erased": _("rows destroyed"),
    "batches_rewritten": _("deliveries written anew"),
    "persons_erased": _("persons destroyed"),
    "persons_closed_anew": _("persons under new keys"),
    "batches": _("batches"),
    "rows_read": _("rows read"),
    "rows_again": _("rows read again"),
    "tables_differing": _("tables that differed"),
    "rows_new": _("rows new in the warehouse"),
    "snapshot": _("snapshot"),
    "figures": _("figures"),
    "metrics_held_back": _("metrics held back"),
    "checks": _("checks"),
    "checks_failed": _("checks failed"),
}
CHECKS: dict[str, Promise] = {
    # Rows that could not be read
    "wrong_type": _("value of the wrong type"),
    "wrong_column_count": _("wrong number of columns"),
    "wrong_encoding": _("wrong character encoding"),
    "wrong_quoting": _("wrong quotation marks"),
    "zero_byte": _("a zero byte in the text"),
    "line_too_long": _("line too long"),
    "bad_identity": _("invalid personal identity code"),
    "identity_in_text": _("identity code in a text"),
    "nobody_named": _("name without a person"),
    "missing_value": _("required value missing"),
    "missing_column": _("column missing"),
    "renamed_column": _("column renamed"),
    "added_column": _("column added"),
    # Columns and deliveries
    "column_added": _("column added"),
    "column_missing": _("column missing"),
    "column_renamed": _("column renamed"),
    "column_retyped": _("column of another type"),
    "repeated_delivery": _("the same delivery again"),
    "refused_delivery": _("delivery refused"),
    "left_out_erased": _("rows about what was erased, left out"),
    # What loading noticed
    "unknown_code": _("unknown code"),
    "ended_code": _("code no longer valid"),
    "repeated_row": _("the same row twice"),
    "same_key_different_content": _("the same key with different content"),
    "late_row": _("late row"),
    "correction": _("correction"),
    "change": _("change"),
    "deletion": _("deletion"),
    "disappeared": _("no longer in a complete delivery"),
    "no_key": _("row without a key"),
    "several_numbers": _("one person under several client numbers"),
}
SEVERITIES: dict[Severity, Promise] = {
    Severity.NOTE: _("Note"),
    Severity.WARN: _("Warning"),
    Severity.STOP: _("Stops publication"),
}
EXPECTATIONS: dict[str, Promise] = {
    "required": _("filled in"),
    "unique": _("no value twice"),
    "reference": _("refers to something known"),
    "range": _("within its bounds"),
    "pattern": _("of its form"),
    "codes": _("of its code list"),
    "holds": _("a condition holds"),
    "fresh": _("delivered on time"),
    "volume": _("as many rows as expected"),
    "drift": _("spread as before"),
}
