//! A laboratory on loopback: homes as processes of their own, people with browsers, servers that play
//! whatever a story needs.

pub mod archive;
pub mod browser;
pub mod client;
pub mod front;
pub mod guest;
pub mod home;
pub mod mover;
pub mod peer;
pub mod roads;
pub mod stand_in;
pub mod tables;
pub mod testbed;

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU8, Ordering},
};

/// Counts the addresses given out by this program.
static GIVEN: AtomicU8 = AtomicU8::new(1);

/// An address of loopback that no other server here has, with a free port: `127.x.y.z:port`.
///
/// With an address of its own, a home that is killed finds its port free when it comes back.
pub fn address() -> String {
    let own = std::process::id().to_be_bytes();
    let ip = format!("127.{}.{}.{}", own[2] | 0x80, own[3], GIVEN.fetch_add(1, Ordering::Relaxed));
    let listener = TcpListener::bind((ip.as_str(), 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A text without the words that hold an address of a home: its port may have any figures.
pub fn without_addresses(text: &str) -> String {
    text.split_whitespace().filter(|word| !word.contains("127.")).collect::<Vec<_>>().join(" ")
}
