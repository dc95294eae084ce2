//! What is promised, as sentences about a world. Each holds in every world that can come about.

use godwit::model::transfer::TransferState as S;

use super::{
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
];

const PLACES: [Place; 3] = [Place::A, Place::B, Place::C];

/// Says of itself that it is where the account lives: the one last announced, and every home that was
/// announced away from, acts as if it had not been, and is not being moved back to.
fn is_primary(world: &World, place: Place) -> bool {
    let was_left = world.said.left & place.bit() != 0;
    let is_prepared = world.copy.to == place && world.said.announce;
    !world.is_frozen(place)
        && world.home(place).moved_to.is_none()
        && (world.said.primary == place || (was_left && !is_prepared))
}

fn at_most_one_primary(_: &Crossing, world: &World) -> bool {
    PLACES.into_iter().filter(|place| is_primary(world, *place)).count() <= 1
}

fn nobody_is_sent_in_circles(_: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|start| {
        let mut at = start;
        for _ in PLACES {
            let Some(next) = world.home(at).moved_to.filter(|_| !world.is_frozen(at)) else { return true };
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
fn leads(world: &World, place: Place, number: usize) -> Option<Place> {
    let home = world.home(place);
    home.departure.leads[number].filter(|_| home.forwards() && !world.is_frozen(place))
}

fn every_redirect_is_proven(crossing: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|place| {
        (0..2).all(|number| leads(world, place, number).is_none() || crossing.speaking & (1 << number) != 0)
    })
}

fn every_redirect_leads_to_something(_: &Crossing, world: &World) -> bool {
    PLACES.into_iter().all(|place| {
        (0..2).all(|number| {
            let Some(target) = leads(world, place, number) else { return true };
            // A home that was brought back shows what it showed before as soon as it has asked around.
            let is_recovering =
                world.is_frozen(target) || (world.copy.to == target && world.copy.state == S::HandingOver);
            world.home(target).visible & (1 << number) != 0 || (world.is_restored && is_recovering)
        })
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

fn only_the_unseen_is_thrown_away(_: &Crossing, world: &World) -> bool {
    !(world.copy.state == S::Discarded && world.said.was_seen)
}

fn nothing_is_left_of_what_is_thrown_away(_: &Crossing, world: &World) -> bool {
    let here = world.home(world.copy.to);
    let is_alien = world.journeys == 1;
    world.copy.state != S::Discarded
        || (world.copy.written == 0 && (!is_alien || (here.copies == [0, 0] && here.aliases == 0)))
}
