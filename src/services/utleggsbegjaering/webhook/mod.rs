//! Notices of changed states, sent to a receiver of the tester's: the sandbox's own stand-in for the notices of Dialogporten.
//! Off unless the operator allows receivers. Signed as Standard Webhooks says it.
//! docs/fidelity.md, "After a submission".

mod abonnement;
mod adresse;
mod control;
mod sending;
mod signatur;

use clap::{ArgMatches, Args, FromArgMatches};

pub(super) use abonnement::{Abonnement, Mottakerhendelse, gjenoppta};
use adresse::Tillatt;
pub(super) use control::{operations, routes};

use crate::config::ServiceSettings;
use crate::interface::SettingsSection;

// No doc comment here: clap would print it as the help of the program.
#[derive(Args, Clone, Debug, Default)]
struct WebhookSettings {
    /// Receiver that PUT /sandbox/webhooks may name: a host name (public addresses only; .team.example is every name below
    /// it), an address or a range like 10.0.0.0/8; 127.0.0.1:9000 is that port only. Several are separated by commas. Without
    /// it, no webhooks
    #[arg(long, env = "SANDBOX_WEBHOOK_ALLOW", global = true, value_name = "RECEIVER", value_delimiter = ',')]
    webhook_allow: Vec<Tillatt>,
}

/// The setting on the command line and in the environment.
pub(super) const SECTION: SettingsSection = SettingsSection { augment: WebhookSettings::augment_args, read };

fn read(matches: &ArgMatches, settings: &mut ServiceSettings) -> Result<(), clap::Error> {
    settings.put(WebhookSettings::from_arg_matches(matches)?);
    Ok(())
}
