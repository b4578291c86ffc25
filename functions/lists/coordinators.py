"""The organisation's own people, each with the duties that they are there for."""

from functions.kernel.directory_lists import PERSON, STATE, DirectoryList, ListField
from functions.kernel.duties import DUTIES
from functions.kernel.fields import Section

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
                ListField("duties", "choice", required=True, many=True, choices=DUTIES),
                ListField("topics", "choice", many=True, found_by="topics"),
            ),
        ),
        STATE,
    ),
)
