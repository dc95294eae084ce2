//! The protocol, model-checked: every order in which two homes, their owner, a follower, crashes, and
//! lost, doubled and late messages can meet, within bounds that a laptop walks through in seconds.
//!
//! What is promised stands in `model/promises.rs`. A promise that cannot fail proves nothing, so each is
//! seen to fail when the rule behind it is broken on purpose.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unused_self,
    reason = "a test that cannot go on ends here; how much was walked is said; every rule is asked of the model"
)]

use std::{collections::BTreeSet, sync::LazyLock};

use godwit::model::transfer::TransferState as S;
use stateright::{Checker, Model};

#[path = "model/backups.rs"]
mod backups;
#[path = "model/broken.rs"]
mod broken;
#[path = "model/crossing.rs"]
mod crossing;
#[path = "model/map.rs"]
mod map;
#[path = "model/new_home.rs"]
mod new_home;
#[path = "model/old_home.rs"]
mod old_home;
#[path = "model/people.rs"]
mod people;
#[path = "model/promises.rs"]
mod promises;
#[path = "model/world.rs"]
mod world;

use broken::Broken;
use crossing::Crossing;
use map::Map;
use world::{Leaving, Place, World};

/// One journey of two posts, of which one's new object does not say where it comes from.
fn journey() -> Crossing {
    Crossing { posts: 0b11, speaking: 0b01, late: 2, journeys: 1, has_backup: false, broken: None }
}

/// One journey of one post, with a database that is brought back.
fn brought_back() -> Crossing {
    Crossing { posts: 0b01, late: 1, has_backup: true, ..journey() }
}

/// Two journeys: on to a third home, or back.
fn two_journeys() -> Crossing {
    Crossing { late: 1, journeys: 2, ..journey() }
}

/// What several tests look at is walked once. One journey with one message on its way at a time;
static ONE: LazyLock<Map> = LazyLock::new(|| walked(&Crossing { late: 1, ..journey() }));
/// a database that is brought back;
static BACK: LazyLock<Map> = LazyLock::new(|| walked(&brought_back()));
/// on or back.
static TWO: LazyLock<Map> = LazyLock::new(|| walked(&two_journeys()));

fn walked(crossing: &Crossing) -> Map {
    let map = Map::of(crossing).unwrap_or_else(|broken| panic!("{broken}"));
    println!("{} worlds, {} steps", map.worlds.len(), map.steps.len());
    map
}

fn is_over(world: &World) -> bool {
    matches!(world.copy.state, S::Done | S::Kept | S::Discarded)
}

/// A way to finished or discarded from everywhere, and out of every running state without a person.
fn has_ways_out(map: &Map) {
    if let Some(world) = map.stuck(is_over, false) {
        panic!("there is no way to an end: {world:#?}");
    }
    let is_at_rest = |world: &World| !world.copy.state.is_running();
    if let Some(world) = map.stuck(is_at_rest, true) {
        panic!("without a person it never comes to rest: {world:#?}");
    }
}

#[test]
fn a_journey_keeps_every_promise_and_can_always_end() {
    let map = walked(&journey());
    has_ways_out(&map);
    let is_done: fn(&World) -> bool = |world| world.copy.state == S::Done;
    for (what, is_so) in [
        ("done", is_done),
        ("followed", |world| world.follower.follows == Place::B.bit()),
        ("kept", |world| world.copy.state == S::Kept),
        ("discarded", |world| world.copy.state == S::Discarded),
        ("withdrawn", |world| world.home(Place::A).departure.state == Leaving::Withdrawn),
        ("resting", |world| world.home(Place::A).departure.state == Leaving::Resting),
    ] {
        assert!(map.worlds.iter().any(is_so), "nobody ever comes to: {what}");
    }
}

