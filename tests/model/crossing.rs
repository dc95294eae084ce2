//! The protocol as a model: who may do what, and what can go wrong on the way.

use godwit::model::transfer::TransferState as S;
use stateright::{Model, Property};

use super::{
    broken::Broken,
    promises,
    world::{Asked, Leaving, Message, Place, Set, World},
};

/// How a request fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// It arrives, and so does the answer.
    Through,
    /// It arrives, the answer does not.
    NoAnswer,
    /// It does not arrive in time; it may do so later.
    Late,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// The owner says yes at Old home; `true` when signed in as the account that was typed.
    Allow(Asked, bool),
    /// The owner says no.
    Deny,
    /// The owner confirms that the other account is meant.
    Confirm,
    /// The owner chooses what comes.
    Choose(Set),
    /// The owner chooses everything, and the admins want to look first.
    Apply,
    /// An admin of New home lets it in.
    Approve,
    /// The owner presses Keep.
    Keep,
    /// The owner presses Announce.
    Announce,
    /// The owner presses Throw away.
    Discard,
    /// The owner presses Try again.
    Retry,
    /// The owner says the last word at Old home; `true` when it is to rest for a day.
    LastWord(bool),
    /// The owner calls off what rests.
    CallOff,
    /// The owner takes the permission back at Old home.
    Withdraw,
    /// The owner turns the switch that leads visitors on.
    Switch,
    /// The owner begins the next journey.
    GoOn(Place),
    /// The owner begins the same journey anew: Old home has forgotten that it ended.
    CopyAgain,
    /// New home does the next bit.
    Work(Wire),
    /// New home meets something that needs a person.
    Fail,
    /// New home reads a page that was cut short without a sign of it.
    ReadCutShort,
    /// The trial has lasted as long as trials last.
    EndTrial,
    /// New home's process is killed.
    Crash,
    /// A former home does the next bit of its announcement.
    Serve(Place),
    /// A former home cannot read the new account.
    Stop(Place),
    /// A former home delivers its letter.
    Post(Place, Wire),
    /// A home that the account has gone on from says so to the one before.
    PassOn(Wire),
    /// A message arrives; `true` when it will arrive once more.
    Arrive(Message, bool),
    /// A message is lost for good.
    Lose(Message),
    /// An admin makes a copy of a home's database.
    BackUp(Place),
    /// An admin brings it back; `true` when the server beside has a database of its own, which stays.
    Restore(bool),
    /// The home starts with it.
    Start,
    /// An admin has looked and lets it lead and announce again.
    Thaw,
}

/// What is explored.
#[derive(Debug, Clone)]
pub struct Crossing {
    /// The posts at A.
    pub posts: Set,
    /// Those whose new objects say where they come from.
    pub speaking: Set,
    /// Messages that may be late at the same time.
    pub late: usize,
    /// Journeys: one is A to B, two go on or return.
    pub journeys: u8,
    /// Whether a database may be brought back.
    pub has_backup: bool,
    /// The broken rule.
    pub broken: Option<Broken>,
}

impl Crossing {
    /// Whether this rule is broken.
    pub fn breaks(&self, rule: Broken) -> bool {
        self.broken == Some(rule)
    }

    /// The posts by number.
    pub fn numbers(&self) -> impl Iterator<Item = u8> {
        let posts = self.posts;
        (0..2).filter(move |number| posts & (1 << number) != 0)
    }

    fn people(&self, world: &World, actions: &mut Vec<Action>) {
        let copy = &world.copy;
        if let Some(asked) = copy.asked {
            let is_on_its_way = world
                .late
                .iter()
                .any(|message| matches!(message, Message::Answer(which, _) if *which == asked));
            if !is_on_its_way {
                actions.push(Action::Allow(asked, true));
                if asked == Asked::Read {
                    actions.push(Action::Allow(asked, false));
                }
            }
        }
        match copy.state {
            S::AwaitingConsent => actions.extend([Action::Deny, Action::Discard]),
            S::AwaitingConfirmation => actions.extend([Action::Confirm, Action::Discard]),
            S::AwaitingChoice => {
                actions.extend([
                    Action::Choose(self.posts),
                    Action::Choose(1),
                    Action::Apply,
                    Action::Discard,
                ]);
            }
            // An admin who declines lets it be thrown away, too.
            S::AwaitingApproval => actions.extend([Action::Approve, Action::Discard]),
            S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying => {
                actions.push(Action::Discard);
            }
            S::Trial => actions.extend([Action::Keep, Action::Announce, Action::Discard]),
            S::Kept | S::AwaitingAnnouncement => {
                actions.push(Action::Announce);
                if self.breaks(Broken::DiscardsWhatWasSeen) {
                    actions.push(Action::Discard);
                }
            }
            S::Failed => actions.extend([Action::Retry, Action::Discard]),
            S::Done if world.journeys < self.journeys => {
                actions.extend([Action::GoOn(Place::A), Action::GoOn(Place::C)]);
            }
            _ => {}
        }
        let is_forgotten = world.restored == Some(copy.from) && world.home(copy.from).moved_to.is_none();
        if is_forgotten && matches!(copy.state, S::Done | S::Discarded) {
            actions.push(Action::CopyAgain);
        }
        // A home that is frozen hears its owner like any other.
        match world.home(copy.from).departure.state {
            Leaving::Started => {
                actions.extend([Action::LastWord(false), Action::LastWord(true), Action::Withdraw]);
            }
            Leaving::Resting => actions.extend([Action::CallOff, Action::Withdraw]),
            Leaving::Announced if self.has_backup => actions.push(Action::Switch),
            _ => {}
        }
    }

