//! Every test of the library that opens a store passes on PostgreSQL, too: all of them run once more,
//! with a database each on a server of their own.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "what cannot be started ends the test; whether a server may be missing is said by the environment"
)]

use std::process::Command;

use godwit::store::Store;
use tokio::runtime::Runtime;

#[path = "laboratory/cluster.rs"]
mod cluster;

#[test]
fn what_the_library_promises_it_keeps_on_postgresql() {
    let Some(cluster) = cluster::Cluster::start_or_skip() else { return };
    let dir = tempfile::tempdir().unwrap();
    let template = cluster.create("template_of_all");
    // Ended with all its connections: a database in use is not copied.
    let runtime = Runtime::new().unwrap();
    drop(runtime.block_on(Store::open_at(dir.path(), &template)).unwrap());
    drop(runtime);
    // The environment of cargo's own run stays: what is built already is not built again.
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--quiet", "--lib"])
        .env("GODWIT_TEST_POSTGRES", cluster.url("{name}"))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "on PostgreSQL:\n{}", String::from_utf8_lossy(&said));
}
