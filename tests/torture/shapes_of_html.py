"""Hostile HTML: nesting, attributes, entities, style sheets, tables, quotations."""

from __future__ import annotations

from tests.torture.shapes import LARGEST, MEGABYTE, both, page, repeated, shape

ROOM = 5 * MEGABYTE


def _of(piece: bytes, size: int = ROOM) -> bytes:
    return page(b"<html><body>" + repeated(piece, size))


@shape
def html_of_50_mb() -> bytes:
    return _of(b"<p>A usual <b>line</b> of a very long page.</p>\r\n", LARGEST - 10_000)


@shape
def html_of_divs() -> bytes:
    return _of(b"<div>")


@shape
def html_of_divs_below_the_limit() -> bytes:
    return page(b"<div>" * 990 + b"<p>x</p>" * 100_000)


@shape
def html_of_many_names() -> bytes:
    return page(b"".join(b"<x%d>" % n for n in range(100_000)))


@shape
def html_of_opened_paragraphs() -> bytes:
    return _of(b"<p>x")


@shape
def html_of_paragraphs_in_bold() -> bytes:
    return _of(b"<p><b><i><u><font color=red>x")


@shape
def html_of_crossed_formats() -> bytes:
    return _of(b"<b><p></b></p><a href=x><p></a>")


@shape
def html_of_anchors() -> bytes:
    return _of(b"<a href=http://example.org/x>x")


@shape
def html_of_closed_anchors() -> bytes:
    return _of(b'<a href="http://example.org/xyz">click</a>')


@shape
def html_of_ends() -> bytes:
    return _of(b"</div></p></br>")


@shape
def html_of_tables() -> bytes:
    return _of(b"<table><tr><td>")


@shape
def html_of_cells() -> bytes:
    return page(b"<table><tr>" + b"<td>x" * 300_000)


@shape
def html_of_text_in_tables() -> bytes:
    return page(b"<table>" + b"x<b>y" * 190_000)


@shape
def html_of_table_rows_without_table() -> bytes:
    return _of(b"<table>x<tr>y<td>z</table>")


@shape
def html_of_lists() -> bytes:
    return _of(b"<ul><li>x")


@shape
def html_of_list_items() -> bytes:
    return page(b"<ol>" + b"<li>x" * 190_000)


@shape
def html_of_list_items_deep() -> bytes:
    return page(b"<ol>" + b"<span>" * 900 + b"<li>x</li>" * 90_000)


@shape
def html_of_quotations() -> bytes:
    return _of(b"<blockquote type=cite>x")


@shape
def html_of_quotations_closed() -> bytes:
    return _of(b"<blockquote type=cite>x</blockquote>y")


@shape
def html_of_gmail_quotes() -> bytes:
    html = b"<div class=gmail_quote>On Mon x wrote:<blockquote>x</blockquote></div>" * 12_000
    return both(b"yes\n" + b"On Mon x wrote:\n> x\n" * 12_000, html)


@shape
def html_of_quotes_that_begin_alike() -> bytes:
    return both(b"same words again and again\n" * 80_000, b"<p>same words again and again</p>" * 15_000
                + b"<div class=gmail_quote>same words again and again</div>")


@shape
def html_of_borders() -> bytes:
    return both(b"x\n" * 1000, b'<div style="border-top: 1px">From: x</div>' * 9_000)


@shape
def html_of_rulers_with_tabindex() -> bytes:
    return both(b"x\n" * 1000, b"<hr tabindex=-1>" * 9_900 + b"x")


@shape
def html_of_a_million_attributes() -> bytes:
    return page(b"<div " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">x")


@shape
def html_of_a_million_attributes_without_value() -> bytes:
    return page(b"<div " + b"".join(b"a%d " % n for n in range(100_000)) + b">x")


@shape
def html_of_attributes_with_slashes() -> bytes:
    return page(b"<div" + b"".join(b"/a%d" % n for n in range(140_000)) + b">x")


@shape
def html_of_attributes_with_tabs() -> bytes:
    return page(b"<div" + b"".join(b"\ta%d" % n for n in range(140_000)) + b">x")


@shape
def html_of_attributes_with_line_ends() -> bytes:
    return page(b"<div" + b"".join(b"\na%d" % n for n in range(140_000)) + b">x")


@shape
def html_of_attributes_with_quotes() -> bytes:
    return page(b"<div" + b"".join(b'a%d"' % n for n in range(120_000)) + b">x")


@shape
def html_of_attributes_behind_an_angle() -> bytes:
    return page(b'<div a="<" ' + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">x")


@shape
def html_of_tags_with_900_attributes() -> bytes:
    return page((b"<b " + b"".join(b"a%d=1 " % n for n in range(600)) + b">x</b>") * 230)


@shape
def html_of_tags_with_ids() -> bytes:
    return page(b"".join(b"<b id=%d>x" % n for n in range(60_000)))


@shape
def html_of_open_formats_carried_on() -> bytes:
    return page(b"".join(b"<b id=%d>" % n for n in range(900)) + b"<p>x</p>" * 20_000)


@shape
def html_of_open_formats_in_paragraphs() -> bytes:
    return page(b"".join(b"<font id=%d>" % n for n in range(900)) + b"<p>x" * 100_000)


@shape
def html_of_long_attribute() -> bytes:
    return page(b'<div title="' + b"x" * 4_000_000 + b'">x</div>')


@shape
def html_of_styles() -> bytes:
    return _of(b'<p style="' + b";" * 2_000 + b'display:none">x</p>')


@shape
def html_of_styles_of_blanks() -> bytes:
    return _of(b'<p style="' + b" " * 20_000 + b'x:y">x</p>')


