"""A property company's system (物业系统) as a small program of its own: how to build on sansan's API. It is no part of the product.

It imports nothing of sansan; what it needs is httpx and this recipe:

1. An admin of the community lets it in: `POST /v1/communities/{community}/api-clients` gives its key, shown once. With
   `POST /v1/client-tokens` it gets an access token for that key, and another one whenever the API answers 401.
2. The feed is the truth. `GET /v1/events?community=…&type=…&cursor=…` gives every event once, in order; `next` is the
   cursor to keep, with what was done, before going on. Whoever was switched off goes on from there (`books.py`, `company.py`).
3. Webhooks make it quick. An admin sets one, `POST /v1/communities/{community}/webhooks` with `client_id`, `url` and
   `types`, and hands over its secret, shown once. Each event comes as a CloudEvent in JSON, the same as in the feed. Check
   the signature over the raw body before reading it (`signature.py`); answer 2xx when it is dealt with, anything else to
   get it again (after 1 s, 2 s, 4 s … at most 10 min, or what `Retry-After` says), 410 to get nothing more. The same event
   may come twice, and also from the feed: its id says so.
4. What it answers is a command with an `Idempotency-Key` made from the event's id: sent twice, it has one effect. 409 says
   that there is nothing left to do; after 401, 429, 5xx or no answer it is sent again (`api.py`).

`python -m tests.property_company CONFIG.json` runs it; the members of the file are those of `company.Config`.
"""
