//! `serve`: answer calls until told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

use super::open_sessions;
use crate::config::{Flags, LogFormat, LogLevel, Settings, base_url};
use crate::control::welcome::Welcome;
use crate::interface::Services;
use crate::server::Server;
use crate::services::open_access;
use crate::terminal::{UNUSABLE, complain, print};

pub(super) fn run(flags: &Flags, services: &'static Services, strange_variables: &[String]) -> ExitCode {
    start_log(flags);
    // A panic is answered (src/pipeline/mod.rs); here it gets its place in the log, on one line.
    std::panic::set_hook(Box::new(|panic| tracing::error!(panic = %panic.to_string().replace('\n', " "), "a bug")));
    for name in strange_variables {
        tracing::warn!(name, "this variable looks like a setting, but nothing reads it");
    }
    let sessions = match open_sessions(flags, services) {
        Ok(sessions) => sessions,
        Err(code) => return code,
    };
    let world = sessions.default_session().world();
    let scenarios = &world.loaded.scenarios;
    if let Some(folder) = flags.scenarios.as_ref().filter(|_| scenarios.is_empty()) {
        tracing::warn!(folder = %folder.display(), "no scenario files there: every party is unknown");
    }
    let own_warnings = scenarios.warnings.iter().filter(|problem| !problem.file().starts_with("builtin/")).count();
    if own_warnings > 0 {
        tracing::warn!(count = own_warnings, "the scenarios have warnings; see the check subcommand");
    }
    let settings = flags.settings();
    if settings.control && settings.control_key.is_none() && !settings.listen.ip().is_loopback() {
        tracing::warn!(
            listen = %settings.listen,
            "others can reach the control API without a key; set --control-key, or --control off"
        );
    }
    let access = match open_access(settings.auth, &settings.services, sessions.time.real()) {
        Ok(access) => Arc::new(access),
        Err(wrong) => {
            for message in &wrong {
                complain(message);
            }
            return ExitCode::from(UNUSABLE);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(async {
        let server = match Server::bind(&settings, services, sessions, Arc::clone(&access)).await {
            Ok(server) => server,
            Err(error) => {
                complain(&cannot_listen(&settings, &error));
                return ExitCode::from(UNUSABLE);
            }
        };
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            complain("cannot listen for signals");
            return ExitCode::FAILURE;
        };
        if let Ok(address) = server.address() {
            let session = server.sessions().default_session();
            print(&format!("{}\n", Welcome::new(base_url(address), &session, services, &access).text()));
            tracing::debug!(%address, "listening");
        }
        server
            .run(async {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            })
            .await;
        ExitCode::SUCCESS
    });
    // Whatever still reads files or resolves scenarios is not waited for.
    runtime.shutdown_background();
    code
}

fn cannot_listen(settings: &Settings, error: &std::io::Error) -> String {
    let listen = settings.listen;
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!(
                "port {} is in use; choose another with --listen {}:0 (0 takes a free one)",
                listen.port(),
                listen.ip()
            )
        }
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
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    match flags.log_format {
        LogFormat::Text => log.with_ansi(colour).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
