//! What is promised, as sentences about a world. Each holds in every world that can come about.
//!
//! A home whose database was brought back does not know what it did since, and nobody tells it. So three
//! promises hold for it only as far as it remembers, until its owner has said the forgotten words again: its
//! account may look as if it had not moved, what was announced may be out of sight, and what was seen may be
//! thrown away. That its owner can always mend the first two is looked at where all ways are known.

use godwit::model::transfer::TransferState as S;

use super::{
    broken::Broken,
    crossing::Crossing,
    new_home::agrees,
    world::{Place, World},
};

/// A promise.
pub type Promise = fn(&Crossing, &World) -> bool;

/// All of them by name.
pub const ALL: &[(&str, Promise)] = &[
    ("at most one primary", at_most_one_primary),
    ("no two homes send visitors to each other", nobody_is_sent_in_circles),
    ("nothing is visible before keep or announce", nothing_is_visible_early),
    ("every redirect is proven", every_redirect_is_proven),
    ("every redirect leads to something", every_redirect_leads_to_something),
    ("nothing is there twice", nothing_is_there_twice),
    ("success only with agreed counts", success_only_with_agreed_counts),
    ("followers hear nothing before the last word", followers_hear_nothing_early),
    ("what is thrown away was seen by nobody", only_the_unseen_is_thrown_away),
    ("what is thrown away leaves nothing", nothing_is_left_of_what_is_thrown_away),
    ("what was brought back announces nothing unlooked at", nothing_is_announced_unlooked_at),
    ("nobody is led on against the owner's word", nobody_is_led_on_against_the_word),
];

const PLACES: [Place; 3] = [Place::A, Place::B, Place::C];

/// Says of itself that it is where the account lives: the one last announced, and every home that was
/// announced away from, acts as if it had not been, and is not being moved back to.
fn is_primary(world: &World, place: Place) -> bool {
    let is_prepared = world.copy.to == place && world.said.announce;
    world.home(place).moved_to.is_none()
        && (world.said.primary == place || (world.was_left(place) && !is_prepared))
}

fn at_most_one_primary(_: &Crossing, world: &World) -> bool {
    let remembers = |place: &Place| world.restored != Some(*place);
    PLACES.into_iter().filter(remembers).filter(|place| is_primary(world, *place)).count() <= 1
}

/// Whether nothing is left of what a home forgot: the promises hold for it as for every other.
pub fn is_mended(world: &World) -> bool {
    PLACES.into_iter().filter(|place| is_primary(world, *place)).count() <= 1
        && (world.said.discard || PLACES.into_iter().all(|place| leads_to_something(world, place)))
}

fn nobody_is_sent_in_circles(_: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|start| {
        let mut at = start;
        for _ in PLACES {
            let Some(next) = world.home(at).moved_to else { return true };
            at = next;
        }
        false
    })
}

fn nothing_is_visible_early(_: &Crossing, world: &World) -> bool {
    let seen = world.home(world.copy.to).visible & world.copy.written;
    seen == 0 || world.said.keep || world.said.announce
}

/// Where an old address leads, as strangers see it.
fn leads(crossing: &Crossing, world: &World, place: Place, number: usize) -> Option<Place> {
    let home = world.home(place);
    let is_down = world.is_down && world.restored == Some(place);
    let is_frozen = world.is_frozen(place) && !crossing.breaks(Broken::LeadsWhileFrozen);
    home.departure.leads[number].filter(|_| home.forwards() && !is_down && !is_frozen)
}

fn every_redirect_is_proven(crossing: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|place| {
        (0..2).all(|number| {
            leads(crossing, world, place, number).is_none() || crossing.speaking & (1 << number) != 0
        })
    })
}

fn every_redirect_leads_to_something(_: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|place| leads_to_something(world, place)) || world.said.is_forgotten
}

/// Whether what is looked for at a home's old addresses can be seen where they lead, frozen or not.
fn leads_to_something(world: &World, place: Place) -> bool {
    let home = world.home(place);
    (0..2).all(|number| {
        let target = home.departure.leads[number].filter(|_| home.forwards());
        target.is_none_or(|target| world.home(target).visible & (1 << number) != 0)
    })
}

fn nothing_is_there_twice(_: &Crossing, world: &World) -> bool {
    world.homes.iter().flat_map(|home| home.copies).all(|times| times <= 1)
}

fn success_only_with_agreed_counts(_: &Crossing, world: &World) -> bool {
    let is_success = matches!(
        world.copy.state,
        S::Trial | S::Keeping | S::Kept | S::HandingOver | S::AwaitingAnnouncement | S::Done
    );
    !is_success || agrees(world)
}

fn followers_hear_nothing_early(_: &Crossing, world: &World) -> bool {
    let is_told = world.journeys == 1 && world.follower.follows & Place::A.bit() == 0;
    !world.follower.heard && (!is_told || world.said.last)
}

/// By a home that was brought back, what was seen is thrown away only on its owner's word, or when its trial
/// ends and nobody was told that the account is there.
fn only_the_unseen_is_thrown_away(_: &Crossing, world: &World) -> bool {
    let is_forgotten = world.restored == Some(world.copy.to);
    let is_announced = world.home(world.copy.from).moved_to == Some(world.copy.to);
    let is_excused = is_forgotten && (world.said.discard || !is_announced);
    world.copy.state != S::Discarded || !world.said.was_seen || is_excused
}

fn nothing_is_left_of_what_is_thrown_away(_: &Crossing, world: &World) -> bool {
    let here = world.home(world.copy.to);
    let is_alien = world.journeys == 1;
    world.copy.state != S::Discarded
        || (world.copy.written == 0 && (!is_alien || (here.copies == [0, 0] && here.aliases == 0)))
}

fn nothing_is_announced_unlooked_at(_: &Crossing, world: &World) -> bool {
    !world.said.was_hasty
}

/// A switch that was turned may stand as before: the admin who has looked answers for it.
fn nobody_is_led_on_against_the_word(crossing: &Crossing, world: &World) -> bool {
    let is_led = |place| (0..2).any(|number| leads(crossing, world, place, number).is_some());
    let has_looked = world.said.thaw && world.restored == Some(world.copy.from);
    !world.said.stay || has_looked || !is_led(world.copy.from)
}