#[test]
fn a_database_brought_back_at_either_home_breaks_no_promise() {
    let map = &*BACK;
    has_ways_out(map);
    let is_restored: fn(&World) -> bool = |world| world.restored.is_some() && is_told(world);
    for (what, is_so) in [
        ("restored after the move", is_restored),
        ("asked for while nobody has looked", |world| {
            world.is_frozen(Place::A) && world.home(Place::A).departure.state == Leaving::Announcing
        }),
        ("done while nobody has looked", |world| world.frozen != 0 && world.copy.state == S::Done),
        ("forgotten", |world| !promises::is_mended(world)),
    ] {
        assert!(map.worlds.iter().any(is_so), "nobody ever comes to: {what}");
    }
    // By its owner's words, for no machine knows of it.
    if let Some(world) = map.stuck(promises::is_mended, false) {
        panic!("what was forgotten cannot be mended: {world:#?}");
    }
    assert!(map.stuck(promises::is_mended, true).is_some(), "it mends itself; say so in the promises");
}

fn is_told(world: &World) -> bool {
    world.follower.follows == Place::B.bit()
}

#[test]
fn moving_on_and_coming_back_break_no_promise() {
    let map = &*TWO;
    has_ways_out(map);
    for (to, follows) in [(Place::A, "back"), (Place::C, "on")] {
        let is_there = |world: &World| world.copy.state == S::Done && world.follower.follows == to.bit();
        assert!(map.worlds.iter().any(is_there), "nobody ever gets {follows}");
    }
    // Old addresses of the first home lead to the third in one hop, sooner or later and by machines alone.
    let went_on = |world: &World| world.home(Place::B).moved_to == Some(Place::C);
    let leads_there =
        |world: &World| !went_on(world) || world.home(Place::A).departure.leads[0] == Some(Place::C);
    if let Some(world) = map.stuck(leads_there, true) {
        panic!("the first home never leads to where the account is: {world:#?}");
    }
}

#[test]
fn the_checker_of_others_finds_nothing_either() {
    let checker = Crossing { late: 1, ..journey() }.checker().spawn_bfs().join();
    checker.assert_properties();
    assert!(checker.unique_state_count() > 1000);
}

