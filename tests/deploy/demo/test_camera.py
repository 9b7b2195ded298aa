"""The made-up phone tells of places as real ones do."""

import io

from PIL import ExifTags, Image

from deploy.demo.camera import MAKER, photo_of, tells_of


def test_a_photo_tells_where_it_was_taken_and_by_which_phone() -> None:
    told = tells_of(photo_of("井盖", 30.6152, 114.307))
    assert told[ExifTags.Base.Make] == MAKER
    assert told[ExifTags.GPS.GPSLatitude] == (30.0, 36.0, 54.72)
    assert told[ExifTags.GPS.GPSLongitudeRef] == "E"


def test_a_photo_without_its_data_tells_nothing() -> None:
    plain = io.BytesIO()
    Image.open(io.BytesIO(photo_of("井盖", 30.6, 114.3))).save(plain, "JPEG", exif=b"")
    assert tells_of(plain.getvalue()) == {}


def test_the_same_words_give_the_same_photo_and_others_another() -> None:
    assert photo_of("井盖", 30.6, 114.3) == photo_of("井盖", 30.6, 114.3) != photo_of("垃圾", 30.6, 114.3)
