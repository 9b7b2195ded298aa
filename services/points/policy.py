"""The clauses of the points scheme (社区治理积分制): what earns how much."""

from datetime import date

from services.parameters import Parameter

CONFIRMED_REPORT_POINTS = Parameter(
    name="points.confirmed_report_points",
    en="points for a report that led to a confirmed settlement",
    zh="报告的问题办结并确认后获得的积分",
    unit="points",
    clause="分-1",
    values={date(2022, 5, 1): 5},
    least=0,
    most=1000,
)

PARAMETERS = (CONFIRMED_REPORT_POINTS,)
