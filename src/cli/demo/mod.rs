//! `godwit demo`: three servers on loopback, a whole transfer through their real pages, and a checker.

mod browser;
mod checker;
mod forms;
mod homes;
mod outcome;
mod progress;
mod sample;
