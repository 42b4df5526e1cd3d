//! How the system asks the server to stop.

use std::future::Future;
use std::io;

/// The same, or, where that is wanted, until the standard input ends. A test that starts a sandbox holds the other end of it, so the
/// sandbox ends with the test, however that ends.
///
/// # Errors
/// The system does not tell of signals.
pub(super) fn asked_or_input_ends(with_input: bool) -> io::Result<impl Future<Output = ()>> {
    let asked = asked()?;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    if with_input {
        std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            // An input that cannot be read has ended, too.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            let _ = end.send(());
        })?;
    }
    Ok(async move {
        tokio::select! {
            () = asked => {}
            // The sender is gone at once if nobody reads.
            _ = ended, if with_input => {}
        }
    })
}

/// Waits until somebody asks: by SIGTERM or SIGINT.
///
/// # Errors
/// The system does not tell of signals.
#[cfg(unix)]
fn asked() -> io::Result<impl Future<Output = ()>> {
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
fn asked() -> io::Result<impl Future<Output = ()>> {
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
