"""What the documentation page says besides the API's own description, in both languages."""

from services.errors import Words

SAYS = {
    "title": Words("sansan API", "三三成事 接口文档"),
    "other": Words("中文", "English"),
    "intro": Words(
        "Residents' matters are raised, decided and carried out by residents. Every write is a command whose answer is "
        "the new state; every read is answered at once from the gateway's own views.",
        "居民事、居民定、居民办。每次写入都是一条命令,返回最新状态;每次读取都由网关直接回答。",
    ),
    "start": Words("Begin", "开始使用"),
    "start_steps": Words(
        "Log in, then send the access token with every request:", "先登录,再在每次请求中带上访问令牌:"
    ),
    "rules": Words("What holds everywhere", "通用约定"),
    "endpoints": Words("Endpoints", "接口"),
    "contents": Words("Contents", "目录"),
    "schemas": Words("Data", "数据结构"),
    "problems": Words("Problems", "错误"),
    "roles": Words("Roles", "角色"),
    "who": Words("Who", "谁可以调用"),
    "anybody": Words("anybody, also without a token", "任何人,无需登录"),
    "logged_in": Words("whoever has logged in, as far as they may see it", "已登录用户,限其可见范围"),
    "members": Words("Body", "请求内容"),
    "parameters": Words("Parameters", "参数"),
    "answers": Words("Answers", "返回"),
    "example": Words("Example", "示例"),
    "required": Words("required", "必填"),
    "name": Words("name", "名称"),
    "kind": Words("kind", "类型"),
    "meaning": Words("meaning", "含义"),
    "status": Words("status", "状态码"),
    "code": Words("code", "代码"),
}
RULES = (
    Words(
        "Idempotency-Key (1 to 200 visible ASCII characters) names a write: send it again with the same key, and the "
        "answer is the same and the effect one, for 7 days.",
        "Idempotency-Key(1 至 200 个可见 ASCII 字符)标识一次写入:7 天内用同一键重复发送,结果相同、只生效一次。",
    ),
    Words(
        "ETag is the version of what you got. Send it as If-Match to change only what you saw (else 412), or as "
        "If-None-Match to get it only if it has changed (else 304).",
        "ETag 为所得内容的版本。写入时作为 If-Match 发送,内容已变则返回 412;读取时作为 If-None-Match 发送,未变则返回 304。",
    ),
    Words(
        "A list goes from the newest to the oldest, 20 items a page (limit: 1 to 100); send `next` as `cursor` to get "
        "the next page.",
        "列表由新到旧,每页 20 项(limit:1 至 100);将 next 作为 cursor 发送即得下一页。",
    ),
    Words(
        "Every error is application/problem+json (RFC 9457) with its reason in both languages, the clause of the rule, "
        "and in `instance` the trace id that an operator can look up.",
        "错误均为 application/problem+json(RFC 9457),含中英文原因、条款,instance 为可供运维查询的追踪号。",
    ),
    Words(
        "After 429 and 503 wait as many seconds as Retry-After says.",
        "遇 429 与 503,请按 Retry-After 所示秒数等待后重试。",
    ),
)
