//! A watched scenario folder. A saved file takes effect within a second. A broken file changes nothing except the
//! health.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use serde_json::Value;

/// A server that watches a folder.
pub(crate) struct Running {
    child: Child,
    base: String,
    dir: PathBuf,
}

impl Running {
    fn start(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("reload-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("deep/svar")).expect("a folder");
        fs::write(dir.join("deep/a.yaml"), party(100)).expect("written");
        Self::of(dir)
    }

    /// A server of a folder, which is deleted at the end.
    pub(crate) fn of(dir: PathBuf) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_innkreving-sandbox"))
            .args(["--listen", "127.0.0.1:0", "--now", common::TODAY, "--scenarios"])
            .arg(&dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("readable");
        std::thread::spawn(move || lines.for_each(drop));
        let base = format!("http://{}", first.split_once("http://").expect("an address").1.trim());
        Self { child, base, dir }
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("{}{path}", self.base)).call().expect("an answer");
        let text = answer.body_mut().read_to_string().expect("a text");
        (answer.status().as_u16(), serde_json::from_str(&text).expect("JSON"))
    }

    fn saldo(&self) -> String {
        let (_, answer) = self.get(&format!("{}/finans/314300017/aapnekrav", common::BASE));
        answer.pointer("/totalOversikt/saldo").or(answer.get("kode")).map(Value::to_string).unwrap_or_default()
    }

    /// Waits until a condition holds. It gives up only after much more than the promised second, because machines are
    /// shared.
    pub(crate) fn eventually(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let begun = now();
        while !is(self) {
            assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}; {:?}", self.get("/sandbox/scenarios"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn stop(mut self) -> String {
        let _ = self.child.kill();
        let mut log = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut log).expect("readable");
        let _ = self.child.wait();
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test of real time")]
fn now() -> Instant {
    Instant::now()
}

pub(crate) fn party(amount: u32) -> String {
    format!(
        "part: \"314300017\"\nnavn: X\nkrav: [{{ kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 9d, opprinneligBeloep: {amount} }}]\nfeil: [{{ paa: kravogbetalinger/utbetalinger, kode: KB-002, ganger: 1 }}]\n"
    )
}

#[test]
fn a_save_takes_effect_and_a_broken_one_keeps_the_last_good_set() {
    let server = Running::start("save");
    assert_eq!(server.saldo(), "100.0");
    let flag = format!("{}/finans/314300017/utbetalinger?fraOgMed=2026-11-01", common::BASE);
    assert_eq!(server.get(&flag).1["kode"], "KB-002");

    fs::write(server.dir.join("deep/a.yaml"), party(200)).expect("written");
    server.eventually("a changed file", |server| server.saldo() == "200.0");
    assert_eq!(server.get(&flag).1["kode"], "KB-007", "the flag stays used up, as it is the same one");

    fs::write(server.dir.join("b.yaml"), "part: \"314300025\"\nnavn: X\nkraav: 1\n").expect("written");
    server.eventually("a failed reload", |server| server.get("/sandbox/scenarios").1.get("failed").is_some());
    let (status, health) = server.get("/health/ready");
    assert_eq!((status, &health["status"]), (200, &Value::from("UP")), "still ready");
    assert!(
        health["warning"].as_str().is_some_and(|warning| warning.contains("1 error in the scenario files")),
        "{health}"
    );
    let state = server.get("/sandbox/scenarios").1;
    assert_eq!(state["failed"]["problems"][0]["file"], "b.yaml", "{state}");
    assert_eq!(server.saldo(), "200.0");

    fs::write(server.dir.join("b.yaml"), "part: \"314300025\"\nnavn: X\n").expect("written");
    server.eventually("the mended file", |server| server.get("/sandbox/scenarios").1.get("failed").is_none());
    assert!(server.get("/health/ready").1.get("warning").is_none());
    assert_eq!(server.get("/sandbox/parties").1.as_array().map(Vec::len), Some(2));

    fs::remove_file(server.dir.join("deep/a.yaml")).expect("removed");
    server.eventually("a file that went", |server| server.saldo() == "\"KB-009\"");
    let log = server.stop();
    assert!(log.contains("the scenarios were read anew"), "{log}");
    assert!(
        log.contains("those from before stay") && log.contains("b.yaml:3:1: error: there is no key kraav here"),
        "{log}"
    );
}

#[test]
fn a_pipe_in_the_folder_is_passed_over_and_the_server_still_stops() {
    let mut server = Running::start("pipe");
    assert!(Command::new("mkfifo").arg(server.dir.join("x.yaml")).status().expect("mkfifo").success());
    fs::write(server.dir.join("deep/a.yaml"), party(400)).expect("written");
    server.eventually("a changed file", |server| server.saldo() == "400.0");
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().expect("kill").success());
    let begun = now();
    while server.child.try_wait().expect("a child").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_literal_answer_beside_a_scenario_is_watched_too() {
    let server = Running::start("literal");
    let svar = |beloep: u32| format!("{{\"totalOversikt\": {{\"saldo\": {beloep}}}}}");
    fs::write(server.dir.join("deep/svar/x.json"), svar(7)).expect("written");
    fs::write(
        server.dir.join("deep/a.yaml"),
        party(1) + "svar: [{ paa: kravogbetalinger/aapnekrav, fil: svar/x.json }]\n",
    )
    .expect("written");
    server.eventually("a literal answer", |server| server.saldo() == "7");
    fs::write(server.dir.join("deep/svar/x.json"), svar(8)).expect("written");
    server.eventually("a changed literal answer", |server| server.saldo() == "8");
}

#[test]
fn a_file_swapped_in_under_load_never_shows_half_a_set() {
    let server = Running::start("swap");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for amount in 1..=8 {
                let next = server.dir.join(".next");
                fs::write(&next, party(amount * 1000)).expect("written");
                fs::rename(&next, server.dir.join("deep/a.yaml")).expect("renamed");
                std::thread::sleep(Duration::from_millis(120));
            }
        });
        while !writer.is_finished() {
            let saldo = server.saldo();
            let amount: f64 = saldo.parse().unwrap_or_else(|_| panic!("{saldo}"));
            assert!((amount - 100.0).abs() < 0.1 || amount % 1000.0 == 0.0, "{saldo}");
        }
    });
    server.eventually("the last one", |server| server.saldo() == "8000.0");
}

