"""Small office files, made by hand for the tests of their readers."""

import zipfile
from io import BytesIO

from qa.reading.building import Draft

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DCTERMS = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


def packed(parts: dict[str, str | bytes]) -> bytes:
    """Return a ZIP file of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return file.getvalue()


def related(**targets: str) -> str:
    """Return a part of relationships: by id, "kind target"."""
    lines = []
    for key, said in targets.items():
        kind, target = said.split()
        lines.append(f'<Relationship Id="{key}" Type="{_RELATIONSHIPS}/{kind}" Target="{target}"/>')
    return f"<Relationships>{''.join(lines)}</Relationships>"


def core(title: str, author: str, created: str) -> str:
    """Return the part of a Microsoft file's properties."""
    return (
        f"<coreProperties {_DCTERMS}><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>"
        f"<dcterms:created>{created}</dcterms:created></coreProperties>"
    )


def seen(draft: Draft) -> list[tuple[str, str, str | None]]:
    """Return each block's kind, text and section."""
    return [(x.kind, draft.text[x.start : x.end], x.section) for x in draft.blocks]


def where(draft: Draft, words: str) -> str:
    """Return the place of words in a draft."""
    start = draft.text.index(words)
    return str(draft.places.at(start, start + len(words)))
