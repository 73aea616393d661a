"""Words the synthetic company is made of: people of many scripts, places, trades, features."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a customer sits; `people` are (first name, last name, how both are written in an address)."""

    country: str
    timezone: str
    language: str
    weight: float
    people: tuple[tuple[str, str, str], ...]


# fmt: off - lists to be read as lists
PLACES = (
    Place(
        "US",
        "America/New_York",
        "en",
        0.30,
        (
            ("Emma", "Walker", "emma.walker"),
            ("Liam", "O'Brien", "liam.obrien"),
            ("Ava", "Nguyen", "ava.nguyen"),
            ("Noah", "Garcia", "noah.garcia"),
            ("Mia", "Robinson", "mia.robinson"),
            ("Ethan", "Cole", "ethan.cole"),
            ("Grace", "Kim", "grace.kim"),
            ("Lucas", "Bennett", "lucas.bennett"),
            ("Zoë", "Carter", "zoe.carter"),
        ),
    ),
    Place(
        "US",
        "America/Los_Angeles",
        "en",
        0.12,
        (
            ("Sofia", "Martinez", "sofia.martinez"),
            ("Jackson", "Lee", "jackson.lee"),
            ("Chloe", "Park", "chloe.park"),
            ("Renée", "Dubois", "renee.dubois"),
            ("Owen", "Fraser", "owen.fraser"),
            ("Priya", "Nair", "priya.nair"),
        ),
    ),
    Place(
        "GB",
        "Europe/London",
        "en",
        0.16,
        (
            ("Oliver", "Hughes", "oliver.hughes"),
            ("Amelia", "Shah", "amelia.shah"),
            ("Seán", "Byrne", "sean.byrne"),
            ("Isla", "Campbell", "isla.campbell"),
            ("George", "Okafor", "george.okafor"),
            ("Freya", "Ward", "freya.ward"),
        ),
    ),
    Place(
        "DE",
        "Europe/Berlin",
        "de",
        0.16,
        (
            ("Jürgen", "Groß", "juergen.gross"),
            ("Anke", "Müller", "anke.mueller"),
            ("Lena", "Schäfer", "lena.schaefer"),
            ("Uwe", "Köhler", "uwe.koehler"),
            ("Mehmet", "Öztürk", "mehmet.oeztuerk"),
            ("Katrin", "Vogel", "katrin.vogel"),
        ),
    ),
    Place(
        "FR",
        "Europe/Paris",
        "fr",
        0.07,
        (
            ("Chloé", "Lefèvre", "chloe.lefevre"),
            ("Jérôme", "Petit", "jerome.petit"),
            ("Inès", "Moreau", "ines.moreau"),
            ("Loïc", "Garnier", "loic.garnier"),
            ("Hélène", "Faure", "helene.faure"),
        ),
    ),
    Place(
        "PL",
        "Europe/Warsaw",
        "pl",
        0.05,
        (
            ("Łukasz", "Wiśniewski", "lukasz.wisniewski"),
            ("Małgorzata", "Zając", "malgorzata.zajac"),
            ("Paweł", "Dąbrowski", "pawel.dabrowski"),
            ("Agnieszka", "Król", "agnieszka.krol"),
        ),
    ),
    Place(
        "JP",
        "Asia/Tokyo",
        "ja",
        0.05,
        (
            ("花子", "山田", "hanako.yamada"),
            ("健", "佐藤", "ken.sato"),
            ("美咲", "鈴木", "misaki.suzuki"),
            ("翔太", "高橋", "shota.takahashi"),
        ),
    ),
    Place(
        "AE",
        "Asia/Dubai",
        "ar",
        0.04,
        (
            ("ليلى", "حداد", "layla.haddad"),
            ("عمر", "الفارسي", "omar.alfarsi"),
            ("نور", "منصور", "noor.mansour"),
            ("خالد", "سعيد", "khalid.saeed"),
        ),
    ),
    Place(
        "IN",
        "Asia/Kolkata",
        "en",
        0.05,
        (
            ("Ananya", "Rao", "ananya.rao"),
            ("Vikram", "Iyer", "vikram.iyer"),
            ("अनिल", "शर्मा", "anil.sharma"),
            ("Meera", "Joshi", "meera.joshi"),
        ),
    ),
)

FIRST_WORDS = (
    "North",
    "Blue",
    "Bright",
    "Silver",
    "Harbor",
    "Maple",
    "Summit",
    "River",
    "Stone",
    "Clear",
    "Alder",
    "Copper",
    "Orbit",
    "Lumen",
    "Cedar",
    "Granite",
    "Velvet",
    "Ember",
    "Prairie",
    "Tidal",
    "Willow",
    "Falcon",
    "Juniper",
    "Cobalt",
)
SECOND_WORDS = (
    "wind",
    "field",
    "works",
    "gate",
    "forge",
    "peak",
    "line",
    "path",
    "crest",
    "yard",
    "bridge",
    "grove",
    "port",
    "mill",
)
ENDINGS = ("Ltd", "Inc", "GmbH", "Group", "Labs", "& Co", "Partners", "Systems")
INDUSTRIES = ("software", "manufacturing", "retail", "logistics", "finance", "healthcare", "education", "media")
FEATURES = ("dashboards", "reports", "automations", "integrations", "sharing", "alerts", "export", "api")
CHURN_REASONS = ("pricing", "features", "support", "competitor", "budget", "closed")
PRAISE = (
    "Saves us hours a week.",
    "Great help from our CSM.",
    "Läuft rund, danke!",
    "Bardzo dobre narzędzie",
    "とても便利です",
)
MEH = ("Fine, could be faster.", "Okay so far.", "Geht so.", "Pas mal, mais les exports sont lents.")
ANGER = ("Support takes too long.", "The last release broke our reports.", "Zu teuer für das, was es kann.", "بطيء جدا")

CSMS = (
    ("csm-01", "Maya Lindqvist", "maya.lindqvist@perennial.example", "en sv", 38, "high"),
    ("csm-02", "Jonas Weber", "jonas.weber@perennial.example", "de en", 40, "high"),
    ("csm-03", "Claire Fontaine", "claire.fontaine@perennial.example", "fr en", 32, "high"),
    ("csm-04", "Arjun Mehta", "arjun.mehta@perennial.example", "en hi", 40, "low"),
    ("csm-05", "Zofia Nowak", "zofia.nowak@perennial.example", "pl en", 40, "low"),
    ("csm-06", "Ren Kobayashi", "ren.kobayashi@perennial.example", "ja en", 36, "low"),
    ("csm-07", "Salma Aziz", "salma.aziz@perennial.example", "ar en", 40, "low"),
    ("csm-08", "Tom Baker", "tom.baker@perennial.example", "en", 20, "low"),
)
