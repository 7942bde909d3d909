"""The words of a JSON-stat document that no metric, area or code brings with it."""

from __future__ import annotations

from virtaama.metrics.question import Grain
from virtaama.metrics.released import Status
from virtaama.model.concepts import Text

ABSENT = "absent"
"""The status of a cell no figure of the release belongs to."""

DIMENSIONS = {
    "metric": Text("Mittari", "Mått", "Metric"),
    "area": Text("Alue", "Område", "Area"),
    "period": Text("Jakso", "Period", "Period"),
}
GRAINS = {
    Grain.MONTH: Text("kuukausittain", "per månad", "by month"),
    Grain.QUARTER: Text("vuosineljänneksittäin", "per kvartal", "by quarter"),
    Grain.YEAR: Text("vuosittain", "per år", "by year"),
}
STATUSES = {
    Status.HIDDEN.value: Text(
        "Peitetty yksityisyyden suojaamiseksi",
        "Dold till skydd för integriteten",
        "Hidden to protect privacy",
    ),
    Status.NO_DATA.value: Text("Ei tietoa", "Ingen uppgift", "No data"),
    Status.NO_DENOMINATOR.value: Text(
        "Ei jakajaa, johon suhteuttaa", "Ingen nämnare att ställa i relation till", "Nothing to divide by"
    ),
    ABSENT: Text("Ei kuulu tietoaineistoon", "Ingår inte i datamängden", "Not in the data set"),
}
PROTECTED = Text(
    "Alle {threshold} henkilöä koskevat luvut on peitetty ja määrät pyöristetty {rounding}:n kerrannaisiksi.",
    "Siffror om färre än {threshold} personer är dolda och antal avrundade till multiplar av {rounding}.",
    "Figures about fewer than {threshold} persons are hidden, and counts rounded to multiples of {rounding}.",
)
