//! Forms of the page, read.

use url::Url;

use crate::words::text;
use crate::{
    app::App,
    http::problem::Problem,
    model::{
        belonging::{
            Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase, SettingName,
        },
        item::ItemKind,
    },
    site::accounts::Account,
};

/// People that one form may name: each may be asked for at another server.
const NAMED: usize = 50;

/// The fields of a form, repeated ones included.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a field, empty where there is none.
    pub(super) fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn is_ticked(&self, name: &str) -> bool {
        !self.one(name).is_empty()
    }

    fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.one(name).lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

/// What a form adds: one thing, or all settings at once.
pub(super) async fn belongings(
    app: &App,
    account: &Account,
    fields: &Fields,
) -> Result<Vec<Belonging>, Problem> {
    let name = || fields.one("name").to_owned();
    let whom = async || app.site.find_actor(&*app.remote, fields.one("whom")).await.map_err(super::told);
    let one = match ItemKind::from_word(fields.one("kind")) {
        Some(ItemKind::Muted) => Belonging::Mute {
            actor: whom().await?,
            hides_notifications: fields.is_ticked("hides_notifications"),
            ends: None,
        },
        Some(ItemKind::BlockedDomains) => Belonging::DomainBlock { domain: name() },
        Some(ItemKind::Filters) => Belonging::Filter(filter(fields)),
        Some(ItemKind::Lists) => Belonging::List(list(app, fields).await?),
        Some(ItemKind::Pins) => pin(app, account, fields).await?,
        Some(ItemKind::FeaturedTags) => Belonging::FeaturedTag { name: name() },
        Some(ItemKind::FollowedTags) => Belonging::FollowedTag { name: name() },
        Some(ItemKind::Notes) => {
            Belonging::Note { actor: whom().await?, text: fields.one("text").to_owned() }
        }
        Some(ItemKind::Settings) => {
            let set = |name: SettingName| {
                let value = fields.one(name.as_str()).trim().to_owned();
                (!value.is_empty()).then_some(Belonging::Setting { name, value })
            };
            return Ok(SettingName::ALL.into_iter().filter_map(set).collect());
        }
        _ => return Err(Problem::bad_request(text!("yours-there-is-nothing-of-this-kind-here")).page()),
    };
    Ok(vec![one])
}

fn filter(fields: &Fields) -> Filter {
    let is_whole_word = fields.is_ticked("whole_word");
    let phrase = |text: &str| Phrase { text: text.to_owned(), is_whole_word };
    Filter {
        title: fields.one("name").to_owned(),
        phrases: fields.lines("phrases").map(phrase).collect(),
        places: fields.all("places").filter_map(FilterPlace::from_word).collect(),
        action: if fields.is_ticked("hides") { FilterAction::Hide } else { FilterAction::Warn },
        ends: None,
    }
}

async fn list(app: &App, fields: &Fields) -> Result<PeopleList, Problem> {
    let mut members: Vec<Url> = Vec::new();
    for whom in fields.lines("people") {
        if members.len() == NAMED {
            return Err(
                Problem::bad_request(text!("yours-name-people-at-most-at-once", value = NAMED)).page()
            );
        }
        members.push(app.site.find_actor(&*app.remote, whom).await.map_err(super::told)?);
    }
    Ok(PeopleList {
        title: fields.one("name").to_owned(),
        members,
        replies: ListReplies::from_word(fields.one("replies")).unwrap_or_default(),
        is_exclusive: fields.is_ticked("exclusive"),
    })
}

/// A pin goes below those that are there.
async fn pin(app: &App, account: &Account, fields: &Fields) -> Result<Belonging, Problem> {
    let own = app.site.own_post(account, fields.one("post")).await.map_err(super::told)?;
    let kept = app.site.belongings(account, &[ItemKind::Pins]).await.map_err(super::told)?;
    let last = kept.iter().filter_map(|kept| match &kept.belonging {
        Belonging::Pin { position, .. } => Some(*position),
        _ => None,
    });
    let position = last.max().map_or(0, |last| last.saturating_add(1));
    Ok(Belonging::Pin { object: own, position })
}
