//! The services as the binary describes them: their names from its list, and how to call them from their contracts.
//! So the tests of all services include a new one without an edit.

use std::process::Command;

use innkreving_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Answer, request};

/// A contract, as `innkreving-sandbox openapi` prints it.
pub(crate) struct Contract {
    pub(crate) name: String,
    pub(crate) document: Value,
}

/// One operation of a contract.
pub(crate) struct Operation<'c> {
    contract: &'c Contract,
    /// The method, in capital letters.
    pub(crate) method: String,
    /// The path, with its placeholders.
    pub(crate) path: &'c str,
    described: &'c Value,
}

/// A call that is ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Path and query.
    pub(crate) url: String,
    /// The value of the header Sandbox-Party, if the URL names no party.
    pub(crate) party: Option<String>,
}

fn openapi(argument: &str) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).args(["openapi", argument]).output().expect("it runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// All contracts, in the order of the binary's own list.
pub(crate) fn contracts() -> Vec<Contract> {
    let list = openapi("--list");
    let named = |name: &str| {
        let document = serde_json::from_str(&openapi(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Contract { name: name.to_owned(), document }
    };
    list.lines().map(named).collect()
}

/// The contracts of the services that answer about a party: those whose errors have a `kode`. One for each service.
pub(crate) fn services() -> Vec<Contract> {
    let all = contracts().into_iter();
    let services = all.filter(|contract| contract.operations().iter().any(|operation| !operation.codes().is_empty()));
    services.filter(|contract| contract.edition().is_none()).collect()
}

/// The contracts of the editions of the services that have some.
pub(crate) fn editions() -> Vec<Contract> {
    contracts().into_iter().filter(|contract| contract.edition().is_some()).collect()
}

impl Contract {
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.document["paths"].as_object().expect("paths").iter();
        let operations =
            paths.flat_map(|(path, item)| {
                let methods = item.as_object().expect("operations").iter();
                methods.filter(|(_, described)| described["responses"].is_object()).map(|(method, described)| {
                    Operation { contract: self, method: method.to_uppercase(), path, described }
                })
            });
        operations.collect()
    }

    /// The edition that it is of, by its name. The contract under the service's own name has none.
    pub(crate) fn edition(&self) -> Option<&str> {
        self.name.split_once('-').map(|(_, edition)| edition)
    }

    /// The title of the service.
    pub(crate) fn title(&self) -> &str {
        self.document["info"]["title"].as_str().expect("a title")
    }

    /// The first operation that is a GET about a party and needs no other value. Most tests call this one.
    pub(crate) fn simplest(&self, party: &str) -> Call {
        let operations = self.operations();
        let bare = operations.iter().filter(|operation| operation.method == "GET" && !operation.needs_a_query());
        let mut calls = bare.filter_map(|operation| operation.about(party, &json!({})));
        calls.next().unwrap_or_else(|| panic!("{}: no operation needs the party alone", self.name))
    }
}

impl Operation<'_> {
    /// The codes of its errors, with their statuses.
    pub(crate) fn codes(&self) -> Vec<(u16, &str)> {
        let responses = self.described["responses"].as_object().expect("responses").iter();
        let codes = responses.flat_map(|(status, response)| {
            let listed = response["x-kode"].as_array().into_iter().flatten();
            listed.map(move |code| (status.parse().expect("a status"), code.as_str().expect("a code")))
        });
        codes.collect()
    }

    /// A validator for the bodies of the answers with a status.
    pub(crate) fn validator(&self, status: u16) -> jsonschema::Validator {
        let schema = &self.described["responses"][status.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{} {status}", self.path);
        let whole = json!({ "allOf": [schema], "components": self.contract.document["components"] });
        jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema")
    }

    fn parameters(&self) -> Vec<&Value> {
        let listed = self.described["parameters"].as_array().into_iter().flatten();
        let resolved = listed.map(|it| match it["$ref"].as_str() {
            Some(reference) => self.contract.document.pointer(reference.trim_start_matches('#')).expect("a parameter"),
            None => it,
        });
        resolved.collect()
    }

    fn needs_a_query(&self) -> bool {
        self.parameters().iter().any(|it| it["in"] == "query" && it["required"] == true)
    }

    /// The placeholders that neither the schema nor the party fills, like the id of an order.
    fn unknown(&self) -> Vec<&str> {
        let unknown = |it: &&Value| it["in"] == "path" && !it["schema"]["enum"].is_array() && !is_party(it);
        self.parameters().into_iter().filter(unknown).map(|it| it["name"].as_str().expect("a name")).collect()
    }

    /// A call about a party: the first access package, the party in the URL or the header, and a year if the operation
    /// takes days. `known` holds the values that only the service can give. `None` if one of them is missing.
    fn about(&self, party: &str, known: &Value) -> Option<Call> {
        let (mut url, mut query, mut by_header) = (self.path.to_owned(), Vec::new(), true);
        let mut days = ["2026-01-01", "2027-01-01"].into_iter();
        for it in self.parameters() {
            let (name, schema) = (it["name"].as_str().expect("a name"), &it["schema"]);
            match it["in"].as_str() {
                Some("path") => {
                    let value = if is_party(it) {
                        by_header = false;
                        party.to_owned()
                    } else {
                        let value = schema["enum"].get(0).or(known.get(name))?;
                        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                    };
                    url = url.replace(&format!("{{{name}}}"), &value);
                }
                Some("query") if schema["format"] == "date" => {
                    query.push(format!("{name}={}", days.next().expect("a period has two ends")));
                }
                _ => assert!(it["required"] != true, "{}: what to say of {name}?", self.path),
            }
        }
        assert!(!url.contains('{'), "{url}: a placeholder is no parameter");
        if !query.is_empty() {
            url = format!("{url}?{}", query.join("&"));
        }
        Some(Call { url, party: by_header.then(|| party.to_owned()) })
    }

    /// All calls of the operation about a party. Values that only the service can give, like the ids of orders, are
    /// read from the answers of its other operations.
    pub(crate) fn calls(&self, sandbox: &Sandbox, party: &str) -> Vec<Call> {
        let unknown = self.unknown();
        if unknown.is_empty() {
            return self.about(party, &json!({})).into_iter().collect();
        }
        let others = self.contract.operations();
        let others = others.iter().filter(|other| other.method == "GET" && other.unknown().is_empty());
        let lists =
            others.filter_map(|other| other.about(party, &json!({}))).map(|call| call.send(sandbox, "GET", &[]));
        let mut found = Vec::new();
        lists.filter(|list| list.status == 200).for_each(|list| collect(&list.json(), &unknown, &mut found));
        // The large employer has thousands of orders. The first are enough.
        found.iter().take(12).filter_map(|known| self.about(party, known)).collect()
    }
}

impl Call {
    /// Sends the call, with more headers.
    pub(crate) fn send(&self, sandbox: &Sandbox, method: &str, more: &[(&str, &str)]) -> Answer {
        let own = self.party.iter().map(|party| ("Sandbox-Party", party.as_str()));
        request(sandbox, method, &self.url, &own.chain(more.iter().copied()).collect::<Vec<_>>())
    }
}

/// Whether a parameter names a party. An organisation number does.
fn is_party(parameter: &Value) -> bool {
    parameter["schema"]["pattern"].as_str().is_some_and(|pattern| pattern.contains("[0-9]{9}"))
}

/// The objects of an answer that have all these fields.
fn collect(value: &Value, fields: &[&str], found: &mut Vec<Value>) {
    if fields.iter().all(|field| value.get(field).is_some()) {
        found.push(value.clone());
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, fields, found)),
        Value::Object(items) => items.values().for_each(|item| collect(item, fields, found)),
        _ => {}
    }
}
