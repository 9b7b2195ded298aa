"""Of a photo its pixels stay and nothing else; what is made to break a decoder is refused before it takes memory or time."""

import random
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from gateway.photos.kinds import GIF, JPEG, PNG, WEBP
from gateway.photos.pictures import LONGEST_SIDE, THUMBNAIL_SIDE, covered, drawn_anew
from services.errors import Invalid
from services.issues.contract import Area
from tests.gateway.photos.files import (
    BLUE,
    RED,
    SECRET,
    file_of,
    png_bomb,
    scene,
    telling_jpeg,
    telling_png,
    text_bomb,
)

Pixel = tuple[int, int, int]


def image_of(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=("JPEG",))
    image.load()
    return image


def near(image: Image.Image, x: int, y: int, colour: Pixel, by: int = 30) -> bool:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return all(abs(one - other) <= by for one, other in zip(found, colour, strict=True))


def segments(jpeg: bytes) -> set[int]:
    """The markers before the pixels of a JPEG."""
    found, at = set(), 2
    while jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


@pytest.mark.parametrize(("data", "media"), [(telling_jpeg(), JPEG), (telling_png(), PNG)])
def test_nothing_is_kept_but_the_pixels(data: bytes, media: str) -> None:
    assert SECRET in data
    made = drawn_anew(data, media)
    for jpeg in (made.full, made.thumbnail):
        assert SECRET not in jpeg
        assert segments(jpeg) <= {0xE0, 0xDB, 0xC0, 0xC4}, "JFIF, tables and the frame: no EXIF, ICC, comment"
        assert jpeg.endswith(b"\xff\xd9")
        assert dict(image_of(jpeg).getexif()) == {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whatever_way_the_phone_was_held(orientation: int) -> None:
    made = drawn_anew(telling_jpeg(orientation, width=200, height=100), JPEG)
    image = image_of(made.full)
    assert image.size == (made.width, made.height) == ((100, 200) if orientation > 4 else (200, 100))
    red, blue = {
        1: ((10, 50), (190, 50)), 2: ((190, 50), (10, 50)), 3: ((190, 50), (10, 50)), 4: ((10, 50), (190, 50)),
        5: ((50, 10), (50, 190)), 6: ((50, 10), (50, 190)), 7: ((50, 190), (50, 10)), 8: ((50, 190), (50, 10)),
    }[orientation]  # fmt: skip
    assert near(image, *red, RED)
    assert near(image, *blue, BLUE)


@pytest.mark.parametrize(
    ("width", "height"), [(4032, 3024), (3000, 2000), (2048, 2048), (9000, 100), (1280, 960), (1, 1)]
)
def test_a_photo_is_scaled_down_and_never_up(width: int, height: int) -> None:
    made = drawn_anew(file_of(scene(width, height)), JPEG)
    longest = max(made.width, made.height)
    assert longest <= LONGEST_SIDE
    assert longest >= min(1536, max(width, height)) * 0.98
    assert made.width / made.height == pytest.approx(width / height, rel=0.1)
    assert max(image_of(made.thumbnail).size) == min(THUMBNAIL_SIDE, longest)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_becomes_a_picture(mode: str) -> None:
    image = scene().convert("L").convert("I;16") if mode == "I;16" else scene(mode=mode)
    made = drawn_anew(file_of(image, "PNG"), PNG)
    assert (image_of(made.full).mode, made.width, made.height) == ("RGB", 64, 48)


def test_sixteen_bits_of_grey_keep_their_light() -> None:
    made = drawn_anew(file_of(Image.new("I;16", (32, 32), 0x8000), "PNG"), PNG)
    assert near(image_of(made.full), 16, 16, (128, 128, 128), 3)


def test_what_is_transparent_becomes_white_and_what_was_hidden_in_it_is_gone() -> None:
    image = image_of(drawn_anew(telling_png(), PNG).full)
    assert near(image, 8, 24, (255, 255, 255), 3)
    assert near(image, 56, 24, BLUE)


def test_print_colours_and_wide_colours_become_those_of_the_screen() -> None:
    assert near(image_of(drawn_anew(file_of(scene(mode="CMYK")), JPEG).full), 8, 24, RED, 40)
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (wide, b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()):
        made = drawn_anew(file_of(scene(), icc_profile=profile), JPEG)
        assert near(image_of(made.full), 8, 24, RED)


def test_colours_are_what_the_profile_means_before_it_is_dropped() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = (profile.index(tag, 128) for tag in (b"rXYZ", b"bXYZ"))
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    swapped = bytes(profile).replace("sRGB".encode("utf-16-be"), "other".encode("utf-16-be")[:8])
    image = image_of(drawn_anew(file_of(scene(), icc_profile=swapped), JPEG).full)
    assert near(image, 8, 24, BLUE, 60)
    assert "icc_profile" not in image.info


def test_of_many_frames_the_first_one_is_the_photo() -> None:
    frames = [scene(mode="P"), *(Image.new("P", (64, 48), number) for number in range(20))]
    for kind, media in (("GIF", GIF), ("PNG", PNG), ("WEBP", WEBP)):
        data = file_of(
            frames[0].convert("RGB"), kind, save_all=True, append_images=[each.convert("RGB") for each in frames[1:]]
        )
        assert near(image_of(drawn_anew(data, media).full), 8, 24, RED, 40), kind


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (6_000, 5_000), (30_000, 4_000)])
def test_a_pixel_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(Invalid) as refused:
        drawn_anew(png_bomb(width, height), PNG)
    assert "25 million pixels" in refused.value.reason.en
    assert "2500 万像素" in refused.value.reason.zh


