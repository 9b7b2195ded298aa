"""Nobody chooses who is drawn, and anybody can check it: RFC 3797 (verifiable random selection), with nothing but Python.

    python draw.py FILE        FILE: what GET /draws/{id} answers, or - for standard input

It proves that the list, the secrets, the key, the picks and the seats fit together. That the list and the commitments are
those that were told before any secret was known is for whoever kept them to see; who declined a seat is a juror's own word.
"""

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

PARTIES = {"party_committee": "社区党委", "property_company": "物业公司", "owners_committee": "业委会"}
_NAMESPACE = uuid.UUID("5a4e5a4e-3333-5333-8333-333333333333")


def key_of(sources: Iterable[Sequence[int]]) -> str:
    """The key of some sources in order: numbers ascending, each followed by `.`, each source closed by `/` (RFC 3797, 4)."""
    return "".join("".join(f"{number}." for number in sorted(source)) + "/" for source in sources)


def digest(key: str, index: int) -> bytes:
    """MD5 of the key between two copies of the index, a 16-bit number (RFC 3797, 4): 16 bytes."""
    ends = index.to_bytes(2, "big")
    return hashlib.md5(ends + key.encode("ascii") + ends, usedforsecurity=False).digest()


def pick(key: str, index: int, remaining: int) -> int:
    """Which of the remaining entries is pick number `index`; both count from 0."""
    return int.from_bytes(digest(key, index), "big") % remaining


def picks(key: str, pool: int, count: int) -> list[int]:
    """The first `count` picks, in order, as numbers from 1 to `pool`; each gap is closed. `count` is at most `pool`."""
    left = list(range(1, pool + 1))
    return [left.pop(pick(key, index, len(left))) for index in range(count)]


def number_of(secret: str) -> int:
    """A secret, hexadecimal digits, as the one number of its source."""
    return int(secret, 16)


def hash_of_list(entries: Iterable[tuple[int, str]]) -> str:
    r"""SHA-256, in hexadecimal digits, over the lines "NUMBER EXPERT-ID\n" of the list."""
    return hashlib.sha256("".join(f"{number} {expert}\n" for number, expert in entries).encode("ascii")).hexdigest()


def hash_of_secret(secret: str) -> str:
    """SHA-256, in hexadecimal digits, of the secret's ASCII text."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def expert_of(community_id: str, member_id: str) -> str:
    """The id of the one expert that a member can be in a community: a UUIDv5, so that the list's hash holds the members, too."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((community_id, "expert", member_id))))


class NotADraw(ValueError):
    """The JSON is not that of a draw; says at which member."""


