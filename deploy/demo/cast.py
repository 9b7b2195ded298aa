"""The people of the stories: who they are, how they log in, and where all of it happens."""

from deploy.demo.onboarding import COMMUNITY
from deploy.demo.person import Person

HOME = f"/v1/communities/{COMMUNITY}"
PASSWORD = "caochang-demo-2026"
PEOPLE = {
    "zheng": ("Zheng Aihua, party committee 社区党委郑爱华", "zheng.aihua"),
    "xu": ("Xu Qiang, property manager 物业经理徐强", "xu.qiang"),
    "liu": ("Liu Zhiyuan, owners' committee 业委会刘志远", "liu.zhiyuan"),
    "sun": ("Sun Yuzhen, community admin 社区管理员孙玉珍", "sun.yuzhen"),
    "chen": ("Chen Jing, grid officer 网格员陈静", "chen.jing"),
    "li": ("Li Guihua, resident 居民李桂华", "li.guihua"),
    "zhang": ("Zhang Wei, resident 居民张伟", "zhang.wei"),
    "huang": ("Huang Xiulan, building leader 楼栋长黄秀兰", "huang.xiulan"),
    "ma": ("Ma Lin, designer 设计师马琳", "ma.lin"),
    "gao": ("Gao Ming, structural engineer 高明", "gao.ming"),
    "lin": ("Lin Fang, fire engineer 林芳", "lin.fang"),
    "he": ("He Jun, electrical engineer 何军", "he.jun"),
    "tang": ("Tang Yue, lawyer 唐越", "tang.yue"),
    "wei": ("Wei Guo, accountant 魏国", "wei.guo"),
    "song": ("Song Lei, landscape architect 宋磊", "song.lei"),
    "feng": ("Feng Xue, architect 冯雪", "feng.xue"),
    "cao": ("Cao Bin, retired construction engineer 曹斌", "cao.bin"),
}
AT_THE_DESK = {
    "luo": ("Luo Jing, grid officer 网格员罗静", "luo.jing"),
    "zhou": ("Zhou Min, property steward 物业管家周敏", "zhou.min"),
    "deng": ("Deng Yong, property steward 物业管家邓勇", "deng.yong"),
}


def enter(address: str, people: dict[str, tuple[str, str]]) -> dict[str, Person]:
    """The people, each logged in, by their names in the stories."""
    return {key: Person(title, address, login, PASSWORD) for key, (title, login) in people.items()}
