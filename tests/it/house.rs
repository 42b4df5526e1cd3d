//! The repository itself: generated files are current, documents are correct, imports run downwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn schema() -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).arg("schema").output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_committed_schema_is_fresh() {
    let committed: serde_json::Value = serde_json::from_str(&read("docs/scenario.schema.json")).expect("JSON");
    assert!(committed == schema(), "run: cargo run -q -- schema > docs/scenario.schema.json");
}

#[test]
fn the_schema_takes_every_built_in_file_and_refuses_a_misspelt_key() {
    let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
    let files = fs::read_dir(root().join("scenarios")).expect("a folder");
    let files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).filter(|path| path.is_file()).collect();
    assert!(files.len() >= 11);
    for path in files {
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with("# yaml-language-server: $schema=../docs/scenario.schema.json\n"), "{path:?}");
        let value: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{path:?}: {errors:#?}");
    }
    let broken: serde_json::Value = serde_yaml::from_str(&read("testdata/broken/01-unknown-keys.yaml")).expect("YAML");
    assert!(!validator.is_valid(&broken));
}

#[test]
fn the_documents_name_every_party_code_reserved_number_and_setting() {
    let (parties, codes, settings) = (read("docs/parties.md"), read("docs/faults.md"), read("docs/settings.md"));
    let files = fs::read_dir(root().join("scenarios")).expect("a folder");
    for file in files.map(|file| file.expect("a file")).filter(|file| file.path().is_file()) {
        let name = file.file_name().into_string().expect("UTF-8");
        let number = name.split('-').next().expect("a number");
        assert!(parties.contains(&format!("| {number} |")), "{name}");
        assert!(fs::read_to_string(file.path()).expect("a text").contains(&format!("part: \"{number}\"")), "{name}");
    }
    for (n, number) in common::RESERVED.iter().enumerate() {
        let row = codes.lines().find(|line| line.starts_with(&format!("| KB-00{}", n + 1))).expect("a row");
        assert!(row.contains(number), "{row}");
    }
    // Every variable in the binary's help has a row, and every row has such a variable.
    let help = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox")).arg("--help").output().expect("it runs");
    let help = String::from_utf8(help.stdout).expect("UTF-8").split_whitespace().collect::<Vec<_>>().join(" ");
    let told: BTreeSet<&str> = help.split("[env: ").skip(1).filter_map(|rest| rest.split([']', '=']).next()).collect();
    let rows = settings.lines().filter(|line| line.starts_with("| `--")).filter_map(|line| line.split(" | `").nth(1));
    let rows: BTreeSet<&str> = rows.filter_map(|rest| rest.split('`').next()).collect();
    assert!(told.len() > 10 && told == rows, "help: {told:?}\ndocs/settings.md: {rows:?}");
}

#[test]
fn documents_name_files_and_sections_that_exist() {
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a text");
        let folder = document.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().expect("a path");
            assert!(link.starts_with("http") || folder.join(file).exists(), "{document:?}: {link}");
        }
    }
    let headings: Vec<String> = read("docs/fidelity.md")
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_owned())
        .collect();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a text");
        for rest in text.split("docs/fidelity.md, \"").skip(1) {
            let section = rest.split('"').next().expect("a name");
            assert!(headings.iter().any(|heading| heading == section), "{path:?} names {section}");
        }
    }
}

/// The rooms from the top down, as in the table of ARCHITECTURE.md. A room may use itself and the rooms below it.
fn rooms() -> Vec<String> {
    let text = read("ARCHITECTURE.md");
    let first_cells = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let rooms = first_cells.filter_map(|cell| cell.strip_suffix('/').or(cell.strip_suffix(".rs")));
    rooms.map(str::to_owned).collect()
}

