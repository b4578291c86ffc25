"""Notes, drawn by modules that are imported when there is one: most requests need none."""


def note_page(language: str, key: str, typed: dict[str, str] | None = None) -> str:
    """See ``functions.render.pages.note_page``."""
    from functions.render import pages

    return pages.note_page(language, key, typed)


def handed_on_page(language: str, names: tuple[str, ...], typed: dict[str, str] | None) -> str:
    """See ``functions.render.pages.handed_on_page``."""
    from functions.render import pages

    return pages.handed_on_page(language, names, typed)


def duty_lost_page(language: str, typed: dict[str, str] | None) -> str:
    """See ``functions.render.pages.duty_lost_page``."""
    from functions.render import pages

    return pages.duty_lost_page(language, typed)
