"""A photo is decoded and drawn anew: what is kept is an upright sRGB JPEG of limited size that holds nothing but its pixels.

Gone with the old file are EXIF with its GPS position, XMP, comments, colour profiles (after they were applied), further
frames, and whatever was hidden behind, before or between. Transparency is laid on white.
"""

import struct
import warnings
import zlib
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import ExifTags, Image, ImageCms, ImageDraw

from gateway.photos.kinds import GIF, JPEG, PNG, WEBP
from services.errors import Invalid
from services.issues.contract import Area

MOST_PIXELS = 50_000_000
MOST_PIXELS_AT_ONCE = 25_000_000  # of a format that cannot be decoded at a part of its size
LARGE_PIXELS = 12_500_000  # of such photos one at a time is decoded: each may take 300 MB
LONGEST_SIDE = 2048
GOOD_SIDE = 1536  # a JPEG that decodes to at least this by halving is not decoded in full
THUMBNAIL_SIDE = 320
QUALITY, THUMBNAIL_QUALITY = 82, 75
BLOCK = 16  # pixels of a unit that JPEG compresses together
COVER = (40, 40, 40)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")
_one_large = Lock()
_FORMATS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), WEBP: ("WEBP",), GIF: ("GIF",)}
# All that Pillow's decoders raise for files that are broken, or made to break something.
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, MemoryError,
    struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept: two JPEGs, and the size of the first one in pixels."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int


def drawn_anew(data: bytes | bytearray, media: str) -> Picture:
    """A photo of one of the types that are taken, as it is kept. Errors: Invalid for one that is broken or too large."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS[media]) as opened:
            pixels = opened.width * opened.height
            _check_size(pixels, media)
            with _one_large if pixels > LARGE_PIXELS else nullcontext():
                return _picture(_upright(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(media) from None
    except _BROKEN:
        raise Invalid("the photo is broken or cut off", "照片文件已损坏或不完整") from None


def covered(full: bytes, areas: Iterable[Area]) -> Picture:
    """A kept photo with some parts painted over, as whole units of its compression, so that nothing of them shines through."""
    with Image.open(BytesIO(full), formats=("JPEG",)) as image:
        image.load()
        draw = ImageDraw.Draw(image)
        for area in areas:
            draw.rectangle(_rectangle(area, image.width, image.height), fill=COVER)
        return _picture(image)


def _rectangle(area: Area, width: int, height: int) -> tuple[int, int, int, int]:
    """The pixels that an area covers, outwards to whole blocks; the last ones are included."""
    left, right = sorted((area.left, area.right))
    top, bottom = sorted((area.top, area.bottom))
    return (
        left * width // 1000 // BLOCK * BLOCK,
        top * height // 1000 // BLOCK * BLOCK,
        right * width // 1000 // BLOCK * BLOCK + BLOCK - 1,
        bottom * height // 1000 // BLOCK * BLOCK + BLOCK - 1,
    )


def _check_size(pixels: int, media: str) -> None:
    """Refuse by the header alone what would not fit into memory."""
    if pixels > (MOST_PIXELS if media == JPEG else MOST_PIXELS_AT_ONCE):
        raise _too_many_pixels(media)


def _too_many_pixels(media: str) -> Invalid:
    most = (MOST_PIXELS if media == JPEG else MOST_PIXELS_AT_ONCE) // 1_000_000
    return Invalid(f"the photo has more than {most} million pixels", f"照片像素过多,不得超过 {most * 100} 万像素")


def _upright(opened: Image.Image) -> Image.Image:
    """The first frame in sRGB on white, scaled down, the way up that its EXIF says."""
    _decode_smaller(opened)
    opened.load()
    turn = _TURNS.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
    profile = opened.info.get("icc_profile")
    image = _of_eight_bits(opened)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(_on_white(image), profile)
    return image if turn is None else image.transpose(turn)


def _decode_smaller(opened: Image.Image) -> None:
    """Have a large JPEG decoded at a half, quarter or eighth, which costs a fraction of the time and memory."""
    longest = max(opened.size)
    scale = next((each for each in (8, 4, 2) if longest >= each * GOOD_SIDE), 1)
    if scale > 1 and longest > LONGEST_SIDE:
        opened.draft(None, (opened.width // scale, opened.height // scale))


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """The image in a mode that can be scaled well: no palette, no single bits, no 16 bits of grey."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("P", "1") else image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The image's colours as its profile means them; a profile that cannot be read means nothing."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            meant = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(meant).lower():
                image = ImageCms.profileToProfile(image, meant, _SRGB, outputMode="RGB") or image
    return image if image.mode == "RGB" else image.convert("RGB")


def _picture(image: Image.Image) -> Picture:
    return Picture(_jpeg(image, QUALITY), _jpeg(_small(image), THUMBNAIL_QUALITY), image.width, image.height)


def _small(image: Image.Image) -> Image.Image:
    """The thumbnail; most of the way by whole pixels, which takes a fifth of the time."""
    scale = THUMBNAIL_SIDE / max(image.size)
    if scale >= 1:
        return image.copy()
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.0)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """Nothing but the pixels, as JPEG."""
    image.info = {}
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, exif=b"", icc_profile=None)
    return out.getvalue()
