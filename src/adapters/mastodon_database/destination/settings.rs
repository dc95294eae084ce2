//! Choices about an account, as far as they mean something at the server beside us.

use serde_json::{Map, Value};

use crate::{model::belonging::SettingName, words::text};

/// Whether a choice can be taken over.
///
/// # Errors
/// Why it is not.
pub(super) fn fits(name: SettingName, _value: &str) -> Result<(), String> {
    match name {
        SettingName::DefaultVisibility | SettingName::DefaultLanguage | SettingName::DefaultSensitive => {
            Ok(())
        }
        // Everybody who comes along with a move would have to be let in by hand.
        SettingName::ApprovesFollowers => Err(text!("reasons-everybody-would-wait")),
        SettingName::Discoverable | SettingName::Indexable => Err(text!("reasons-chosen-under-preferences")),
    }
}

/// Puts a choice among the account's settings, unless it has one of its own; whether it did.
pub(super) fn set(settings: &mut Map<String, Value>, name: SettingName, value: &str) -> bool {
    let (key, value) = match name {
        SettingName::DefaultVisibility => {
            let word = match value {
                "public" => "public",
                "unlisted" => "unlisted",
                // New posts to those named only are no choice there; followers is the next.
                _ => "private",
            };
            ("default_privacy", Value::from(word))
        }
        SettingName::DefaultLanguage => ("default_language", Value::from(value)),
        SettingName::DefaultSensitive => ("default_sensitive", Value::from(value == "true")),
        _ => return false,
    };
    if settings.contains_key(key) {
        return false;
    }
    settings.insert(key.to_owned(), value);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_the_accounts_own_stays() {
        let mut settings = Map::new();
        assert!(set(&mut settings, SettingName::DefaultVisibility, "followers"));
        assert!(!set(&mut settings, SettingName::DefaultVisibility, "public"));
        assert_eq!(Value::Object(settings), serde_json::json!({"default_privacy": "private"}));
    }
}
