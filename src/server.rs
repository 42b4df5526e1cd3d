//! Builds the state and owns the accept loop; shuts down in an orderly way.
//!
//! An accept loop of its own rather than `axum::serve`, because faults are to hang up on the wire.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use parking_lot::Mutex;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::net::{TcpListener, TcpStream};

use crate::access::Access;
use crate::browser::Browsers;
use crate::config::Settings;
use crate::interface::Services;
use crate::interface::pages::{Shared, Turns};
use crate::library::watch::INTERVAL;
use crate::pipeline::{self, State};
use crate::session::registry::Sessions;
use crate::wire::Wire;

/// How long requests in flight may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_millis(800);

/// The most a request's line and headers may take together; more is answered with 431.
const HEADER_BYTES: usize = 64 * 1024;

/// How long a caller may take to send its headers, and to send its next request. Up to twice as long passes.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// How long to wait when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// A server that listens and does not yet answer.
pub(crate) struct Server {
    listener: TcpListener,
    state: Arc<State>,
}

impl Server {
    /// Takes the port.
    pub(crate) async fn bind(
        settings: &Settings,
        services: &'static Services,
        sessions: Arc<Sessions>,
        access: Arc<Access>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let mut rng = match settings.seed {
            Some(seed) => ChaCha8Rng::seed_from_u64(seed),
            None => ChaCha8Rng::try_from_rng(&mut rand::rngs::SysRng).map_err(io::Error::other)?,
        };
        let shared = Arc::new(Shared {
            services,
            sessions: Arc::clone(&sessions),
            address: listener.local_addr()?,
            access: Arc::clone(&access),
            options: settings.options,
            control: settings.control,
            turns: Turns::default(),
            key: settings.control_key.clone(),
            seeds: Mutex::new(ChaCha8Rng::from_rng(&mut rng)),
        });
        let browsers = Browsers::new(settings.allowed.clone(), listener.local_addr()?, settings.control_key.is_some());
        let state = Arc::new(State {
            services,
            browsers,
            pages: crate::control::pages(shared),
            sessions,
            options: settings.options,
            settings: Arc::clone(&settings.services),
            access,
            rng: Mutex::new(rng),
            drift_seed: settings.seed.unwrap_or_default(),
        });
        Ok(Self { listener, state })
    }

    /// The address it listens on, with the real port.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.state.sessions
    }

    /// Answers until told to stop; then lets requests in flight finish for a while, and cuts the rest.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut http = http1::Builder::new();
        http.max_buf_size(HEADER_BYTES);
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        let chores = tokio::spawn(chores(Arc::clone(&self.state.sessions)));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, _)) => self.spawn(stream, &http, &graceful),
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                }
            }
        }
        chores.abort();
        drop(self.listener);
        if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("cut what was still in flight after {} ms", GRACE.as_millis());
        }
    }

    fn spawn(&self, stream: TcpStream, http: &http1::Builder, graceful: &GracefulShutdown) {
        // Small answers should leave at once; a failure to say so costs only time.
        let _ = stream.set_nodelay(true);
        let (state, wire) = (Arc::clone(&self.state), Wire::default());
        let io = TokioIo::new(wire.stream(stream));
        let watched = wire.clone();
        let answer = service_fn(move |request| {
            let (state, wire) = (Arc::clone(&state), wire.clone());
            async move {
                wire.begin_call();
                let answer = pipeline::handle(state, request, &wire).await;
                wire.end_call();
                answer
            }
        });
        let connection = graceful.watch(http.serve_connection(io, answer));
        tokio::spawn(async move {
            tokio::select! {
                biased;
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended badly");
                },
                () = stale(&watched) => tracing::debug!("a connection sent no request in time"),
            }
        });
    }
}

/// Waits until a connection has been idle for [`HEADER_TIME`] or a little longer. One timer serves a whole connection; a
/// timer for each request would cost each request.
async fn stale(wire: &Wire) {
    let mut last = wire.progress();
    loop {
        tokio::time::sleep(HEADER_TIME).await;
        let now = wire.progress();
        if now == last && now.is_idle() {
            return;
        }
        last = now;
    }
}

/// What is done beside answering: scenario folders are watched, idle sessions forgotten.
async fn chores(sessions: Arc<Sessions>) {
    let mut watch = sessions.library.take_watch();
    let mut pause = INTERVAL;
    loop {
        tokio::time::sleep(pause).await;
        sessions.forget_idle();
        let Some(mut watching) = watch.take() else {
            continue;
        };
        let for_reload = Arc::clone(&sessions);
        // Looking at files may take its time, which requests should not wait for.
        let looked = tokio::task::spawn_blocking(move || {
            if watching.has_settled() && for_reload.reload() {
                watching.try_again();
            }
            watching
        });
        let Ok(watching) = looked.await else {
            tracing::error!("watching the scenario folder ended; restart to take changes");
            continue;
        };
        pause = watching.pause();
        watch = Some(watching);
    }
}
