//! What the binary says of a database that it cannot use. `scripts/replicas` tests the rest on a real one.

use std::process::{Command, Output};

fn run(store: &str, arguments: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_innkreving-sandbox");
    Command::new(binary).args(arguments).env("SANDBOX_STORE", store).output().expect("it runs")
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(both).expect("UTF-8")
}

/// Nobody listens on this port.
const NOWHERE: &str = "postgres://tester:hemmelig@127.0.0.1:1/sandbox";

#[test]
fn a_database_that_is_away_is_told_without_its_password() {
    for arguments in [&[][..], &["doctor"], &["store", "check"], &["--help"], &["--listen", "nowhere"]] {
        let output = run(NOWHERE, arguments);
        let text = text(&output);
        assert!(!text.contains("hemmelig"), "{arguments:?}: {text}");
        if arguments.is_empty() {
            assert!(!output.status.success());
            assert!(text.contains("postgres://tester@127.0.0.1:1/sandbox"), "{text}");
        }
    }
}

#[test]
fn keys_of_their_own_are_not_for_replicas() {
    let text = text(&run(NOWHERE, &["--generate-keys"]));
    assert!(text.contains("--generate-keys is not for replicas: each would sign with a key of its own"), "{text}");
}

#[test]
fn an_address_that_cannot_be_used_is_refused_without_its_password() {
    for (address, told) in [
        ("postgres://tester:hemmelig@127.0.0.1:port/x", "no address of a database"),
        ("postgres://tester:hemmelig@127.0.0.1/x?sslmode=verify-full", "add &sslrootcert=FILE.pem"),
        ("postgres://tester:hemmelig@127.0.0.1/x?ssl_mode=disable", "no address of a database"),
        ("mysql://tester:hemmelig@127.0.0.1/x", "no address of a database"),
    ] {
        let output = run(address, &[]);
        let text = text(&output);
        assert!(!output.status.success() && text.contains(told), "{address}: {text}");
        assert!(!text.contains("hemmelig"), "{address}: {text}");
    }
}
