//! Other people's programs: Debian's AWS CLI, boto3 in `.venv`, Node.js with Debian's Chromium. They see none of the
//! developer's environment, only what a test gives them. `scripts/setup-tests` installs them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::source::root;

/// A program about to be run. Its home is the given folder.
pub struct Client(Command);

/// `/usr/bin/aws`: never another one that happens to come first in PATH.
pub fn aws(home: &Path) -> Client {
    Client::new(Path::new("/usr/bin/aws"), home).env("AWS_PAGER", "").env("AWS_MAX_ATTEMPTS", "1")
}

/// A script in `tests/clients/`, run by the Python that has boto3.
pub fn python(home: &Path, script: &str) -> Client {
    Client::new(&root().join(".venv/bin/python"), home).arg(root().join("tests/clients").join(script))
}

/// schemathesis, which tries an API against its OpenAPI document.
pub fn schemathesis(home: &Path) -> Client {
    Client::new(&root().join(".venv/bin/schemathesis"), home)
}

/// A script in `tests/clients/`, run by Node.js. `browser.mjs` there opens Chromium.
pub fn node(home: &Path, script: &str) -> Client {
    Client::new(Path::new("node"), home).arg(root().join("tests/clients").join(script))
}

impl Client {
    /// Any program, with an environment of nothing but PATH, HOME and UTF-8.
    pub fn new(program: &Path, home: &Path) -> Self {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("LC_ALL", "C.UTF-8")
            .current_dir(home);
        Self(command)
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    /// The words of a line as arguments; words hold no spaces.
    pub fn args(mut self, line: &str) -> Self {
        self.0.args(line.split_whitespace());
        self
    }

    /// One variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// The command itself, for what outlives one answer.
    pub fn into_command(self) -> Command {
        self.0
    }

    /// Runs it to its end, with nothing to read.
    pub fn run(mut self) -> Ran {
        let output = self.0.stdin(std::process::Stdio::null()).output();
        let output = output
            .unwrap_or_else(|e| panic!("{:?} did not start ({e}): run scripts/setup-tests", self.0.get_program()));
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a program said, and its exit code (none when a signal ended it).
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its standard output, after it succeeded.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }

    /// Its standard output as JSON, after it succeeded.
    pub fn json(self) -> Value {
        let text = self.ok();
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in:\n{text}"))
    }
}

#[test]
fn the_clients_are_the_ones_the_tests_are_written_for() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let version = aws(home.path()).arg("--version").run().ok();
    assert!(version.starts_with("aws-cli/2."), "{version}");
    let version = python(home.path(), "versions.py").run().ok();
    assert!(version.starts_with("boto3 1."), "{version}");
    let page = node(home.path(), "versions.mjs").run().ok();
    assert!(page.starts_with("Chromium "), "{page}");
}
