//! A running sandbox to measure, with requests to it and the kernel's numbers about it.
#![allow(dead_code, unreachable_pub, clippy::allow_attributes, reason = "each benchmark uses what it needs")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

const BINARY: &str = "SANDBOX_BINARY";

/// The binary that is measured: that of `SANDBOX_BINARY`, so that a published one can be, or that of the same build. It does not see the
/// variable, which it would warn of.
pub fn command() -> Command {
    let binary = std::env::var(BINARY).unwrap_or_else(|_| env!("CARGO_BIN_EXE_innkreving-sandbox").to_owned());
    let mut command = Command::new(binary);
    command.env_remove(BINARY);
    command
}

/// A running sandbox. It ends with the program.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["--listen", "127.0.0.1:0", "--log", "off"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: first.split_once("http://").unwrap().1.trim().parse().unwrap() }
    }

    /// The greatest resident memory so far, in kB.
    pub fn peak_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// The body of the answer to a request.
    pub fn body_of(&self, request: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        answer.split_off(end + 4)
    }

    /// User and system time so far, in µs. The kernel counts in hundredths of a second.
    pub fn cpu_micros(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() * 10_000.0
    }

    /// The cost of a request to the server, in µs of CPU. Every request must succeed.
    pub fn cpu_of(&self, requests: &[String]) -> f64 {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut buffer = vec![0; 8 * 1024 * 1024];
        let before = self.cpu_micros();
        for request in requests {
            // Not "HOST" alone: one signature in 25 000 has these letters.
            let request = request.replacen("Host: HOST\r\n", &format!("Host: {}\r\n", self.address), 1);
            stream.write_all(request.as_bytes()).unwrap();
            read_answer(&mut stream, &mut buffer);
        }
        (self.cpu_micros() - before) / f64::from(u32::try_from(requests.len()).unwrap())
    }
}

/// Reads a whole answer into a buffer that is large enough for it. It must be a success.
pub fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let (mut filled, mut whole) = (0, usize::MAX);
    while filled < whole {
        filled += stream.read(&mut buffer[filled..]).unwrap();
        if whole == usize::MAX
            && let Some(end) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n")
        {
            let head = std::str::from_utf8(&buffer[..end]).unwrap().to_ascii_lowercase();
            assert!(head.starts_with("http/1.1 200"), "{head} {}", String::from_utf8_lossy(&buffer[end..filled]));
            let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
            whole = end + 4 + length.parse::<usize>().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
