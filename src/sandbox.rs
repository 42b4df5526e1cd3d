//! A sandbox inside another Rust program, for its tests.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::{Args, FromArgMatches};
use tokio::sync::oneshot;

use crate::access::Level;
use crate::browser::Allowed;
use crate::catalogue::Edition;
use crate::config::{Keys, Limits, Options, PopulationFlags, ServiceSettings, Settings};
use crate::domain::clock::Now;
use crate::interface::{ServiceModule, Services};
use crate::load::settings::LoadLimits;
use crate::load::store::{Store, StoreFlags};
use crate::scenario::loading::LoadError;
use crate::scenario::sources::{Source, Text};
use crate::server::Server;
use crate::services::{built_in_and, of_services, open_access};
use crate::session::cannot_open::CannotOpen;
use crate::session::registry::Sessions;
use crate::session::time::system_time;
use crate::traces::settings::TraceFlags;

/// A running sandbox on a port of its own. It stops when it is dropped.
///
/// ```
/// use innkreving_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().now("2026-03-01").start().unwrap();
/// assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
/// ```
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The settings that a [`Sandbox`] starts with.
#[derive(Clone, Default)]
pub struct SandboxBuilder {
    sources: Vec<Source>,
    texts: Vec<Text>,
    now: Option<String>,
    edition: Option<String>,
    settings: Vec<String>,
    services: Vec<&'static ServiceModule>,
    auth: Option<String>,
    seed: Option<u64>,
    control_key: Option<String>,
    read_key: Option<String>,
    allow_host: Vec<String>,
    allow_origin: Vec<String>,
    limits: Limits,
}

