//! A finding in a file, with its place, as people and as machines read it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::domain::begjaering::{Plasser, linje_og_kolonne};

/// What was found in a file.
pub(super) struct Finding {
    /// Whether the request is refused for it. If not, it is a warning.
    pub(super) is_error: bool,
    /// The rule, if it is one.
    pub(super) code: Option<&'static str>,
    /// JSON pointer.
    pub(super) pointer: String,
    /// Norwegian, as the service says it.
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// A file and its text.
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) places: Plasser<'a>,
}

impl Finding {
    /// With an excerpt of the file.
    pub(super) fn render(&self, file: &File<'_>, colour: bool) -> String {
        let title = match self.code {
            Some(code) => format!("{code}: {}", self.message),
            None => self.message.clone(),
        };
        let level = if self.is_error { Level::ERROR } else { Level::WARNING };
        let mut place = file.places.finn(&self.pointer);
        // An object or a list is shown by its first line only.
        let line_end = file.text[place.start..].find('\n').map_or(file.text.len(), |end| place.start + end);
        place.end = place.end.min(line_end).max(place.start);
        let snippet = Snippet::source(file.text).path(file.name).annotation(AnnotationKind::Primary.span(place));
        let mut group = level.primary_title(title).element(snippet);
        if !self.pointer.is_empty() {
            group = group.element(Level::NOTE.message(self.pointer.clone()));
        }
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.clone()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    pub(super) fn to_json(&self, file: &File<'_>) -> Value {
        let (line, column) = linje_og_kolonne(file.text, file.places.finn(&self.pointer).start);
        let mut all = json!({
            "severity": if self.is_error { "error" } else { "warning" },
            "pointer": self.pointer,
            "line": line,
            "column": column,
            "message": self.message,
        });
        if let Some(code) = self.code {
            all["code"] = code.into();
        }
        if let Some(hint) = &self.hint {
            all["hint"] = hint.clone().into();
        }
        all
    }
}
