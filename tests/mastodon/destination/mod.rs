//! Copies written into a server's database, looked at as its visitors do.

mod contract;
mod cut_off;
pub mod house;
pub mod luggage;
mod removal;
mod ties;
mod trial;
#[expect(dead_code, reason = "tests/conformance asks for all places at once")]
mod unpacking;
mod views;
