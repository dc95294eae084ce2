//! Elements of the collections of what owners set up for themselves. Our extension; written strictly, read leniently.

use serde_json::{Map, Value, json};
use url::Url;

use super::{lenient, relation};
use crate::model::{
    belonging::{Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase, SettingName},
    item::ItemKind,
    moment::Moment,
};

/// Writes one. `owner` is the actor whose it is.
pub fn write(owner: &Url, belonging: &Belonging) -> Value {
    match belonging {
        Belonging::Mute { actor, hides_notifications, ends } => with_end(
            json!({"type": "Mute", "actor": owner, "object": actor, "hidesNotifications": hides_notifications}),
            ends.as_ref(),
        ),
        Belonging::DomainBlock { domain } => json!({"type": "DomainBlock", "actor": owner, "name": domain}),
        Belonging::Filter(filter) => {
            let phrase = |phrase: &Phrase| json!({"name": phrase.text, "wholeWord": phrase.is_whole_word});
            let places: Vec<_> = filter.places.iter().map(|place| place.as_str()).collect();
            let out = json!({
                "type": "Filter",
                "name": filter.title,
                "phrases": filter.phrases.iter().map(phrase).collect::<Vec<_>>(),
                "places": places,
                "hides": filter.action == FilterAction::Hide,
            });
            with_end(out, filter.ends.as_ref())
        }
        Belonging::List(list) => json!({
            "type": "List",
            "name": list.title,
            "items": list.members,
            "replies": list.replies.as_str(),
            "isExclusive": list.is_exclusive,
        }),
        Belonging::Pin { object, position } => {
            json!({"type": "Pin", "actor": owner, "object": object, "position": position})
        }
        Belonging::FeaturedTag { name } | Belonging::FollowedTag { name } => {
            json!({"type": "Hashtag", "name": format!("#{name}")})
        }
        Belonging::Note { actor, text } => json!({"type": "PersonalNote", "object": actor, "content": text}),
        Belonging::Setting { name, value } => {
            json!({"type": "PropertyValue", "name": name.as_str(), "value": value})
        }
    }
}

fn with_end(mut out: Value, ends: Option<&Moment>) -> Value {
    if let Some(ends) = ends {
        super::put(&mut out, "endTime", json!(ends));
    }
    out
}

/// Reads one of a kind, checked.
///
/// # Errors
/// A sentence that says what is missing or wrong.
pub fn read(kind: ItemKind, value: &Value) -> Result<Belonging, String> {
    let name = || lenient::text(value, "name").or_else(|| value.as_str().map(str::to_owned));
    let named = || name().ok_or_else(|| "the entry has no name".to_owned());
    let found = match kind {
        ItemKind::Muted => Belonging::Mute {
            actor: about(value)?,
            hides_notifications: is(value, "hidesNotifications", true),
            ends: ends(value)?,
        },
        ItemKind::BlockedDomains => Belonging::DomainBlock { domain: named()? },
        ItemKind::Filters => Belonging::Filter(filter(value)?),
        ItemKind::Lists => Belonging::List(list(named()?, value)),
        ItemKind::Pins => Belonging::Pin {
            object: relation::read_reference(value)?.object,
            position: value
                .get("position")
                .and_then(Value::as_u64)
                .and_then(|n| n.try_into().ok())
                .unwrap_or(0),
        },
        ItemKind::FeaturedTags => Belonging::FeaturedTag { name: named()? },
        ItemKind::FollowedTags => Belonging::FollowedTag { name: named()? },
        ItemKind::Notes => {
            let text = lenient::text(value, "content").ok_or("the note says nothing")?;
            Belonging::Note { actor: about(value)?, text }
        }
        ItemKind::Settings => {
            let word = named()?;
            let known = SettingName::from_word(&word);
            let name = known.ok_or_else(|| format!("the setting {} is not known here", shortened(&word)))?;
            Belonging::Setting {
                name,
                value: lenient::text(value, "value").ok_or("the setting has no value")?,
            }
        }
        other => return Err(format!("{} are read elsewhere", other.as_str())),
    };
    found.checked()
}

fn about(value: &Value) -> Result<Url, String> {
    let subject = lenient::field(value, "object").next().unwrap_or(value);
    relation::read_actor(subject)
}

fn is(value: &Value, field: &str, otherwise: bool) -> bool {
    value.get(field).and_then(Value::as_bool).unwrap_or(otherwise)
}

