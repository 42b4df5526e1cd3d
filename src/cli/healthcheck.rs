//! `healthcheck`: ask a running sandbox whether it is ready, by the same settings that it reads.

use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::complain;
use crate::config::Flags;
use crate::control::welcome::base_url;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(flags: &Flags) -> ExitCode {
    if flags.listen.port() == 0 {
        complain("port 0 names no running sandbox; say the port with --listen or SANDBOX_LISTEN");
        return ExitCode::FAILURE;
    }
    let base = base_url(flags.listen);
    let address = base.trim_start_matches("http://");
    let asked =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string()).and_then(
            |runtime| {
                runtime.block_on(async {
                    tokio::time::timeout(PATIENCE, ask(address))
                        .await
                        .unwrap_or_else(|_| Err("no answer in 3 s".to_owned()))
                })
            },
        );
    match asked {
        Ok(StatusCode::OK) => ExitCode::SUCCESS,
        Ok(status) => {
            complain(&format!("{base}/health/ready answers {status}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            complain(&format!("{base} does not answer: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn ask(address: &str) -> Result<StatusCode, String> {
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    let request = Request::get("/health/ready").header(header::HOST, address).body(Empty::<Bytes>::new());
    let request = request.map_err(|error| error.to_string())?;
    sender.send_request(request).await.map(|response| response.status()).map_err(|error| error.to_string())
}
