"""Which elements of a web page are not its content: menus, share buttons, teasers, forms, notices.

By what the page says of its own parts (`main`, `article`, `nav`, roles, class names), with a guard
throughout: what holds a large share of the page's words is never left out, and where little would
remain the page is read whole. Losing an article's words is worse than keeping a button's.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import islice

from qa.reading.html_tree import NEVER, HtmlElement, walk

_FRAME_TAGS = ("nav", "dialog")
_FRAME_ROLES = frozenset(
    "navigation banner contentinfo search dialog alertdialog menu menubar toolbar tablist".split()
)
_EDGES = ("header", "footer", "aside")  # of a page; inside an article they may be its own
_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:"
    r"share|shares|sharing|sharedaddy|sharebar|social|socials|addtoany|addthis"
    r"|cookies?|gdpr|consent|newsletters?|subscribe|subscription|signup|sign-up|paywall"
    r"|related|relatedposts|recommend(?:ed|ations?)|recirc\w*|you-may|more-(?:from|stories|news|posts)"
    r"|read-(?:more|next)|most-(?:read|popular|viewed)|popular|trending|outbrain|taboola|teasers?"
    r"|breadcrumbs?|pagination|pager|paging|nav|navbar|navigation|menu|submenu|dropdown|sitemap"
    r"|sidebar|widgets?|masthead|footer|banner|promo|promos|promotions?|advert\w*|ads?|sponsor\w*"
    r"|popup|modal|overlay|lightbox|toolbar|tooltip|skip-link|skip-to\w*|skiplinks?"
    r"|tags|tag-list|tagcloud|tag-cloud|post-tags|entry-utility|post-navigation|prev-next|author-bio"
    r"|comment-?form|comment-respond|commentrespond|respond|comment-reply\w*|reply-link"
    r"|login|log-in|searchform|search-form|search-box|searchbox|noprint|no-print|hidden-print"
    r"|rating|ratings|vote|voting"
    r")(?=[\s_-]|$)"
)
# Ids are also made of headings' words ("related-costs"), so that fewer of them tell.
_IDS = re.compile(
    r"(?:^|[\s_-])(?:sidebar|(?:site-?)?footer|masthead|(?:main-?|site-?|top-?)?nav(?:bar|igation)?"
    r"|(?:main-?|site-?)menu|breadcrumbs?|respond|commentform|cookie-?(?:banner|notice|bar|consent|law)"
    r"|sharing|social-?(?:share|media|links)|related-?(?:posts|articles|stories|content)|jp-relatedposts"
    r"|newsletter-?\w*|searchform|search-?box)(?:$|[\s_-])"
)
_ANCHORS = re.compile("headerlink|anchor|permalink")
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KEPT_TAGS = frozenset("html body main article h1 h2 h3 h4 h5 h6 td tr tbody table b i em".split())
_COMMENT_CLASSES = frozenset(
    "comment comment-item comment-entry comment-thread__item user-comment commentitem".split()
)
_COMMENT_TAGS = frozenset("li article div section".split())
_LISTS_OF_COMMENTS = frozenset(
    "comments comment-list commentlist comments-list comments-area comment-thread".split()
)
_ARTICLE_BODIES = frozenset(
    "article-body article__body articlebody entry-content post-content post-body article-content "
    "story-body storybody story-content content-main main-content maincontent".split()
)
_MAX_SHARE = 0.4  # of a page's characters that a part with a telling name may hold
_MIN_MAIN = 0.5  # of the characters outside links that the main part must hold
_MIN_OWN = 0.1  # of all characters, or the page is an index of links
_MAX_LEFT_OUT = 0.8  # of those; if the names tell to leave out more, they aren't believed
_MAX_FORM = 600  # characters
_MAX_FIELDS = 100  # of a form that are looked at
_MENU_LINKS = 4
_MENU_LINK = 25  # characters of a link on average; those of a list of sources are longer


@dataclass(slots=True)
class _Size:
    """What an element holds, in characters without white space."""

    all: int = 0
    linked: int = 0
    links: int = 0  # how many
    title: bool = False  # a first-level heading

    @property
    def own(self) -> int:
        return self.all - self.linked


def is_comment(element: HtmlElement) -> bool:
    """Whether it is one reader's comment, with the replies to it."""
    if element.tag not in _COMMENT_TAGS:
        return False
    kind = element.get("itemtype") or ""
    names = element.get("class")
    if kind.endswith(("schema.org/Comment", "schema.org/UserComments")):
        return True
    return names is not None and not _COMMENT_CLASSES.isdisjoint(names.lower().split())


def beside_content(root: HtmlElement, *, whole: bool = False) -> Set[HtmlElement]:
    """Return the elements that are passed over, each with all that is in it.

    Args:
        root: Of the page.
        whole: Whether only what isn't shown is passed over, as for a chapter or a mail.
    """
    hidden: set[HtmlElement] = set()
    sizes = _sizes(root, hidden)
    page = sizes[root]
    if not page.all:  # the page shows nothing before its script has run
        hidden = set()
        sizes = _sizes(root, hidden, shown=False)
        page = sizes[root]
    if whole:
        return hidden | set(root.iter("nav"))
    frame = _frame(root, sizes)
    if sum(sizes[element].own for element in frame) > _MAX_LEFT_OUT * page.own:
        return hidden | {element for element in frame if element.tag in _FRAME_TAGS}
    left_out = hidden | frame
    return left_out | _outside(root, _main(root, left_out), left_out)


