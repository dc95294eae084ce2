//! The stand-in for the server that a home stands beside, as a process of its own behind whatever proxy.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Stdio},
};

use super::home::{Home, password};

/// A running one; it ends when this is dropped.
pub struct StandIn {
    child: Child,
    /// Stays open: a closed pipe would end it.
    _output: BufReader<ChildStdout>,
}

impl StandIn {
    /// Makes its tables and the accounts of these people, each with the password of their name; listens at `at`.
    pub fn start(home: &Home, at: &str, people: &[&str]) -> Self {
        let mut child = home
            .command(&["demo-behind", "--listen", at])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        for name in people {
            writeln!(input, "{name} {}", password(name)).unwrap();
        }
        drop(input);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert!(line.starts_with("listening "), "the stand-in of {} ended before it listened", home.origin);
        Self { child, _output: output }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
