//! Reading whole logs, on a thread and a connection of its own, so that whoever has the turn can read, too.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;

use super::base::{Base, Fault};
use super::sameness::{self, Sameness};
use super::url::DatabaseUrl;
use crate::log::record::Record;
use crate::log::{NotKept, Stored};

/// How long whoever asks waits.
const PATIENCE: Duration = Duration::from_secs(10);

type Told<T> = Sender<Result<T, String>>;

enum Question {
    Records(Box<str>, Told<Vec<Record>>),
    Logs(Told<Vec<Stored>>),
    Introduce(Box<str>, Sameness, Told<()>),
    Compare(Sameness, Told<Vec<String>>),
}

/// The thread that reads.
pub(super) struct Reader {
    ask: Mutex<Option<Sender<Question>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Reader {
    /// Starts the thread.
    pub(super) fn new(url: DatabaseUrl) -> std::io::Result<Self> {
        let (ask, asked) = channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let answer = move || answer(&url, &runtime, &asked);
        let thread = std::thread::Builder::new().name("store-reader".to_owned()).spawn(answer)?;
        Ok(Self { ask: Mutex::new(Some(ask)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn records(&self, session: &str) -> Result<Vec<Record>, NotKept> {
        self.ask(|told| Question::Records(session.into(), told))
    }

    pub(super) fn logs(&self) -> Result<Vec<Stored>, NotKept> {
        self.ask(Question::Logs)
    }

    pub(super) fn introduce(&self, id: &str, own: Sameness) -> Result<(), NotKept> {
        self.ask(|told| Question::Introduce(id.into(), own, told))
    }

    pub(super) fn compare(&self, own: Sameness) -> Result<Vec<String>, NotKept> {
        self.ask(|told| Question::Compare(own, told))
    }

    fn ask<T: Send>(&self, question: impl FnOnce(Told<T>) -> Question) -> Result<T, NotKept> {
        let (told, answer) = channel();
        let closed = || NotKept::new("the store is closed");
        self.ask.lock().as_ref().ok_or_else(closed)?.send(question(told)).map_err(|_| closed())?;
        let answer = super::patiently(|| answer.recv_timeout(PATIENCE));
        let answer = answer.map_err(|_| NotKept::new("the database did not answer in time"))?;
        answer.map_err(|why| NotKept::new(&why))
    }

    pub(super) fn close(&self) {
        drop(self.ask.lock().take());
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
    }
}

fn answer(url: &DatabaseUrl, runtime: &tokio::runtime::Runtime, asked: &Receiver<Question>) {
    let mut base: Option<Base> = None;
    while let Ok(question) = asked.recv() {
        runtime.block_on(async {
            // Whoever has given up asking is not told.
            match question {
                Question::Records(session, told) => {
                    let answer = with(&mut base, url, async |base| base.records(&session).await).await;
                    let _ = told.send(answer);
                }
                Question::Logs(told) => {
                    let _ = told.send(with(&mut base, url, async |base| base.logs().await).await);
                }
                Question::Introduce(id, own, told) => {
                    let answer = with(&mut base, url, async |base| sameness::introduce(base, &id, &own).await).await;
                    let _ = told.send(answer);
                }
                Question::Compare(own, told) => {
                    let answer = with(&mut base, url, async |base| sameness::compare(base, &own).await).await;
                    let _ = told.send(answer);
                }
            }
        });
    }
}

/// Asks on the connection that there is; if that fails, once more on a new one.
async fn with<T>(
    base: &mut Option<Base>,
    url: &DatabaseUrl,
    ask: impl AsyncFn(&Base) -> Result<T, Fault>,
) -> Result<T, String> {
    if let Some(base) = base
        && let Ok(answer) = ask(base).await
    {
        return Ok(answer);
    }
    *base = None;
    let fresh = Base::connect(url).await.map_err(|fault| fault.to_string())?;
    let answer = ask(&fresh).await.map_err(|fault| fault.to_string());
    *base = Some(fresh);
    answer
}
