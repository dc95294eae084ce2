//! What the owner does, at both homes.

use godwit::model::transfer::TransferState as S;

use super::{
    broken::Broken,
    crossing::{Action, Crossing},
    world::{Asked, Copy, Leaving, Message, Place, Said, World},
};

impl Crossing {
    /// The owner says something; `false` when nobody listens.
    pub fn said(&self, world: &mut World, action: &Action) -> bool {
        match action {
            Action::Allow(asked, is_right) => {
                let home = world.home_mut(world.copy.from);
                match asked {
                    Asked::Read => home.may_read = true,
                    Asked::HandOver => home.may_hand_over = true,
                }
                world.keep_for_later(Message::Answer(*asked, *is_right), self.late)
            }
            Action::Deny => {
                world.copy.asked = None;
                turn(world, S::Failed)
            }
            Action::Confirm => turn(world, S::Surveying),
            Action::Choose(posts) => {
                world.copy.skipped = self.posts & !posts;
                turn(world, S::Fetching)
            }
            Action::Apply => turn(world, S::AwaitingApproval),
            Action::Approve => turn(world, S::Fetching),
            Action::Keep => {
                world.said.keep = true;
                turn(world, S::Keeping)
            }
            Action::Announce => {
                world.copy.asked = Some(Asked::HandOver);
                true
            }
            Action::Discard if world.copy.state == S::AwaitingConsent => turn(world, S::Discarded),
            Action::Discard => {
                world.said.discard = true;
                turn(world, S::Discarding)
            }
            Action::Retry => {
                let at = world.copy.resume;
                at.is_some_and(|at| turn(world, at))
            }
            Action::LastWord(rests) => self.last_word(world, *rests),
            Action::CallOff => {
                unsay(world);
                world.home_mut(world.copy.from).departure.state = Leaving::Started;
                true
            }
            Action::Withdraw => {
                unsay(world);
                let home = world.home_mut(world.copy.from);
                home.may_hand_over = false;
                home.departure.state = Leaving::Withdrawn;
                true
            }
            Action::Switch => {
                let departure = &mut world.home_mut(world.copy.from).departure;
                departure.is_forwarding = !departure.is_forwarding;
                world.said.stay = !departure.is_forwarding;
                true
            }
            Action::GoOn(to) => go_on(world, *to),
            // However often: a number that grew would make worlds without end.
            Action::CopyAgain => go_between(world, world.copy.from, world.copy.to, 2),
            _ => false,
        }
    }

    /// What stands in the way is looked at first; then it is recorded.
    fn last_word(&self, world: &mut World, rests: bool) -> bool {
        let departure = world.home(world.copy.from).departure;
        if !departure.is_complete || !self.is_fit(world, world.copy.from, departure.target) {
            return false;
        }
        world.said.last = true;
        let departure = &mut world.home_mut(world.copy.from).departure;
        departure.state = if rests { Leaving::Resting } else { Leaving::Announcing };
        departure.looked_at = 0;
        true
    }

    /// Whether an account can be announced as the new one of another: it says that it is that one as
    /// well, and has not moved itself.
    pub fn is_fit(&self, world: &World, old: Place, new: Place) -> bool {
        let new = world.home(new);
        let has_not_moved = new.moved_to.is_none() || self.breaks(Broken::LeavesSignsUp);
        new.aliases & old.bit() != 0 && has_not_moved
    }

    /// A browser comes back to New home.
    pub fn answered(&self, world: &mut World, asked: Asked, is_right: bool) -> bool {
        let copy = &mut world.copy;
        if copy.asked != Some(asked) {
            return false;
        }
        match (asked, copy.state) {
            (Asked::Read, S::AwaitingConsent) => {
                copy.asked = None;
                copy.has_token = true;
                turn(world, if is_right { S::Surveying } else { S::AwaitingConfirmation })
            }
            (Asked::HandOver, S::Trial | S::Kept | S::AwaitingAnnouncement) => {
                copy.asked = None;
                copy.has_map_token = true;
                world.said.announce = true;
                turn(world, S::HandingOver)
            }
            _ => false,
        }
    }
}

/// New home's row takes another state; the process begins that step anew.
pub fn turn(world: &mut World, state: S) -> bool {
    world.copy.state = state;
    world.copy.at = 0;
    world.copy.resume = None;
    true
}

/// The last word is taken back; what was announced stays said: followers have heard it, or will.
fn unsay(world: &mut World) {
    world.said.last &= world.was_left(world.copy.from);
}

fn go_on(world: &mut World, to: Place) -> bool {
    go_between(world, world.copy.to, to, world.journeys + 1)
}

fn go_between(world: &mut World, from: Place, to: Place, journeys: u8) -> bool {
    world.copy = Copy::between(from, to);
    world.journeys = journeys;
    world.said = Said {
        keep: false,
        announce: false,
        last: false,
        was_seen: false,
        discard: false,
        stay: false,
        ..world.said.clone()
    };
    // What was on its way for the first journey has come or not: the second one is looked at alone.
    world.late.clear();
    true
}
