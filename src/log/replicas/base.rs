//! What is asked of the database: its tables, its turn, records, and who is there.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::value::RawValue;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Row};

use super::url::DatabaseUrl;
use crate::log::record::{Record, VERSION};
use crate::log::{Operation, Stored};

/// The version of the tables.
const TABLES: i32 = 2;

/// The number of the lock that is held while tables are made: `InSb`.
const LOCK: i64 = 0x496e_5362;

/// The number of the lock that is held while a replica compares its settings and introduces itself: `InSe`.
const SETTINGS_LOCK: i64 = 0x496e_5365;

/// How long an answer of the database may take.
const ANSWER: Duration = Duration::from_secs(2);

/// How many records are read in one go.
const AT_A_TIME: i64 = 100;

/// The kind of the record that says that a log is gone. Its sequence number is 0.
pub(crate) const FORGOTTEN: &str = "forgotten";

const SCHEMA: &str = "
    CREATE TABLE sandbox_about (version integer NOT NULL);
    CREATE TABLE sandbox_head (single boolean PRIMARY KEY DEFAULT true CHECK (single), last bigint NOT NULL);
    CREATE TABLE sandbox_records (
        number bigint PRIMARY KEY, session text NOT NULL, sequence bigint NOT NULL, v integer NOT NULL, at text NOT NULL,
        kind text NOT NULL, data text NOT NULL, file bytea, UNIQUE (session, sequence)
    );
    CREATE TABLE sandbox_replicas (id text PRIMARY KEY, applied bigint NOT NULL, since timestamptz NOT NULL DEFAULT now());
    INSERT INTO sandbox_head (last) VALUES (0);
    INSERT INTO sandbox_about VALUES (1);
";

/// What the second version of the tables has beside those of the first.
const SECOND: &str = "
    CREATE TABLE sandbox_settings (id text PRIMARY KEY, settings text NOT NULL, seen timestamptz NOT NULL DEFAULT now());
    UPDATE sandbox_about SET version = 2;
";

/// For how long a replica counts as running after it was last seen. It says twice a second that it is, except in a turn of its own.
const SEEN: &str = "interval '4 seconds'";

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("the database cannot be used: {0}")]
    Database(String),
    #[error("the database did not answer in time")]
    Silent,
    #[error("another replica has the turn")]
    Busy,
    #[error("{0}")]
    Unusable(String),
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) {
            return Self::Busy;
        }
        if let Some(told) = error.as_db_error() {
            Self::Database(told.message().to_owned())
        } else {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            Self::Database(format!("{error}{}", cause.unwrap_or_default()))
        }
    }
}

