//! Whole accounts cross between two daemons of their own on this machine; prints `name value unit`.
//!
//! `cargo bench --bench transfer` takes accounts of 10,000, 100,000 and 1,000,000 posts and needs an
//! hour and 60 GB; `-- --short` takes small ones and a minute; `-- 2000 20000` names the sizes, and
//! `--only sqlite` (or `postgres`, `atproto`) runs one part. Nothing here passes or fails by time.
//! What each line means is in `docs/BENCHMARKS.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on ends here, and its lines are its result"
)]

#[path = "transfer/atproto.rs"]
mod atproto;
#[path = "../tests/laboratory/cluster.rs"]
#[expect(dead_code, clippy::disallowed_methods, reason = "made for tests, which skip and look around")]
mod cluster;
#[path = "transfer/crossing.rs"]
mod crossing;
#[path = "transfer/daemon.rs"]
mod daemon;
#[path = "transfer/floor.rs"]
mod floor;
#[path = "transfer/generated.rs"]
mod generated;
#[path = "../tests/laboratory/ground.rs"]
mod laboratory;
#[path = "transfer/pictures.rs"]
mod pictures;

use std::time::{Duration, Instant};

use crossing::Crossing;
use generated::Order;
use pictures::Pictures;

/// Sizes of the accounts, smallest first.
const LONG: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Sizes that a minute is enough for.
const SHORT: [usize; 3] = [300, 1_000, 3_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    // The test runner calls benches too, with a flag of its own; then nothing is measured.
    if has("--test") {
        return;
    }
    let named: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = match named.as_slice() {
        [] if has("--short") => SHORT.to_vec(),
        [] => LONG.to_vec(),
        named => named.to_vec(),
    };
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1).cloned();
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    actix_web::rt::System::new().block_on(async {
        let begin = Instant::now();
        say("machine.load", load(), "of 1 minute");
        let pictures = Pictures::new();
        if wanted("sqlite") {
            Box::pin(sqlite(&pictures, &sizes)).await;
        }
        if wanted("postgres") {
            Box::pin(postgres(&pictures, middle(&sizes))).await;
        }
        if wanted("atproto") {
            Box::pin(beside_atproto(&pictures, middle(&sizes))).await;
        }
        say("machine.load_after", load(), "of 1 minute");
        say("bench.took", begin.elapsed().as_secs_f64(), "s");
    });
}

/// Accounts of all sizes, in both orders; the growth of time and memory, and the floor beneath the largest.
async fn sqlite(pictures: &Pictures, sizes: &[usize]) {
    for order in [Order::Time, Order::Random] {
        let mut crossings = Vec::new();
        for (index, posts) in sizes.iter().enumerate() {
            let (old, new) = Box::pin(crossing::prepare(pictures, *posts, order, "")).await;
            let crossing = crossing::run(&old, &new).await;
            crossing.say(&format!("transfer.{}.{posts}", order.as_str()));
            if order == Order::Time && index + 1 == sizes.len() {
                let floor = floor::sqlite(&old, &new).await;
                say("transfer.floor.sqlite", floor.as_secs_f64(), "s");
                say("transfer.floor_ratio.sqlite", ratio(crossing.took, floor), "times");
            }
            crossings.push((*posts, crossing));
        }
        marginal(order, &crossings);
        if order == Order::Time {
            memory(&crossings);
        }
    }
}

/// One crossing to a New home that stores in PostgreSQL, and the floor there.
async fn postgres(pictures: &Pictures, posts: usize) {
    let cluster = match cluster::Cluster::start() {
        Ok(cluster) => cluster,
        Err(why) => return println!("transfer.floor_ratio.postgres skipped: {why}"),
    };
    let (old, new) = Box::pin(crossing::prepare(pictures, posts, Order::Time, &cluster.create("new"))).await;
    let crossing = crossing::run(&old, &new).await;
    crossing.say(&format!("transfer.postgres.{posts}"));
    let floor = floor::postgres(&old, &new, &cluster.create("floor")).await;
    say("transfer.floor.postgres", floor.as_secs_f64(), "s");
    say("transfer.floor_ratio.postgres", ratio(crossing.took, floor), "times");
}

/// The same number of posts and files between two atproto servers, and between two of ours.
async fn beside_atproto(pictures: &Pictures, posts: usize) {
    let theirs = atproto::install().and_then(|folder| atproto::crossing(&folder, posts));
    let theirs = match theirs {
        Ok(took) => took,
        Err(why) => return println!("transfer.vs_atproto skipped: {why}"),
    };
    let (old, new) = Box::pin(crossing::prepare(pictures, posts, Order::Time, "")).await;
    let ours = crossing::run(&old, &new).await;
    say("transfer.atproto.posts", float(posts) / theirs.as_secs_f64(), "posts/s");
    say("transfer.beside_atproto.posts", float(posts) / ours.took.as_secs_f64(), "posts/s");
    say("transfer.vs_atproto", ratio(theirs, ours.took), "times as fast");
}

/// The second of the sizes, or the only one.
fn middle(sizes: &[usize]) -> usize {
    sizes.get(1).or(sizes.first()).copied().unwrap_or(1_000)
}

/// How much more the last posts cost than those before them.
fn marginal(order: Order, crossings: &[(usize, Crossing)]) {
    let [.., (small, first), (middle, second), (large, third)] = crossings else { return };
    let each = |more: &Crossing, less: &Crossing, posts: usize| {
        (more.took.as_secs_f64() - less.took.as_secs_f64()) / float(posts)
    };
    let (early, late) = (each(second, first, middle - small), each(third, second, large - middle));
    say(&format!("transfer.marginal_ratio.{}", order.as_str()), late / early, "times");
}

fn memory(crossings: &[(usize, Crossing)]) {
    let [.., (_, before), (_, last)] = crossings else { return };
    let growth = |of: fn(&Crossing) -> f64| of(last) / of(before);
    say("transfer.rss_growth", growth(|c| c.old.rss_mb).max(growth(|c| c.new.rss_mb)), "times");
    say("transfer.rss_mb", last.old.rss_mb.max(last.new.rss_mb), "MB");
}

/// How busy the machine is, by its own account.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn say(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.2} {unit}");
}
