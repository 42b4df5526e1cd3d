//! The setting of Restanser.

use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};

use crate::config::ServiceSettings;
use crate::interface::SettingsSection;

/// What Restanser was told.
#[derive(Args, Clone, Debug)]
pub(super) struct RestanserSettings {
    /// What Restanser answers about a synthetic organisation that no scenario names: `ledger` knows none (RESTANSE-008),
    /// `static` gives the published example about any, as the real test environment does
    #[arg(
        long,
        env = "SANDBOX_RESTANSER",
        global = true,
        default_value = "ledger",
        value_name = "ledger|static",
        ignore_case = true
    )]
    restanser: RestanserFrom,
}

/// Where Restanser takes its answers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RestanserFrom {
    Ledger,
    Static,
}

impl RestanserSettings {
    /// Whether it answers about any synthetic organisation, always the same.
    pub(super) fn is_static(&self) -> bool {
        self.restanser == RestanserFrom::Static
    }
}

/// The setting on the command line and in the environment.
pub(super) const SECTION: SettingsSection = SettingsSection { augment: RestanserSettings::augment_args, read };

fn read(matches: &ArgMatches, settings: &mut ServiceSettings) -> Result<(), clap::Error> {
    settings.put(RestanserSettings::from_arg_matches(matches)?);
    Ok(())
}
