//! `token` and `explain`: one makes a token for a call, the other explains a token. Neither needs a running sandbox.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use super::make::{Fault, Holder, Wanted};
use super::settings::{IssuerSettings, open_access};
use crate::access::Level;
use crate::access::explain::Verdict;
use crate::config::{Flags, SandboxUrl, base_url};
use crate::domain::identifikator::Part;
use crate::interface::Subcommand;
use crate::services;
use crate::session::time::system_time;
use crate::terminal::{UNUSABLE, print, print_error};

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

impl From<By> for Holder {
    fn from(by: By) -> Self {
        match by {
            By::Organisation => Self::Organisation,
            By::Supplier => Self::Supplier,
            By::Systembruker => Self::Systembruker,
            By::Consent => Self::Consent,
            By::OldConsent => Self::OldConsent,
        }
    }
}

#[derive(Args)]
struct TokenArgs {
    /// Service to call; the first service if left out
    #[arg(long)]
    service: Option<String>,
    /// The party whose data the call asks for
    #[arg(long)]
    party: String,
    /// Who calls
    #[arg(long, value_enum, default_value = "organisation")]
    by: By,
    /// The organisation that calls, if it is not the party
    #[arg(long, default_value = "314055403", value_name = "ORGNR")]
    caller: String,
    /// Lifetime of the token, in seconds
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(i64).range(1..=86_400), value_name = "SECONDS")]
    lifetime: i64,
    #[command(flatten)]
    wrong: Wrong,
}

/// What is wrong with a token, if a service is to refuse it. The checks are those of every token.
#[derive(Args)]
#[group(multiple = false)]
struct Wrong {
    /// The token ended an hour ago
    #[arg(long)]
    expired: bool,
    /// The token begins in an hour
    #[arg(long)]
    not_yet: bool,
    /// The token has a scope of no service
    #[arg(long)]
    wrong_scope: bool,
}

impl Wrong {
    fn which(&self) -> Option<Fault> {
        match self {
            Self { expired: true, .. } => Some(Fault::Expired),
            Self { not_yet: true, .. } => Some(Fault::NotYet),
            Self { wrong_scope: true, .. } => Some(Fault::WrongScope),
            _ => None,
        }
    }
}

/// `token` and `explain`.
pub(super) const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        command: || {
            TokenArgs::augment_args(Command::new("token"))
                .about("Print a token for curl, signed with the sandbox's test key")
        },
        run: |matches, flags| arguments(matches, |args| run(&args, flags)),
    },
    Subcommand {
        command: || ExplainArgs::augment_args(Command::new("explain")).about("Explain a token, claim by claim"),
        run: |matches, flags| arguments(matches, |args| explain(&args, flags)),
    },
];

fn arguments<T: FromArgMatches>(matches: &ArgMatches, run: impl FnOnce(T) -> ExitCode) -> ExitCode {
    T::from_arg_matches(matches).map_or_else(|error| error.exit(), run)
}

fn run(args: &TokenArgs, flags: &Flags) -> ExitCode {
    match make(args, flags) {
        Ok(token) => print(&format!("{token}\n")),
        Err(error) => {
            print_error(&error);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// The base URL of the sandbox that the settings name, without the session that `--url` may have.
fn of_sandbox(flags: &Flags) -> String {
    flags.url.as_ref().map_or_else(|| base_url(flags.listen), SandboxUrl::origin)
}

fn make(args: &TokenArgs, flags: &Flags) -> Result<String, String> {
    let number = |text: &str| text.parse::<Part>().map_err(|error| format!("{text}: {error}"));
    for given in [&args.party, &args.caller] {
        number(given)?;
    }
    let services = services::built_in();
    let first = services.catalogue.0.first().map_or("", |service| service.name);
    let service = args.service.as_deref().unwrap_or(first);
    let demand = services.demand_of(service, "", "", &args.party)?;
    let now = system_time();
    let default = IssuerSettings::default();
    let settings: &IssuerSettings = flags.services.get().unwrap_or(&default);
    if settings.generate_keys {
        return Err(
            "a running sandbox would not know a key that is generated here; leave --generate-keys out".to_owned()
        );
    }
    if settings.jwks_only {
        return Err(
            "a sandbox with --jwks-only accepts no token that is made here; use one of the other issuer".to_owned()
        );
    }
    let access = open_access(flags.auth, &flags.services, system_time).map_err(|wrong| wrong.join("; "))?;
    let issuer = settings.issuer.clone().unwrap_or_else(|| format!("{}/maskinporten/", of_sandbox(flags)));
    let wanted = Wanted {
        by: args.by.into(),
        party: &args.party,
        caller: &args.caller,
        lifetime: args.lifetime,
        wrong: args.wrong.which(),
    };
    wanted.make(&demand, &access.keys.own, &issuer, now)
}

#[derive(Args)]
struct ExplainArgs {
    /// The token
    token: String,
    /// Service of a request that the token is checked against
    #[arg(long)]
    service: Option<String>,
    /// The party whose data the request asks for
    #[arg(long, default_value = "")]
    party: String,
    /// Access package of the request
    #[arg(long, default_value = "")]
    package: String,
    /// Endpoint of the request
    #[arg(long, default_value = "")]
    endpoint: String,
}

/// The packages that a caller may have meant who named none, if the first one refuses.
fn other_packages(args: &ExplainArgs, verdict: &Verdict) -> impl Iterator<Item = &'static str> {
    let unnamed = args.package.is_empty() && matches!(verdict, Verdict::Refused { .. });
    let named = args.service.as_deref().filter(|_| unnamed);
    let all = services::built_in().catalogue.0.iter().filter(move |service| Some(service.name) == named);
    all.flat_map(|service| service.packages.iter().skip(1)).map(|package| package.name)
}

/// Exit code 0 if no check fails and the request would be served, 1 otherwise.
fn explain(args: &ExplainArgs, flags: &Flags) -> ExitCode {
    let demand = args
        .service
        .as_deref()
        .map(|service| services::built_in().demand_of(service, &args.package, &args.endpoint, &args.party));
    let now = system_time();
    let explained = demand.transpose().and_then(|demand| {
        // An explanation always includes the signature.
        let access = open_access(Level::Signed, &flags.services, system_time).map_err(|wrong| wrong.join("; "))?;
        Ok(access.explain(&args.token, demand.as_ref(), now))
    });
    let explained = match explained {
        Ok(explained) => explained,
        Err(error) => {
            print_error(&error);
            return ExitCode::from(UNUSABLE);
        }
    };
    let mut text = format!("{}\n", explained.verdict);
    for package in other_packages(args, &explained.verdict) {
        let other = services::built_in().demand_of(
            args.service.as_deref().unwrap_or_default(),
            package,
            &args.endpoint,
            &args.party,
        );
        let access = open_access(Level::Signed, &flags.services, system_time);
        if let (Ok(other), Ok(access)) = (other, access) {
            let _ =
                writeln!(text, "With --package {package}: {}", access.explain(&args.token, Some(&other), now).verdict);
        }
    }
    text.push('\n');
    for line in &explained.lines {
        let _ = writeln!(text, "{:<22} {:<11} {}", line.claim, line.verdict, line.meaning);
        let _ = writeln!(text, "  {}", line.value);
        if let Some(fix) = &line.fix {
            let _ = writeln!(text, "  → {fix}");
        }
    }
    print(&text);
    let refused = matches!(explained.verdict, Verdict::Refused { .. } | Verdict::NoToken(_));
    let fails = refused || explained.lines.iter().any(|line| line.fix.is_some());
    if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
