//! Old home's part: taking the list, proving it, announcing, and leading on to a further home.

use super::{
    broken::Broken,
    crossing::{Crossing, Wire},
    world::{Departure, Leaving, Message, Place, World},
};

impl Crossing {
    /// New home names the new account.
    pub fn take_start(&self, world: &mut World, old: Place, new: Place) {
        let home = world.home_mut(old);
        if home.may_hand_over && matches!(home.departure.state, Leaving::Not | Leaving::Withdrawn) {
            home.departure = Departure { state: Leaving::Started, target: new, ..Departure::NONE };
        }
    }

    /// Whether the list takes more. It closes when its lines are looked at: what rests may be called off,
    /// and New home does not hand over again for that.
    fn is_open(&self, departure: Departure) -> bool {
        match departure.state {
            Leaving::Started => true,
            Leaving::Resting => !self.breaks(Broken::ClosesAtRest),
            _ => false,
        }
    }

    /// A line of the list; the same line twice is one line, and a closed list takes none.
    pub fn take_line(&self, world: &mut World, old: Place, new: Place, line: u8) {
        let number = self.numbers().nth(line.into());
        let home = world.home_mut(old);
        let is_open = self.is_open(home.departure) && home.departure.target == new;
        if let Some(number) = number.filter(|_| home.may_hand_over && is_open) {
            home.departure.list |= 1 << number;
        }
    }

    /// That was all.
    pub fn take_end(&self, world: &mut World, old: Place) {
        let home = world.home_mut(old);
        home.departure.is_complete |= home.may_hand_over && self.is_open(home.departure);
    }

    /// A home says that the account has gone on from it: believed if the account there says so.
    pub fn take_word_of_further_home(&self, world: &mut World, old: Place, further: Place) {
        let departure = world.home(old).departure;
        let says_so = world.home(departure.target).moved_to == Some(further);
        if departure.state == Leaving::Announced && says_so && self.is_fit(world, old, further) {
            let departure = &mut world.home_mut(old).departure;
            departure.state = Leaving::Onward(further);
            departure.looked_at = 0;
        }
    }

    /// The next bit of an announcement: one more object is looked at, or all are and it is said.
    pub fn serve(&self, world: &mut World, place: Place) -> bool {
        let departure = world.home(place).departure;
        if departure.state == Leaving::Resting {
            // Its day is over; nothing was checked for good when it began.
            world.home_mut(place).departure.state = Leaving::Announcing;
            return true;
        }
        let (target, is_onward) = match departure.state {
            Leaving::Announcing => (departure.target, false),
            Leaving::Onward(further) => (further, true),
            _ => return false,
        };
        if let Some(number) =
            self.numbers().find(|number| departure.list & !departure.looked_at & (1 << number) != 0)
        {
            let bit = 1 << number;
            let is_there = world.home(target).visible & bit != 0 && self.speaking & bit != 0;
            let departure = &mut world.home_mut(place).departure;
            departure.looked_at |= bit;
            // On the way on, what is not over there goes on leading where it led.
            if is_there || (self.breaks(Broken::BelievesTheList) && !is_onward) {
                departure.leads[usize::from(number)] = Some(target);
            }
            return true;
        }
        if !self.is_fit(world, place, target) && !self.breaks(Broken::AnnouncesBlindly) {
            let home = world.home_mut(place);
            home.departure.state = if is_onward { Leaving::Announced } else { Leaving::Started };
            return true;
        }
        let home = world.home_mut(place);
        home.departure.state = Leaving::Announced;
        home.departure.target = target;
        home.moved_to = Some(target).filter(|_| !self.breaks(Broken::TellsWithoutASign));
        if !is_onward {
            home.departure.is_forwarding = true;
            home.letter = Some(target);
            world.said.stay = false;
            world.said.primary = target;
            world.said.left = (world.said.left | place.bit()) & !target.bit();
            world.said.was_hasty |= world.restored == Some(place) && !world.said.thaw;
        }
        true
    }

    /// The new account cannot be read: the announcement stops, and its owner may say it again, or not.
    pub fn stop(&self, world: &mut World, place: Place) -> bool {
        world.home_mut(place).departure.state = Leaving::Started;
        true
    }

    /// The letter goes out, at least once.
    pub fn post(&self, world: &mut World, place: Place, wire: Wire) -> bool {
        let Some(target) = world.home(place).letter else { return false };
        let letter = Message::Move(place, target);
        match wire {
            Wire::Through => {
                self.arrive(world, letter);
                world.home_mut(place).letter = None;
                true
            }
            Wire::NoAnswer => {
                self.arrive(world, letter);
                true
            }
            Wire::Late => world.keep_for_later(letter, self.late),
        }
    }
}
