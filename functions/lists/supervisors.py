"""Supervisors, who take on what they are offered and keep their own entry."""

from functions.kernel.directory_lists import (
    KEY,
    PERSON,
    STATE,
    DirectoryList,
    ListField,
    pattern,
)
from functions.kernel.fields import Section

# Languages that people in Finland are most often supervised in, by ISO 639 code.
_LANGUAGES = ("fi", "sv", "en", "se", "smn", "sms", "fse", "et", "ru", "uk", "de", "fr", "es", "ar")
_PICTURE = pattern("picture", r"[A-Za-z0-9][A-Za-z0-9_-]*\.(jpg|jpeg|png|webp)", "maija.jpg")

LIST = DirectoryList(
    name="supervisors",
    kind="supervisor",
    position=3,
    in_files=(KEY, ListField("picture", code=_PICTURE)),
    people=True,
    duty="supervising",
    own_page="own",
    counters=("ongoing", "queued"),
    sections=(
        PERSON,
        Section(
            "skills",
            (
                ListField("education", "longtext", longest=1000),
                ListField("experience", "longtext", longest=4000),
                ListField("licence"),
                ListField("qualification_year", "number", lowest=1900, highest=2100),
                ListField("framework", "longtext", longest=500),
                ListField("membership", longest=200),
            ),
        ),
        Section(
            "work",
            (
                ListField(
                    "forms",
                    "choice",
                    required=True,
                    many=True,
                    choices_of="form_of_supervision",
                ),
                ListField("sectors", "choice", many=True, sectors=True),
                ListField(
                    "languages",
                    required=True,
                    many=True,
                    code=pattern("language_code", "[a-z]{2,3}", "fi"),
                    choices=_LANGUAGES,
                    others=True,
                    languages=True,
                ),
                ListField("place"),
                ListField("online", "yesno"),
            ),
        ),
        Section(
            "room",
            (
                ListField("maximum", "number", required=True, lowest=0, highest=999),
                ListField("ongoing_elsewhere", "number", lowest=0, highest=999),
                ListField("longest_new_process", "number", lowest=1, highest=999),
                ListField("schedule_limits", "longtext", longest=500),
            ),
        ),
        # Offered as the answer to "how to get in touch", so it has that field's limits.
        Section("contact", (ListField("contact", "longtext", shortest=5, longest=1000),)),
        Section("public", (ListField("published", "yesno"),)),
        STATE,
    ),
)
