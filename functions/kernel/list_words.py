"""Words that lists of people have in three languages: names of columns and of languages, "and".

They are compared in lower case, without stops, stars and white space around them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_LANGUAGES = {
    "fi": "fi fin suomi suomea suomeksi suomenkielinen finska finsk finskspråkig finnish",
    "sv": "sv swe ruotsi ruotsia ruotsiksi ruotsinkielinen svenska svensk svenskspråkig swedish",
    "en": (
        "en eng englanti englantia englanniksi englanninkielinen engelska engelsk engelskspråkig "
        "english"
    ),
}
LANGUAGE_OF: Mapping[str, str] = {
    word: code for code, words in _LANGUAGES.items() for word in words.split()
}
SURNAMES = frozenset(("suomi", "english", "svensk", "finsk", "engelsk"))  # such are, too
_ALSO_SURNAMES = SURNAMES | {"ruotsi", "englanti"}
_CODES_AND_NAMES = frozenset(("fi", "fin", "swe", "en", "eng"))
# Names of columns that are names of people, too: Meili Lang, Till Person.
PEOPLE = frozenset(("person", "meili", "lang", "roll", "till", "to", "no", "mobil", "tel"))
_COLUMNS = {
    "name": (
        "nimi, koko nimi, nimet, osallistuja, osallistujat, henkilö, henkilöt, ohjattava, "
        "ohjattavat, namn, fullständigt namn, hela namnet, namnen, deltagare, person, "
        "personer, handledd, handledda, name, full name, names, participant, participants, "
        "people, display name, supervisee, supervisees, vastaanottaja, vastaanottajat, "
        "työntekijä, työntekijät, jäsen, jäsenet, mottagare, mottagaren, till, medarbetare, "
        "anställd, anställda, medlem, medlemmar, to, recipient, recipients, employee, employees, "
        "attendee, attendees, member, members"
    ),
    "first": (
        "etunimi, etunimet, kutsumanimi, förnamn, förnamnet, tilltalsnamn, first name, "
        "firstname, forename, given name, first names"
    ),
    "last": (
        "sukunimi, efternamn, efternamnet, släktnamn, last name, lastname, surname, family name"
    ),
    "email": (
        "sähköposti, sähköpostit, sähköpostiosoite, sähköposti osoite, sähköpostiosoitteet, "
        "s-posti, sposti, s-postiosoite, meili, meiliosoite, emailosoite, email osoite, "
        "e-posti, eposti, emailadress, email adress, sähköpostini, sähköpostisi, e-postadressen, "
        "e-post, e-posten, epost, e-postadress, epostadress, "
        "e-postadresser, mejl, mejladress, mailadress, email, e-mail, emails, email address, "
        "e-mail address, mail, email addresses, e-mail addresses, mail address"
    ),
    "language": (
        "kieli, viestien kieli, asiointikieli, äidinkieli, yhteydenpidon kieli, kielet, "
        "språk, språket, meddelandenas språk, kontaktspråk, modersmål, language, language of "
        "messages, languages, preferred language, lang, "
        "language of emails"
    ),
    "phone": (
        "puhelin, puhelinnumero, puh, matkapuhelin, gsm, työpuhelin, telefon, telefonnummer, tel, "
        "mobil, mobiltelefon, phone, phone number, telephone, mobile, mobile phone"
    ),
    "other": (
        "titteli, nimike, ammattinimike, "
        "ammatti, tehtävä, tehtävänimike, asema, yksikkö, osasto, työyksikkö, työpaikka, "
        "toimipiste, organisaatio, nro, numero, huom, huomautus, lisätiedot, rooli, "
        "työnantaja, titel, yrke, yrkesbeteckning, befattning, uppgift, enhet, avdelning, "
        "arbetsplats, organisation, nr, nummer, anmärkning, roll, arbetsgivare, title, job title, "
        "occupation, position, role, unit, department, workplace, organization, no, number, notes, "
        "comments, employer, #, "
        "kopio, piilokopio, lähettäjä, kopia, hemlig kopia, avsändare, från, cc, bcc, from, "
        "sender, reply-to"
    ),
}
COLUMN_OF: Mapping[str, str] = {
    word.strip(): column for column, words in _COLUMNS.items() for word in words.split(",")
}
# What joins two people: in small letters wherever it stands, in capitals between words, and such as
# nobody is called in any case.
JOINING = "ja tai or et kanssa with med mit vs versus и или"
JOINING_ALWAYS = "sekä taikka och samt eller and plus und oder sowie ynnä nebst jämte"
AND_OTHERS = r"ym|yms|jne|etc|osv|mfl|mm|et al|m\. ?fl|m\. ?m|o\. ?s\. ?v|co|muut|andra|others"
# Words for several people.
_SEVERAL = """
    tiimi työtiimi ryhmä työryhmä työyhteisö henkilökunta henkilöstö kaikki osallistujat ohjattavat
    hoitajat työntekijät kollegat henkilöä osallistujaa ohjattavaa hoitajaa työntekijää ihmistä
    team teamet grupp gruppen arbetsgrupp arbetsgruppen personalen deltagarna kollegor personer
    group everybody everyone participants colleagues people persons
