//! The rules behind the promises: without each of them one fails.

/// A rule that is broken on purpose, to see that somebody notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Writing again writes once more.
    WritesTwice,
    /// What is imported is shown at once.
    ShowsAtOnce,
    /// What is imported is told to followers.
    TellsOnImport,
    /// What the list says is believed without a look at the new object.
    BelievesTheList,
    /// The copy is done when there is nothing left to do, whatever the numbers say.
    CountsNothing,
    /// A database that was brought back is trusted.
    TrustsBackups,
    /// Nobody needs to look before a home that was brought back announces.
    AnnouncesWhileFrozen,
    /// Nor before it leads anybody on.
    LeadsWhileFrozen,
    /// A last word that rested in a database that was brought back is still heard.
    RestsOn,
    /// One that was being carried out is.
    AnnouncesOn,
    /// A trial ends without a look at what Old home says.
    EndsBlindly,
    /// Followers are told before the account itself says so.
    TellsWithoutASign,
    /// The list takes nothing more while the last word rests.
    ClosesAtRest,
    /// Whoever comes back leaves the old signs up, and nobody looks whether they are down.
    LeavesSignsUp,
    /// Whoever comes back writes again what never left.
    CopiesWhatIsThere,
    /// Throwing away forgets a post.
    ForgetsOne,
    /// The announcement does not look at the new account a second time.
    AnnouncesBlindly,
    /// A refusal of Old home is waited out for ever.
    NeverGivesUp,
    /// What others have seen can be thrown away.
    DiscardsWhatWasSeen,
}
