"""Supervisors, who take on what they are offered and keep their own entry."""

from functions.kernel.directory_lists import KEY, PERSON, STATE, DirectoryList, pattern
from functions.kernel.fields import Field, Section

# Languages that people in Finland are most often supervised in, by ISO 639 code.
_LANGUAGES = ("fi", "sv", "en", "se", "smn", "sms", "fse", "et", "ru", "uk", "de", "fr", "es", "ar")
_PICTURE = pattern("picture", r"[A-Za-z0-9][A-Za-z0-9_-]*\.(jpg|jpeg|png|webp)", "maija.jpg")

LIST = DirectoryList(
    name="supervisors",
    kind="supervisor",
    position=3,
    in_files=(KEY, Field("picture", required=False, code=_PICTURE)),
    people=True,
    duty="supervising",
    own_page="own",
    counters=("ongoing", "queued"),
    shown=("contact", "published"),
    sections=(
        PERSON,
        Section(
            "skills",
            (
                Field("education", "longtext", required=False, longest=1000),
                Field("experience", "longtext", required=False, longest=4000),
                Field("licence", required=False),
                Field("qualification_year", "number", required=False, lowest=1900, highest=2100),
                Field("framework", "longtext", required=False, longest=500),
                Field("membership", required=False, longest=200),
            ),
        ),
        Section(
            "work",
            (
                Field("forms", "choice", many=True, offers="form_of_supervision"),
                Field("sectors", "choice", required=False, many=True, offers="sectors"),
                Field(
                    "languages",
                    many=True,
                    code=pattern("language_code", "[a-z]{2,3}", "fi"),
                    choices=_LANGUAGES,
                    others=True,
                    languages=True,
                ),
                Field("place", required=False),
                Field("online", "yesno", required=False),
            ),
        ),
        Section(
            "capacity",
            (
                Field("maximum", "number", lowest=0, highest=999),
                Field("ongoing_elsewhere", "number", required=False, lowest=0, highest=999),
                Field("longest_new_process", "number", required=False, lowest=1, highest=999),
                Field("schedule_limits", "longtext", required=False, longest=500),
            ),
        ),
        # Offered as the answer to "how to get in touch", so it has that field's limits.
        Section(
            "contact", (Field("contact", "longtext", required=False, shortest=5, longest=1000),)
        ),
        Section("public", (Field("published", "yesno", required=False),)),
        STATE,
    ),
)
