"""The story of docs/story.md through clients that openapi-python-client has made of the contracts.

A collection agency submits a request for enforcement, the case is decided, the employer polls, pay comes in with a deduction, and the
creditor looks. The first argument is the binary, which makes the request; SANDBOX_URL says where the sandbox is.
"""

import json
import os
import subprocess
import sys
from io import BytesIO

from sandbox import Client as ControlClient
from sandbox.api.control import begjaering_money, change_clock, decide_begjaering
from sandbox.models import Beslutningsdokument, ClockChange
from trekkpaalegg import Client as EmployerClient
from trekkpaalegg.api.trekkpaalegg import hent_trekkpaalegg
from utleggsbegjaering import Client
from utleggsbegjaering.api.utleggsbegjaering import (
    endre_begjaering, hent_innsyn_i_trekk, hent_regelverk, hent_status, hent_statusendringer, last_opp_vedlegg, opprett_begjaering,
    valider_endret_begjaering, valider_ny_begjaering, vis_vedlegg,
)
from utleggsbegjaering.models import Begjaering, Oppslag, Opplastingsskjema, OpplastingsskjemaType
from utleggsbegjaering.types import File

BASE = os.environ["SANDBOX_URL"]
EMPLOYER = "310777609"
SESSION = {"Sandbox-Session": "story-python"}
IDS = {"klientid": "story", "korrelasjonsid": "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10", "meldingsid": "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e11"}
agency = Client(base_url=BASE, headers=SESSION, raise_on_unexpected_status=True)
employer = EmployerClient(base_url=BASE, headers={**SESSION, "Sandbox-Party": EMPLOYER}, raise_on_unexpected_status=True)
control = ControlClient(base_url=BASE, headers=SESSION, raise_on_unexpected_status=True)


def taken(response, status=200):
    assert response.status_code == status, (response.status_code, response.content)
    return response.parsed


def attachments(value):
    """The objects that name an attachment."""
    if isinstance(value, dict):
        if "filnavn" in value and "type" in value:
            yield value
        for item in value.values():
            yield from attachments(item)
    elif isinstance(value, list):
        for item in value:
            yield from attachments(item)


def advance(days):
    taken(change_clock.sync_detailed(client=control, body=ClockChange(advance=days)))


def status(case):
    return taken(hent_status.sync_detailed(case, client=agency, **IDS))


# Day 0: uploads, then validate and submit.
plain = json.loads(subprocess.run([sys.argv[1], "begjaering", "example", "--krav", "2", "--dato", "2026-11-21"], capture_output=True, check=True).stdout)
for one in attachments(plain):
    form = Opplastingsskjema(
        fil=File(payload=BytesIO(b"%PDF-1.7 vedlegg"), file_name="vedlegg.pdf", mime_type="application/pdf"),
        type_=OpplastingsskjemaType(one["type"]), innsender_referanse=plain["innsenderReferanse"],
    )
    one["uuid"] = taken(last_opp_vedlegg.sync_detailed(client=agency, body=form, **IDS), 201).uuid
    assert taken(vis_vedlegg.sync_detailed(one["uuid"], client=agency, **IDS)).tilstand == "konvertert"
request = Begjaering.from_dict(plain)
principal = request.krav_til_innkreving[0]
principal.opprinnelig_beloep.beloep = principal.gjenstaaende_beloep.beloep = 24000
debtor = request.saksoekt[0].saksoekt.person.identifikator.verdi
rules = taken(hent_regelverk.sync_detailed(client=agency, body=Oppslag(identifikator=[debtor]), **IDS))
assert [it.system for it in rules.regelverk] == ["ELAN"], rules
taken(valider_ny_begjaering.sync_detailed(client=agency, body=request, **IDS))
case = taken(opprett_begjaering.sync_detailed(client=agency, body=request, **IDS), 201).ekstern_saksreferanse
again = taken(opprett_begjaering.sync_detailed(client=agency, body=request, **IDS), 409)
assert again.feilkode == "DUPLIKAT_INNSENDING", again
assert status(case).saksstatus == "sakOpprettet"
taken(valider_endret_begjaering.sync_detailed(case, client=agency, body=request, **IDS))
taken(endre_begjaering.sync_detailed(case, client=agency, body=request, **IDS))
signature, request.underskrift = request.underskrift, "en annen"
broken = taken(valider_endret_begjaering.sync_detailed(case, client=agency, body=request, **IDS), 422)
request.underskrift = signature
codes = [it.kode for it in broken.valideringsfeil]
assert "UAVKLART_STATUS" in codes and len(codes) == 2, codes

# Day 6: the decision.
advance("6d")
changes = taken(hent_statusendringer.sync_detailed(client=agency, fra_sekvensnummer=0, **IDS)).statusendringer
assert [it.saksstatus for it in changes] == ["sakOpprettet", "sakUnderBehandling", "sakForelagt"], changes
assert hent_innsyn_i_trekk.sync_detailed(case, client=agency, **IDS).status_code == 404
decision = Beslutningsdokument(prosent=19, trekkpliktig=EMPLOYER, maanedsloenn=41000, loennsdag=15)
taken(decide_begjaering.sync_detailed(case, client=control, body=decision))
decided = status(case)
assert decided.saksstatus == "sakBesluttet"
assert [it.utleggstrekk.trekkpliktig for it in decided.beslutningsinformasjon] == [EMPLOYER]

# The employer polls.
orders = taken(hent_trekkpaalegg.sync_detailed(client=employer, fra_sekvensnummer=0))
order = next(it for it in orders if it.skyldner == debtor)
assert (order.trekkstatus, order.trekkversjon) == ("aktiv", 1)
assert order.trekkstoerrelse_for_periode[0].trekkprosent.trekkprosent == 19

# A month later: 19 % of 41 000 kroner came in.
advance("31d")
insight = taken(hent_innsyn_i_trekk.sync_detailed(case, client=agency, **IDS))
assert [it.mottatt_beloep for it in insight.krav[0].mottatt] == [7790], insight
assert insight.krav[0].trekkpaalegg.trekkpliktig == EMPLOYER
money = taken(begjaering_money.sync_detailed(case, client=control))
assert money.trukket == money.plassert == 7790 and money.til_overs == 0, money

# Until all is paid.
advance("3y")
assert status(case).saksstatus == "sakAvsluttet"
assert hent_innsyn_i_trekk.sync_detailed(case, client=agency, **IDS).status_code == 404
last = taken(hent_trekkpaalegg.sync_detailed(client=employer, fra_sekvensnummer=order.sekvensnummer))
assert [(it.trekkversjon, it.trekkstatus) for it in last if it.trekkid == order.trekkid] == [(2, "avsluttet")], last
money = taken(begjaering_money.sync_detailed(case, client=control))
assert round(money.trukket - money.plassert - money.til_overs, 2) == 0
assert all(it.gjenstaaende == 0 and it.paaloepte_renter == 0 for it in money.krav), money
print(f"generated client: {len(money.trekk)} deductions until all was paid, all passed")
