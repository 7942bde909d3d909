"""A model small enough to read at a glance, and sound: the tests break it in one place at a time."""

FILES = {
    "systems/register.yaml": """\
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: csv
extracted: '/(?P<year>\\d{4})-(?P<month>\\d{2})/'
feeds:
  people:
    labels: {fi: Ihmiset, sv: Personer, en: People}
    files: "register/*/people.csv"
    delivery: full
    fields:
      HETU: {type: identity, required: true}
      NAME: {type: text, direct: true}
      BORN: {type: date, format: "%Y%m%d"}
      PLACE: {type: text}
      SEX: {type: text, also: [GENDER]}
""",
    "concepts/people.yaml": """\
concepts:
  resident:
    kind: entity
    labels: {fi: Asukas, sv: Invånare, en: Resident}
    definition: {fi: Asuu täällä., sv: Bor här., en: Lives here.}
    key: [person]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}
      name: {type: text, sensitivity: direct, labels: {fi: Nimi, sv: Namn, en: Name}}
      birth_date: {type: date, sensitivity: personal, labels: {fi: Syntynyt, sv: Född, en: Born}}
      sex: {type: text, sensitivity: personal, code_list: sex, labels: {fi: Sukupuoli, sv: Kön, en: Sex}}
    relationships:
      home: {to: municipality, labels: {fi: Koti, sv: Hem, en: Home}}
  municipality:
    kind: entity
    labels: {fi: Kunta, sv: Kommun, en: Municipality}
    definition: {fi: Kunta., sv: Kommun., en: A municipality.}
    key: [code]
    attributes:
      code: {type: text, labels: {fi: Tunnus, sv: Kod, en: Code}}
""",
    "codes/sex.yaml": """\
code_lists:
  sex:
    labels: {fi: Sukupuoli, sv: Kön, en: Sex}
    source: "AR/YDIN - Sukupuoli 1997"
    codes:
      "1": {fi: Mies, sv: Man, en: Male}
      "2": {fi: Nainen, sv: Kvinna, en: Female, from: 1997-01-01, until: 2099-12-31}
""",
    "mappings/register.yaml": """\
mappings:
  - feed: register.people
    concept: resident
    where: HETU IS NOT NULL
    key: {person: HETU}
    attributes:
      name: NAME
      birth_date: BORN
      sex: SEX
    relationships:
      home: PLACE
  - feed: register.people
    concept: municipality
    key: {code: PLACE}
""",
}


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The files of the small model with one passage of one file replaced."""
    assert FILES[file].count(old) == 1, f"{old!r} stands {FILES[file].count(old)} times in {file}"
    return {**FILES, file: FILES[file].replace(old, new)}
