//! What a session keeps of the service: attachments, cases with their submissions, and what was refused.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use parking_lot::Mutex;

use super::arkiv::Arkiv;
use super::gang::Gang;
use super::section::Partsdata;
use super::webhook::{Abonnement, Mottakerhendelse};
use crate::domain::begjaering::{Begjaering, Modell, Sakstilstand};
use crate::domain::identifikator::Part;
use crate::domain::saksgang::livsloep::{Datert, Manusnavn, Overgang, Sakshendelse, forloep, neste_steg, ubehandlede};
use crate::interface::Finding;
use crate::log::NotKept;
use crate::scenario::ScenarioSet;

/// The most submissions that a session keeps, and the most bytes of them.
const MOST: usize = 10_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The most commands to a case that are kept.
const MOST_EVENTS: usize = 1000;

/// The most refused requests that a session remembers.
const MOST_REFUSED: usize = 500;

/// What a session keeps of the service.
#[derive(Debug, Default)]
pub(super) struct Tilstand {
    pub(super) arkiv: Arkiv,
    pub(super) gang: Gang,
    /// Who gets notices of changes.
    pub(super) webhook: Mutex<Option<Arc<Abonnement>>>,
    saker: Mutex<Saker>,
    avviste: Mutex<VecDeque<Arc<Avvist>>>,
}

#[derive(Debug, Default)]
struct Saker {
    by_reference: BTreeMap<String, Arc<Sak>>,
    /// The references in the order in which the cases came.
    order: Vec<String>,
    submissions: usize,
    bytes: usize,
    /// How often something was put.
    changes: u64,
}

/// A case. A change makes a new one in its place.
#[derive(Clone, Debug)]
pub(super) struct Sak {
    pub(super) referanse: String,
    /// The organisation that submitted it; nothing without a token.
    pub(super) eier: Option<String>,
    /// Its number among the cases of the session; 0 if a scenario describes it.
    pub(super) nummer: usize,
    /// What happens to it by itself.
    pub(super) manus: Manusnavn,
    /// What commands and scenarios did to it.
    pub(super) hendelser: Vec<Datert>,
    /// How many of its submissions are not processed yet, where somebody said so.
    pub(super) ubehandlede: Option<usize>,
    /// Oldest first; at least one.
    pub(super) innsendinger: Vec<Arc<Innsending>>,
}

/// A submission.
#[derive(Debug)]
pub(super) struct Innsending {
    /// By the session's clock.
    pub(super) tidspunkt: DateTime<Utc>,
    pub(super) korrelasjonsid: String,
    pub(super) modell: Modell,
    pub(super) begjaering: Begjaering,
    /// The body as it was sent; empty where a scenario says the request.
    pub(super) sendt: Bytes,
}

/// A request that was refused.
#[derive(Debug)]
pub(super) struct Avvist {
    /// By the session's clock.
    pub(super) tidspunkt: DateTime<Utc>,
    pub(super) korrelasjonsid: String,
    /// The name of the endpoint.
    pub(super) kall: &'static str,
    /// The case that was to be changed.
    pub(super) referanse: Option<String>,
    pub(super) innsender_referanse: Option<String>,
    pub(super) status: u16,
    pub(super) funn: Vec<Finding>,
}

/// Why a submission was not kept.
#[derive(Debug)]
pub(super) enum IkkeLagret {
    /// Another call changed what this one was checked against. It is checked again.
    Endret,
    /// There is no room.
    Fullt,
    /// It could not be written.
    IkkeSkrevet(NotKept),
}

impl Sak {
    /// The request as it was submitted last.
    pub(super) fn begjaering(&self) -> Option<&Begjaering> {
        self.innsendinger.last().map(|last| &last.begjaering)
    }

    /// When it was submitted, by the session's clock.
    pub(super) fn innsendt(&self) -> DateTime<Utc> {
        self.innsendinger.first().map(|first| first.tidspunkt).unwrap_or_default()
    }

    /// How it went until an instant, apart from what payments did. Empty before its submission.
    pub(super) fn overganger(&self, now: DateTime<Utc>) -> Vec<Overgang> {
        forloep(self.innsendt(), &self.manus.manus(), &self.hendelser, now)
    }

    /// The state that the next step of its script brings about. Nothing if the script has no further step.
    pub(super) fn neste_steg(&self, now: DateTime<Utc>) -> Option<Sakstilstand> {
        neste_steg(self.innsendt(), &self.manus.manus(), &self.hendelser, now)
    }

