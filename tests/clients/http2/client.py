"""httpx over HTTP/2: answers, many calls at once, bodies, faults, calls that are given up."""

import asyncio
import os
import ssl

import httpx

URL, PLAIN = os.environ["SANDBOX_URL"], os.environ["SANDBOX_PLAIN"]
BASE = "/api/innkreving/kravogbetalinger/v1/finans"
CALL = f"{BASE}/311851381/aapnekrav"


async def failure(client, fault):
    try:
        await client.get(CALL, headers={"Sandbox-Fault": fault})
    except httpx.HTTPError as error:
        return type(error).__name__
    return None


async def main():
    context = ssl.create_default_context(cafile=os.environ["SANDBOX_CA"])
    one = httpx.AsyncClient(base_url=PLAIN)
    async with httpx.AsyncClient(base_url=URL, http2=True, verify=context, timeout=30) as two:
        answer = await two.get(CALL)
        assert (answer.http_version, answer.status_code) == ("HTTP/2", 200), answer
        assert answer.json() == (await one.get(CALL)).json()
        many = await asyncio.gather(*(two.get(CALL, headers={"Sandbox-Delay": "1ms..60ms"}) for _ in range(80)))
        assert all(it.status_code == 200 and it.content == answer.content for it in many)
        journal = (await one.get("/sandbox/requests?limit=80")).json()["requests"]
        assert len({it["connection"] for it in journal}) == 1, "they share a connection"
        assert {it["protocol"] for it in journal} == {"HTTP/2"}

        # A body that is larger than the windows goes up, and an answer that is larger than both comes down.
        claims = "".join(
            f"  - {{ kravidentifikator: k{number}, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: {500 + number} }}\n"
            for number in range(2000)
        )
        text = f'part: "314300017"\nnavn: LITEN TIGER AS\nkrav:\n{claims}'
        session = {"Sandbox-Session": "large"}
        put = await two.put("/sandbox/scenarios", content=text, headers={"Content-Type": "application/yaml", **session})
        assert put.status_code == 200 and len(text) > 200_000, put.text
        large = await two.get(f"{BASE}/314300017/aapnekrav", headers=session)
        assert len(large.json()["aapentKravMedGjenstaaendeBeloep"]) == 2000 and len(large.content) > 500_000

        for fault in ("reset", "reset-after", "hang(50ms)", "truncate", "empty"):
            failed = await failure(two, fault)
            # After GOAWAY, h2 takes nothing more to send, and httpx calls that an error of its own.
            expected = ("LocalProtocolError", "RemoteProtocolError") if fault == "empty" else ("RemoteProtocolError",)
            assert failed in expected, f"{fault}: {failed}"
            assert (await two.get(CALL)).status_code == 200, f"the call after {fault}"
        refused = await two.get(CALL, headers={"Sandbox-Fault": "garbage"})
        assert refused.status_code == 400 and "HTTP/1.1" in refused.headers["sandbox-hint"], refused.headers
        slow = await two.get(CALL, headers={"Sandbox-Fault": "slow-body(60k/s)"})
        assert slow.status_code == 200 and slow.json()

        try:
            await two.get(CALL, headers={"Sandbox-Delay": "20s"}, timeout=0.3)
            raise AssertionError("it waits")
        except httpx.ReadTimeout:
            pass
    # httpx does not tell that it has given a call up. It has when its connection is closed.
    for _ in range(200):
        last = (await one.get("/sandbox/requests?limit=1")).json()["requests"][0]
        if last.get("gaveUp"):
            break
        await asyncio.sleep(0.05)
    assert last.get("gaveUp"), last
    await one.aclose()


asyncio.run(main())
print("passed")
