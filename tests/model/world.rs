//! What there is: two or three homes, one follower, one copy on its way, and letters that may come late.

use godwit::model::{departure::DepartureState, transfer::TransferState};

/// A set of posts or of homes, one bit each.
pub type Set = u8;

/// A home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Where the account was made.
    A,
    /// Where it goes first.
    B,
    /// Where it goes on to.
    C,
}

impl Place {
    /// Its number.
    pub fn index(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
            Self::C => 2,
        }
    }

    /// Its bit in a set.
    pub fn bit(self) -> Set {
        1 << self.index()
    }
}

/// How far an account's leaving is at the home it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leaving {
    /// Nobody asked for the list of new addresses to be taken.
    Not,
    /// The list is being taken; all of it is inert.
    Started,
    /// The owner took their permission back before the last word.
    Withdrawn,
    /// The last word is spoken, and rests for a day in which it can be called off.
    Resting,
    /// The last word is spoken, the new objects are being looked at.
    Announcing,
    /// The account says where it has moved; old addresses lead there.
    Announced,
    /// The account has gone on; the objects at the further home are being looked at.
    Onward(Place),
}

impl Leaving {
    /// The word the code has for it.
    pub fn word(self) -> Option<DepartureState> {
        Some(match self {
            Self::Not => return None,
            Self::Started => DepartureState::Started,
            Self::Withdrawn => DepartureState::Withdrawn,
            Self::Resting => DepartureState::Resting,
            Self::Announcing => DepartureState::Announcing,
            Self::Announced => DepartureState::Announced,
            Self::Onward(_) => DepartureState::Onward,
        })
    }
}

/// The record of an account that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Departure {
    /// How far it is.
    pub state: Leaving,
    /// To where.
    pub target: Place,
    /// Posts on the list.
    pub list: Set,
    /// Whether New home said that this was all.
    pub is_complete: bool,
    /// Posts whose new objects were looked at.
    pub looked_at: Set,
    /// Where each post's old address leads, once the new object spoke for itself.
    pub leads: [Option<Place>; 2],
    /// The owner's switch: whether anybody is led on.
    pub is_forwarding: bool,
}

impl Departure {
    /// None.
    pub const NONE: Self = Self {
        state: Leaving::Not,
        target: Place::B,
        list: 0,
        is_complete: false,
        looked_at: 0,
        leads: [None; 2],
        is_forwarding: false,
    };
}

/// What a home's database holds of the account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Home {
    /// How often each post is there; more than once is once too often.
    pub copies: [u8; 2],
    /// Posts that others see.
    pub visible: Set,
    /// Homes whose accounts this one says it is as well.
    pub aliases: Set,
    /// Where it says that it has moved.
    pub moved_to: Option<Place>,
    /// Its leaving.
    pub departure: Departure,
    /// Whether the permission to read is good.
    pub may_read: bool,
    /// Whether the permission to hand addresses over is good.
    pub may_hand_over: bool,
    /// A Move that is queued for the follower.
    pub letter: Option<Place>,
}

impl Home {
    /// A home with these posts, all of them public.
    pub fn with(posts: Set) -> Self {
        Self {
            copies: [posts & 1, posts >> 1],
            visible: posts,
            aliases: 0,
            moved_to: None,
            departure: Departure::NONE,
            may_read: false,
            may_hand_over: false,
            letter: None,
        }
    }

    /// Whether it says that its account has left.
    pub fn has_announced(&self) -> bool {
        matches!(self.departure.state, Leaving::Announced | Leaving::Onward(_))
    }

    /// Whether old addresses lead away from here, as far as they were proven.
    pub fn forwards(&self) -> bool {
        self.has_announced() && self.departure.is_forwarding
    }
}

/// What a permission is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asked {
    /// Reading.
    Read,
    /// Giving the list of new addresses back.
    HandOver,
}

/// The copy, as New home's database holds it, and how far the running process is in its step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Copy {
    /// Old home.
    pub from: Place,
    /// New home.
    pub to: Place,
    /// Where it stands.
    pub state: TransferState,
    /// Where it goes on after a failure was mended.
    pub resume: Option<TransferState>,
    /// The question that waits for its answer.
    pub asked: Option<Asked>,
    /// Whether a token for reading is held.
    pub has_token: bool,
    /// Whether one for handing over is held.
    pub has_map_token: bool,
    /// What Old home counted.
    pub counted: Set,
    /// What was read.
    pub fetched: Set,
    /// Whether the list was read to its end, or to what looked like it.
    pub is_read: bool,
    /// Left out, with a reason.
    pub skipped: Set,
    /// Written by this copy.
    pub written: Set,
    /// How far the process is in the step; a crash forgets it.
    pub at: u8,
}

