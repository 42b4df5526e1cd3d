"""Only type-checked: what a user may write, and what mypy must refuse. An ignore that is not needed is an error."""

from innkreving_sandbox import ControlError, Sandbox
from innkreving_sandbox.types import RuleDocument, RuleView

rule: RuleDocument = {"when": {"service": "kravogbetalinger"}, "then": {"sequence": ["KB-002", "ok"]}}
with Sandbox(now="2026-03-01", scenarios="./scenarios", auth="signed", settings={"tls": "off"}) as sandbox:
    added: RuleView = sandbox.control.add_rule(rule)
    left: int = added["left"]
    text: str = sandbox.control.show_clock()["day"]
    try:
        sandbox.session().control.put_scenarios("part: x")
    except ControlError as error:
        print(error.problem["detail"], left, text)

Sandbox(auth="strict")  # type: ignore[arg-type]
Sandbox(noww="2026-03-01")  # type: ignore[call-arg]
sandbox.control.add_rule({"times": 2})  # type: ignore[typeddict-item]
sandbox.control.show_rule()  # type: ignore[call-arg]
sandbox.control.list_requests(partyy="311851381")  # type: ignore[call-arg]
sandbox.control.show_clock()["dayy"]  # type: ignore[typeddict-item]
