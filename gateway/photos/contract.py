"""What is told of a photo or short video, and how one is asked for."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from services.declare import Between, value
from services.fields import Id, Line, Slug
from services.issues.contract import MediaKind


@value
class PhotoFile:
    """A photo or short video as it is kept: `width` and `height` in pixels, upright; `bytes` of the whole, not of the upload."""

    community_id: Slug
    id: Id
    kind: MediaKind
    media: Line
    width: Annotated[int, Between(0, 65_535)]
    height: Annotated[int, Between(0, 65_535)]
    bytes: Annotated[int, Between(1, 2_147_483_647)]
    created_at: datetime


class Size(StrEnum):
    """How much of a photo is wanted."""

    FULL = "full"
    THUMBNAIL = "thumbnail"


@value
class OwnPhotoQuestion:
    """In which size."""

    size: Size = Size.FULL


@value
class IssuePhotoQuestion:
    """In which size, and whether without the covers, which only an admin may ask."""

    size: Size = Size.FULL
    original: bool = False
