"""The organisation's own people, each with the duties that they are there for."""

from functions.kernel.directory_lists import PERSON, STATE, DirectoryList
from functions.kernel.duties import DUTIES
from functions.kernel.fields import Field, Section

LIST = DirectoryList(
    name="coordinators",
    kind="coordinator",
    position=2,
    people=True,
    sections=(
        PERSON,
        Section(
            "duties",
            (
                Field("duties", "choice", many=True, choices=DUTIES),
                Field("topics", "choice", required=False, many=True, offers="topics"),
            ),
        ),
        STATE,
    ),
)
