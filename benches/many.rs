//! One giant account and many small ones move at once to a home of two daemons; prints `name value unit`.
//!
//! `cargo bench --bench many` takes 200,000 posts first and then 199 times 500, on one PostgreSQL, and
//! needs ten minutes and 3 GB; `-- --short` takes a giant of 6,000 and 15 times 100. The small ones
//! move twice, without the giant and beside it. What each line means is in `docs/BENCHMARKS.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on ends here, and its lines are its result"
)]

#[path = "../tests/laboratory/cluster.rs"]
#[expect(dead_code, clippy::disallowed_methods, reason = "made for tests, which skip and look around")]
mod cluster;
#[path = "transfer/daemon.rs"]
mod daemon;
#[path = "transfer/generated.rs"]
#[expect(dead_code, reason = "the other measurement asks more")]
mod generated;
#[path = "many/homes.rs"]
mod homes;
#[path = "../tests/laboratory/ground.rs"]
mod laboratory;
#[path = "transfer/pictures.rs"]
#[expect(dead_code, reason = "the other measurement asks more")]
mod pictures;

use std::time::{Duration, Instant};

use cluster::Cluster;
use homes::{Homes, Standing};
use pictures::Pictures;

/// How often somebody looks whether it is over.
const LOOK: Duration = Duration::from_millis(200);
/// Different files there are; everybody shows the same ones.
const FILES: usize = 500;

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Posts of the giant; 0 for none.
    pub giant: usize,
    /// Small accounts.
    pub small: usize,
    /// Posts of each.
    pub posts: usize,
}

const LONG: Crowd = Crowd { giant: 200_000, small: 199, posts: 500 };
const SHORT: Crowd = Crowd { giant: 6_000, small: 15, posts: 100 };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has("--test") {
        return;
    }
    let named: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let crowd = match named.as_slice() {
        [giant, small, posts] => Crowd { giant: *giant, small: *small, posts: *posts },
        _ if has("--short") => SHORT,
        _ => LONG,
    };
    let cluster = match Cluster::start() {
        Ok(cluster) => cluster,
        Err(why) => return println!("many.finished skipped: {why}"),
    };
    actix_web::rt::System::new().block_on(async {
        let begin = Instant::now();
        say("machine.load", load(), "of 1 minute");
        let pictures = Pictures::few(FILES);
        let alone = Crowd { giant: 0, ..crowd };
        let alone = Box::pin(move_all(&cluster, "alone", alone, &pictures)).await;
        let beside = Box::pin(move_all(&cluster, "beside", crowd, &pictures)).await;
        let wanted = alone.len() + beside.len();
        let finished = alone.iter().chain(&beside).filter(|one| one.is_finished).count();
        say("many.finished", float(finished), &format!("of {wanted}"));
        slowest(&alone, &beside);
        say("machine.load_after", load(), "of 1 minute");
        say("bench.took", begin.elapsed().as_secs_f64(), "s");
    });
}

/// Lets a crowd move, the giant well under way before the others begin; how each of them fared.
async fn move_all(cluster: &Cluster, name: &str, crowd: Crowd, pictures: &Pictures) -> Vec<Standing> {
    let homes = Box::pin(Homes::prepare(cluster, name, crowd, pictures)).await;
    let daemons = homes.start();
    let begin = Instant::now();
    if crowd.giant > 0 {
        homes.begin(&["giant".to_owned()]).await;
        while homes.items().await < i64::try_from(crowd.giant / 20).unwrap() {
            tokio::time::sleep(LOOK).await;
        }
    }
    homes.begin(&homes::small(crowd)).await;
    let standing = loop {
        let standing = homes.standing().await;
        if standing.iter().all(|one| one.is_over) {
            break standing;
        }
        tokio::time::sleep(LOOK).await;
    };
    say(&format!("many.{name}.took"), begin.elapsed().as_secs_f64(), "s");
    let small: Vec<f64> = standing.iter().filter(|one| one.name != "giant").map(|one| one.seconds).collect();
    say(&format!("many.{name}.mean"), small.iter().sum::<f64>() / float(small.len()), "s");
    for (which, daemon) in daemons.iter().enumerate() {
        let used = daemon.used();
        say(&format!("many.{name}.cpu.{which}"), used.cpu_seconds, "CPU-s");
        say(&format!("many.{name}.rss.{which}"), used.rss_mb, "MB");
    }
    if crowd.giant > 0 {
        say("many.doubled", float(homes.doubled(crowd).await), "rows too many or too few");
        let giant = standing.iter().find(|one| one.name == "giant").unwrap();
        say("many.giant", giant.seconds, "s");
    }
    standing
}

/// The small ones beside the giant against themselves without it.
fn slowest(alone: &[Standing], beside: &[Standing]) {
    let time = |of: &[Standing], name: &str| of.iter().find(|one| one.name == name).map(|one| one.seconds);
    let mut ratios: Vec<(f64, f64)> = alone
        .iter()
        .filter_map(|before| Some((time(beside, &before.name)? / before.seconds, before.seconds)))
        .filter(|(ratio, _)| ratio.is_finite())
        .collect();
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let at = |place: usize| ratios.get(place).copied().unwrap_or((f64::NAN, f64::NAN));
    let (slowest, took) = at(ratios.len().saturating_sub(1));
    say("many.median_ratio", at(ratios.len() / 2).0, "times");
    say("many.slowest_ratio", slowest, "times");
    say("many.slowest_alone", took, "s");
    // Which of two that begin together comes first is chance; how long the last one takes is not.
    let last = |of: &[Standing]| {
        let small = of.iter().filter(|one| one.name != "giant");
        small.map(|one| one.seconds).fold(0.0, f64::max)
    };
    say("many.last_ratio", last(beside) / last(alone), "times");
}

/// How busy the machine is, by its own account.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}

fn float(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn say(name: &str, value: f64, unit: &str) {
    println!("{name} {value:.2} {unit}");
}
