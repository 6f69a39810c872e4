//! Programs measured from outside: their own processor time and memory.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::Outcome;

/// What /proc counts processor time in, a second.
const TICKS: f64 = 100.0;

/// A running program that ends when its input does.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<std::process::ChildStdout>,
}

impl Process {
    /// This very program with other arguments: a server or a writer of its own.
    pub fn own(arguments: &[&str]) -> Outcome<Self> {
        Self::start(Command::new(std::env::current_exe()?).args(arguments))
    }

    /// Starts a program.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let input = child.stdin.take();
        Ok(Self { child, input, output })
    }

    /// What it reads.
    pub fn input(&mut self) -> Outcome<&mut ChildStdin> {
        self.input.as_mut().ok_or_else(|| "no input".into())
    }

    /// The next line it prints.
    pub fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() { Err("a measured program ended early".into()) } else { Ok(line.trim().to_owned()) }
    }

    /// Everything it prints until it ends.
    pub fn rest(mut self) -> Outcome<String> {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        let status = self.child.wait()?;
        if status.success() { Ok(rest) } else { Err(format!("a measured program failed: {status}").into()) }
    }

    /// Ends it with its input.
    pub fn end(mut self) -> Outcome<()> {
        drop(self.input.take());
        self.rest().map(drop)
    }

    /// Processor time used so far, in user and kernel mode.
    pub fn cpu(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Fields after the name, which is in brackets and may hold anything: proc(5).
        let (_, fields) = stat.rsplit_once(") ").ok_or("an unknown form of /proc/PID/stat")?;
        let mut times = fields.split(' ').skip(11).map(str::parse::<f64>);
        let (Some(user), Some(system)) = (times.next(), times.next()) else { return Err("no times".into()) };
        Ok(Duration::from_secs_f64((user? + system?) / TICKS))
    }

    /// Resident memory in MB (10^6 bytes).
    pub fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Process {
    /// Ours only, and by its id.
    fn drop(&mut self) {
        drop(self.input.take());
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
