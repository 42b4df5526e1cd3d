//! Builds the state and owns the accept loop; shuts down in an orderly way.
//!
//! An accept loop of its own rather than `axum::serve`, because faults are to hang up on the wire. Every connection begins as one of
//! HTTP/1.1; [`http2`] takes it over if its caller turns out to speak that.

mod http2;

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use parking_lot::Mutex;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use crate::access::Access;
use crate::browser::Browsers;
use crate::config::Settings;
use crate::control::Pages;
use crate::interface::pages::{Shared, Turns, Watchers};
use crate::interface::{Scheme, Services};
use crate::library::watch::INTERVAL;
use crate::load::settings::LoadLimits;
use crate::load::{Load, Throttle};
use crate::metrics::Metrics;
use crate::pipeline::{self, Admits, State};
use crate::session::registry::Sessions;
use crate::tls::Stream;
use crate::traces::Traces;
use crate::wire::Wire;

/// How long requests in flight may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_millis(800);

/// How much of a request's line and headers is read before it is refused. `pipeline::serve` and the wire refuse less.
const HEADER_BYTES: usize = 128 * 1024;

/// How many connections beyond the limit are kept for health checks. If there are more, the oldest ends.
const SPARE: usize = 32;

/// How long such a connection may last.
const SPARE_TIME: Duration = Duration::from_secs(5);

/// How long to wait when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// A server that listens and does not yet answer.
pub(crate) struct Server {
    listener: TcpListener,
    /// The port with TLS.
    secure: Option<(TcpListener, TlsAcceptor)>,
    state: Arc<State>,
    /// The room for connections.
    room: Arc<Semaphore>,
    /// The connections beyond it, the oldest first.
    spare: Mutex<VecDeque<AbortHandle>>,
    full: Throttle,
    /// How many there were.
    connections: AtomicU64,
    /// Who watches a journal.
    watchers: Watchers,
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
        let secure = match &settings.tls {
            Some(tls) => Some((TcpListener::bind(tls.listen).await?, tls.acceptor.clone())),
            None => None,
        };
        let mut rng = match settings.seed {
            Some(seed) => ChaCha8Rng::seed_from_u64(seed),
            None => ChaCha8Rng::try_from_rng(&mut rand::rngs::SysRng).map_err(io::Error::other)?,
        };
        let watchers = Watchers::new(&settings.load);
        let metrics = Arc::new(Metrics::new(services.catalogue.0));
        let load = Arc::new(Load::new(settings.load));
        let traces = match &settings.otlp {
            // The ids must differ in each process, whatever --seed says.
            Some(collector) => {
                let ids = ChaCha8Rng::try_from_rng(&mut rand::rngs::SysRng).map_err(io::Error::other)?;
                Some(Arc::new(Traces::to(collector.clone(), ids)))
            }
            None => None,
        };
        let shared = Arc::new(Shared {
            services,
            sessions: Arc::clone(&sessions),
            address: listener.local_addr()?,
            access: Arc::clone(&access),
            options: settings.options,
            settings: Arc::clone(&settings.services),
            control: settings.control,
            turns: Turns::default(),
            watchers: watchers.clone(),
            authority: settings.tls.as_ref().and_then(|tls| tls.authority.clone()),
            keys: settings.keys.clone(),
            metrics: Arc::clone(&metrics),
            load: Arc::clone(&load),
            traces: traces.clone(),
            seeds: Mutex::new(ChaCha8Rng::from_rng(&mut rng)),
        });
        let browsers = Browsers::new(settings.allowed.clone(), listener.local_addr()?, settings.keys.control.is_some());
        let state = Arc::new(State {
            services,
            browsers,
            pages: Pages::new(shared),
            sessions,
            options: settings.options,
            settings: Arc::clone(&settings.services),
            access,
            rng: Mutex::new(rng),
            drift_seed: settings.seed.unwrap_or_default(),
            load,
            metrics,
            traces,
        });
        let room = Arc::clone(&state.load.room);
        Ok(Self {
            listener,
            secure,
            state,
            room,
            spare: Mutex::default(),
            full: Throttle::default(),
            connections: AtomicU64::new(0),
            watchers,
        })
    }

    /// The address it listens on, with the real port.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address with TLS, with the real port.
    pub(crate) fn tls_address(&self) -> Option<SocketAddr> {
        self.secure.as_ref()?.0.local_addr().ok()
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.state.sessions
    }

    /// Answers until told to stop; then lets requests in flight finish for a while, and cuts the rest.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut http = http1::Builder::new();
        http.max_buf_size(HEADER_BYTES).half_close(true);
        let (graceful, (stopping, _)) = (GracefulShutdown::new(), watch::channel(()));
        let failed = Throttle::default();
        let mut stop = std::pin::pin!(stop);
        let chores = tokio::spawn(chores(Arc::clone(&self.state)));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted.map(|(stream, _)| Stream::Plain(stream)),
                accepted = self.accept_secure() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok(stream) => self.spawn(stream, &http, &graceful, &stopping),
                Err(error) => {
                    if let Some(times) = failed.count() {
                        tracing::warn!(%error, times, "could not accept a connection");
                    }
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                }
            }
        }
        chores.abort();
        self.watchers.close();
        drop((self.listener, self.secure));
        stopping.send_replace(());
        let all = async { tokio::join!(graceful.shutdown(), stopping.closed()) };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("cut what was still in flight after {} ms", GRACE.as_millis());
        }
        if let Some(traces) = &self.state.traces {
            traces.close().await;
        }
        let log = Arc::clone(self.state.sessions.log());
        if tokio::task::spawn_blocking(move || log.close()).await.is_err() {
            tracing::error!("the store could not be closed");
        }
    }

    /// The next connection of the port with TLS. Waits for ever if there is none.
    async fn accept_secure(&self) -> io::Result<Stream> {
        match &self.secure {
            Some((listener, acceptor)) => listener.accept().await.map(|(stream, _)| Stream::secure(acceptor, stream)),
            None => std::future::pending().await,
        }
    }

    fn spawn(&self, stream: Stream, http: &http1::Builder, graceful: &GracefulShutdown, stopping: &watch::Sender<()>) {
        // Small answers should leave at once; a failure to say so costs only time.
        let _ = stream.tcp().map(|stream| stream.set_nodelay(true));
        let is_secure = !matches!(stream, Stream::Plain(_));
        let number = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let (state, wire) = (Arc::clone(&self.state), Wire::new(number, self.state.load.limits.http2));
        let place = Arc::clone(&self.room).try_acquire_owned().ok();
        let admits = if place.is_some() { Admits::All } else { Admits::Health };
        let io = TokioIo::new(wire.stream(stream));
        let limits = state.load.limits;
        let (watched, ending, for_http2) = (wire.clone(), wire.clone(), Arc::clone(&state));
        let (scheme, stop) = (is_secure.then_some(Scheme::HTTPS), stopping.subscribe());
        let answer = service_fn(move |mut request: Request<Incoming>| {
            if is_secure {
                request.extensions_mut().insert(Scheme::HTTPS);
            }
            let (state, wire) = (Arc::clone(&state), wire.clone());
            async move {
                wire.begin_call();
                let answer = pipeline::serve(state, request, &wire, admits).await;
                wire.end_call();
                answer
            }
        });
        let connection = graceful.watch(http.serve_connection(io, answer));
        let task = tokio::spawn(async move {
            let has_place = place.is_some();
            let _place = place;
            tokio::select! {
                biased;
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended badly");
                    if error.is_parse() {
                        ending.linger();
                    }
                },
                why = stale(&watched, &limits) => tracing::debug!("a connection {why}"),
                () = tokio::time::sleep(SPARE_TIME), if admits == Admits::Health => {}
            }
            if let Some(io) = ending.resume(has_place) {
                Box::pin(http2::serve(for_http2, ending.clone(), io, scheme, admits, stop)).await;
            }
            ending.end().await;
        });
        if admits == Admits::Health {
            self.keep_spare(task.abort_handle());
        }
    }

    /// Keeps a connection beyond the limit, and ends the oldest one if there are too many. A health check is answered long
    /// before.
    fn keep_spare(&self, connection: AbortHandle) {
        if let Some(times) = self.full.count() {
            let most = self.state.load.limits.max_connections;
            tracing::warn!(times, "{most} connections are open; others are only told the health (--max-connections)");
        }
        let mut spare = self.spare.lock();
        spare.retain(|connection| !connection.is_finished());
        if spare.len() >= SPARE
            && let Some(oldest) = spare.pop_front()
        {
            oldest.abort();
        }
        spare.push_back(connection);
    }
}

