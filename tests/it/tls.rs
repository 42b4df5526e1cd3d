//! HTTPS: names that clients cannot change, an authority that is trusted once, the faults of the plain port.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::common::TODAY;

const BIN: &str = env!("CARGO_BIN_EXE_innkreving-sandbox");
const CALL: &str = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("innkreving-tls-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A sandbox with both ports.
struct Running {
    child: Child,
    plain: String,
    secure: String,
    banner: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(BIN);
        command.args(["--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--now", TODAY, "--log", "off"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut banner = String::new();
        let secure = loop {
            let from = banner.len();
            assert!(lines.read_line(&mut banner).expect("readable") > 0, "it ended after: {banner}");
            if let Some(address) = banner[from..].trim().strip_prefix("https://127.") {
                break format!("127.{}", address.split(',').next().expect("an address"));
            }
        };
        let plain =
            banner.lines().next().and_then(|line| line.split_once("http://")).expect("an address").1.trim().to_owned();
        // The last line is that of Java, or of files.
        while !banner.contains("trustStorePassword") && !banner.contains("that you gave") {
            assert!(lines.read_line(&mut banner).expect("readable") > 0, "{banner}");
        }
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { child, plain, secure, banner }
    }

    fn port(&self) -> &str {
        self.secure.rsplit(':').next().expect("a port")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn curl(arguments: &[&str]) -> Output {
    Command::new("curl").args(["--silent", "--show-error", "--max-time", "20"]).args(arguments).output().expect("curl")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_client_whose_url_cannot_be_changed_gets_its_answer_by_a_real_name() {
    let folder = Folder::new("names");
    let server = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept")]);
    let ca = folder.file("kept/ca.pem");
    for name in
        ["kravogbetalinger.api.skatteetaten-test.no", "test.maskinporten.no", "platform.tt02.altinn.no", "innkreving"]
    {
        let resolve = format!("{name}:{}:127.0.0.1", server.port());
        let url = format!("https://{name}:{}/health/live", server.port());
        let trusting = curl(&["--cacert", &ca, "--resolve", &resolve, "--fail", &url]);
        assert_eq!(text(&trusting.stdout), r#"{"status":"UP"}"#, "{name}: {}", text(&trusting.stderr));
        assert_eq!(curl(&["--resolve", &resolve, &url]).status.code(), Some(60), "nobody trusts it unasked");
    }
    let name = "kravogbetalinger.api.skatteetaten-test.no";
    let resolve = format!("{name}:{}:127.0.0.1", server.port());
    let url = format!("https://{name}:{}/v1/finans/311851381/aapnekrav", server.port());
    let answer = curl(&["--cacert", &ca, "--resolve", &resolve, "--fail", &url]);
    assert!(text(&answer.stdout).contains(r#""partIdentifikator":"311851381""#), "{}", text(&answer.stderr));
    let resolve = format!("evil.example:{}:127.0.0.1", server.port());
    let other = curl(&["--cacert", &ca, "--resolve", &resolve, &format!("https://evil.example:{}/", server.port())]);
    assert_eq!(other.status.code(), Some(60), "a name that it has no certificate for");

    // Another client, which is as strict.
    let openssl = Command::new("openssl")
        .args([
            "s_client",
            "-connect",
            &server.secure,
            "-CAfile",
            &ca,
            "-verify_return_error",
            "-verify_hostname",
            name,
        ])
        .args(["-servername", name, "-brief"])
        .stdin(Stdio::null())
        .output()
        .expect("openssl");
    let told = text(&openssl.stdout) + &text(&openssl.stderr);
    assert!(openssl.status.success() && told.contains("Verification: OK") && told.contains("TLSv1.3"), "{told}");
}

#[test]
fn the_authority_is_made_once_and_its_key_is_a_secret() {
    let folder = Folder::new("once");
    let kept = folder.file("kept");
    let arguments = ["--tls", "self-signed", "--tls-folder", &kept];
    let first = Running::start(&arguments);
    let ca = fs::read_to_string(folder.0.join("kept/ca.pem")).expect("it is kept");
    let served = curl(&["--fail", &format!("http://{}/tls/ca.pem", first.plain)]);
    assert_eq!(text(&served.stdout), ca);
    assert!(first.banner.contains(&format!("--cacert {}", folder.file("kept/ca.pem"))), "{}", first.banner);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = fs::metadata(folder.0.join("kept/ca-key.pem")).expect("a key");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    drop(first);
    let second = Running::start(&arguments);
    assert_eq!(fs::read_to_string(folder.0.join("kept/ca.pem")).expect("it is kept"), ca);
    let answer =
        curl(&["--cacert", &folder.file("kept/ca.pem"), "--fail", &format!("https://{}{CALL}", second.secure)]);
    assert!(answer.status.success(), "{}", text(&answer.stderr));
    drop(second);
    fs::write(folder.0.join("kept/ca.pem"), "nothing").expect("written");
    let broken = Command::new(BIN).args(["--listen", "127.0.0.1:0"]).args(arguments).output().expect("it runs");
    assert_eq!(broken.status.code(), Some(2));
    assert!(text(&broken.stderr).contains("ca.pem: "), "{}", text(&broken.stderr));
}

#[test]
fn each_fault_is_the_same_over_tls() {
    let folder = Folder::new("faults");
    let server = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept")]);
    let ca = folder.file("kept/ca.pem");
    for fault in ["reset", "reset-after", "empty", "truncate", "garbage", "html", "gateway-text", "slow-body(10k/s)"] {
        let header = format!("Sandbox-Fault: {fault}");
        let wanted = ["--header", &header, "--output", "/dev/null", "--write-out", "%{http_code} %{size_download}"];
        let plain = curl(&[&wanted[..], &[&format!("http://{}{CALL}", server.plain)]].concat());
        let over_tls = ["--http1.1", "--cacert", &ca, &format!("https://{}{CALL}", server.secure)];
        let secure = curl(&[&wanted[..], &over_tls].concat());
        let told = |output: &Output| (output.status.code(), text(&output.stdout));
        assert_eq!(told(&secure), told(&plain), "{fault}: {} {}", text(&secure.stderr), text(&plain.stderr));
    }
}

#[test]
fn http_2_is_offered_and_plain_http_is_told_where_it_is() {
    let folder = Folder::new("alpn");
    let server = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept")]);
    let ca = folder.file("kept/ca.pem");
    let version = |server: &Running, with: &str| {
        let wanted = ["--write-out", "%{http_version}", "--output", "/dev/null", "--cacert", &ca, with];
        text(&curl(&[&wanted[..], &[&format!("https://{}{CALL}", server.secure)]].concat()).stdout)
    };
    assert_eq!([version(&server, "--http2"), version(&server, "--http1.1")], ["2", "1.1"]);
    let fault = ["--header", "Sandbox-Fault: reset", "--cacert", &ca, &format!("https://{}{CALL}", server.secure)];
    assert!(text(&curl(&fault).stderr).contains("INTERNAL_ERROR"));
    // Whoever agrees on HTTP/2 has to speak it.
    let mut liar = Command::new("openssl")
        .args(["s_client", "-connect", &server.secure, "-alpn", "h2", "-quiet", "-ign_eof"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    write!(liar.stdin.take().expect("piped"), "GET {CALL} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    assert_eq!(text(&liar.wait_with_output().expect("it ends").stdout), "");

    let off = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept"), "--http2", "off"]);
    assert_eq!(version(&off, "--http2"), "1.1", "a client that speaks both takes the one that is offered");
    let only = Command::new("openssl")
        .args(["s_client", "-connect", &off.secure, "-alpn", "h2"])
        .stdin(Stdio::null())
        .output();
    let only = only.expect("openssl");
    let told = text(&only.stdout) + &text(&only.stderr);
    assert!(!only.status.success() && told.contains("no application protocol"), "{told}");

    let mut stream = TcpStream::connect(&server.secure).expect("a connection");
    write!(stream, "GET {CALL} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, and no reset");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("write https:// in place of http"), "{answer}");
    // What speaks nothing at all ends nothing but its own connection.
    let mut stream = TcpStream::connect(&server.secure).expect("a connection");
    stream.write_all(&[0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]).expect("sent");
    let _ = stream.read_to_end(&mut Vec::new());
    assert!(curl(&["--cacert", &ca, "--fail", &format!("https://{}{CALL}", server.secure)]).status.success());
}

#[test]
fn urls_in_answers_are_those_of_the_port_that_was_asked() {
    let folder = Folder::new("urls");
    let server = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept")]);
    let ca = folder.file("kept/ca.pem");
    let discovery = "/maskinporten/.well-known/oauth-authorization-server";
    let secure = curl(&["--cacert", &ca, &format!("https://{}{discovery}", server.secure)]);
    let issuer = format!(r#""issuer":"https://{}/maskinporten/""#, server.secure);
    assert!(text(&secure.stdout).contains(&issuer), "{}", text(&secure.stdout));
    let plain = curl(&[&format!("http://{}{discovery}", server.plain)]);
    assert!(text(&plain.stdout).contains(&format!(r#""issuer":"http://{}/maskinporten/""#, server.plain)));
    let page = curl(&["--cacert", &ca, &format!("https://{}/", server.secure)]);
    assert!(
        text(&page.stdout).contains(&format!("https://{}/api/innkreving", server.secure)),
        "{}",
        text(&page.stdout)
    );
}

#[test]
fn a_caller_that_leaves_is_noticed() {
    let folder = Folder::new("leaves");
    let server = Running::start(&["--tls", "self-signed", "--tls-folder", &folder.file("kept")]);
    let ca = folder.file("kept/ca.pem");
    for version in ["--http1.1", "--http2"] {
        let impatient = ["--max-time", "0.5", "--header", "Sandbox-Delay: 20s", "--cacert", &ca, version];
        let left = curl(&[&impatient[..], &[&format!("https://{}{CALL}", server.secure)]].concat());
        assert_eq!(left.status.code(), Some(28));
        let last = format!("http://{}/sandbox/requests?limit=1", server.plain);
        let told = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(25));
            text(&curl(&[&last]).stdout).contains(r#""gaveUp":true"#)
        });
        assert!(told, "{version}: the journal does not tell that the caller has left");
    }
}

#[test]
fn a_certificate_can_come_from_files() {
    let folder = Folder::new("files");
    let make = |name: &str| {
        let (key, chain) = (folder.file(&format!("{name}-key.pem")), folder.file(&format!("{name}.pem")));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=own"])
            .args(["-addext", "subjectAltName=DNS:own.example", "-keyout", &key, "-out", &chain])
            .output()
            .expect("openssl");
        assert!(made.status.success(), "{}", text(&made.stderr));
        (chain, key)
    };
    let ((chain, key), (_, other)) = (make("one"), make("two"));
    let server = Running::start(&["--tls", &format!("{chain},{key}")]);
    let resolve = format!("own.example:{}:127.0.0.1", server.port());
    let url = format!("https://own.example:{}/health/live", server.port());
    let answer = curl(&["--cacert", &chain, "--resolve", &resolve, "--fail", &url]);
    assert!(answer.status.success(), "{}", text(&answer.stderr));
    assert_eq!(
        curl(&["--write-out", "%{http_code}", "--output", "/dev/null", &format!("http://{}/tls/ca.pem", server.plain)])
            .stdout,
        b"404"
    );
    for (files, says) in [
        (format!("{chain},{other}"), "the certificate cannot be used"),
        (format!("{chain},{}", folder.file("none.pem")), "none.pem: "),
        (format!("{key},{key}"), "there is no certificate in it"),
        (chain.clone(), "two PEM files with a comma between them"),
    ] {
        let output = Command::new(BIN).args(["--listen", "127.0.0.1:0", "--tls", &files]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{files}");
        assert!(text(&output.stderr).contains(says), "{files}: {}", text(&output.stderr));
    }
    assert!(Path::new(&chain).exists());
}
