//! What owners set up for themselves: kept, read back, taken away again, and what of it others see.

use std::collections::BTreeMap;

use url::Url;

use super::{Site, SiteError, SiteResult, accounts::Account};
use crate::{
    model::{
        belonging::{Belonging, SettingName},
        item::ItemKind,
        moment::Moment,
        object::Visibility,
    },
    store::{
        belongings::{self as rows, BelongingRow, MemberRow},
        to_json,
    },
    words::text,
};

/// People of a list go into one page or copy with it.
type Members = BTreeMap<String, Vec<Url>>;

/// One belonging with its key and whether it is of a copy on trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its key.
    pub key: String,
    /// What it is.
    pub belonging: Belonging,
    /// Whether it is of a copy that was not kept yet.
    pub is_trial: bool,
}

impl Site {
    /// Keeps something an owner set up; what had its key before is replaced.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with a sentence for the person.
    pub async fn keep_belonging(&self, account: &Account, belonging: Belonging) -> SiteResult<()> {
        let belonging = belonging.checked().map_err(SiteError::Refused)?;
        if belonging.about() == Some(&self.urls.actor(&account.username)) {
            return Err(SiteError::Refused(text!("refusals-this-is-your-own-account")));
        }
        let (row, members) = row(None, belonging);
        let now = self.clock.now_micros();
        Ok(rows::put(&self.store, account.id.to_string(), row, members, now).await?)
    }

    /// Takes something away that an owner set up; taking it away twice is taking it away once.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn drop_belonging(&self, account: &Account, kind: ItemKind, key: &str) -> SiteResult<()> {
        Ok(rows::remove(&self.store, account.id.to_string(), kind.as_str(), key.to_owned()).await?)
    }

    /// Everything of some kinds as its owner sees it, a copy on trial included.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn belongings(&self, account: &Account, kinds: &[ItemKind]) -> SiteResult<Vec<Kept>> {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let id = account.id.as_str();
        let found = rows::of(&self.store, id, &words).await?;
        let has_lists = kinds.contains(&ItemKind::Lists);
        let mut members =
            if has_lists { by_list(rows::members(&self.store, id).await?) } else { Members::new() };
        found.into_iter().map(|row| read(row, &mut members)).collect()
    }

    /// The choices that are in force for everybody: those of a copy on trial are not.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn settings(&self, account: &Account) -> SiteResult<Settings> {
        let found = self.belongings(account, &[ItemKind::Settings]).await?;
        let chosen =
            found.into_iter().filter(|kept| !kept.is_trial).filter_map(|kept| match kept.belonging {
                Belonging::Setting { name, value } => Some((name.as_str(), value)),
                _ => None,
            });
        Ok(Settings(chosen.collect()))
    }
}

/// What an owner chose about their account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// The value, where one was chosen.
    pub fn value(&self, name: SettingName) -> Option<&str> {
        self.0.get(name.as_str()).map(String::as_str)
    }

    /// The audience of new posts, where the person does not choose another.
    pub fn audience(&self) -> Visibility {
        self.value(SettingName::DefaultVisibility).map_or(Visibility::Public, Visibility::from_word)
    }

    /// Whether a choice between yes and no was answered, and how.
    pub fn choice(&self, name: SettingName) -> Option<bool> {
        self.value(name).map(|value| value == "true")
    }

    /// Whether a choice was answered with yes.
    pub fn is(&self, name: SettingName) -> bool {
        self.choice(name).unwrap_or(false)
    }
}

/// A belonging as the tables have it: its row, and the people where it is a list.
pub(super) fn row(id: Option<String>, mut belonging: Belonging) -> (BelongingRow, Vec<String>) {
    let (kind, key) = (belonging.kind().as_str().to_owned(), belonging.key());
    let members = match &mut belonging {
        Belonging::List(list) => std::mem::take(&mut list.members),
        _ => Vec::new(),
    };
    let position = match &belonging {
        Belonging::Pin { position, .. } => i64::from(*position),
        _ => 0,
    };
    let row = BelongingRow {
        id,
        kind,
        key,
        position,
        ends_at: belonging.ends().map(Moment::micros),
        value: to_json(&belonging),
        is_trial: false,
    };
    (row, members.into_iter().map(String::from).collect())
}

/// People by the list they are on.
pub(super) fn by_list(found: Vec<MemberRow>) -> Members {
    let mut members = Members::new();
    for row in found {
        if let Ok(actor) = Url::parse(&row.actor) {
            members.entry(row.list).or_default().push(actor);
        }
    }
    members
}

/// Reads a row; the people of a list are taken out of `members`.
pub(super) fn read(row: BelongingRow, members: &mut Members) -> SiteResult<Kept> {
    let mut belonging: Belonging = super::stored_json("belonging", &row.value)?;
    if let Belonging::List(list) = &mut belonging {
        list.members = members.remove(&row.key).unwrap_or_default();
    }
    Ok(Kept { key: row.key, belonging, is_trial: row.is_trial })
}
