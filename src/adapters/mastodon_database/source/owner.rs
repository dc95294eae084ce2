//! Whose account it is: names, profile, choices.

use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgConnection};

use super::{phrases::Phrases, text};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        actor::{Profile, ProfileField},
        belonging::{Belonging, SettingName},
        item::Item,
        media::MediaRole,
        object::Visibility,
    },
    port::error::AdapterError,
};

/// The account's row, as far as it is read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Owner {
    pub(super) id: i64,
    pub(super) username: String,
    pub(super) is_numeric: bool,
    display_name: String,
    note: String,
    fields: Option<String>,
    locked: bool,
    discoverable: Option<bool>,
    indexable: bool,
    settings: Option<String>,
    avatar_file_name: Option<String>,
    avatar_content_type: Option<String>,
    avatar_file_size: Option<i32>,
    header_file_name: Option<String>,
    header_content_type: Option<String>,
    header_file_size: Option<i32>,
}

/// A picture of the profile.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) role: MediaRole,
    pub(super) file_name: String,
    pub(super) media_type: String,
    pub(super) bytes: Option<u64>,
}

/// One line of the profile's table as the row has it.
#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

impl Owner {
    /// Finds the account; it must be this server's own and have somebody who signs in.
    ///
    /// # Errors
    /// [`AdapterError`]; fatal when there is no such account.
    pub(super) async fn find(c: &mut PgConnection, phrases: &Phrases, id: i64) -> Result<Self, AdapterError> {
        let sql = format!(
            "select a.id, a.username::text, {} as is_numeric, a.display_name::text, a.note, \
             a.fields::text as fields, a.locked, a.discoverable, a.indexable, u.settings, \
             a.avatar_file_name::text, a.avatar_content_type::text, a.avatar_file_size, \
             a.header_file_name::text, a.header_content_type::text, a.header_file_size \
             from accounts a join users u on u.account_id = a.id \
             where a.id = $1 and a.domain is null order by u.id limit 1",
            phrases.is_numeric("a")
        );
        let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await;
        found.map_err(|error| silent(&error))?.ok_or_else(|| {
            AdapterError::fatal("opening the account", "there is no such account at this server any more")
        })
    }

    /// As addresses name it.
    pub(super) fn named(&self) -> Named {
        Named { id: self.id, username: self.username.clone(), is_numeric: self.is_numeric }
    }

    /// What they wrote about themselves: plain text there, HTML where it travels.
    pub(super) fn profile(&self) -> Profile {
        let fields: Vec<Field> =
            self.fields.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let field = |field: Field| ProfileField { name: field.name, value: text::line(&field.value) };
        Profile {
            name: self.display_name.clone(),
            summary: super::html(&self.note),
            fields: fields.into_iter().map(field).collect(),
        }
    }

    /// Avatar and header, where there are any.
    pub(super) fn pictures(&self) -> Vec<Picture> {
        let avatar =
            (MediaRole::Avatar, &self.avatar_file_name, &self.avatar_content_type, self.avatar_file_size);
        let header =
            (MediaRole::Header, &self.header_file_name, &self.header_content_type, self.header_file_size);
        let picture =
            |(role, name, kind, size): (MediaRole, &Option<String>, &Option<String>, Option<i32>)| {
                Some(Picture {
                    role,
                    file_name: name.clone().filter(|name| !name.is_empty())?,
                    media_type: kind.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
                    bytes: size.and_then(|bytes| u64::try_from(bytes).ok()),
                })
            };
        [avatar, header].into_iter().filter_map(picture).collect()
    }

    /// What they chose about the account and that means something elsewhere; what they never chose is
    /// not said.
    pub(super) fn settings(&self) -> Vec<Item> {
        let chosen: serde_json::Value = self
            .settings
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(serde_json::Value::Null);
        let value = |name: SettingName| match name {
            SettingName::DefaultVisibility => {
                let word = chosen.get("default_privacy")?.as_str()?;
                Some(audience_of_word(word).as_str().to_owned())
            }
            SettingName::DefaultLanguage => {
                chosen.get("default_language")?.as_str().filter(|word| !word.is_empty()).map(str::to_owned)
            }
            SettingName::DefaultSensitive => {
                let is_set = chosen.get("default_sensitive")?;
                is_set
                    .as_bool()
                    .or_else(|| is_set.as_str().map(|word| word == "true"))
                    .map(|set| set.to_string())
            }
            SettingName::Discoverable => self.discoverable.map(|is| is.to_string()),
            SettingName::Indexable => Some(self.indexable.to_string()),
            SettingName::ApprovesFollowers => Some(self.locked.to_string()),
        };
        let setting = |name: SettingName| Belonging::Setting { name, value: value(name)? }.checked().ok();
        SettingName::ALL.into_iter().filter_map(setting).map(Item::Belonging).collect()
    }
}

/// The audience behind a word of the server's settings; an unknown one is the most private.
fn audience_of_word(word: &str) -> Visibility {
    match word {
        "public" => Visibility::Public,
        "unlisted" => Visibility::Unlisted,
        "private" => Visibility::Followers,
        _ => Visibility::Direct,
    }
}
