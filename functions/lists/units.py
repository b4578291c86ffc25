"""Units of the organisation: applicants pick theirs, and its coordinators get the application."""

from functions.kernel import LANGUAGES
from functions.kernel.directory_lists import KEY_CODE, LANGUAGE, STATE, DirectoryList
from functions.kernel.duties import UNITS
from functions.kernel.fields import Field, Section

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
                *(Field(name) for name in _NAMES),
                Field("employer"),
            ),
        ),
        Section(
            "handling",
            (
                LANGUAGE,
                Field("coordinators", many=True, code=KEY_CODE, source="coordinators", duty=UNITS),
            ),
        ),
        STATE,
    ),
)
