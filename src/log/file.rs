//! The place in a file: SQLite, with a write-ahead log beside it while a sandbox has it open.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, OpenFlags, Row, params};
use serde_json::value::RawValue;

use super::record::{Record, VERSION};
use super::{Operation, Place, Stored};

/// What SQLite has at its start, so that a tool can tell what the file is: `InSb`.
const APPLICATION: i32 = 0x496e_5362;

/// The version of the tables.
const TABLES: i32 = 1;

/// How long to wait for another process to let go of the file: as long as a restart overlaps.
const WAIT: Duration = Duration::from_secs(2);

const SCHEMA: &str = "
    CREATE TABLE records (
        session TEXT NOT NULL, sequence INTEGER NOT NULL, v INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
        data TEXT NOT NULL, PRIMARY KEY (session, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE files (
        session TEXT NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (session, sequence)
    ) STRICT;
    CREATE TABLE probe (number INTEGER NOT NULL) STRICT;
    INSERT INTO probe VALUES (0);
";

/// Why a file cannot be a store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotOpenFile {
    #[error("{path}: {why}")]
    Unusable { path: PathBuf, why: String },
    #[error("{0}: another sandbox has this file open; each needs one of its own")]
    Locked(PathBuf),
    #[error(
        "{path}: the file is of version {found}, and this sandbox knows versions up to {TABLES}; use the newer sandbox, or \
         another file"
    )]
    Newer { path: PathBuf, found: i32 },
    #[error("no thread for the store: {0}")]
    Thread(std::io::Error),
}

/// The place in a file.
pub(crate) struct FilePlace {
    db: Connection,
    is_read_only: bool,
}

impl FilePlace {
    /// Opens a file, or makes it. It is the only process that has the file then. `most` is its largest size in bytes.
    pub(crate) fn open(path: &Path, most: Option<u64>) -> Result<Self, CannotOpenFile> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let unusable = |error: &rusqlite::Error| Self::unusable(path, error);
        let opened = Connection::open_with_flags(path, flags).and_then(|db| {
            let is_read_only = db.is_readonly("main")?;
            Ok((db, is_read_only))
        });
        let db = match opened {
            Ok((db, false)) => db,
            Ok((_, true)) => return Self::open_read_only(path),
            Err(_) if path.is_file() => return Self::open_read_only(path),
            Err(error) => return Err(unusable(&error)),
        };
        db.busy_timeout(WAIT).map_err(|error| unusable(&error))?;
        match prepare(&db, most) {
            Ok(()) => {}
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly) => {
                drop(db);
                return Self::open_read_only(path);
            }
            Err(error) => return Err(unusable(&error)),
        }
        Self::check_version(path, &db)?;
        Ok(Self { db, is_read_only: false })
    }

    /// Opens a file that cannot be written, if all that was written is in it.
    pub(crate) fn open_read_only(path: &Path) -> Result<Self, CannotOpenFile> {
        let unusable = |error: &rusqlite::Error| Self::unusable(path, error);
        let mut beside = path.as_os_str().to_owned();
        beside.push("-wal");
        if std::fs::metadata(&beside).is_ok_and(|file| file.len() > 0) {
            let why =
                "the file is read-only, and what lies beside it (-wal) would have to be written into it".to_owned();
            return Err(CannotOpenFile::Unusable { path: path.to_owned(), why });
        }
        let escaped: String = percent_encoding::utf8_percent_encode(&path.to_string_lossy(), ESCAPED).to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)
            .map_err(|error| unusable(&error))?;
        Self::check_version(path, &db)?;
        Ok(Self { db, is_read_only: true })
    }

    fn unusable(path: &Path, error: &rusqlite::Error) -> CannotOpenFile {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                CannotOpenFile::Locked(path.to_owned())
            }
            Some(rusqlite::ErrorCode::NotADatabase) => {
                CannotOpenFile::Unusable { path: path.to_owned(), why: "the file is no store of a sandbox".to_owned() }
            }
            _ => CannotOpenFile::Unusable { path: path.to_owned(), why: told(error) },
        }
    }

    fn check_version(path: &Path, db: &Connection) -> Result<(), CannotOpenFile> {
        let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let (application, found) = match (number("application_id"), number("user_version")) {
            (Ok(application), Ok(found)) => (application, found),
            (Err(error), _) | (_, Err(error)) => return Err(Self::unusable(path, &error)),
        };
        if application != APPLICATION || found < 1 {
            let why = "the file is no store of a sandbox".to_owned();
            return Err(CannotOpenFile::Unusable { path: path.to_owned(), why });
        }
        if found > TABLES {
            return Err(CannotOpenFile::Newer { path: path.to_owned(), found });
        }
        Ok(())
    }

    /// Whether nothing can be written.
    pub(crate) fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// What is wrong with the file, by SQLite's own check. Empty if nothing is.
    pub(crate) fn check(&mut self) -> Result<Vec<String>, String> {
        let mut statement = self.db.prepare("PRAGMA integrity_check").map_err(|error| told(&error))?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(|error| told(&error))?;
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(|error| told(&error))?;
        Ok(rows.into_iter().filter(|row| row != "ok").collect())
    }

    /// Gives room that is not used back to the system.
    pub(crate) fn compact(&mut self) -> Result<(), String> {
        self.db.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").map_err(|error| told(&error))
    }
}

