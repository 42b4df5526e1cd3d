//! How the system asks the server to stop.

use std::future::Future;
use std::io;

/// Waits until somebody asks: by SIGTERM or SIGINT.
///
/// # Errors
/// The system does not tell of signals.
#[cfg(unix)]
pub(super) fn asked() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Waits until somebody asks: by Ctrl-C or Ctrl-Break, or by closing the window.
///
/// # Errors
/// The system does not tell of them.
#[cfg(windows)]
pub(super) fn asked() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
    let (mut interrupt, mut cancel, mut close) = (ctrl_c()?, ctrl_break()?, ctrl_close()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = cancel.recv() => {}
            _ = close.recv() => {}
        }
    })
}
