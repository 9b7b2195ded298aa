"""Full-text search without a dictionary: Chinese is found by its characters and pairs of them, all else by whole words.

One tokenizer writes the words of a view and reads the words of a question, so that both databases find the same:
PostgreSQL in a `tsvector` without positions, SQLite in FTS5. A thing is found when it has every word that is asked for.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from services.errors import Invalid

MOST_CHARACTERS = 100
LONGEST_WORD = 64

_IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_IDEOGRAPHS}]+)|([^\W_{_IDEOGRAPHS}]+)")


class Words(TypeDecorator[str]):
    """The words of a view, separated by spaces: `tsvector` on PostgreSQL, text that FTS5 reads on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the dialect."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else sa.Text())


def words_of(community_id: str, texts: Iterable[str]) -> str:
    """What is written of a thing: every character, pair and word of its texts, and a word for its community."""
    found = {_community(community_id)}
    for text in texts:
        for ideographs, word in _runs(text):
            if word:
                found.add(word[:LONGEST_WORD])
            else:
                found.update(ideographs, _pairs(ideographs))
    return " ".join(sorted(found))


def asked(community_id: str, question: str) -> list[str]:
    """The words that a thing must have to be found; a community's own word among them unless it is empty.

    Errors: Invalid when the question is too long or has no letter, number or character in it.
    """
    if len(question) > MOST_CHARACTERS:
        raise Invalid(f"search for at most {MOST_CHARACTERS} characters", f"搜索内容最多 {MOST_CHARACTERS} 字")
    found: dict[str, None] = {}
    for ideographs, word in _runs(question):
        found.update(dict.fromkeys([word[:LONGEST_WORD]] if word else _pairs(ideographs) or [ideographs]))
    if not found:
        raise Invalid("search for a word or a character", "请输入要搜索的文字")
    return [*found, *([_community(community_id)] if community_id else [])]


def match(dialect: str, words: Iterable[str]) -> str:
    """The words as the database's own query text: all of them are wanted."""
    return " & ".join(words) if dialect == "postgresql" else " ".join(f'"{word}"' for word in words)


def number_of(community_id: str, id_: str) -> int:
    """The number (63 bits) by which FTS5 calls a thing."""
    return int.from_bytes(hashlib.blake2b(f"{community_id}/{id_}".encode(), digest_size=8).digest()) >> 1


def _runs(text: str) -> list[tuple[str, str]]:
    """The runs in a text: each of ideographs, or of letters and digits, and "" for the other one."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _community(community_id: str) -> str:
    return "·" + community_id.replace("-", "·")


def sqlite_words(table: str) -> tuple[str, ...]:
    """The statements that make SQLite index the words of a table in FTS5, in the same transaction as each change.

    Its tokenizer `ascii` cuts at spaces and leaves every other character alone.
    """
    index = f"{table}_words"
    forget = f"INSERT INTO {index}({index}, rowid, words) VALUES ('delete', old.number, old.words);"
    learn = f"INSERT INTO {index}(rowid, words) VALUES (new.number, new.words);"
    return (
        f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', tokenize='ascii', detail='none', columnsize=0)",
        f"CREATE TRIGGER {index}_new AFTER INSERT ON {table} BEGIN {learn} END",
        f"CREATE TRIGGER {index}_old AFTER DELETE ON {table} BEGIN {forget} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF words ON {table} WHEN old.words <> new.words"
        f" BEGIN {forget} {learn} END",
    )


def word_columns() -> tuple[sa.Column[Any], ...]:
    """The columns of a table that is searched."""
    return sa.Column("number", sa.BigInteger, nullable=False), sa.Column("words", Words, nullable=False)


def index_words(table: sa.Table) -> None:
    """Have the words of a table indexed wherever the table is created: by a GIN index or by FTS5."""
    name = f"{table.name}_words"
    sa.Index(f"{table.name}_number", table.c.number).ddl_if(dialect="sqlite")
    sa.Index(name, table.c.words, postgresql_using="gin").ddl_if(dialect="postgresql")
    for statement in sqlite_words(table.name):
        event.listen(table, "after_create", _on_sqlite(statement))
    event.listen(table, "before_drop", _on_sqlite(f"DROP TABLE IF EXISTS {name}"))


def _on_sqlite(statement: str) -> Any:
    return sa.DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
