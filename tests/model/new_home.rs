//! New home's steps, one write at a time. Each begins anew after a crash.

use godwit::model::transfer::TransferState as S;

use super::{
    broken::Broken,
    crossing::{Crossing, Wire},
    people::turn,
    world::{Departure, Message, Place, World},
};

impl Crossing {
    /// Does the next bit of the step the copy is in.
    pub fn work(&self, world: &mut World, wire: Wire) -> bool {
        let is_local =
            matches!(world.copy.state, S::Planned | S::Importing | S::Verifying | S::Keeping | S::Discarding);
        if is_local && wire != Wire::Through {
            return false;
        }
        match world.copy.state {
            S::Surveying => self.survey(world, wire),
            S::Fetching => self.fetch(world, wire),
            S::Planned => turn(world, S::Importing),
            S::Importing => self.import(world),
            S::Verifying => self.verify(world),
            S::Keeping => self.release(world) || turn(world, S::Kept),
            S::HandingOver => self.hand_over(world, wire),
            S::AwaitingAnnouncement => self.settle(world, wire),
            S::Discarding => self.discard(world),
            _ => false,
        }
    }

    /// Something needs a person.
    pub fn fail(&self, world: &mut World) -> bool {
        let at = world.copy.state;
        turn(world, S::Failed);
        // A question to a person is not tried again, it is asked anew.
        world.copy.resume = Some(at).filter(|at| *at != S::AwaitingConfirmation);
        true
    }

    fn survey(&self, world: &mut World, wire: Wire) -> bool {
        if !world.home(world.copy.from).may_read {
            return self.fail(world);
        }
        match wire {
            // The owner wants to look first, or not.
            Wire::Through => {
                world.copy.counted = self.posts;
                turn(world, S::AwaitingChoice)
            }
            Wire::NoAnswer => {
                world.copy.counted = self.posts;
                turn(world, S::Fetching)
            }
            // The admins want to look first.
            Wire::Late => {
                world.copy.counted = self.posts;
                turn(world, S::AwaitingApproval)
            }
        }
    }

    /// A page has one post. Only what came is believed, so a lost answer is a page not read.
    fn fetch(&self, world: &mut World, wire: Wire) -> bool {
        if wire != Wire::Through {
            return false;
        }
        if world.copy.is_read {
            return turn(world, S::Planned);
        }
        if !world.home(world.copy.from).may_read {
            return self.fail(world);
        }
        match self.numbers().find(|number| world.copy.fetched & (1 << number) == 0) {
            Some(number) => world.copy.fetched |= 1 << number,
            None => world.copy.is_read = true,
        }
        true
    }

    /// A page comes as the last one that is not.
    pub fn read_cut_short(&self, world: &mut World) -> bool {
        world.copy.is_read = true;
        true
    }

    fn import(&self, world: &mut World) -> bool {
        let wanted = world.copy.fetched & !world.copy.skipped;
        let Some(number) =
            self.numbers().filter(|number| wanted & (1 << number) != 0).nth(world.copy.at.into())
        else {
            return turn(world, S::Verifying);
        };
        let bit = 1 << number;
        world.copy.at += 1;
        let to = world.copy.to;
        let has_it = world.home(to).copies[usize::from(number)] > 0;
        // What is here already, written before or once left behind here, is known by its key.
        if has_it && world.copy.written & bit == 0 && self.breaks(Broken::CopiesWhatIsThere) {
            world.home_mut(to).copies[usize::from(number)] = 2;
        }
        if !has_it || self.breaks(Broken::WritesTwice) {
            world.home_mut(to).copies[usize::from(number)] += 1;
            world.copy.written |= bit;
            if self.breaks(Broken::ShowsAtOnce) {
                world.home_mut(to).visible |= bit;
            }
            world.follower.heard |= self.breaks(Broken::TellsOnImport);
        }
        true
    }

    fn verify(&self, world: &mut World) -> bool {
        if agrees(world) || self.breaks(Broken::CountsNothing) {
            turn(world, S::Trial)
        } else {
            self.fail(world)
        }
    }

    /// Shows the next post; `false` when all are shown.
    fn release(&self, world: &mut World) -> bool {
        let hidden = world.copy.written & !world.home(world.copy.to).visible;
        let Some(number) = self.numbers().find(|number| hidden & (1 << number) != 0) else { return false };
        world.home_mut(world.copy.to).visible |= 1 << number;
        true
    }

