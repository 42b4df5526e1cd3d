//! The database as a place that one program reads or fills, with no sandbox: for `store check`, `export` and `import`.

use super::base::{Base, Fault};
use super::url::DatabaseUrl;
use crate::log::record::Record;
use crate::log::{Operation, Place, Stored};

/// The name that an import writes under. No replica has it.
const ID: &str = "store-import";

/// A connection, and the runtime that it lives in.
pub(crate) struct Alone {
    base: Base,
    runtime: tokio::runtime::Runtime,
}

impl Alone {
    /// Connects. `fills` says whether tables are made if there are none; whoever only reads makes none.
    ///
    /// # Errors
    /// The database cannot be used, or it has no tables of a sandbox; in the words of a person.
    pub(crate) fn open(url: &DatabaseUrl, fills: bool) -> Result<Self, String> {
        let told = |why: &dyn std::fmt::Display| format!("{url}: {why}");
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| told(&error))?;
        let base = runtime.block_on(async {
            let base = Base::connect(url).await?;
            if !fills && base.version().await? == 0 {
                return Err(Fault::Unusable("this database has no tables of a sandbox".to_owned()));
            }
            base.prepare().await?;
            Ok::<_, Fault>(base)
        });
        Ok(Self { base: base.map_err(|fault| told(&fault))?, runtime })
    }

    /// Checks that there is nothing in it, and that no replica uses it.
    ///
    /// # Errors
    /// There is something, or somebody.
    pub(crate) fn is_empty(&self) -> Result<(), String> {
        let found =
            self.runtime.block_on(async { Ok::<_, Fault>((self.base.least(ID).await?, self.base.last().await?)) });
        match found.map_err(|fault| fault.to_string())? {
            (Some(_), _) => Err("a sandbox uses this database; import fills an empty one".to_owned()),
            (None, last) if last > 0 => Err("this database has records already; import fills an empty one".to_owned()),
            (None, _) => Ok(()),
        }
    }
}

impl Place for Alone {
    fn write(&mut self, operations: &[Operation]) -> Result<(), String> {
        let written = self.runtime.block_on(async {
            let last = self.base.take_turn().await?;
            self.base.commit(ID, last, operations).await?;
            self.base.leave(ID).await
        });
        written.map_err(|fault| fault.to_string())
    }

    fn records(&mut self, session: &str) -> Result<Vec<Record>, String> {
        self.runtime.block_on(self.base.records(session)).map_err(|fault| fault.to_string())
    }

    fn logs(&mut self) -> Result<Vec<Stored>, String> {
        self.runtime.block_on(self.base.logs()).map_err(|fault| fault.to_string())
    }

    fn probe(&mut self) -> Result<(), String> {
        let asked = self.runtime.block_on(async {
            self.base.take_turn().await?;
            self.base.give_up().await
        });
        asked.map_err(|fault| fault.to_string())
    }
}
