//! Asks a running sandbox, by the same settings that it reads.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::config::{Flags, base_url};

const PATIENCE: Duration = Duration::from_secs(10);

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// A sandbox that is to be asked.
pub(crate) struct Client<'f> {
    flags: &'f Flags,
    session: Option<&'f str>,
}

impl<'f> Client<'f> {
    pub(crate) fn new(flags: &'f Flags, session: Option<&'f str>) -> Self {
        Self { flags, session }
    }

    /// Sends a request; what comes back as an error is a sentence for a person.
    pub(crate) fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        if self.flags.listen.port() == 0 {
            return Err("port 0 names no running sandbox; say the port with --listen or SANDBOX_LISTEN".to_owned());
        }
        let base = base_url(self.flags.listen);
        let asked = async {
            tokio::time::timeout(PATIENCE, self.exchange(&base, method, path, body))
                .await
                .unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(asked))
            .map_err(|error| format!("{base} does not answer: {error}"))
    }

    async fn exchange(&self, base: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let address = base.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.map_err(|error| text(&error))?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| text(&error))?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, address);
        if let Some(session) = self.session {
            request = request.header("Sandbox-Session", session);
        }
        if let Some(key) = &self.flags.control_key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let sent: Full<Bytes> = match body {
            None => Full::default(),
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Full::from(body.to_string())
            }
        };
        let request = request.body(sent).map_err(|error| text(&error))?;
        let response = sender.send_request(request).await.map_err(|error| text(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| text(&error))?.to_bytes();
        Ok(Answer { status, body })
    }

    /// The JSON of a success, or what the problem document says.
    pub(crate) fn json(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let answer = self.ask(method, path, body)?;
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let value: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| format!("{}{path} answers {} without JSON", base_url(self.flags.listen), answer.status))?;
        if answer.status.is_success() {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("no reason given");
        let nearest = value["nearest"].as_str().map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        Err(format!("{detail}{nearest}"))
    }
}
