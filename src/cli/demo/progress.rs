//! Live progress on stderr, and the name of the step that is being waited for.

use std::{sync::Mutex, time::Instant};

/// Tells a watching person what happens; remembers the last step for the sentence about one that hung.
pub(crate) struct Progress {
    begun: Instant,
    step: Mutex<String>,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), step: Mutex::new("starting".to_owned()) }
    }

    /// Begins a step and says so.
    pub(crate) fn step(&self, what: &str) {
        if let Ok(mut step) = self.step.lock() {
            what.clone_into(&mut step);
        }
        self.say(what);
    }

    /// Says something within a step.
    pub(crate) fn say(&self, what: &str) {
        eprintln!("[{:6.1} s] {what}", self.begun.elapsed().as_secs_f64());
    }

    /// The step that was begun last.
    pub(crate) fn last_step(&self) -> String {
        self.step.lock().map_or_else(|_| String::new(), |step| step.clone())
    }

    /// Time since the start, in milliseconds.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