impl Copy {
    /// A copy that waits for its consent.
    pub fn between(from: Place, to: Place) -> Self {
        Self {
            from,
            to,
            state: TransferState::AwaitingConsent,
            resume: None,
            asked: Some(Asked::Read),
            has_token: false,
            has_map_token: false,
            counted: 0,
            fetched: 0,
            is_read: false,
            skipped: 0,
            written: 0,
            at: 0,
        }
    }
}

/// A message that was given up on, or sent twice, and may still arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Message {
    /// A person's browser comes back with an answer; `true` when it is for the account that was typed.
    Answer(Asked, bool),
    /// New home names the new account.
    Start(Place, Place),
    /// One line of the list.
    Line(Place, Place, u8),
    /// That was all.
    Complete(Place),
    /// A Move on its way from one home, about another, to the follower.
    Move(Place, Place),
    /// A home says that the account has gone on from it.
    GoneOn(Place, Place),
}

/// What was said by the owner, and what became public: for judging only, no home reads it.
#[expect(clippy::struct_excessive_bools, reason = "each is a word that was said or not")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Said {
    /// Keep, of this copy.
    pub keep: bool,
    /// Announce, of this copy.
    pub announce: bool,
    /// The last word at Old home, of this copy.
    pub last: bool,
    /// Where followers were told that the account lives.
    pub primary: Place,
    /// Homes it was announced away from and has not come back to.
    pub left: Set,
    /// Whether something of this copy was visible to others.
    pub was_seen: bool,
    /// Throw away, of this copy.
    pub discard: bool,
    /// Whether what a home forgot is that the account was announced as being there.
    pub is_forgotten: bool,
    /// That nobody shall be led on from old addresses.
    pub stay: bool,
    /// That an admin has looked at what was brought back.
    pub thaw: bool,
    /// Whether a home that was brought back announced before that.
    pub was_hasty: bool,
}

/// The follower's server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Follower {
    /// Accounts it follows.
    pub follows: Set,
    /// Things it heard of that were no Move.
    pub heard: bool,
}

/// A copy of a home's database, made and brought back once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Backup {
    /// Whose.
    pub of: Place,
    /// The home.
    pub home: Home,
    /// The copy, where it is New home's.
    pub copy: Option<Copy>,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    /// The homes.
    pub homes: [Home; 3],
    /// Homes that saw at their start that their database is older than the number beside it, until an
    /// admin has looked.
    pub frozen: Set,
    /// The copy on its way.
    pub copy: Copy,
    /// How many copies there were, this one included.
    pub journeys: u8,
    /// The follower.
    pub follower: Follower,
    /// What may still arrive.
    pub late: Vec<Message>,
    /// The backup.
    pub backup: Option<Backup>,
    /// The home that was brought back.
    pub restored: Option<Place>,
    /// Whether it has not started since.
    pub is_down: bool,
    /// What was said.
    pub said: Said,
}

impl World {
    /// The account at A, and somebody at B who has just typed its address.
    pub fn new(posts: Set) -> Self {
        Self {
            homes: [Home::with(posts), Home::with(0), Home::with(0)],
            frozen: 0,
            copy: Copy::between(Place::A, Place::B),
            journeys: 1,
            follower: Follower { follows: Place::A.bit(), heard: false },
            late: Vec::new(),
            backup: None,
            restored: None,
            is_down: false,
            said: Said {
                keep: false,
                announce: false,
                last: false,
                primary: Place::A,
                left: 0,
                was_seen: false,
                discard: false,
                is_forgotten: false,
                stay: false,
                thaw: false,
                was_hasty: false,
            },
        }
    }

    /// A home.
    pub fn home(&self, place: Place) -> &Home {
        &self.homes[place.index()]
    }

    /// A home, to be changed.
    pub fn home_mut(&mut self, place: Place) -> &mut Home {
        &mut self.homes[place.index()]
    }

    /// Whether a home leads and announces nobody until an admin has looked.
    pub fn is_frozen(&self, place: Place) -> bool {
        self.frozen & place.bit() != 0
    }

    /// Whether followers were told that the account has left a home: for judging only.
    pub fn was_left(&self, place: Place) -> bool {
        self.said.left & place.bit() != 0
    }

    /// Keeps a message that may arrive later, as long as there is room for what the model looks at.
    pub fn keep_for_later(&mut self, message: Message, room: usize) -> bool {
        if self.late.contains(&message) {
            return true;
        }
        if self.late.len() >= room {
            return false;
        }
        self.late.push(message);
        self.late.sort_unstable();
        true
    }
}