#[test]
fn own_scenarios_of_a_session_stay_over_a_reload() {
    let server = Running::start("own");
    let own = "part: \"314300033\"\nnavn: EGEN\n";
    let put = ureq::put(format!("{}/sandbox/scenarios", server.base))
        .header("Sandbox-Session", "s")
        .header("Content-Type", "application/yaml")
        .send(own);
    assert!(put.is_ok());
    fs::write(server.dir.join("deep/a.yaml"), party(300)).expect("written");
    server.eventually("a changed file", |server| server.saldo() == "300.0");
    let path = |part: &str| format!("/~session=s{}/finans/{part}/aapnekrav", common::BASE);
    assert_eq!(server.get(&path("314300033")).0, 200);
    assert_eq!(server.get(&path("314300017")).1["totalOversikt"]["saldo"].to_string(), "300.0");
}

/// A party with many claims, so that few such files are more than what stays resolved.
fn large(part: &str) -> String {
    format!(
        "part: \"{part}\"\nnavn: STOR\nkravserier: [{{ antall: 2500, kravidentifikator: KRAV-90000001, kravtype: Engangsavgift kreditt, foersteForfallsdato: i dag - 20d, steg: 1m, perForfall: 500, beloepFra: 10, beloepTil: 900, froe: 1 }}]\n"
    )
}

/// The numbers of synthetic organisations.
fn numbers(count: usize) -> Vec<String> {
    let check = |first: &u32| {
        let digits = first.to_string();
        let weighted =
            digits.bytes().zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| u32::from(digit - b'0') * weight);
        let rest = weighted.sum::<u32>() % 11;
        (rest != 1).then(|| format!("{digits}{}", (11 - rest) % 11))
    };
    (31_430_100..).filter_map(|first| check(&first)).take(count).collect()
}

#[test]
fn a_large_folder_keeps_texts_and_answers_as_a_small_one_does() {
    let server = Running::start("large");
    let small = Running::start("small");
    let all = numbers(14);
    for part in &all[..11] {
        fs::write(server.dir.join(format!("a{part}.yaml")), large(part)).expect("written");
    }
    let own = |part: &str, amount: u32| party(amount).replace("314300017", part);
    for part in &all[11..] {
        fs::write(server.dir.join(format!("b{part}.yaml")), own(part, 300)).expect("written");
        fs::write(small.dir.join(format!("b{part}.yaml")), own(part, 300)).expect("written");
    }
    // Calls are logged, and nobody reads the log before the end, so waiting must not make many.
    for (server, count) in [(&server, 15), (&small, 4)] {
        server.eventually("all parties", |server| server.get("/sandbox/scenarios").1["parties"] == count);
    }
    let answers = |server: &Running, part: &str| {
        let answer = |rest: &str| server.get(&format!("{}/finans/{part}/{rest}", common::BASE));
        (answer("aapnekrav"), answer("krav?fraOgMed=2026-11-01"), answer("utbetalinger?fraOgMed=2026-11-01").0)
    };
    for part in &all[11..] {
        let (one, other) = (answers(&server, part), answers(&small, part));
        assert_eq!((&one.0, one.2), (&other.0, other.2), "{part}");
        assert_eq!(one.0.1["totalOversikt"]["saldo"], 300.0);
    }
    let large_before = answers(&server, &all[10]).0;
    assert_eq!(large_before.0, 200);

    fs::write(server.dir.join(format!("b{}.yaml", all[12])), own(&all[12], 500)).expect("written");
    let changed = format!("{}/finans/{}/aapnekrav", common::BASE, all[12]);
    server.eventually("the changed one", |server| server.get(&changed).1["totalOversikt"]["saldo"] == 500.0);
    assert_eq!(answers(&server, &all[11]).0, answers(&small, &all[11]).0, "one that was not touched");
    assert_eq!(answers(&server, &all[10]).0, large_before);
    assert_eq!(server.get("/sandbox/parties").1.as_array().map(Vec::len), Some(15));

    // The same party twice is told, even if neither of the texts was read again.
    fs::write(server.dir.join("c.yaml"), own(&all[11], 1)).expect("written");
    server.eventually("a failed reload", |server| server.get("/sandbox/scenarios").1.get("failed").is_some());
    let state = server.get("/sandbox/scenarios").1.to_string();
    assert!(state.contains(&format!("party {} is described in b{}.yaml already", all[11], all[11])), "{state}");
    fs::remove_file(server.dir.join("c.yaml")).expect("removed");
    server.eventually("the mended folder", |server| server.get("/sandbox/scenarios").1.get("failed").is_none());
}