def _sizes(
    root: HtmlElement, hidden: set[HtmlElement], *, shown: bool = True
) -> dict[HtmlElement, _Size]:
    """Return the size of every element; adds to `hidden` those that aren't shown if `shown`."""
    sizes: dict[HtmlElement, _Size] = {}
    open_elements: list[_Size] = []
    links = 0
    steps = walk(root)
    skipped: HtmlElement | None = None
    for event, element in steps:
        if event == "start":
            if shown and _is_hidden(element):
                hidden.add(element)
            if element.tag in NEVER or element in hidden:
                skipped = element
                steps.skip_subtree()
                continue
            link = element.tag == "a"
            size = sizes[element] = _Size(links=int(link), title=element.tag == "h1")
            open_elements.append(size)
            links += link
            _count(size, element.text, links)
            continue
        if element is skipped:
            skipped = None
        else:
            links -= element.tag == "a"
            size = open_elements.pop()
            if open_elements:
                above = open_elements[-1]
                above.all += size.all
                above.linked += size.linked
                above.links += size.links
                above.title = above.title or size.title
        if open_elements:
            _count(open_elements[-1], element.tail, links)
    return sizes


def _count(size: _Size, text: str | None, links: int) -> None:
    if text:
        length = sum(map(len, text.split()))
        size.all += length
        if links:
            size.linked += length


def _is_hidden(element: HtmlElement) -> bool:
    if element.tag in ("html", "body"):
        return False
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _NOT_SHOWN.search(style))


def _frame(root: HtmlElement, sizes: dict[HtmlElement, _Size]) -> set[HtmlElement]:
    """Return what by its name is no content."""
    found: set[HtmlElement] = set()
    page = sizes[root]
    articles = 0
    steps = walk(root)
    for event, element in steps:
        inner = element.tag in ("article", "main")
        if event == "end":
            articles -= inner
            continue
        articles += inner
        size = sizes.get(element)
        if size is None:
            steps.skip_subtree()
        elif (
            size.all
            and size.own <= _MAX_SHARE * page.own
            and page.own >= _MIN_OWN * page.all
            and _is_frame(element, size, articles > 0)
        ):
            found.add(element)
            steps.skip_subtree()
    return found


def _is_frame(element: HtmlElement, size: _Size, in_article: bool) -> bool:
    tag = element.tag
    if tag in _KEPT_TAGS:
        return False
    role = element.get("role")
    if tag in _FRAME_TAGS or (role and role.lower() in _FRAME_ROLES):
        return not size.title
    if element.get("aria-modal") == "true":
        return True
    if tag in _EDGES and not in_article:
        return not size.title
    if tag == "form":
        return not size.title and size.all <= _MAX_FORM and _asks(element)
    if tag in ("ul", "ol") and not in_article and _is_menu(size):
        return True
    if size.title:
        return False
    names, name = element.get("class"), element.get("id")
    if names and _has(names, _LISTS_OF_COMMENTS):
        return False
    if tag == "a" and size.all == 1:  # "¶" beside a heading
        return bool(names and _ANCHORS.search(names))
    return bool((names and _CLASSES.search(names.lower())) or (name and _IDS.search(name.lower())))


def _is_menu(size: _Size) -> bool:
    return (
        size.linked >= 0.9 * size.all
        and size.links >= _MENU_LINKS
        and size.all < _MENU_LINK * size.links
    )


def _asks(form: HtmlElement) -> bool:
    fields = islice(form.iterdescendants("input", "textarea", "select"), _MAX_FIELDS)
    return any(field.get("type") not in ("hidden", "submit", "button") for field in fields)


def _main(root: HtmlElement, left_out: Set[HtmlElement]) -> HtmlElement | None:
    """Return the smallest element that says of itself to be the content, and holds most of it."""
    left = _sizes(root, set(left_out), shown=False)
    page = left[root]
    best: HtmlElement | None = None
    for element in root.iter("main", "article", "div", "section", "td"):
        size = left.get(element)
        if size is None or not _says_main(element) or size.own < _MIN_MAIN * page.own:
            continue
        best = element
    return best


def _says_main(element: HtmlElement) -> bool:
    if element.tag in ("main", "article") or element.get("role") in ("main", "article"):
        return True
    if "articleBody" in (element.get("itemprop") or "").split():
        return True
    return _has(element.get("class") or "", _ARTICLE_BODIES) or (
        (element.get("id") or "").lower() in _ARTICLE_BODIES
    )


def _outside(
    root: HtmlElement, main: HtmlElement | None, left_out: Set[HtmlElement]
) -> set[HtmlElement]:
    """Return what stands beside the main part; the title and readers' comments stay."""
    if main is None:
        return set()
    kept = {main}
    above = set(main.iterancestors())
    has_title = next(main.iter("h1"), None) is not None
    for element in root.iter("h1", *_COMMENT_TAGS):
        wanted = (
            not has_title
            if element.tag == "h1"
            else _has(element.get("class") or "", _LISTS_OF_COMMENTS)
            or (element.get("id") or "").lower() in _LISTS_OF_COMMENTS
            or is_comment(element)
        )
        if wanted and element not in above:
            has_title = has_title or element.tag == "h1"
            kept.add(element)
            for ancestor in element.iterancestors():
                if ancestor in above or ancestor in kept:
                    break
                above.add(ancestor)
    found: set[HtmlElement] = set()
    steps = walk(root)
    for event, element in steps:
        if event == "end":
            continue
        if element in kept or element in left_out:
            steps.skip_subtree()
        elif element not in above and element.tag != "head":
            found.add(element)
            steps.skip_subtree()
    return found


def _has(names: str, wanted: Set[str]) -> bool:
    return not wanted.isdisjoint(names.lower().split())
