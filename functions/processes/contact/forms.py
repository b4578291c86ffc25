"""What is asked when somebody writes to us, and when they are answered."""

from functions.kernel.fields import Field, Form, Section

TOPICS = ("general", "supervision", "quotes", "accessibility", "data_subject", "invoicing")

MESSAGE = Form(
    "message",
    opener="sender",
    sections=(
        Section(
            "message",
            (
                Field("topic", "choice", choices=TOPICS),
                Field("message", "longtext", shortest=10, longest=4000),
                Field("name", autocomplete="name"),
                Field("email", "email", autocomplete="email"),
                Field("phone", "phone", required=False, autocomplete="tel", width=20),
                Field("privacy_read", "tick", page="privacy"),
            ),
        ),
    ),
    start="unconfirmed",
    route=("unconfirmed", "assigned", "answered", "closed"),
    mails=("confirm",),
)

ANSWER = Field("answer", "longtext", shortest=10, longest=4000, keep_all_versions=True)
QUESTION = Field("question", "longtext", shortest=10, longest=4000, keep_all_versions=True)
FORM_REFERENCE = Field("form_reference", longest=20)
TO_FORM = Field("to_form", "choice", choices=("individual", "group", "request"))
