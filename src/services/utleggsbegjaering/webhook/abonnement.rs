//! A receiver of notices: which changes it has been told, and the task that tells it the others.
//!
//! Notices are not kept: the changes of cases are computed, and the receiver has a place in their numbers. So a receiver
//! that is away costs nothing, and a move of the clock over years is told one notice after the other.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use http::StatusCode;
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WebhookSettings;
use super::adresse::{Maal, Tillatt};
use super::sending::{Melding, send};
use super::signatur::Hemmelighet;
use crate::access::mint::stable_uuid;
use crate::config::ServiceSettings;
use crate::log::NotKept;
use crate::redact::redacted;
use crate::services::utleggsbegjaering::gang::{self, Varsel};
use crate::services::utleggsbegjaering::hendelser::Hending;
use crate::services::utleggsbegjaering::saker::Tilstand;
use crate::session::Session;
use crate::session::time::Setting;

/// How often the task looks whether something has changed.
const TICK: Duration = Duration::from_millis(200);

/// After so many ticks it computes the changes even if it has seen no reason to.
const LONGEST_QUIET: u32 = 25;

/// The most changes that are looked at in one go.
const MOST: usize = 1000;

/// The waits between the attempts to send one notice, in milliseconds of the real time.
const WAITS: [u64; 7] = [500, 1000, 2000, 4000, 8000, 16_000, 32_000];

/// The most notices whose fate is remembered.
const MOST_REMEMBERED: usize = 100;

/// A receiver of a session's notices.
#[derive(Debug)]
pub(in crate::services::utleggsbegjaering) struct Abonnement {
    pub(super) maal: Maal,
    pub(super) hemmelighet: Hemmelighet,
    /// Only cases of this submitter.
    pub(super) innsender: Option<String>,
    /// The number of the last change that was told, or given up, or that came before the receiver.
    sist: AtomicU64,
    leveringer: Mutex<VecDeque<Levering>>,
}

/// Something that happened to the receiver.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::services::utleggsbegjaering) enum Mottakerhendelse {
    /// There is a new one.
    Set(Satt),
    /// It was told changes up to this number, or they were given up.
    Told { number: u64 },
    /// There is none any more.
    Removed,
}

/// A receiver, as a record has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(in crate::services::utleggsbegjaering) struct Satt {
    pub(super) url: String,
    pub(super) secret: String,
    pub(super) innsender: Option<String>,
    pub(super) last: u64,
}

/// What became of a notice.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Levering {
    /// The number of the change.
    sekvensnummer: u64,
    /// The header `webhook-id`; the same in every attempt.
    webhook_id: String,
    /// The real time of the last attempt.
    tidspunkt: DateTime<Utc>,
    /// How many attempts there were.
    forsoek: usize,
    /// Whether the receiver took it (an answer of 200 to 299).
    levert: bool,
    /// The status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    feil: Option<String>,
}

/// The body of a notice.
#[derive(Serialize)]
struct Varselmelding<'v> {
    #[serde(rename = "type")]
    type_: &'static str,
    /// The session's clock when it was sent first.
    timestamp: DateTime<Utc>,
    data: Varseldata<'v>,
}

/// A change, as the list of changes tells it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Varseldata<'v> {
    sekvensnummer: u64,
    ekstern_saksreferanse: &'v str,
    saksstatus: &'static str,
    dato: NaiveDate,
}

/// What an attempt comes to.
enum Utfall {
    Levert,
    /// Given up after all attempts.
    Oppgitt,
    /// The receiver said that it is gone for good.
    Borte,
    /// Another receiver has taken its place, or the session is over.
    Avbrutt,
}

impl Abonnement {
    /// The receiver of an event; nothing if it sets none.
    pub(in crate::services::utleggsbegjaering) fn av(hendelse: &Mottakerhendelse) -> Option<Self> {
        let Mottakerhendelse::Set(satt) = hendelse else { return None };
        Some(Self {
            maal: satt.url.parse().ok()?,
            hemmelighet: Hemmelighet::les(&satt.secret)?,
            innsender: satt.innsender.clone(),
            sist: AtomicU64::new(satt.last),
            leveringer: Mutex::default(),
        })
    }

    pub(in crate::services::utleggsbegjaering) fn sett_sist(&self, number: u64) {
        self.sist.store(number, Ordering::Relaxed);
    }

    pub(super) fn sist(&self) -> u64 {
        self.sist.load(Ordering::Relaxed)
    }

    /// What became of the last notices, the oldest first.
    pub(super) fn leveringer(&self) -> Vec<Levering> {
        self.leveringer.lock().iter().cloned().collect()
    }