@shape
def html_of_styles_of_semicolons_and_blanks() -> bytes:
    return page(b'<p style="a:b' + b"; " * 400_000 + b'">x</p>')


@shape
def html_of_styles_of_zero() -> bytes:
    return page(b'<p style="a:b' + b";font-size:0" + b" " * 900_000 + b'x">x</p>')


@shape
def html_of_margins() -> bytes:
    return page(b'<p style="' + b"margin" + b" " * 900_000 + b'x">x</p>')


@shape
def html_of_margins_repeated() -> bytes:
    return page(b'<p style="' + b"margin " * 130_000 + b'x">x</p>')


@shape
def html_of_entities() -> bytes:
    return _of(b"&amp;")


@shape
def html_of_entities_below_the_limit() -> bytes:
    return page(b"<p>" + b"&CounterClockwiseContourIntegral;" * 30_000)


@shape
def html_of_numeric_entities() -> bytes:
    return _of(b"&#x1F600;")


@shape
def html_of_open_entities() -> bytes:
    return _of(b"&#" + b"9" * 1_000)


@shape
def html_of_bare_ampersands() -> bytes:
    return _of(b"& ")


@shape
def html_of_comments() -> bytes:
    return _of(b"<!--x-->")


@shape
def html_of_open_comments() -> bytes:
    return _of(b"<!--")


@shape
def html_of_comment_dashes() -> bytes:
    return page(b"<!--" + b"-" * 4_000_000)


@shape
def html_of_declarations() -> bytes:
    return _of(b"<!x><?y>")


@shape
def html_of_open_angles() -> bytes:
    return _of(b"<")


@shape
def html_of_open_tags() -> bytes:
    return _of(b"<a")


@shape
def html_of_open_scripts() -> bytes:
    return _of(b"<script>")


@shape
def html_of_scripts() -> bytes:
    return _of(b"<script>x</script>")


@shape
def html_of_open_styles_deep() -> bytes:
    return page(b"<div>" * 1_100 + b"<style x" * 120_000)


@shape
def html_of_style_sheets() -> bytes:
    return _of(b"<style>p{color:red;}a{b:c}</style>")


@shape
def html_of_one_style_sheet() -> bytes:
    return page(b"<style>" + b"@import url(x);a>b~c+d[e^=f]{g:h}" * 140_000 + b"</style><p>x")


@shape
def html_of_templates() -> bytes:
    return _of(b"<template>")


@shape
def html_of_svg() -> bytes:
    return _of(b"<svg><g>")


@shape
def html_of_math() -> bytes:
    return _of(b"<math><mi>x</math>")


@shape
def html_of_selects() -> bytes:
    return _of(b"<select><option>x")


@shape
def html_of_forms() -> bytes:
    return _of(b"<form><input></form>")


@shape
def html_of_frames() -> bytes:
    return page(b"<frameset>" + b"<frame>" * 100_000)


@shape
def html_of_bodies() -> bytes:
    return page(b"".join(b"<body a%d=1>" % n for n in range(80_000)))


@shape
def html_of_html_elements() -> bytes:
    return page(b"".join(b"<html a%d=1>" % n for n in range(80_000)))


@shape
def html_of_pre() -> bytes:
    return page(b"<pre>" + b"x\n" * 450_000)


@shape
def html_of_breaks() -> bytes:
    return page(b"x" + b"<br>" * 240_000 + b"y")


@shape
def html_of_blanks() -> bytes:
    return page(b"<p>x" + b" &nbsp;" * 140_000 + b"y")


@shape
def html_of_blank_lines() -> bytes:
    return page(b"<pre>x" + b"\n \t" * 320_000 + b"y</pre>")


@shape
def html_of_zero_width_blanks() -> bytes:
    return page(b"<p>x" + "\u200b\u00ad".encode() * 200_000 + b"y")


@shape
def html_of_images() -> bytes:
    return _of(b'<img src="cid:x" alt="picture" width=1>')


@shape
def html_of_images_without_source() -> bytes:
    return _of(b"<img alt=x")


@shape
def html_of_links_in_one_line() -> bytes:
    return page(b"<p>" + b'<a href="http://a.example/">b</a>' * 30_000)


@shape
def html_of_long_links() -> bytes:
    return page(b'<a href="http://a.example/?' + b"x" * 480_000 + b'">' + b"y" * 480_000 + b"</a>")


@shape
def html_of_nested_links() -> bytes:
    return page(b'<div><a href="http://a.example/">b<span>' * 400)


@shape
def html_of_ruby() -> bytes:
    return _of(b"<ruby><rt>x<rp>y")


@shape
def html_of_cjk() -> bytes:
    return page(("<p>" + "我的订单" * 1_000 + "</p>").encode() * 240)


@shape
def html_of_words_split() -> bytes:
    return _of(b"<span>w</span>")


@shape
def html_of_capital_tags() -> bytes:
    return _of(b"<DIV><P>x</P></DIV>")


@shape
def html_of_values_in_values() -> bytes:
    return _of(b"<a b=\"<a b='")


@shape
def html_of_values_without_end() -> bytes:
    return _of(b"<a b=x'")


@shape
def html_of_tags_within_names() -> bytes:
    return page(b"<p>Hello</p>" + b"<a<b" * 240_000)


@shape
def html_of_tags_with_999_attributes() -> bytes:
    return page((b"<b" + b"".join(b" %x" % n for n in range(999)) + b">x</b>") * 220)


@shape
def html_of_a_large_image_in_itself() -> bytes:
    return page(b'<p>Hello</p><img src="data:image/png;base64,' + b"iVBORw0KGgo/AAA+" * 2_000_000 + b'">')
