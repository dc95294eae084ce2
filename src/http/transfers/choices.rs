//! The buttons below a copy. What cannot be taken back is said first, and asked for once more.

use maud::{Markup, html};

use super::words;
use crate::words::{say, text};
use crate::{
    http::ui::layout::csrf,
    model::{
        ending::Ending,
        transfer::{Origin, Transfer, TransferState as S},
    },
    site::sessions::Session,
    transfer::{give_map, sign_in_again},
};

/// Who chooses about what.
pub(super) struct Choices<'a> {
    /// Signed in.
    pub(super) session: &'a Session,
    /// The copy.
    pub(super) transfer: &'a Transfer,
    /// Host name of Old home.
    pub(super) old_host: &'a str,
    /// The account here, as one writes it.
    pub(super) new_handle: &'a str,
    /// The same as servers write it.
    pub(super) new_actor: Option<&'a str>,
    /// Whether Old home has heard the last word.
    pub(super) is_announcing: bool,
    /// Whether nothing was ever agreed to.
    pub(super) was_refused: bool,
    /// The day on which the trial ends.
    pub(super) trial_ends: Option<String>,
    /// How many days a trial lasts.
    pub(super) trial_days: u32,
}

impl Choices<'_> {
    /// The one obvious next step, above the numbers.
    pub(super) fn first(&self) -> Markup {
        let state = self.transfer.state;
        html! {
            @match state {
                S::Trial => p.actions { (self.profile(&text!("transfers-look-around-your-copy"), true)) },
                S::AwaitingAnnouncement if words::is_announced_there(self.transfer) => (self.press_there()),
                S::AwaitingAnnouncement if self.rests() => p.actions {
                    a.button href={ "/transfers/" (self.transfer.id) "/finish" } {
                        (say!("transfers-go-to-old-home-to-see-or-call-off"))
                    }
                },
                S::AwaitingAnnouncement if !self.is_announcing => p.actions {
                    a.button.primary href={ "/transfers/" (self.transfer.id) "/finish" } {
                        (say!("transfers-go-to-old-home-for-the-last"))
                    }
                },
                S::AwaitingConfirmation => (self.button("confirm", &text!("transfers-yes-copy-that-account"), "primary")),
                S::Failed if !self.was_refused => {
                    (self.button("retry", &text!("transfers-try-again"), "primary"))
                    @if sign_in_again::is_possible(self.transfer) { (self.sign_in_again()) }
                },
                S::AwaitingConsent if sign_in_again::is_possible(self.transfer) => (self.button(
                    "sign-in", &text!("transfers-go-to-for-your-yes", old = self.old_host), "primary"
                )),
                S::Failed | S::AwaitingConsent | S::Discarded | S::Removed => p.actions {
                    a.button.primary href="/transfers/new" { (say!("transfers-start-again")) }
                },
                S::Done => p.actions { (self.profile(&text!("transfers-go-to-your-profile"), true)) (follow_again()) },
                _ => {}
            }
        }
    }

    /// What else may become of the copy, below the numbers.
    pub(super) fn others(&self) -> Markup {
        let is_live = self.transfer.origin.is_home();
        let is_there = words::is_announced_there(self.transfer);
        html! {
            @match self.transfer.state {
                S::Trial => {
                    h2 { (say!("transfers-when-you-have-looked-around")) }
                    @if is_live { (self.announce(false)) (self.redirect()) (self.copy()) }
                    @if is_there { (self.announce_there(false)) }
                    (self.keep())
                    @if is_live || is_there { (self.quiet()) }
                    (self.extend())
                    (self.discard(&text!("transfers-throw-the-copy-away")))
                }
                S::Kept => {
                    p.actions { (self.profile(&text!("transfers-go-to-your-profile"), false)) (follow_again()) }
                    @if is_live { h2 { (say!("transfers-when-you-are-ready")) } (self.announce(true)) (self.redirect()) (self.copy()) }
                    @else if is_there { h2 { (say!("transfers-when-you-are-ready")) } (self.announce_there(true)) }
                    @else { p.note { (say!("transfers-this-copy-came-from-a-file-only")) } }
                    (self.remove())
                }
                S::AwaitingAnnouncement if is_there || self.rests() => (self.remove()),
                S::AwaitingAnnouncement if !self.is_announcing => details {
                    summary { (say!("transfers-old-home-does-not-know-about-it")) }
                    p { (say!("transfers-if-you-took-the-permission-back-there")) }
                    (self.button(self.asks(), &text!("transfers-let-old-home-ask-again"), "secondary"))
                    (self.remove())
                },
                S::Done => (self.remove()),
                S::AwaitingConfirmation => (self.discard(&text!("transfers-no-stop"))),
                S::AwaitingConsent => (self.button("discard", &text!("transfers-stop"), "secondary")),
                S::Failed if self.was_refused => {}
                state if state.can_discard() => (self.discard(
                    &if state == S::Failed { text!("transfers-throw-the-copy-away") } else { text!("transfers-stop-and-throw-away") }
                )),
                _ => {}
            }
        }
    }

    fn announce(&self, is_kept: bool) -> Markup {
        let old = self.old_host;
        html! {
            details.choice open[is_kept] {
                summary { (say!("transfers-announce-the-move")) }
                p { (say!("transfers-this-page-leads-you-to-which-asks", old = old)) }
                ol {
                    @if !is_kept {
                        li { (say!("transfers-after-your-first-yes-there-your-copy")) }
                    }
                    li { (say!("transfers-your-profile-here-says-which-account", old = old)) }
                    li { (say!("transfers-after-your-last-word-there-with-your")) }
                }
                (self.button("announce", &text!("transfers-announce-go-on-at", old = old), "primary"))
            }
        }
    }

    fn announce_there(&self, is_kept: bool) -> Markup {
        let old = self.old_host;
        html! {
            details.choice open[is_kept] {
                summary { (say!("transfers-announce-the-move")) }
                p { (say!("transfers-only-it-can-tell-your-followers", old = old)) }
                ol {
                    @if !is_kept {
                        li { (say!("transfers-when-you-press-below-it-becomes-visible")) }
                    }
                    li { (say!("transfers-your-profile-here-says-which-account", old = old)) }
                    li { (say!("transfers-then-you-press-the-button-there", old = old)) }
                }
                p { (say!("transfers-links-to-your-old-posts-stay-at", old = old)) }
                (self.button("announce", &text!("transfers-announce-make-it-visible"), "primary"))
            }
        }
    }

    /// What to do at Old home, whose own page it is.
    fn press_there(&self) -> Markup {
        let (old, here) = (self.old_host, self.new_handle);
        let Origin::ClientApi { move_page, .. } = &self.transfer.origin else { return html! {} };
        html! {
            p { (say!("transfers-the-address-to-give-there", here = here)) }
            // GoToSocial takes nothing else.
            @if let Some(actor) = self.new_actor {
                p { (say!("transfers-the-web-address-to-give-there", actor = actor)) }
            }
            @if move_page.is_some() {
                p.actions {
                    a.button.primary href={ "/transfers/" (self.transfer.id) "/finish" } {
                        (say!("transfers-go-to-the-page-for-moving-at", old = old))
                    }
                }
            } @else {
                p.note { (say!("transfers-this-server-does-not-know-the-page", old = old)) }
            }
        }
    }

    /// Whether the last word rests at Old home.
    fn rests(&self) -> bool {
        give_map::rests_until(self.transfer).is_some()
    }

    /// Where Old home no longer takes the permission, trying again does not help.
    fn sign_in_again(&self) -> Markup {
        let old = self.old_host;
        html! {
            details.quiet {
                summary { (say!("transfers-if-no-longer-accepts-your-permission", old = old)) }
                p { (say!("transfers-give-it-again-there", old = old)) }
                (self.button("sign-in", &text!("transfers-sign-in-again-at", old = old), "secondary"))
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
                summary { (say!("transfers-only-send-visitors-on")) }
                p { (say!("transfers-links-to-your-old-public-posts-lead", old = old)) }
                (self.button("redirect", &text!("transfers-send-visitors-on-go-on-at", old = old), "secondary"))
            }
        }
    }

    fn copy(&self) -> Markup {
        let old = self.old_host;
        html! {
            details.choice {
                summary { (say!("transfers-keep-both-and-let-old-home-say")) }
                p { (say!("transfers-both-accounts-live-on-your-profile-at", old = old)) }
                (self.button("copy", &text!("transfers-keep-both-go-on-at", old = old), "secondary"))
            }
        }
    }

    fn quiet(&self) -> Markup {
        html! {
            details.choice {
                summary { (say!("transfers-keep-the-copy-quietly")) }
                p { (say!("transfers-your-copy-becomes-visible-here-to", old_host = self.old_host)) }
                p { (say!("transfers-from-then-on-the-copy-cannot-be")) }
                (self.button("quiet", &text!("transfers-keep-it-quietly"), "secondary"))
            }
        }
    }

    fn keep(&self) -> Markup {
        html! {
            details.choice {
                summary { (say!("transfers-keep-the-copy-announce-nothing")) }
                p { (say!("transfers-your-copy-becomes-visible-here-to-2", old_host = self.old_host)) }
                p { (say!("transfers-from-then-on-the-copy-cannot-be")) }
                (self.button("keep", &text!("transfers-keep-the-copy"), "secondary"))
            }
        }
    }

    fn remove(&self) -> Markup {
        html! {
            p.actions { a.button href={ "/transfers/" (self.transfer.id) "/remove" } { (say!("transfers-remove-what-came")) } }
        }
    }

    fn extend(&self) -> Markup {
        let days = u64::from(self.trial_days);
        html! {
            @if let Some(day) = &self.trial_ends {
                details.choice {
                    summary { (say!("transfers-extend-the-trial")) }
                    p { (say!("transfers-the-trial-ends-on", day = day, old_host = self.old_host)) }
                    (self.button("extend", &text!("transfers-try-it-for-more-days", days = days), "secondary"))
                }
            }
        }
    }

    fn discard(&self, label: &str) -> Markup {
        html! {
            details.choice {
                summary { (label) }
                p { (say!("transfers-everything-that-was-copied-is-deleted", old_host = self.old_host)) }
                (self.button("discard", &text!("transfers-yes-throw-it-away"), "danger"))
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
    html! { a.button href="/follows/again" { (say!("transfers-follow-the-people-you-followed")) } }
}
