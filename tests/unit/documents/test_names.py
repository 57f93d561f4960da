"""A name that a person, or their enemy, gave becomes one that is safe to show and to save under."""

import pytest

from app.documents.names import FALLBACK, LONGEST, disposition, safe_name

NAMES = {
    "../../etc/passwd": "passwd.jpg",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.jpg",
    "C:\\Users\\jean\\Bathroom.JPG": "Bathroom.jpg",
    "a\x00.jpg": "a.jpg",
    "a\r\nSet-Cookie: x.jpg": "aSet-Cookie_ x.jpg",
    "photo\u202egpj.exe": "photogpj.jpg",
    "plan.pdf.exe": "plan.jpg",
    "Mrs O'Neil's stairs (2).jpeg": "Mrs O'Neil's stairs (2).jpg",
    "Grüße aus Łódź.png": "Grüße aus Łódź.jpg",
    "Cafe\u0301.jpg": "Café.jpg",
    "浴室.jpg": "浴室.jpg",
    "report v1.2": "report v1.2.jpg",
    '<script>alert("1")</script>.html': "script.jpg",
    'a"b.jpg': "a_b.jpg",
    "": f"{FALLBACK}.jpg",
    ".": f"{FALLBACK}.jpg",
    "..": f"{FALLBACK}.jpg",
    ".htaccess": f"{FALLBACK}.jpg",
    "   ": f"{FALLBACK}.jpg",
    "\u200b\u200e": f"{FALLBACK}.jpg",
    "con.txt": f"{FALLBACK}-con.jpg",
    "NUL": f"{FALLBACK}-NUL.jpg",
    "~/.ssh/id_rsa": "id_rsa.jpg",
    "a//b": "b.jpg",
    "trailing. . .": "trailing.jpg",
    "50% off; rm -rf.jpg": "50_ off_ rm -rf.jpg",
}


@pytest.mark.parametrize(("given", "safe"), NAMES.items(), ids=[repr(name) for name in NAMES])
def test_a_name_is_made_safe(given: str, safe: str) -> None:
    assert safe_name(given, "jpg") == safe


def test_no_name_at_all_gets_one() -> None:
    assert safe_name(None, "pdf") == f"{FALLBACK}.pdf"


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    safe = safe_name("a" * 300 + ".jpg", "jpg")
    assert len(safe) <= LONGEST
    assert safe.endswith("a.jpg")


def test_a_name_travels_in_a_header_that_it_cannot_leave() -> None:
    for given in (*NAMES, 'Grüße; x="y" 浴室.pdf'):
        header = disposition(safe_name(given, "pdf"), inline=False)
        assert header.isascii()
        assert header.isprintable()
        assert header.startswith('attachment; filename="')
        assert header.count('"') == 2


def test_the_whole_name_is_sent_beside_a_plain_one() -> None:
    assert disposition("Café.jpg", inline=True) == "inline; filename=\"Cafe.jpg\"; filename*=UTF-8''Caf%C3%A9.jpg"
