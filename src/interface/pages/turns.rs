//! Turns at what takes long and much memory: a few at a time, away from the threads that answer.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::problem::Problem;

/// How many such requests are worked on at the same time.
const AT_A_TIME: usize = 2;

/// How many kB the bodies of such requests may have together, those of waiting requests included.
const MOST_KILOBYTES: u32 = 64 * 1024;

/// Who may do what takes long.
#[derive(Clone)]
pub(crate) struct Turns {
    working: Arc<Semaphore>,
    all: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { working: Arc::new(Semaphore::new(AT_A_TIME)), all: Arc::new(Semaphore::new(MOST_KILOBYTES as usize)) }
    }
}

impl Turns {
    /// Waits for a turn, and works on a thread that answers nothing. `bytes` is the size of the body that is kept
    /// meanwhile.
    ///
    /// # Errors
    /// The answer for the caller: too many are waiting, or the work panicked.
    pub(crate) async fn take<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Response> {
        let busy = || {
            let detail = format!("bodies of {} MB are waiting already; try again in a moment", MOST_KILOBYTES / 1024);
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The sandbox is busy", detail);
            ([(header::RETRY_AFTER, "1")], problem).into_response()
        };
        let kilobytes = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX);
        let place = Arc::clone(&self.all).try_acquire_many_owned(kilobytes).map_err(|_| busy())?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(|_| busy())?;
        // The work goes on if the caller leaves, so it keeps its turn itself.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        done.await.map_err(|_| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of the sandbox", "see the log").into_response()
        })
    }
}
