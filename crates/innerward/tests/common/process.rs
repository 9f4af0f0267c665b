//! Starting `innerward` and seeing how it ends.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::within;

/// Commands that end by themselves do so within this; a debug build on a busy machine is slow.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// `None`: it was killed by a signal, or by us because it was late.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `innerward` with `arguments` to its end.
pub fn innerward<S: AsRef<OsStr>>(arguments: &[S]) -> Ended {
    innerward_within(ENDS_WITHIN, arguments)
}

/// The same; killed when it has not ended within `limit`.
pub fn innerward_within<S: AsRef<OsStr>>(limit: Duration, arguments: &[S]) -> Ended {
    let files = tempfile::tempdir().unwrap();
    let (out, err) = (files.path().join("out"), files.path().join("err"));
    let mut command = command(arguments);
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + limit;
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Ended { code, out: read_lossy(&out), err: read_lossy(&err) }
}

/// The program, deaf to the settings of whoever runs the tests.
fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_innerward"));
    for name in ["INNERWARD_LOG", "INNERWARD_CONFIG", "INNERWARD_DATA", "INNERWARD_SANDBOX_SECRET"] {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn read_lossy(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

/// A command that runs until it is ended. Dropping it kills it.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it logs is appended to the file `log`.
    pub fn start<S: AsRef<OsStr>>(arguments: &[S], log: &Path) -> Self {
        let err = File::options().create(true).append(true).open(log).unwrap();
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(err).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Nobody listening any more is no reason to leave the pipe full.
                let _ = send.send(line);
            }
        });
        Self { child, lines, log: log.to_owned() }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line on standard output, waited for.
    pub fn line(&self, limit: Duration) -> String {
        match self.lines.recv_timeout(limit) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                panic!("said nothing for {limit:?}; its log:\n{}", read_lossy(&self.log))
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("ended before it said what it should; its log:\n{}", read_lossy(&self.log))
            }
        }
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The most memory it held so far, in bytes, where the system tells.
    pub fn peak_memory_bytes(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    /// SIGKILL: no farewell.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, as a service manager does it; gives the exit code.
    pub fn stop(mut self, limit: Duration) -> Option<i32> {
        let told = Command::new("kill").arg(self.pid().to_string()).status().unwrap();
        assert!(told.success(), "the process was not there to be stopped");
        within(limit, "the process ends when told to", || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
