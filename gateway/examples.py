"""Examples of what is sent, in the words of the people who send it; a test keeps them valid."""

from typing import Any

from gateway.directory.answers import LogIn
from gateway.directory.contract import EnrolMember, GrantRole, RegisterMember, RejectMember, SetParameter
from services.issues.contract import ConfirmIssue, RejectIssue, ReopenIssue, ReportIssue, ResolveIssue

EXAMPLES: dict[type, dict[str, Any]] = {
    ReportIssue: {
        "category": "manhole",
        "title": "3栋门口井盖破损",
        "text": "3栋2单元门口的井盖碎了一半,晚上走路危险,请尽快处理。",
        "place": {"spot": "3栋2单元门口"},
    },
    ResolveIssue: {"note": "井盖已更换并加固,现场已复查。"},
    ConfirmIssue: {"note": "已经修好了,谢谢!"},
    ReopenIssue: {"reason": "新井盖松动,踩上去会响。"},
    RejectIssue: {"reason": "此事属于城管部门职责,已告知联系方式。"},
    SetParameter: {"name": "issues.reopening_days", "day": "2026-01-01", "value": 14},
    RegisterMember: {"login": "li.guihua", "name": "李桂华", "phone": "13800000000", "password": "一句好记的话 2026"},
    EnrolMember: {"login": "wang.wu", "name": "王五", "phone": "13900000000"},
    RejectMember: {"reason": "not_known_here"},
    GrantRole: {"role": "building_leader"},
    LogIn: {"login": "li.guihua", "password": "一句好记的话 2026"},
}
