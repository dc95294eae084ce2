//! What an owner set up for themselves, as the client interface says it.

use serde_json::Value;

use super::status::visibility_of;
use crate::{
    model::{
        belonging::{
            Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase, SettingName,
        },
        collection::{CollectionKind, Page, Unreadable},
        follow::FollowOptions,
        item::Item,
        moment::Moment,
    },
    wire::lenient,
    words::text,
};

/// Adds what is sound to a page, and what is not with its reason.
pub fn add(page: &mut Page, of: CollectionKind, key: String, read: Result<Belonging, String>) {
    match read.and_then(Belonging::checked) {
        Ok(belonging) => page.items.push(Item::Belonging(belonging)),
        Err(why) => page.unreadable.push(Unreadable { kind: of.main_item(), key, why }),
    }
}

fn time(value: &Value, field: &str) -> Option<Moment> {
    lenient::text(value, field).and_then(|text| Moment::parse(&text).ok())
}

fn flag(value: &Value, field: &str) -> bool {
    value.get(field).and_then(Value::as_bool).unwrap_or(false)
}

/// A filter of either form.
pub fn filter(value: &Value) -> Result<Belonging, String> {
    let phrase = |value: &Value, field: &str| {
        lenient::text(value, field).map(|text| Phrase { text, is_whole_word: flag(value, "whole_word") })
    };
    let phrases: Vec<Phrase> = if value.get("keywords").is_some() {
        lenient::field(value, "keywords").filter_map(|keyword| phrase(keyword, "keyword")).collect()
    } else {
        phrase(value, "phrase").into_iter().collect()
    };
    if phrases.is_empty() && lenient::field(value, "statuses").next().is_some() {
        return Err(text!("reasons-the-filter-hides-single-posts"));
    }
    let hides =
        value.get("filter_action").and_then(Value::as_str) == Some("hide") || flag(value, "irreversible");
    Ok(Belonging::Filter(Filter {
        title: lenient::text(value, "title").unwrap_or_default(),
        phrases,
        places: lenient::field(value, "context")
            .filter_map(|place| FilterPlace::from_word(place.as_str()?))
            .collect(),
        action: if hides { FilterAction::Hide } else { FilterAction::Warn },
        ends: time(value, "expires_at"),
    }))
}

/// A list, with the actors that could be found.
pub fn list(value: &Value, members: Vec<url::Url>) -> Result<Belonging, String> {
    let replies = lenient::text(value, "replies_policy").and_then(|word| ListReplies::from_word(&word));
    Ok(Belonging::List(PeopleList {
        title: lenient::text(value, "title").ok_or_else(|| text!("reasons-the-list-has-no-name"))?,
        members,
        replies: replies.unwrap_or_default(),
        is_exclusive: flag(value, "exclusive"),
    }))
}

/// A mute; whether it hides what its subject does stands in the relation.
pub fn mute(account: &Value, relation: Option<&Value>, actor: url::Url) -> Belonging {
    let hides = relation.and_then(|relation| relation.get("muting_notifications")).and_then(Value::as_bool);
    let ends = time(account, "mute_expires_at")
        .or_else(|| relation.and_then(|relation| time(relation, "muting_expires_at")));
    Belonging::Mute { actor, hides_notifications: hides.unwrap_or(true), ends }
}

/// What the owner wants to see of somebody they follow; as usual where the server does not say.
pub fn follow(relation: Option<&Value>) -> FollowOptions {
    let flag = |field: &str| relation.and_then(|relation| relation.get(field)).and_then(Value::as_bool);
    let languages = relation.into_iter().flat_map(|relation| lenient::field(relation, "languages"));
    FollowOptions {
        shows_boosts: flag("showing_reblogs").unwrap_or(true),
        notifies: flag("notifying").unwrap_or(false),
        languages: languages.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
    .checked()
}

/// The settings that mean something elsewhere.
pub fn settings(account: &Value) -> Vec<(SettingName, String)> {
    let nothing = Value::Null;
    let source = account.get("source").unwrap_or(&nothing);
    let word = |value: &Value, field: &str| lenient::text(value, field);
    let truth =
        |value: &Value, field: &str| value.get(field).and_then(Value::as_bool).map(|is_so| is_so.to_string());
    let audience = word(source, "privacy").map(|word| visibility_of(&word).as_str().to_owned());
    [
        (SettingName::DefaultVisibility, audience),
        (SettingName::DefaultLanguage, word(source, "language")),
        (SettingName::DefaultSensitive, truth(source, "sensitive")),
        (SettingName::Discoverable, truth(account, "discoverable").or_else(|| truth(source, "discoverable"))),
        (SettingName::Indexable, truth(account, "indexable").or_else(|| truth(source, "indexable"))),
        (SettingName::ApprovesFollowers, truth(account, "locked")),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_of_both_forms_are_read_and_one_for_single_posts_says_so() {
        let second = json!({"id": "1", "title": "Food", "context": ["home", "thread"], "filter_action": "hide",
            "keywords": [{"keyword": "cake", "whole_word": true}], "statuses": []});
        let first = json!({"id": "2", "phrase": "cake", "context": ["home"], "irreversible": false});
        for (value, action) in [(second, FilterAction::Hide), (first, FilterAction::Warn)] {
            let Ok(Belonging::Filter(filter)) = filter(&value).and_then(Belonging::checked) else {
                panic!("{value}")
            };
            assert_eq!((filter.phrases[0].text.as_str(), filter.action), ("cake", action));
        }
        let single =
            json!({"title": "One", "context": ["home"], "keywords": [], "statuses": [{"status_id": "9"}]});
        assert!(filter(&single).unwrap_err().contains("single posts"));
    }

    #[test]
    fn a_follow_is_as_usual_unless_the_server_says_what_was_chosen() {
        assert!(follow(None).is_usual() && follow(Some(&json!({"id": "1"}))).is_usual());
        let chosen = follow(Some(&json!({"showing_reblogs": false, "notifying": true, "languages": ["en"]})));
        assert_eq!(
            (chosen.shows_boosts, chosen.notifies, chosen.languages),
            (false, true, vec!["en".into()])
        );
        let odd = json!({"showing_reblogs": "no", "languages": {"en": 1}});
        assert!(follow(Some(&odd)).shows_boosts);
    }

    #[test]
    fn an_audience_that_is_not_known_becomes_the_most_private_one() {
        let account = json!({"source": {"privacy": "mutuals_only"}, "locked": true});
        let settings = settings(&account);
        assert!(settings.contains(&(SettingName::DefaultVisibility, "direct".to_owned())));
        assert!(settings.contains(&(SettingName::ApprovesFollowers, "true".to_owned())));
    }
}
