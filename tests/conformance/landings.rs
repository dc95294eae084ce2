//! Every destination there is, each with somebody a copy can be written for, and what is seen of it there.

use std::{collections::BTreeMap, sync::Arc};

use futures::TryStreamExt;
use godwit::{
    model::{
        collection::CollectionKind,
        id::{AccountId, TransferId},
        item::{Item, ItemKind},
        media::MediaRole,
    },
    port::{
        destination::{Destination, Prepared},
        host::Host,
        source::Source,
    },
    transfer::remap::Sides,
};
use url::Url;

use super::{
    house::{EVE, House, SOME},
    invented::{ACTOR, Invented},
    laboratory::{self, Home},
    luggage::Luggage,
    openings::{PAGE_ITEMS, walk},
    unpacking::{self, Copied},
    views,
};

/// Dora's friends and some of what they wrote, as a server has them that heard of them before. Of the rest of what she
/// passes on, likes and marks it never heard.
const FRIENDS: &str = "
insert into accounts (id, username, domain, uri, created_at, updated_at)
  select 200 + n, 'u' || n, 'friends.example', 'https://friends.example/users/u' || n, '2022-01-01', '2022-01-01'
  from generate_series(0, 11) n;
insert into accounts (id, username, domain, uri, created_at, updated_at) values
  (300, 'bob', 'friends.example', 'https://friends.example/users/bob', '2022-01-01', '2022-01-01');
insert into statuses (id, account_id, uri, url, text, created_at, updated_at, visibility, local)
  select 115000000000000100 + 10 * n + length(q), 200 + n, 'https://friends.example/notes/' || n || q,
    'https://friends.example/notes/' || n || q, '<p>' || n || '</p>', '2025-08-01', '2025-08-01', 0, false
  from unnest(array[1, 2, 3, 7]) n, unnest(array['', '?a=b&c']) q;
";

/// What is read of an account, by collection.
pub type Rows = BTreeMap<CollectionKind, Vec<String>>;

/// A destination under test.
pub struct Landing {
    /// What failures call it.
    pub name: String,
    pub destination: Arc<dyn Destination>,
    /// Dora, and who she will be there.
    pub sides: Sides,
    ground: Ground,
}

/// What is behind it.
enum Ground {
    BuiltIn(Home),
    Beside(Box<House>),
}

impl Landing {
    /// All destinations; those beside other servers where a PostgreSQL is installed.
    pub async fn all() -> Vec<Self> {
        let [home] = laboratory::homes(["new"], PAGE_ITEMS).await;
        home.account("eve").await;
        let account = home.host_account("eve").await;
        let mut all = vec![Self {
            name: "embedded".to_owned(),
            destination: Arc::clone(&home.app.engine.destination),
            sides: Sides { source_actor: Url::parse(ACTOR).unwrap(), account },
            ground: Ground::BuiltIn(home),
        }];
        for version in SOME {
            let Some(house) = Box::pin(House::of(version)).await else { break };
            house.stage.run(FRIENDS).await;
            let account = house.host().account(&House::eve()).await.unwrap().unwrap();
            all.push(Self {
                name: format!("tables of {version}"),
                destination: Arc::new(house.destination.clone()),
                sides: Sides { source_actor: Url::parse(ACTOR).unwrap(), account },
                ground: Ground::Beside(Box::new(house)),
            });
        }
        all
    }

    /// Whose account it is.
    pub fn account(&self) -> &AccountId {
        &self.sides.account.id
    }

    /// Whether it takes everything: a server beside us leaves out what it has no place for.
    pub fn takes_everything(&self) -> bool {
        matches!(self.ground, Ground::BuiltIn(_))
    }

    /// Whether things of a kind stand there once they are released. Whom somebody follows and blocks has to be told by
    /// a server beside us itself, once its owner allows it.
    pub fn stands(&self, kind: ItemKind) -> bool {
        self.takes_everything() || !matches!(kind, ItemKind::Following | ItemKind::Blocked)
    }

    fn shelve(&self, luggage: &Luggage) {
        luggage.shelve(match &self.ground {
            Ground::BuiltIn(home) => &home.app.blobs,
            Ground::Beside(house) => &house.blobs,
        });
    }

    /// Gives all things of a suitcase their places, and rewrites them.
    pub async fn prepare(&self, transfer: &TransferId, luggage: &Luggage) -> Vec<Prepared> {
        self.shelve(luggage);
        unpacking::prepare(&*self.destination, transfer, &self.sides, luggage).await
    }