class Said(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


@dataclass
class Proof:
    """What was checked, step by step, and every fault that was found; a draw without faults is proven."""

    steps: list[Said] = field(default_factory=list)
    faults: list[Said] = field(default_factory=list)

    def step(self, en: str, zh: str) -> None:
        """Tell what was checked."""
        self.steps.append(Said(en, zh))

    def need(self, holds: bool, en: str, zh: str) -> None:
        """Tell of a fault unless something holds."""
        if not holds:
            self.faults.append(Said(en, zh))


def verify(draw: Any) -> list[str]:
    """The faults of a draw, given as the JSON of `DrawState`; none when it is as it should be. Errors: NotADraw."""
    return [f"{fault.en} ({fault.zh})" for fault in prove(draw).faults]


def prove(draw: Any) -> Proof:
    """Check a draw, given as the JSON of `DrawState`, from the list to the last seat. Errors: NotADraw."""
    _check_shape(draw, _SHAPE, "")
    proof = Proof()
    _prove_list(draw, proof)
    _prove_secrets(draw, proof)
    if draw["status"] == "drawn":
        _prove_picks(draw, proof)
        _prove_seats(draw, proof)
    else:
        proof.need(not draw["picks"] and not draw["key"], "it is not drawn, yet has picks or a key", "未抽取却已有结果")
        proof.step(f"Nobody is drawn: it is {draw['status']}.", f"尚无抽取结果(状态 {draw['status']})。")
    return proof


def _prove_list(draw: Any, proof: Proof) -> None:
    entries = [(each["number"], each["expert_id"]) for each in draw["candidates"]]
    numbers, experts = [number for number, _ in entries], [expert for _, expert in entries]
    own = all(each["expert_id"] == expert_of(draw["community_id"], each["member_id"]) for each in draw["candidates"])
    found = hash_of_list(entries)
    in_order = numbers == list(range(1, len(numbers) + 1)) and all(map(str.__lt__, experts, experts[1:]))
    proof.need(in_order, "the list is not numbered from 1 in the order of ids", "名单未按编号和标识顺序排列")
    proof.need(own, "an expert's id in the list is not that of the member", "名单中有专家标识与成员不符")
    proof.need(found == draw["list_hash"], f"the list's SHA-256 is {found}", f"名单的 SHA-256 应为 {found}")
    proof.step(
        f'The list of {len(entries)}, as lines "NUMBER EXPERT-ID": SHA-256 {found}.',
        f"名单共 {len(entries)} 人,按“编号 专家标识”逐行计算 SHA-256 得 {found}。",
    )


def _prove_secrets(draw: Any, proof: Proof) -> None:
    given = draw["commitments"]
    parties, revealed = [each["party"] for each in given], [each for each in given if each.get("secret")]
    times = [each["revealed_at"].rstrip("Z") for each in revealed if each.get("revealed_at")]
    whole = (len(parties) == len(PARTIES), len(revealed) == len(PARTIES))
    expected = {"frozen": (False, False), "committed": (True, False), "drawn": (True, True)}
    proof.need(
        parties == [party for party in PARTIES if party in parties], "the parties are out of order", "三方顺序有误"
    )
    proof.need(
        whole == expected.get(draw["status"], (whole[0], False)),
        f"{len(parties)} commitments and {len(revealed)} secrets do not fit the status {draw['status']}",
        f"{len(parties)} 份承诺、{len(revealed)} 份密数与状态 {draw['status']} 不符",
    )
    proof.need(
        len(times) == len([each for each in given if each.get("revealed_at")]) == len(revealed)
        and (not revealed or whole[0])
        and all(each["at"].rstrip("Z") <= time for each in given for time in times),
        "a secret was revealed before all had committed",
        "有密数在三方全部承诺之前公开",
    )
    for each in given:
        party, zh, secret = each["party"].replace("_", " "), PARTIES[each["party"]], each.get("secret")
        if not secret:
            proof.step(f"The {party} committed to {each['sha256']}.", f"{zh}承诺 {each['sha256']},尚未公开密数。")
            continue
        found = hash_of_secret(secret)
        proof.need(
            found == each["sha256"], f"the {party}'s secret is not what it committed to", f"{zh}的密数与承诺不符"
        )
        proof.step(
            f"The {party}'s secret {secret}: SHA-256 {found}; as a number {number_of(secret)}.",
            f"{zh}的密数 {secret}:SHA-256 为 {found},换算为十进制 {number_of(secret)}。",
        )


def _prove_picks(draw: Any, proof: Proof) -> None:
    secrets = [each["secret"] for each in draw["commitments"] if each.get("secret")]
    key = key_of([[number_of(secret)] for secret in secrets])
    proof.need(key == draw["key"], f"the key should be {key}", f"密钥应为 {key}")
    proof.step(f"The key of the secrets (RFC 3797): {key}", f"由三份密数组成的密钥(RFC 3797):{key}")
    pool = draw["candidates"]
    numbers = picks(key, len(pool), min(len(pool), len(draw["picks"])))
    for index, (number, seat) in enumerate(zip(numbers, draw["picks"], strict=False)):
        entry = pool[number - 1]
        same = all(seat[name] == entry[name] for name in ("number", "expert_id", "member_id"))
        proof.need(
            same and seat["pick"] == index,
            f"pick {index} should be number {number}, expert {entry['expert_id']}",
            f"第 {index} 次抽取应为 {number} 号专家 {entry['expert_id']}",
        )
        left, seen = len(pool) - index, digest(key, index).hex()
        then = Said("declined", "已谢绝") if seat.get("declined_at") else Said("sits", "入席")
        proof.step(
            f"Pick {index}: MD5 {seen} mod {left} = {pick(key, index, left)}, counted from 0 among those left: "
            f"number {number}, expert {entry['expert_id']}: {then.en}.",
            f"第 {index} 次:MD5 {seen} 除以 {left} 余 {pick(key, index, left)}(在剩余名单中从 0 数起):"
            f"{number} 号,专家 {entry['expert_id']},{then.zh}。",
        )


def _prove_seats(draw: Any, proof: Proof) -> None:
    pool, seats, made = len(draw["candidates"]), draw["seats"], len(draw["picks"])
    declined = len([seat for seat in draw["picks"] if seat.get("declined_at")])
    right = min(pool, seats + declined)
    proof.need(0 < seats <= pool, f"{pool} candidates are too few for {seats} seats", f"{pool} 名候选人不足 {seats} 席")
    proof.need(
        made == right,
        f"{seats} seats and {declined} declined: there should be {right} picks, not {made}",
        f"{seats} 席、{declined} 人谢绝:应抽取 {right} 次,而非 {made} 次",
    )
    proof.step(
        f"{made - declined} of {seats} seats are taken; {declined} declined.",
        f"{seats} 席已就座 {made - declined} 人,谢绝 {declined} 人。",
    )


_ID, _SHA256 = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9a-f]{64}"
_TIME = r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?Z"
_ENTRY = {"number": int, "expert_id": _ID, "member_id": _ID}
_MOST = 0xFFFF  # an index has 16 bits
_SHAPE = {
    "community_id": "[a-z0-9][a-z0-9-]{1,62}",
    "status": "frozen|committed|drawn|void",
    "seats": int,
    "candidates": [_ENTRY],
    "list_hash": _SHA256,
    "commitments": [
        {
            "party": "|".join(PARTIES),
            "sha256": _SHA256,
            "at": _TIME,
            "secret": "|[0-9a-f]{32}",
            "revealed_at": f"|{_TIME}",
        }
    ],
    "key": "[0-9./]*",
    "picks": [{**_ENTRY, "pick": int, "declined_at": f"|{_TIME}"}],
}


