//! `doctor`: what is set and where it comes from, and whether a sandbox can start with it.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::serve::names_of_certificate;
use super::shown_value;
use crate::config::{Flags, UnknownVariables, base_url};
use crate::interface::Services;
use crate::load::store::StoreAt;
use crate::log::Log;
use crate::log::file::{CannotOpenFile, FilePlace};
use crate::log::replicas::Sameness;
use crate::log::replicas::url::DatabaseUrl;
use crate::redact::{masked, visible};
use crate::scenario::loading::{LoadError, count};
use crate::services::{of_services, open_access};
use crate::session::cannot_open::CannotOpen;
use crate::session::registry::Sessions;
use crate::session::time::system_time;
use crate::terminal::{Client, print};
use crate::tls::Tls;

#[derive(Args)]
pub(super) struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was looked at.
#[derive(Serialize)]
struct Report {
    version: &'static str,
    system: String,
    /// Whether a sandbox can start so.
    healthy: bool,
    settings: Vec<Setting>,
    checks: Vec<Check>,
}

/// A setting in force.
#[derive(Serialize)]
struct Setting {
    name: String,
    variable: String,
    /// Nothing if it is not set and has no default.
    value: Option<String>,
    from: &'static str,
}

/// What a check found.
#[derive(Serialize)]
struct Check {
    about: &'static str,
    verdict: Verdict,
    told: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Ok,
    /// Worth knowing.
    Note,
    /// A sandbox does not start so, or not as it was meant.
    Finding,
}

/// Exit code 0 if a sandbox can start with these settings, 1 if not.
pub(super) fn run(
    args: &DoctorArgs,
    matches: &ArgMatches,
    command: &clap::Command,
    flags: &Flags,
    services: &Services,
    unknown: &UnknownVariables,
) -> ExitCode {
    let mut checks = vec![port(flags), access(flags)];
    checks.extend(tls(flags, services));
    checks.extend(traces(flags));
    let (of_scenarios, own) = scenarios(flags, services);
    checks.extend(of_scenarios);
    checks.extend(store(flags, own));
    checks.extend(unknown.misspelt.iter().map(|told| Check::new("environment", Verdict::Finding, told.clone())));
    let unrelated = unknown.unrelated.iter();
    checks.extend(
        unrelated.map(|name| Check::new("environment", Verdict::Note, format!("nothing reads the variable {name}"))),
    );
    checks.extend(unknown.of_jobs.iter().map(|name| {
        let told =
            format!("{name} is for the steps of a CI job (docs/ci.md); the sandbox and its subcommands do not read it");
        Check::new("environment", Verdict::Ok, told)
    }));
    checks.push(control(flags));
    let healthy = checks.iter().all(|check| check.verdict != Verdict::Finding);
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let settings = settings(matches, command);
    let report = Report { version: env!("CARGO_PKG_VERSION"), system, healthy, settings, checks };
    print(&if args.json { json(&report) } else { text(&report) });
    if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All settings that have a variable, in the order of the help.
fn settings(matches: &ArgMatches, command: &clap::Command) -> Vec<Setting> {
    let told = |argument: &clap::Arg| {
        let (id, variable) = (argument.get_id().as_str(), argument.get_env()?.to_string_lossy().into_owned());
        let values = matches.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy());
        let value = values.collect::<Vec<_>>().join(",");
        let value = shown_value(&variable, &value);
        let from = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "environment",
            Some(_) => "default",
            None => "not set",
        };
        let name = format!("--{}", argument.get_long().unwrap_or(id));
        Some(Setting { name, variable, value: Some(value).filter(|value| !value.is_empty()), from })
    };
    command.get_arguments().filter_map(told).collect()
}

impl Check {
    fn new(about: &'static str, verdict: Verdict, told: impl Into<String>) -> Self {
        Self { about, verdict, told: told.into() }
    }
}

