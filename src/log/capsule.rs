//! A capsule: a session in one file, to be looked at and gone on with elsewhere. JSON Lines, compressed with gzip.
//!
//! Each line is an object with one member that says what it is: `head` (the first line), `file` (a scenario file of the server, or one beside it),
//! `record` (of the session's log), `call` (of its journal). Readers pass over lines that they do not know.

use std::io::{BufRead, BufReader, Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::record::Record;
use crate::redact::masked;

/// The version of the form.
const VERSION: u32 = 1;

/// The longest capsule that is read, in bytes, before and after it is decompressed.
pub(crate) const LONGEST: u64 = 64 * 1024 * 1024;
const LONGEST_WHOLE: u64 = 1024 * 1024 * 1024;

/// What a capsule says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Head {
    /// The version of the form.
    capsule: u32,
    /// The version of the sandbox that wrote it.
    pub(crate) by: String,
    pub(crate) session: String,
    /// The real time.
    pub(crate) saved: DateTime<Utc>,
    /// What the server's clock showed then.
    pub(crate) shown: DateTime<Utc>,
    /// How tokens were checked.
    pub(crate) auth: String,
    /// The edition of the server's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edition: Option<String>,
    /// Whether the built-in scenarios were served.
    pub(crate) builtin: bool,
    /// The clients that were bound to the session.
    #[serde(default)]
    pub(crate) clients: Vec<String>,
}

impl Head {
    pub(crate) fn new(session: &str, saved: DateTime<Utc>, shown: DateTime<Utc>) -> Self {
        Self {
            capsule: VERSION,
            by: env!("CARGO_PKG_VERSION").to_owned(),
            session: session.to_owned(),
            saved,
            shown,
            auth: String::new(),
            edition: None,
            builtin: false,
            clients: Vec::new(),
        }
    }
}

/// A session in one file.
#[derive(Debug)]
pub(crate) struct Capsule {
    pub(crate) head: Head,
    /// Scenario files and those beside them, by their names in the folder.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) records: Vec<Record>,
    /// The calls, as the journal tells them with headers and bodies, the oldest first.
    pub(crate) calls: Vec<Value>,
}

/// A line.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Line<'l> {
    Head(&'l Head),
    File { name: &'l str, base64: String },
    Record(&'l Record),
    Call(&'l Value),
}

/// A line that is read: what each member may be.
#[derive(Deserialize)]
struct AnyLine {
    head: Option<Head>,
    file: Option<FileLine>,
    record: Option<Record>,
    call: Option<Value>,
}

#[derive(Deserialize)]
struct FileLine {
    name: String,
    base64: String,
}

impl Capsule {
    /// The bytes of its file. Secrets and real personal numbers in records are masked.
    ///
    /// # Errors
    /// A sentence, if something has no form in JSON.
    pub(crate) fn write(&self) -> Result<Vec<u8>, String> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        let mut put = |line: &Line<'_>| {
            let text = serde_json::to_string(line).map_err(|error| error.to_string())?;
            writeln!(out, "{text}").map_err(|error| error.to_string())
        };
        put(&Line::Head(&self.head))?;
        for (name, bytes) in &self.files {
            put(&Line::File { name, base64: STANDARD.encode(bytes) })?;
        }
        for record in &self.records {
            put(&Line::Record(&without_secrets(record)))?;
        }
        for call in &self.calls {
            put(&Line::Call(call))?;
        }
        out.finish().map_err(|error| error.to_string())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A sentence for a person: it is no capsule, or of a newer version.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut lines = BufReader::new(GzDecoder::new(bytes).take(LONGEST_WHOLE)).lines();
        let no_capsule = |why: &dyn std::fmt::Display| format!("this is no capsule: {why}");
        let first = lines.next().unwrap_or_else(|| Ok(String::new())).map_err(|error| no_capsule(&error))?;
        let first: AnyLine = serde_json::from_str(&first).map_err(|error| no_capsule(&error))?;
        let head = first.head.ok_or_else(|| no_capsule(&"its first line is no head"))?;
        if head.capsule > VERSION {
            let found = head.capsule;
            return Err(format!("the capsule is of version {found}, and this sandbox knows versions up to {VERSION}"));
        }
        let mut capsule = Self { head, files: Vec::new(), records: Vec::new(), calls: Vec::new() };
        for (line, number) in lines.zip(2..) {
            let line = line.map_err(|error| format!("line {number} of the capsule: {error}"))?;
            let told = |error: &dyn std::fmt::Display| format!("line {number} of the capsule: {error}");
            let AnyLine { file, record, call, .. } = serde_json::from_str(&line).map_err(|error| told(&error))?;
            if let Some(FileLine { name, base64 }) = file {
                capsule.files.push((name, STANDARD.decode(base64).map_err(|error| told(&error))?));
            }
            capsule.records.extend(record);
            capsule.calls.extend(call);
        }
        Ok(capsule)
    }
}

/// What stands for a secret: a key of zeros, so that the record can still be read.
const NO_SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn without_secrets(record: &Record) -> Record {
    let hidden =
        serde_json::from_str(record.data.get()).map(hidden).and_then(|data| serde_json::value::to_raw_value(&data));
    Record { data: hidden.unwrap_or_else(|_| RawValue::NULL.to_owned()), ..record.clone() }
}

fn hidden(value: Value) -> Value {
    match value {
        Value::String(text) => masked(&text).into_owned().into(),
        Value::Array(items) => items.into_iter().map(hidden).collect(),
        Value::Object(fields) => {
            let one = |(name, value): (String, Value)| {
                let value = if name == "secret" && value.is_string() { NO_SECRET.into() } else { hidden(value) };
                (name, value)
            };
            fields.into_iter().map(one).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}