#[test]
fn every_room_is_in_the_table_and_imports_run_downwards_only() {
    let rooms = rooms();
    let there = fs::read_dir(root().join("src")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut there: Vec<String> =
        there.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).filter(|room| room != "lib").collect();
    let mut told = rooms.clone();
    there.sort();
    told.sort();
    assert_eq!(told, there, "the rooms in ARCHITECTURE.md, and those in src");
    // The domain is below all rooms, even if the table moves it.
    let rank = |room: &str| {
        let place = rooms.iter().position(|known| known == room);
        place.map(|place| if room == "domain" { rooms.len() } else { place })
    };
    for path in sources() {
        let relative = path.strip_prefix(root().join("src")).expect("a source");
        let first = relative.components().next().expect("a part").as_os_str().to_string_lossy().into_owned();
        let room = first.trim_end_matches(".rs").to_owned();
        if room == "lib" {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let code = text.split("#[cfg(test)]").next().expect("code");
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for rest in code.split("crate::").skip(1) {
            let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let (Some(from), Some(to)) = (rank(&room), rank(&used)) else {
                panic!("{relative:?} uses {used}, which is no room");
            };
            assert!(used == room || from < to, "{relative:?} ({room}) looks up to {used}");
        }
        assert!(!code.contains("super::super"), "{relative:?}: say crate:: where it leads out of a room");
        // A service's folder may not use the folder of another service.
        if let Some(service) = relative
            .strip_prefix("services")
            .ok()
            .and_then(|rest| rest.components().next())
            .filter(|_| relative.components().count() > 2)
        {
            let own = service.as_os_str().to_string_lossy().into_owned();
            for other in
                fs::read_dir(root().join("src/services")).expect("a folder").map(|entry| entry.expect("an entry"))
            {
                let name = other.file_name().into_string().expect("UTF-8");
                if other.path().is_dir() && name != own {
                    assert!(!code.contains(&format!("services::{name}")), "{relative:?} knows {name}");
                    assert!(!code.contains(&format!("super::{name}")), "{relative:?} knows {name}");
                }
            }
        }
    }
}

/// Only three places may name a service: its own folder, its rules in the domain, and the list of services.
#[test]
fn only_its_own_folder_and_the_list_name_a_service() {
    let mut named = 0;
    let folders =
        fs::read_dir(root().join("src/services")).expect("a folder").map(|entry| entry.expect("an entry").path());
    for folder in folders.filter(|path| path.is_dir()) {
        let name = folder.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
        // The first part of its name counts as the name: trekk, restanse.
        let stem = name.strip_suffix("paalegg").or(name.strip_suffix('r')).unwrap_or(&name);
        for path in sources() {
            let relative = path.strip_prefix(root().join("src")).expect("a source").to_owned();
            let (first, second) = {
                let mut parts = relative.iter().map(|part| part.to_string_lossy().into_owned());
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            };
            let own = first == "services" && second == name || first == "domain" && second.starts_with(stem);
            // What follows from a case ends in orders to employers. It uses their rules, not the service that is polled.
            let orders =
                first == "domain" && second == "saksgang" || first == "services" && second == "utleggsbegjaering";
            let own = own || stem == "trekk" && orders;
            let list = relative == Path::new("services/mod.rs");
            let text = fs::read_to_string(&path).expect("a text").to_lowercase();
            // The claim type and its category contain the word too.
            let text = text.replace("forskuddstrekk", "").replace("forsktrekk", "");
            for (number, line) in text.lines().enumerate().filter(|(_, line)| line.contains(stem)) {
                named += 1;
                // The examples of the format need a service, and the module of the domain must be declared. Another
                // service's scope and path may contain the word.
                let example = line.contains(&format!("{name}/")) || line.contains(&format!("skatteetaten:{name}"));
                let declared = relative == Path::new("domain/mod.rs") && line.contains("pub mod");
                assert!(own || list || example || declared, "{relative:?}:{}: {line}", number + 1);
            }
        }
    }
    assert!(named > 100, "{named}");
}

#[test]
fn files_stay_small() {
    for path in sources() {
        let lines = fs::read_to_string(&path).expect("a text").lines().count();
        assert!(lines <= 500, "{path:?} has {lines} lines: what else lives there?");
    }
    assert!(read("src/main.rs").lines().count() < 40);
}

fn sources() -> Vec<PathBuf> {
    let found = files(&root().join("src"), "rs");
    assert!(found.len() > 30);
    found
}

/// The documents: those at the root, and those in docs.
fn documents() -> Vec<PathBuf> {
    let at_root = fs::read_dir(root()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let at_root = at_root.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let found: Vec<PathBuf> = at_root.chain(files(&root().join("docs"), "md")).collect();
    assert!(found.len() >= 9);
    found
}

/// The files below a folder with an extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let found = entries.flat_map(|path| match path.extension() {
        _ if path.is_dir() => files(&path, extension),
        Some(found) if found == extension => vec![path],
        _ => Vec::new(),
    });
    found.collect()
}

/// What docs/fidelity.md says of itself at its top.
#[test]
fn fidelity_counts_its_statements() {
    let text = fs::read_to_string(root().join("docs/fidelity.md")).expect("docs/fidelity.md");
    let label = |row: &str| {
        let row = row.trim_end().trim_end_matches('|').replace("\\|", "/");
        row.rsplit('|').next().unwrap_or_default().trim().to_owned()
    };
    let rows =
        text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---") && *line != "| behaviour | |");
    let labels: Vec<String> = rows.map(label).collect();
    let of = |word: &str| labels.iter().filter(|label| label.contains(word)).count();
    let told = format!(
        "The tables have {} statements. {} of them are published in whole or in part, {} were observed, and {} are chosen in whole or in part.",
        labels.len(),
        of("published"),
        of("observed"),
        of("chosen")
    );
    assert!(text.replace('\n', " ").contains(&told), "write at the top: {told}");
    let unlabelled = labels
        .iter()
        .filter(|label| !["published", "observed", "chosen", "law", "kept"].iter().any(|word| label.contains(word)));
    assert_eq!(unlabelled.collect::<Vec<_>>(), Vec::<&String>::new());
}
