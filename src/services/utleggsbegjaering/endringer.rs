//! Changes of cases' states, polled by sequence number. Imitates docs/fidelity.md, "After a submission".

use std::collections::HashSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::begjaeringer::{kaller, tilstand};
use super::{SERVICE, gang, hode};
use crate::catalogue::Check;
use crate::interface::{Answer, Call, Refusal};

/// The most changes of one answer.
const MOST: usize = 1000;

/// Changes of the submitter's cases.
#[derive(Serialize, JsonSchema)]
pub(super) struct Statusendringer {
    /// By rising sequence number; at most 1000.
    statusendringer: Vec<Statusendring>,
}

/// A case came into a state.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Statusendring {
    /// Rises with every change that is told. Poll with the greatest that you have seen.
    #[schemars(range(min = 1))]
    sekvensnummer: u64,
    /// The reference of the case.
    ekstern_saksreferanse: String,
    /// The state that it came into.
    #[schemars(extend("enum" = [
        "sakOpprettet", "sakUnderBehandling", "sakNektetFremmet", "sakForelagt", "sakBesluttet", "sakAvsluttet", "sakHevet",
    ]))]
    saksstatus: &'static str,
    /// The day.
    dato: NaiveDate,
}

/// Tells which cases of the submitter came into a new state.
pub(super) fn vis(call: &Call<'_>) -> Result<Answer, Refusal> {
    hode::sjekk(call)?;
    let after = match call.query("fraSekvensnummer") {
        None => 0,
        Some(text) => {
            let number = text.parse::<i64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
            number.and_then(|number| u64::try_from(number).ok()).ok_or_else(|| {
                let what = "Parameteren 'fraSekvensnummer' har ugyldig format. Må være et heltall fra 0";
                Refusal::failed(&SERVICE, Check::Input, what)
                    .hint("the greatest sekvensnummer that you have seen, or 0")
            })?
        }
    };
    let (tilstand, scenarios, now) = (tilstand(call)?, &call.world.loaded.scenarios, call.instants.now);
    let kaller = kaller(call);
    let all = gang::alle(tilstand, scenarios, now);
    let mine: HashSet<&str> =
        all.iter().filter(|(sak, _)| sak.er_for(kaller.as_deref())).map(|(sak, _)| &*sak.referanse).collect();
    let told = gang::varsler(call.session, &all).map_err(|why| call.not_kept(&why))?.into_iter();
    let told = told.filter(|(number, it)| *number > after && mine.contains(&*it.referanse)).take(MOST);
    let statusendringer = told.map(|(sekvensnummer, it)| Statusendring {
        sekvensnummer,
        ekstern_saksreferanse: it.referanse,
        saksstatus: it.tilstand.navn(),
        dato: it.dag,
    });
    Ok(Answer::json(&Statusendringer { statusendringer: statusendringer.collect() }))
}