    /// How many of its submissions are not processed yet. The first one is processed when the case is made.
    pub(super) fn ubehandlede(&self, now: DateTime<Utc>) -> usize {
        let changes: Vec<_> = self.innsendinger.iter().skip(1).map(|it| it.tidspunkt).collect();
        self.ubehandlede.unwrap_or_else(|| ubehandlede(&changes, &self.manus.manus(), &self.overganger(now), now))
    }

    /// The debtor: the first defendant with a Norwegian number.
    pub(super) fn skyldner(&self) -> Option<Part> {
        let request = self.begjaering()?;
        request.saksoekt.iter().find_map(|it| it.saksoekt.identifikator()?.verdi.parse().ok())
    }

    /// The enforcement officer's own reference.
    pub(super) fn namsmannens_referanse(&self) -> String {
        let dag: NaiveDate = crate::domain::clock::day_in_norway(self.innsendt());
        let nummer = if self.nummer == 0 { self.referanse.bytes().map(usize::from).sum() } else { self.nummer };
        format!("UTLBGJ/{}/{nummer}", chrono::Datelike::year(&dag))
    }

    /// Whether a caller may see it: the one that submitted it, or anybody where one of the two is not known.
    pub(super) fn er_for(&self, kaller: Option<&str>) -> bool {
        self.eier.as_deref().zip(kaller).is_none_or(|(eier, kaller)| eier == kaller)
    }

    /// Whether a caller may look into the deduction from its claims: whoever may see it, its claimants, and those who
    /// represent the claimants or the submitter in it.
    pub(super) fn gir_innsyn(&self, kaller: Option<&str>) -> bool {
        let parts = self.begjaering().map(|begjaering| {
            let claimants = begjaering.saksoeker.iter().flat_map(|it| {
                let representative = it.saksoekers_prosessfullmektig.as_ref().map(|it| &it.prosessfullmektig);
                std::iter::once(&it.saksoeker).chain(representative)
            });
            let submitter = begjaering.innsender.as_ref().and_then(|it| it.innsenders_prosessfullmektig.as_ref());
            let parts = claimants.chain(submitter.map(|it| &it.prosessfullmektig));
            parts.filter_map(|part| part.identifikator()).any(|number| Some(&*number.verdi) == kaller)
        });
        self.er_for(kaller) || parts.unwrap_or(false)
    }

    /// Whether it is the same request that is submitted again: the published rule names the day and the reference.
    fn er_duplikat(&self, begjaering: &Begjaering, kaller: Option<&str>) -> bool {
        let same = |first: &Innsending| {
            first.begjaering.begjaeringsdato == begjaering.begjaeringsdato
                && first.begjaering.innsender_referanse == begjaering.innsender_referanse
        };
        self.er_for(kaller) && self.innsendinger.first().is_some_and(|first| same(first))
    }
}

/// The cases that scenarios describe.
fn of_scenarios(scenarios: &ScenarioSet) -> impl Iterator<Item = Arc<Sak>> {
    let data = scenarios.parties_with_more().into_iter().filter_map(|party| party.sections.get::<Partsdata>());
    data.flat_map(|data| data.saker.iter().cloned()).collect::<Vec<_>>().into_iter()
}

impl Tilstand {
    /// How often a case came or changed. While it stays the same, only the clock moves cases.
    pub(super) fn endringer(&self) -> u64 {
        self.saker.lock().changes
    }

    /// A case by its reference: as the session has changed it, otherwise as a scenario describes it.
    pub(super) fn finn(&self, referanse: &str, scenarios: &ScenarioSet) -> Option<Arc<Sak>> {
        let own = self.saker.lock().by_reference.get(referanse).cloned();
        own.or_else(|| of_scenarios(scenarios).find(|sak| sak.referanse == referanse))
    }

    /// The case that has the same request already.
    pub(super) fn duplikat(
        &self,
        begjaering: &Begjaering,
        kaller: Option<&str>,
        scenarios: &ScenarioSet,
    ) -> Option<Arc<Sak>> {
        let own = self.saker.lock().by_reference.values().find(|sak| sak.er_duplikat(begjaering, kaller)).cloned();
        own.or_else(|| of_scenarios(scenarios).find(|sak| sak.er_duplikat(begjaering, kaller)))
    }

    /// All cases: those of scenarios, then those that came while the sandbox ran, in their order.
    pub(super) fn alle(&self, scenarios: &ScenarioSet) -> Vec<Arc<Sak>> {
        let kept = self.saker.lock();
        let of_scenarios = of_scenarios(scenarios).filter(|sak| !kept.by_reference.contains_key(&sak.referanse));
        let own = kept.order.iter().filter_map(|referanse| kept.by_reference.get(referanse)).cloned();
        of_scenarios.chain(own).collect()
    }