"""
SEVERAL = frozenset(_SEVERAL.split())
# Words that are cut short by a stop, besides those without a vowel.
_CUT_SHORT = """
    prof toht tri lic mag maist dipl ing doc dos kand med phil fil tekn tech jur theol rva hra nti
    rev gen col capt sen jun joh seb alex abr mme mlle sri ir ma os ent siv
"""
CUT_SHORT = frozenset(_CUT_SHORT.split())
_MAX_COLUMNS = 30
_MAX_WORDS = 3  # of one name of a column
# What stands before an address or a person and is nobody's name, however it is written; what people
# may be called, such as To, Lang and Meili, is a label in lower case alone.
_LABEL_WORDS = """
    avsändare bcc cc kopia kopio lähettäjä mottagare piilokopio recipient reply-to sender
    vastaanottaja
"""
_LABELS = frozenset(_LABEL_WORDS.split())
_ALSO_NAMES = frozenset(("mail", "meili"))
# Before a word for an address or a language: it is that of the person who is in the list.
_OWN = """
    työ oma omat koti virka henkilökohtainen yksityinen osallistujan ohjattavan viesti viestintä
    arbets arbete jobb hem egen eget privat personlig tjänste deltagarens handledds
    work own home private personal business participant participant's supervisee supervisee's
"""
_OWN_COLUMN = re.compile(
    rf"(?:{'|'.join(_OWN.split())})[ _-]?("
    + "|".join(word for word, column in COLUMN_OF.items() if column in ("email", "language"))
    + ")"
)
_ADDRESSES = re.compile(r"sähköposti|e-?post|e-?mail|s-?posti|(?<=.)(?:mejl|meili|[-_ ]mail)$")
_NAMES = re.compile(r"nim(?:i|et)$|nam(?:n|e|es)$")
FOREIGN = "foreign"  # a column of addresses or names, as it seems of other people
_AND = frozenset(("ja", "sekä", "och", "samt", "and", "&"))
_BORDERS = " *:.?()[]\"'_-"
_LONGEST_LANGUAGE = 60  # characters of what may be one, with signs around it
_TAGGED = re.compile(r"(fi|sv|en)[-_][a-z]{2}")  # a code with a country, such as sv-FI
_BULLET = re.compile(
    r"^(?:[\u2022\u00b7\u25aa\u25e6\u2023\u25cf\u25cb\u25a0\u2043*\u2013\u2014-]|\d{1,3}[.)])\s+"
)
# What else stands before a name in a list: a number that touches it or has several parts, a letter
# before two words (but "v.", which is a part of names), stops.
_NUMBERED = r"(?:\d{1,3}(?:\.\d{1,3}){0,3} ?[.)]|\((?:\d{1,3}|[A-Za-z])\)|[.,\u2026-])[.,)\s-]*"
_LETTERED = r"(?:[A-Za-z]\)\s*|[ivx]{2,4}[.)]\s*|[a-uw-z]\.\s*(?=\S+\s+\S))"
_BEFORE_NAME = re.compile(rf"^(?:{_NUMBERED}(?=[^\W\d_]|\()|{_LETTERED}(?=[^\W\d_a-z]))")
_MAX_BEFORE = 3
_LABEL = re.compile(r"[\W_]{0,9}([^\W_][\w -]{0,60}):")
_IN_BRACKETS = re.compile(r"^\(([^()]+)\)$")


def unlisted(text: str) -> str:
    """A text without the bullet or the number that it has in a list."""
    return _BULLET.sub("", text, count=1)


def unmarked(name: str) -> str:
    """A name without marks of a list before it and brackets around all of it."""
    found = unlisted(name)
    for _ in range(_MAX_BEFORE):
        found = _IN_BRACKETS.sub(r"\1", _BEFORE_NAME.sub("", found))
    return found


def within(text: str) -> str:
    """A text without the signs around it: from its first letter, mark or digit to its last."""
    begin, end = 0, len(text)
    while begin < end and not is_spelt(text[begin]):
        begin += 1
    while end > begin and not is_spelt(text[end - 1]):
        end -= 1
    return text[begin:end]


def is_spelt(char: str) -> bool:
    """Whether this is a letter, a mark of one, or a digit."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def language_of(word: str) -> str:
    """The code of the language that a word names, or ""."""
    if len(word) > _LONGEST_LANGUAGE:
        return ""
    found = within(unicodedata.normalize("NFKC", word)).casefold()
    tagged = _TAGGED.fullmatch(found)
    return tagged[1] if tagged else LANGUAGE_OF.get(found, "")


