"""HTML to text, and HTML made safe."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.html import html_to_text, safe_html

TABLE = "<table><tr><th>Item</th><th>Sum</th></tr><tr><td>Lamp</td><td>12 €</td></tr></table>"


@pytest.mark.parametrize(("html", "text"), [
    pytest.param("just text", "just text", id="no markup"),
    pytest.param("a &lt; b &amp; c", "a < b & c", id="entities"),
    pytest.param("<p>One</p><p>Two</p>", "One\n\nTwo", id="paragraphs"),
    pytest.param('<p class="MsoNormal">One</p><p class="MsoNormal">Two</p>', "One\nTwo", id="Outlook's paragraphs are lines"),
    pytest.param("<div>One</div><div>Two</div>", "One\nTwo", id="blocks"),
    pytest.param("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo", id="an empty line of Gmail"),
    pytest.param("One<br>Two<br/><br/>Three", "One\nTwo\n\nThree", id="breaks"),
    pytest.param("<b>O</b>ne <i>two</i>\n three", "One two three", id="inline tags and blanks"),
    pytest.param("<ul><li>a</li><li>b</li></ul>", "- a\n- b", id="list"),
    pytest.param("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b", id="numbered list"),
    pytest.param(TABLE, "Item | Sum\nLamp | 12 €", id="table"),
    pytest.param('<a href="https://example.org/x">here</a>', "here <https://example.org/x>", id="link"),
    pytest.param('<a href="https://example.org/">https://example.org/</a>', "https://example.org/", id="link that shows itself"),
    pytest.param('<a href="mailto:ona@example.org">ona@example.org</a>', "ona@example.org", id="mail link"),
    pytest.param('<a href="javascript:x()">click</a>', "click", id="script link"),
    pytest.param('<img src="x" alt="Logo of us">', "[Logo of us]", id="image with a text"),
    pytest.param('<img src="x" width="1" height="1" alt="t">', "", id="tracking pixel"),
    pytest.param('<span style="display: none">hidden</span>seen', "seen", id="hidden text"),
    pytest.param('<div style="font-size:0px;max-height:0">pre</div>seen', "seen", id="preheader"),
    pytest.param("<style>p{}</style><script>x()</script><p>seen</p>", "seen", id="style and script"),
    pytest.param("<blockquote>theirs<br>two</blockquote>ours", "> theirs\n> two\n\nours", id="quotation"),
    pytest.param("<pre>a  b\n  c</pre>", "a  b\n  c", id="preformatted"),
    pytest.param("a&nbsp;&nbsp;b\u200b", "a b", id="hard blanks and fillers"),
    pytest.param("<p>one<p>two", "one\n\ntwo", id="unclosed"),
    pytest.param("one<hr>two", "one\n" + "_" * 32 + "\ntwo", id="rule"),
])
def test_a_person_can_read_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_nested_tables_of_a_newsletter_keep_their_text() -> None:
    assert html_to_text("<table><tr><td>" * 400 + "deep" + "</td></tr></table>" * 400) == "deep"


@pytest.mark.parametrize(("html", "gone"), [
    ("<script>alert(1)</script>ok", "script"), ('<p onclick="x()">ok</p>', "onclick"), ('<a href="javascript:x()">ok</a>', "javascript"),
    ('<a href="&#106;avascript:x()">ok</a>', "avascript"), ("<iframe src=x></iframe>ok", "iframe"),
    ('<img src="https://t.example.net/p.gif">ok', "<img"),
    ("<svg onload=x()>ok</svg>ok", "onload"), ('<p style="background:url(https://t)">ok</p>', "style"),
    ("<form action=x><input>ok</form>ok", "form"),
    ("<base href=//evil>ok", "base"), ("<meta http-equiv=refresh>ok", "meta"), ("<!-- secret -->ok", "secret"),
    ('<a href="data:text/html,x">ok</a>', "data:"),
])
def test_safe_html_drops_what_runs_or_calls_home(html: str, gone: str) -> None:
    safe = safe_html(html)
    assert gone not in safe
    assert "ok" in safe


def test_safe_html_keeps_text_links_and_own_images() -> None:
    safe = safe_html('<p>Hi <b>you</b> <a href="https://example.org">x</a> <img src="cid:a@b" alt="pic"></p>')
    assert "<b>you</b>" in safe
    assert 'href="https://example.org"' in safe
    assert 'src="cid:a@b"' in safe


@pytest.mark.parametrize("html", [
    "<div>" * 100_000, "<blockquote>x" * 50_000, "<p " + "".join(f"a{n}=1 " for n in range(50_000)) + ">x", "&amp;" * 200_000,
    "<style>" * 100_000,
    "<table><tr><td>x" * 50_000, "<" * 300_000, "<ol><li>x" * 50_000, "<i><p>" * 50_000,
], ids=["divs", "quotations", "attributes", "entities", "styles", "tables", "brackets", "lists", "misnested"])
def test_monstrous_html_takes_less_than_two_seconds(html: str) -> None:
    started = time.perf_counter()
    html_to_text(html)
    safe_html(html)
    assert time.perf_counter() - started < 2 * 2


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/=\"' &;#xpdivablockquote\n\0\ud800é")))
def test_any_text_gives_clean_text(html: str) -> None:
    text = html_to_text(html)
    text.encode("utf-8")
    assert "\0" not in text
    assert "<script" not in safe_html(html + "<script>")
