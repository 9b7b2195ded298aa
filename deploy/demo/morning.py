"""Before the residents are up: the admin draws the community, and the steward's patrol goes its way."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.cast import HOME
from deploy.demo.scene import EAST, OFFICERS, WEST, WESTERN, Scene
from services.ids import new_id

OUTLINE = [(30.6120, 114.3035), (30.6120, 114.3100), (30.6185, 114.3105), (30.6185, 114.3035)]
CABINET = {
    "code": "charging_cabinet",
    "parent": "vehicles",
    "en": "charging cabinets",
    "zh": "充电柜",
    "keywords": ["充电柜", "换电柜"],
    "urgency": "urgent",
    "questions": [{"code": "slot", "en": "Which slot?", "zh": "第几格?", "kind": "number", "required": True}],
}
ROUTE = "早巡一号线"
CHECKPOINTS = ("南门岗亭", "中心花园", "9栋东侧", "15栋车库口")
FINDINGS = (
    ("manhole", "5栋旁井盖下沉", "5栋东侧的雨水井盖比路面低了五厘米。", "5栋"),
    ("rubbish", "7栋楼道口堆放装修垃圾", "7栋1单元门口有十几袋装修垃圾。", "7栋"),
    ("lights", "10栋地下室灯不亮", "10栋地下室通道有三盏灯不亮。", "10栋"),
    ("fire_equipment", "11栋灭火器过期", "11栋二楼的两具灭火器过了检验期。", "11栋"),
    ("doors", "4栋对讲机失灵", "4栋3单元的对讲机没有声音。", "4栋"),
    ("pavilion", "中心花园石桌松动", "中心花园凉亭的石桌基座松动。", ""),
    ("greening", "17栋草坪被踩秃", "17栋前的草坪踩出一条土路。", "17栋"),
)


@dataclass
class Morning:
    """The first chapters of the day."""

    scene: Scene

    def draw_the_community(self) -> None:
        """The admin draws the outline and the micro-grids, adds a category, and lays down a patrol's way."""
        scene, sun = self.scene, self.scene.people["sun"]
        outline = [{"lat": lat, "lon": lon} for lat, lon in OUTLINE]
        scene.tells.lets(sun, "catalogue/outline", {"outline": outline})
        scene.tells.lets(sun, "catalogue/categories", {"category": CABINET})
        known = {each["name"]: each["id"] for each in sun.sees(f"{HOME}/grids", limit=100)["items"]}
        for name in (WEST, EAST):
            scene.grids[name] = known.get(name) or self._grid(name)
        counted = [sum(self._is_in(name, building) for building in scene.buildings) for name in (WEST, EAST)]
        scene.tells.say(
            sun.title,
            f"draws the ground's outline, two micro-grids ({counted[0]} and {counted[1]} buildings), "
            "a patrol's way, and adds a category of the community's own: charging cabinets 充电柜",
        )

    def patrol(self) -> None:
        """The steward logs what the patrol passed and found: one finding is refused, the others become issues."""
        scene, zhou = self.scene, self.scene.people["zhou"]
        findings = [self._finding(*each) for each in FINDINGS]
        findings.append({**findings[0], "title": "井盖丢失", "place": {"building_id": new_id()}})
        patrol = scene.tells.lets(
            zhou,
            "patrols",
            {
                "route_id": self._route(),
                "began_at": scene.clock.at("07:20").isoformat(),
                "ended_at": scene.clock.at("07:50").isoformat(),
                "visits": [
                    {"number": number, "at": scene.clock.at(f"07:{20 + number * 5}").isoformat()}
                    for number in range(1, len(CHECKPOINTS))
                ],
                "findings": findings,
            },
            status=201,
        )
        scene.patrolled = [each["issue_id"] for each in patrol["outcomes"] if each["issue_id"]]
        refused = [each for each in patrol["outcomes"] if each["code"]]
        scene.holds(len(scene.patrolled) == len(FINDINGS), f"a patrol of {len(FINDINGS)} good findings made {patrol}")
        scene.holds(patrol["missed"] == [len(CHECKPOINTS)], f"the patrol missed a checkpoint, and it says {patrol}")
        scene.tells.say(
            zhou.title,
            f"logs the patrol: {len(patrol['visits'])} checkpoints reached, one missed; {len(findings)} findings in one "
            f"call, {len(scene.patrolled)} become issues, one is refused: {refused[0]['en']} ({refused[0]['clause']})",
        )

    def _grid(self, name: str) -> str:
        scene = self.scene
        buildings = [id_ for building, id_ in scene.buildings.items() if self._is_in(name, building)]
        officer = scene.people[OFFICERS[name]].member_id
        told = {"name": name, "building_ids": buildings, "officer_id": officer}
        return str(scene.tells.lets(scene.people["sun"], "grids", told, status=201)["id"])

    def _is_in(self, name: str, building: str) -> bool:
        return (int(building.removesuffix("栋")) <= WESTERN) is (name == WEST)

    def _route(self) -> str:
        """The id of the patrol's way, which is laid down on the first day."""
        scene, sun = self.scene, self.scene.people["sun"]
        known = {each["name"]: each["id"] for each in sun.sees(f"{HOME}/routes", limit=100)["items"]}
        points = [{"number": number, "name": name} for number, name in enumerate(CHECKPOINTS, 1)]
        told = {"name": ROUTE, "checkpoints": points}
        return str(known.get(ROUTE) or scene.tells.lets(sun, "routes", told, status=201)["id"])

    def _finding(self, category: str, title: str, text: str, building: str) -> dict[str, Any]:
        place = {"building_id": self.scene.buildings[building]} if building else {"spot": "中心花园"}
        return {"category": category, "title": title, "text": text, "place": place}
