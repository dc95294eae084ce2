//! What people see: the frame of every page, the pages, and their static files.

pub mod edit_form;
pub mod home;
pub mod homes;
pub mod layout;
pub mod people_list;
pub mod post;
pub mod profile;
pub mod public_lists;
pub mod sign_in;
pub mod sign_up;
pub mod start;
pub mod thread;
pub mod words;
pub mod write_form;

/// A static file by name: its type and its text.
pub fn static_file(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "godwit.css" => Some(("text/css; charset=utf-8", include_str!("godwit.css"))),
        "live.js" => Some(("text/javascript; charset=utf-8", include_str!("live.js"))),
        "mark.svg" => Some(("image/svg+xml", include_str!("mark.svg"))),
        _ => None,
    }
}
