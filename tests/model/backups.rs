//! A home's database is brought back from an earlier day. What lies outside of it tells the home so.

use godwit::model::transfer::TransferState as S;

use super::{
    crossing::{Broken, Crossing},
    people::turn,
    world::{Backup, Leaving, Place, World},
};

impl Crossing {
    /// Makes the copy.
    pub fn back_up(world: &mut World, of: Place) -> bool {
        let copy = (world.copy.to == of).then(|| world.copy.clone());
        world.backup = Some(Backup { of, home: world.home(of).clone(), copy });
        true
    }

    /// Brings it back. The home leads nobody anywhere and takes no orders until it has asked around.
    pub fn restore(&self, world: &mut World) -> bool {
        let Some(backup) = world.backup.take() else { return false };
        *world.home_mut(backup.of) = backup.home;
        if let Some(copy) = backup.copy {
            world.copy = copy;
            // What the backup does not have was taken from view by the admin. It stays a loss that
            // old addresses lead to it.
            world.said.was_seen = world.home(world.copy.from).moved_to.is_some();
        }
        let departure = &mut world.home_mut(backup.of).departure;
        if departure.state == Leaving::Resting && !self.breaks(Broken::RestsOn) {
            // Whether it was called off meanwhile is forgotten.
            departure.state = Leaving::Started;
            // What was announced meanwhile stays said: followers have heard it, or will.
            world.said.last &= world.deeds[backup.of.index()].is_some();
        }
        // Neither process has come through that: a step under way begins anew.
        world.copy.at = 0;
        world.is_restored = true;
        if !self.breaks(Broken::TrustsBackups) {
            world.frozen |= backup.of.bit();
        }
        true
    }

    /// What it did and no longer knows is done again; then it goes on as any other home.
    pub fn ask_around(&self, world: &mut World, place: Place) -> bool {
        if place == world.copy.to {
            world.frozen &= !place.bit();
            let is_led_here = world.home(world.copy.from).moved_to == Some(place);
            if is_led_here && matches!(world.copy.state, S::Trial | S::Kept) {
                return turn(world, S::HandingOver);
            }
            return true;
        }
        match world.deeds[place.index()] {
            // It announced, and no longer knows it: that is said again before anything else.
            Some(_) if world.home(place).moved_to.is_none() => {
                let departure = &mut world.home_mut(place).departure;
                departure.state = Leaving::Announcing;
                departure.looked_at = 0;
                true
            }
            _ => {
                world.frozen &= !place.bit();
                true
            }
        }
    }
}
