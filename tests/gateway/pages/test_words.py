"""Whatever the page says, it says in both languages."""

import re

from gateway.pages.words import RULES, SAYS


def test_everything_is_said_in_both_languages() -> None:
    for words in (*SAYS.values(), *RULES):
        if words is not SAYS["other"]:
            assert re.search(r"[\u4e00-\u9fff]", words.zh), words
            assert not re.search(r"[\u4e00-\u9fff]", words.en), words
