//! The buttons below a copy. What cannot be taken back is said first, and asked for once more.

use maud::{Markup, html};

use crate::{
    http::ui::layout::csrf,
    model::{
        ending::Ending,
        transfer::{Origin, Transfer, TransferState as S},
    },
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
                S::Failed | S::AwaitingConsent | S::Discarded | S::Removed => p.actions {
                    a.button.primary href="/transfers/new" { "Start again" }
                },
                S::Done => p.actions { (self.profile("Go to your profile", true)) (follow_again()) },
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
                    @if is_live { (self.announce(false)) (self.redirect()) (self.copy()) }
                    (self.keep())
                    @if is_live { (self.quiet()) }
                    (self.discard("Throw the copy away"))
                }
                S::Kept => {
                    p.actions { (self.profile("Go to your profile", false)) (follow_again()) }
                    @if is_live { h2 { "When you are ready" } (self.announce(true)) (self.redirect()) (self.copy()) }
                    @else { p.note { "This copy came from a file. Only your Old home itself can announce a move." } }
                    (self.remove())
                }
                S::AwaitingAnnouncement if !self.is_announcing => details {
                    summary { "Old home does not know about it?" }
                    p { "If you took the permission back there, or it says that the list of addresses is missing, "
                        "let it ask you once more." }
                    (self.button(self.asks(), "Let Old home ask again", "secondary"))
                    (self.remove())
                },
                S::Done => (self.remove()),
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

    /// The button that leads to Old home for what was begun there.
    fn asks(&self) -> &'static str {
        self.transfer
            .ending
            .filter(|ending| ending.is_spoken_at_old_home())
            .unwrap_or(Ending::Announce)
            .as_str()
    }

    fn redirect(&self) -> Markup {
        let old = self.old_host;
        html! {
            details.choice {
                summary { "Only send visitors on" }
                p { "Links to your old public posts lead here, but nobody is told, and your account at " (old)
                    " stays in use. You say so there twice, with your password. Your copy becomes visible here after "
                    "your first yes. You can switch it off there at any time." }
                (self.button("redirect", &format!("Send visitors on: go on at {old}"), "secondary"))
            }
        }
    }

    fn copy(&self) -> Markup {
        let old = self.old_host;
        html! {
            details.choice {
                summary { "Keep both, and let Old home say so" }
                p { "Both accounts live on. Your profile at " (old) " names this one as its copy, and yours here names "
                    "that one. Nobody is told, and old links stay as they are. You say so at " (old) " twice, with your "
                    "password; your copy becomes visible here after your first yes." }
                (self.button("copy", &format!("Keep both: go on at {old}"), "secondary"))
            }
        }
    }

    fn quiet(&self) -> Markup {
        html! {
            details.choice {
                summary { "Keep the copy quietly" }
                p { "Your copy becomes visible here to whoever could see the originals, and nothing here says where it "
                    "comes from. " (self.old_host) " says nothing of this account either. Who knows both texts can "
                    "still compare them." }
                p { "From then on the copy cannot be thrown away without a trace." }
                (self.button("quiet", "Keep it quietly", "secondary"))
            }
        }
    }

    fn keep(&self) -> Markup {
        html! {
            details.choice {
                summary { "Keep the copy, announce nothing" }
                p { "Your copy becomes visible here to whoever could see the originals, and each post says where it "
                    "was before. Nobody is told, and " (self.old_host) " stays as it is. You can announce later." }
                p { "From then on the copy cannot be thrown away without a trace." }
                (self.button("keep", "Keep the copy", "secondary"))
            }
        }
    }

    fn remove(&self) -> Markup {
        html! {
            p.actions { a.button href={ "/transfers/" (self.transfer.id) "/remove" } { "Remove what came …" } }
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

/// A later choice of its own: nobody is followed because of a copy.
fn follow_again() -> Markup {
    html! { a.button href="/follows/again" { "Follow the people you followed" } }
}
