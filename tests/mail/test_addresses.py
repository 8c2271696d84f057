"""Address lists, as they are written and as they are meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbridge.mail.addresses import parse_addresses


@pytest.mark.parametrize(("value", "found"), [
    pytest.param("a@x.org", [("", "a@x.org")], id="bare"),
    pytest.param("Ona <a@X.ORG>", [("Ona", "a@x.org")], id="domain in lower case, local part as written"),
    pytest.param("Ona <Ona.P@x.org>, b@x.org", [("Ona", "Ona.P@x.org"), ("", "b@x.org")], id="list"),
    pytest.param('"P., Ona" <a@x.org>', [("P., Ona", "a@x.org")], id="quoted comma"),
    pytest.param('"a \\"b\\" c" <a@x.org>', [('a "b" c', "a@x.org")], id="quoted quotes"),
    pytest.param("P., Ona <a@x.org>", [("P., Ona", "a@x.org")], id="bare comma in a name"),
    pytest.param("root, Ona <a@x.org>", [("root, Ona", "a@x.org")], id="bare word before a name"),
    pytest.param("a@x.org (Ona P.)", [("Ona P.", "a@x.org")], id="name in a comment"),
    pytest.param("Ona (office) <a@x.org>", [("Ona", "a@x.org")], id="comment beside a name"),
    pytest.param("<a@x.org>", [("", "a@x.org")], id="brackets only"),
    pytest.param("<<a@x.org>>", [("", "a@x.org")], id="double brackets"),
    pytest.param("Ona <a@x.org", [("Ona", "a@x.org")], id="bracket not closed"),
    pytest.param("Ona a@x.org", [("Ona", "a@x.org")], id="no brackets at all"),
    pytest.param("Ona [a@x.org]", [("Ona", "a@x.org")], id="other brackets"),
    pytest.param("Ona <mailto:a@x.org>", [("Ona", "a@x.org")], id="mailto"),
    pytest.param("<@relay.org,@b.org:a@x.org>", [("", "a@x.org")], id="source route, RFC 5322 4.4"),
    pytest.param('"b@bank.org" <a@x.org>', [("b@bank.org", "a@x.org")], id="address in a name"),
    pytest.param("b@bank.org <a@x.org>", [("b@bank.org", "a@x.org")], id="address as a bare name"),
    pytest.param("'Ona' <a@x.org>", [("Ona", "a@x.org")], id="single quotes"),
    pytest.param("=?utf-8?Q?P=2E,_Ona?= <a@x.org>", [("P., Ona", "a@x.org")], id="comma inside an encoded word"),
    pytest.param("=?utf-8?Q?=3Ca=40x=2Eorg=3E?=", [("", "a@x.org")], id="everything encoded"),
    pytest.param("=?utf-8?B?T25h?=<a@x.org>", [("Ona", "a@x.org")], id="no blank after the word"),
    pytest.param("Team: a@x.org, b@x.org;, c@x.org", [("", "a@x.org"), ("", "b@x.org"), ("", "c@x.org")], id="group"),
    pytest.param("undisclosed-recipients:;", [], id="empty group"),
    pytest.param("a@x.org;b@x.org", [("", "a@x.org"), ("", "b@x.org")], id="semicolons"),
    pytest.param('"a b"@x.org', [("", '"a b"@x.org')], id="quoted local part"),
    pytest.param("Ona", [("", "Ona")], id="one bare atom"),
    pytest.param("Ona Petraite", [("Ona Petraite", "")], id="a name and no address"),
    pytest.param("<MAILER-DAEMON>", [("", "MAILER-DAEMON")], id="local part only"),
    pytest.param("<>", [], id="null sender"),
    pytest.param("", [], id="empty"),
    pytest.param(", ,", [], id="commas"),
    pytest.param("a@пример.рф", [("", "a@пример.рф")], id="domain in Cyrillic"),
    pytest.param("Ona\r\n <a@x.org>", [("Ona", "a@x.org")], id="folded"),
])
def test_addresses_are_read(value: str, found: list[tuple[str, str]]) -> None:
    assert [(address.name, address.address) for address in parse_addresses(value)] == found


def test_raw_bytes_in_a_name_are_read_with_the_hints() -> None:
    raw = "Žaneta <z@x.org>".encode("cp1257")
    assert parse_addresses(raw, ("cp1257",))[0].name == "Žaneta"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>@,;:()[]\"'\\ \t\r\n=?utf8QB_ab.\ud800\u202e")))
def test_any_text_gives_clean_addresses(value: str) -> None:
    for address in parse_addresses(value):
        f"{address.name}{address.address}".encode()
        assert not set(" \r\n<>") & set(address.address) or address.address.startswith('"')
