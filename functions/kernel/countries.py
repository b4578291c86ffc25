"""Countries (ISO 3166-1), and by which numbers organisations in them are known.

python-stdnum knows the numbers of each country; it is imported where a number is read.
"""

import re


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTRIES = _words(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO
    BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ
    DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP
    GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML
    MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
    PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL
    SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM
    US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """
)
HOME = ("FI", "AX")  # Åland has Finnish business IDs and VAT numbers
EU = frozenset(
    _words("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
)
_PREFIXES = {"GR": ("EL",), "GB": ("GB", "XI"), "AX": ("FI",), "MC": ("FR",), "IM": ("GB",)}
_VAT_ID = re.compile(r"[A-Z]{2}(?=[A-Z]*\d)[A-Z0-9]{4,16}", re.ASCII)
# A word behind a space, where no check digits tell that it is a part of the number.
_MORE = re.compile(r"\s[A-Za-z]")
_PREFIX = 2
_OF_THE_EU = (EU - {"GR"}) | {"EL"}


def plain(typed: str) -> str:
    """In capitals, without spaces and separators; empty if anything is beyond ASCII."""
    from stdnum.util import clean

    found = clean(typed, " .-/").strip()
    return found.upper() if found.isascii() else ""


def vat_id(typed: str) -> str | None:
    """A VAT number with the prefix of its country, or None.

    Those of the EU, the United Kingdom, Norway and Switzerland must have right check digits; of
    other countries only the prefix and the letters are looked at.
    """
    code = plain(typed)
    if not _VAT_ID.fullmatch(code):
        return None
    prefix = code[:2]
    if prefix in _OF_THE_EU:
        from stdnum.eu import vat

        return code if vat.is_valid(code) else None
    if prefix in ("GB", "XI"):
        from stdnum.gb import vat as british

        return code if british.is_valid(code[2:]) else None
    if prefix == "NO":
        from stdnum.no import mva

        return code if mva.is_valid(code) else None
    if prefix == "CH":
        from stdnum.ch import vat as swiss

        return code if swiss.is_valid(code) else None
    if _MORE.search(typed[_PREFIX:].strip()):
        return None
    return code if prefix in COUNTRIES and prefix not in EU else None


def vat_id_is_of(country: str, code: str) -> bool:
    """Whether a VAT number has the prefix of a country."""
    return code[:2] in _PREFIXES.get(country, (country,))


def is_in_eu(code: str) -> bool:
    """Whether a VAT number is of a member state of the EU."""
    return code[:2] in _OF_THE_EU


def organisation_id(country: str, typed: str) -> bool:
    """Whether a number can be that of an organisation in the country, where its rule is known."""
    code = plain(typed)
    if country == "SE":
        from stdnum.se import orgnr as swedish

        return swedish.is_valid(code)
    if country == "NO":
        from stdnum.no import orgnr as norwegian

        return norwegian.is_valid(code)
    if country == "EE":
        from stdnum.ee import registrikood

        return registrikood.is_valid(code)
    if country == "DK":
        from stdnum.dk import cvr

        return cvr.is_valid(code)
    return any(c.isdigit() for c in typed)
