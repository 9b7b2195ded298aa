"""How long a video may be, in both languages."""

import pytest

from gateway.photos.film import refuse_length
from services.errors import Invalid


def test_a_video_says_how_long_it_is_and_is_short() -> None:
    refuse_length(0.5, 60)
    refuse_length(60.9, 60)
    for seconds in (0.0, -1.0, 61.5, float("inf"), float("nan")):
        with pytest.raises(Invalid) as refused:
            refuse_length(seconds, 60)
        assert refused.value.reason.zh
