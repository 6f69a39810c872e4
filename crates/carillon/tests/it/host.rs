//! A folder with its own data, the command on it, and the server.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// A machine with nothing on it but a folder.
pub struct Host {
    folder: TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Host {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `carillon` with these arguments; the data is in the folder `data` beside it. No setting leaks in from outside.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carillon"));
        command.args(arguments).current_dir(self.folder()).env_clear().stdin(Stdio::null());
        // Cheap hashes: these tests are not about their cost.
        command.env("CARILLON_PASSWORDS_MEMORY_KIB", "64").env("CARILLON_PASSWORDS_PASSES", "1");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// The answer of a command that must succeed, as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let said = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{arguments:?}: {error} in {}", said.out))
    }

    /// What demo.json says.
    pub fn demo(&self) -> Value {
        let text = fs::read_to_string(self.folder().join("data/demo.json")).expect("demo.json");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Starts a server with the sample data on a free port, and waits until it is ready.
    pub fn serve(&self) -> Server {
        let log = File::options().create(true).append(true).open(self.folder().join("log")).expect("a log");
        let url = self.folder().join("data/url");
        fs::remove_file(&url).ok();
        let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0", "--log-format", "json"];
        let child = self.command(&arguments).stdout(log.try_clone().expect("a log")).stderr(log).spawn();
        let mut server = Server { child: child.expect("the server starts"), url: String::new() };
        // Half a minute is far more than any start takes; a server that ended is a failure at once.
        for _ in 0..600 {
            server.url = fs::read_to_string(&url).unwrap_or_default();
            if !server.url.is_empty() && ureq::get(format!("{}/readyz", server.url)).call().is_ok() {
                return server;
            }
            if let Some(status) = server.child.try_wait().expect("a process") {
                panic!("the server ended ({status}):\n{}", self.log());
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the server was not ready within 30 seconds:\n{}", self.log());
    }

    /// Everything the servers printed and logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

/// A running server; dropping it kills it.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    /// Asks it to stop, as a service manager does.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.expect("kill runs").success(), "the server had ended already");
        self.child.wait().expect("the server ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub fn said(command: &mut Command) -> Said {
    let output = command.output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
