from __future__ import annotations

import pytest

from fraudkit.ui.markdown import escaped

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("There is no case 17.", "There is no case 17."),
        ("![x](https://a.example/x.png)", rf"\!\[x\](https://{JOINER}a.example/x.png)"),
        ("<b>bold</b> & more", r"\<b\>bold\</b\> \& more"),
        ("# head", r"\# head"),
        ("1. first", f"1{JOINER}. first"),
        ("two\nlines\t here", "two lines here"),
        (":smile: :red[x]", rf":{JOINER}smile: :{JOINER}red\[x\]"),
        ("$x$ `y` *z* _w_ ~v~ |", r"\$x\$ \`y\` \*z\* \_w\_ \~v\~ \|"),
        ("www.a.example", f"www.{JOINER}a.example"),
        ("", ""),
    ],
)
def test_markdown_shows_the_text_itself(text: str, shown: str) -> None:
    assert escaped(text) == shown
