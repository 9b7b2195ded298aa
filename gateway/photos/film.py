"""A short video as it is kept: its bytes without anything but pictures and sound, its type and its size."""

from dataclasses import dataclass

from services.errors import Invalid

MOST_SECONDS = 60


@dataclass(frozen=True)
class Film:
    """A video of `media` type; `width` and `height` in pixels as it is shown."""

    data: bytes
    media: str
    width: int
    height: int


def refuse_length(seconds: float, most_seconds: int) -> None:
    """Refuse a video that lasts too long, or does not say how long. Errors: Invalid."""
    if not seconds > 0:
        raise broken()
    if seconds > most_seconds + 1:
        raise Invalid(f"the video is longer than {most_seconds} seconds", f"视频时长不得超过 {most_seconds} 秒")


def broken() -> Invalid:
    """What is said of a video that cannot be read."""
    return Invalid("the video is broken, or of a kind that is not taken", "视频文件已损坏或格式不受支持")
