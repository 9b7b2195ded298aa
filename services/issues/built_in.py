"""The categories that every community begins with: what is reported in an estate, by when it is dealt with, and by whom."""

from dataclasses import replace
from typing import NamedTuple

from services.actor import Role
from services.issues.contract import AnswerChoice, AnswerKind, Category, ExtraQuestion, Timing, Urgency


class _Promise(NamedTuple):
    """How urgent, how soon answered (calendar minutes), how soon settled."""

    urgency: Urgency
    respond_minutes: int
    timing: Timing
    settle: int = 0


# Danger in 2 hours and supplies in 24 are the times of the 12345 hotlines; everything else is not to stay overnight.
_DANGER = _Promise(Urgency.DANGER, 30, Timing.HOURS, 2)
_SUPPLY = _Promise(Urgency.URGENT, 60, Timing.HOURS, 24)
_URGENT = _Promise(Urgency.URGENT, 60, Timing.SAME_DAY)
_TODAY = _Promise(Urgency.ORDINARY, 120, Timing.SAME_DAY)
_WEEK = _Promise(Urgency.ORDINARY, 1440, Timing.WORKING_DAYS, 5)

_STEWARD, _MANAGER = Role.PROPERTY_STEWARD, Role.PROPERTY_MANAGER
_OFFICER, _LEADER = Role.GRID_OFFICER, Role.BUILDING_LEADER

_EVERYWHERE = 10_000  # metres: one matter for the whole estate


def _ask(code: str, en: str, zh: str, kind: AnswerKind, *choices: tuple[str, str, str]) -> ExtraQuestion:
    listed = tuple(AnswerChoice(key=key, en=label, zh=label_zh) for key, label, label_zh in choices)
    return ExtraQuestion(code=code, en=en, zh=zh, kind=kind, choices=listed)


def _must(question: ExtraQuestion) -> ExtraQuestion:
    return replace(question, required=True)


_YES_NO = (("yes", "yes", "是"), ("no", "no", "否"), ("unsure", "not sure", "不确定"))
_SINCE = _ask("since", "Since when?", "从什么时候开始?", AnswerKind.DATETIME)
_REACH = _ask(
    "reach", "Who is without it?", "影响范围是?", AnswerKind.SINGLEVALUELIST,
    ("home", "one home", "仅自家"), ("entrance", "the entrance", "整个单元"),
    ("building", "the building", "整栋楼"), ("estate", "several buildings", "多栋楼"),
)  # fmt: skip
_LIFT = _ask("lift", "Which lift (entrance or number)?", "哪部电梯(单元或编号)?", AnswerKind.STRING)
_INSIDE = _ask("inside", "How many people are in it?", "困了几个人?", AnswerKind.NUMBER)
_SMELL = _ask("smell", "Does it smell of gas?", "是否闻到燃气味?", AnswerKind.SINGLEVALUELIST, *_YES_NO)
_VALVE = _ask("valve", "Is the valve shut?", "阀门是否已关?", AnswerKind.SINGLEVALUELIST, *_YES_NO)
_BLOCKED = _ask("blocked_by", "What blocks it?", "被什么占用?", AnswerKind.STRING)
_WASTE = _ask(
    "waste", "What kinds of waste?", "有哪些垃圾?", AnswerKind.MULTIVALUELIST,
    ("household", "household waste", "生活垃圾"), ("bulky", "bulky waste", "大件垃圾"),
    ("building", "building rubble", "装修垃圾"), ("hazardous", "hazardous waste", "有害垃圾"),
)  # fmt: skip
_HOURS = _ask("hours", "At which hours?", "在哪些时段?", AnswerKind.STRING)
_BIKES = _ask("bikes", "About how many?", "大约多少辆?", AnswerKind.NUMBER)
_WISH = _ask("wish", "What should be accounted for or changed?", "希望公开或改进什么?", AnswerKind.TEXT)


_COMPLAINT = {"complaint": True}
_PRIVATE = {"private": True}
_QUARREL = _PRIVATE | _COMPLAINT

