"""The shape of `funding/scenarios.yaml` as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from typing import Final

from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, Shape, members, named, number, one_of, text, truth
from virtaama.steering.funding.scenario import GROWING

_YEAR: Final = members(
    "What is assumed of a year.",
    {
        "need_growth": number(
            "How much the need for services grows, in percent, where the act has no estimate yet."
        ),
        "earnings": number("Change of the index of earnings, in percent."),
        "consumer_prices": number("Change of consumer prices, in percent."),
        "contributions": number("Change of employers' social security contributions, in percent."),
        "task_changes": number(
            "Euros that changes of tasks add (or take: -) for good; 0 where there are none."
        ),
        "expost_difference": number(
            "Actual less imputed costs of two years before, in euros at the prices of the year (section 10)."
        ),
        "expost_included": number(
            "Of the year a path begins with: euros in its prices that put earlier years right, and do not stay."
        ),
    },
)
_GROWTH: Final = members(
    "A determinant that grows.",
    {
        "of": one_of([each.value for each in GROWING], "The determinant."),
        "organiser": text("Its code in quotes, or all.", pattern=r"^(\d{2}|all)$"),
        "percent": number("Percent a year."),
        "from": number("The first year.", minimum=2023, multipleOf=1),
        "until": number("The last year.", minimum=2023, multipleOf=1),
    },
    required=("of", "organiser", "percent", "from", "until"),
)
SCENARIOS: Final = Shape(
    "funding/scenarios",
    members(
        "What is assumed of coming years on the path of the funding.",
        {
            "scenarios": named(
                "Scenarios by name; the first is used where none is named.",
                members(
                    "A scenario.",
                    {
                        "labels": LABELS,
                        "source": text("Who assumes so: a forecast with its date."),
                        "invented": truth("Its numbers are made up: everything made of them says so."),
                        "years": named("What is assumed, by year.", _YEAR, names=r"^20\d\d$"),
                        "growth": {
                            "description": "Determinants that grow where no table has them; the others stay.",
                            "type": "array",
                            "items": _GROWTH,
                        },
                    },
                    required=("labels", "source", "years"),
                ),
                names=NAME,
            )
        },
        required=("scenarios",),
    ),
)
