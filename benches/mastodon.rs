//! An account crosses into a Mastodon's tables and is read out of them again, beside what PostgreSQL
//! itself takes for the same rows; prints `name value unit`.
//!
//! `cargo bench --bench mastodon -- --long` takes 100,000 posts and some minutes; `-- --short` takes
//! 10,000 and less than a minute; `-- 30000` names a number. The PostgreSQL is started for it and is
//! gone afterwards. Nothing here passes or fails by time; what each line means is in
//! `docs/BENCHMARKS.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on ends here, and its lines are its result"
)]

#[path = "mastodon/bulk.rs"]
mod bulk;
#[path = "../tests/laboratory/cluster.rs"]
#[expect(dead_code, clippy::disallowed_methods, reason = "made for tests, which skip and look around")]
mod cluster;
#[path = "mastodon/house.rs"]
mod house;
#[path = "mastodon/memory.rs"]
mod memory;
#[path = "mastodon/pictures.rs"]
mod pictures;
#[path = "mastodon/reading.rs"]
mod reading;
#[path = "mastodon/suitcase.rs"]
mod suitcase;
#[path = "mastodon/writing.rs"]
mod writing;

use std::time::{Duration, Instant};

use house::House;

/// Posts.
const LONG: usize = 100_000;
/// Posts that a minute is enough for.
const SHORT: usize = 10_000;
/// How often each side is measured, in turn: what somebody else has of the machine meanwhile is in both.
const TIMES: usize = 5;
/// Tables that a copy on trial stands in.
const TRIAL: [&str; 4] = ["conversations", "statuses", "polls", "status_stats"];
/// Tables that a post is read from once it is released.
const READ: [&str; 7] =
    ["statuses", "status_stats", "polls", "mentions", "statuses_tags", "tags", "accounts"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    // The test runner calls benches too, with a flag of its own; then nothing is measured.
    if has("--test") {
        return;
    }
    let named = arguments.iter().find_map(|argument| argument.parse().ok());
    let posts = named.unwrap_or(if has("--short") { SHORT } else { LONG });
    let cluster = match cluster::Cluster::start() {
        Ok(cluster) => cluster,
        Err(why) => return println!("mastodon.import_vs_copy skipped: {why}"),
    };
    actix_web::rt::System::new().block_on(async {
        let begin = Instant::now();
        say("machine.load", load(), "of 1 minute");
        let house = House::beside(&cluster).await;
        Box::pin(into(&cluster, &house, posts)).await;
        Box::pin(out_of(&house, posts)).await;
        Box::pin(pictures::measure(&cluster)).await;
        say("machine.load_after", load(), "of 1 minute");
        say("bench.took", begin.elapsed().as_secs_f64(), "s");
    });
}

/// Writes the account, and the rows it became once more by `COPY` into tables that are as the others were, in turn.
async fn into(cluster: &cluster::Cluster, house: &House, posts: usize) {
    let mut rounds = vec![round(cluster, house, posts).await];
    let released = writing::release(house).await;
    let peak = memory::peak_mb();
    for _ in 1..TIMES {
        let other = House::beside(cluster).await;
        rounds.push(round(cluster, &other, posts).await);
    }
    let growth = rounds.first().map_or(f64::NAN, |first| first.written.growth);
    let all = float(posts) * float(TIMES);
    let of = |time: fn(&Round) -> Duration| rounds.iter().map(time).sum::<Duration>();
    let (written, copied) = (of(|round| round.written.took), of(|round| round.copied));
    let reserving = of(|round| round.written.reserving);
    say("mastodon.import", all / written.as_secs_f64(), "posts/s");
    say("mastodon.import.reserving", ratio(reserving, written), "of it");
    say("mastodon.copy_in", all / copied.as_secs_f64(), "posts/s");
    say("mastodon.import_vs_copy", ratio(written, copied), "times as long");
    say("mastodon.release", float(posts) / released.as_secs_f64(), "posts/s");
    say("mastodon.rss_growth", growth, "times");
    say("mastodon.rss_mb", peak, "MB");
}

/// The account written once, and its rows once.
struct Round {
    written: writing::Writing,
    copied: Duration,
}

async fn round(cluster: &cluster::Cluster, house: &House, posts: usize) -> Round {
    let before = house.newest().await;
    let written = writing::write(house, posts).await;
    let rows = bulk::out(house, &TRIAL, &before).await;
    let empty = House::beside(cluster).await;
    Round { written, copied: bulk::into(&empty, &rows).await }
}

/// Reads the account that was released, and the same tables by `COPY`.
async fn out_of(house: &House, posts: usize) {
    let (mut copied, mut read) = (Vec::with_capacity(TIMES), Vec::with_capacity(TIMES));
    for _ in 0..TIMES {
        copied.push(bulk::drained(house, &READ).await);
        read.push(reading::read(house, posts).await);
    }
    let (copied, read): (Duration, Duration) = (copied.iter().sum(), read.iter().sum());
    let posts = float(posts) * float(TIMES);
    say("mastodon.copy_out", posts / copied.as_secs_f64(), "posts/s");
    say("mastodon.export", posts / read.as_secs_f64(), "posts/s");
    say("mastodon.export_vs_copy", ratio(copied, read), "times as fast");
    say("mastodon.rss_mb.export", memory::peak_mb(), "MB");
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