    /// Copies a suitcase, so many things of a kind at once.
    pub async fn copy(&self, transfer: &TransferId, luggage: &Luggage, at_once: usize) -> Copied {
        self.shelve(luggage);
        unpacking::copy(&*self.destination, transfer, &self.sides, luggage, at_once).await
    }

    /// How many of each kind are counted there, without those of which there are none.
    pub async fn counts(&self, transfer: &TransferId) -> BTreeMap<ItemKind, u64> {
        let counts = self.destination.counts(transfer).await.unwrap();
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The account, read as it stands now.
    pub async fn open(&self, includes_private: bool) -> Arc<dyn Source> {
        match &self.ground {
            Ground::BuiltIn(home) => home.app.source_of(&self.sides.account, includes_private).await.unwrap(),
            Ground::Beside(house) => Arc::new(house.source(includes_private).await),
        }
    }

    /// Everything that is read of the account, in words that are the same wherever it stands.
    pub async fn rows(&self, includes_private: bool) -> Rows {
        let (source, here) = (self.open(includes_private).await, self.sides.account.actor.authority());
        let mut rows = Rows::new();
        for kind in CollectionKind::ALL {
            let walked = walk(&*source, kind, None, 100).await;
            assert_eq!(walked.unreadable, [], "{} {}", self.name, kind.as_str());
            let said = walked
                .items
                .into_iter()
                .map(|item| serde_json::to_string(&settled(item)).unwrap().replace(here, "here"));
            rows.insert(kind, said.collect());
        }
        rows
    }

    /// What others are shown of it: its public side, and whatever else strangers look at; of the built-in server's what
    /// its owner carries away, too.
    pub async fn shown(&self) -> Vec<(String, Vec<String>)> {
        let rows = self.rows(self.takes_everything()).await;
        let rows = rows.into_iter().map(|(kind, said)| (kind.as_str().to_owned(), said));
        let mut shown: Vec<_> = rows.collect();
        if let Ground::Beside(house) = &self.ground {
            shown.extend(views::anonymous(house).await);
        }
        shown
    }

    /// Everything that stands there: what is read of the account, and where they can be looked at, rows and files.
    pub async fn standing(&self) -> Vec<String> {
        let mut standing: Vec<_> = self.rows(true).await.into_values().flatten().collect();
        if let Ground::Beside(house) = &self.ground {
            let (rows, files) = house.census();
            standing.extend(rows.into_iter().chain(files));
        }
        standing
    }

    /// Which posts stand in one thread, where a server keeps threads.
    pub async fn threads(&self) -> Vec<String> {
        let Ground::Beside(house) = &self.ground else { return Vec::new() };
        let threads = format!(
            "select string_agg(id::text, ' ' order by id) from statuses where account_id = {EVE} \
             group by conversation_id order by 1"
        );
        house.texts(&threads).await
    }
}

/// A thing without what is drawn anew each time it is written: names of files, and when something was marked that says
/// no time.
fn settled(mut item: Item) -> Item {
    match &mut item {
        Item::Post(object) => {
            let earlier = object.earlier.iter_mut().flat_map(|earlier| &mut earlier.attachments);
            object.attachments.iter_mut().chain(earlier).for_each(|shown| shown.url.clear());
        }
        Item::Media(file) => (file.url, file.fetch_url) = (String::new(), None),
        Item::Bookmark(reference) => reference.published = None,
        _ => {}
    }
    item
}

/// Everything of Dora's in a suitcase.
pub async fn luggage() -> Luggage {
    let dora = Invented::dora();
    let profile = dora.profile().await.unwrap();
    let mut luggage = Luggage { owner: dora.actor().clone(), profile, ..Luggage::default() };
    for kind in CollectionKind::ALL {
        for item in walk(&dora, kind, None, 100).await.items {
            let Item::Media(file) = &item else {
                luggage.items.push(item);
                continue;
            };
            let bytes: Vec<_> = dora.media(file).await.unwrap().try_collect().await.unwrap();
            match file.role {
                MediaRole::Attachment => luggage.pack(&file.url, bytes.concat(), &file.media_type),
                // Hers are none inside, and a server beside us opens pictures of profiles.
                MediaRole::Avatar => luggage.avatar = Some(luggage.picture("face", 90, 90)),
                MediaRole::Header => luggage.header = Some(luggage.picture("sky", 900, 300)),
            }
        }
    }
    luggage
}
