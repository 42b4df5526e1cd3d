//! What happens to what a session keeps of the service, as its log has it.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::arkiv::{Forloep, MottattVedlegg};
use super::gang::Varsel;
use super::saker::{Innsending, Tilstand};
use super::webhook::Mottakerhendelse;
use crate::domain::begjaering::{Modell, Vedleggstilstand, les};
use crate::domain::identifikator::Part;
use crate::domain::saksgang::betjeningskart::Unntak;
use crate::domain::saksgang::livsloep::{Manusnavn, Sakshendelse, Utfall};
use crate::domain::saksgang::regnskap::LoependeBidrag;
use crate::log::kept::{Fold, Kept, Told, plural};

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub(super) enum Hending {
    /// A file was uploaded. The record has the file.
    Attached(MottattVedlegg),
    /// An attachment was put into a state.
    AttachmentSet { uuid: String, state: Vedleggstilstand },
    /// A new request was submitted.
    Submitted {
        reference: String,
        /// The number of the case in the session.
        number: usize,
        owner: Option<String>,
        script: Manusnavn,
        submission: SendtInn,
    },
    /// A changed request was submitted.
    Changed { reference: String, submission: SendtInn },
    /// Something happened to a case.
    Happened { reference: String, at: DateTime<Utc>, event: Option<Sakshendelse>, unprocessed: Option<usize> },
    /// Changes of cases were told for the first time, with these numbers.
    Told { changes: Vec<(u64, Varsel)> },
    /// Somebody asked about numbers.
    Asked { caller: Option<String>, numbers: Vec<String> },
    /// Somebody said which rules a number is under.
    RulesSaid { number: String, said: Unntak },
    /// Somebody said which child support runs.
    SupportSaid { debtor: Part, support: LoependeBidrag },
    /// Something happened to the receiver of notices.
    Receiver(Mottakerhendelse),
}

/// A submission as it was sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct SendtInn {
    /// By the session's clock.
    pub(super) at: DateTime<Utc>,
    /// The id of the call.
    pub(super) id: String,
    pub(super) model: Modell,
    /// The body.
    pub(super) body: String,
    /// The same, read; nothing in a record.
    #[serde(skip)]
    pub(super) read: Option<Arc<Innsending>>,
}

impl From<Innsending> for SendtInn {
    fn from(it: Innsending) -> Self {
        Self {
            at: it.tidspunkt,
            id: it.korrelasjonsid.clone(),
            model: it.modell,
            body: String::from_utf8_lossy(&it.sendt).into_owned(),
            read: Some(Arc::new(it)),
        }
    }
}

impl SendtInn {
    /// The submission to a case. Nothing if this version of the sandbox cannot read it.
    fn innsending(&self, reference: &str) -> Option<Arc<Innsending>> {
        if let Some(read) = &self.read {
            return Some(Arc::clone(read));
        }
        let sendt = Bytes::from(self.body.clone());
        let Ok(lest) = les(&sendt, self.model) else {
            tracing::warn!(reference, "a submission of the log cannot be read any more");
            return None;
        };
        Some(Arc::new(Innsending {
            tidspunkt: self.at,
            korrelasjonsid: self.id.clone(),
            modell: self.model,
            begjaering: lest.begjaering,
            sendt,
        }))
    }
}

impl Kept for Tilstand {
    type Event = Hending;

    fn apply(&self, event: &Hending, fold: &Fold<'_>) {
        match event {
            Hending::Attached(mottatt) => self.arkiv.ta_imot(mottatt, fold.file.clone()),
            Hending::AttachmentSet { uuid, state } => {
                if let Some(attachment) = self.arkiv.finn(uuid) {
                    attachment.sett(*state);
                }
            }
            Hending::Submitted { reference, number, owner, script, submission } => {
                let Some(innsending) = submission.innsending(reference) else { return };
                for number in innsending.begjaering.saksoekt.iter().filter_map(|it| it.saksoekt.identifikator()) {
                    // The number was asked about for this submission.
                    self.gang.glem_oppslag(owner.as_deref(), &number.verdi);
                }
                self.legg_inn(reference, *number, owner.clone(), *script, innsending);
            }
            Hending::Changed { reference, submission } => {
                if let Some(innsending) = submission.innsending(reference) {
                    self.legg_til(reference, innsending, fold.scenarios);
                }
            }
            Hending::Happened { reference, at, event, unprocessed } => {
                self.skje(reference, fold.scenarios, (*at, event.clone()), *unprocessed);
            }
            Hending::Told { changes } => self.gang.husk_varsler(changes),
            Hending::Asked { caller, numbers } => {
                for number in numbers {
                    self.gang.husk_oppslag(caller.as_deref(), number);
                }
            }
            Hending::RulesSaid { number, said } => self.gang.unntak().entry(number.clone()).or_default().push(*said),
            Hending::SupportSaid { debtor, support } => self.gang.sett_bidrag(*debtor, *support),
            Hending::Receiver(event) => self.mottaker(event),
        }
    }

