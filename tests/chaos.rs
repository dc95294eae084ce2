//! Either home is killed at every step of a move, while the wire between the two is cut, delayed, doubled
//! and truncated: whatever happens, it ends with everything there once and nobody notified.
//!
//! `GODWIT_CHAOS_SEED` draws the same again, `GODWIT_CHAOS_KILLS` says how many runs (each with one kill),
//! `GODWIT_CHAOS_STORE` where the tables are: `sqlite` or `postgres`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a run that cannot go on ends here; the seed is said aloud, and taken from the environment"
)]

use std::time::Instant;

#[path = "laboratory/cluster.rs"]
mod cluster;
#[path = "chaos/dice.rs"]
mod dice;
#[expect(dead_code, reason = "the runs need less than the stories")]
#[path = "e2e/lab/mod.rs"]
mod lab;
#[path = "chaos/run.rs"]
mod run;
#[path = "chaos/stage.rs"]
mod stage;
#[path = "chaos/wire.rs"]
mod wire;

// What the demo reads pages with serves the runs as well.
#[expect(dead_code, reason = "the runs need less than the demo")]
#[path = "../src/cli/demo/forms.rs"]
mod forms;

/// Runs when nobody says how many: every step once.
const KILLS: u64 = 12;
/// Runs at the same time, each with homes of its own: one waits half of the time.
const LANES: usize = 2;

fn said(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_run_with_a_kill_ends_with_everything_there_once() {
    let seed = said("GODWIT_CHAOS_SEED").unwrap_or_else(|| {
        u64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap() % 1_000_000_007
    });
    let kills = said("GODWIT_CHAOS_KILLS").unwrap_or(KILLS);
    let first = said("GODWIT_CHAOS_FIRST").unwrap_or(0);
    println!("GODWIT_CHAOS_SEED={seed} GODWIT_CHAOS_KILLS={kills}");
    let begun = Instant::now();
    let lanes = (0..LANES).map(|lane| runs(seed, (first..first + kills).skip(lane).step_by(LANES)));
    let done: u64 = futures::future::join_all(lanes).await.into_iter().sum();
    println!("{done} runs in {:.0} s, nothing lost, nothing twice", begun.elapsed().as_secs_f64());
}

/// Runs one after the other, on a stage of their own; gives how many there were.
async fn runs(seed: u64, numbers: impl Iterator<Item = u64>) -> u64 {
    let cluster = match std::env::var("GODWIT_CHAOS_STORE").as_deref() {
        Ok("postgres") => {
            let Some(cluster) = cluster::Cluster::start_or_skip() else { return 0 };
            Some(cluster)
        }
        Ok("sqlite") | Err(_) => None,
        Ok(other) => panic!("GODWIT_CHAOS_STORE is sqlite or postgres, not {other}"),
    };
    let begun = Instant::now();
    let mut stage = stage::Stage::new(cluster).await;
    println!("an account is made after {:.1} s", begun.elapsed().as_secs_f64());
    let mut done = 0;
    for number in numbers {
        let mut dice = dice::Dice::new(seed, number);
        let kill = run::Kill::drawn(number, &mut dice);
        println!("run {number}: {kill:?}");
        let (begun, scene) = (Instant::now(), stage.scene());
        run::run(&scene, kill, dice).await;
        println!("run {number} took {:.1} s", begun.elapsed().as_secs_f64());
        done += 1;
    }
    done
}
