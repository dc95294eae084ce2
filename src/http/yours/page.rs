//! The page: a section for each kind, with what is there and a form for more.

use actix_web::HttpResponse;
use maud::{Markup, html};
use url::Url;

use crate::words::{say, text};
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
        h1 { (say!("yours-what-you-set-up")) }
        p { (say!("yours-nobody-but-you-sees-this-page-others")) }
        (blocks(session, blocked))
        @for kind in KINDS {
            section.card aria-labelledby=(kind.as_str()) {
                h2 id=(kind.as_str()) { (words::kind(kind.as_str())) }
                @let own: Vec<&Kept> = kept.iter().filter(|kept| kept.belonging.kind() == kind).collect();
                @if own.is_empty() { p.note { (say!("yours-none")) } } @else {
                    ul { @for kept in own { li {
                        (line(app, &kept.belonging))
                        @if kept.is_trial { " " span.badge.trial { (say!("yours-copy-only-you-see-this")) } }
                        (undo(session, kind, &kept.key))
                    } } }
                }
                (add(session, kind, kept))
            }
        }
    };
    layout::page(app, Some(session), Home::Plain, &text!("yours-what-you-set-up"), &body)
}

fn blocks(session: &Session, blocked: &[Url]) -> Markup {
    let kind = ItemKind::Blocked;
    html! {
        section.card aria-labelledby="blocked" {
            h2 #blocked { (words::kind(kind.as_str())) }
            @if blocked.is_empty() { p.note { (say!("yours-none")) } } @else {
                ul { @for actor in blocked { li { (person(actor)) (undo(session, kind, actor.as_str())) } } }
            }
            details { summary { (say!("yours-block-somebody")) } form method="post" action="/yours" {
                (layout::csrf(session)) input type="hidden" name="kind" value=(kind.as_str());
                (whom("block-whom"))
                p.actions { button type="submit" { (say!("yours-block")) } }
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
            button.quiet type="submit" { (say!("yours-take-it-away")) }
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
                @if *hides_notifications { (say!("yours-news-of-theirs-too")) }
                @if let Some(ends) = ends { (say!("yours-until", ends = ends.day())) }
            }
            Belonging::DomainBlock { domain } => { (domain) }
            Belonging::Filter(filter) => { (described(filter)) }
            Belonging::List(list) => {
                a href={ "/yours/list?" (query(&list.title)) } { (list.title) } ": "
                (say!("site-people", n = list.members.len()))
                @if list.is_exclusive { (say!("yours-not-shown-at-home")) }
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
        @if filter.action == FilterAction::Hide { " " (say!("yours-hidden")) } @else { " " (say!("yours-folded")) }
        @if let Some(ends) = &filter.ends { (say!("yours-until", ends = ends.day())) }
    }
}

fn query(title: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("title", title).finish()
}

/// What a setting is about, in words.
fn setting(name: SettingName) -> String {
    match name {
        SettingName::DefaultVisibility => text!("yours-who-sees-new-posts"),
        SettingName::DefaultLanguage => text!("yours-language-of-new-posts"),
        SettingName::DefaultSensitive => text!("yours-hide-pictures-of-new-posts-behind-a"),
        SettingName::Discoverable => text!("yours-may-be-recommended-to-others"),
        SettingName::Indexable => text!("yours-may-be-found-by-search-engines"),
        SettingName::ApprovesFollowers => text!("yours-you-decide-who-may-follow-you"),
    }
}

fn chosen(value: &str) -> String {
    match value {
        "true" => text!("yours-yes"),
        "false" => text!("yours-no"),
        other => Visibility::ALL
            .into_iter()
            .find(|visibility| visibility.as_str() == other)
            .map_or_else(|| other.to_owned(), words::audience),
    }
}

fn whom(id: &str) -> Markup {
    html! {
        label for=(id) { (say!("yours-their-address")) }
        input id=(id) type="text" name="whom" placeholder=(say!("yours-name-server-example")) required
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
            text!("yours-mute-somebody"),
            html! {
                (whom("mute-whom")) (tick("hides_notifications", "yes", &text!("yours-also-tell-me-nothing-of-what-they")))
            },
        ),
        ItemKind::BlockedDomains => {
            (text!("yours-block-a-server"), named(&id, &text!("yours-its-name-like-server-example")))
        }
        ItemKind::Filters => (
            text!("yours-add-a-filter"),
            html! {
                (named(&id, &text!("yours-what-you-call-it")))
                label for="phrases" { (say!("yours-words-or-phrases-one-on-each-line")) }
                textarea #phrases name="phrases" rows="3" required {}
                (tick("whole_word", "yes", &text!("yours-whole-words-only")))
                (tick("hides", "yes", &text!("yours-hide-matching-posts-instead-of-folding")))
                fieldset { legend { (say!("yours-where")) }
                    @for place in FilterPlace::ALL { label {
                        input type="checkbox" name="places" value=(place.as_str()) checked[place == FilterPlace::Home];
                        span { (place_words(place)) }
                    } }
                }
            },
        ),
        ItemKind::Lists => (
            text!("yours-make-a-list"),
            html! {
                (named(&id, &text!("yours-its-name")))
                label for="people" { (say!("yours-their-addresses-one-on-each-line")) }
                textarea #people name="people" rows="4" {}
                label for="replies" { (say!("yours-answers-shown")) }
                select #replies name="replies" {
                    option value="list" { (say!("yours-to-people-on-the-list")) }
                    option value="followed" { (say!("yours-to-anybody")) }
                    option value="none" { (say!("yours-none-2")) }
                }
                (tick("exclusive", "yes", &text!("yours-do-not-show-these-people-at-home")))
            },
        ),
        ItemKind::FollowedTags | ItemKind::FeaturedTags => {
            (text!("yours-add-a-topic"), named(&id, &text!("yours-topic")))
        }
        ItemKind::Pins => (
            text!("yours-pin-a-post-of-yours"),
            html! {
                label for="pin" { (say!("yours-its-address")) } input #pin type="url" name="post" required;
            },
        ),
        ItemKind::Notes => (
            text!("yours-write-a-note"),
            html! {
                (whom("note-whom"))
                label for="note" { (say!("yours-your-note")) } textarea #note name="text" rows="3" required {}
            },
        ),
        _ => (text!("yours-choose"), settings(kept)),
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

fn place_words(place: FilterPlace) -> String {
    match place {
        FilterPlace::Home => text!("yours-at-home-and-in-lists"),
        FilterPlace::Notifications => text!("yours-in-the-news"),
        FilterPlace::Public => text!("yours-in-topics-and-search"),
        FilterPlace::Thread => text!("yours-below-posts"),
        FilterPlace::Account => text!("yours-on-pages-of-people"),
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
                    input id=(name.as_str()) type="text" name=(name.as_str()) value=[now(name)] placeholder=(say!("yours-en"));
                }
                SettingName::DefaultVisibility => {
                    select id=(name.as_str()) name=(name.as_str()) {
                        option value="" { (say!("yours-not-chosen")) }
                        @for visibility in Visibility::ALL {
                            option value=(visibility.as_str()) selected[now(name) == Some(visibility.as_str())] {
                                (words::audience(visibility))
                            }
                        }
                    }
                }
                _ => {
                    select id=(name.as_str()) name=(name.as_str()) {
                        option value="" { (say!("yours-not-chosen")) }
                        option value="true" selected[now(name) == Some("true")] { (say!("yours-yes")) }
                        option value="false" selected[now(name) == Some("false")] { (say!("yours-no")) }
                    }
                }
            }
        }
    }
}