    fn husk(&self, levering: Levering) {
        let mut kept = self.leveringer.lock();
        if kept.back().is_some_and(|last| last.webhook_id == levering.webhook_id) {
            kept.pop_back();
        }
        if kept.len() == MOST_REMEMBERED {
            kept.pop_front();
        }
        kept.push_back(levering);
    }
}

/// The number of the newest change of a session's cases.
pub(super) fn newest(session: &Session, tilstand: &Tilstand) -> Result<u64, NotKept> {
    let now = session.clock.now(session.time(), session.time().real());
    let all = gang::alle(tilstand, &session.world().loaded.scenarios, now);
    Ok(gang::varsler(session, &all)?.last().map_or(0, |(number, _)| *number))
}

/// Sends notices until the session is over or has another receiver.
pub(super) fn start(session: &Arc<Session>, abonnement: Arc<Abonnement>, tillatt: Vec<Tillatt>) {
    tokio::spawn(follow(Arc::downgrade(session), abonnement, tillatt));
}

/// Goes on to send notices in a session that was made from its log.
pub(in crate::services::utleggsbegjaering) fn gjenoppta(session: &Arc<Session>, settings: &ServiceSettings) {
    let current = session.state::<Tilstand>().and_then(|tilstand| tilstand.webhook.lock().clone());
    let tillatt = settings.get::<WebhookSettings>().map(|settings| settings.webhook_allow.clone()).unwrap_or_default();
    // Without receivers that the operator allows, the notices wait.
    if let Some(abonnement) = current.filter(|_| !tillatt.is_empty()) {
        start(session, abonnement, tillatt);
    }
}

/// Notes that changes up to a number were told.
fn told(session: &Weak<Session>, abonnement: &Arc<Abonnement>, number: u64) -> Result<(), NotKept> {
    let Some(session) = held(session, abonnement) else { return Ok(()) };
    session.commit_state::<Tilstand, _>(None, |_| (Some(Hending::Receiver(Mottakerhendelse::Told { number })), ()))
}

async fn follow(session: Weak<Session>, abonnement: Arc<Abonnement>, tillatt: Vec<Tillatt>) {
    let mut seen = None;
    let mut quiet = 0;
    loop {
        let Some(held) = held(&session, &abonnement) else { return };
        let grunnlag = Fingeravtrykk::of(&held);
        if seen != Some(grunnlag) || quiet >= LONGEST_QUIET {
            (seen, quiet) = (Some(grunnlag), 0);
            let of_session = Arc::clone(&abonnement);
            let plan = tokio::task::spawn_blocking(move || pending(&held, &of_session)).await;
            let Ok((now, varsler)) = plan else { return };
            let all = varsler.len() < MOST;
            for (number, varsel) in varsler {
                match deliver(&session, &abonnement, &tillatt, (now, number, &varsel)).await {
                    Utfall::Levert | Utfall::Oppgitt => {
                        if told(&session, &abonnement, number).is_err() {
                            // It cannot be written now. After a restart the notice is sent again, with the same id.
                            abonnement.sett_sist(number);
                        }
                    }
                    Utfall::Borte => {
                        if let Some(session) = session.upgrade() {
                            fjern(&session, &abonnement);
                        }
                        return;
                    }
                    Utfall::Avbrutt => return,
                }
                // The clock may have gone back meanwhile, or a case may have come on: look again.
                let Some(held) = self::held(&session, &abonnement) else { return };
                if seen != Some(Fingeravtrykk::of(&held)) {
                    break;
                }
            }
            if !all {
                seen = None;
            }
        }
        quiet += 1;
        tokio::time::sleep(TICK).await;
    }
}

/// The session, while this is its receiver.
fn held(session: &Weak<Session>, abonnement: &Arc<Abonnement>) -> Option<Arc<Session>> {
    let session = session.upgrade()?;
    let current = session.state::<Tilstand>()?.webhook.lock().clone();
    current.is_some_and(|current| Arc::ptr_eq(&current, abonnement)).then_some(session)
}

/// Takes the receiver away, if it is still that of the session.
fn fjern(session: &Session, abonnement: &Arc<Abonnement>) {
    if let Some(tilstand) = session.state::<Tilstand>() {
        let is_current =
            |current: &Option<Arc<Abonnement>>| current.as_ref().is_some_and(|it| Arc::ptr_eq(it, abonnement));
        let removed = session.commit_state::<Tilstand, _>(None, |tilstand| {
            let there = is_current(&tilstand.webhook.lock());
            (there.then_some(Hending::Receiver(Mottakerhendelse::Removed)), ())
        });
        if removed.is_err() && is_current(&tilstand.webhook.lock()) {
            *tilstand.webhook.lock() = None;
        }
    }
}