/// Waits until a connection has been idle for too long, or its caller has read too slowly for too long. Says which. One
/// timer serves a whole connection; a timer for each request would cost each request.
async fn stale(wire: &Wire, limits: &LoadLimits) -> &'static str {
    let tick = limits.idle_time.min(limits.send_time);
    let (mut last, mut idle, mut slow) = (wire.progress(), Duration::ZERO, Duration::ZERO);
    loop {
        tokio::time::sleep(tick).await;
        let now = wire.progress();
        idle = if now == last && now.is_idle() { idle + tick } else { Duration::ZERO };
        let expected = tick.as_millis() * u128::from(limits.min_rate) / 1000;
        let too_slow = last.waits && now.waits && u128::from(now.written - last.written) < expected.max(1);
        slow = if too_slow { slow + tick } else { Duration::ZERO };
        if idle >= limits.idle_time {
            return "sent no request in time";
        }
        if slow >= limits.send_time || wire.streams().is_some_and(|streams| streams.has_slow_reader(limits, tick)) {
            return "was not read in time";
        }
        last = now;
    }
}

/// How long rendered answers are kept that nobody asks for. Up to twice as long passes.
const UNUSED: Duration = Duration::from_secs(10);

/// How often the store is asked for sessions that nobody has used for long.
const OLD: Duration = Duration::from_secs(600);

/// What is done beside answering: scenario folders are watched, idle sessions and unused answers forgotten, and what sessions do
/// by themselves goes on after they were made from their logs.
async fn chores(state: Arc<State>) {
    let sessions = Arc::clone(&state.sessions);
    let mut watch = sessions.library.take_watch();
    let mut pause = INTERVAL;
    let (mut unused, mut old) = (Duration::ZERO, Duration::ZERO);
    loop {
        resume(&state);
        tokio::time::sleep(pause).await;
        sessions.forget_idle();
        (unused, old) = (unused + pause, old + pause);
        if unused >= UNUSED {
            unused = Duration::ZERO;
            sessions.library.forget_unused();
        }
        if old >= OLD {
            old = Duration::ZERO;
            let for_old = Arc::clone(&sessions);
            tokio::task::spawn_blocking(move || for_old.forget_old());
        }
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

/// Starts what sessions do by themselves that were made from their logs.
fn resume(state: &State) {
    for session in state.sessions.take_made() {
        for resume in state.services.modules.iter().filter_map(|module| module.hooks.resume) {
            resume(&session, &state.settings);
        }
    }
}
