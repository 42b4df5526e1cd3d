//! The attachments of a session: what was uploaded, and how far each has come.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::hendelser::KeptForloep;
use crate::domain::begjaering::modell::Vedleggstype;
use crate::domain::begjaering::{LagretVedlegg, Vedleggsarkiv, Vedleggstilstand};
use crate::faults::duration::parse_duration;

/// The most attachments that a session keeps. If there are more, the oldest go.
const MOST: usize = 10_000;

/// The most bytes of files that a session keeps. If there are more, the bytes of the oldest go; their states stay.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of files that the process keeps for all sessions.
const MOST_BYTES_OF_ALL: usize = 512 * 1024 * 1024;

/// How many bytes of files the process keeps.
static BYTES_OF_ALL: AtomicUsize = AtomicUsize::new(0);

/// How an attachment goes after its upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Forloep {
    /// It is ready at once.
    #[default]
    Straks,
    /// It is ready after this long, by the session's clock. Until then it goes through the states.
    Etter(Duration),
    /// It is in this state.
    Fast(Vedleggstilstand),
}

/// The values of the modifier.
pub(super) const FORLOEP: [&str; 11] = {
    let mut names = ["10min"; 11];
    let mut number = 0;
    while number < Vedleggstilstand::ALLE.len() {
        names[number] = Vedleggstilstand::ALLE[number].navn();
        number += 1;
    }
    names
};

impl Forloep {
    /// Reads the name of a state, or a length of time.
    pub(super) fn les(text: &str) -> Option<Self> {
        let state = Vedleggstilstand::med_navn(text).map(Self::Fast);
        state.or_else(|| parse_duration(text).map(Self::Etter))
    }
}

/// An attachment.
#[derive(Debug)]
pub(super) struct Vedlegg {
    pub(super) uuid: String,
    pub(super) type_: Vedleggstype,
    pub(super) filnavn: String,
    pub(super) innsender_referanse: String,
    /// In bytes.
    pub(super) stoerrelse: usize,
    /// By the session's clock.
    pub(super) mottatt: DateTime<Utc>,
    /// The organisation that uploaded it; nothing without a token.
    pub(super) eier: Option<String>,
    forloep: Mutex<Forloep>,
    fil: Mutex<Option<Fil>>,
}

/// The bytes of a file. They count as long as they are kept.
#[derive(Debug)]
struct Fil(Bytes);

impl Fil {
    /// Keeps bytes, if the process has room for them.
    fn new(bytes: Bytes) -> Option<Self> {
        let before = BYTES_OF_ALL.fetch_add(bytes.len(), Ordering::Relaxed);
        let file = Self(bytes);
        (before + file.0.len() <= MOST_BYTES_OF_ALL).then_some(file)
    }
}

impl Drop for Fil {
    fn drop(&mut self) {
        BYTES_OF_ALL.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

/// An upload, as the log has it. Its file is beside it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct MottattVedlegg {
    pub(super) uuid: String,
    #[serde(rename = "type")]
    pub(super) type_: Vedleggstype,
    pub(super) filnavn: String,
    pub(super) innsender_referanse: String,
    /// In bytes.
    pub(super) stoerrelse: usize,
    /// By the session's clock.
    pub(super) mottatt: DateTime<Utc>,
    pub(super) eier: Option<String>,
    pub(super) forloep: KeptForloep,
}

impl Vedlegg {
    /// How far it has come at an instant of the session's clock.
    pub(super) fn tilstand(&self, now: DateTime<Utc>) -> Vedleggstilstand {
        match *self.forloep.lock() {
            Forloep::Straks => Vedleggstilstand::Konvertert,
            Forloep::Fast(state) => state,
            Forloep::Etter(whole) => {
                let whole = TimeDelta::from_std(whole).unwrap_or(TimeDelta::MAX);
                let passed = now - self.mottatt;
                if passed >= whole {
                    Vedleggstilstand::Konvertert
                } else if passed >= whole / 3 * 2 {
                    Vedleggstilstand::Validert
                } else if passed >= whole / 3 {
                    Vedleggstilstand::Virussjekket
                } else {
                    Vedleggstilstand::Mottatt
                }
            }
        }
    }