/// Whether the port is free, or what listens there.
fn port(flags: &Flags) -> Check {
    let (listen, about) = (flags.listen, "port");
    if listen.port() == 0 {
        return Check::new(about, Verdict::Ok, "a free port is taken at start (port 0)");
    }
    match TcpListener::bind(listen) {
        Ok(_) => Check::new(about, Verdict::Ok, format!("{listen} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            // What runs here, whatever --url says.
            let here = Flags { url: None, ..flags.clone() };
            let answer = Client::new(&here, None).send(Method::GET, "/health/ready", None);
            match answer.ok().and_then(|answer| readiness(answer.status, &answer.body)) {
                Some(state) => {
                    let told = format!(
                        "a sandbox runs at {}{state}; the subcommands ask it, and a second one needs another port",
                        base_url(listen)
                    );
                    Check::new(about, Verdict::Note, told)
                }
                None => Check::new(
                    about,
                    Verdict::Finding,
                    format!("{listen} is taken by something that is no sandbox; choose another with --listen"),
                ),
            }
        }
        Err(error) => Check::new(about, Verdict::Finding, format!("cannot listen on {listen}: {error}")),
    }
}

/// What a sandbox says of its readiness, for the text that tells of it. Nothing if that is no answer of a sandbox.
fn readiness(status: StatusCode, body: &[u8]) -> Option<String> {
    let health: Value = serde_json::from_slice(body).ok()?;
    let told = |name: &str| health[name].as_str();
    match (status, told("status")?) {
        (StatusCode::OK, "UP") if health["parties"].is_u64() => Some(String::new()),
        (StatusCode::SERVICE_UNAVAILABLE, "DOWN") => {
            Some(format!(", and is not ready ({})", visible(&masked(told("reason")?), false)))
        }
        _ => None,
    }
}

/// Whether the files with keys and clients can be read.
fn access(flags: &Flags) -> Check {
    match open_access(flags.auth, &flags.services, system_time) {
        Ok(_) => Check::new("tokens", Verdict::Ok, format!("checked at the level {}", flags.auth)),
        Err(messages) => Check::new("tokens", Verdict::Finding, messages.join("; ")),
    }
}

/// Whether there is a certificate, and its port is free. Nothing if TLS is off. An authority that is not there yet is made.
fn tls(flags: &Flags, services: &Services) -> Option<Check> {
    let about = "HTTPS";
    let tls = match Tls::open(&flags.tls, &names_of_certificate(flags, services), flags.load.http2, system_time()) {
        Ok(tls) => tls?,
        Err(why) => return Some(Check::new(about, Verdict::Finding, why)),
    };
    let kept = match (&tls.kept, &tls.authority) {
        (Some(kept), _) => format!("its authority is {}", kept.display()),
        (None, Some(_)) => "its authority is new at each start; --tls-folder keeps one".to_owned(),
        (None, None) => "its certificate comes from files".to_owned(),
    };
    // A sandbox that runs has both ports.
    Some(match TcpListener::bind(tls.listen) {
        Ok(_) => Check::new(about, Verdict::Ok, format!("{} is free; {kept}", tls.listen)),
        Err(error) => Check::new(about, Verdict::Note, format!("cannot listen on {} now: {error}; {kept}", tls.listen)),
    })
}

/// Whether the place that sessions are kept in can be opened, and whether replicas that use it answer as one with these settings would.
/// `own` is missing if the scenarios do not load. Nothing if the place is memory.
fn store(flags: &Flags, own: Option<Sameness>) -> Option<Check> {
    let about = "store";
    Some(match &flags.store.store {
        StoreAt::Memory => return None,
        // A new file is not made only to look at it.
        StoreAt::File(path) if !path.exists() => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if folder.is_dir() {
                Check::new(about, Verdict::Ok, format!("{} is new", path.display()))
            } else {
                Check::new(about, Verdict::Finding, format!("there is no folder {}", folder.display()))
            }
        }
        StoreAt::File(path) => match FilePlace::open(path, None) {
            Ok(_) => Check::new(about, Verdict::Ok, format!("{} can be opened", path.display())),
            Err(CannotOpenFile::Locked(_)) => {
                Check::new(about, Verdict::Note, format!("a running sandbox has {}", path.display()))
            }
            Err(error) => Check::new(about, Verdict::Finding, error.to_string()),
        },
        StoreAt::Database(url) => match Log::database(url, flags.settings().store.keep) {
            Ok(log) => {
                let compared = own.map_or(Ok(Vec::new()), |own| log.compare(own));
                log.close();
                match compared {
                    Ok(differences) if differences.is_empty() => {
                        Check::new(about, Verdict::Ok, format!("{url} can be reached"))
                    }
                    Ok(differences) => Check::new(about, Verdict::Finding, differs(url, &differences)),
                    Err(error) => Check::new(about, Verdict::Finding, format!("{url}: {error}")),
                }
            }
            Err(error) => Check::new(about, Verdict::Finding, error.to_string()),
        },
    })
}

