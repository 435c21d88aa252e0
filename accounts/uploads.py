"""What people hand in for others to read: checked by content, stored under a random name, served by the application."""

import zipfile
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.utils.crypto import get_random_string
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

MEGABYTE = 1024 * 1024
MAX_BYTES = 25 * MEGABYTE
# What an Office file may unpack to, in all and beside its packed size: more is a bomb and no presentation.
MAX_UNPACKED = 400 * MEGABYTE
MAX_RATIO = 200
MAX_PARTS = 10_000
MAX_PIXELS = 50_000_000

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "pptx": OFFICE + "presentationml.presentation",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
# The part without which a file is none of the kind.
MAIN_PART = {"pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)


def extension_of(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def validate_document(file) -> None:
    """Check that a file is what its name says: PDF, PPTX, XLSX, PNG, JPEG or WebP of at most 25 MB, without macros.

    Raises `ValidationError` with what to do instead. Nothing of the file is run or unpacked.
    """
    extension = extension_of(file.name)
    if extension not in TYPES:
        raise ValidationError(
            _("“%(name)s” cannot be taken: use PDF, PPTX, XLSX, PNG, JPEG or WebP."),
            code="kind",
            params={"name": file.name},
        )
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("“%(name)s” is larger than 25 MB: save it smaller, or divide it."),
            code="too_large",
            params={"name": file.name},
        )
    file.seek(0)
    check = _check_office if extension in MAIN_PART else _check_pdf if extension == "pdf" else _check_image
    try:
        is_one = check(file, extension)
    finally:
        file.seek(0)
    if not is_one:
        raise ValidationError(
            _("“%(name)s” is no %(kind)s file, whatever its name says: export it anew."),
            code="content",
            params={"name": file.name, "kind": extension.upper()},
        )


def _check_pdf(file, extension: str) -> bool:
    return file.read(1024).lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-")


def _check_image(file, extension: str) -> bool:
    try:
        with Image.open(file) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("“%(name)s” has too many pixels."), code="pixels", params={"name": file.name})
            image.verify()
            return Image.MIME.get(image.format) == TYPES[extension]
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        return False


def _check_office(file, extension: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        # What zipfile raises for something that is no archive, is cut short, or is of a kind that it cannot read: the
        # caller refuses the file and says so.
        return False
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(file.size, MEGABYTE):
        raise ValidationError(
            _("“%(name)s” unpacks to far more than it should: it is not taken. Export it anew."),
            code="bomb",
            params={"name": file.name},
        )
    names = {part.filename for part in parts}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise ValidationError(
            _("“%(name)s” holds macros: save it without them."), code="macros", params={"name": file.name}
        )
    return "[Content_Types].xml" in names and MAIN_PART[extension] in names


@deconstructible
class RandomName:
    """`upload_to` below a folder: what a file is called in storage tells nobody what it is."""

    def __init__(self, folder: str):
        self.folder = folder

    def __call__(self, instance, filename: str) -> str:
        return f"{self.folder}/{get_random_string(2).lower()}/{get_random_string(32)}.{extension_of(filename)}"

    def __eq__(self, other):
        return isinstance(other, RandomName) and self.folder == other.folder


def clean_name(name: str) -> str:
    """The name under which a file is offered: printable characters, at most 150 of them, with its extension."""
    path = PurePath(name.replace("\\", "/").rpartition("/")[2])
    stem = "".join(letter for letter in path.stem if letter.isprintable()).strip() or "file"
    return stem[: 149 - len(path.suffix)] + path.suffix.lower()


def download(file, name: str) -> FileResponse:
    """Send a stored file as a download: nothing of it runs in the reader's browser."""
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        opened,
        as_attachment=True,
        filename=name,
        content_type=TYPES[extension_of(name)],
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