    /// Puts it into a state.
    pub(super) fn sett(&self, tilstand: Vedleggstilstand) {
        *self.forloep.lock() = Forloep::Fast(tilstand);
    }

    /// What was uploaded; nothing where there was no room for it any longer.
    pub(super) fn bytes(&self) -> Option<Bytes> {
        self.fil.lock().as_ref().map(|file| file.0.clone())
    }

    /// Whether a caller may use it: the one that uploaded it, or anybody where one of the two is not known.
    pub(super) fn er_for(&self, kaller: Option<&str>) -> bool {
        self.eier.as_deref().zip(kaller).is_none_or(|(eier, kaller)| eier == kaller)
    }
}

/// The attachments of a session.
#[derive(Debug, Default)]
pub(super) struct Arkiv(Mutex<Innhold>);

#[derive(Debug, Default)]
struct Innhold {
    by_uuid: HashMap<String, Arc<Vedlegg>>,
    /// Oldest first.
    order: VecDeque<Arc<Vedlegg>>,
    /// Those that have their bytes, oldest first, and how many bytes they have.
    with_bytes: VecDeque<Arc<Vedlegg>>,
    bytes: usize,
    /// How many there have been.
    count: u64,
}

impl Arkiv {
    /// The number of the next attachment: how many there have been, and one.
    pub(super) fn neste(&self) -> u64 {
        self.0.lock().count + 1
    }

    /// Keeps an upload.
    pub(super) fn ta_imot(&self, mottatt: &MottattVedlegg, file: Option<Bytes>) {
        let mut kept = self.0.lock();
        kept.count += 1;
        let stoerrelse = mottatt.stoerrelse;
        let attachment = Arc::new(Vedlegg {
            uuid: mottatt.uuid.clone(),
            type_: mottatt.type_,
            filnavn: mottatt.filnavn.clone(),
            innsender_referanse: mottatt.innsender_referanse.clone(),
            stoerrelse,
            mottatt: mottatt.mottatt,
            eier: mottatt.eier.clone(),
            forloep: Mutex::new(mottatt.forloep.into()),
            fil: Mutex::new(file.and_then(Fil::new)),
        });
        kept.by_uuid.insert(attachment.uuid.clone(), Arc::clone(&attachment));
        kept.order.push_back(Arc::clone(&attachment));
        kept.with_bytes.push_back(Arc::clone(&attachment));
        kept.bytes += stoerrelse;
        while kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.with_bytes.pop_front() else { break };
            kept.bytes -= oldest.stoerrelse;
            *oldest.fil.lock() = None;
        }
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_uuid.remove(&oldest.uuid);
        }
    }

    /// An attachment by its uuid, in small or capital letters.
    pub(super) fn finn(&self, uuid: &str) -> Option<Arc<Vedlegg>> {
        self.0.lock().by_uuid.get(&uuid.to_ascii_lowercase()).cloned()
    }

    /// All attachments, oldest first.
    pub(super) fn alle(&self) -> Vec<Arc<Vedlegg>> {
        self.0.lock().order.iter().cloned().collect()
    }
}

/// The attachments as the rules see them at an instant of the session's clock.
pub(super) struct Arkivet<'a> {
    pub(super) arkiv: &'a Arkiv,
    pub(super) now: DateTime<Utc>,
    /// The organisation of the request.
    pub(super) kaller: Option<&'a str>,
}

impl Vedleggsarkiv for Arkivet<'_> {
    fn finn(&self, uuid: &str) -> Option<LagretVedlegg<'_>> {
        let attachment = self.arkiv.finn(uuid).filter(|attachment| attachment.er_for(self.kaller))?;
        Some(LagretVedlegg {
            type_: attachment.type_,
            innsender_referanse: Cow::Owned(attachment.innsender_referanse.clone()),
            tilstand: attachment.tilstand(self.now),
        })
    }
}
