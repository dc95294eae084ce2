//! The rules as a form, and the form as rules.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::admin::Sent;
use crate::{
    http::ui::{layout::csrf, words},
    model::{
        collection::CollectionKind,
        policy::{
            Approval, Arrivals, Departures, Exception, LeavingTerms, Limits, Policy, Rule, RuleWord, Terms,
        },
    },
    site::sessions::Session,
    words::say,
};

/// Ways to say whom, with the field each needs.
const WAYS: [&str; 6] = ["nobody", "anyone", "these", "except", "account", "invited"];

/// The form; `version` is the one it was opened with.
pub(super) fn form(session: &Session, version: i64, policy: &Policy) -> Markup {
    let (coming, going) = (&policy.arrivals.terms, &policy.departures.terms);
    let (approval, limits) = (&coming.approval, &coming.limits);
    html! {
        form.card method="post" action="/desk/policy" {
            (csrf(session))
            input type="hidden" name="version" value=(version);
            h2 { (say!("desk-who-comes")) }
            (whom("arrivals", &policy.arrivals.who))
            (lines("invited", &say!("desk-invited"), coming.invited.iter()))
            (lines("blocked", &say!("desk-blocked"), coming.blocked.iter()))
            (lines("exceptions", &say!("desk-exceptions"), coming.exceptions.iter().map(spelt)))
            h2 { (say!("desk-who-is-looked-at")) }
            (tick("always", &say!("desk-everybody"), approval.always))
            (tick("new_servers", &say!("desk-from-new-servers"), approval.new_servers))
            (amount("above_posts", &say!("desk-above-posts"), approval.above_posts))
            (amount("above_media", &say!("desk-above-megabytes"), approval.above_media_bytes.map(megabytes)))
            h2 { (say!("desk-how-much")) }
            (amount("posts", &say!("desk-most-posts"), limits.posts))
            (amount("media", &say!("desk-most-megabytes"), limits.media_bytes.map(megabytes)))
            (amount("largest", &say!("desk-largest-file"), limits.largest_file_bytes.map(megabytes)))
            (amount("per_day", &say!("desk-most-a-day"), limits.accounts_per_day))
            (amount("total", &say!("desk-most-accounts"), limits.accounts_total))
            (amount("free", &say!("desk-free-disk"), limits.free_disk_bytes.map(megabytes)))
            (amount("cool_down", &say!("desk-days-between"), Some(u64::from(coming.cool_down_days))))
            fieldset {
                legend { (say!("desk-kinds-that-come")) }
                @for kind in CollectionKind::ALL {
                    @let comes = limits.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
                    label { input type="checkbox" name="kinds" value=(kind.as_str()) checked[comes];
                        span { (words::kind(kind.main_item().as_str())) } }
                }
            }
            h2 { (say!("desk-who-goes")) }
            (whom("departures", &policy.departures.who))
            (lines("not_to", &say!("desk-not-to"), going.blocked.iter()))
            (lines("not_to_exceptions", &say!("desk-exceptions"), going.exceptions.iter().map(spelt)))
            (amount("leaving_cool_down", &say!("desk-days-between"), Some(u64::from(going.cool_down_days))))
            (tick("sanctioned", &say!("desk-sanctioned-may-leave"), going.sanctioned_may_leave))
            p.actions {
                button.primary type="submit" { (say!("desk-put-into-force")) }
                button type="submit" formaction="/desk/policy/what-if" { (say!("desk-what-if")) }
            }
        }
    }
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn spelt(one: &Exception) -> String {
    format!("{} = {}", one.who, one.reason)
}

fn whom(name: &str, rule: &Rule) -> Markup {
    let (way, list): (&str, String) = match rule {
        Rule::Word(RuleWord::Nobody) => ("nobody", String::new()),
        Rule::Word(RuleWord::Anyone) => ("anyone", String::new()),
        Rule::Word(RuleWord::Invited) => ("invited", String::new()),
        Rule::Hosts(hosts) => ("these", hosts.join("\n")),
        Rule::Except { except } => ("except", except.join("\n")),
        Rule::Account { account } => ("account", account.clone()),
    };
    html! {
        label for=(name) { (say!("desk-whom")) }
        select id=(name) name=(name) {
            @for word in WAYS {
                option value=(word) selected[word == way] { (match word {
                    "nobody" => say!("desk-way-nobody"),
                    "anyone" => say!("desk-way-anyone"),
                    "these" => say!("desk-way-these"),
                    "except" => say!("desk-way-except"),
                    "account" => say!("desk-way-account"),
                    _ => say!("desk-way-invited"),
                }) }
            }
        }
        label for={ (name) "_list" } { (say!("desk-servers-or-account")) }
        textarea id={ (name) "_list" } name={ (name) "_list" } rows="2" spellcheck="false" { (list) }
    }
}

fn lines<T: AsRef<str>>(name: &str, label: &Markup, all: impl Iterator<Item = T>) -> Markup {
    let text: Vec<String> = all.map(|one| one.as_ref().to_owned()).collect();
    html! {
        label for=(name) { (label) }
        textarea id=(name) name=(name) rows="2" spellcheck="false" { (text.join("\n")) }
    }
}

fn tick(name: &str, label: &Markup, is_ticked: bool) -> Markup {
    html! { label { input type="checkbox" name=(name) value="yes" checked[is_ticked]; span { (label) } } }
}

fn amount(name: &str, label: &Markup, value: Option<u64>) -> Markup {
    html! {
        label for=(name) { (label) }
        input id=(name) name=(name) type="number" min="0" inputmode="numeric"
            value=(value.map(|n| n.to_string()).unwrap_or_default());
    }
}

/// Reads the form.
///
/// # Errors
/// A sentence naming what is not understood.
pub(super) fn read(sent: &Sent) -> Result<Policy, String> {
    let number = |name: &str| -> Result<Option<u64>, String> {
        let text = sent.one(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| format!("Write a whole number instead of “{text}”, or nothing."))
    };
    let bytes = |name: &str| number(name).map(|n| n.map(|n| n.saturating_mul(1 << 20)));
    let days = |name: &str| number(name).map(|n| u32::try_from(n.unwrap_or(0)).unwrap_or(u32::MAX));
    let is = |name: &str| !sent.one(name).is_empty();
    let set = |name: &str| -> BTreeSet<String> { list(sent.one(name)).into_iter().collect() };
    let kinds: BTreeSet<CollectionKind> = sent.all("kinds").filter_map(CollectionKind::from_word).collect();
    let is_all = CollectionKind::ALL.into_iter().all(|kind| kinds.contains(&kind));
    Ok(Policy {
        arrivals: Arrivals {
            who: rule(sent, "arrivals"),
            terms: Terms {
                blocked: set("blocked"),
                exceptions: exceptions(sent.one("exceptions"))?,
                invited: set("invited"),
                cool_down_days: days("cool_down")?,
                approval: Approval {
                    always: is("always"),
                    new_servers: is("new_servers"),
                    above_posts: number("above_posts")?,
                    above_media_bytes: bytes("above_media")?,
                },
                limits: Limits {
                    posts: number("posts")?,
                    media_bytes: bytes("media")?,
                    largest_file_bytes: bytes("largest")?,
                    kinds: (!is_all).then_some(kinds),
                    accounts_per_day: number("per_day")?,
                    accounts_total: number("total")?,
                    free_disk_bytes: bytes("free")?,
                },
            },
        },
        departures: Departures {
            who: rule(sent, "departures"),
            terms: LeavingTerms {
                blocked: set("not_to"),
                exceptions: exceptions(sent.one("not_to_exceptions"))?,
                cool_down_days: days("leaving_cool_down")?,
                sanctioned_may_leave: is("sanctioned"),
            },
        },
    })
}

fn list(text: &str) -> Vec<String> {
    let words = text.split([',', '\n', '\r', ' ']).map(|word| word.trim().to_lowercase());
    words.filter(|word| !word.is_empty()).take(10_000).collect()
}

fn rule(sent: &Sent, name: &str) -> Rule {
    let all = list(sent.one(&format!("{name}_list")));
    match sent.one(name) {
        "anyone" => Rule::Word(RuleWord::Anyone),
        "invited" => Rule::Word(RuleWord::Invited),
        "these" => Rule::Hosts(all),
        "except" => Rule::Except { except: all },
        "account" => match all.into_iter().next() {
            Some(account) => Rule::Account { account },
            None => Rule::Word(RuleWord::Nobody),
        },
        // Whatever is not understood is the most careful.
        _ => Rule::Word(RuleWord::Nobody),
    }
}

fn exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| match line.split_once('=') {
        Some((who, reason)) if !reason.trim().is_empty() => {
            Ok(Exception { who: who.trim().to_lowercase(), reason: reason.trim().to_owned() })
        }
        _ => Err(format!("Write an exception like “@name@server.example = why”; “{line}” has no reason.")),
    };
    lines.map(read).collect()
}
