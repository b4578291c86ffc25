"""Electronic invoices: EN 16931 in the syntax CII (UN/CEFACT Cross Industry Invoice D16B).

Comments name the standard's business terms (BT). drafthorse knows the elements and their order;
no lxml is needed to write them, so that the package of a function can do without it.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from functions.kernel.documents import Buyer, Invoice, Seller, Untaxed
from functions.kernel.money import Cents, InvoiceLine, Tax, totals

GUIDELINE = "urn:cen.eu:en16931:2017"
INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
SEPA_TRANSFER = "58"  # UNTDID 4461
BUSINESS_ID = "0212"  # ISO 6523: the Finnish organisation identifier
OVT, IBAN, EMAIL = "0216", "9918", "EM"  # of electronic addresses (EAS)
STANDARD = "S"  # UNTDID 5305
CATEGORIES: dict[Untaxed, str] = {"exempt": "E", "reverse_charge": "AE", "outside_scope": "O"}
REASONS: dict[Untaxed, str] = {"reverse_charge": "VATEX-EU-AE", "outside_scope": "VATEX-EU-O"}
# Schemes (ISO 6523) of the numbers of organisations in other countries.
REGISTERS = {"SE": "0007", "DK": "0184", "EE": "0191", "NO": "0192"}
PIECE = "C62"  # UN/ECE Recommendation 20: one
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

LineText = Callable[[InvoiceLine], str]


def xml(invoice: Invoice, seller: Seller, language: str, words: LineText) -> bytes:
    """The invoice or credit note; ``words`` gives the text of a line in ``language``.

    A credit note tells when its sum is paid back (BT-9), and no account: nobody pays by it.
    """
    document = Document()
    document.context.guideline_parameter.id = GUIDELINE  # BT-24
    document.header.id = _text(invoice.number)  # BT-1
    document.header.type_code = CREDIT_NOTE if invoice.credits else INVOICE  # BT-3
    document.header.issue_date_time = invoice.issued  # BT-2
    agreement = document.trade.agreement
    agreement.buyer_reference = _text(invoice.buyer.reference)  # BT-10
    agreement.buyer_order.issuer_assigned_id = _text(invoice.buyer.order)  # BT-13
    outside = invoice.untaxed == "outside_scope"
    _seller(agreement.seller, seller, vat=not outside)
    _buyer(agreement.buyer, invoice.buyer, vat=not outside)
    for number, line in enumerate(invoice.lines, 1):
        document.trade.items.add(_line(number, line, words(line), invoice.untaxed))
    document.trade.delivery.event.occurrence = invoice.to_day  # BT-72
    settlement = document.trade.settlement
    _payment(settlement, invoice, seller)
    _sums(settlement, invoice, seller.why_untaxed(invoice.untaxed, language))
    written: bytes = ElementTree.tostring(document.to_etree(), "utf-8", xml_declaration=True)
    return written


def _seller(party: Any, seller: Seller, *, vat: bool) -> None:
    """Without its VAT number where nothing is subject to VAT (BR-O-02)."""
    _party(party, seller, "FI")
    party.legal_organization.id = (BUSINESS_ID, seller.business_id)  # BT-30
    party.contact.telephone.number = _text(seller.phone)  # BT-42
    party.electronic_address.uri_ID = _address(seller)  # BT-34
    if vat:
        party.tax_registrations.add(TaxRegistration(id=("VA", seller.vat_id)))  # BT-31


def _buyer(party: Any, buyer: Buyer, *, vat: bool) -> None:
    _party(party, buyer, buyer.country)
    if buyer.business_id:
        party.legal_organization.id = (BUSINESS_ID, buyer.business_id)  # BT-47
    elif buyer.foreign_id:
        party.legal_organization.id = (REGISTERS.get(buyer.country, ""), _text(buyer.foreign_id))
    if buyer.vat_id and vat:
        party.tax_registrations.add(TaxRegistration(id=("VA", buyer.vat_id)))  # BT-48
    party.electronic_address.uri_ID = _address(buyer)  # BT-49


def _party(party: Any, one: Seller | Buyer, country: str) -> None:
    """What both have: name, contact and postal address (BT-27, 43, 35-40; BT-44, 58, 50-55)."""
    party.name = _text(one.name)
    party.contact.email.address = _text(one.email)
    party.address.line_one = _text(one.street)
    party.address.postcode = _text(one.postcode)
    party.address.city_name = _text(one.city)
    party.address.country_id = country


def _address(one: Seller | Buyer) -> tuple[str, str]:
    """Scheme and address of the net: who has no e-invoice address gets mail. A technical address
    has no scheme in the standard; it belongs to the envelope, as the operator does."""
    scheme, colon, code = one.e_address.partition(":")
    if colon:
        return scheme, code
    if not one.e_address or one.e_address.startswith("TE"):
        return EMAIL, _text(one.email)
    return (OVT if one.e_address.startswith("0037") else IBAN), one.e_address


def _line(number: int, line: InvoiceLine, text: str, untaxed: Untaxed) -> Any:
    """One line. What is given back has a negative quantity: a price may not be one (BR-27)."""
    item = LineItem()
    item.document.line_id = str(number)  # BT-126
    item.product.name = _text(text)  # BT-153
    item.agreement.net.amount = _amount(abs(line.unit_price))  # BT-146
    quantity = -line.quantity if line.unit_price < 0 else line.quantity
    item.delivery.billed_quantity = (Decimal(quantity), PIECE)  # BT-129, BT-130
    tax = item.settlement.trade_tax
    tax.type_code = "VAT"
    tax.category_code = category = _category(line.rate, untaxed)  # BT-151
    if category != CATEGORIES["outside_scope"]:
        tax.rate_applicable_percent = Decimal(line.rate)  # BT-152
    item.settlement.monetary_summation.total_amount = _amount(line.net)  # BT-131
    return item


def _payment(settlement: Any, invoice: Invoice, seller: Seller) -> None:
    """What it is about, when and how it is paid."""
    settlement.currency_code = "EUR"  # BT-5
    settlement.period.start = invoice.from_day  # BT-73
    settlement.period.end = invoice.to_day  # BT-74
    settlement.accounting_account.id = _text(invoice.buyer.cost_centre)  # BT-19
    settlement.terms.add(PaymentTerms(due=invoice.due))  # BT-9
    if invoice.credits:
        before = settlement.invoice_referenced_document
        before.issuer_assigned_id = _text(invoice.credits)  # BT-25
        if invoice.credited_on:
            before.issue_date_time = invoice.credited_on  # BT-26
        return
    settlement.payment_reference = invoice.reference  # BT-83
    means = PaymentMeans(type_code=SEPA_TRANSFER)  # BT-81
    means.payee_account.iban = seller.iban  # BT-84
    means.payee_institution.bic = seller.bic  # BT-86
    settlement.payment_means.add(means)


def _sums(settlement: Any, invoice: Invoice, why: str) -> None:
    """VAT by rate, and the totals."""
    whole = totals(invoice.lines)
    for tax in whole.taxes:
        settlement.trade_tax.add(_tax(tax, why, invoice.untaxed))
    sums = settlement.monetary_summation
    sums.line_total = _amount(whole.net)  # BT-106
    sums.tax_basis_total = _amount(whole.net)  # BT-109
    sums.tax_total = (_amount(whole.tax), "EUR")  # BT-110
    sums.grand_total = _amount(whole.gross)  # BT-112
    sums.due_amount = _amount(whole.gross)  # BT-115


def _tax(tax: Tax, why: str, untaxed: Untaxed) -> Any:
    found = ApplicableTradeTax(type_code="VAT")
    found.calculated_amount = _amount(tax.tax)  # BT-117
    found.basis_amount = _amount(tax.base)  # BT-116
    found.category_code = category = _category(tax.rate, untaxed)  # BT-118
    if category != CATEGORIES["outside_scope"]:
        found.rate_applicable_percent = Decimal(tax.rate)  # BT-119
    if category != STANDARD:
        found.exemption_reason = why  # BT-120
        if code := REASONS.get(untaxed):
            found.exemption_reason_code = code  # BT-121
    return found


def _category(rate: str, untaxed: Untaxed) -> str:
    """Standard, or why a line has no VAT: exempt by law, reverse charge, or not subject to VAT.
    The last forbids VAT numbers and rates (BR-O-02, BR-O-05)."""
    return STANDARD if Decimal(rate) else CATEGORIES[untaxed]


def _amount(cents: Cents) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _text(value: str) -> str:
    """Without characters that XML 1.0 has no way to write."""
    return _NOT_XML.sub("\ufffd", value)
