//! A mail server on loopback, `tests/clients/smtp_server.py`, and what it was given.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::clients;

/// A running mail server. Dropping it ends it.
pub struct MailServer {
    folder: TempDir,
    process: Child,
    port: u16,
}

/// The password it wants.
pub const PASSWORD: &str = "s3cret words";

impl MailServer {
    /// Starts one that offers STARTTLS and wants a login.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = clients::python(folder.path(), "smtp_server.py").arg(folder.path()).into_command();
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a mail server");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line.trim().parse().unwrap_or_else(|_| panic!("the mail server says where it listens: {line:?}"));
        Self { folder, process, port }
    }

    /// The settings with which Carillon reaches it.
    pub fn settings(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("CARILLON_SMTP_HOST", "localhost".into()),
            ("CARILLON_SMTP_PORT", self.port.to_string().into()),
            ("CARILLON_SMTP_CA_FILE", self.folder.path().join("ca.pem").into()),
            ("CARILLON_SMTP_USER", "carillon".into()),
            ("CARILLON_SMTP_PASSWORD", PASSWORD.into()),
            ("CARILLON_SMTP_FROM", "Example <no-reply@carillon.example>".into()),
            ("CARILLON_SMTP_HELLO", "carillon.example".into()),
            ("CARILLON_SMTP_TIMEOUT_SECONDS", "2".into()),
        ]
    }

    /// Lets it take what it was slow to take.
    pub fn go(&self) {
        fs::write(self.folder.path().join("go"), "").expect("a file");
    }

    /// The mails to an address, in their order.
    pub fn mails_to(&self, address: &str) -> Vec<Value> {
        let count = fs::read_dir(self.folder.path().join("mails")).expect("mails").count();
        let mails = (0..count).map(|number| {
            let text = fs::read_to_string(self.folder.path().join(format!("mails/{number}.json"))).expect("a mail");
            serde_json::from_str::<Value>(&text).expect("JSON")
        });
        mails.filter(|mail| mail["to"][0] == address).collect()
    }

    /// Waits until so many mails came to an address. Half a minute is far more than any takes.
    pub fn wait_for(&self, address: &str, count: usize) -> Vec<Value> {
        for _ in 0..600 {
            let mails = self.mails_to(address);
            if mails.len() >= count {
                return mails;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("{count} mails to {address} did not come within 30 seconds");
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
