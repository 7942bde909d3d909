"""The formula once more, as plain as it can be: from the files, over fractions, line by line."""

from __future__ import annotations

import csv
from fractions import Fraction
from importlib.resources import files
from typing import Any

import yaml

CONTENT = files("virtaama") / "content"
BILINGUAL, SAMI = ("01", "03", "04", "05", "10", "17", "18", "90"), ("21",)
UNIVERSITY = ("01", "02", "03", "04", "90", "05", "08", "13", "19")
GAIN = {2023: 0, 2024: 10, 2025: 30, 2026: 60, 2027: 90, 2028: 150, 2029: 200}
LOSS = {2023: 0, 2024: 10, 2025: 20, 2026: 30, 2027: 40, 2028: 50, 2029: 50}


def number(cell: str) -> Fraction:
    return Fraction(cell.replace(",", "."))


def table() -> dict[str, dict[str, Fraction]]:
    text = (CONTENT / "county" / "funding" / "determinants-2025.csv").read_text(encoding="utf-8")
    rows = csv.DictReader([line for line in text.splitlines() if not line.startswith("#")], delimiter=";")
    words = ("hyvinvointialue", "lähde", "keksitty", "koodi")
    return {row["koodi"]: {k: number(v) for k, v in row.items() if k not in words} for row in rows}


def prices(year: int) -> dict[str, Fraction]:
    pack: dict[str, Any] = yaml.safe_load(
        (CONTENT / "statutes" / "funding_prices.yaml").read_text(encoding="utf-8")
    )
    return {p["item"]: Fraction(str(p["euros"])) for p in pack["prices"] if p["from"].year == year}


def cents(euros: Fraction) -> int:
    whole, rest = divmod(abs(euros) * 100, 1)
    rounded = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return rounded if euros >= 0 else -rounded


def funding(year: int) -> dict[tuple[str, str], int]:
    """Cents by organiser and item, of a year with decreed prices; the return of a surplus is left out."""
    of, p = table(), prices(year)
    people = sum(row["asukasmäärä"] for row in of.values())
    land = sum(row["maapinta-ala"] for row in of.values())
    area = sum(row["kokonaispinta-ala"] for row in of.values())
    found = {}
    for code, row in of.items():
        n = row["asukasmäärä"]
        density_land = (people / land) / (n / row["maapinta-ala"])
        density_all = (people / area) / (n / row["kokonaispinta-ala"])
        euros = {
            "health": n * p["health"] * row["terveydenhuollon tarvekerroin"],
            "elderly": n * p["elderly"] * row["vanhustenhuollon tarvekerroin"],
            "social": n * p["social"] * row["sosiaalihuollon tarvekerroin"],
            "residents": n * p["residents"],
            "density": n * p["density"] * density_land,
            "foreign_language": p["foreign_language"] * row["vieraskieliset"],
            "bilingual": p["bilingual"] * row["ruotsinkieliset"] if code in BILINGUAL else Fraction(0),
            "archipelago": p["archipelago"] * row["saaristossa asuvat"],
            "sami": p["sami"] * row["saamenkieliset"] if code in SAMI else Fraction(0),
            "hyte": n * p["hyte"],
            "rescue_residents": n * p["rescue_residents"],
            "rescue_density": n * p["rescue_density"] * density_all,
            "rescue_risk": n * p["rescue_risk"] * row["riskikerroin"],
            "transition": transition(year, row),
        }
        if year >= 2024:
            euros["university_hospital"] = n * p["university_hospital"] if code in UNIVERSITY else Fraction(0)
        found.update({(code, item): cents(value) for item, value in euros.items()})
    return found


def transition(year: int, row: dict[str, Fraction]) -> Fraction:
    gap = row["laskennalliset kustannukset 2022"] - row["toteutuneet kustannukset 2022"]
    if year >= 2024:
        gap += row["yliopistosairaalalisän vaikutus 2022"]
    if year >= 2026:
        gap += row["HYTE-kertoimen vaikutus 2022"]
    heads = row["asukasmäärä 2022"]
    if gap > 0:
        return -max(gap - GAIN[year] * heads, Fraction(0))
    return max(-gap - LOSS[year] * heads, Fraction(0))
