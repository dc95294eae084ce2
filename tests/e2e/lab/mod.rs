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

#[path = "../../laboratory/address.rs"]
mod address;

pub use address::address;

/// A text without the words that hold an address of a home: its port may have any figures.
pub fn without_addresses(text: &str) -> String {
    text.split_whitespace().filter(|word| !word.contains("127.")).collect::<Vec<_>>().join(" ")
}