    /// The number of a new case, if it may be kept: no case has the same request, and there is room.
    pub(super) fn neste(&self, innsending: &Innsending, kaller: Option<&str>) -> Result<usize, IkkeLagret> {
        let kept = self.saker.lock();
        if kept.by_reference.values().any(|sak| sak.er_duplikat(&innsending.begjaering, kaller)) {
            return Err(IkkeLagret::Endret);
        }
        kept.har_plass(innsending)?;
        Ok(kept.order.len() + 1)
    }

    /// Whether a changed request may be kept: the case is still what it was, and there is room.
    pub(super) fn kan_endre(&self, before: &Arc<Sak>, innsending: &Innsending) -> Result<(), IkkeLagret> {
        let kept = self.saker.lock();
        if kept.by_reference.get(&before.referanse).is_some_and(|now| !Arc::ptr_eq(now, before)) {
            return Err(IkkeLagret::Endret);
        }
        kept.har_plass(innsending)
    }

    /// Keeps a new case.
    pub(super) fn legg_inn(
        &self,
        referanse: &str,
        nummer: usize,
        eier: Option<String>,
        manus: Manusnavn,
        innsending: Arc<Innsending>,
    ) {
        let mut kept = self.saker.lock();
        kept.count(&innsending);
        kept.put(&Arc::new(Sak {
            referanse: referanse.to_owned(),
            eier,
            nummer,
            manus,
            hendelser: Vec::new(),
            ubehandlede: None,
            innsendinger: vec![innsending],
        }));
    }

    /// Keeps a submission that changes a case. Nothing happens if there is no such case.
    pub(super) fn legg_til(&self, referanse: &str, innsending: Arc<Innsending>, scenarios: &ScenarioSet) {
        let Some(before) = self.finn(referanse, scenarios) else { return };
        let mut kept = self.saker.lock();
        kept.count(&innsending);
        let mut sak = Sak::clone(&before);
        sak.innsendinger.push(innsending);
        kept.put(&Arc::new(sak));
    }

    /// Something happens to a case. Nothing does if there is no such case.
    pub(super) fn skje(
        &self,
        referanse: &str,
        scenarios: &ScenarioSet,
        (tid, hendelse): (DateTime<Utc>, Option<Sakshendelse>),
        ubehandlede: Option<usize>,
    ) {
        let Some(before) = self.finn(referanse, scenarios) else { return };
        let mut kept = self.saker.lock();
        let mut sak = Sak::clone(&before);
        if sak.hendelser.len() < MOST_EVENTS {
            sak.hendelser.extend(hendelse.map(|hendelse| Datert { tid, hendelse }));
        }
        sak.ubehandlede = ubehandlede.or(sak.ubehandlede);
        kept.put(&Arc::new(sak));
    }

    /// Something happens to the receiver of notices.
    pub(super) fn mottaker(&self, hendelse: &Mottakerhendelse) {
        let mut current = self.webhook.lock();
        match hendelse {
            Mottakerhendelse::Set(_) => *current = Abonnement::av(hendelse).map(Arc::new),
            Mottakerhendelse::Told { number } => {
                if let Some(abonnement) = &*current {
                    abonnement.sett_sist(*number);
                }
            }
            Mottakerhendelse::Removed => *current = None,
        }
    }

    /// Remembers a request that was refused.
    pub(super) fn avvis(&self, avvist: Avvist) {
        let mut kept = self.avviste.lock();
        if kept.len() == MOST_REFUSED {
            kept.pop_front();
        }
        kept.push_back(Arc::new(avvist));
    }

    /// The requests that were refused, oldest first.
    pub(super) fn avviste(&self) -> Vec<Arc<Avvist>> {
        self.avviste.lock().iter().cloned().collect()
    }
}

impl Saker {
    /// Whether there is room for a submission.
    fn har_plass(&self, innsending: &Innsending) -> Result<(), IkkeLagret> {
        let is_full = self.submissions >= MOST || self.bytes + innsending.sendt.len() > MOST_BYTES;
        if is_full { Err(IkkeLagret::Fullt) } else { Ok(()) }
    }

    /// Counts a submission.
    fn count(&mut self, innsending: &Innsending) {
        (self.submissions, self.bytes) = (self.submissions + 1, self.bytes + innsending.sendt.len());
    }

    fn put(&mut self, sak: &Arc<Sak>) {
        self.changes += 1;
        if self.by_reference.insert(sak.referanse.clone(), Arc::clone(sak)).is_none() {
            self.order.push(sak.referanse.clone());
        }
    }
}
