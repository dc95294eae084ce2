//! What New home says about where a copy stands. Screen words only: Old home, New home, Copy, Try, Keep,
//! Announce, Throw away.

use crate::words::text;
use crate::{
    http::ui::{post::Author, words::sentence},
    model::{
        ending::Ending,
        handle::Handle,
        transfer::{Origin, Transfer, TransferState as S},
    },
    port::error::{AdapterError, Cause},
    transfer::{TransferError, give_map, status::old_actor, trouble},
};

/// The three stages a person thinks in.
pub(super) fn stages() -> [String; 3] {
    [text!("transfers-copy"), text!("transfers-try"), text!("transfers-announce")]
}

/// Which of them a state belongs to; none once it is over.
pub(super) fn stage(state: S) -> Option<usize> {
    match state {
        S::AwaitingConsent
        | S::AwaitingConfirmation
        | S::Surveying
        | S::AwaitingChoice
        | S::AwaitingApproval
        | S::Fetching
        | S::Planned
        | S::Importing
        | S::Verifying => Some(0),
        S::Trial => Some(1),
        S::Looking | S::Keeping | S::Kept | S::HandingOver | S::AwaitingAnnouncement => Some(2),
        S::Done | S::Failed | S::Discarding | S::Discarded | S::Removing | S::Removed => None,
    }
}

/// The account that is copied: the one Old home named, once that is known.
pub(super) fn old_handle(transfer: &Transfer) -> String {
    old_actor(transfer).map_or_else(|| transfer.asked_for.clone(), |url| Author::elsewhere(url).handle)
}

/// Whether Old home has heard the last word and is at work.
pub(super) fn is_announcing(transfer: &Transfer) -> bool {
    transfer.state == S::AwaitingAnnouncement && transfer.problem.as_deref() == Some(give_map::ANNOUNCING)
}

/// Whether Old home announces by its own means, because nothing of ours runs there.
pub(super) fn is_announced_there(transfer: &Transfer) -> bool {
    matches!(transfer.origin, Origin::ClientApi { .. })
}

/// Whether it ends without a word to anybody.
fn is_untold(transfer: &Transfer) -> bool {
    matches!(transfer.ending, Some(Ending::Redirect | Ending::Copy))
}

/// Whether the copy never began, because nobody agreed to it.
pub(super) fn was_refused(transfer: &Transfer) -> bool {
    transfer.state == S::Failed && transfer.resume_at == Some(S::AwaitingConsent)
}

/// One line that says where the copy stands.
pub(super) fn headline(transfer: &Transfer) -> String {
    match transfer.state {
        S::AwaitingConsent => text!("transfers-waiting-for-your-yes-at-old-home"),
        S::AwaitingConfirmation => text!("transfers-is-this-the-account-you-mean"),
        S::Surveying => text!("transfers-looking-at-what-there-is"),
        S::AwaitingChoice => text!("transfers-what-shall-come-2"),
        S::AwaitingApproval => text!("transfers-waiting-for-the-admins-here"),
        S::Fetching => text!("transfers-copying-from-old-home"),
        S::Planned | S::Importing => text!("transfers-putting-everything-in-its-place"),
        S::Verifying => text!("transfers-counting-both-sides"),
        S::Trial => text!("transfers-your-copy-is-here-try-it"),
        S::Looking => text!("transfers-one-last-look-at-old-home"),
        S::Keeping => text!("transfers-making-your-copy-visible"),
        S::Kept => text!("transfers-your-copy-is-kept"),
        S::HandingOver if is_announced_there(transfer) => text!("transfers-making-your-copy-visible"),
        S::HandingOver => text!("transfers-telling-old-home-the-new-addresses"),
        S::AwaitingAnnouncement if is_announcing(transfer) => match transfer.ending {
            Some(Ending::Redirect | Ending::Copy) => text!("transfers-old-home-is-looking-at-your-copy"),
            _ => text!("transfers-old-home-is-announcing-your-move"),
        },
        S::AwaitingAnnouncement if give_map::rests_until(transfer).is_some() => {
            text!("transfers-old-home-will-announce-your-move")
        }
        S::AwaitingAnnouncement => text!("transfers-one-last-word-at-old-home"),
        S::Done => match transfer.ending {
            Some(Ending::Redirect) => text!("transfers-your-old-links-lead-here"),
            Some(Ending::Copy) => text!("transfers-you-have-both"),
            _ => text!("transfers-you-have-moved"),
        },
        S::Failed if was_refused(transfer) => text!("transfers-nothing-was-copied"),
        S::Failed => text!("transfers-something-is-in-the-way"),
        S::Discarding => text!("transfers-throwing-the-copy-away"),
        S::Discarded => text!("transfers-the-copy-was-thrown-away"),
        S::Removing => text!("transfers-removing-what-came"),
        S::Removed => text!("transfers-what-came-was-removed"),
    }
}