    fn hand_over(&self, world: &mut World, wire: Wire) -> bool {
        let (from, to) = (world.copy.from, world.copy.to);
        if world.copy.at == 0 && self.release(world) {
            return wire == Wire::Through;
        }
        let lines = self.posts.count_ones().try_into().unwrap_or(u8::MAX);
        let step = world.copy.at;
        let request = match step {
            0 => {
                if !self.breaks(Broken::LeavesSignsUp) {
                    come_back(world, to);
                }
                world.copy.at = 1;
                return wire == Wire::Through;
            }
            1 => {
                let earlier = world.home(from).aliases;
                let names = [Place::A, Place::B, Place::C]
                    .into_iter()
                    .filter(|name| earlier & name.bit() != 0 && world.home(*name).moved_to == Some(from))
                    .fold(from.bit(), |names, name| names | name.bit());
                world.home_mut(to).aliases |= names & !to.bit();
                world.copy.at = 2;
                return wire == Wire::Through;
            }
            2 => Message::Start(from, to),
            step if step < 3 + lines => Message::Line(from, to, step - 3),
            step if step == 3 + lines => Message::Complete(from),
            _ => return wire == Wire::Through && turn(world, S::AwaitingAnnouncement),
        };
        if !world.home(from).may_hand_over {
            return wire == Wire::Through && !self.breaks(Broken::NeverGivesUp) && turn(world, S::Kept);
        }
        match wire {
            Wire::Through => {
                self.arrive(world, request);
                world.copy.at = step + 1;
                true
            }
            // Nobody knows whether it arrived: the step begins anew.
            Wire::NoAnswer => {
                self.arrive(world, request);
                world.copy.at = 0;
                true
            }
            Wire::Late => {
                world.copy.at = 0;
                world.keep_for_later(request, self.late)
            }
        }
    }

    fn settle(&self, world: &mut World, wire: Wire) -> bool {
        let old = world.home(world.copy.from);
        wire == Wire::Through
            && old.has_announced()
            && old.departure.target == world.copy.to
            && turn(world, S::Done)
    }

    fn discard(&self, world: &mut World) -> bool {
        let to = world.copy.to;
        let Some(number) = self.numbers().find(|number| world.copy.written & (1 << number) != 0) else {
            world.copy.has_token = false;
            world.copy.has_map_token = false;
            world.copy.asked = None;
            let old = world.home_mut(world.copy.from);
            old.may_read = false;
            return turn(world, S::Discarded);
        };
        world.copy.written &= !(1 << number);
        if self.breaks(Broken::ForgetsOne) && number == 1 {
            return true;
        }
        let home = world.home_mut(to);
        home.copies[usize::from(number)] = 0;
        home.visible &= !(1 << number);
        true
    }

    /// The trial is over and its owner has said nothing: it is thrown away, unless Old home says that the
    /// account is here.
    pub fn end_trial(&self, world: &mut World) -> bool {
        let is_said_to_be_here = world.home(world.copy.from).moved_to == Some(world.copy.to);
        (!is_said_to_be_here || self.breaks(Broken::EndsBlindly)) && turn(world, S::Discarding)
    }

    /// A message comes to whom it is for.
    pub fn arrive(&self, world: &mut World, message: Message) {
        match message {
            Message::Answer(asked, is_right) => {
                let _nobody_may_be_waiting = self.answered(world, asked, is_right);
            }
            Message::Start(old, new) => self.take_start(world, old, new),
            Message::Line(old, new, line) => self.take_line(world, old, new, line),
            Message::Complete(old) => self.take_end(world, old),
            Message::Move(old, new) => follow(world, old, new),
            Message::GoneOn(old, further) => self.take_word_of_further_home(world, old, further),
        }
    }

    /// The homes it came from are told by the one that was left.
    pub fn pass_on(&self, world: &mut World, wire: Wire) -> bool {
        let message = Message::GoneOn(Place::A, Place::C);
        match wire {
            Wire::Late => world.keep_for_later(message, self.late),
            Wire::Through | Wire::NoAnswer => {
                self.arrive(world, message);
                true
            }
        }
    }
}

/// Whether everything that Old home counted is here once, or left out with a reason.
pub fn agrees(world: &World) -> bool {
    let here = world.home(world.copy.to);
    (0..2).filter(|number| world.copy.counted & (1 << number) != 0).all(|number| {
        let is_skipped = world.copy.skipped & (1 << number) != 0;
        is_skipped || here.copies[number] == 1
    })
}

/// What once led away from here ends, before anything leads here.
fn come_back(world: &mut World, to: Place) {
    let home = world.home_mut(to);
    home.moved_to = None;
    home.departure = Departure::NONE;
    home.letter = None;
}

/// The follower's server reads a Move: it believes it only when both accounts say so.
fn follow(world: &mut World, old: Place, new: Place) {
    let says_so = world.home(old).moved_to == Some(new) && world.home(new).aliases & old.bit() != 0;
    if says_so && world.follower.follows & old.bit() != 0 {
        world.follower.follows = world.follower.follows & !old.bit() | new.bit();
    }
}
