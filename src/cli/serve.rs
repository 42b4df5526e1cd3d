//! `serve`: answer calls until a signal stops the process.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tracing_subscriber::filter::LevelFilter;

use super::starting::Starting;
use super::{open_sessions, stop};
use crate::access::Access;
use crate::config::{Flags, LogFormat, LogLevel, Settings, base_url};
use crate::control::welcome::Welcome;
use crate::faults::modifiers::SessionName;
use crate::interface::Services;
use crate::redact::redacted;
use crate::server::Server;
use crate::services::open_access;
use crate::session::registry::Sessions;
use crate::session::time::system_time;
use crate::terminal::{UNUSABLE, has_colours};
use crate::tls::Tls;

/// How long a thread without work stays. The watch of the folders wakes one after the other, so with a longer time all that a
/// peak needed would stay, each with memory of its own.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

pub(super) fn run(flags: &Flags, services: &'static Services, unrelated_variables: &[String]) -> ExitCode {
    run_with(flags, services, unrelated_variables, None, |_| Ok(()))
}

/// The session of a capsule that goes on.
pub(super) struct Played {
    pub(super) session: SessionName,
    /// How many calls it had, which the capsule has and its journal has not.
    pub(super) calls: usize,
}

/// The same. `played` is the session of a capsule, and `prepare` is done before the first call is answered.
pub(super) fn run_with(
    flags: &Flags,
    services: &'static Services,
    unrelated_variables: &[String],
    played: Option<&Played>,
    prepare: impl FnOnce(&Sessions) -> Result<(), String>,
) -> ExitCode {
    start_log(flags);
    let starting = Starting(flags.log_format);
    // The pipeline answers a call that panics (src/pipeline/mod.rs). This logs the panic on one line.
    std::panic::set_hook(Box::new(|panic| tracing::error!(panic = &*redacted(&panic.to_string()), "a bug")));
    for name in unrelated_variables {
        tracing::warn!(name, "this environment variable looks like a setting, but nothing reads it");
    }
    let sessions = match open_sessions(flags, services) {
        Ok(sessions) => sessions,
        Err(error) => {
            starting.cannot_open(&error);
            return ExitCode::from(UNUSABLE);
        }
    };
    if let Err(why) = prepare(&sessions) {
        starting.fails(&why);
        return ExitCode::from(UNUSABLE);
    }
    warn_of_scenarios(flags, &sessions);
    let mut settings = flags.settings();
    settings.tls = match Tls::open(&flags.tls, &names_of_certificate(flags, services), flags.load.http2, system_time())
    {
        Ok(tls) => tls,
        Err(error) => {
            starting.fails(&error);
            return ExitCode::from(UNUSABLE);
        }
    };
    if settings.control && settings.keys.control.is_none() && !settings.listen.ip().is_loopback() {
        tracing::warn!(
            listen = %settings.listen,
            "other machines can reach the control API without a key; set --control-key or --control off"
        );
    }
    let access = match open_access(settings.auth, &settings.services, system_time) {
        Ok(access) => Arc::new(access),
        Err(messages) => {
            for message in &messages {
                starting.fails(message);
            }
            return ExitCode::from(UNUSABLE);
        }
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.enable_all().thread_keep_alive(KEEP_ALIVE).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            starting.fails(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(async {
        let server = match Server::bind(&settings, services, sessions, Arc::clone(&access)).await {
            Ok(server) => server,
            Err(error) => {
                starting.fails(&cannot_listen(&settings, &error));
                return ExitCode::from(UNUSABLE);
            }
        };
        let stopped = match stop::asked_or_input_ends(flags.stop_with_stdin) {
            Ok(stopped) => stopped,
            Err(error) => {
                starting.fails(&format!("cannot listen for signals: {error}"));
                return ExitCode::FAILURE;
            }
        };
        announce(starting, &server, &settings, services, &access, played);
        server.run(stopped).await;
        ExitCode::SUCCESS
    });
    // Tasks that still read files or resolve scenarios are not waited for.
    runtime.shutdown_background();
    code
}

/// Says that a sandbox listens, and where. `played` is the session of a capsule.
fn announce(
    starting: Starting,
    server: &Server,
    settings: &Settings,
    services: &'static Services,
    access: &Access,
    played: Option<&Played>,
) {
    let Ok(address) = server.address() else { return };
    let session = server.sessions().default_session();
    let base = base_url(address);
    let secure = server.tls_address().map(|secure| base_url(secure).replacen("http:", "https:", 1));
    let session_url = played.map(|played| format!("{base}/~session={}", played.session));
    let text = || {
        let mut text = format!("{}\n", Welcome::new(base.clone(), &session, services, access).text());
        if let (Some(tls), Some(secure)) = (&settings.tls, &secure) {
            let _ = writeln!(text, "{}", tls.text(secure, &base));
        }
        if let (Some(url), Some(Played { calls, .. })) = (&session_url, played) {
            let _ = writeln!(
                text,
                "The session of the capsule\n  {url}\n  Its journal begins here; calls before that, which `capsule show` tells: {calls}\n"
            );
        }
        text
    };
    let facts = || {
        let mut facts = Map::new();
        let mut put = |name: &str, value: Option<Value>| value.map(|value| facts.insert(name.to_owned(), value));
        put("url", Some(base.clone().into()));
        put("https_url", secure.clone().map(Value::from));
        put("session_url", session_url.clone().map(Value::from));
        put("version", Some(env!("CARGO_PKG_VERSION").into()));
        put("day", Some(session.today().to_string().into()));
        put("parties", Some(session.world().loaded.scenarios.len().into()));
        put("auth", Some(settings.auth.to_string().into()));
        put("store", Some(server.sessions().log().kind().into()));
        facts
    };
    starting.listens(text, facts);
}

/// The host names that a certificate of the sandbox is for: those of all services, and those that the settings allow.
pub(super) fn names_of_certificate(flags: &Flags, services: &Services) -> Vec<String> {
    let of_services = services.catalogue.0.iter().flat_map(|service| service.host_names());
    let allowed = flags.allow_host.iter().map(|host| {
        let host = host.to_string();
        if host.starts_with('.') { format!("*{host}") } else { host }
    });
    of_services.chain(allowed.filter(|host| host.parse::<std::net::IpAddr>().is_err())).collect()
}

/// Its world must not stay alive longer than this: the first world would never be given back.
fn warn_of_scenarios(flags: &Flags, sessions: &Sessions) {
    let world = sessions.default_session().world();
    let scenarios = &world.loaded.scenarios;
    if let Some(folder) = flags.scenarios.as_ref().filter(|_| scenarios.is_empty()) {
        tracing::warn!(folder = %folder.display(), "the folder has no scenario files, so every party is unknown");
    }
    let own_warnings = scenarios.warnings.iter().filter(|problem| !problem.file().starts_with("builtin/")).count();
    if own_warnings > 0 {
        tracing::warn!(count = own_warnings, "the scenarios have warnings; the subcommand check shows them");
    }
}

fn cannot_listen(settings: &Settings, error: &std::io::Error) -> String {
    let ports = match &settings.tls {
        Some(tls) => format!("{} or {}", settings.listen.port(), tls.listen.port()),
        None => settings.listen.port().to_string(),
    };
    let listen = settings.listen;
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            let other = if settings.tls.is_some() { " or --tls-listen" } else { "" };
            format!(
                "port {ports} is in use; choose another with --listen{other} {}:0 (0 takes a free one)",
                listen.ip()
            )
        }
        _ if settings.tls.is_some() => format!("cannot listen on port {ports}: {error}"),
        _ => format!("cannot listen on {listen}: {error}"),
    }
}

fn start_log(flags: &Flags) {
    let level = match flags.log {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    let colour = has_colours(&std::io::stderr());
    match flags.log_format {
        LogFormat::Text => log.with_ansi(colour).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
