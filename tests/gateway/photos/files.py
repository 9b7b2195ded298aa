"""Files of all kinds, made here: photos with and without secrets, bombs, and skeletons of videos."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

SECRET = b"SECRET 30.6123N 114.2987E"
RED, BLUE, GREEN = (220, 20, 20), (20, 20, 220), (20, 180, 20)


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def telling_jpeg(orientation: int = 1, width: int = 64, height: int = 48) -> bytes:
    """A JPEG with GPS position, maker's words, comment, XMP, and something behind its end."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 36.0, 44.28), 3: "E", 4: (114.0, 17.0, 55.32)})
    made = file_of(
        scene(width, height), exif=exif, comment=SECRET, quality=95, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    )
    return made + b"PK\x03\x04" + SECRET


def telling_png() -> bytes:
    """A PNG with words, and with a secret in colours that are fully transparent."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    image = scene(mode="RGBA")
    image.paste((*GREEN, 0), (0, 0, 32, 48))
    return file_of(image, "PNG", pnginfo=words)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG with a compressed comment that grows to 100 MB."""
    good = file_of(scene(), "PNG")
    packed = zlib.compressobj(9)
    comment = b"Comment\0\0" + b"".join(packed.compress(bytes(1_000_000)) for _ in range(100)) + packed.flush()
    return good[:33] + png_chunk(b"zTXt", comment) + good[33:]


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of a video."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, offset: int, *sizes: int, seconds: int = 3) -> bytes:
    """A track of 320 x 240 whose samples lie at an offset, one after the other."""
    head = box(
        b"tkhd",
        struct.pack(">IIIIII", 7, 5, 5, 1, 0, seconds * 600) + bytes(16),
        struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000) + struct.pack(">II", 320 << 16, 240 << 16),
    )
    table = box(
        b"stbl",
        box(b"stsd", bytes(8)),
        box(b"stts", bytes(8)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, len(sizes), 1)),
        box(b"stsz", struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes)),
        box(b"stco", struct.pack(">III", 0, 1, offset)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 5, 5, 600, seconds * 600, 0)),
        box(b"hdlr", bytes(8) + handler + bytes(12) + SECRET),
        box(b"minf", table),
    )
    return box(b"trak", head, media, box(b"udta", box(b"name", SECRET)))


def mp4(seconds: int = 3, brand: bytes = b"isom", extra: bytes = b"", tracks: int = 1) -> bytes:
    """A skeleton of a video with its position in every place that phones use, and a track of positions."""
    start = box(b"ftyp", brand, bytes(4), b"isom")
    payload = b"PICTURE-" * 4 + b"SOUND---" * 2 + SECRET + b"!!"
    first = len(start) + 8
    movie = box(
        b"moov",
        box(b"mvhd", struct.pack(">IIIII", 0, 5, 5, 600, seconds * 600) + bytes(80)),
        track(b"vide", first, 16, 16, seconds=seconds) * tracks,
        track(b"soun", first + 32, 16, seconds=seconds),
        track(b"meta", first + 48, len(SECRET), seconds=seconds),
        box(b"udta", box(b"\xa9xyz", SECRET), box(b"loci", SECRET)),
        box(b"meta", box(b"keys", SECRET)),
    )
    return start + box(b"mdat", payload) + movie + box(b"uuid", bytes(16), SECRET) + box(b"free", SECRET) + extra


def element(id_: int, *content: bytes, unknown: bool = False) -> bytes:
    """An element of a WebM."""
    body = b"".join(content)
    name = id_.to_bytes((id_.bit_length() + 7) // 8, "big")
    size = b"\x01" + b"\xff" * 7 if unknown else (1 << 56 | len(body)).to_bytes(8, "big")
    return name + size + body


def webm(seconds: float = 3.0, duration: bool = True, unknown: bool = False, doc_type: bytes = b"webm") -> bytes:
    """A skeleton of a WebM with its position in tags, title and a block that nobody knows."""
    last = struct.pack(">BhB", 0x81, 0, 0x80)
    length = element(0x4489, struct.pack(">d", seconds * 1000)) if duration else b""
    about = element(
        0x1549A966,
        element(0x2AD7B1, (1_000_000).to_bytes(3, "big")),
        length,
        element(0x7BA9, SECRET),
        element(0x4D80, SECRET),
    )
    video = element(0xE0, element(0xB0, b"\x01\x40"), element(0xBA, b"\xf0"))
    tracks = element(
        0x1654AE6B, element(0xAE, element(0xD7, b"\1"), element(0x83, b"\1"), element(0x536E, SECRET), video)
    )
    clusters = [
        element(0x1F43B675, element(0xE7, time.to_bytes(4, "big")), element(0xA3, last + b"PICTURE"), unknown=unknown)
        for time in (0, int(seconds * 1000))
    ]
    tags = element(0x1254C367, element(0x7373, SECRET))
    attached = element(0x1941A469, SECRET)
    head = element(0x1A45DFA3, element(0x4282, doc_type))
    return head + element(0x18538067, about, tracks, *clusters, tags, attached, element(0xEC, SECRET), unknown=unknown)
