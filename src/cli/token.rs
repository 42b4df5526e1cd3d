//! `token` and `explain`: make a token for a call, and tell what is on one. Neither needs a running sandbox.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{UNUSABLE, complain, print};
use crate::access::Level;
use crate::access::mint::{self, Grant};
use crate::config::Flags;
use crate::control::welcome::base_url;
use crate::domain::identifikator::Part;
use crate::services::demand_of;
use crate::session::time::system_time;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// The party itself
    Organisation,
    /// A supplier, by delegation from the party
    Supplier,
    /// A supplier's systembruker for the party
    Systembruker,
    /// Somebody with the party's consent in Altinn 3
    Consent,
    /// The consent token of the old Altinn that goes beside somebody's own token
    OldConsent,
}

#[derive(Args)]
pub(super) struct TokenArgs {
    /// Service that is to be called
    #[arg(long, default_value = "kravogbetalinger")]
    service: String,
    /// Whose data is to be asked for
    #[arg(long)]
    party: String,
    /// Who calls
    #[arg(long, value_enum, default_value = "organisation")]
    by: By,
    /// The organisation that calls, where it is not the party
    #[arg(long, default_value = "314055403", value_name = "ORGNR")]
    caller: String,
    /// How long it lives, in seconds
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(i64).range(1..=86_400), value_name = "SECONDS")]
    lifetime: i64,
}

pub(super) fn run(args: &TokenArgs, flags: &Flags) -> ExitCode {
    match make(args, flags) {
        Ok(token) => print(&format!("{token}\n")),
        Err(error) => {
            complain(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

fn make(args: &TokenArgs, flags: &Flags) -> Result<String, String> {
    let number = |text: &str| text.parse::<Part>().map_err(|error| format!("{text}: {error}"));
    for given in [&args.party, &args.caller] {
        number(given)?;
    }
    let demand = demand_of(&args.service, "", "", &args.party)?;
    if demand.service.consent.is_none() && matches!(args.by, By::Consent | By::OldConsent) {
        return Err(format!("{} takes no consent; its callers are the party itself or its systembruker", args.service));
    }
    let now = system_time();
    let settings = flags.settings();
    if flags.generate_keys {
        return Err("a key that is generated here is not the running sandbox's; leave --generate-keys out".to_owned());
    }
    let access = settings.access(now).map_err(|wrong| wrong.join("; "))?;
    let issuer = flags.issuer.clone().unwrap_or_else(|| format!("{}/maskinporten/", base_url(flags.listen)));
    let (party, caller) = (args.party.as_str(), args.caller.as_str());
    if args.by == By::OldConsent {
        let koder = demand.koder();
        let services = &koder[..koder.len().min(1)];
        let claims = mint::old_consent(party, caller, services, args.lifetime, now);
        return access.keys.own.sign(&claims).map_err(|error| error.to_string());
    }
    let details = match args.by {
        By::Systembruker => vec![mint::systembruker(party, caller)],
        By::Consent => vec![mint::consent(&mint::stable_uuid(party), party, caller, demand.ressurs(), now)],
        _ => Vec::new(),
    };
    let own = matches!(args.by, By::Organisation | By::Supplier);
    let grant = Grant {
        issuer: &issuer,
        client_id: "innkreving-sandbox",
        client_amr: "private_key_jwt",
        consumer: if own { party } else { caller },
        supplier: (args.by == By::Supplier).then_some(caller),
        scope: demand.scope(),
        resource: None,
        details,
        lifetime: args.lifetime,
        jti: mint::stable_uuid(&format!("{party} {caller} {}", now.timestamp_micros())),
    };
    access.keys.own.sign(&grant.claims(now)).map_err(|error| error.to_string())
}

#[derive(Args)]
pub(super) struct ExplainArgs {
    /// The token
    token: String,
    /// Service of a request that it is held against
    #[arg(long)]
    service: Option<String>,
    /// Whose data the request asks for
    #[arg(long, default_value = "")]
    party: String,
    /// Access package of the request
    #[arg(long, default_value = "")]
    package: String,
    /// Endpoint of the request
    #[arg(long, default_value = "")]
    endpoint: String,
}

/// Exit code 0 where nothing fails, 1 where something does.
pub(super) fn explain(args: &ExplainArgs, flags: &Flags) -> ExitCode {
    let demand = args.service.as_deref().map(|service| demand_of(service, &args.package, &args.endpoint, &args.party));
    let now = system_time();
    let explained = demand.transpose().and_then(|demand| {
        // Whoever asks wants to know of the signature too.
        let mut settings = flags.settings();
        settings.auth = Level::Signed;
        let access = settings.access(now).map_err(|wrong| wrong.join("; "))?;
        Ok(access.explain(&args.token, demand.as_ref(), now))
    });
    let explained = match explained {
        Ok(explained) => explained,
        Err(error) => {
            complain(&error);
            return ExitCode::from(UNUSABLE);
        }
    };
    let mut text = format!("{}\n\n", explained.verdict);
    for line in &explained.lines {
        let _ = writeln!(text, "{:<22} {:<11} {}", line.claim, line.verdict, line.meaning);
        let _ = writeln!(text, "  {}", line.value);
        if let Some(fix) = &line.fix {
            let _ = writeln!(text, "  → {fix}");
        }
    }
    print(&text);
    let fails = explained.lines.is_empty() || explained.lines.iter().any(|line| line.fix.is_some());
    if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
