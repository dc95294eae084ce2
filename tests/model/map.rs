//! Every world that can come about, and the ways between them.

use std::collections::{BTreeSet, HashMap, VecDeque};

use stateright::Model;

use super::{
    crossing::{Action, Crossing, Wire},
    promises,
    world::World,
};

/// All worlds and ways.
pub struct Map {
    /// The worlds.
    pub worlds: Vec<World>,
    /// For each, where it can go, and whether machines alone go there.
    pub ways: Vec<Vec<(usize, bool)>>,
    /// Steps of a copy from one state into another, as words.
    pub steps: BTreeSet<(&'static str, &'static str)>,
    /// The same of the departures of all homes.
    pub leaving: BTreeSet<(&'static str, &'static str)>,
}

/// More worlds than this are a mistake in the model, not a model.
const MOST: usize = 2_000_000;

impl Map {
    /// Walks everywhere. Ends at the first world that breaks a promise and gives its name.
    pub fn of(crossing: &Crossing) -> Result<Self, String> {
        let mut known = HashMap::new();
        let mut map =
            Self { worlds: Vec::new(), ways: Vec::new(), steps: BTreeSet::new(), leaving: BTreeSet::new() };
        let mut next = VecDeque::new();
        let mut came: Vec<Option<(usize, Action)>> = vec![None];
        for world in crossing.init_states() {
            known.insert(world.clone(), 0);
            map.worlds.push(world);
            next.push_back(0);
        }
        while let Some(at) = next.pop_front() {
            let world = map.worlds[at].clone();
            let mut actions = Vec::new();
            crossing.actions(&world, &mut actions);
            let mut ways = Vec::new();
            for action in actions {
                let Some(after) = crossing.next_state(&world, action.clone()) else { continue };
                for (name, promise) in promises::ALL {
                    if !promise(crossing, &after) {
                        return Err(format!("{name}: {} leads to {after:#?}", story(&came, at, action)));
                    }
                }
                map.note(&world, &after, &action);
                let is_by_machine = is_by_machine(&action);
                if is_by_machine {
                    again(crossing, &after, &action).map_err(|broken| {
                        format!("{broken}: {} leads to {after:#?}", story(&came, at, action.clone()))
                    })?;
                }
                let to = *known.entry(after.clone()).or_insert_with(|| {
                    map.worlds.push(after);
                    came.push(Some((at, action.clone())));
                    next.push_back(map.worlds.len() - 1);
                    map.worlds.len() - 1
                });
                ways.push((to, is_by_machine));
            }
            map.ways.push(ways);
            assert!(map.worlds.len() < MOST, "there are too many worlds");
        }
        Ok(map)
    }

    fn note(&mut self, before: &World, after: &World, action: &Action) {
        // Another copy and an older database are no steps of the one that was looked at.
        let is_elsewhere = matches!(action, Action::GoOn(_) | Action::CopyAgain | Action::Restore(_));
        if before.copy.state != after.copy.state && !is_elsewhere {
            self.steps.insert((before.copy.state.as_str(), after.copy.state.as_str()));
        }
        for (before, after) in before.homes.iter().zip(&after.homes).filter(|_| !is_elsewhere) {
            let (from, to) = (before.departure.state.word(), after.departure.state.word());
            if let (Some(from), Some(to)) = (from, to)
                && from != to
            {
                self.leaving.insert((from.as_str(), to.as_str()));
            }
        }
    }

    /// A world from which none of the wished for can be reached, if there is one.
    pub fn stuck(&self, is_wished: impl Fn(&World) -> bool, by_machines: bool) -> Option<&World> {
        let mut back = vec![Vec::new(); self.worlds.len()];
        for (from, ways) in self.ways.iter().enumerate() {
            for (to, is_by_machine) in ways {
                if *is_by_machine || !by_machines {
                    back[*to].push(from);
                }
            }
        }
        let mut reaches: Vec<bool> = self.worlds.iter().map(is_wished).collect();
        let mut next: Vec<usize> = (0..reaches.len()).filter(|at| reaches[*at]).collect();
        while let Some(at) = next.pop() {
            for from in &back[at] {
                if !reaches[*from] {
                    reaches[*from] = true;
                    next.push(*from);
                }
            }
        }
        reaches.iter().position(|reaches| !reaches).map(|at| &self.worlds[at])
    }
}

/// What happened up to a world, and then.
fn story(came: &[Option<(usize, Action)>], mut at: usize, last: Action) -> String {
    let mut actions = vec![last];
    while let Some((before, action)) = &came[at] {
        actions.push(action.clone());
        at = *before;
    }
    actions.reverse();
    format!("{actions:?}")
}

/// Whether it happens without any person, on a wire that works.
fn is_by_machine(action: &Action) -> bool {
    matches!(
        action,
        Action::Work(Wire::Through)
            | Action::Serve(_)
            | Action::Post(_, Wire::Through)
            | Action::PassOn(Wire::Through)
            | Action::Start
    )
}

/// Running a step again changes nothing: the process is killed right after what it did, begins the
/// step anew, and comes to where it was without having changed anything on the way.
fn again(crossing: &Crossing, world: &World, action: &Action) -> Result<(), &'static str> {
    let Action::Work(_) = action else { return Ok(()) };
    let done = world.copy.at;
    let mut again = world.clone();
    again.copy.at = 0;
    while again.copy.at < done {
        let Some(next) = crossing.next_state(&again, action.clone()) else { break };
        if next.copy.state != world.copy.state {
            break;
        }
        again = next;
    }
    again.copy.at = done;
    if again == *world { Ok(()) } else { Err("running it again changes something") }
}
