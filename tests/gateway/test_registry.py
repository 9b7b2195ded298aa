"""Names, homes and the roll over HTTP: for those who may know them; a roll comes in whole or not at all."""

from tests.gateway.city import ELSEWHERE, HERE, City


def entrance(city: City, community: str = HERE) -> str:
    """The id of the first entrance."""
    place = city.person("nobody").get(f"/v1/communities/{community}").json()
    return str(place["estates"][0]["buildings"][0]["entrances"][0]["id"])


def roll_csv() -> bytes:
    """A roll of all twelve homes, each with an owner of its own."""
    homes = [(f"{building}栋", f"{floor}0{home}") for building in (1, 2) for floor in (1, 2, 3) for home in (1, 2)]
    rows = [f"{building},1单元,{home},80.50,O-{at},业主{at}" for at, (building, home) in enumerate(homes)]
    return "\n".join(["building,entrance,home,area,owner,name", *rows, ""]).encode()


def test_the_homes_of_an_entrance_are_there_for_whoever_registers(city: City) -> None:
    nobody = city.person("nobody")
    homes = nobody.get(f"/v1/communities/{HERE}/entrances/{entrance(city)}/homes").json()["items"]
    assert [home["name"] for home in homes] == ["101", "102", "201", "202", "301", "302"]
    for place, other in ((ELSEWHERE, entrance(city)), (HERE, entrance(city, ELSEWHERE)), (HERE, "x")):
        assert nobody.get(f"/v1/communities/{place}/entrances/{other}/homes").status_code == 404


def test_names_are_for_staff_and_for_oneself(city: City) -> None:
    resident = city.members["resident"]
    path = f"/v1/communities/{HERE}/members/{resident}/profile"
    assert city.person("officer").get(path).json()["name"] == "某某"
    assert city.person("resident").get(path).json()["login"] == "resident"
    for name in ("neighbour", "stranger"):
        assert city.person(name).get(path).status_code == 404
    several = f"/v1/communities/{HERE}/profiles"
    ids = f"{resident},{city.members['stranger']}"
    found = city.person("officer").get(several, params={"ids": ids}).json()["items"]
    assert [each["id"] for each in found] == [resident], "who belongs elsewhere is left out"
    assert city.person("neighbour").get(several, params={"ids": ids}).status_code == 403


def test_a_roll_is_imported_once_read_by_staff_and_replaced_by_who_saw_it(city: City) -> None:
    admin, path = city.person("admin"), f"/v1/communities/{HERE}/roll"
    roll = roll_csv()
    headers = {"content-type": "text/csv", "idempotency-key": "first-roll"}
    first = admin.put(path, content=roll, headers=headers)
    assert first.status_code == 200, first.text
    assert (first.json()["version"], first.json()["homes"]) == (1, 12)
    again = admin.put(path, content=roll, headers=headers)
    assert again.json() == first.json()
    assert city.person("nobody").get(path).json() == first.json()

    late = admin.put(path, content=roll, headers={"content-type": "text/csv"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict"), "it is no longer the first"
    stale = admin.put(path, content=roll, headers={"content-type": "text/csv", "if-match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    replaced = admin.put(path, content=roll, headers={"content-type": "text/csv", "if-match": first.headers["etag"]})
    assert replaced.json()["version"] == 2

    entries = admin.get(f"{path}/entries", params={"limit": 10}).json()
    assert len(entries["entries"]) == 10
    rest = admin.get(f"{path}/entries", params={"cursor": entries["next"]}).json()
    assert (len(rest["entries"]), rest["next"]) == (2, None)
    assert city.person("resident").get(f"{path}/entries").status_code == 403


def test_of_a_bad_roll_every_bad_line_is_named(city: City) -> None:
    lines = roll_csv().decode().splitlines()
    lines[3], lines[5] = (
        lines[3].replace("80", "eighty", 1),
        lines[5].replace("1栋", "99栋", 1).replace("2栋", "99栋", 1),
    )
    refused = city.person("admin").put(
        f"/v1/communities/{HERE}/roll", content="\n".join(lines).encode(), headers={"content-type": "text/csv"}
    )
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) >= 2


def test_a_roll_may_be_larger_than_a_json_body_and_is_still_limited(city: City) -> None:
    admin, path = city.person("admin"), f"/v1/communities/{HERE}/roll"
    large = admin.put(path, content=b"x" * 1_000_000, headers={"content-type": "text/csv"})
    assert large.status_code == 422
    too_large = admin.put(path, content=b"x" * 33_000_000, headers={"content-type": "text/csv"})
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