/// An end that cannot be read must not make it last for ever, or end at once: it is refused.
fn ends(value: &Value) -> Result<Option<Moment>, String> {
    let Some(text) = lenient::text(value, "endTime") else { return Ok(None) };
    Moment::parse(&text).map(Some).map_err(|_| "the time when it ends cannot be read".to_owned())
}

fn filter(value: &Value) -> Result<Filter, String> {
    let phrases = lenient::field(value, "phrases").filter_map(|one| {
        let text = one.as_str().map(str::to_owned).or_else(|| lenient::text(one, "name"))?;
        Some(Phrase { text, is_whole_word: is(one, "wholeWord", true) })
    });
    let places = lenient::field(value, "places").filter_map(|word| FilterPlace::from_word(word.as_str()?));
    Ok(Filter {
        title: lenient::text(value, "name").unwrap_or_default(),
        phrases: phrases.collect(),
        places: places.collect(),
        action: if is(value, "hides", false) { FilterAction::Hide } else { FilterAction::Warn },
        ends: ends(value)?,
    })
}

fn list(title: String, value: &Value) -> PeopleList {
    let replies = lenient::text(value, "replies").and_then(|word| ListReplies::from_word(&word));
    PeopleList {
        title,
        members: lenient::field(value, "items").filter_map(|one| relation::read_actor(one).ok()).collect(),
        replies: replies.unwrap_or_default(),
        is_exclusive: is(value, "isExclusive", false),
    }
}

fn shortened(word: &str) -> String {
    word.chars().take(60).collect()
}

/// One of each kind, for the document that describes them.
pub fn examples(owner: &Url) -> Map<String, Value> {
    let bob = || owner.join("https://b.example/users/bob").unwrap_or_else(|_| owner.clone());
    let post = owner.join("/users/ann/posts/1").unwrap_or_else(|_| owner.clone());
    let all = [
        Belonging::Mute { actor: bob(), hides_notifications: true, ends: None },
        Belonging::DomainBlock { domain: "c.example".into() },
        Belonging::Filter(Filter {
            title: "Football".into(),
            phrases: vec![Phrase { text: "goal".into(), is_whole_word: true }],
            places: vec![FilterPlace::Home],
            action: FilterAction::Warn,
            ends: None,
        }),
        Belonging::Setting { name: SettingName::DefaultVisibility, value: "followers".into() },
        Belonging::List(PeopleList {
            title: "Birds".into(),
            members: vec![bob()],
            replies: ListReplies::List,
            is_exclusive: false,
        }),
        Belonging::Pin { object: post, position: 0 },
        Belonging::FeaturedTag { name: "birds".into() },
        Belonging::FollowedTag { name: "birds".into() },
        Belonging::Note { actor: bob(), text: "Met at the lake.".into() },
    ];
    all.iter().map(|one| (one.kind().as_str().to_owned(), write(owner, one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let owner = Url::parse("https://old.example/users/ann").unwrap();
        let examples = examples(&owner);
        let written = ItemKind::ALL.into_iter().filter_map(|kind| Some((kind, examples.get(kind.as_str())?)));
        let written: Vec<_> = written.collect();
        assert_eq!(written.len(), 9);
        for (kind, value) in written {
            let read = read(kind, value).unwrap();
            assert_eq!(read.kind(), kind);
            assert_eq!(&write(&owner, &read), value);
        }
    }

    #[test]
    fn a_filter_or_mute_whose_end_cannot_be_read_is_refused() {
        let mute = json!({"type": "Mute", "object": "https://b.example/users/bob", "endTime": "tomorrow"});
        assert!(read(ItemKind::Muted, &mute).is_err());
    }

    #[test]
    fn bare_ids_and_names_are_understood() {
        assert!(read(ItemKind::Muted, &json!("https://b.example/users/bob")).is_ok());
        assert!(read(ItemKind::BlockedDomains, &json!("c.example")).is_ok());
        assert!(read(ItemKind::FollowedTags, &json!({"type": "Hashtag", "name": "#Birds"})).is_ok());
        assert!(read(ItemKind::Settings, &json!({"name": "theme", "value": "dark"})).is_err());
        for kind in ItemKind::ALL {
            assert!(read(kind, &json!({})).is_err(), "{}", kind.as_str());
        }
    }
}