_KEYWORDS = {
    "facility": "损坏 坏了 维修 破损 松动 脱落",
    "manhole": "井盖 窨井 下水井 井口",
    "road": "路面 道路 坑洼 地砖 台阶 积水",
    "lights": "路灯 楼道灯 灯不亮 照明 灯坏",
    "pavilion": "凉亭 长椅 座椅 长廊 石桌",
    "playground": "健身器材 滑梯 秋千 球场 儿童乐园",
    "doors": "单元门 门禁 对讲 门锁 刷卡 道闸",
    "leaks": "屋顶漏水 楼顶漏水 外墙渗水 漏雨 渗漏 墙面发霉",
    "utilities": "水压 电压 水表 电表 气表",
    "water_off": "停水 没水 断水 没有水",
    "power_off": "停电 没电 断电 跳闸 没有电",
    "gas_off": "停气 没气 断气 打不着火",
    "heating": "暖气 供暖 不热 地暖",
    "burst_pipe": "漏水 爆管 水管破裂 喷水 跑水",
    "sewage": "下水道 堵塞 污水 化粪池 返水 外溢",
    "environment": "卫生 脏乱 清扫 保洁 打扫",
    "rubbish": "垃圾 堆积 建筑垃圾 垃圾桶 没人清 杂物",
    "stairwell": "楼道堆放 楼道杂物 堆物 鞋柜 走廊堆",
    "pests": "老鼠 蟑螂 白蚁 蚊虫 马蜂",
    "fumes": "油烟 异味 臭味 恶臭 焚烧",
    "safety": "隐患 危险 不安全",
    "gas_leak": "燃气 煤气 天然气 煤气味 泄漏 漏气",
    "exposed_wire": "电线裸露 电线掉落 漏电 触电 电线垂落 冒火花",
    "fire_lane": "消防通道 安全出口 生命通道 防火门 堵住消防",
    "fire_equipment": "消防栓 灭火器 烟感 喷淋 消防设施 消防",
    "flying_wires": "飞线 私拉电线 拉线充电 窗户充电 接线板",
    "falling_objects": "高空抛物 高空坠物 墙皮脱落 玻璃掉落 瓷砖脱落",
    "lifts": "电梯 异响 按键失灵 抖动 停运",
    "lift_trapped": "困人 困在电梯 被困 关在电梯",
    "lift_broken": "电梯坏 电梯故障 电梯停运 电梯不动",
    "vehicles": "车辆 停车 车位",
    "ebike": "电动车 电瓶车 电动自行车 乱停 车棚 充电桩",
    "ebike_indoors": "电动车进楼 电动车上楼 电瓶上楼 楼道充电 电瓶进电梯",
    "parking": "乱停车 占车位 占道 违停 堵车 挡路",
    "abandoned": "僵尸车 废弃车 长期不动",
    "greening": "绿化 草坪 花坛 毁绿 种菜",
    "trees": "树枝 树木 修剪 枯树 倒伏 遮光",
    "noise": "噪声 噪音 扰民 太吵 广场舞 施工声 装修声",
    "animals": "养犬 狗 遛狗 牵绳 狗屎 犬吠 流浪猫 流浪狗",
    "building_works": "违建 违章搭建 承重墙 私搭 群租 违规装修",
    "neighbours": "邻居 邻里 纠纷 吵架 楼上 争吵 调解",
    "upstairs_leak": "楼上漏水 天花板漏水 天花板滴水 顶棚渗水",
    "property_service": "物业 服务差 保安 不作为 没人管",
    "fees": "物业费 收费 乱收费 停车费 涨价",
    "conduct": "态度 骂人 推诿 辱骂 刁难",
    "common_income": "公共收益 广告收入 公示 账目 公共收入 维修资金",
    "care": "独居老人 孤寡 残疾 救助 求助 失联",
    "suggestion": "建议 希望 能否 增设 加装",
}


def _of(
    code: str, en: str, zh: str, promise: _Promise, handler: Role, radius: int,
    *questions: ExtraQuestion, private: bool = False, complaint: bool = False,
) -> Category:  # fmt: skip
    return Category(
        code=code, en=en, zh=zh, keywords=tuple(_KEYWORDS.get(code, "").split()), handler=handler,
        radius=radius, private=private, complaint=complaint, questions=questions, **promise._asdict(),
    )  # fmt: skip


def _group(head: Category, *members: Category) -> tuple[Category, ...]:
    return (head, *(replace(each, parent=head.code) for each in members))


