//! A sandbox inside another program, for tests.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::access::Level;
use crate::catalogue::Edition;
use crate::config::{Limits, Options, ServiceSettings, Settings};
use crate::domain::clock::Now;
use crate::interface::{ServiceModule, Services};
use crate::scenario::loading::LoadError;
use crate::scenario::sources::{Source, Text};
use crate::server::Server;
use crate::services::{built_in_and, open_access};
use crate::session::registry::{CannotOpen, Sessions};
use crate::session::time::system_time;

/// A running sandbox on a port of its own. Dropping it stops it.
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

/// How a [`Sandbox`] is to start.
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
    limits: Limits,
}

/// Why a [`Sandbox`] did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting that means nothing.
    #[error("{0}")]
    Setting(String),
    /// Scenarios that do not load.
    #[error(transparent)]
    Scenarios(#[from] LoadError),
    /// No port, no thread.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Sandbox {
    /// With the built-in scenarios, today, in the 2024 edition, unless said otherwise.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only where the server has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl SandboxBuilder {
    /// What the time is: a date (noon in Norway, standing still), a date-time, or a shift like `+30d`.
    #[must_use]
    pub fn now(mut self, now: &str) -> Self {
        self.now = Some(now.to_owned());
        self
    }

    /// A setting of a service, by its flag and value, as the command line takes them.
    #[must_use]
    pub fn setting(mut self, flag: &str, value: &str) -> Self {
        self.settings.push(format!("{flag}={value}"));
        self
    }

    /// A service beside the built-in ones.
    #[must_use]
    pub fn service(mut self, module: &'static ServiceModule) -> Self {
        self.services.push(module);
        self
    }

    /// `2023` or `2024`: the edition where neither caller nor scenario says.
    #[must_use]
    pub fn edition(mut self, edition: &str) -> Self {
        self.edition = Some(edition.to_owned());
        self
    }

    /// `off`, `open` or `claims`: how closely tokens are looked at; `open` where nothing is said.
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

    /// The key that the control API demands; none where this is not said.
    #[must_use]
    pub fn control_key(mut self, key: &str) -> Self {
        self.control_key = Some(key.to_owned());
        self
    }

    /// How many sessions there can be at a time, and how long one may be idle; 1000 and an hour, unless said.
    #[must_use]
    pub fn sessions(mut self, most: usize, idle: Duration) -> Self {
        self.limits.sessions = most;
        self.limits.idle = idle;
        self
    }

    /// How many requests the journal of a session keeps; 500, unless said, and none for 0.
    #[must_use]
    pub fn journal(mut self, requests: usize) -> Self {
        self.limits.journal = requests;
        self
    }

    /// Starts it on a free port of the loopback address.
    ///
    /// # Errors
    /// A setting that means nothing, scenarios that do not load, no port to be had.
    pub fn start(self) -> Result<Sandbox, StartError> {
        let now =
            self.now.as_deref().map(str::parse::<Now>).transpose().map_err(|e| StartError::Setting(e.to_string()))?;
        let edition = self.edition.as_deref().map(str::parse::<Edition>).transpose();
        let edition = edition.map_err(|()| StartError::Setting("editions are 2023 and 2024".to_owned()))?;
        let auth = self.auth.as_deref().map(str::parse::<Level>).transpose().map_err(StartError::Setting)?;
        let mut sources = self.sources;
        if !self.texts.is_empty() {
            sources.push(Source::Texts(self.texts));
        }
        if sources.is_empty() {
            sources.push(Source::Builtin);
        }
        let services = built_in_and(&self.services);
        let settings = Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            now,
            options: Options { default_edition: edition.unwrap_or_default() },
            auth: auth.unwrap_or_default(),
            seed: self.seed,
            services: Arc::new(service_settings(services, &self.settings)?),
            control: true,
            control_key: self.control_key,
            limits: self.limits,
        };
        let sessions =
            Sessions::open(sources, services.format, services.states(), &settings, system_time).map_err(|error| {
                match error {
                    CannotOpen::Now(error) => StartError::Setting(error.to_string()),
                    CannotOpen::Scenarios(error) => StartError::Scenarios(error),
                }
            })?;
        let sessions = Arc::new(sessions);
        let access = open_access(settings.auth, &settings.services, sessions.time.real())
            .map_err(|wrong| StartError::Setting(wrong.join("; ")))?;
        let access = Arc::new(access);
        let (stop, stopped) = oneshot::channel::<()>();
        let (bound, address) = mpsc::channel();
        // A runtime and thread of its own: callers may have a runtime or none.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("innkreving-sandbox".to_owned()).spawn(move || {
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

/// The settings of services, by their flags.
fn service_settings(services: &Services, flags: &[String]) -> Result<ServiceSettings, StartError> {
    let sections = || services.modules.iter().filter_map(|module| module.hooks.settings.as_ref());
    let command = clap::Command::new("settings").no_binary_name(true);
    let command = sections().fold(command, |command, section| (section.augment)(command));
    // A test is not to depend on the environment that it runs in.
    let command = command.mut_args(|argument| argument.env(None::<&'static str>));
    let wrong = |error: clap::Error| StartError::Setting(error.to_string());
    let matches = command.try_get_matches_from(flags).map_err(wrong)?;
    let mut settings = ServiceSettings::default();
    for section in sections() {
        (section.read)(&matches, &mut settings).map_err(wrong)?;
    }
    Ok(settings)
}
