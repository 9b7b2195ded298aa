"""Over HTTP somebody logs in, goes on, sees who they are, logs out; a property company's system comes in by its key."""

from services.clock import utc_now
from services.tokens import Verifier
from tests.gateway.city import ELSEWHERE, HERE, PASSWORD, City


def test_a_session_begins_goes_on_and_ends(city: City) -> None:
    nobody = city.person("nobody")
    begun = nobody.post("/v1/sessions", json={"login": "neighbour", "password": PASSWORD})
    assert (begun.status_code, begun.headers["cache-control"]) == (201, "no-store")
    assert begun.json()["member_id"] == city.members["neighbour"]
    gone_on = nobody.post("/v1/sessions/refresh", json={"refresh_token": begun.json()["refresh_token"]})
    assert gone_on.status_code == 200
    assert gone_on.json()["refresh_token"] != begun.json()["refresh_token"]
    ended = nobody.request("DELETE", "/v1/sessions", json={"refresh_token": gone_on.json()["refresh_token"]})
    assert (ended.status_code, ended.content) == (204, b"")
    after = nobody.post("/v1/sessions/refresh", json={"refresh_token": gone_on.json()["refresh_token"]})
    assert (after.status_code, after.headers["www-authenticate"]) == (401, 'Bearer realm="sansan"')


def test_a_stolen_refresh_token_ends_the_session_for_thief_and_owner(city: City) -> None:
    nobody = city.person("nobody")
    stolen = nobody.post("/v1/sessions", json={"login": "neighbour", "password": PASSWORD}).json()["refresh_token"]
    owner = nobody.post("/v1/sessions/refresh", json={"refresh_token": stolen}).json()["refresh_token"]
    for token in (stolen, owner):
        assert nobody.post("/v1/sessions/refresh", json={"refresh_token": token}).status_code == 401


def test_somebody_sees_who_they_are(city: City) -> None:
    me = city.person("ruler").get("/v1/me").json()
    assert (me["id"], me["kind"]) == (city.members["ruler"], "member")
    assert me["held"] == [{"place": "wuhan-jiangan", "roles": ["district_admin"], "in_district": True}]
    assert me["profile"]["login"] == "ruler"
    assert city.person("officer").get("/v1/me").json()["held"][0] == {
        "place": HERE, "roles": ["grid_officer"], "in_district": False,
    }  # fmt: skip


def test_a_companys_system_comes_in_by_its_key_until_that_is_revoked(city: City) -> None:
    admin, nobody = city.person("admin"), city.person("nobody")
    clients = f"/v1/communities/{HERE}/api-clients"
    made = admin.post(clients, json={"label": "物业系统"}, headers={"idempotency-key": "the-system"})
    assert made.status_code == 201
    key, client = made.json()["key"], made.json()["client"]
    repeated = admin.post(clients, json={"label": "物业系统"}, headers={"idempotency-key": "the-system"})
    assert (repeated.json()["client"], repeated.json()["key"]) == (client, None), "a key is shown once"
    got = nobody.post("/v1/client-tokens", json={"key": key})
    assert got.status_code == 201
    token = got.json()["access_token"]
    assert Verifier(city.chosen.keys_directory).verify(token, utc_now()).kind == "client"
    me = nobody.get("/v1/me", headers={"authorization": f"Bearer {token}"}).json()
    assert (me["kind"], me["profile"], me["held"][0]["roles"]) == ("client", None, ["property_system"])
    with_token = {"authorization": f"Bearer {token}"}
    assert nobody.get(f"/v1/communities/{HERE}/issues", headers=with_token).status_code == 200
    assert nobody.get(f"/v1/communities/{ELSEWHERE}/issues", headers=with_token).status_code == 403
    assert admin.delete(f"{clients}/{client['id']}").json()["revoked"] is True
    assert nobody.post("/v1/client-tokens", json={"key": key}).status_code == 401
