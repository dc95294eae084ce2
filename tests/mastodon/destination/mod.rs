//! Copies written into a server's database, looked at as its visitors do.

mod cut_off;
mod house;
mod luggage;
mod removal;
mod trial;
mod views;