/// What it means and what happens next.
pub(super) fn explanation(transfer: &Transfer) -> String {
    match transfer.state {
        S::AwaitingConsent => {
            text!("transfers-old-home-asks-you-whether-this-server")
        }
        S::AwaitingConfirmation => text!("transfers-nothing-is-copied-until-you-say-yes"),
        S::AwaitingChoice => {
            text!("transfers-this-is-what-old-home-would-give")
        }
        S::AwaitingApproval => {
            text!("transfers-the-admins-look-at-it-first")
        }
        S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying => {
            text!("transfers-you-can-close-this-page-the-work")
        }
        S::Trial => {
            text!("transfers-only-you-can-see-it-look-around")
        }
        S::Looking => {
            text!("transfers-what-you-wrote-changed-or-deleted-at")
        }
        S::Keeping => text!("transfers-it-becomes-visible-to-whoever-could"),
        S::Kept if transfer.ending == Some(Ending::Quiet) => {
            text!("transfers-the-copy-is-visible-to-whoever-could")
        }
        S::Kept => {
            text!("transfers-the-copy-is-visible-to-whoever-could-2")
        }
        S::HandingOver if is_announced_there(transfer) => {
            text!("transfers-it-becomes-visible-and-your-profile-says")
        }
        S::AwaitingAnnouncement if is_announced_there(transfer) => {
            text!("transfers-this-server-says-that-you-are-also")
        }
        S::Done if is_announced_there(transfer) => {
            text!("transfers-old-home-says-that-you-moved-here")
        }
        S::HandingOver => {
            text!("transfers-your-copy-is-visible-now-and-old")
        }
        S::AwaitingAnnouncement if is_announcing(transfer) && is_untold(transfer) => {
            text!("transfers-you-said-the-last-word-old-home")
        }
        S::AwaitingAnnouncement if transfer.ending == Some(Ending::Redirect) => {
            text!("transfers-old-home-has-the-list-of-your")
        }
        S::AwaitingAnnouncement if transfer.ending == Some(Ending::Copy) => {
            text!("transfers-at-old-home-you-give-your-password")
        }
        S::AwaitingAnnouncement if is_announcing(transfer) => {
            text!("transfers-you-said-the-last-word-old-home-2")
        }
        S::AwaitingAnnouncement if give_map::rests_until(transfer).is_some() => {
            let due = give_map::rests_until(transfer).map(|due| due.minute()).unwrap_or_default();
            text!("transfers-old-home-announces-on", due = due)
        }
        S::AwaitingAnnouncement => {
            text!("transfers-old-home-has-the-list-of-your-2")
        }
        S::Done if transfer.ending == Some(Ending::Redirect) => {
            text!("transfers-links-to-your-old-public-posts-lead-2")
        }
        S::Done if transfer.ending == Some(Ending::Copy) => {
            text!("transfers-both-accounts-live-on-and-each-names")
        }
        S::Done => text!("transfers-old-home-tells-your-followers-and"),
        S::Failed if was_refused(transfer) => text!("transfers-old-home-is-as-it-was-you"),
        S::Failed => text!("transfers-nothing-is-lost-try-again-where-it"),
        S::Discarding => text!("transfers-what-was-copied-is-being-deleted-here"),
        S::Removing => {
            text!("transfers-old-home-is-told-first-then-everything")
        }
        S::Removed => {
            text!("transfers-nothing-of-it-is-left-here-and")
        }
        S::Discarded => text!("transfers-nothing-of-it-is-left-here-old"),
    }
}

/// Why a copy could not be started: a sentence, and the exact words for whoever can mend it.
pub(super) fn refusal(typed: &str, error: &TransferError) -> (String, Option<String>) {
    let host = typed.parse::<Handle>().map_or_else(|_| text!("transfers-that-server"), |handle| handle.host);
    match error {
        TransferError::Adapter(AdapterError::Busy { .. }) => {
            let said = text!("transfers-does-not-answer", host = host);
            (said, Some(error.to_string()))
        }
        TransferError::Adapter(error) if error.cause() == Cause::Missing => {
            (text!("transfers-does-not-know-the-account", host = host), None)
        }
        TransferError::Adapter(error) => {
            let (said, exact) = trouble::plain(error, &host);
            (sentence(&said), exact)
        }
        other => (sentence(&other.to_string()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer(state: S, problem: Option<&str>) -> Transfer {
        Transfer {
            id: "t".into(),
            account: "a".into(),
            asked_for: "@ann@old.example".to_owned(),
            origin: Origin::Archive { path: String::new(), beside: Vec::new() },
            state,
            problem: problem.map(str::to_owned),
            resume_at: None,
            ending: None,
        }
    }

    #[test]
    fn no_state_speaks_the_language_of_the_code() {
        let endings = Ending::ALL.into_iter().map(Some).chain([None]);
        for (state, ending) in
            S::ALL.iter().flat_map(|state| endings.clone().map(move |ending| (state, ending)))
        {
            let by_file = Transfer { ending, ..transfer(*state, None) };
            let actor = url::Url::parse("https://old.example/users/ann").unwrap();
            let origin =
                Origin::ClientApi { actor, software: String::new(), move_page: None, lacks: Vec::new() };
            let there = Transfer { origin, ..by_file.clone() };
            let say = |transfer: &Transfer| format!("{} {}", headline(transfer), explanation(transfer));
            let said = format!("{} {}", say(&by_file), say(&there));
            for word in ["alias", "source", "destination", "outbox", "token", "OAuth", "_"] {
                assert!(!said.contains(word), "{word} in: {said}");
            }
        }
    }

    #[test]
    fn after_the_last_word_nobody_is_sent_to_say_it_again() {
        let before = transfer(S::AwaitingAnnouncement, None);
        let after = transfer(S::AwaitingAnnouncement, Some(give_map::ANNOUNCING));
        assert!(explanation(&before).contains("password"));
        assert!(explanation(&after).contains("nothing left for you to do"));
    }

    #[test]
    fn a_server_that_does_not_answer_is_named_without_the_words_of_a_library() {
        let why = "error sending request: dns error".to_owned();
        let after = std::time::Duration::ZERO;
        let error = TransferError::Adapter(AdapterError::Busy {
            doing: "asking".into(),
            why,
            after,
            cause: Cause::Silent,
        });
        let (said, exactly) = refusal("@ann@old.example", &error);
        assert!(said.starts_with("old.example does not answer") && !said.contains("dns"), "{said}");
        assert!(exactly.unwrap().contains("dns error"));
    }
}
