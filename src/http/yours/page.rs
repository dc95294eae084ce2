//! The page: a section for each kind, with what is there and a form for more.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use crate::{
    app::App,
    http::ui::{
        layout::{self, Home},
        post::{self, Author},
        words,
    },
    model::{
        belonging::{Belonging, Filter, FilterAction, FilterPlace, SettingName},
        item::ItemKind,
        object::Visibility,
    },
    site::{belongings::Kept, sessions::Session},
};

/// The kinds of the page, those that protect first.
pub(super) const KINDS: [ItemKind; 9] = [
    ItemKind::Muted,
    ItemKind::BlockedDomains,
    ItemKind::Filters,
    ItemKind::Lists,
    ItemKind::FollowedTags,
    ItemKind::FeaturedTags,
    ItemKind::Pins,
    ItemKind::Notes,
    ItemKind::Settings,
];

/// The page.
pub(super) fn page(app: &App, session: &Session, kept: &[Kept], blocked: &[Url]) -> HttpResponse {
    let body = html! {
        h1 { "What you set up" }
        p { "Nobody but you sees this page. Others see only what stands on your own page: pinned posts and topics." }
        (blocks(session, blocked))
        @for kind in KINDS {
            section.card aria-labelledby=(kind.as_str()) {
                h2 id=(kind.as_str()) { (words::kind(kind.as_str())) }
                @let own: Vec<&Kept> = kept.iter().filter(|kept| kept.belonging.kind() == kind).collect();
                @if own.is_empty() { p.note { "None." } } @else {
                    ul { @for kept in own { li {
                        (line(app, &kept.belonging))
                        @if kept.is_trial { " " span.badge.trial { "copy: only you see this" } }
                        (undo(session, kind, &kept.key))
                    } } }
                }
                (add(session, kind, kept))
            }
        }
    };
    layout::page(app, Some(session), Home::Plain, "What you set up", &body)
}

fn blocks(session: &Session, blocked: &[Url]) -> Markup {
    let kind = ItemKind::Blocked;
    html! {
        section.card aria-labelledby="blocked" {
            h2 #blocked { (words::kind(kind.as_str())) }
            @if blocked.is_empty() { p.note { "None." } } @else {
                ul { @for actor in blocked { li { (person(actor)) (undo(session, kind, actor.as_str())) } } }
            }
            details { summary { "Block somebody" } form method="post" action="/yours" {
                (layout::csrf(session)) input type="hidden" name="kind" value=(kind.as_str());
                (whom("block-whom"))
                p.actions { button type="submit" { "Block" } }
            } }
        }
    }
}

fn undo(session: &Session, kind: ItemKind, key: &str) -> Markup {
    html! {
        form.inline method="post" action="/yours/undo" {
            (layout::csrf(session))
            input type="hidden" name="kind" value=(kind.as_str());
            input type="hidden" name="key" value=(key);
            button.quiet type="submit" { "Take it away" }
        }
    }
}

fn person(actor: &Url) -> Markup {
    html! { a href=(actor) rel="nofollow noreferrer" { (Author::elsewhere(actor).handle) } }
}

fn line(app: &App, belonging: &Belonging) -> Markup {
    html! {
        @match belonging {
            Belonging::Mute { actor, hides_notifications, ends } => {
                (person(actor))
                @if *hides_notifications { ", news of theirs too" }
                @if let Some(ends) = ends { ", until " (ends.day()) }
            }
            Belonging::DomainBlock { domain } => { (domain) }
            Belonging::Filter(filter) => { (described(filter)) }
            Belonging::List(list) => {
                a href={ "/yours/list?" (query(&list.title)) } { (list.title) } ": "
                (words::count(u64::try_from(list.members.len()).unwrap_or(0), "person", "people"))
                @if list.is_exclusive { ", not shown at home" }
            }
            Belonging::Pin { object, .. } => { a href=(post::link(app, object)) { (object.path()) } }
            Belonging::FeaturedTag { name } | Belonging::FollowedTag { name } => {
                a href={ "/tags/" (name) } { "#" (name) }
            }
            Belonging::Note { actor, text } => { (person(actor)) ": " (text) }
            Belonging::Setting { name, value } => { (setting(*name)) ": " (chosen(value)) }
        }
    }
}

fn described(filter: &Filter) -> Markup {
    let phrases: Vec<&str> = filter.phrases.iter().map(|phrase| phrase.text.as_str()).collect();
    html! {
        strong { (filter.title) } ": " (phrases.join(", "))
        @if filter.action == FilterAction::Hide { " (hidden)" } @else { " (folded)" }
        @if let Some(ends) = &filter.ends { ", until " (ends.day()) }
    }
}

fn query(title: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("title", title).finish()
}

