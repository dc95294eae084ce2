//! The buttons below a copy. What cannot be taken back is said first, and asked for once more.

use maud::{Markup, html};

use crate::{
    http::ui::layout::csrf,
    model::transfer::{Origin, Transfer, TransferState as S},
    site::sessions::Session,
};

/// Who chooses about what.
pub(super) struct Choices<'a> {
    /// Signed in.
    pub(super) session: &'a Session,
    /// The copy.
    pub(super) transfer: &'a Transfer,
    /// Host name of Old home.
    pub(super) old_host: &'a str,
    /// Whether Old home has heard the last word.
    pub(super) is_announcing: bool,
    /// Whether nothing was ever agreed to.
    pub(super) was_refused: bool,
}

impl Choices<'_> {
    /// The one obvious next step, above the numbers.
    pub(super) fn first(&self) -> Markup {
        let state = self.transfer.state;
        html! {
            @match state {
                S::Trial => p.actions { (self.profile("Look around your copy", true)) },
                S::AwaitingAnnouncement if !self.is_announcing => p.actions {
                    a.button.primary href={ "/transfers/" (self.transfer.id) "/finish" } {
                        "Go to Old home for the last word"
                    }
                },
                S::AwaitingConfirmation => (self.button("confirm", "Yes, copy that account", "primary")),
                S::Failed if !self.was_refused => (self.button("retry", "Try again", "primary")),
                S::Failed | S::AwaitingConsent | S::Discarded => p.actions {
                    a.button.primary href="/transfers/new" { "Start again" }
                },
                S::Done => p.actions { (self.profile("Go to your profile", true)) },
                _ => {}
            }
        }
    }

    /// What else may become of the copy, below the numbers.
    pub(super) fn others(&self) -> Markup {
        let is_live = matches!(self.transfer.origin, Origin::Live { .. });
        html! {
            @match self.transfer.state {
                S::Trial => {
                    h2 { "When you have looked around" }
                    @if is_live { (self.announce(false)) }
                    (self.keep())
                    (self.discard("Throw the copy away"))
                }
                S::Kept => {
                    p.actions { (self.profile("Go to your profile", false)) }
                    @if is_live { h2 { "When you are ready" } (self.announce(true)) }
                    @else { p.note { "This copy came from a file. Only your Old home itself can announce a move." } }
                }
                S::AwaitingAnnouncement if !self.is_announcing => details {
                    summary { "Old home does not know about it?" }
                    p { "If you took the permission back there, or it says that the list of addresses is missing, "
                        "let it ask you once more." }
                    (self.button("announce", "Let Old home ask again", "secondary"))
                },
                S::AwaitingConfirmation => (self.discard("No, stop")),
                S::AwaitingConsent => (self.button("discard", "Stop", "secondary")),
                S::Failed if self.was_refused => {}
                state if state.can_discard() => (self.discard(
                    if state == S::Failed { "Throw the copy away" } else { "Stop and throw away" }
                )),
                _ => {}
            }
        }
    }

    fn announce(&self, is_kept: bool) -> Markup {
        let old = self.old_host;
        html! {
            details.choice open[is_kept] {
                summary { "Announce the move" }
                p { "This page leads you to " strong { (old) } ", which asks you twice. What happens:" }
                ol {
                    @if !is_kept {
                        li { "After your first yes there, your copy becomes visible here to whoever could see the "
                            "originals. From then on it cannot be thrown away without a trace." }
                    }
                    li { "Your profile here says which account you had at " (old) ", for everybody to see." }
                    li { "After your last word there, with your password, your followers are told. "
                        "That cannot be called back." }
                }
                (self.button("announce", &format!("Announce: go on at {old}"), "primary"))
            }
        }
    }

    fn keep(&self) -> Markup {
        html! {
            details.choice {
                summary { "Keep the copy, announce nothing" }
                p { "Your copy becomes visible here to whoever could see the originals. Nobody is told, and "
                    (self.old_host) " stays as it is. You can announce later." }
                p { "From then on the copy cannot be thrown away without a trace." }
                (self.button("keep", "Keep the copy", "secondary"))
            }
        }
    }

    fn discard(&self, label: &str) -> Markup {
        html! {
            details.choice {
                summary { (label) }
                p { "Everything that was copied is deleted here. This cannot be undone, but " (self.old_host)
                    " stays as it is, and you can copy again." }
                (self.button("discard", "Yes, throw it away", "danger"))
            }
        }
    }

    fn profile(&self, label: &str, is_primary: bool) -> Markup {
        html! {
            a.button.primary[is_primary] href={ "/@" (self.session.account.username) "/with_replies" } { (label) }
        }
    }

    fn button(&self, action: &str, label: &str, class: &str) -> Markup {
        html! {
            form method="post" action={ "/transfers/" (self.transfer.id) "/" (action) } {
                (csrf(self.session))
                button type="submit" class=(class) { (label) }
            }
        }
    }
}
