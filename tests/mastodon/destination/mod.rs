//! Copies written into a server's database, looked at as its visitors do.

mod contract;
mod cut_off;
pub mod house;
pub mod luggage;
mod removal;
mod ties;
mod trial;
mod views;
