"""What a Markdown file says of itself above its text."""

import pytest

from qa.reading.markdown import front_matter


@pytest.mark.parametrize(
    ("front", "found"),
    [
        (
            "title: Costs # draft\nauthor: Ann Lee\ndate: 2019-05-24T10:00:00Z\npublisher: 'It''s us'",
            {
                "title": "Costs",
                "author": "Ann Lee",
                "published": "2019-05-24",
                "publisher": "It's us",
            },
        ),
        ('"title": "The \\"big\\" one: costs #1"', {"title": 'The "big" one: costs #1'}),
        ("Authors:\n  - name: Ann Lee\n    email: a@b.c\n  - 'Bob'", {"author": "Ann Lee, Bob"}),
        ('author: [Ann Lee, "Ray, Bob"]', {"author": "Ann Lee, Ray, Bob"}),
        ("date: 24 May 2019", {"published": "2019-05-24"}),
        ("date: soon\ntitle: null\nauthor: *anchor\npublisher: >\n  folded", {}),
        ("book:\n  title: nested", {}),
        ("title: a\n" + "x: y\n" * 10_000, {}),
    ],
)
def test_plain_forms_are_read(front: str, found: dict[str, str]) -> None:
    assert front_matter(f"---\n{front}\n---\n# Text") == found


def test_there_may_be_none() -> None:
    assert front_matter("# Title\n\n---\ntitle: a\n---\n") == {}
    assert front_matter("---\ntitle: never closed\n") == {}
