"""What people and departments are called in a letter: honorifics, and what was typed along."""

_PARTS = ("部", "課", "室", "係", "局", "所", "科", "班", "センター", "グループ", "チーム", "本部")
_HONORIFICS = ("様", "殿", "御中", "先生")


def clean(text: str) -> str:
    """One line, single spaces: what people typed into a cell, fit for print."""
    return " ".join(text.split())


def name_of(text: str) -> str:
    """A person's name for print: templates add 様, so one that was typed along goes.

    >>> name_of("見本 太郎様"), name_of("見本　太郎　殿"), name_of("様")
    ('見本 太郎', '見本 太郎', '様')
    """
    name = clean(text)
    words = name.split(" ")
    if len(words) > 2 and words[-1] in _HONORIFICS:
        return " ".join(words[:-1])
    return name.removesuffix("様").rstrip() if len(name) > 1 else name


def honoured(name: str) -> str:
    """The name with 様, unless it has an honorific or is a department (御中)."""
    name = clean(name)
    if not name or name.endswith(_HONORIFICS):
        return name
    return f"{name} {'御中' if name.endswith(_PARTS) else '様'}"


def split_contact(contact: str) -> tuple[str, str]:
    """部署 and 氏名 of 「人事部 労務課 見本 花子」; a department alone is the addressee itself."""
    words = contact.split(" ")
    count = 0
    while count < len(words) and words[count].endswith(_PARTS):
        count += 1
    if count == len(words) or words[count:] == ["御中"]:
        return "", contact
    return " ".join(words[:count]), " ".join(words[count:])
