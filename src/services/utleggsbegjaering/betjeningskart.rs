//! Betjeningskartet: which rules debtors are under. Imitates docs/fidelity.md, "After a submission".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::begjaeringer::{kaller, tilstand};
use super::feil::formfeil;
use super::hendelser::Hending;
use super::hode;
use super::register::Scenarioregister;
use super::saker::Tilstand;
use crate::domain::begjaering::Register;
use crate::domain::identifikator::{Part, PartKind};
use crate::domain::saksgang::betjeningskart::Regelverk;
use crate::interface::{Answer, Call, Refusal};

/// The most numbers of one question.
const MOST: usize = 1000;

/// Which numbers are asked about.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Oppslag {
    /// The numbers of persons and organisations, at least one.
    #[schemars(length(min = 1, max = 1000))]
    identifikator: Vec<String>,
}

/// The rules that numbers are under.
#[derive(Serialize, JsonSchema)]
pub(super) struct Betjeningskart {
    /// In the order of the question.
    regelverk: Vec<Regelverksvar>,
}

/// The rules that a number is under.
#[derive(Serialize, JsonSchema)]
struct Regelverksvar {
    /// The number.
    identifikator: String,
    /// `nytt` or `gammelt`.
    #[schemars(extend("enum" = ["nytt", "gammelt"]))]
    regelverk: &'static str,
    /// Where a request about it goes: `ELAN`, which is this service, or `ELSA`.
    #[schemars(extend("enum" = ["ELAN", "ELSA"]))]
    system: &'static str,
}

/// Tells which rules numbers are under.
pub(super) fn vis(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let Oppslag { identifikator } = call.json()?;
    let mut wrong = Vec::new();
    if identifikator.is_empty() || identifikator.len() > MOST {
        wrong.push(formfeil("/identifikator", format!("Det må være 1 til {MOST} identifikatorer")));
    }
    let is_wrong =
        |text: &String| !matches!(text.parse().map(Part::kind), Ok(PartKind::Person(_) | PartKind::Organisasjon(_)));
    for (at, _) in identifikator.iter().enumerate().filter(|(_, text)| is_wrong(text)).take(MOST) {
        let what = "Identifikatoren er verken fødselsnummer, D-nummer eller organisasjonsnummer";
        wrong.push(formfeil(&format!("/identifikator/{at}"), what));
    }
    if !wrong.is_empty() {
        return Err(Refusal::findings(400, wrong).hint("numbers have eleven or nine digits, with correct check digits"));
    }
    let (tilstand, kaller) = (tilstand(call)?, kaller(call));
    let asked = call.session.commit_state::<Tilstand, _>(None, |tilstand| {
        let is_known = |it: &&String| tilstand.gang.har_oppslag(kaller.as_deref(), it);
        let (known, mut numbers): (Vec<_>, Vec<_>) = identifikator.iter().partition(is_known);
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        let asked_before = known.len() + all - numbers.len();
        let numbers: Vec<String> = numbers.into_iter().cloned().collect();
        let event = Hending::Asked { caller: kaller.clone(), numbers };
        ((all > 0).then_some(event), asked_before)
    });
    let asked_before = asked.map_err(|why| call.not_kept(&why))?;
    let unntak = tilstand.gang.unntak().clone();
    let register = Scenarioregister { scenarios: &call.world.loaded.scenarios, unntak: &unntak, dag: call.day() };
    let answer = |identifikator: String| {
        let is_old = register.oppslag(&identifikator).gammelt_regelverk;
        let (regelverk, system) = if is_old { (Regelverk::Gammelt, "ELSA") } else { (Regelverk::Nytt, "ELAN") };
        Regelverksvar { identifikator, regelverk: regelverk.navn(), system }
    };
    let answer = Answer::json(&Betjeningskart { regelverk: identifikator.into_iter().map(answer).collect() });
    let warning = "asked again about a number without a submission since: the real service is to be asked right before a \
        submission, and not otherwise";
    Ok(answer.warned(Some(warning).filter(|_| asked_before > 0)))
}
