//! HTTPS: the certificate that the sandbox shows, the authority that signed it, and how a client trusts that.
//!
//! It is one port more, beside the port without TLS, so that subcommands and health checks need no certificates.

mod authority;
pub(crate) mod settings;
mod stream;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use authority::Authority;
use settings::{Certificate, TlsFlags};
pub(crate) use stream::Stream;

/// What the sandbox speaks over TLS, the better one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A port with TLS, before it listens.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) listen: SocketAddr,
    pub(crate) acceptor: TlsAcceptor,
    /// The certificate of the authority that clients have to trust; nothing if the certificate came from files.
    pub(crate) authority: Option<Arc<str>>,
    /// Where it is kept.
    pub(crate) kept: Option<Box<Path>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("listen", &self.listen).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads or makes the certificate. `names` are the host names that it is for, beside the sandbox's usual ones. `has_http2` says
    /// whether HTTP/2 is offered. Nothing if TLS is off.
    ///
    /// # Errors
    /// A sentence for a person: a file cannot be read or written, or a certificate and its key do not belong together.
    pub(crate) fn open(
        flags: &TlsFlags,
        names: &[String],
        has_http2: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, String> {
        let (chain, key, authority, kept) = match &flags.tls {
            Certificate::Off => return Ok(None),
            Certificate::Files(chain, key) => {
                let told = |path: &Path, error: &dyn fmt::Display| format!("{}: {error}", path.display());
                let read = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                let read = read.map_err(|error| told(chain, &error))?;
                if read.is_empty() {
                    return Err(told(chain, &"there is no certificate in it"));
                }
                (read, PrivateKeyDer::from_pem_file(key).map_err(|error| told(key, &error))?, None, None)
            }
            Certificate::SelfSigned => {
                let authority = match &flags.tls_folder {
                    Some(folder) => Authority::kept_in(folder, now)?,
                    None => Authority::new(now)?,
                };
                let (chain, key) = authority.sign(names, flags.tls_listen.ip(), now)?;
                let kept = flags.tls_folder.as_ref().map(|folder| folder.join(authority::CERTIFICATE).into());
                (chain, key, Some(authority.certificate), kept)
            }
        };
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&versions)
            .map_err(|error| error.to_string())?;
        let mut config = config
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| format!("the certificate cannot be used: {error}"))?;
        let offered = if has_http2 { &PROTOCOLS[..] } else { &PROTOCOLS[1..] };
        config.alpn_protocols = offered.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Some(Self { listen: flags.tls_listen, acceptor: Arc::new(config).into(), authority, kept }))
    }

    /// What a person has to know: the address, and how clients come to trust the certificate. `plain` is the address without TLS.
    pub(crate) fn text(&self, address: &str, plain: &str) -> String {
        if self.authority.is_none() {
            return format!("HTTPS\n  {address}, with the certificate that you gave\n");
        }
        let kept = self.kept.as_ref().map(|kept| kept.display().to_string());
        let place = match kept {
            Some(_) => String::new(),
            None => format!("  curl -s {plain}/tls/ca.pem > ca.pem    (made at this start; --tls-folder keeps it)\n"),
        };
        let file = kept.unwrap_or_else(|| "ca.pem".to_owned());
        format!(
            "HTTPS\n  {address}\n{place}  Trust its authority in the client under test, and nowhere else:\n    curl      --cacert {file}\n    \
             Node.js   NODE_EXTRA_CA_CERTS={file}\n    Python    SSL_CERT_FILE={file} REQUESTS_CA_BUNDLE={file}\n    \
             Go, .NET  SSL_CERT_FILE={file} (Linux)\n    Java      keytool -importcert -noprompt -alias innkreving-sandbox -file {file} \
             -keystore trust.p12 -storepass changeit\n              java -Djavax.net.ssl.trustStore=trust.p12 \
             -Djavax.net.ssl.trustStorePassword=changeit\n"
        )
    }
}
