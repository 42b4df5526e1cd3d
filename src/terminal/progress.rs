//! How far slow work has come, on a terminal.

use std::io::{IsTerminal, Write as _};

/// Less work than this is done before anybody could read of it.
const LEAST: usize = 5_000;

/// How wide the bar is, in characters.
const WIDTH: usize = 40;

/// A bar on standard error. It shows nothing if that is no terminal, or if there is little to do.
pub(crate) struct Progress {
    of: usize,
    is_shown: bool,
}

impl Progress {
    pub(crate) fn new(of: usize) -> Self {
        Self { of, is_shown: of >= LEAST && std::io::stderr().is_terminal() }
    }

    /// Shows how much is done.
    pub(crate) fn show(&self, done: usize) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r{}", bar(done, self.of));
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn bar(done: usize, of: usize) -> String {
    let full = (done * WIDTH).checked_div(of).unwrap_or(WIDTH).min(WIDTH);
    format!("[{}{}] {done} of {of} files", "#".repeat(full), " ".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_up() {
        assert_eq!(bar(0, 10), format!("[{}] 0 of 10 files", " ".repeat(40)));
        assert_eq!(bar(5, 10), format!("[{}{}] 5 of 10 files", "#".repeat(20), " ".repeat(20)));
        assert_eq!(bar(10, 10), format!("[{}] 10 of 10 files", "#".repeat(40)));
    }
}
