"""Units of the organisation: applicants pick theirs, and its coordinators get the application."""

from functions.kernel import LANGUAGES
from functions.kernel.directory_lists import KEY_CODE, LANGUAGE, STATE, DirectoryList, ListField
from functions.kernel.duties import UNITS
from functions.kernel.fields import Section

_NAMES = tuple(f"name_{language}" for language in LANGUAGES)

LIST = DirectoryList(
    name="units",
    kind="unit",
    position=1,
    named=_NAMES,
    sections=(
        Section(
            "names",
            (
                *(ListField(name, required=True) for name in _NAMES),
                ListField("employer", required=True),
            ),
        ),
        Section(
            "handling",
            (
                LANGUAGE,
                ListField(
                    "coordinators",
                    required=True,
                    many=True,
                    code=KEY_CODE,
                    source="coordinators",
                    duty=UNITS,
                ),
            ),
        ),
        STATE,
    ),
)
