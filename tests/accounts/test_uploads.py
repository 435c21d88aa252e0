"""What may be handed in: judged by content, whatever the name says."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import uploads

TYPES = "[Content_Types].xml"


def office(*parts: str, content: bytes = b"<x/>") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part, content)
    return packed.getvalue()


def image(kind: str) -> bytes:
    packed = BytesIO()
    Image.new("RGB", (6, 6), "teal").save(packed, kind)
    return packed.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
GOOD = {
    "plan.pdf": PDF,
    "PLAN.PDF": b"\xef\xbb\xbf" + PDF,
    "deck.pptx": office(TYPES, "ppt/presentation.xml"),
    "model.xlsx": office(TYPES, "xl/workbook.xml"),
    "plant.jpg": image("JPEG"),
    "plant.png": image("PNG"),
    "plant.webp": image("WEBP"),
}
BAD = {
    "kind": [("page.html", b"<html>"), ("deck.ppt", b"x"), ("noname", PDF), ("run.pdf.exe", PDF)],
    "content": [
        ("page.pdf", b"<html><script>alert(1)</script>"),
        ("deck.pptx", PDF),
        ("deck.pptx", office(TYPES, "xl/workbook.xml")),
        ("model.xlsx", office("xl/workbook.xml")),
        ("plant.png", image("JPEG")),
        ("plant.jpg", b"GIF89a"),
        ("empty.pdf", b""),
    ],
    "bomb": [("deck.pptx", office(TYPES, "ppt/presentation.xml", content=bytes(uploads.MAX_RATIO * uploads.MEGABYTE)))],
    "macros": [("deck.pptx", office(TYPES, "ppt/presentation.xml", "ppt/vbaProject.bin"))],
    "too_large": [("plan.pdf", PDF + bytes(uploads.MAX_BYTES))],
}


def test_what_is_what_its_name_says_is_taken():
    for name, content in GOOD.items():
        file = SimpleUploadedFile(name, content)
        uploads.validate_document(file)
        assert file.tell() == 0


@pytest.mark.parametrize("code", BAD)
def test_what_is_not_is_refused_with_a_reason(code):
    for name, content in BAD[code]:
        with pytest.raises(ValidationError) as refused:
            uploads.validate_document(SimpleUploadedFile(name, content))
        assert (refused.value.code, refused.value.params["name"]) == (code, name)


def test_names_are_made_harmless_and_stored_under_others():
    assert uploads.clean_name("..\\..\\etc/pass\u202ewd\n.PDF") == "passwd.pdf"
    assert len(uploads.clean_name("计" * 300 + ".pptx")) == 149
    stored = uploads.RandomName("documents")(None, "../../plan.PDF")
    assert stored.startswith("documents/") and stored.endswith(".pdf") and "plan" not in stored
