//! TLS to the database, with the words of PostgreSQL's own clients: `sslmode` and `sslrootcert` in its address.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, version,
};

/// What the address says of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Security {
    pub(super) mode: SslMode,
    /// The file of the authorities that may have signed the server's certificate; nothing if it is not checked.
    authority: Option<PathBuf>,
    /// The certificate has to be for the name in the address.
    checks_name: bool,
}

impl Security {
    /// Takes what is about TLS out of an address. Returns the rest.
    ///
    /// # Errors
    /// A sentence that repeats nothing of the address, because that has a password.
    pub(super) fn taken_from(url: &str) -> Result<(String, Self), &'static str> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut rest, mut mode, mut authority) = (Vec::new(), None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            match key {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => authority = Some(PathBuf::from(value.into_owned())),
                "sslcert" | "sslkey" | "sslpassword" => {
                    return Err(
                        "the sandbox shows the database no certificate of its own (sslcert, sslkey); use a password",
                    );
                }
                _ => rest.push(pair),
            }
        }
        let (mode, verifies, checks_name) = match mode.as_deref() {
            None | Some("disable") => (SslMode::Disable, false, false),
            Some("prefer") => (SslMode::Prefer, false, false),
            // PostgreSQL's own clients check the certificate here if they have an authority.
            Some("require") => (SslMode::Require, authority.is_some(), false),
            Some("verify-ca") => (SslMode::Require, true, false),
            Some("verify-full") => (SslMode::Require, true, true),
            Some(_) => return Err("sslmode is disable, prefer, require, verify-ca or verify-full"),
        };
        match (verifies, &authority) {
            (true, None) => {
                return Err(
                    "sslmode=verify-ca and verify-full need the authority that signed the database's certificate: \
                     add &sslrootcert=FILE.pem",
                );
            }
            (true, Some(file)) if *file == Path::new("system") => {
                return Err("sslrootcert=system: name the file of the system's authorities, like \
                     /etc/ssl/certs/ca-certificates.crt");
            }
            (false, Some(_)) => return Err("sslrootcert needs sslmode=verify-full"),
            _ => {}
        }
        let query = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
        Ok((format!("{address}{query}"), Self { mode, authority, checks_name }))
    }

    /// What connects with it. The file is read each time, so that it can be replaced while the sandbox runs.
    ///
    /// # Errors
    /// A sentence: the file cannot be read, or has no authority.
    pub(super) fn connector(&self) -> Result<Connector, String> {
        if self.mode == SslMode::Disable {
            return Ok(Connector(None));
        }
        let provider = Arc::new(default_provider());
        let authority = match &self.authority {
            None => None,
            Some(file) => {
                let told = |error: &dyn std::fmt::Display| format!("sslrootcert: {}: {error}", file.display());
                let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                let mut roots = RootCertStore::empty();
                if roots.add_parsable_certificates(read.map_err(|error| told(&error))?).0 == 0 {
                    return Err(told(&"there is no certificate in it"));
                }
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
                Some(verifier.map_err(|error| told(&error))?)
            }
        };
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|error| error.to_string())?;
        let verifier = Verifier { provider, authority, checks_name: self.checks_name };
        let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
        Ok(Connector(Some(Arc::new(config).into())))
    }
}

/// Checks the certificate of the database as far as the address asks for it.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    authority: Option<Arc<WebPkiServerVerifier>>,
    checks_name: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authority) = &self.authority else { return Ok(ServerCertVerified::assertion()) };
        // The name is the last thing that is looked at.
        match authority.verify_server_cert(certificate, between, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes TLS for the client of the database. Nothing without TLS.
#[derive(Clone)]
pub(super) struct Connector(Option<TlsConnector>);

/// TLS to one host.
pub(super) struct Named {
    connector: Option<TlsConnector>,
    host: String,
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Secured;
    type TlsConnect = Named;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Named> {
        Ok(Named { connector: self.0.clone(), host: host.to_owned() })
    }
}

impl TlsConnect<Socket> for Named {
    type Stream = Secured;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Secured>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let connector = self.connector.ok_or_else(|| io::Error::other("there is no TLS"))?;
            let name = ServerName::try_from(self.host).map_err(io::Error::other)?;
            connector.connect(name, socket).await.map(|stream| Secured(Box::new(stream)))
        })
    }
}

/// A connection with TLS.
pub(super) struct Secured(Box<TlsStream<Socket>>);

impl tokio_postgres::tls::TlsStream for Secured {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Secured {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_postgresql_are_taken_out_and_what_cannot_be_says_why() {
        let taken = |query: &str| Security::taken_from(&format!("postgres://me:secret@db/x{query}"));
        for (query, mode, verifies, checks_name, rest) in [
            ("", SslMode::Disable, false, false, ""),
            ("?sslmode=disable", SslMode::Disable, false, false, ""),
            ("?sslmode=prefer&application_name=a", SslMode::Prefer, false, false, "?application_name=a"),
            (
                "?application_name=a&sslmode=require&options=b",
                SslMode::Require,
                false,
                false,
                "?application_name=a&options=b",
            ),
            ("?sslmode=require&sslrootcert=ca.pem", SslMode::Require, true, false, ""),
            ("?sslmode=verify-ca&sslrootcert=%2Ftmp%2Fca.pem", SslMode::Require, true, false, ""),
            ("?sslrootcert=ca.pem&sslmode=verify-full", SslMode::Require, true, true, ""),
        ] {
            let (address, security) = taken(query).expect(query);
            assert_eq!(address, format!("postgres://me:secret@db/x{rest}"));
            assert_eq!(
                (security.mode, security.authority.is_some(), security.checks_name),
                (mode, verifies, checks_name),
                "{query}"
            );
        }
        for (query, why) in [
            ("?sslmode=verify-full", "add &sslrootcert="),
            ("?sslmode=verify-full&sslrootcert=system", "name the file"),
            ("?sslrootcert=ca.pem", "needs sslmode=verify-full"),
            ("?sslmode=allow", "sslmode is disable"),
            ("?sslmode=require&sslcert=me.pem", "use a password"),
        ] {
            let told = taken(query).expect_err(query);
            assert!(told.contains(why) && !told.contains("secret"), "{query}: {told}");
        }
    }
}