    fn machines(&self, world: &World, actions: &mut Vec<Action>) {
        let copy = &world.copy;
        for wire in [Wire::Through, Wire::NoAnswer, Wire::Late] {
            actions.push(Action::Work(wire));
        }
        let is_early = matches!(copy.state, S::AwaitingConfirmation | S::Surveying | S::Fetching);
        if is_early || matches!(copy.state, S::Planned | S::Importing | S::Verifying) {
            actions.push(Action::Fail);
        }
        if copy.state == S::Fetching {
            actions.push(Action::ReadCutShort);
        }
        if copy.state == S::Trial {
            actions.push(Action::EndTrial);
        }
        if copy.at > 0 {
            actions.push(Action::Crash);
        }
        for place in [Place::A, Place::B] {
            let home = world.home(place);
            let may_announce = !world.is_frozen(place) || self.breaks(Broken::AnnouncesWhileFrozen);
            match home.departure.state {
                Leaving::Resting if may_announce => actions.push(Action::Serve(place)),
                Leaving::Announcing if may_announce => {
                    actions.push(Action::Serve(place));
                    // What comes to a closed list meanwhile is refused, and comes again on its owner's word.
                    if copy.state != S::HandingOver {
                        actions.push(Action::Stop(place));
                    }
                }
                // What is announced already is not announced by following it.
                Leaving::Onward(_) => actions.push(Action::Serve(place)),
                _ => {}
            }
            if home.letter.is_some() {
                actions.extend(
                    [Wire::Through, Wire::NoAnswer, Wire::Late].map(|wire| Action::Post(place, wire)),
                );
            }
        }
        if world.home(Place::B).moved_to == Some(Place::C) {
            actions.extend([Wire::Through, Wire::NoAnswer, Wire::Late].map(Action::PassOn));
        }
    }

    fn accidents(&self, world: &World, actions: &mut Vec<Action>) {
        for message in &world.late {
            actions.extend([
                Action::Arrive(*message, false),
                Action::Arrive(*message, true),
                Action::Lose(*message),
            ]);
        }
        if !self.has_backup || world.restored.is_some() {
            return;
        }
        if let Some(backup) = &world.backup {
            actions.push(Action::Restore(false));
            if backup.of == Place::A {
                actions.push(Action::Restore(true));
            }
            return;
        }
        if matches!(world.copy.state, S::Trial | S::Kept | S::AwaitingAnnouncement) {
            actions.push(Action::BackUp(world.copy.to));
        }
        let leaving = world.home(Place::A).departure.state;
        if !matches!(leaving, Leaving::Not | Leaving::Withdrawn) {
            actions.push(Action::BackUp(Place::A));
        }
    }
}

impl Model for Crossing {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.posts)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        // Nothing is said or done between putting a database in place and starting with it.
        if world.is_down {
            actions.push(Action::Start);
            return;
        }
        self.people(world, actions);
        self.machines(world, actions);
        self.accidents(world, actions);
        if world.frozen != 0 {
            actions.push(Action::Thaw);
        }
    }

    /// What comes of it; nothing when it changes nothing.
    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        let happens = match action {
            Action::Work(wire) => self.work(&mut world, wire),
            Action::Fail => self.fail(&mut world),
            Action::ReadCutShort => self.read_cut_short(&mut world),
            Action::EndTrial => self.end_trial(&mut world),
            Action::Stop(place) => self.stop(&mut world, place),
            Action::Crash => {
                world.copy.at = 0;
                true
            }
            Action::Serve(place) => self.serve(&mut world, place),
            Action::Post(place, wire) => self.post(&mut world, place, wire),
            Action::PassOn(wire) => self.pass_on(&mut world, wire),
            Action::Arrive(message, again) => {
                if !again {
                    world.late.retain(|late| *late != message);
                }
                self.arrive(&mut world, message);
                true
            }
            Action::Lose(message) => {
                world.late.retain(|late| *late != message);
                true
            }
            Action::BackUp(place) => Self::back_up(&mut world, place),
            Action::Restore(is_beside) => Self::restore(&mut world, is_beside),
            Action::Start => self.start(&mut world),
            Action::Thaw => Self::thaw(&mut world),
            by_a_person => self.said(&mut world, &by_a_person),
        };
        let seen = world.home(world.copy.to).visible & world.copy.written;
        world.said.was_seen |= seen != 0;
        (happens && world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::ALL.iter().map(|(name, promise)| Property::always(name, *promise)).collect()
    }
}
