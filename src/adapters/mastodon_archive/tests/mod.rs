//! Tests of the whole source: hostile containers, odd documents, pages, and real archives.

mod bad_tars;
mod bad_zips;
mod media;
mod pages;
mod real;
mod sample;
