"""What is promised to people and not kept is found, and the message says what to do."""

from dataclasses import replace

import pytest

from functions.kernel.consequences import Guard
from functions.kernel.definition import Definition, Mail, Transition
from functions.kernel.durations import ByAnswer, Calendar, OnDate
from functions.kernel.roles import Role
from functions.kernel.states import Timer
from tests.planting import (
    CONTACT,
    DAY,
    NEVER,
    QUOTE,
    SUPERVISION,
    Planted,
    action,
    alone,
    form,
    mail,
    role,
    row,
    rows,
    state,
)

TIMES: Planted = (
    *(
        (
            state(d, name, **to),
            f"{name}: time takes {act} before the deadline that people are told; let its timer "
            "come on that day or later",
        )
        for d, name, act, to in (
            (CONTACT, "answered", "lapse", {"timers": (Timer(7 * DAY, action="lapse"),)}),
            (CONTACT, "answered", "lapse", {"deadline": Calendar(working=11)}),
            (
                CONTACT,
                "answered",
                "lapse",
                {"deadline": ByAnswer("topic", {"invoicing": 15 * DAY}, 2 * DAY)},
            ),
            (QUOTE, "quoted", "expire", {"deadline": OnDate("valid_until", 2)}),
        )
    ),
    (
        row(QUOTE, "info_requested", "lapse", forms=("invoice",)),
        "info_requested of request: its timers take lapse, which is no way out for such a case; "
        "add the row, or name the forms of the timer",
    ),
    (
        row(CONTACT, "closed", "purge", guard=NEVER),
        "closed of message: what time does there depends on never alone; add a row for when that "
        "does not hold",
    ),
    (
        rows(QUOTE, without=("scheduled", "postpone")),
        "scheduled of request: what time does there depends on supervisor_in_place alone; add a "
        "row for when that does not hold",
    ),
    *(
        (
            state(CONTACT, "closed", timers=(Timer(length, action="purge"),)),
            "closed of message is kept for more than 12 years; let a timer with a length of its "
            "own erase it sooner",
        )
        for length in (
            Calendar(months=145),
            ByAnswer("topic", {"invoicing": Calendar(months=12)}),
            OnDate("valid_until"),
        )
    ),
    (
        row(
            rows(CONTACT, Transition("purge", "closed", "erased", erases=True, guard=NEVER)),
            "closed",
            "purge",
            guard=Guard("neither", lambda case: False),
        ),
        "closed of message is kept for more than 12 years; let a timer with a length of its own "
        "erase it sooner",
    ),
)
MAILS: Planted = (
    (mail(CONTACT, "receipt", to=""), "mail receipt goes to nobody; name the role that reads it"),
    (
        mail(QUOTE, "changed", newcomers=True, leavers=True),
        "mail changed is for newcomers and leavers; write one for each",
    ),
    (
        state(CONTACT, "converted", timers=(
            Timer(7 * DAY, mail="remind_answer"), Timer(30 * DAY, action="lapse"),
        )),
        "mail remind_answer asks assignee for something in converted of message, where that role "
        "can do nothing; give it an action there, or the mail the purpose status",
    ),
    (
        mail(QUOTE, "scheduled_supervisor", purpose="task"),
        "mail scheduled_supervisor asks supervisor for something in scheduled of request, where "
        "that role can do nothing; give it an action there, or the mail the purpose status",
    ),
    (
        replace(mail(CONTACT, "receipt", shows=("topic",)), visibility={
            **CONTACT.visibility, "topic": {"sender": ("closed",)},
        }),
        "mail receipt tells sender of topic in assigned; let the role see it",
    ),
    (
        form(CONTACT, "message", mails=()),
        "form message asks nobody to confirm; let its mails name one to sender with the purpose "
        "task",
    ),
    (
        state(
            form(CONTACT, "message", mails=()),
            "unconfirmed",
            timers=(Timer(DAY, mail="confirm"), Timer(7 * DAY, action="purge")),
        ),
        "form message asks nobody to confirm; let its mails name one to sender with the purpose "
        "task",
    ),
    (
        mail(CONTACT, "confirm", purpose="status"),
        "form message asks nobody to confirm; let its mails name one to sender with the purpose "
        "task",
    ),
    *(
        (
            d,
            "form message begins in unconfirmed, where sender cannot confirm; give sender the turn "
            "there, and an action that leads on",
        )
        for d in (
            action(CONTACT, "confirm", available_on=("status",)),
            state(CONTACT, "unconfirmed", turn="assignee"),
            row(CONTACT, "unconfirmed", "confirm", target="unconfirmed"),
        )
    ),
    (
        form(CONTACT, "message", assigns=("assignee",), mails=("confirm", "assigned")),
        "mail assigned goes to assignee before sender has confirmed message; send it when that is "
        "done",
    ),
    (
        mail(CONTACT, "confirm", also=("assignee",)),
        "mail confirm goes to sender, assignee before sender has confirmed message; send it when "
        "that is done",
    ),
)  # fmt: skip
CHIEF = Role("chief", source="topics", always="general", apart=("sender",))
PEOPLE: Planted = (
    (
        role(CONTACT, "assignee", key=""),
        "transition unconfirmed-confirm of message gives assignee a place and does not say to "
        "whom; give the role a key that is asked there and required, or always one entry",
    ),
    (
        role(CONTACT, "sender", fields=("name", "other_email", "")),
        "form message gives sender a place and does not say to whom; ask name, other_email there, "
        "required",
    ),
    (
        row(SUPERVISION, "unconfirmed", "confirm", assigns=("coordinator", "supervisee")),
        "transition unconfirmed-confirm of individual gives supervisee a place and does not say to "
        "whom; ask supervisees, members there, required",
    ),
    (
        role(CONTACT, "assignee", apart=()),
        "role assignee looks after what it may have sent as sender",
    ),
    (
        replace(CONTACT, owner="sender", bounced_mail=Mail("unreachable", "sender")),
        "role sender looks after what it may have sent as sender",
    ),
    (
        replace(
            CONTACT,
            owner="chief",
            roles=(*CONTACT.roles, CHIEF),
            bounced_mail=Mail("unreachable", "chief"),
        ),
        "answered of message: chief may not be there",
    ),
)
FAULTS = (*TIMES, *MAILS, *PEOPLE)


@pytest.mark.parametrize(("planted", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_promise_that_is_not_kept_is_found(planted: Definition, fault: str) -> None:
    assert fault in alone(planted)
