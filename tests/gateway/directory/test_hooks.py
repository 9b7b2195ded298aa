"""A webhook is set by admins for one API client, its secret is shown once, and it holds until it or the client is gone."""

from typing import Any

import pytest

from gateway.directory.contract import CreateApiClient, RemoveWebhook, RevokeApiClient, SetWebhook
from gateway.directory.hooks import Hook, client, hook_of, hooks
from gateway.directory.model import ApiClient, Webhook, webhook_id
from gateway.sight import sight_of
from gateway.webhooks.guard import Guard
from services.actor import NOBODY, Role
from services.declare import STAFF
from services.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from services.ids import new_id
from tests.gateway.directory.world import World
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, DISTRICT, NOON

URL_OF = "https://93.184.215.14/events"


@pytest.fixture
def client_id(world: World) -> str:
    made = world.does(CreateApiClient(community_id=COMMUNITY, label="物业工单系统"), world.admin)
    return str(made["client"]["id"])


def webhook(client_id: str, **changed: Any) -> SetWebhook:
    return SetWebhook(
        **{"community_id": COMMUNITY, "client_id": client_id, "url": URL_OF, "types": ("points.*",)} | changed
    )


def holding(world: World) -> list[Hook]:
    with world.directory.desk.engine.connect() as connection:
        return list(hooks(connection))


def test_a_webhook_holds_with_the_secret_that_was_shown_and_tells_of_itself_without_it(
    world: World, client_id: str
) -> None:
    made = world.does(webhook(client_id), world.admin)
    (hook,) = holding(world)
    assert made["secret"] == hook.secret
    assert (hook.url, hook.types, hook.client_id, hook.version) == (URL_OF, ("points.*",), client_id, 1)
    assert world.events()[-1] == "webhook.set"
    assert made["webhook"]["id"] == webhook_id(client_id) == hook.id
    for table in ("journal", "inbox"):
        assert hook.secret not in str(world.all(table))


def test_setting_it_again_changes_the_secret_and_repeating_the_command_does_not(world: World, client_id: str) -> None:
    command_id = new_id()
    first = world.does(webhook(client_id), world.admin, command_id=command_id)
    again = world.does(webhook(client_id), world.admin, command_id=command_id)
    assert again == {"webhook": first["webhook"], "secret": None}
    second = world.does(webhook(client_id, types=("*",)), world.admin)
    assert second["secret"] != first["secret"]
    assert [(hook.version, hook.secret) for hook in holding(world)] == [(2, second["secret"])]


def test_a_removed_one_holds_no_longer_and_forgets_its_secret_until_it_is_set_again(
    world: World, client_id: str
) -> None:
    secret = world.does(webhook(client_id), world.admin)["secret"]
    remove = RemoveWebhook(community_id=COMMUNITY, webhook_id=webhook_id(client_id))
    with pytest.raises(Conflict):
        world.does(remove, world.admin, if_version=2)
    assert world.does(remove, world.admin, if_version=1)["removed"]
    assert holding(world) == []
    assert secret not in str(world.all("webhooks"))
    with pytest.raises(Refused):
        world.does(remove, world.admin)
    assert not world.does(webhook(client_id), world.admin)["webhook"]["removed"]
    assert [hook.version for hook in holding(world)] == [3]


def test_a_revoked_clients_webhook_ends_with_it(world: World, client_id: str) -> None:
    world.does(webhook(client_id), world.admin)
    world.does(RevokeApiClient(community_id=COMMUNITY, client_id=client_id), world.admin, if_version=1)
    assert holding(world) == []
    assert world.events()[-2:] == ["api_client.revoked", "webhook.removed"]
    with pytest.raises(Refused):
        world.does(webhook(client_id), world.admin)


def test_only_admins_set_one_and_only_for_a_client_of_their_community(world: World, client_id: str) -> None:
    world.second_community()
    own = client(client_id, COMMUNITY)
    for actor in (NOBODY, own, world.official(Role.GRID_OFFICER), world.official(Role.PROPERTY_MANAGER)):
        with pytest.raises(Forbidden):
            world.does(webhook(client_id, url="https://resolves.nothing.example/"), actor)
        with pytest.raises(Forbidden):
            world.does(RemoveWebhook(community_id=COMMUNITY, webhook_id=webhook_id(client_id)), actor)
    for stranger in (webhook(client_id, community_id=ANOTHER_COMMUNITY), webhook(new_id())):
        with pytest.raises(NotFound):
            world.does(stranger, world.admin)
    with pytest.raises(NotFound):
        world.does(webhook(client_id, community_id=DISTRICT), world.admin)


def test_where_nothing_may_be_sent_and_types_that_no_event_has_are_refused(world: World, client_id: str) -> None:
    for url in ("http://127.0.0.1:8000/", "https://[::1]/", "https://user@93.184.215.14/", "http://2130706433/"):
        with pytest.raises(Refused) as refused:
            world.does(webhook(client_id, url=url), world.admin)
        assert refused.value.clause == "开-2"
    with pytest.raises(Invalid, match="no event"):
        world.does(webhook(client_id, types=("points.*", "weather.*")), world.admin)
    assert world.all("webhooks") == []


def test_the_operator_may_allow_networks_inside(world: World, client_id: str) -> None:
    world.directory._guard = Guard(["127.0.0.0/8"])
    assert world.does(webhook(client_id, url="http://127.0.0.1:40000/"), world.admin)["secret"]


def test_a_hook_is_found_by_its_key_and_sees_what_its_client_sees(world: World, client_id: str) -> None:
    world.does(webhook(client_id), world.admin)
    with world.directory.desk.engine.connect() as connection:
        hook = hook_of(connection, COMMUNITY, webhook_id(client_id))
        assert hook_of(connection, ANOTHER_COMMUNITY, webhook_id(client_id)) is None
        assert hook_of(connection, COMMUNITY, new_id()) is None
    assert hook is not None
    assert hook.actor == client(client_id, COMMUNITY)
    assert sight_of(hook.actor, COMMUNITY).audience == STAFF
    assert sight_of(hook.actor, ANOTHER_COMMUNITY).audience == "public"


def test_a_state_never_shows_the_secret() -> None:
    made = ApiClient(COMMUNITY, new_id(), 1, "物业工单系统", "f" * 64, False, NOON, NOON)
    hook = Webhook.begin(made, NOON)
    told = hook.set(URL_OF, ("*",), "whsec_secret", NOON)
    assert (told.webhook.version, told.webhook.removed) == (1, False)
    assert "whsec_secret" not in str(told)
    assert hook.remove(NOON).webhook.removed
