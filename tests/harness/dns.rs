//! A real DNS server (dnsmasq) on a free loopback port, with the TXT records of a test. It needs no rights.

use std::fs::{self, File};
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

/// The server. Dropping it ends the process by its id.
pub struct Dns {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Dns {
    /// A server that knows no name under `example`.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // One port for UDP and TCP.
        let port = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
            let port = udp.local_addr().expect("an address").port();
            if TcpListener::bind(("127.0.0.1", port)).is_ok() {
                break port;
            }
        };
        let process = spawn(&folder, port, "");
        let dns = Self { folder, port, process };
        dns.wait();
        dns
    }

    /// Where it answers.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// From now on it has these TXT records and no others: names, and the strings of each record.
    pub fn publish(&mut self, records: &[(&str, &[&str])]) {
        let line = |(name, strings): &(&str, &[&str])| {
            let strings: Vec<String> = strings.iter().map(|text| format!("\"{text}\"")).collect();
            format!("txt-record={name},{}\n", strings.join(","))
        };
        self.end();
        self.process = spawn(&self.folder, self.port, &records.iter().map(line).collect::<String>());
        self.wait();
    }

    /// Ends it, as when a DNS server is down.
    pub fn end(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }

    /// Until it answers; five seconds are far more than it takes.
    fn wait(&self) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a time");
        // A question for the address of `ready.example` (RFC 1035 section 4.1).
        let question = b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05ready\x07example\x00\x00\x01\x00\x01";
        for _ in 0..50 {
            let asked = socket.send_to(question, ("127.0.0.1", self.port));
            if asked.is_ok() && socket.recv(&mut [0; 512]).is_ok() {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        panic!(
            "the DNS server did not answer:\n{}",
            fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
        );
    }
}

fn spawn(folder: &TempDir, port: u16, records: &str) -> Child {
    let config = folder.path().join("dnsmasq.conf");
    // It answers for `example` itself and asks nobody else.
    let text = format!(
        "port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/example/\nuser=\npid-file=\n{records}"
    );
    fs::write(&config, text).expect("a configuration");
    let log = File::options().create(true).append(true).open(folder.path().join("log")).expect("a log");
    let mut command = Command::new("/usr/sbin/dnsmasq");
    command.arg("--keep-in-foreground").arg(format!("--conf-file={}", config.display())).stdin(Stdio::null());
    command.stdout(log.try_clone().expect("a log")).stderr(log);
    command.spawn().expect("dnsmasq starts: run scripts/setup-tests")
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.end();
    }
}
