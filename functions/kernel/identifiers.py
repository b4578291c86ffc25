"""Codes that follow a standard: business IDs, e-invoice addresses, accounts, payment references.

Each reader takes what was typed and gives its normal form, or None if it is none. The check
digits are python-stdnum's, which is imported where it is used: few requests read a code.

Spaces are left out only from within what has a length of its own. Where a code may go on, as an OVT
identifier may after its business ID, what stands behind a space is another thing beside it.
"""

import re
from collections.abc import Callable
from hashlib import sha256

from functions.kernel import clean
from functions.kernel.countries import organisation_id

_BUSINESS_ID = re.compile(r"(?:FI)?\d{7}-?\d|\d{6}-\d", re.ASCII)
_OVT = re.compile(r"((?:\d ?){11}\d)([A-Z0-9]{0,5})", re.ASCII)
_BIC = re.compile(r"[A-Z]{4} ?[A-Z]{2} ?[A-Z0-9]{2}(?: XXX|[A-Z0-9]{3})?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
# Operators that have a name instead of a number, in the list of Finnish operators (TIEKE).
OPERATORS = frozenset({"APIX", "CREDIFLOW", "EXPSYS", "INEXCHANGE", "PAGERO", "UTMOST"})
_NUMBERED = re.compile(r"E\d{6}|FI\d{8}|8857\d{11}", re.ASCII)  # the last: Tradeshift
_DOCUMENT = re.compile(r"(?=.*\d)[A-Za-z0-9]+(?:[-/. ]?[A-Za-z0-9]+)*", re.ASCII)
_TECHNICAL = re.compile(r"TE ?(?=[A-Z]*\d)[A-Z0-9]{8,33}", re.ASCII)
_IN_SCHEME = re.compile(r"[A-Z0-9][A-Z0-9._/-]{1,49}", re.ASCII)
# Schemes of electronic addresses (the code list EAS of EN 16931) by which Peppol is reached.
_SCHEMES = """
    0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190
    0191 0192 0195 0196 0198 0199 0200 0201 0202 0204 0208 0209 0210 0211 0212 0213 0215
    0216 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930
    9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947
    9948 9949 9950 9951 9952 9953 9957 9959
"""
SCHEMES = frozenset(_SCHEMES.split())
# Countries whose banks may have accounts or BICs of one another; elsewhere both name the same.
_BANKING = tuple(
    frozenset(each.split())
    for each in (
        "FR BL GF GP MC MF MQ NC PF PM RE TF WF YT",
        "GB GG IM JE",
        "FI AX",
        "CH LI",
        "IT SM VA",
    )
)
_BASE = re.compile(r"[1-9]\d{2,18}", re.ASCII)
_WEIGHTS = (7, 3, 1)
_BASES = 9 * 10**11  # how many numbers of twelve digits do not begin with 0


def business_id(typed: str) -> str | None:
    """A Finnish business ID as ``1234567-1``. An old one of six digits gets the 0 it now has.

    Only the hyphen tells an old one from one that lost a digit. A Finnish VAT number is
    ``FI`` and the same digits, so that it will do, too.
    """
    from stdnum.fi import ytunnus

    plain = _plain(typed)
    if not _BUSINESS_ID.fullmatch(plain):
        return None
    number = plain.removeprefix("FI").replace("-", "").zfill(8)
    return ytunnus.format(number) if ytunnus.is_valid(number) else None


def iban(typed: str) -> str | None:
    """An account number (ISO 13616) without spaces, of a country that has them.

    The check digits must be those the standard computes: 00, 01 and 99 also leave the
    remainder 1, and are none. No country's own rules are looked at.
    """
    from stdnum import iban as standard

    plain = _plain(typed)
    if not _IBAN.fullmatch(plain) or not standard.is_valid(plain, check_country=False):
        return None
    return plain if standard.calc_check_digits(plain) == plain[2:4] else None


def e_invoice_address(typed: str) -> str | None:
    """Where e-invoices go: an OVT identifier (0037, a business ID, up to five characters of the
    company's own), an IBAN, a technical address (``TE`` and eight characters or more, of an
    operator), or a scheme of ``SCHEMES`` and an identifier in it, as ``0216:003712345671``."""
    text = _apart(typed)
    scheme, colon, code = (part.strip() for part in text.partition(":"))
    if colon:
        return _in_scheme(scheme, code) if scheme in SCHEMES else None
    if text.replace(" ", "").startswith("0037"):
        return _ovt(text)
    return text.replace(" ", "") if _TECHNICAL.fullmatch(text) else iban(text)


def _ovt(text: str) -> str | None:
    match = _OVT.fullmatch(text)
    base = match[1].replace(" ", "") if match else ""
    fits = match and base.startswith("0037") and business_id(base[4:])
    return f"{base}{match[2]}" if match and fits else None


def _in_scheme(scheme: str, code: str) -> str | None:
    """``scheme:code`` without spaces, if the code can be one of the scheme; of most schemes only
    the letters are known, and no spaces are left out."""
    from stdnum import ean

    known: dict[str, Callable[[str], object]] = {
        "0088": ean.is_valid,
        "0212": business_id,
        "0213": lambda code: code.startswith("FI") and business_id(code),
        "0216": _ovt,
        "9918": iban,
        "0007": lambda code: organisation_id("SE", code),
        "0184": lambda code: organisation_id("DK", code.removeprefix("DK")),
        "0191": lambda code: organisation_id("EE", code),
        "0192": lambda code: organisation_id("NO", code),
    }
    plain = code.replace(" ", "") if scheme in known else code
    fits = _IN_SCHEME.fullmatch(plain) and known.get(scheme, bool)(code)
    return f"{scheme}:{plain}" if fits else None


def operator_id(typed: str) -> str | None:
    """The identifier of an e-invoice operator: a BIC (``NDEAFIHH``), an OVT identifier
    (``003721291126``), a numbered one (``E204503``, ``FI28768767``, a GLN), or one of the names
    in ``OPERATORS``. Anything else, such as a name together with a number, is none."""
    from stdnum import ean

    text = _apart(typed)
    plain = text.replace(" ", "")
    if plain in OPERATORS or _NUMBERED.fullmatch(plain):
        return plain
    if plain.startswith("0037"):
        return _ovt(text)
    if plain.isdigit():
        return plain if len(plain) == 13 and ean.is_valid(plain) else None
    return bic(typed)


def operator_fits(address: str, operator: str) -> bool:
    """Whether an operator that is told by a BIC is a bank of the country that an e-invoice address
    names: an IBAN its own, an OVT identifier Finland. Of others nothing is known."""
    if not _BIC.fullmatch(operator) or operator in OPERATORS:
        return True
    code = address.partition(":")[2] or address
    country = "FI" if code.startswith("0037") else (iban(code) or "")[:2]
    both = {country, operator[4:6]}
    return not country or len(both) == 1 or any(both <= family for family in _BANKING)


def bic(typed: str) -> str | None:
    """The BIC of a bank (ISO 9362) without spaces, of a country that has them."""
    from stdnum import bic as standard

    text = _apart(typed)
    plain = text.replace(" ", "")
    return plain if _BIC.fullmatch(text) and standard.is_valid(plain) else None


def document_number(typed: str) -> str | None:
    """The number of an invoice or a credit note: letters a-z, digits and ``- / .``, with a digit
    in it. Letters of other alphabets look the same and would be another number."""
    from stdnum.util import clean

    plain = clean(typed).strip()
    return plain if _DOCUMENT.fullmatch(plain) else None


def reference(base: str) -> str:
    """The national payment reference of 3-19 digits that do not begin with 0 (Finance Finland:
    weights 7, 3, 1 from the right; the check digit makes the sum end in 0)."""
    if not _BASE.fullmatch(base):
        raise ValueError("a reference is made from 3-19 digits, the first of which is not 0")
    weighed = sum(int(d) * _WEIGHTS[i % 3] for i, d in enumerate(reversed(base)))
    return f"{base}{-weighed % 10}"


def is_reference(typed: str) -> bool:
    """Whether this is a national payment reference; spaces and zeros before it do not count."""
    plain = _plain(typed).lstrip("0")
    return bool(_BASE.fullmatch(plain[:-1])) and reference(plain[:-1]) == plain


def reference_number(typed: str) -> str | None:
    """A national payment reference without spaces and zeros before it."""
    return _plain(typed).lstrip("0") if is_reference(typed) else None


def rf(national: str) -> str:
    """A national reference in its international form (ISO 11649)."""
    from stdnum.iso7064 import mod_97_10

    if not is_reference(national):
        raise ValueError("not a national reference")
    plain = _plain(national).lstrip("0")
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"


def reference_from(case_id: str, serial: str = "") -> str:
    """Twelve digits to make a reference from, always the same for a case and a serial number.

    They reveal nothing of the case. Among 10,000 references two are equal with a probability of 1
    in 18,000; whoever matches payments compares the sum and the payer, too.
    """
    digest = sha256(f"{case_id}\0{serial}".encode()).digest()
    return str(_BASES // 9 + int.from_bytes(digest) % _BASES)


def _apart(typed: str) -> str:
    """In capitals, without brackets and quotes around it and stops after it, whatever kind of
    spaces and hyphens were pasted; what spaces part stays apart. Empty if anything is beyond
    ASCII."""
    from stdnum.util import clean as usual

    text = usual(clean.bare(clean.plain(typed)))
    return text.upper() if text.isascii() else ""


def _plain(typed: str) -> str:
    """As ``_apart``, without spaces: for a code whose length or check digits say that it is one."""
    return _apart(typed).replace(" ", "")