/// What the changes of cases depend on. While it stays the same, there are no new ones.
#[derive(Clone, Copy, PartialEq)]
struct Fingeravtrykk {
    setting: Setting,
    day: NaiveDate,
    endringer: u64,
}

impl Fingeravtrykk {
    fn of(session: &Session) -> Self {
        let endringer = session.state::<Tilstand>().map_or(0, Tilstand::endringer);
        Self { setting: session.clock.setting(session.time()), day: session.today(), endringer }
    }
}

/// The changes that the receiver has not been told, in the order of their numbers, and what the session's clock shows.
fn pending(session: &Session, abonnement: &Abonnement) -> (DateTime<Utc>, Vec<(u64, Varsel)>) {
    let now = session.clock.now(session.time(), session.time().real());
    let Some(tilstand) = session.state::<Tilstand>() else { return (now, Vec::new()) };
    let all = gang::alle(tilstand, &session.world().loaded.scenarios, now);
    let Ok(told) = gang::varsler(session, &all) else { return (now, Vec::new()) };
    let innsender = abonnement.innsender.as_deref();
    let own: HashSet<&str> =
        all.iter().filter(|(sak, _)| sak.er_for(innsender)).map(|(sak, _)| &*sak.referanse).collect();
    let sist = abonnement.sist();
    let new = told.into_iter().filter(|(number, varsel)| *number > sist && own.contains(&*varsel.referanse));
    (now, new.take(MOST).collect())
}

/// Sends a notice until it is taken, given up, or of no use any longer.
async fn deliver(
    session: &Weak<Session>,
    abonnement: &Arc<Abonnement>,
    tillatt: &[Tillatt],
    (now, sekvensnummer, varsel): (DateTime<Utc>, u64, &Varsel),
) -> Utfall {
    let melding = Varselmelding {
        type_: "utleggsbegjaering.statusendring",
        timestamp: now,
        data: Varseldata {
            sekvensnummer,
            ekstern_saksreferanse: &varsel.referanse,
            saksstatus: varsel.tilstand.navn(),
            dato: varsel.dag,
        },
    };
    let body = serde_json::to_string(&melding).unwrap_or_default();
    let mut forsoek = 0;
    loop {
        let Some(held) = held(session, abonnement) else { return Utfall::Avbrutt };
        let (name, begun, real) = (held.name.clone(), held.begun, held.time().real());
        drop(held);
        // A session that begins again under the same name counts anew, so its begin is part of the id.
        let webhook_id = format!("msg_{}", stable_uuid(&format!("varsel {name} {begun} {sekvensnummer}")));
        let timestamp = real.timestamp();
        let signatur = abonnement.hemmelighet.signer(&webhook_id, timestamp, &body);
        let melding = Melding { id: &webhook_id, timestamp, signatur: &signatur, body: &body };
        let answer = send(&abonnement.maal, tillatt, &melding).await;
        forsoek += 1;
        let levert = answer.as_ref().is_ok_and(StatusCode::is_success);
        let status = answer.as_ref().ok().map(StatusCode::as_u16);
        let feil = match &answer {
            Ok(status) if status.is_redirection() => Some("redirects are not followed".to_owned()),
            Ok(status) if !status.is_success() => Some(format!("the receiver answered {}", status.as_u16())),
            Ok(_) => None,
            Err(why) => Some(why.clone()),
        };
        log(&name, &abonnement.maal, sekvensnummer, forsoek, status, feil.as_deref());
        abonnement.husk(Levering { sekvensnummer, webhook_id, tidspunkt: real, forsoek, levert, status, feil });
        if levert {
            return Utfall::Levert;
        }
        if status == Some(StatusCode::GONE.as_u16()) {
            return Utfall::Borte;
        }
        let Some(wait) = WAITS.get(forsoek - 1) else { return Utfall::Oppgitt };
        tokio::time::sleep(Duration::from_millis(*wait)).await;
    }
}

fn log(session: &str, maal: &Maal, number: u64, forsoek: usize, status: Option<u16>, feil: Option<&str>) {
    let (session, url) = (redacted(session), redacted(&maal.url));
    match feil {
        None => tracing::info!(session = &*session, url = &*url, number, forsoek, status, "a notice was delivered"),
        Some(feil) => tracing::warn!(
            session = &*session,
            url = &*url,
            number,
            forsoek,
            status,
            error = &*redacted(feil),
            "a notice was not delivered"
        ),
    }
}
