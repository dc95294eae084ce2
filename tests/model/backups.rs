//! A home's database is brought back from an earlier day. A number beside it tells the home so when it
//! starts, and nothing else does: what it did since, it does not know.

use super::{
    broken::Broken,
    crossing::Crossing,
    world::{Backup, Home, Leaving, Place, World},
};

impl Crossing {
    /// Makes the copy.
    pub fn back_up(world: &mut World, of: Place) -> bool {
        let copy = (world.copy.to == of).then(|| world.copy.clone());
        world.backup = Some(Backup { of, home: world.home(of).clone(), copy });
        true
    }

    /// Brings it back. Beside a server with a database of its own, what that one holds stays as it is.
    pub fn restore(world: &mut World, is_beside: bool) -> bool {
        let Some(backup) = world.backup.take() else { return false };
        let here = world.home_mut(backup.of);
        *here = if is_beside {
            Home {
                copies: here.copies,
                visible: here.visible,
                aliases: here.aliases,
                moved_to: here.moved_to,
                ..backup.home
            }
        } else {
            backup.home
        };
        if let Some(copy) = backup.copy {
            world.said.is_forgotten = world.was_left(copy.from);
            world.copy = copy;
        }
        // Neither process has come through that: a step under way begins anew.
        world.copy.at = 0;
        world.restored = Some(backup.of);
        world.is_down = true;
        true
    }

    /// Starts. The number beside the database says that it is older; then its rows are held against what
    /// its own account says, as at every start. What waits for Old home asks it anyway, over and over.
    pub fn start(&self, world: &mut World) -> bool {
        let Some(place) = world.restored else { return false };
        world.is_down = false;
        if !self.breaks(Broken::TrustsBackups) {
            world.frozen |= place.bit();
            let departure = &mut world.home_mut(place).departure;
            // Whether it was called off, or stopped and taken back, is forgotten: its owner says it again.
            let is_unsaid = match departure.state {
                Leaving::Resting => !self.breaks(Broken::RestsOn),
                Leaving::Announcing => !self.breaks(Broken::AnnouncesOn),
                _ => false,
            };
            if is_unsaid {
                departure.state = Leaving::Started;
            }
        }
        let home = world.home_mut(place);
        if home.departure.state == Leaving::Started && home.moved_to == Some(home.departure.target) {
            // Others may have read it, so that the rest must follow.
            home.departure.state = Leaving::Announcing;
            home.departure.looked_at = 0;
        }
        true
    }

    /// An admin has looked: from here on it does what every home does, by what its database holds. What that
    /// has forgotten comes back by its owner's words alone.
    pub fn thaw(world: &mut World) -> bool {
        world.frozen = 0;
        world.said.thaw = true;
        true
    }
}
