//! The authority that signs the sandbox's certificate. Each sandbox or folder has its own, so none can be misused elsewhere.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The files of a folder that keeps an authority.
pub(super) const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";

/// How long certificates last, in days. Some clients refuse one of a server that lasts longer than 398; a new one is made at each start.
const AUTHORITY_DAYS: i64 = 3650;
const SERVER_DAYS: i64 = 397;

/// Names that a container or a test harness gives to the machine that the sandbox runs on.
const USUAL: [&str; 5] =
    ["localhost", "innkreving", "innkreving-sandbox", "host.docker.internal", "host.testcontainers.internal"];

/// An authority.
pub(super) struct Authority {
    /// Its certificate, in PEM.
    pub(super) certificate: Arc<str>,
    key: KeyPair,
}

/// What a certificate of the authority says. It says the same each time, so that one that was kept need not be read.
fn params(now: DateTime<Utc>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("innkreving-sandbox test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    last(&mut params, now, AUTHORITY_DAYS);
    params
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// Sets how long a certificate lasts: from yesterday on, because clocks differ.
fn last(params: &mut CertificateParams, now: DateTime<Utc>, days: i64) {
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    let day = |at: DateTime<Utc>| date_time_ymd(at.year(), part(at.month()), part(at.day()));
    params.not_before = day(now - TimeDelta::days(1));
    params.not_after = day(now + TimeDelta::days(days - 1));
}

impl Authority {
    /// A new one.
    pub(super) fn new(now: DateTime<Utc>) -> Result<Self, String> {
        let failed = |error: rcgen::Error| format!("cannot make a certificate: {error}");
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params(now).self_signed(&key).map_err(failed)?;
        Ok(Self { certificate: certificate.pem().into(), key })
    }

    /// The one of a folder. It is made if the folder has none.
    pub(super) fn kept_in(folder: &Path, now: DateTime<Utc>) -> Result<Self, String> {
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        let told = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        if certificate.exists() || key.exists() {
            let text = fs::read_to_string(&key).map_err(|error| told(&key, &error))?;
            let pair = KeyPair::from_pem(&text).map_err(|error| told(&key, &error))?;
            let text = fs::read_to_string(&certificate).map_err(|error| told(&certificate, &error))?;
            let read = CertificateDer::from_pem_slice(text.as_bytes()).map_err(|error| told(&certificate, &error))?;
            belongs_to(&read, &pair, now).map_err(|error| told(&certificate, &error))?;
            return Ok(Self { certificate: text.into(), key: pair });
        }
        let made = Self::new(now)?;
        fs::create_dir_all(folder).map_err(|error| told(folder, &error))?;
        write_secret(&key, &made.key.serialize_pem()).map_err(|error| told(&key, &error))?;
        fs::write(&certificate, &*made.certificate).map_err(|error| told(&certificate, &error))?;
        Ok(made)
    }

    /// Signs a certificate for the sandbox's names.
    pub(super) fn sign(
        &self,
        names: &[String],
        listens: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
        let failed = |error: rcgen::Error| format!("cannot make a certificate: {error}");
        let mut all: Vec<String> = USUAL.iter().map(|name| (*name).to_owned()).chain(names.iter().cloned()).collect();
        all.sort();
        all.dedup();
        let mut certificate = CertificateParams::new(all).map_err(failed)?;
        let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST), listens];
        for (place, address) in addresses.iter().enumerate() {
            if !address.is_unspecified() && !addresses[..place].contains(address) {
                certificate.subject_alt_names.push(SanType::IpAddress(*address));
            }
        }
        certificate.distinguished_name = name("innkreving-sandbox");
        certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        certificate.use_authority_key_identifier_extension = true;
        last(&mut certificate, now, SERVER_DAYS);
        let key = KeyPair::generate().map_err(failed)?;
        let issuer = Issuer::new(params(now), &self.key);
        let signed = certificate.signed_by(&key, &issuer).map_err(failed)?;
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).map_err(|error| error.to_string())?;
        Ok((vec![signed.der().clone()], key))
    }
}

/// Whether a certificate that was kept is still good, and of this key.
fn belongs_to(certificate: &CertificateDer<'_>, key: &KeyPair, now: DateTime<Utc>) -> Result<(), String> {
    let (_, read) = x509_parser::parse_x509_certificate(certificate).map_err(|error| error.to_string())?;
    if read.public_key().subject_public_key.data != key.public_key_raw() {
        return Err(format!("it is not of the key beside it ({KEY}); delete both, and new ones are made"));
    }
    if read.validity().not_after.timestamp() < now.timestamp() {
        return Err("it has expired; delete it and its key, and new ones are made".to_owned());
    }
    Ok(())
}

/// Writes a file that only its owner can read.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