fn differs(url: &DatabaseUrl, differences: &[String]) -> String {
    let differences = differences.join(", ");
    format!(
        "a replica that runs on {url} answers otherwise: {differences}; a start with these settings is refused as long as it runs \
         (docs/replicas.md)"
    )
}

/// Whether a collector takes connections. Nothing if traces are off.
fn traces(flags: &Flags) -> Option<Check> {
    let (about, collector) = ("traces", flags.traces.otlp.as_ref()?);
    Some(match collector.reach() {
        Ok(()) => Check::new(about, Verdict::Ok, format!("sent to {collector}")),
        Err(error) => Check::new(about, Verdict::Note, format!("{collector} cannot be reached now: {error}")),
    })
}

/// Whether the scenarios load, and what day it is in them. If they load, also how a replica would answer.
fn scenarios(flags: &Flags, services: &Services) -> (Vec<Check>, Option<Sameness>) {
    let sources = flags.sources(None);
    let from: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let from = from.join(" and ");
    // The file of a running sandbox is locked, so it is left alone here; `store check` looks at it.
    let mut settings = flags.settings();
    settings.store.at = StoreAt::Memory;
    let opened = Sessions::open(sources, of_services(services), &settings, system_time);
    let sessions = match opened {
        Ok(sessions) => sessions,
        Err(CannotOpen::Scenarios(LoadError::Problems(problems))) => {
            let told = format!("{} in {from}; the subcommand check shows them", count(&problems));
            return (vec![Check::new("scenarios", Verdict::Finding, told)], None);
        }
        Err(error) => return (vec![Check::new("scenarios", Verdict::Finding, error.to_string())], None),
    };
    let session = sessions.default_session();
    let world = session.world();
    let scenarios = &world.loaded.scenarios;
    let own_warnings = scenarios.warnings.iter().filter(|problem| !problem.file().starts_with("builtin/")).count();
    let told = format!("{} parties from {from}", scenarios.len());
    let mut checks = vec![match (scenarios.is_empty(), own_warnings) {
        (true, _) => {
            Check::new("scenarios", Verdict::Finding, format!("no scenario in {from}, so every party is unknown"))
        }
        (false, 0) => Check::new("scenarios", Verdict::Ok, told),
        (false, warnings) => Check::new(
            "scenarios",
            Verdict::Note,
            format!("{told}; {warnings} warnings, which the subcommand check shows"),
        ),
    }];
    let moved = if flags.now.is_some() { "by --now" } else { "the real time" };
    checks.push(Check::new("clock", Verdict::Ok, format!("it is {} in Norway ({moved})", session.today())));
    (checks, Some(sessions.sameness(&settings)))
}

/// Who can use the control API.
fn control(flags: &Flags) -> Check {
    let settings = flags.settings();
    match (settings.control, &settings.keys.control) {
        (false, _) => Check::new("control API", Verdict::Ok, "off"),
        (true, Some(_)) if settings.keys.read.is_some() => {
            Check::new("control API", Verdict::Ok, "needs its key; a second key reads")
        }
        (true, Some(_)) => Check::new("control API", Verdict::Ok, "needs its key"),
        (true, None) if settings.listen.ip().is_loopback() => {
            Check::new("control API", Verdict::Ok, "open, for this machine only")
        }
        (true, None) => {
            Check::new("control API", Verdict::Note, "open to other machines; set --control-key or --control off")
        }
    }
}

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}

fn text(report: &Report) -> String {
    let mut text = format!("innkreving-sandbox {} on {}\n\n", report.version, report.system);
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let name = width(&mut report.settings.iter().map(|setting| setting.name.len()));
    let from = width(&mut report.settings.iter().map(|setting| setting.from.len()));
    for setting in &report.settings {
        let value = setting.value.as_deref().unwrap_or("–");
        let origin = if setting.from == "environment" { format!(" ({})", setting.variable) } else { String::new() };
        let _ = writeln!(text, "  {:<name$}  {:<from$}  {value}{origin}", setting.name, setting.from);
    }
    text.push('\n');
    for check in &report.checks {
        let sign = match check.verdict {
            Verdict::Ok => "ok",
            Verdict::Note => "note",
            Verdict::Finding => "FINDING",
        };
        let _ = writeln!(text, "  {sign:<7}  {}: {}", check.about, check.told);
    }
    text +=
        if report.healthy { "\nA sandbox starts with these settings.\n" } else { "\nMend what is marked FINDING.\n" };
    text
}
