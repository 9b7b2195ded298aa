"""A phone's camera: its photos tell where they were taken, which is nobody's business and must not come out again."""

import io
from random import Random

from PIL import ExifTags, Image, ImageDraw

SIZE = (640, 480)
MAKER = "Made-up Phone"
JPEG = "image/jpeg"


def photo_of(what: str, lat: float, lon: float) -> bytes:
    """A photo as a JPEG file, another one for other words, with the place (degrees, WGS 84) in its EXIF data."""
    chance = Random(what)
    image = Image.new("RGB", SIZE, _colour(chance))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = chance.randrange(SIZE[0] - 120), chance.randrange(SIZE[1] - 90)
        draw.rectangle((left, top, left + chance.randrange(20, 120), top + chance.randrange(20, 90)), _colour(chance))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKER
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _degrees(abs(lat)),
            ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _degrees(abs(lon)),
        }
    )
    told = io.BytesIO()
    image.save(told, "JPEG", exif=exif, quality=80)
    return told.getvalue()


def tells_of(photo: bytes) -> dict[int, object]:
    """What a photo says of its place and its camera; nothing of one that is fit to be shown."""
    with Image.open(io.BytesIO(photo)) as image:
        exif = image.getexif()
        return {**exif, **exif.get_ifd(ExifTags.IFD.GPSInfo)}


def _colour(chance: Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def _degrees(angle: float) -> tuple[float, float, float]:
    minutes = angle % 1 * 60
    return float(int(angle)), float(int(minutes)), round(minutes % 1 * 60, 2)
