"""What is known about the county the invented one is modelled on, and what is assumed.

Facts: names, codes and population (31 December 2022) of the ten municipalities of Päijät-Häme.
Source: Statistics Finland, classification of municipalities 2023, and THL Sotkanet, indicator 127;
both CC BY 4.0.

Assumptions of the generator, not statistics: the age structure, the tilt of the small municipalities
towards the old, names, streets, rates of use, prices and euros.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str
    name_fi: str
    name_sv: str
    population: int
    postcode: str
    ageing: float  # assumption: how far the age structure leans to the old


MUNICIPALITIES = (
    Municipality("016", "Asikkala", "Asikkala", 8014, "17200", 0.06),
    Municipality("081", "Hartola", "Gustav Adolfs", 2574, "19600", 0.11),
    Municipality("098", "Hollola", "Hollola", 22943, "15870", 0.00),
    Municipality("111", "Heinola", "Heinola", 18131, "18100", 0.05),
    Municipality("142", "Iitti", "Itis", 6504, "47400", 0.05),
    Municipality("316", "Kärkölä", "Kärkölä", 4198, "16600", 0.02),
    Municipality("398", "Lahti", "Lahtis", 120175, "15100", -0.01),
    Municipality("560", "Orimattila", "Orimattila", 15735, "16300", 0.01),
    Municipality("576", "Padasjoki", "Padasjoki", 2750, "17500", 0.10),
    Municipality("781", "Sysmä", "Sysmä", 3504, "19700", 0.12),
)
HEINOLA = 3
LAHTI = 6
POPULATION = sum(municipality.population for municipality in MUNICIPALITIES)

# Assumption: share of residents by five-year age group from 0-4 to 95-99, per thousand.
AGE_STRUCTURE = (
    39, 49, 56, 54, 51, 53, 57, 59, 60, 56, 62, 70, 72, 71, 72, 59, 35, 19, 7, 2,
)  # fmt: skip

SURNAMES = (
    "Korhonen", "Virtanen", "Mäkinen", "Nieminen", "Mäkelä", "Hämäläinen", "Laine", "Heikkinen",
    "Koskinen", "Järvinen", "Lehtonen", "Lehtinen", "Saarinen", "Salminen", "Heinonen", "Niemi",
    "Salonen", "Turunen", "Laitinen", "Tuominen", "Rantanen", "Jokinen", "Karjalainen", "Mattila",
    "Savolainen", "Lahtinen", "Ahonen", "Leppänen", "Hiltunen", "Ojala", "Kallio", "Miettinen",
    "Pitkänen", "Manninen", "Koivisto", "Räsänen", "Aaltonen", "Hakala", "Laaksonen", "Väisänen", "Lehto",
    "Aalto", "Hirvonen", "Peltonen", "Nurmi", "Toivonen", "Suominen", "Rossi", "Anttila", "Mikkonen",
    "Partanen", "Toivola", "Mustonen", "Hänninen", "Kettunen", "Lampinen", "Peltola", "Rantala", "Rautio",
    "Rinne", "Seppälä", "Kinnunen", "Vainio", "Kemppainen", "Pesonen", "Kivelä", "Tuomi", "Vuorinen",
    "Halonen", "Harju", "Huttunen", "Nykänen", "Moilanen", "Oksanen", "Karvonen", "Haapala", "Sallinen",
    "Sirola", "Salo", "Ruusunen", "Palo", "Sundqvist", "Lindholm", "Nyman", "Lindqvist", "Ahlroos",
    "Ikonen", "Kokkonen", "Kuusisto", "Lindroos", "Viitanen", "Ylönen", "Vilkuna", "Hurme", "Kangas",
    "Kujala", "Laakso",
)  # fmt: skip
WOMENS_NAMES = (
    "Maria", "Helena", "Johanna", "Anneli", "Kaarina", "Liisa", "Marjatta", "Anna", "Hannele", "Leena",
    "Kristiina", "Elina", "Annikki", "Sofia", "Tuulikki", "Emilia", "Maarit", "Susanna", "Katariina",
    "Irmeli", "Päivi", "Pirjo", "Ritva", "Sirpa", "Eeva", "Aino", "Olivia", "Helmi", "Eevi", "Lilja",
    "Venla", "Pihla", "Aada", "Iida", "Siiri", "Kerttu", "Hilma", "Saga", "Taimi", "Tyyne", "Elli",
    "Impi", "Anja", "Raija", "Seija", "Tuula", "Merja", "Minna", "Tiina", "Heidi", "Satu", "Laura",
    "Jenna", "Sanna", "Noora", "Hanna", "Outi", "Riikka", "Mirja", "Ulla",
)  # fmt: skip
MENS_NAMES = (
    "Juhani", "Johannes", "Olavi", "Antero", "Tapani", "Kalevi", "Tapio", "Matti", "Mikael", "Petteri",
    "Ilmari", "Pekka", "Antti", "Juha", "Oskari", "Kristian", "Heikki", "Timo", "Kari", "Jari", "Jukka",
    "Mika", "Hannu", "Markku", "Seppo", "Janne", "Ari", "Eino", "Leo", "Onni", "Väinö", "Elias", "Oliver",
    "Toivo", "Noel", "Eeli", "Emil", "Arvo", "Urho", "Aarne", "Veikko", "Reino", "Martti", "Esko",
    "Raimo", "Jorma", "Pentti", "Erkki", "Ville", "Lauri", "Sami", "Teemu", "Marko", "Tomi", "Joonas",
    "Aleksi", "Niko", "Tuomas", "Eemeli", "Hugo",
)  # fmt: skip
STREETS = (
    "Rantatie", "Koulukatu", "Asemantie", "Kirkkotie", "Puistokatu", "Harjukatu", "Koivukuja", "Kuusitie",
    "Niittytie", "Peltotie", "Mäntytie", "Metsätie", "Vesitie", "Satamakatu", "Torikatu", "Kauppakatu",
    "Myllytie", "Kartanontie", "Pihlajatie", "Haapatie", "Lehtotie", "Suotie", "Kalliotie", "Hakatie",
    "Laaksotie", "Ylätie", "Alatie", "Saaritie", "Lammitie", "Kylätie",
)  # fmt: skip
FOREIGN_NAMES = {
    # Of speakers of other languages: family names, and given names of women and of men, invented together.
    "ru": (
        ("Ivanov", "Smirnov", "Kuznetsov", "Popov", "Sokolov", "Lebedev", "Morozov", "Volkov"),
        ("Elena", "Yulia", "Natalia", "Olga", "Irina", "Tatiana", "Svetlana", "Galina"),
        ("Sergei", "Aleksei", "Dmitri", "Andrei", "Mihail", "Vladimir", "Nikolai", "Pavel"),
    ),
    "et": (
        ("Tamm", "Saar", "Sepp", "Mägi", "Kask", "Kukk", "Rebane", "Õunapuu"),
        ("Tiiu", "Kersti", "Piret", "Maarja", "Liis", "Külli", "Anu", "Riina"),
        ("Jaan", "Toomas", "Urmas", "Tõnu", "Margus", "Priit", "Indrek", "Rein"),
    ),
    "ar": (
        ("Al-Hassan", "Hussein", "Ahmed", "Al-Jabouri", "Mahmoud", "Ibrahim", "Saleh", "Khalil"),
        ("Fatima", "Zainab", "Mariam", "Noor", "Layla", "Amina", "Huda", "Sara"),
        ("Mohammed", "Ahmed", "Ali", "Yusuf", "Omar", "Hassan", "Khaled", "Mustafa"),
    ),
    "uk": (
        ("Kovalenko", "Shevchenko", "Bondarenko", "Tkachenko", "Kravchenko", "Oliinyk", "Melnyk", "Boiko"),
        ("Olena", "Oksana", "Yulia", "Iryna", "Natalia", "Anastasiia", "Kateryna", "Daria"),
        ("Oleksandr", "Dmytro", "Andrii", "Serhii", "Volodymyr", "Mykola", "Ivan", "Bohdan"),
    ),
    "en": (
        ("Smith", "Brown", "Taylor", "O'Connor", "Walker", "Green", "Clarke", "Hughes"),
        ("Emily", "Grace", "Alice", "Charlotte", "Lucy", "Megan", "Ruth", "Joan"),
        ("James", "William", "Thomas", "George", "Daniel", "Peter", "Adam", "Brian"),
    ),
    "fa": (
        ("Hosseini", "Ahmadi", "Karimi", "Rahimi", "Mohammadi", "Rezai", "Haidari", "Nazari"),
        ("Zahra", "Fatemeh", "Maryam", "Leila", "Shirin", "Parisa", "Nasrin", "Mina"),
        ("Reza", "Hossein", "Mohammad", "Mehdi", "Amir", "Javad", "Karim", "Hamid"),
    ),
    "so": (
        ("Abdi", "Farah", "Warsame", "Hassan", "Ali", "Mohamed", "Jama", "Nur"),
        ("Hodan", "Amina", "Fadumo", "Sahra", "Halima", "Ifrah", "Hibo", "Asha"),
        ("Mohamed", "Abdi", "Ahmed", "Yusuf", "Mahad", "Liban", "Ismail", "Bashir"),
    ),
    "vi": (
        ("Nguyen", "Tran", "Le", "Pham", "Hoang", "Vu", "Dang", "Bui"),
        ("Thi Lan", "Thi Hoa", "Thi Mai", "Thi Thu", "Ngoc Anh", "Thi Hong", "Kim", "Thi Nga"),
        ("Van Minh", "Van Hung", "Duc", "Quang", "Van Thanh", "Tuan", "Huy", "Van Long"),
    ),
}  # fmt: skip
LANGUAGES = ("fi", "sv", "ru", "et", "ar", "uk", "en", "fa", "so", "vi")
LANGUAGE_SHARES = (0.915, 0.004, 0.026, 0.014, 0.011, 0.010, 0.006, 0.006, 0.004, 0.004)