    fn told(event: &Hending) -> Told {
        match event {
            Hending::Attached(it) => Told::done(format!("The attachment {} was uploaded", it.filnavn)),
            Hending::AttachmentSet { uuid, state } => {
                Told::done(format!("The attachment {uuid} was put into the state {}", state.navn()))
            }
            Hending::Submitted { reference, .. } => Told::done(format!("The case {reference} was submitted")),
            Hending::Changed { reference, .. } => {
                Told::done(format!("A changed request was submitted to the case {reference}"))
            }
            Hending::Happened { reference, event, unprocessed, .. } => {
                let count = unprocessed.map(|count| format!("{count} submissions of the case {reference} wait"));
                let what = event.as_ref().map(|event| match event {
                    Sakshendelse::Videre => format!("The next step of the case {reference} was taken"),
                    Sakshendelse::Satt(state) => {
                        format!("The case {reference} was put into the state {}", state.navn())
                    }
                    Sakshendelse::Besluttet(utfall) => {
                        let all: Vec<&str> = utfall.iter().map(Utfall::navn).collect();
                        format!("The case {reference} was decided: {}", all.join(", "))
                    }
                });
                Told::done(what.into_iter().chain(count).collect::<Vec<_>>().join("; "))
            }
            Hending::Told { changes } => {
                let all = changes.len();
                Told::background(format!("A caller was told {all} {} of cases", plural(all, "change", "changes")))
            }
            Hending::Asked { numbers, .. } => {
                let all = numbers.len();
                let what = plural(all, "number is", "numbers are");
                Told::background(format!("A caller asked which rules {all} {what} under"))
            }
            Hending::RulesSaid { number, said } => {
                Told::done(format!("{number} was put under {} regelverk", said.regelverk.navn()))
            }
            Hending::SupportSaid { debtor, support } => Told::done(format!(
                "Child support of {debtor} was set to {} kr a month from {}",
                support.beloep, support.fra
            )),
            Hending::Receiver(Mottakerhendelse::Set(_)) => Told::done("A receiver of notices was set"),
            Hending::Receiver(Mottakerhendelse::Told { number }) => {
                Told::background(format!("The receiver of notices was told change {number}"))
            }
            Hending::Receiver(Mottakerhendelse::Removed) => Told::done("The receiver of notices was removed"),
        }
    }

    fn file(&self, event: &Hending) -> Option<Bytes> {
        match event {
            Hending::Attached(mottatt) => self.arkiv.finn(&mottatt.uuid)?.bytes(),
            _ => None,
        }
    }
}

/// How an attachment goes, as a record has it: nothing for at once, a state, or a length of time in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeptForloep {
    AtOnce,
    State(Vedleggstilstand),
    After(u64),
}

impl From<Forloep> for KeptForloep {
    fn from(forloep: Forloep) -> Self {
        match forloep {
            Forloep::Straks => Self::AtOnce,
            Forloep::Fast(state) => Self::State(state),
            Forloep::Etter(whole) => Self::After(u64::try_from(whole.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl From<KeptForloep> for Forloep {
    fn from(kept: KeptForloep) -> Self {
        match kept {
            KeptForloep::AtOnce => Self::Straks,
            KeptForloep::State(state) => Self::Fast(state),
            KeptForloep::After(millis) => Self::Etter(std::time::Duration::from_millis(millis)),
        }
    }
}
