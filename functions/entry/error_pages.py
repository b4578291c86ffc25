"""Pages that say what went wrong. The renderer is imported when one is made: most requests need
none."""

from collections.abc import Mapping


def message_page(
    language: str,
    key: str,
    typed: dict[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """See ``functions.render.page.pages.message_page``."""
    from functions.render.page import pages

    return pages.message_page(language, key, typed, values)


def handed_on_page(language: str, names: tuple[str, ...], typed: dict[str, str] | None) -> str:
    """See ``functions.render.page.pages.handed_on_page``."""
    from functions.render.page import pages

    return pages.handed_on_page(language, names, typed)


def open_desk_page(language: str, path: str, email: str) -> str:
    """See ``functions.render.page.desk_link.open_desk_page``."""
    from functions.render.page import desk_link

    return desk_link.open_desk_page(language, path, email)


def old_desk_page(
    language: str,
    path: str,
    email: str,
    standing: str,
    typed: dict[str, str] | None,
    *,
    done: bool,
) -> str:
    """See ``functions.render.page.desk_link.old_desk_page``."""
    from functions.render.page import desk_link

    return desk_link.old_desk_page(language, path, email, standing, typed=typed, done=done)


def duty_lost_page(language: str, typed: dict[str, str] | None) -> str:
    """See ``functions.render.page.pages.duty_lost_page``."""
    from functions.render.page import pages

    return pages.duty_lost_page(language, typed)
