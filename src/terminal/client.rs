//! A client of a running sandbox. It finds the sandbox by `--url`, or by the same settings that the server reads.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::config::{Flags, SandboxUrl};

/// How long the client waits for a response.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A response of the sandbox.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// A client of one running sandbox.
pub(crate) struct Client<'f> {
    flags: &'f Flags,
    session: Option<&'f str>,
}

impl<'f> Client<'f> {
    pub(crate) fn new(flags: &'f Flags, session: Option<&'f str>) -> Self {
        Self { flags, session }
    }

    /// Sends a request and returns the response, whatever its status.
    ///
    /// # Errors
    /// A sentence for a person, if there is no response.
    pub(crate) fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, String> {
        let base = self.base();
        if self.flags.url.is_none() && self.flags.listen.port() == 0 {
            return Err(
                "port 0 does not identify a running sandbox; give its port with --listen (SANDBOX_LISTEN) or its \
                        address with --url (SANDBOX_URL)"
                    .to_owned(),
            );
        }
        let response = async {
            tokio::time::timeout(TIMEOUT, self.exchange(&base, method, path, body))
                .await
                .unwrap_or_else(|_| Err(format!("no response in {} s", TIMEOUT.as_secs())))
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(response))
            .map_err(|error| format!("{base} does not answer: {error}"))
    }

    /// The sandbox that is asked.
    fn base(&self) -> SandboxUrl {
        self.flags.url.clone().unwrap_or_else(|| self.flags.listen.into())
    }

    async fn exchange(
        &self,
        base: &SandboxUrl,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let stream = TcpStream::connect(base.host()).await.map_err(|error| text(&error))?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| text(&error))?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(base.path(path)).header(header::HOST, base.authority());
        request = request.header(header::USER_AGENT, concat!("innkreving-sandbox/", env!("CARGO_PKG_VERSION")));
        if let Some(session) = self.session {
            request = request.header("Sandbox-Session", session);
        }
        if let Some(key) = self.flags.control.own_key() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let body: Full<Bytes> = match body {
            None => Full::default(),
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Full::from(body.to_string())
            }
        };
        let request = request.body(body).map_err(|error| text(&error))?;
        let response = sender.send_request(request).await.map_err(|error| text(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| text(&error))?.to_bytes();
        Ok(Response { status, body })
    }

    /// Sends a request and returns the text of a success.
    ///
    /// # Errors
    /// The detail of the problem document, or a sentence for a person.
    pub(crate) fn text(&self, method: Method, path: &str) -> Result<String, String> {
        let response = self.send(method, path, None)?;
        let text = String::from_utf8_lossy(&response.body).into_owned();
        if response.status.is_success() {
            return Ok(text);
        }
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        Err(problem["detail"].as_str().unwrap_or("no reason given").to_owned())
    }

    /// Sends a request and returns the bytes of a success.
    ///
    /// # Errors
    /// The detail of the problem document, or a sentence for a person.
    pub(crate) fn bytes(&self, method: Method, path: &str) -> Result<Bytes, String> {
        let response = self.send(method, path, None)?;
        if response.status.is_success() {
            return Ok(response.body);
        }
        let problem: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        Err(problem["detail"].as_str().unwrap_or("no reason given").to_owned())
    }

    /// Sends a request and returns the JSON of a success.
    ///
    /// # Errors
    /// The detail of the problem document, or a sentence for a person if there is no JSON.
    pub(crate) fn json(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let response = self.send(method, path, body)?;
        if response.status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let value: Value = serde_json::from_slice(&response.body)
            .map_err(|_| format!("{}{path} returned {} without JSON", self.base(), response.status))?;
        if response.status.is_success() {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("no reason given");
        let nearest = value["nearest"].as_str().map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        Err(format!("{detail}{nearest}"))
    }
}
