"""A URL goes out as it is encoded, and what is not encoded in it is."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from engine.services.transport import AS_IT_IS, NotConnected, encoded_url

CHARACTERS = st.sampled_from([*"az09-._~!$&'()*+,;=:@/?%[]|\"<>^`{} #ä", "%3B", "%2F", "%zz", "..", "//"])
PATHS = st.lists(CHARACTERS, max_size=12).map("".join)


@given(path=PATHS)
def test_what_is_left_as_it_is_needs_no_encoding(path: str) -> None:
    url = f"http://host.example:8080/{path}"
    if AS_IT_IS.fullmatch(url) and "/." not in url:
        assert str(httpx.URL(url)) == url
    assert encoded_url(url) == URL(str(httpx.URL(url)), encoded=True)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://s", "http://s/"),
        ("http://s/a%3Bb;c%2Fd?e=%26&f=;", "http://s/a%3Bb;c%2Fd?e=%26&f=;"),
        ("http://Straße.example/ä b?ö", "http://xn--strae-oqa.example/%C3%A4%20b?%C3%B6"),
        ("https://[::1]:8443/x", "https://[::1]:8443/x"),
    ],
)
def test_a_url_as_it_is_sent(url: str, sent: str) -> None:
    place = encoded_url(url)
    assert f"{place.origin()}{place.raw_path_qs}" == sent


def test_what_is_no_url_leads_nowhere() -> None:
    with pytest.raises(NotConnected, match="cannot be read"):
        encoded_url("http://[::1/")
