//! Stories between whole programs: ours and such as others wrote.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a story that cannot go on ends here, and a skipped one says why"
)]

mod fedify_follower;
mod fedify_install;