def _check_shape(data: Any, shape: Any, place: str) -> None:
    if isinstance(shape, dict):
        fits = isinstance(data, dict)
        inner = [(data.get(name), part, f"{place}.{name}".lstrip(".")) for name, part in shape.items()] if fits else []
    elif isinstance(shape, list):
        fits = isinstance(data, list) and len(data) <= _MOST
        inner = [(each, shape[0], f"{place}[{index}]") for index, each in enumerate(data)] if fits else []
    else:
        text, inner = "" if data is None else data, []
        fits = type(data) is int if shape is int else isinstance(text, str) and bool(re.fullmatch(shape, text))
    if not fits:
        raise NotADraw(f"{place or 'it'} is not as in a draw")
    for each in inner:
        _check_shape(*each)


def main(path: str) -> int:
    """Print the proof of the draw in a file (`-`: standard input): 0 proven, 1 faults, 2 no such JSON."""
    try:
        proof = prove(json.loads(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        print(f"{path}: no draw can be read here 无法读取抽取记录: {error}", file=sys.stderr)
        return 2
    for fault in proof.faults:
        print(f"FAULT 有误: {fault.en}\n            {fault.zh}")
    if proof.faults:
        return 1
    for number, step in enumerate(proof.steps, 1):
        print(f"{number:3}. {step.zh}\n     {step.en}")
    print(
        "Everything holds, if list and commitments are those told before. 全部核对无误(名单与承诺应与事先公布的一致)。"
    )
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python draw.py FILE   (or - for standard input)")
    sys.exit(main(sys.argv[1]))