def may_be_name(word: str, name: str) -> bool:
    """Whether the name or the code of a language may be the name of somebody, beside what else of
    it is known: it is not in small letters where that has capitals."""
    spelt = within(word)
    known = spelt.casefold() in _ALSO_SURNAMES | _CODES_AND_NAMES
    return known and not (spelt.islower() and any(map(str.isupper, name)))


def surname_in(cells: Sequence[str], name: str) -> str:
    """The name or the code of a language that may be the surname of somebody of whom a ``name`` is
    known otherwise; "" if there is none.

    It is beside the only word of that, or before a comma in a cell. The name of a language may
    be anywhere.
    """
    pieces = [cell.split(",") for cell in cells]
    alone = len(name.split()) == 1
    texts = [part for each in pieces for part in (each if alone else each[:-1][:1])]
    found = [within(word) for text in texts for word in text.split()]
    for before, word, after in zip(["", *found], found, [*found[1:], ""], strict=False):
        adjacent = within(name) in (before, after) or not alone
        named = word.casefold() in _ALSO_SURNAMES
        if (adjacent or named) and may_be_name(word, name):
            return word
    return ""


def columns_of(text: str) -> list[str]:
    """What names of columns say is below them (name, first, last, email, language, phone,
    other), if a
    text is nothing but such names; else nothing."""
    words = text.split()
    found: list[str] = []
    while words and len(found) < _MAX_COLUMNS:
        for size in (3, 2, 1):
            column = _column(" ".join(words[:size])) if size <= len(words) else ""
            if column:
                found.append(column)
                words = words[size:]
                break
        else:
            return []
    return [] if words else found


def _column(text: str) -> str:
    plain = _plain(text)
    if plain in COLUMN_OF:
        return COLUMN_OF[plain]
    for spelt in (plain, plain.replace("_", " "), re.sub("[-_]", " ", plain)):
        own = _OWN_COLUMN.fullmatch(spelt)
        if own or spelt in COLUMN_OF:
            return COLUMN_OF[own[1] if own else spelt]
    return ""


def head_of(cell: str) -> list[str]:
    """As ``columns_of``, and ``FOREIGN`` where one name has a word for addresses or names in it,
    such as the name of a column with those of managers."""
    return columns_of(cell) or [FOREIGN] * (_mentions_addresses(cell) or _mentions_names(cell))


def some_heads(cells: Sequence[str]) -> list[str]:
    """What columns hold where some of these names of columns are known and others are not: below
    those stands what is of other people, as it seems. Nothing if all are known, or none."""
    heads = list(map(head_of, cells))
    text = [each[0] if len(each) == 1 else FOREIGN for each in heads]
    return text if any(heads) and not all(heads) else []


def heads_of(line: str) -> list[str]:
    """As ``head_of``, of names of columns that are apart by spaces alone."""
    words = line.split()[: _MAX_COLUMNS + 1]
    if columns_of(line) or len(words) not in range(2, _MAX_COLUMNS + 1):
        return columns_of(line)
    return [FOREIGN] if all(map(head_of, words)) else []


def _mentions_addresses(text: str) -> bool:
    plain = _plain(text)
    return bool(_ADDRESSES.search(plain)) and "@" not in plain and not _AND & {*plain.split()}


def _mentions_names(text: str) -> bool:
    """Whether a text of several words, or of one that is put together, ends in one for a name."""
    plain = _plain(text)
    return bool(_NAMES.search(plain)) and plain not in COLUMN_OF and len(plain) > len("nimet") + 2


def begins_with_label(line: str) -> bool:
    """Whether the name of a column and a colon stand before anything else: ``To: aino@x.fi``."""
    match = _LABEL.match(line)
    return bool(match and columns_of(match[1]))


def labelled(name: str) -> bool:
    """Whether a name begins or ends with the label of an address or of another column."""
    words = unlisted(name).split()
    for size in range(1, min(_MAX_WORDS + 1, len(words))):
        for label, rest in ((words[:size], words[size:]), (words[-size:], words[:-size])):
            text = " ".join(label)
            column, plain = _column(text), _plain(text)
            meant = column == "email" or (size == 1 and _mentions_addresses(text))
            if plain in _LABELS or (meant and plain not in _ALSO_NAMES):
                return True
            if column and text[0].islower() and any(word[0].isupper() for word in rest):
                return True
    return False


def _plain(word: str) -> str:
    plain = " ".join(word.casefold().split())
    return plain.lstrip(f"{_BORDERS}#").rstrip(_BORDERS)