/// Waits for an answer, but not for ever.
pub(super) async fn soon<T>(answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Fault> {
    tokio::time::timeout(ANSWER, answer).await.map_err(|_| Fault::Silent)?.map_err(Fault::from)
}

/// A connection.
pub(super) struct Base {
    client: Client,
    /// Notices of other replicas.
    pub(super) notices: UnboundedReceiver<()>,
}

impl Base {
    /// Connects. Must be called on a thread with a runtime that lives as long as the connection.
    pub(super) async fn connect(url: &DatabaseUrl) -> Result<Self, Fault> {
        let (client, mut connection) = {
            let (config, connector) = url.config()?;
            soon(config.connect(connector)).await?
        };
        let (told, notices) = unbounded_channel();
        tokio::spawn(async move {
            // Ends with the connection; whoever asks next is told.
            while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
                if matches!(message, AsyncMessage::Notification(_)) && told.send(()).is_err() {
                    break;
                }
            }
        });
        let base = Self { client, notices };
        // A replica that stands still in its turn loses it. A commit returns when it is on the disk, whatever the server's default is.
        soon(base.client.batch_execute(
            "SET lock_timeout = '300ms'; SET idle_in_transaction_session_timeout = '3s'; SET statement_timeout = '5s'; \
             SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'",
        ))
        .await?;
        Ok(base)
    }

    /// Makes the tables if there are none, and checks their version. One replica at a time does that.
    pub(super) async fn prepare(&self) -> Result<(), Fault> {
        let mut found = self.version().await?;
        if found < TABLES {
            soon(self.client.batch_execute("SET lock_timeout = 0")).await?;
            soon(self.client.execute("SELECT pg_advisory_lock($1)", &[&LOCK])).await?;
            found = self.version().await?;
            if found < 1 {
                soon(self.client.batch_execute(&format!("BEGIN; {SCHEMA} COMMIT"))).await?;
            }
            if found < TABLES {
                soon(self.client.batch_execute(&format!("BEGIN; {SECOND} COMMIT"))).await?;
                found = TABLES;
            }
            soon(self.client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK])).await?;
            soon(self.client.batch_execute("SET lock_timeout = '300ms'")).await?;
        }
        if found > TABLES {
            return Err(Fault::Unusable(format!(
                "the tables are of version {found}, and this sandbox knows versions up to {TABLES}; use the newer sandbox, or another \
                 database"
            )));
        }
        Ok(())
    }

    /// The version of the tables; 0 if there are none.
    pub(super) async fn version(&self) -> Result<i32, Fault> {
        let is_there = "SELECT to_regclass('sandbox_about') IS NOT NULL";
        if !soon(self.client.query_one(is_there, &[])).await?.get::<_, bool>(0) {
            return Ok(0);
        }
        Ok(soon(self.client.query_one("SELECT max(version) FROM sandbox_about", &[])).await?.get(0))
    }

    /// Says that a replica is there, and with which settings it answers.
    pub(super) async fn introduce(&self, id: &str, settings: &str) -> Result<(), Fault> {
        let text = "INSERT INTO sandbox_settings (id, settings) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE \
                    SET seen = now(), settings = $2";
        soon(self.client.execute(text, &[&id, &settings])).await.map(drop)
    }

    /// Says that a replica is there, if nothing is found in the settings of those that are there. Returns what was found. One replica
    /// at a time does that, so that two that differ do not let each other in, and do not keep each other out.
    pub(super) async fn introduce_if(
        &self,
        id: &str,
        settings: &str,
        find: impl Fn(&[String]) -> Vec<String>,
    ) -> Result<Vec<String>, Fault> {
        soon(self.client.batch_execute("BEGIN")).await?;
        let found = async {
            soon(self.client.execute("SELECT pg_advisory_xact_lock($1)", &[&SETTINGS_LOCK])).await?;
            let found = find(&self.settings_of_others(id).await?);
            if found.is_empty() {
                self.introduce(id, settings).await?;
            }
            Ok(found)
        }
        .await;
        soon(self.client.batch_execute(if found.is_ok() { "COMMIT" } else { "ROLLBACK" })).await?;
        found
    }

    /// The settings of the other replicas that were seen right now.
    pub(super) async fn settings_of_others(&self, id: &str) -> Result<Vec<String>, Fault> {
        let text =
            format!("SELECT settings FROM sandbox_settings WHERE id <> $1 AND seen > now() - {SEEN} ORDER BY id");
        Ok(soon(self.client.query(&text, &[&id])).await?.iter().map(|row| row.get(0)).collect())
    }

    /// Takes the introduction of a replica back, and those of replicas that have died.
    pub(super) async fn withdraw(&self, id: &str) -> Result<(), Fault> {
        let text = format!("DELETE FROM sandbox_settings WHERE id = $1 OR seen < now() - 10 * {SEEN}");
        soon(self.client.execute(&text, &[&id])).await.map(drop)
    }

    pub(super) async fn listen(&self) -> Result<(), Fault> {
        soon(self.client.batch_execute("LISTEN sandbox")).await
    }

    /// Says that a replica is there. It counts as there from when this returns.
    pub(super) async fn register(&self, id: &str, applied: i64) -> Result<(), Fault> {
        let text =
            "INSERT INTO sandbox_replicas (id, applied) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET applied = $2";
        soon(self.client.execute(text, &[&id, &applied])).await.map(drop)
    }

    /// Says that a replica goes.
    pub(super) async fn leave(&self, id: &str) -> Result<(), Fault> {
        soon(self.client.execute("DELETE FROM sandbox_replicas WHERE id = $1", &[&id])).await.map(drop)
    }

    /// The number of the last record.
    pub(super) async fn last(&self) -> Result<i64, Fault> {
        Ok(soon(self.client.query_one("SELECT last FROM sandbox_head", &[])).await?.get(0))
    }

    /// Says how far a replica is, and tells how far the log is. Nothing if the replica is not there any more.
    pub(super) async fn confirm(&self, id: &str, applied: i64, tell: bool) -> Result<Option<i64>, Fault> {
        let text = "UPDATE sandbox_replicas SET applied = $2 WHERE id = $1 RETURNING (SELECT last FROM sandbox_head)";
        let row = soon(self.client.query_opt(text, &[&id, &applied])).await?;
        if tell {
            self.tell().await?;
        }
        Ok(row.map(|row| row.get(0)))
    }

    /// Wakes the other replicas.
    async fn tell(&self) -> Result<(), Fault> {
        soon(self.client.batch_execute("NOTIFY sandbox")).await
    }

    /// How far the replica is that is least far, except this one. Nothing if there is no other one.
    pub(super) async fn least(&self, id: &str) -> Result<Option<i64>, Fault> {
        let text = "SELECT min(applied) FROM sandbox_replicas WHERE id <> $1";
        Ok(soon(self.client.query_one(text, &[&id])).await?.get(0))
    }

    /// Forgets the replicas that are less far than a number.
    pub(super) async fn expel(&self, id: &str, number: i64) -> Result<u64, Fault> {
        let text = "DELETE FROM sandbox_replicas WHERE id <> $1 AND applied < $2";
        soon(self.client.execute(text, &[&id, &number])).await
    }

    /// Takes the turn, and tells the number of the last record. Others wait until [`Base::commit`] or [`Base::give_up`].
    pub(super) async fn take_turn(&self) -> Result<i64, Fault> {
        soon(self.client.batch_execute("BEGIN")).await?;
        Ok(soon(self.client.query_one("SELECT last FROM sandbox_head FOR UPDATE", &[])).await?.get(0))
    }

    /// Gives the turn back. Nothing was written.
    pub(super) async fn give_up(&self) -> Result<(), Fault> {
        soon(self.client.batch_execute("ROLLBACK")).await
    }

    /// Writes in the turn, and gives it back. Returns the number of the last record.
    pub(super) async fn commit(&self, id: &str, last: i64, operations: &[Operation]) -> Result<i64, Fault> {
        let mut number = last;
        let mut rows: Vec<(i64, &Record)> = Vec::new();
        for operation in operations {
            number += 1;
            match operation {
                Operation::Append(record) => rows.push((number, record)),
                Operation::Forget(session) => {
                    self.insert(&rows).await?;
                    rows.clear();
                    let session = &**session;
                    soon(self.client.execute("DELETE FROM sandbox_records WHERE session = $1", &[&session])).await?;
                    let text = "INSERT INTO sandbox_records VALUES ($1, $2, 0, $3, to_char(clock_timestamp() AT TIME ZONE 'UTC', \
                                'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), $4, 'null', NULL)";
                    let v = version(VERSION);
                    soon(self.client.execute(text, &[&number, &session, &v, &FORGOTTEN])).await?;
                }
            }
        }
        self.insert(&rows).await?;
        soon(self.client.execute("UPDATE sandbox_head SET last = $1", &[&number])).await?;
        self.register(id, number).await?;
        soon(self.client.batch_execute("NOTIFY sandbox; COMMIT")).await?;
        Ok(number)
    }

    async fn insert(&self, rows: &[(i64, &Record)]) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = rows.iter().map(|(number, _)| *number).collect();
        let sessions: Vec<&str> = rows.iter().map(|(_, record)| &*record.session).collect();
        let sequences: Vec<i64> =
            rows.iter().map(|(_, record)| i64::try_from(record.sequence).unwrap_or(i64::MAX)).collect();
        let versions: Vec<i32> = rows.iter().map(|(_, record)| version(record.v)).collect();
        let ats: Vec<String> = rows.iter().map(|(_, record)| written(record.at)).collect();
        let kinds: Vec<&str> = rows.iter().map(|(_, record)| &*record.kind).collect();
        let data: Vec<&str> = rows.iter().map(|(_, record)| record.data.get()).collect();
        let files: Vec<Option<&[u8]>> = rows.iter().map(|(_, record)| record.file.as_deref()).collect();
        let text = "INSERT INTO sandbox_records SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::integer[], \
                    $5::text[], $6::text[], $7::text[], $8::bytea[])";
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 8] =
            [&numbers, &sessions, &sequences, &versions, &ats, &kinds, &data, &files];
        soon(self.client.execute(text, &parameters)).await.map(drop)
    }

    /// The records of all logs after a number, the first hundred of them.
    pub(super) async fn after(&self, number: i64) -> Result<Vec<(i64, Record)>, Fault> {
        let text = "SELECT session, sequence, v, at, kind, data, file, number FROM sandbox_records WHERE number > $1 \
                    ORDER BY number LIMIT $2";
        let rows = soon(self.client.query(text, &[&number, &AT_A_TIME])).await?;
        rows.iter().map(|row| Ok((row.get(7), read(row)?))).collect()
    }

    /// The records of a log.
    pub(super) async fn records(&self, session: &str) -> Result<Vec<Record>, Fault> {
        let text = "SELECT session, sequence, v, at, kind, data, file FROM sandbox_records WHERE session = $1 AND sequence > 0 \
                    ORDER BY sequence";
        let rows = soon(self.client.query(text, &[&session])).await?;
        let name: Arc<str> = session.into();
        rows.iter().map(|row| Ok(Record { session: Arc::clone(&name), ..read(row)? })).collect()
    }

    /// All logs.
    pub(super) async fn logs(&self) -> Result<Vec<Stored>, Fault> {
        let text = "SELECT session, max(sequence), (array_agg(at ORDER BY sequence DESC))[1] FROM sandbox_records \
                    WHERE sequence > 0 GROUP BY session ORDER BY session";
        let rows = soon(self.client.query(text, &[])).await?;
        let stored = |row: &Row| {
            let last: DateTime<Utc> = row.get::<_, &str>(2).parse().unwrap_or_default();
            Stored { session: row.get::<_, &str>(0).into(), records: sequence(row.get(1)), last }
        };
        Ok(rows.iter().map(stored).collect())
    }
}

fn version(v: u32) -> i32 {
    i32::try_from(v).unwrap_or(i32::MAX)
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

fn sequence(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn read(row: &Row) -> Result<Record, Fault> {
    let v = u32::try_from(row.get::<_, i32>(2)).unwrap_or(u32::MAX);
    let number = sequence(row.get(1));
    if v > VERSION {
        let why = format!("record {number} is of version {v}, which this sandbox does not know");
        return Err(Fault::Unusable(why));
    }
    Ok(Record {
        v,
        session: row.get::<_, &str>(0).into(),
        sequence: number,
        at: row.get::<_, &str>(3).parse().unwrap_or_default(),
        kind: row.get::<_, String>(4).into(),
        data: RawValue::from_string(row.get(5)).unwrap_or_default(),
        file: row.get::<_, Option<Vec<u8>>>(6).map(Bytes::from),
    })
}
