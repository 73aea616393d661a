"""Answers that no person wrote: out of office, acknowledgements, challenges. Such a mail is never answered."""

from collections.abc import Iterator, Mapping

_PRECEDENCE = ("auto_reply", "auto-reply", "bulk", "junk", "list")
_PRESENT = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply", "x-vacation", "list-id",
    "x-fc-machinegenerated",
)  # fmt: skip
_SUPPRESSING = frozenset({"all", "oof", "autoreply"})
BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "automatic reply",
        "automatic response",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "auto-response",
        "autoresponse",
        "auto:",
        "out of office",
        "out of the office",
        "out-of-office",
        "ooo",
        "oof",
        "on leave",
        "on annual leave",
        "on parental leave",
        "on vacation",
        "on holiday",
        "vacation reply",
        "vacation response",
        "away from my mail",
        "away from the office",
        "i am out of",
        "i'm out of",
        "i am currently out of",
        "ticket received",
        "we received your",
        "we have received your",
        "your request has been received",
        "your request was received",
        "your message has been received",
        "your email has been received",
        "please confirm your message",
        "please confirm your email",
        "verification required",
        "sender verification",
        "sender confirmation",
        "confirm you sent",
    ),
    "de": (
        "automatische antwort",
        "automatische abwesenheit",
        "abwesenheitsnotiz",
        "abwesenheitsnachricht",
        "abwesenheitsassistent",
        "abwesenheitsmeldung",
        "abwesenheit",
        "abwesend",
        "nicht im büro",
        "nicht im haus",
        "ich bin nicht im büro",
        "außer haus",
        "ausser haus",
        "im urlaub",
        "eingangsbestätigung",
    ),
    "fr": ("réponse automatique", "reponse automatique", "absence du bureau", "absent du bureau", "en congé"),
    "es": ("respuesta automática", "respuesta automatica", "fuera de la oficina", "ausente de la oficina"),
    "pt": ("resposta automática", "resposta automatica", "fora do escritório"),
    "it": ("risposta automatica", "fuori ufficio"),
    "nl": ("automatisch antwoord", "afwezig", "afwezigheid"),
    "nordic": ("automatiskt svar", "autosvar", "automatisk svar", "automaattinen vastaus"),
    "east": ("odpowiedź automatyczna", "automatická odpověď", "automatikus válasz", "otomatik yanıt"),  # noqa: RUF001
    "ru": ("автоматический ответ", "автоответ", "нет на работе", "нет на месте", "вне офиса", "в отпуске"),
    "uk": ("автоматична відповідь",),
    "ar": ("رد تلقائي", "الرد التلقائي", "الرد الآلي", "رد آلي", "خارج المكتب", "في إجازة"),
    "zh": ("自动回复", "自动答复", "自動回覆"),
    "ja": ("自動応答", "自動返信", "不在通知", "不在"),
    "ko": ("자동 회신", "자동회신", "부재 중", "부재중"),
}
"""Language → how the subjects of such answers begin; where people name what they answer (`Re: …`), machines name
themselves."""
_ALL = tuple(phrase for phrases in BEGINNINGS.values() for phrase in phrases)


def automatic(headers: Mapping[str, str], subject: str) -> str:
    """Why a machine wrote it, in words; empty if a person seems to have.

    By RFC 3834 and what servers really send: headers first, then how the subject begins.

    Args:
        headers: name in lower case → value.
        subject: its subject, decoded.
    """
    return next(_signs(headers, subject), "")


def _signs(headers: Mapping[str, str], subject: str) -> Iterator[str]:
    """Every sign of a machine."""
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted != "no":
        yield "it says that it was submitted by a machine"
    if headers.get("precedence", "").strip().lower() in _PRECEDENCE:
        yield "its precedence"
    yield from (f"its header {name}" for name in _PRESENT if name in headers)
    told = headers.get("x-auto-response-suppress", "").lower()
    if _SUPPRESSING.intersection(part.strip() for part in told.split(",")):
        yield "its header x-auto-response-suppress"
    if "disposition-notification" in headers.get("content-type", "").lower():
        yield "it tells that a mail was opened"
    if headers.get("return-path", "a person").strip() in ("<>", ""):
        yield "its empty return path"
    if _bare(subject).startswith(_ALL):
        yield "its subject"


def _bare(subject: str) -> str:
    """The subject in lower case, without marks before its first word."""
    text = " ".join(subject.lower().split())
    first = next((place for place, one in enumerate(text) if one.isalnum()), len(text))
    return text[first:]
