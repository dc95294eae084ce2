//! What every adapter must hold to, whatever is behind it: one sentence a test, each over all
//! sources (or destinations) there are.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "what cannot go on ends the test, and the homes run beside it"
)]

#[path = "conformance/beside.rs"]
mod beside;
#[path = "conformance/borrowed.rs"]
mod borrowed;
#[path = "laboratory/both.rs"]
mod both;
#[path = "conformance/certificates.rs"]
mod certificates;
#[path = "conformance/client_api.rs"]
mod client_api;
#[path = "e2e/peers/client_server/mod.rs"]
mod client_server;
#[path = "laboratory/cluster.rs"]
mod cluster;
#[path = "conformance/deltas.rs"]
mod deltas;
#[path = "conformance/destinations.rs"]
mod destinations;
#[path = "conformance/disturbances.rs"]
mod disturbances;
#[path = "conformance/failed.rs"]
mod failed;
#[expect(dead_code, reason = "tests/mastodon looks at its disk")]
#[path = "mastodon/home.rs"]
mod home;
#[expect(
    dead_code,
    reason = "tests/mastodon acts in it as other roles, keeps its files elsewhere and looks at them"
)]
#[path = "mastodon/destination/house.rs"]
mod house;
#[path = "conformance/invented.rs"]
mod invented;
#[path = "conformance/inventories.rs"]
mod inventories;
mod laboratory;
#[path = "conformance/landings.rs"]
mod landings;
#[expect(dead_code, reason = "here it is packed with Dora's things")]
#[path = "mastodon/destination/luggage.rs"]
mod luggage;
#[path = "conformance/mirror.rs"]
mod mirror;
#[path = "conformance/openings.rs"]
mod openings;
#[path = "conformance/releases.rs"]
mod releases;
#[path = "conformance/restless.rs"]
mod restless;
#[path = "laboratory/shared.rs"]
mod shared;
#[path = "conformance/sources.rs"]
mod sources;
#[path = "mastodon/stage.rs"]
mod stage;
#[path = "conformance/tables.rs"]
mod tables;
#[path = "conformance/unchanged.rs"]
mod unchanged;
#[path = "mastodon/destination/unpacking.rs"]
mod unpacking;
#[path = "conformance/unshown.rs"]
mod unshown;
#[path = "mastodon/destination/views.rs"]
mod views;
#[path = "conformance/watched.rs"]
mod watched;
