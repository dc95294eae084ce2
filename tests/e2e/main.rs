//! Stories between whole programs: ours and such as others wrote.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a story that cannot go on ends here; whether a peer may be missing is said by the environment"
)]

mod demo;
mod fedify_follower;
mod fedify_install;