/// What stays as it is in a path inside an URI.
const ESCAPED: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// Takes the file for this process, and makes the tables in a new one.
fn prepare(db: &Connection, most: Option<u64>) -> rusqlite::Result<()> {
    // Exclusive: no second process, and no shared memory beside the file. FULL: a commit returns when it is on the disk.
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if version == 0 && tables > 0 {
        // Another program's file. `check_version` says so.
        return Ok(());
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "wal_autocheckpoint", 1000)?;
    db.pragma_update(None, "journal_size_limit", 4 << 20)?;
    if let Some(most) = most {
        let page: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = (i64::try_from(most).unwrap_or(i64::MAX) / page.max(1)).max(16);
        let _: i64 = db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))?;
    }
    if version == 0 {
        let versions = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {TABLES};");
        db.execute_batch(&format!("BEGIN EXCLUSIVE; {SCHEMA} {versions} COMMIT;"))
    } else {
        db.execute_batch("BEGIN EXCLUSIVE; COMMIT;")
    }
}

/// An error in the words of a person.
fn told(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => "the disk is full, or the store has its largest size".to_owned(),
        Some(rusqlite::ErrorCode::ReadOnly) => "the store is read-only".to_owned(),
        _ => error.to_string(),
    }
}

/// SQLite's integers have a sign; the numbers of records need none.
fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn record(row: &Row<'_>) -> rusqlite::Result<(String, Record)> {
    let (session, at, data): (String, String, String) = (row.get(0)?, row.get(3)?, row.get(5)?);
    let record = Record {
        v: row.get(2)?,
        session: session.as_str().into(),
        sequence: number(row.get(1)?),
        at: at.parse().unwrap_or_default(),
        kind: row.get::<_, String>(4)?.into(),
        data: RawValue::from_string(data).unwrap_or_default(),
        file: row.get::<_, Option<Vec<u8>>>(6)?.map(Bytes::from),
    };
    Ok((session, record))
}

impl Place for FilePlace {
    fn write(&mut self, operations: &[Operation]) -> Result<(), String> {
        if self.is_read_only {
            return Err("the store is read-only".to_owned());
        }
        let write = |db: &mut Connection| {
            let transaction = db.transaction()?;
            {
                let mut append = transaction.prepare("INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
                let mut file = transaction.prepare("INSERT INTO files VALUES (?1, ?2, ?3)")?;
                for operation in operations {
                    match operation {
                        Operation::Append(record) => {
                            let at = record.at.to_rfc3339_opts(SecondsFormat::Nanos, true);
                            let (session, sequence) =
                                (&*record.session, i64::try_from(record.sequence).unwrap_or(i64::MAX));
                            append.execute(params![
                                session,
                                sequence,
                                record.v,
                                at,
                                &*record.kind,
                                record.data.get()
                            ])?;
                            if let Some(bytes) = &record.file {
                                file.execute(params![session, sequence, &bytes[..]])?;
                            }
                        }
                        Operation::Forget(session) => {
                            transaction.execute("DELETE FROM records WHERE session = ?1", [&**session])?;
                            transaction.execute("DELETE FROM files WHERE session = ?1", [&**session])?;
                        }
                    }
                }
            }
            transaction.commit()
        };
        write(&mut self.db).map_err(|error| told(&error))
    }

    fn records(&mut self, session: &str) -> Result<Vec<Record>, String> {
        let read = || {
            let mut statement = self.db.prepare(
                "SELECT r.session, r.sequence, r.v, r.at, r.kind, r.data, f.bytes FROM records r \
                 LEFT JOIN files f ON f.session = r.session AND f.sequence = r.sequence \
                 WHERE r.session = ?1 ORDER BY r.sequence",
            )?;
            let rows = statement.query_map([session], record)?;
            let name: std::sync::Arc<str> = session.into();
            // All records share the name.
            rows.map(|row| row.map(|(_, record)| Record { session: name.clone(), ..record }))
                .collect::<Result<Vec<_>, _>>()
        };
        let records = read().map_err(|error: rusqlite::Error| told(&error))?;
        match records.iter().find(|record| record.v > VERSION) {
            Some(newer) => {
                Err(format!("record {} is of version {}, which this sandbox does not know", newer.sequence, newer.v))
            }
            None => Ok(records),
        }
    }

    fn logs(&mut self) -> Result<Vec<Stored>, String> {
        let read = || {
            let mut statement = self.db.prepare(
                "SELECT session, count(*), (SELECT at FROM records l WHERE l.session = r.session ORDER BY sequence DESC LIMIT 1) \
                 FROM records r GROUP BY session ORDER BY session",
            )?;
            let stored = |row: &Row<'_>| {
                let last: DateTime<Utc> = row.get::<_, String>(2)?.parse().unwrap_or_default();
                Ok(Stored { session: row.get::<_, String>(0)?.into(), records: number(row.get(1)?), last })
            };
            statement.query_map([], stored)?.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error: rusqlite::Error| told(&error))
    }

    fn probe(&mut self) -> Result<(), String> {
        if self.is_read_only {
            return Err("the store is read-only".to_owned());
        }
        self.db.execute("UPDATE probe SET number = number + 1", []).map(drop).map_err(|error| told(&error))
    }
}