BUILT_IN: tuple[Category, ...] = (
    #       code                English                       Chinese         times    handler    metres, questions
    *_group(
        _of("facility",         "facilities",                 "设施维修",     _TODAY,  _STEWARD, 50),
        _of("manhole",          "manhole cover",              "井盖",         _URGENT, _STEWARD, 30),
        _of("road",             "roads and paving",           "道路破损",     _TODAY,  _STEWARD, 50),
        _of("lights",           "lights of common parts",     "公共照明",     _TODAY,  _STEWARD, 50),
        _of("pavilion",         "pavilions and benches",      "凉亭座椅",     _TODAY,  _STEWARD, 50),
        _of("playground",       "play and sports grounds",    "健身游乐设施", _TODAY,  _STEWARD, 50),
        _of("doors",            "entrance doors",             "单元门与门禁", _TODAY,  _STEWARD, 30),
        _of("leaks",            "leaking roofs and walls",    "屋面外墙渗漏", _TODAY,  _STEWARD, 50),
    ),
    *_group(
        _of("utilities",        "water, power, gas, heating", "水电气热",     _SUPPLY, _STEWARD, 300),
        _of("water_off",        "no water",                   "停水",         _SUPPLY, _STEWARD, 300, _SINCE, _REACH),
        _of("power_off",        "no power",                   "停电",         _SUPPLY, _STEWARD, 300, _SINCE, _REACH),
        _of("gas_off",          "no gas",                     "停气",         _SUPPLY, _STEWARD, 300, _SINCE, _REACH),
        _of("heating",          "no heating",                 "供暖",         _SUPPLY, _STEWARD, 300, _SINCE, _REACH),
        _of("burst_pipe",       "burst or leaking pipe",      "漏水爆管",     _SUPPLY, _STEWARD, 100, _VALVE),
        _of("sewage",           "blocked drain, sewage",      "下水道堵塞",   _SUPPLY, _STEWARD, 100),
    ),
    *_group(
        _of("environment",      "cleanliness",                "环境卫生",     _TODAY,  _STEWARD, 50),
        _of("rubbish",          "rubbish",                    "垃圾",         _TODAY,  _STEWARD, 50, _WASTE),
        _of("stairwell",        "things left in stairwells",  "楼道堆物",     _TODAY,  _LEADER,  30),
        _of("pests",            "pests",                      "虫鼠",         _TODAY,  _STEWARD, 100),
        _of("fumes",            "fumes and smells",           "油烟异味",     _TODAY,  _STEWARD, 100, **_COMPLAINT),
    ),
    *_group(
        _of("safety",           "dangers",                    "安全隐患",     _URGENT, _STEWARD, 50),
        _of("gas_leak",         "gas leak",                   "燃气泄漏",     _DANGER, _STEWARD, 100, _SMELL, _VALVE),
        _of("exposed_wire",     "exposed wire",               "电线裸露",     _DANGER, _STEWARD, 50),
        _of("fire_lane",        "blocked fire lane or exit",  "消防通道堵塞", _DANGER, _STEWARD, 50, _BLOCKED),
        _of("fire_equipment",   "fire equipment",             "消防设施",     _URGENT, _MANAGER, 50),
        _of("flying_wires",     "wires out of windows",       "飞线充电",     _DANGER, _STEWARD, 50),
        _of("falling_objects",  "falling objects",            "高空坠物",     _DANGER, _STEWARD, 50),
    ),
    *_group(
        _of("lifts",            "lifts",                      "电梯",         _URGENT, _MANAGER, 30),
        _of("lift_trapped",     "people shut in a lift",      "电梯困人",     _DANGER, _MANAGER, 30, _LIFT, _INSIDE),
        _of("lift_broken",      "lift out of order",          "电梯故障",     _SUPPLY, _MANAGER, 30, _must(_LIFT), _SINCE),
    ),
    *_group(
        _of("vehicles",         "e-bikes and parking",        "电动车与停车", _TODAY,  _STEWARD, 50),
        _of("ebike",            "e-bikes parked anywhere",    "电动车乱停",   _TODAY,  _STEWARD, 100, _BIKES),
        _of("ebike_indoors",    "e-bikes taken indoors",      "电动车进楼",   _DANGER, _LEADER,  30),
        _of("parking",          "parking of cars",            "机动车停放",   _TODAY,  _STEWARD, 50, **_COMPLAINT),
        _of("abandoned",        "abandoned vehicles",         "僵尸车",       _WEEK,   _STEWARD, 30, _SINCE),
    ),
    *_group(
        _of("greening",         "greening",                   "绿化",         _TODAY,  _STEWARD, 50),
        _of("trees",            "trees",                      "树木修剪",     _TODAY,  _STEWARD, 50),
    ),
    _of("noise",            "noise",                      "噪声",         _TODAY,  _OFFICER, 100, _HOURS, **_COMPLAINT),
    _of("animals",          "dogs and other animals",     "养犬",         _TODAY,  _OFFICER, 100, **_COMPLAINT),
    _of("building_works",   "unlawful building works",    "违建与装修",   _WEEK,   _OFFICER, 30, **_COMPLAINT),
    *_group(
        _of("neighbours",       "quarrels of neighbours",     "邻里纠纷",     _TODAY,  _OFFICER, 0, **_QUARREL),
        _of("upstairs_leak",    "water from upstairs",        "楼上漏水",     _SUPPLY, _OFFICER, 30, _VALVE, **_QUARREL),
    ),
    *_group(
        _of("property_service", "property services",          "物业服务",     _TODAY,  _OFFICER, _EVERYWHERE, **_COMPLAINT),
        _of("fees",             "fees",                       "物业收费",     _WEEK,   _OFFICER, _EVERYWHERE, **_COMPLAINT),
        _of("conduct",          "conduct of a person",        "人员态度",     _TODAY,  _OFFICER, 0, **_QUARREL),
    ),
    _of("common_income",    "common income",              "公共收益",     _WEEK,   _MANAGER, _EVERYWHERE, _WISH),
    _of("care",             "neighbours in need of help", "关爱帮扶",     _URGENT, _OFFICER, 0, **_PRIVATE),
    _of("suggestion",       "suggestions",                "意见建议",     _WEEK,   _OFFICER, _EVERYWHERE),
    _of("other",            "other",                      "其他",         _TODAY,  _STEWARD, 50),
)  # fmt: skip