def test_a_jpeg_bomb_is_refused_by_its_header() -> None:
    good = file_of(scene())
    at = good.index(b"\xff\xc0") + 5
    for size in (b"\xff\xff\xff\xff", b"\x20\x00\x20\x00"):
        with pytest.raises(Invalid, match="50 million"):
            drawn_anew(good[:at] + size + good[at + 4 :], JPEG)


def test_a_bomb_of_words_a_small_claim_and_a_cut_off_file_are_broken() -> None:
    good = telling_jpeg(width=400, height=300)
    bad = [(text_bomb(), PNG), (png_bomb(3000, 3000), PNG), (b"\xff\xd8\xff", JPEG), (good[: len(good) // 3], JPEG)]
    bad += [
        (file_of(scene(400, 300), kind)[:200], media) for kind, media in (("PNG", PNG), ("GIF", GIF), ("WEBP", WEBP))
    ]
    for data, media in bad:
        with pytest.raises(Invalid) as refused:
            drawn_anew(data, media)
        assert "损坏" in refused.value.reason.zh


def test_a_file_that_is_something_else_is_not_decoded_as_that() -> None:
    for data in (file_of(scene(), "BMP"), file_of(scene(), "GIF"), b"%!PS-Adobe-3.0 EPSF-3.0\n"):
        with pytest.raises(Invalid):
            drawn_anew(data, JPEG)


@pytest.mark.parametrize(
    ("kind", "media"), [("JPEG", JPEG), ("PNG", PNG), ("GIF", GIF), ("WEBP", WEBP)], ids=["jpeg", "png", "gif", "webp"]
)
def test_whatever_is_wrong_with_a_file_it_is_refused_or_taken_and_nothing_breaks(kind: str, media: str) -> None:
    chance, good = random.Random(20220501), file_of(scene(96, 64), kind)
    for _ in range(400):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            drawn_anew(bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data))))]), media)
        except Invalid:
            continue


def test_covered_parts_are_gone_from_the_bytes_also_of_the_thumbnail() -> None:
    full = drawn_anew(file_of(scene(640, 480)), JPEG).full
    made = covered(full, (Area(left=0, top=0, right=450, bottom=1000), Area(left=900, top=900, right=800, bottom=800)))
    image, small = image_of(made.full), image_of(made.thumbnail)
    red = [(x, y) for x in range(0, 288, 7) for y in range(0, 480, 7) if near(image, x, y, RED, 90)]
    assert red == []
    assert near(image, 400, 100, BLUE)
    assert near(image, 544, 408, (40, 40, 40), 12), "also an area that is given the wrong way round"
    assert all(not near(small, x, 120, RED, 90) for x in range(0, 140))
    assert near(small, 200, 50, BLUE)


def test_what_is_covered_does_not_depend_on_what_is_under_it() -> None:
    other = scene(640, 480)
    other.paste((255, 255, 0), (0, 0, 300, 480))
    areas = (Area(left=0, top=0, right=500, bottom=1000),)
    covers = [covered(drawn_anew(file_of(image), JPEG).full, areas).full for image in (scene(640, 480), other)]
    parts = [image_of(each).crop((0, 0, 320, 480)).tobytes() for each in covers]
    assert parts[0] == parts[1]


def test_an_empty_area_covers_at_least_a_block() -> None:
    made = covered(
        drawn_anew(file_of(scene(640, 480)), JPEG).full, (Area(left=1000, top=1000, right=1000, bottom=1000),)
    )
    assert near(image_of(covered(made.full, (Area(left=5, top=5, right=5, bottom=5),)).full), 3, 3, (40, 40, 40), 12)
