//! The list of documents, in the order in which a reader needs them.

/// A document of docs/.
#[derive(Debug)]
pub(crate) struct Document {
    /// The name of its file without `.md`; the last part of its address.
    pub(crate) name: &'static str,
    /// The part of the list that it stands in.
    pub(crate) part: &'static str,
    /// Its text, in Markdown.
    pub(crate) text: &'static str,
}

impl Document {
    /// Its title: the heading that its text begins with.
    pub(crate) fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches('#').trim()
    }
}

macro_rules! documents {
    ($($part:literal: $($name:literal)*;)*) => {
        [$($(Document { name: $name, part: $part, text: include_str!(concat!("../../docs/", $name, ".md")) },)*)*]
    };
}

/// All documents.
pub(crate) static DOCUMENTS: [Document; 31] = documents! {
    "Start": "install" "services" "parties" "page" "settings" "glossary";
    "Guides": "accounting" "bank" "payroll" "collection" "qa" "ci" "dotnet" "testcontainers" "story";
    "How it works": "scenarios" "population" "faults" "auth" "tls" "begjaering" "control-api" "evidence" "state" "contract";
    "How true it is": "fidelity" "performance";
    "Operation": "container" "operations" "replicas" "deploy";
};

/// A document by its name.
pub(crate) fn find(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}