/// The promise that a broken rule breaks first.
fn noticed(crossing: &Crossing) -> String {
    match Map::of(crossing) {
        Ok(_) => panic!("{:?} is noticed by nobody", crossing.broken),
        Err(noticed) => noticed.split(':').next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn every_promise_fails_when_its_rule_is_broken() {
    let (one, back, two) = (Crossing { late: 1, ..journey() }, brought_back(), two_journeys());
    // The end of an earlier list and an answer, both late: more than one message on its way.
    let later = Crossing { posts: 0b01, ..journey() };
    let again = "running it again changes something";
    let rules = [
        (&one, Broken::WritesTwice, again),
        (&later, Broken::ClosesAtRest, again),
        (&one, Broken::ShowsAtOnce, "nothing is visible before keep or announce"),
        (&one, Broken::TellsOnImport, "followers hear nothing before the last word"),
        (&one, Broken::BelievesTheList, "every redirect is proven"),
        (&one, Broken::CountsNothing, "success only with agreed counts"),
        (&one, Broken::DiscardsWhatWasSeen, "what is thrown away was seen by nobody"),
        (&one, Broken::ForgetsOne, "what is thrown away leaves nothing"),
        (&one, Broken::TellsWithoutASign, "at most one primary"),
        (&back, Broken::TrustsBackups, "what was brought back announces nothing unlooked at"),
        (&back, Broken::AnnouncesWhileFrozen, "what was brought back announces nothing unlooked at"),
        (&back, Broken::LeadsWhileFrozen, "nobody is led on against the owner's word"),
        (&back, Broken::RestsOn, "followers hear nothing before the last word"),
        (&back, Broken::AnnouncesOn, "followers hear nothing before the last word"),
        (&back, Broken::EndsBlindly, "what is thrown away was seen by nobody"),
        (&back, Broken::AnnouncesBlindly, "every redirect leads to something"),
        (&two, Broken::LeavesSignsUp, "no two homes send visitors to each other"),
        (&two, Broken::CopiesWhatIsThere, "nothing is there twice"),
    ];
    for (crossing, rule, name) in rules {
        assert_eq!(noticed(&Crossing { broken: Some(rule), ..crossing.clone() }), name, "{rule:?}");
    }
    for (name, _) in promises::ALL {
        assert!(rules.iter().any(|(.., seen)| seen == name), "nobody has seen it fail: {name}");
    }
}

#[test]
fn a_step_that_never_gives_up_is_noticed() {
    let stubborn = Crossing { broken: Some(Broken::NeverGivesUp), late: 1, ..journey() };
    let map = walked(&stubborn);
    let stuck = map.stuck(is_over, false).or_else(|| map.stuck(|world| !world.copy.state.is_running(), true));
    assert!(stuck.is_some(), "a step that never gives up ends all the same");
}

/// Steps of the code's table that the model does not take, each with its reason.
const NOT_MODELLED: &[(&str, &str, &str)] = &[
    ("kept", "removing", "what was seen is removed by a word of its own, long after; the model ends before"),
    (
        "awaiting_announcement",
        "removing",
        "what was seen is removed by a word of its own, long after; the model ends before",
    ),
    ("done", "removing", "what was seen is removed by a word of its own, long after; the model ends before"),
    ("removing", "removed", "as above"),
    (
        "trial",
        "looking",
        "the account of the model does not change during a trial, so a last look finds nothing",
    ),
    ("looking", "trial", "as above"),
    ("looking", "keeping", "as above"),
    ("looking", "handing_over", "as above"),
    ("looking", "discarding", "as above"),
];

#[test]
fn the_model_takes_the_steps_of_the_code_and_no_others() {
    let mut taken = BTreeSet::new();
    for map in [&ONE, &BACK] {
        taken.extend(map.steps.iter().copied());
    }
    let mut allowed = BTreeSet::new();
    for from in S::ALL {
        allowed
            .extend(S::ALL.iter().filter(|to| from.may_become(**to)).map(|to| (from.as_str(), to.as_str())));
    }
    if let Some((from, to)) = taken.difference(&allowed).next() {
        panic!("the model goes from {from} to {to}; `TransferState::may_become` does not allow that");
    }
    for (from, to) in allowed.difference(&taken) {
        let is_known = NOT_MODELLED.iter().any(|(known, next, _)| (known, next) == (from, to));
        assert!(
            is_known,
            "`TransferState::may_become` lets {from} become {to}, and the model never does: teach it in \
             tests/model/, or list the step in NOT_MODELLED with the reason"
        );
    }
}

/// Steps of a departure in the code's table that the model does not take, each with its reason.
const NOT_LEFT: &[(&str, &str, &str)] = &[
    ("started", "onward", "a home that is gone on to was none that a list came from before"),
    ("resting", "returned", "a home with a word that rests is not copied into"),
    ("announcing", "returned", "as above"),
    ("announcing", "withdrawn", "what was seen is removed by a word of its own, long after"),
    ("announced", "passed", "the model has one departure for each home, which takes the further home's name"),
    ("announced", "returned", "whoever comes back begins with no departure at all"),
    ("announced", "withdrawn", "what was seen is removed by a word of its own, long after"),
    ("onward", "returned", "whoever comes back begins with no departure at all"),
    ("onward", "withdrawn", "what was seen is removed by a word of its own, long after"),
    ("passed", "onward", "the model has one departure for each home"),
    ("passed", "returned", "the model has one departure for each home"),
    ("returned", "started", "whoever comes back begins with no departure at all"),
    ("returned", "onward", "whoever comes back begins with no departure at all"),
    ("withdrawn", "onward", "a home that is gone on to was none that a list came from before"),
];

#[test]
fn departures_take_the_steps_of_the_code_and_no_others() {
    use godwit::model::departure::DepartureState as D;
    let mut taken = BTreeSet::new();
    for map in [&ONE, &BACK, &TWO] {
        taken.extend(map.leaving.iter().copied());
    }
    for from in D::ALL {
        for to in D::ALL.iter().filter(|to| *to != from) {
            let step = (from.as_str(), to.as_str());
            let (is_allowed, is_taken) = (from.may_become(*to), taken.contains(&step));
            // One departure for each home: to the model, gone on and led on is one state after another.
            let is_of_the_model = step == ("announced", "onward");
            assert!(
                is_allowed || !is_taken || is_of_the_model,
                "the model goes {step:?}, the table does not"
            );
            let is_known = NOT_LEFT.iter().any(|(known, next, _)| (*known, *next) == step);
            assert!(is_taken || !is_allowed || is_known, "the table goes {step:?}, the model does not");
        }
    }
}