/// Why a [`Sandbox`] did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting has a value that is not allowed.
    #[error("{0}")]
    Setting(String),
    /// The scenarios do not load.
    #[error(transparent)]
    Scenarios(#[from] LoadError),
    /// No free port, or no thread.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Sandbox {
    /// The name of the thread that it runs on.
    pub(crate) const THREAD: &'static str = "innkreving-sandbox";

    /// A builder with the defaults: the built-in scenarios, today's date, the 2024 edition.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only if the server has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl SandboxBuilder {
    /// The time of the clock: a date (the clock stands still at noon in Norway), a date-time, or a shift like `+30d`
    /// (the clock keeps running).
    #[must_use]
    pub fn now(mut self, now: &str) -> Self {
        self.now = Some(now.to_owned());
        self
    }

    /// A setting of a service, of the population, of the store or of traces, or a limit of connections, times and memory: its flag and value, as
    /// on the command line.
    /// A flag that takes no value has an empty one.
    #[must_use]
    pub fn setting(mut self, flag: &str, value: &str) -> Self {
        self.settings.push(if value.is_empty() { flag.to_owned() } else { format!("{flag}={value}") });
        self
    }

    /// Adds a service to the built-in ones.
    #[must_use]
    pub fn service(mut self, module: &'static ServiceModule) -> Self {
        self.services.push(module);
        self
    }

    /// `2023` or `2024`: the edition of an answer if neither the caller nor the scenario chooses one.
    #[must_use]
    pub fn edition(mut self, edition: &str) -> Self {
        self.edition = Some(edition.to_owned());
        self
    }

    /// How strictly tokens are checked: `off`, `open` (the default), `claims` or `signed`.
    #[must_use]
    pub fn auth(mut self, level: &str) -> Self {
        self.auth = Some(level.to_owned());
        self
    }

    /// A scenario as YAML text. With one or more of these, the built-in ones are not served.
    #[must_use]
    pub fn scenario(mut self, yaml: &str) -> Self {
        let name = format!("scenario-{}.yaml", self.texts.len() + 1);
        self.texts.push(Text { name, text: yaml.to_owned(), lines_before: 0 });
        self
    }

    /// Scenarios from a place. With one or more of these, the built-in ones are served only if named.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// The seed of all randomness; the same one gives the same korrelasjonsid's.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The key that the control API requires. By default it requires none.
    #[must_use]
    pub fn control_key(mut self, key: &str) -> Self {
        self.control_key = Some(key.to_owned());
        self
    }

    /// A second key, which only reads (`--read-key`).
    #[must_use]
    pub fn read_key(mut self, key: &str) -> Self {
        self.read_key = Some(key.to_owned());
        self
    }

    /// A host name by which the sandbox is called, in addition to its own (`--allow-host`).
    #[must_use]
    pub fn allow_host(mut self, name: &str) -> Self {
        self.allow_host.push(name.to_owned());
        self
    }

    /// The origin of web pages that may use the sandbox (`--allow-origin`).
    #[must_use]
    pub fn allow_origin(mut self, origin: &str) -> Self {
        self.allow_origin.push(origin.to_owned());
        self
    }

    /// The greatest number of sessions, and how long a session may be idle. The defaults are 1000 and one hour.
    #[must_use]
    pub fn sessions(mut self, most: usize, idle: Duration) -> Self {
        self.limits.sessions = most;
        self.limits.idle = idle;
        self
    }

    /// How many claims, payments and orders all scenarios may hold together, those of sessions included. The default is
    /// 500 000.
    #[must_use]
    pub fn max_claims(mut self, most: usize) -> Self {
        self.limits.claims = most;
        self
    }

    /// How many requests the journal of a session keeps. The default is 500; 0 switches the journal off.
    #[must_use]
    pub fn journal(mut self, requests: usize) -> Self {
        self.limits.journal = requests;
        self
    }

    /// How many bytes of headers and bodies the journals keep together. The default is 32 MB; 0 keeps none.
    #[must_use]
    pub fn journal_bodies(mut self, bytes: usize) -> Self {
        self.limits.bodies = bytes;
        self
    }

    /// Starts the sandbox on a free port of the loopback address.
    ///
    /// # Errors
    /// A setting has a value that is not allowed, the scenarios do not load, or no port is free.
    pub fn start(self) -> Result<Sandbox, StartError> {
        let now =
            self.now.as_deref().map(str::parse::<Now>).transpose().map_err(|e| StartError::Setting(e.to_string()))?;
        let edition = self.edition.as_deref().map(str::parse::<Edition>).transpose();
        let edition = edition.map_err(|()| StartError::Setting("editions are 2023 and 2024".to_owned()))?;
        let auth = self.auth.as_deref().map(str::parse::<Level>).transpose().map_err(StartError::Setting)?;
        let hosts = self.allow_host.iter().map(|name| name.parse()).collect::<Result<_, _>>();
        let origins = self.allow_origin.iter().map(|origin| origin.parse()).collect::<Result<_, _>>();
        let (hosts, origins) = (hosts.map_err(StartError::Setting)?, origins.map_err(StartError::Setting)?);
        let mut sources = self.sources;
        if !self.texts.is_empty() {
            sources.push(Source::Texts(self.texts));
        }
        if sources.is_empty() {
            sources.push(Source::Builtin);
        }
        let keys = Keys { control: self.control_key, read: self.read_key };
        keys.check().map_err(|why| StartError::Setting(why.to_owned()))?;
        let services = built_in_and(&self.services);
        let (service_settings, load, population, store, traces) = read_settings(services, &self.settings)?;
        let settings = Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            now,
            options: Options { edition },
            auth: auth.unwrap_or_default(),
            seed: self.seed,
            services: Arc::new(service_settings),
            compared: BTreeMap::new(),
            load,
            store: Store::from(&store),
            tls: None,
            otlp: traces.otlp,
            control: true,
            keys,
            allowed: Allowed { hosts, origins },
            limits: self.limits,
            population: population.oenske(self.seed),
        };
        let sessions =
            Sessions::open(sources, of_services(services), &settings, system_time).map_err(|error| match error {
                CannotOpen::Scenarios(error) => StartError::Scenarios(error),
                other => StartError::Setting(other.to_string()),
            })?;
        let access = open_access(settings.auth, &settings.services, system_time)
            .map_err(|wrong| StartError::Setting(wrong.join("; ")))?;
        let access = Arc::new(access);
        let (stop, stopped) = oneshot::channel::<()>();
        let (bound, address) = mpsc::channel();
        // A runtime and a thread of its own, because the caller may have a runtime or none.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name(Sandbox::THREAD.to_owned()).spawn(move || {
            runtime.block_on(async {
                let server = Server::bind(&settings, services, sessions, access).await;
                let address = server.as_ref().map_err(|error| error.kind().into()).and_then(Server::address);
                let _ = bound.send(address);
                if let Ok(server) = server {
                    server.run(async { drop(stopped.await) }).await;
                }
            });
        })?;
        let address = address.recv().map_err(std::io::Error::other)??;
        Ok(Sandbox { address, stop: Some(stop), thread: Some(thread) })
    }
}

/// Reads the settings of services, the limits, and the population from their flags.
fn read_settings(
    services: &Services,
    flags: &[String],
) -> Result<(ServiceSettings, LoadLimits, PopulationFlags, StoreFlags, TraceFlags), StartError> {
    let sections = || services.modules.iter().filter_map(|module| module.hooks.settings.as_ref());
    let command = LoadLimits::augment_args(clap::Command::new("settings").no_binary_name(true));
    let command = TraceFlags::augment_args(StoreFlags::augment_args(PopulationFlags::augment_args(command)));
    let command = sections().fold(command, |command, section| (section.augment)(command));
    // A test must not depend on the environment that it runs in.
    let command = command.mut_args(|argument| argument.env(None::<&'static str>));
    let wrong = |error: clap::Error| StartError::Setting(error.to_string());
    let matches = command.try_get_matches_from(flags).map_err(wrong)?;
    let mut settings = ServiceSettings::default();
    for section in sections() {
        (section.read)(&matches, &mut settings).map_err(wrong)?;
    }
    let population = PopulationFlags::from_arg_matches(&matches).map_err(wrong)?;
    let store = StoreFlags::from_arg_matches(&matches).map_err(wrong)?;
    let traces = TraceFlags::from_arg_matches(&matches).map_err(wrong)?;
    Ok((settings, LoadLimits::from_arg_matches(&matches).map_err(wrong)?, population, store, traces))
}
