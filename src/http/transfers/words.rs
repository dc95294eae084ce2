//! What New home says about where a copy stands. Screen words only: Old home, New home, Copy, Try, Keep,
//! Announce, Throw away.

use crate::{
    http::ui::{post::Author, words::sentence},
    model::{
        ending::Ending,
        handle::Handle,
        transfer::{Transfer, TransferState as S},
    },
    port::error::AdapterError,
    transfer::{TransferError, give_map, status::old_actor},
};

/// The three stages a person thinks in.
pub(super) const STAGES: [&str; 3] = ["Copy", "Try", "Announce"];

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

/// Whether it ends without a word to anybody.
fn is_untold(transfer: &Transfer) -> bool {
    matches!(transfer.ending, Some(Ending::Redirect | Ending::Copy))
}

/// Whether the copy never began, because nobody agreed to it.
pub(super) fn was_refused(transfer: &Transfer) -> bool {
    transfer.state == S::Failed && transfer.resume_at == Some(S::AwaitingConsent)
}

/// One line that says where the copy stands.
pub(super) fn headline(transfer: &Transfer) -> &'static str {
    match transfer.state {
        S::AwaitingConsent => "Waiting for your yes at Old home",
        S::AwaitingConfirmation => "Is this the account you mean?",
        S::Surveying => "Looking at what there is",
        S::AwaitingChoice => "What shall come?",
        S::AwaitingApproval => "Waiting for the admins here",
        S::Fetching => "Copying from Old home",
        S::Planned | S::Importing => "Putting everything in its place",
        S::Verifying => "Counting both sides",
        S::Trial => "Your copy is here: try it",
        S::Looking => "One last look at Old home",
        S::Keeping => "Making your copy visible",
        S::Kept => "Your copy is kept",
        S::HandingOver => "Telling Old home the new addresses",
        S::AwaitingAnnouncement if is_announcing(transfer) => match transfer.ending {
            Some(Ending::Redirect | Ending::Copy) => "Old home is looking at your copy",
            _ => "Old home is announcing your move",
        },
        S::AwaitingAnnouncement => "One last word at Old home",
        S::Done => match transfer.ending {
            Some(Ending::Redirect) => "Your old links lead here",
            Some(Ending::Copy) => "You have both",
            _ => "You have moved",
        },
        S::Failed if was_refused(transfer) => "Nothing was copied",
        S::Failed => "Something is in the way",
        S::Discarding => "Throwing the copy away",
        S::Discarded => "The copy was thrown away",
        S::Removing => "Removing what came",
        S::Removed => "What came was removed",
    }
}

/// What it means and what happens next.
pub(super) fn explanation(transfer: &Transfer) -> &'static str {
    match transfer.state {
        S::AwaitingConsent => {
            "Old home asks you whether this server may copy your account. If you closed its page, start again."
        }
        S::AwaitingConfirmation => "Nothing is copied until you say yes here.",
        S::AwaitingChoice => {
            "This is what Old home would give. Leave out what you do not want; everything comes if you change \
             nothing. Nothing is copied yet."
        }
        S::AwaitingApproval => {
            "The admins of this server look at it first. Nothing is copied meanwhile, and Old home is as it was. You \
             can close this page."
        }
        S::Surveying | S::Fetching | S::Planned | S::Importing | S::Verifying => {
            "You can close this page; the work goes on. Then you look at the copy. Nobody but you can see it."
        }
        S::Trial => {
            "Only you can see it. Look around first; you choose below what becomes of it. \
             Old home works as before, and nobody was told."
        }
        S::Looking => {
            "What you wrote, changed or deleted at Old home since the copy was made comes along, then it goes on. \
             You can still throw the copy away."
        }
        S::Keeping => "It becomes visible to whoever could see the originals. Nobody is told.",
        S::Kept if transfer.ending == Some(Ending::Quiet) => {
            "The copy is visible to whoever could see the originals, and neither server says anything of the other."
        }
        S::Kept => {
            "The copy is visible to whoever could see the originals. Nobody was told, and Old home works as before."
        }
        S::HandingOver => {
            "Your copy is visible now, and Old home is given the list of your new addresses. \
             Next comes one last word there. Nothing is announced yet."
        }
        S::AwaitingAnnouncement if is_announcing(transfer) && is_untold(transfer) => {
            "You said the last word. Old home looks at your copy first. There is nothing left for you to do; you \
             can close this page."
        }
        S::AwaitingAnnouncement if transfer.ending == Some(Ending::Redirect) => {
            "Old home has the list of your new addresses. There you give your password once more, and links to \
             your old public posts lead here. Nobody is told."
        }
        S::AwaitingAnnouncement if transfer.ending == Some(Ending::Copy) => {
            "At Old home you give your password once more, and your profile there names this account as its copy. \
             Nobody is told."
        }
        S::AwaitingAnnouncement if is_announcing(transfer) => {
            "You said the last word. Old home looks at every new address and then tells your followers. \
             There is nothing left for you to do; you can close this page."
        }
        S::AwaitingAnnouncement => {
            "Old home has the list of your new addresses. There you give your password once more, and it tells \
             your followers. Until then nothing is announced."
        }
        S::Done if transfer.ending == Some(Ending::Redirect) => {
            "Links to your old public posts lead here. Nobody was told, and your old account stays in use."
        }
        S::Done if transfer.ending == Some(Ending::Copy) => {
            "Both accounts live on, and each names the other. Nobody was told."
        }
        S::Done => "Old home tells your followers, and links to your old public posts lead here.",
        S::Failed if was_refused(transfer) => "Old home is as it was. You can ask again.",
        S::Failed => "Nothing is lost. Try again where it stopped, or throw the copy away.",
        S::Discarding => "What was copied is being deleted here. Old home is as it was.",
        S::Removing => {
            "Old home is told first; then everything that came is deleted here. What you wrote here stays."
        }
        S::Removed => {
            "Nothing of it is left here, and what you wrote here yourself stays. You can copy again."
        }
        S::Discarded => "Nothing of it is left here. Old home is as it was, and you can copy again.",
    }
}

/// Why a copy could not be started: a sentence, and the exact words for whoever can mend it.
pub(super) fn refusal(typed: &str, error: &TransferError) -> (String, Option<String>) {
    let host = typed.parse::<Handle>().map_or_else(|_| "that server".to_owned(), |handle| handle.host);
    match error {
        TransferError::Adapter(AdapterError::Busy { .. }) => {
            let said = format!(
                "{host} does not answer. Is the part after the second @ spelled right? If it is, try again later."
            );
            (said, Some(error.to_string()))
        }
        TransferError::Adapter(AdapterError::Fatal { why, .. }) => (sentence(why), None),
        other => (sentence(&other.to_string()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfer::Origin;

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
            let transfer = Transfer { ending, ..transfer(*state, None) };
            let said = format!("{} {}", headline(&transfer), explanation(&transfer));
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
        let error = TransferError::Adapter(AdapterError::Busy { doing: "asking".into(), why, after });
        let (said, exactly) = refusal("@ann@old.example", &error);
        assert!(said.starts_with("old.example does not answer") && !said.contains("dns"), "{said}");
        assert!(exactly.unwrap().contains("dns error"));
    }
}
