//! The settings of TLS.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// The settings of TLS.
#[derive(Args, Clone, Debug)]
pub(crate) struct TlsFlags {
    /// HTTPS on a port of its own. self-signed: with a certificate that the sandbox makes; FILES: a certificate chain and its
    /// key, PEM files with a comma between them
    #[arg(long, env = "SANDBOX_TLS", global = true, default_value = "off", value_name = "off|self-signed|FILES", value_parser = parse_certificate)]
    pub(crate) tls: Certificate,
    /// Address and port of HTTPS; with port 0 a free port is taken and printed
    #[arg(long, env = "SANDBOX_TLS_LISTEN", global = true, default_value = "127.0.0.1:8443", value_name = "ADDRESS:PORT", value_parser = parse_listen)]
    pub(crate) tls_listen: SocketAddr,
    /// Folder that keeps the authority of --tls self-signed, so that clients trust it once; made if it is not there
    #[arg(long, env = "SANDBOX_TLS_FOLDER", global = true, value_name = "DIR")]
    pub(crate) tls_folder: Option<PathBuf>,
}

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// There is no TLS.
    Off,
    SelfSigned,
    /// The chain, and the key of its first certificate.
    Files(PathBuf, PathBuf),
}

/// Reads an address and a port.
pub(crate) fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let text = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    text.parse().map_err(|_| {
        "write an IP address and a port: 127.0.0.1:8080 for this machine, 0.0.0.0:8080 for all interfaces".to_owned()
    })
}

fn parse_certificate(text: &str) -> Result<Certificate, String> {
    match text.split_once(',') {
        None if text == "off" => Ok(Certificate::Off),
        None if text == "self-signed" => Ok(Certificate::SelfSigned),
        Some((chain, key)) if !chain.is_empty() && !key.is_empty() && !key.contains(',') => {
            Ok(Certificate::Files(chain.into(), key.into()))
        }
        _ => Err("write off, self-signed, or two PEM files with a comma between them: chain.pem,key.pem".to_owned()),
    }
}
