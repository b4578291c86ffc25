"""Values that are not what they seem: domains that look like ours, fields and ids of others."""

import pytest

from tests.abuse.http_client import ANSWERS, FORM_PATH, TYPED


class TestDomains:
    @pytest.mark.parametrize(
        "domain",
        [
            "exаmple.org", "еxample.org", "examplе.org", "example.оrg", "exɑmple.org", "ехample.org",
            "xn--exmple-4nf.org", "example.org.evil.com", "evil-example.org", "evil.example.org",
            "example.org@evil.com", "example.com", "examp1e.org", "example.org..fi", "example。org.evil.com",
            "xn--xmple-kva.org", "exâmple.org", "example.org%00.evil.com", "example.org\u3000.evil.com",
            "EXAMPLE.ORG.EVIL.COM", "example..org", "ёxample.org",
        ],
    )  # fmt: skip
    def test_a_domain_that_looks_like_ours_is_not_ours(self, kit, domain):
        typed = {
            **ANSWERS,
            "manager_email": f"matti@{domain}",
            "_step": "review",
            "_key": kit.key(),
        }
        page = kit.post(FORM_PATH, typed).page
        assert (page.status, set(page.errors())) == (422, {"manager_email"})

    @pytest.mark.parametrize(
        "domain",
        [
            "EXAMPLE.ORG",
            "Example.Org",
            "ｅｘａｍｐｌｅ．ｏｒｇ",
            "example。org",
            "exam\u00adple.org",
        ],
    )
    def test_another_spelling_of_our_domain_is_stored_as_ours(self, kit, domain):
        """UTS 46 maps these to our own domain: the mail goes there and nowhere else."""
        typed = {
            **ANSWERS,
            "manager_email": f"matti@{domain}",
            "_step": "review",
            "_key": kit.key(),
        }
        page = kit.post(
            FORM_PATH, {**typed, "applicant_email": f"idna{sum(map(ord, domain))}@example.net"}
        ).page
        assert page.status in (303, 422)
        if page.status != 422:
            case_id = kit.new("submitted", 990, manager_email=f"matti@{domain}")
            assert kit.case(case_id).holders("manager")[0].email == "matti@example.org"


class TestExtraFields:
    def test_what_is_not_declared_has_no_effect(self, kit):
        extra = {
            "id": "x", "case": "x", "party": "p2", "role": "manager", "state": "active", "revision": "9",
            "round": "9", "version": "9", "process": "other", "form": "other", "parties": "[]", "_case": "x",
            "supervisor": "testi", "travel_reimbursed": "yes", "contact_instructions": "Call me instead.",
            "applicant_email": "thief@example.com", "privacy_read": "no", "email": "thief@example.com",
        }  # fmt: skip
        pairs = []
        for n, added in enumerate(({}, extra)):
            mine = f"extra{n}@example.net"
            case_id = kit.new("returned", **{**added, **ANSWERS, "applicant_email": mine})
            typed = {**added, **TYPED["correct"], "action": "correct"}
            assert kit.post(f"/api/t/{kit.token(case_id, 'applicant')}", typed).status == 303
            case = kit.case(case_id)
            assert case.holders("applicant")[0].email == mine
            plain = {k: v for k, v in case.answers.items() if k != "applicant_email"}
            pairs.append(
                (plain, case.state, case.revision, case.round, [p.role for p in case.parties])
            )
        assert pairs[0] == pairs[1]

    def test_others_ids_choose_nobody_who_is_not_offered(self, kit):
        case_id = kit.new("coordinating", 996)
        before = kit.case(case_id)
        path = f"/api/t/{kit.token(case_id, 'coordinator')}"
        for other in (
            "anna",
            "p1",
            "perhekeskus",
            "supervisors",
            "TESTI",
            "testi ,sam",
            "../testi",
        ):
            page = kit.post(path, {"action": "offer", "supervisor": other}).page
            assert (page.status, set(page.errors())) == (422, {"supervisor"})
        assert kit.case(case_id) == before
