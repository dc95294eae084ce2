//! Stories between whole programs: ours and such as others wrote.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a story that cannot go on ends here; whether a peer may be missing is said by the environment"
)]

mod around;
mod belongings;
mod beside;
mod client_api;
#[expect(dead_code, reason = "the conformance of all manners needs more than the stories")]
#[path = "peers/client_server/mod.rs"]
mod client_server;
mod crowd;
mod demo;
mod desk;
mod endings;
mod erasure;
mod fedify_follower;
mod follow_again;
mod following;
mod grants;
mod hidden;
mod in_a_bucket;
mod interruptions;
mod keep;
#[expect(dead_code, reason = "the runs of tests/chaos.rs need more than the stories")]
mod lab;
mod letters;
mod lola_by_others;
mod lying_peer;
mod mastodon_behind;
mod merge;
mod move_seen_by_others;
mod onward;
mod papers;
mod policy;
mod proxies;
mod removal;
mod rename;
mod restored;
mod several_daemons;
mod subset;
mod told_to_stop;
mod trial;
mod upload;

#[path = "../laboratory/both.rs"]
mod both;
#[path = "../laboratory/cluster.rs"]
mod cluster;
#[path = "../laboratory/npm.rs"]
mod npm;
#[expect(dead_code, reason = "the tests of tests/mastodon look closer")]
#[path = "../laboratory/bucket.rs"]
mod s3;
#[path = "../laboratory/shared.rs"]
mod shared;

// What the demo reads pages and makes its archive with serves the stories as well.
#[path = "../../src/cli/demo/forms.rs"]
mod forms;
#[path = "../../src/cli/demo/sample/mod.rs"]
mod sample;