/// What a setting is about, in words.
fn setting(name: SettingName) -> &'static str {
    match name {
        SettingName::DefaultVisibility => "Who sees new posts",
        SettingName::DefaultLanguage => "Language of new posts",
        SettingName::DefaultSensitive => "Hide pictures of new posts behind a click",
        SettingName::Discoverable => "May be recommended to others",
        SettingName::Indexable => "May be found by search engines",
        SettingName::ApprovesFollowers => "You decide who may follow you",
    }
}

fn chosen(value: &str) -> String {
    match value {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        other => Visibility::ALL
            .into_iter()
            .find(|visibility| visibility.as_str() == other)
            .map_or_else(|| other.to_owned(), |visibility| words::audience(visibility).to_owned()),
    }
}

fn whom(id: &str) -> Markup {
    html! {
        label for=(id) { "Their address" }
        input id=(id) type="text" name="whom" placeholder="@name@server.example" required
            autocapitalize="none" spellcheck="false";
    }
}

fn named(id: &str, words: &str) -> Markup {
    html! { label for=(id) { (words) } input id=(id) type="text" name="name" required; }
}

fn tick(name: &str, value: &str, words: &str) -> Markup {
    html! { label { input type="checkbox" name=(name) value=(value); span { (words) } } }
}

/// The form for one more.
fn add(session: &Session, kind: ItemKind, kept: &[Kept]) -> Markup {
    let id = format!("{}-name", kind.as_str());
    let (title, fields) = match kind {
        ItemKind::Muted => (
            "Mute somebody",
            html! {
                (whom("mute-whom")) (tick("hides_notifications", "yes", "Also tell me nothing of what they do"))
            },
        ),
        ItemKind::BlockedDomains => ("Block a server", named(&id, "Its name, like server.example")),
        ItemKind::Filters => (
            "Add a filter",
            html! {
                (named(&id, "What you call it"))
                label for="phrases" { "Words or phrases, one on each line" }
                textarea #phrases name="phrases" rows="3" required {}
                (tick("whole_word", "yes", "Whole words only"))
                (tick("hides", "yes", "Hide matching posts instead of folding them"))
                fieldset { legend { "Where" }
                    @for place in FilterPlace::ALL { label {
                        input type="checkbox" name="places" value=(place.as_str()) checked[place == FilterPlace::Home];
                        span { (place_words(place)) }
                    } }
                }
            },
        ),
        ItemKind::Lists => (
            "Make a list",
            html! {
                (named(&id, "Its name"))
                label for="people" { "Their addresses, one on each line" }
                textarea #people name="people" rows="4" {}
                label for="replies" { "Answers shown" }
                select #replies name="replies" {
                    option value="list" { "to people on the list" }
                    option value="followed" { "to anybody" }
                    option value="none" { "none" }
                }
                (tick("exclusive", "yes", "Do not show these people at home"))
            },
        ),
        ItemKind::FollowedTags | ItemKind::FeaturedTags => ("Add a topic", named(&id, "Topic")),
        ItemKind::Pins => (
            "Pin a post of yours",
            html! {
                label for="pin" { "Its address" } input #pin type="url" name="post" required;
            },
        ),
        ItemKind::Notes => (
            "Write a note",
            html! {
                (whom("note-whom"))
                label for="note" { "Your note" } textarea #note name="text" rows="3" required {}
            },
        ),
        _ => ("Choose", settings(kept)),
    };
    html! {
        details { summary { (title) } form method="post" action="/yours" {
            (layout::csrf(session))
            input type="hidden" name="kind" value=(kind.as_str());
            (fields)
            p.actions { button type="submit" { (title) } }
        } }
    }
}

fn place_words(place: FilterPlace) -> &'static str {
    match place {
        FilterPlace::Home => "at home and in lists",
        FilterPlace::Notifications => "in the news",
        FilterPlace::Public => "in topics and search",
        FilterPlace::Thread => "below posts",
        FilterPlace::Account => "on pages of people",
    }
}

fn settings(kept: &[Kept]) -> Markup {
    let now = |wanted: SettingName| {
        kept.iter().find_map(|kept| match &kept.belonging {
            Belonging::Setting { name, value } if *name == wanted => Some(value.as_str()),
            _ => None,
        })
    };
    html! {
        @for name in SettingName::ALL {
            label for=(name.as_str()) { (setting(name)) }
            @match name {
                SettingName::DefaultLanguage => {
                    input id=(name.as_str()) type="text" name=(name.as_str()) value=[now(name)] placeholder="en";
                }
                SettingName::DefaultVisibility => {
                    select id=(name.as_str()) name=(name.as_str()) {
                        option value="" { "not chosen" }
                        @for visibility in Visibility::ALL {
                            option value=(visibility.as_str()) selected[now(name) == Some(visibility.as_str())] {
                                (words::audience(visibility))
                            }
                        }
                    }
                }
                _ => {
                    select id=(name.as_str()) name=(name.as_str()) {
                        option value="" { "not chosen" }
                        option value="true" selected[now(name) == Some("true")] { "yes" }
                        option value="false" selected[now(name) == Some("false")] { "no" }
                    }
                }
            }
        }
    }
}
