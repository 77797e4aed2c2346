"""Availability and rules over the API: shapes, rights, and what is refused."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from innboks.lib.clock import FakeClock
from tests.api.conftest import assert_problem, say
from tests.api.test_people import People, people

__all__ = ["people"]

WEEK = [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)]


async def test_a_plan_is_set_and_read_back(people: People) -> None:
    bo, client = await people.new("Bo Agent")
    where = f"/api/users/{bo}/availability"
    plan = {
        "time_zone": "Europe/Oslo",
        "hours": WEEK,
        "country": "DE",
        "region": "BY",
        "absences": [{"starts_at": "2026-07-01T00:00:00+02:00", "ends_at": "2026-07-20T00:00:00+02:00", "note": "Holiday"}],
    }
    changed = await client.patch(where, json=plan)
    assert changed.status_code == 200, changed.text
    assert changed.json() == (await people.api.get(where)).json()
    shown = changed.json()
    assert {name: shown[name] for name in ("time_zone", "hours", "country", "region")} == {
        name: plan[name] for name in ("time_zone", "hours", "country", "region")
    }
    assert shown["absences"][0]["note"] == "Holiday"
    assert len(shown["next_holidays"]) == 3
    assert shown["next_holidays"] == sorted(shown["next_holidays"], key=lambda one: one["date"])
    away = (await client.patch(where, json={"status": "away"})).json()
    assert (away["status"], away["why"], away["set_away_by"]) == ("away", "chosen", None)
    assert (await client.patch(where, json={"country": "NO"})).json()["region"] is None
    assert (await client.patch(where, json={"hours": None, "absences": []})).json()["hours"] is None
    listed = (await client.get("/api/availability")).json()["items"]
    assert [(one["user_id"], one["status"]) for one in listed if one["user_id"] == bo] == [(bo, "away")]


async def test_limits_are_set_by_who_manages_people(people: People) -> None:
    """R-009, R-600, R-604."""
    bo, client = await people.new("Bo Agent")
    where = f"/api/users/{bo}/availability"
    limits = {"conversations_max": 12, "calling_max": 1, "messaging_max": 5, "other_max": None}
    changed = (await people.api.patch(where, json=limits)).json()
    assert {name: changed[name] for name in limits} == limits
    for name in limits:
        assert_problem(await client.patch(where, json={name: 99}), 403, code="missing_permission")
        assert_problem(await people.api.patch(where, json={name: 100_001}), 400)


async def test_a_limit_of_a_kind_stands_beside_the_name_and_in_what_a_rule_does(people: People, echo: dict[str, Any]) -> None:
    """R-602, R-604: what is enforced is shown; of a rule, the kind that comes over its channel."""
    bo, _ = await people.new("Bo Agent")
    await people.api.patch(f"/api/users/{bo}/availability", json={"messaging_max": 1, "calling_max": 2})
    rule = {"is_on": True, "targets": [{"type": "user", "id": bo}]}
    where = f"/api/channel-accounts/{echo['id']}/assignment"
    await people.api.put(where, json=rule)
    await say(people.api, echo, "Hello")
    (standing,) = [one for one in (await people.api.get("/api/availability")).json()["items"] if one["user_id"] == bo]
    assert standing["kinds"] == [{"kind": "calling", "open_count": 0, "max": 2}, {"kind": "messaging", "open_count": 1, "max": 1}]
    assert (standing["open_count"], standing["conversations_max"]) == (1, None)
    (one,) = (await people.api.post(f"{where}/simulation", json=rule)).json()["now"]["people"]
    assert (one["kinds"], one["is_full"], one["is_able"]) == ([{"kind": "messaging", "open_count": 1, "max": 1}], True, False)


async def test_regions_have_names(people: People) -> None:
    countries = {one["code"]: one["regions"] for one in (await people.api.get("/api/availability/countries")).json()["items"]}
    assert {"code": "BY", "name": "Bayern"} in countries["DE"]
    assert not any(one["name"] == one["code"] for one in countries["US"] + countries["CA"] + countries["CH"])


async def test_people_are_found_by_whether_they_are_available(people: People, clock: FakeClock) -> None:
    """R-026."""
    bo, client = await people.new("Bo Agent")
    await client.patch(f"/api/users/{bo}/availability", json={"status": "away"})
    found = {}
    for status in ("available", "away"):
        found[status] = [one["id"] for one in (await people.api.get("/api/people", params={"status": status})).json()["items"]]
    assert (found["away"], bo in found["available"], str(people.ada.user_id) in found["available"]) == ([bo], False, True)
    cy, clerk = await people.new("Cy Agent")
    starts, ends = (clock.now() + timedelta(seconds=after) for after in (30, 3600))
    await clerk.patch(f"/api/users/{cy}/availability", json={"absences": [{"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}]})
    clock.advance(31)
    answer = await people.api.get("/api/people", params={"status": "away"})
    assert [one["id"] for one in answer.json()["items"]] == [bo, cy], "to the second, before anything was told"


async def test_what_waits_is_given_out_if_the_account_says_so(people: People, echo: dict[str, Any]) -> None:
    """R-562: a setting of the account, off at first."""
    bo, client = await people.new("Bo Agent")
    await client.patch(f"/api/users/{bo}/availability", json={"status": "away"})
    rule = {"is_on": True, "targets": [{"type": "user", "id": bo}]}
    await people.api.put(f"/api/channel-accounts/{echo['id']}/assignment", json=rule)
    await say(people.api, echo, "Hello")
    assert (await people.api.get("/api/account")).json()["assigns_when_available"] is False
    assert_problem(await client.patch("/api/account", json={"assigns_when_available": True}), 403)
    changed = await people.api.patch("/api/account", json={"assigns_when_available": True})
    assert (changed.json()["assigns_when_available"], changed.json()["undo_send_s"]) == (True, 8), "only what is given changes"
    await client.patch(f"/api/users/{bo}/availability", json={"status": "available"})
    (conversation,) = (await people.api.get("/api/conversations")).json()["items"]
    assert conversation["assignee_id"] == bo


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "busy"},
        {"hours": [{"day": 7, "from": "09:00", "to": "17:00"}]},
        {"hours": [{"day": 0, "from": "9", "to": "17:00"}]},
        {"hours": [{"day": 0, "from": "24:00", "to": "24:00"}]},
        {"hours": [{"day": 0, "from": "09:00\n", "to": "17:00"}]},
        {"hours": [{"day": 0, "from": "09:00", "to": "17:00\n"}]},
        {"hours": WEEK + WEEK},
        {"hours": WEEK * 20},
        {"hours": "always"},
        {"absences": [{"starts_at": "2026-07-01T00:00:00", "ends_at": "2026-07-02T00:00:00"}]},
        {"absences": [{"starts_at": "2026-07-02T00:00:00Z", "ends_at": "2026-07-01T00:00:00Z"}]},
        {"absences": [{"starts_at": "2026-07-01T00:00:00Z", "ends_at": "2026-07-02T00:00:00Z", "note": "x" * 201}]},
        {"time_zone": "x" * 61},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "europe/oslo"},
        *(
            {"time_zone": one}
            for one in ("localtime", "posixrules", "Factory", "posix/Europe/Oslo", "right/Europe/Oslo", "Etc/Unknown", "")
        ),
        {"country": "NOPE"},
        {"conversations_max": -1},
        {"conversations_max": 1.5},
        {"other": 1},
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(people: People, wrong: dict[str, Any]) -> None:
    assert_problem(await people.api.patch(f"/api/users/{people.ada.user_id}/availability", json=wrong), 400)


async def test_a_rule_names_people_flags_them_and_gives_the_next_one(people: People, echo: dict[str, Any]) -> None:
    bo, _ = await people.new("Bo Agent")
    where = f"/api/channel-accounts/{echo['id']}/assignment"
    off = (await people.api.get(where)).json()
    assert off == {
        "is_on": False,
        "asks_owner": False,
        "targets": [],
        "returning_days": None,
        "only_available": True,
        "distribution": "random",
        "skills": "off",
        "is_live": False,
    }
    rule = {"is_on": True, "targets": [{"type": "user", "id": bo}], "returning_days": 14, "distribution": "round_robin"}
    saved = await people.api.put(where, json=rule)
    assert saved.status_code == 200, saved.text
    assert saved.json()["targets"] == [{"type": "user", "id": bo, "flaw": None}]
    assert saved.json()["returning_days"] == 14
    await say(people.api, echo, "Hello")
    (conversation,) = (await people.api.get("/api/conversations")).json()["items"]
    assert conversation["assignee_id"] == bo
    played = (await people.api.post(f"{where}/simulation", json=rule)).json()
    assert (played["counts"], played["nobody"], played["items"][0]["conversation_id"]) == ({bo: 1}, 0, conversation["id"])
    now = played["now"]
    assert (now["user_id"], now["how"], now["among"], [one["user_id"] for one in now["people"]]) == (bo, "round_robin", 1, [bo])
    await people.api.patch(f"/api/users/{bo}", json={"is_active": False})
    assert (await people.api.get(where)).json()["targets"][0]["flaw"] == "deactivated"
    assert (await people.api.put(where, json=rule)).status_code == 200, "who is in it already may stay"


async def test_a_rule_that_cannot_be_is_refused(people: People, echo: dict[str, Any], stranger: httpx.AsyncClient) -> None:
    where = f"/api/channel-accounts/{echo['id']}/assignment"
    bo, _ = await people.new("Bo Agent", can_receive=False)
    eve = (await stranger.get("/api/users/me")).json()["id"]
    ada = {"type": "user", "id": str(people.ada.user_id)}
    for targets, code in (
        ([], "no_targets"),
        ([{"type": "user", "id": bo}], "no_seat"),
        ([{"type": "user", "id": eve}], "unknown"),
        ([{"type": "team", "id": "1"}], "unknown_team"),
        ([ada, ada], "twice"),
    ):
        for ask in (people.api.put(where, json={"is_on": True, "targets": targets}),):
            assert_problem(await ask, 400, code=code)
    for wrong in (
        {"is_on": True, "targets": [{"type": "robot", "id": "1"}]},
        {"is_on": True, "targets": [{"type": "user", "id": "x"}]},
        {"is_on": True, "targets": [ada], "distribution": "by name"},
        {"is_on": True, "targets": [ada], "returning_days": 0},
        {"is_on": True, "targets": [ada], "returning_days": 366},
        {"is_on": True, "targets": [ada], "returning_days": "always"},
        {"is_on": "yes"},
        {},
    ):
        assert_problem(await people.api.put(where, json=wrong), 400)
    assert_problem(await stranger.put(where, json={"is_on": False}), 404)


async def test_trying_a_rule_tells_no_words_of_an_inbox_one_may_not_read(people: People, echo: dict[str, Any]) -> None:
    _, configurer = await people.new("Cy Configurer", await people.role("Configurers", ["account_access"]))
    await say(people.api, echo, "A secret")
    await people.api.patch(f"/api/inboxes/{echo['inbox_id']}", json={"access": "members", "member_ids": [str(people.ada.user_id)]})
    where = f"/api/channel-accounts/{echo['id']}/assignment/simulation"
    (one,) = (await configurer.post(where, json={"is_on": False})).json()["items"]
    assert (one["conversation_id"], one["subject"], one["contact_name"]) == (None, "", "")
    (one,) = (await people.api.post(where, json={"is_on": False})).json()["items"]
    assert one["conversation_id"] is not None


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        ("9999-11-01T00:00:00Z", "9999-12-02T00:00:00Z"),
        ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        ("2200-01-01T00:00:00Z", "2200-01-02T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z"),
    ],
)
async def test_an_absence_beyond_all_years_is_refused(people: People, starts_at: str, ends_at: str) -> None:
    bo, client = await people.new("Bo Agent")
    absence = {"starts_at": starts_at, "ends_at": ends_at}
    assert_problem(await client.patch(f"/api/users/{bo}/availability", json={"absences": [absence]}), 400, field="absences")


async def test_skills_are_made_given_needed_and_not_deleted_while_in_use(people: People, echo: dict[str, Any]) -> None:
    """R-558, and the overview of all rules."""
    bo, client = await people.new("Bo Agent")

    async def made(path: str, **body: Any) -> dict[str, Any]:
        answer = await people.api.post(path, json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    ada = people.api
    language = await made("/api/skills", language="nb")
    assert (language["language"], language["category_id"], language["people"]) == ("nb", None, [])
    category = await made("/api/skill-categories", name="Products")
    tents = await made("/api/skills", category_id=category["id"], name="Tents")
    given = await ada.patch(f"/api/skills/{language['id']}", json={"people": [{"user_id": bo, "is_main": False}]})
    assert given.json()["people"] == [{"user_id": bo, "is_main": False}]
    need = await made("/api/skill-needs", skill_id=tents["id"], source="subject", value="tent pole")
    assert (await made("/api/skill-needs", skill_id=tents["id"], source="subject", value="tent pole")) == need
    for path, where in ((f"/api/skills/{language['id']}", "Bo Agent"), (f"/api/skills/{tents['id']}", "tent pole")):
        refused = await ada.delete(path)
        assert_problem(refused, 409, code="skill_in_use")
        assert where in refused.json()["detail"]
    assert (await ada.delete(f"/api/skill-categories/{category['id']}")).status_code == 409
    assert_problem(await client.get("/api/skills"), 403, code="missing_permission")
    assert (await ada.delete(f"/api/skill-needs/{need['id']}")).status_code == 204
    assert (await ada.delete(f"/api/skills/{tents['id']}")).status_code == 204
    assert (await ada.delete(f"/api/skill-categories/{category['id']}")).status_code == 204
    for wrong in ({}, {"language": "nb", "category_id": category["id"]}, {"language": "klingon"}, {"category_id": "0", "name": "x"}):
        assert (await ada.post("/api/skills", json=wrong)).status_code in (400, 404)
    rules = (await ada.get("/api/assignment-rules")).json()["items"]
    assert next(one["rule"] for one in rules if one["channel_account_id"] == echo["id"])["is_on"] is False
