//! From one database over what travels into another: the same account, but for the new keys and a list of
//! columns, each with its reason. A column that is in no list is compared.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use godwit::{
    adapters::mastodon_database::{MastodonSource, schema::Version},
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::{Item, ItemKind},
        media::MediaRole,
    },
    port::{
        destination::{Destination, Written},
        source::Source,
    },
    wire,
};
use serde_json::{Map, Value, json};
use sqlx::AssertSqlSafe;
use url::Url;

use crate::{
    destination::{
        house::{EVE, House},
        luggage::Luggage,
    },
    home::Home,
    stage::Stage,
};

/// Columns that differ, and why. `*` stands for every table.
const DIFFERS: &[(&str, &str, &str)] = &[
    ("*", "id", "keys are given anew; where another row points, the map is followed"),
    ("*", "created_at", "stated to the second in what travels, or not at all; that of posts is compared so"),
    ("*", "updated_at", "the time at which a row was last touched here"),
    ("statuses", "conversation_id", "threads are numbered anew"),
    ("statuses", "edited_at", "stated to the second; compared so"),
    ("statuses", "trendable", "what moderators of the old server decided"),
    (
        "statuses",
        "quote_approval_policy",
        "who may quote is not said in what travels; nobody may until its owner says so",
    ),
    ("statuses", "fetched_replies_at", "when the old server last looked for answers"),
    ("statuses", "poll_id", "follows from the poll's row"),
    ("statuses", "url", "for posts of others only"),
    ("statuses", "application_id", "which program a post was typed with is the old server's to know"),
    ("polls", "lock_version", "counts the changes of a row"),
    ("polls", "last_fetched_at", "for polls of others only"),
    ("media_attachments", "file_file_name", "drawn anew, as the server does for every file"),
    ("media_attachments", "file_updated_at", "when the file was written here"),
    ("media_attachments", "file_meta", "measured anew; where its middle is is compared"),
    ("media_attachments", "blurhash", "made anew where the old one is none"),
    (
        "media_attachments",
        "file_storage_schema_version",
        "says which layout of directories; here always the newest",
    ),
    ("media_attachments", "processing", "unset in rows of long ago, which is the same as done"),
    (
        "mutes",
        "expires_at",
        "a mute that ends is left out with this reason: only the server itself can end it",
    ),
    ("quotes", "activity_uri", "a quote of an own post needs nobody's word"),
    ("featured_tags", "name", "as it was typed, where the old server kept that"),
    ("featured_tags", "statuses_count", "counted anew"),
    ("featured_tags", "last_status_at", "counted anew"),
];

/// Tables that a copy writes, with the rows of one account.
const TABLES: &[(&str, &str)] = &[
    ("statuses", "account_id = {a} and deleted_at is null"),
    ("status_edits", "status_id in {own}"),
    ("status_stats", "status_id in {own}"),
    ("polls", "status_id in {own}"),
    ("media_attachments", "status_id in {own}"),
    ("mentions", "status_id in {own}"),
    ("statuses_tags", "status_id in {own}"),
    ("quotes", "status_id in {own}"),
    ("favourites", "account_id = {a}"),
    ("bookmarks", "account_id = {a}"),
    ("status_pins", "account_id = {a}"),
    ("mutes", "account_id = {a}"),
    ("account_notes", "account_id = {a}"),
    ("account_domain_blocks", "account_id = {a}"),
    ("lists", "account_id = {a}"),
    ("custom_filters", "account_id = {a}"),
    ("custom_filter_keywords", "custom_filter_id in (select id from custom_filters where account_id = {a})"),
    ("featured_tags", "account_id = {a}"),
    ("tag_follows", "account_id = {a}"),
];

/// What the old home has besides what every account in these tests has.
const MORE: &str = "
-- Rows that stay, each with its reason in docs/MASTODON.md: of an audience to come, no longer shown, without words,
-- people who are not named but were addressed.
delete from mentions where silent;
update statuses set ordered_media_attachment_ids = '{34}' where id = 1004;
delete from statuses where id = 1005;
delete from media_attachments where id in (33, 35);
delete from custom_filters where id = 2;
update mutes set expires_at = null;
-- What the server itself would have written: whom an answer to an own answer answers, and the sum of votes.
update statuses set in_reply_to_account_id = 201 where id = 1002;
update polls set votes_count = 4;
update lists set title = 'Trees' where id = 2;
update statuses set trendable = true, application_id = 7, text = E'Tea, @eve@b.example and @bob: see https://social.example/@ann/1002 #Tea'
    where id = 1001;
insert into status_edits (status_id, account_id, text, spoiler_text, sensitive, ordered_media_attachment_ids, media_descriptions,
    created_at, updated_at) values
    (1001, 101, 'Tee, @bob', '', false, '{31}', '{\"a mug\"}', '2023-01-02 03:04:05', now()),
    (1001, 101, 'Tea, @eve@b.example', 'drink', true, '{31,32}', '{\"a cup\",\"\"}', '2023-01-05 00:00:00', now()),
    (1001, 101, E'Tea, @eve@b.example and @bob: see https://social.example/@ann/1002 #Tea', 'food', true, '{32,31}',
     '{\"\",\"a cup\"}', '2023-02-01 00:00:00', now());
insert into tags (id, name, created_at, updated_at) values (3, 'meisen', now(), now());
insert into tag_follows (account_id, tag_id, created_at, updated_at) values (101, 3, now(), now());
";

/// What the new home knows of others: what the old one knows, and the old one's own people as others.
const OTHERS: &str = "
insert into accounts (id, username, domain, uri, url, created_at, updated_at) values
    (102, 'bob', 'social.example', 'https://social.example/users/bob', 'https://social.example/@bob', now(), now()),
    (201, 'eve', 'b.example', 'https://b.example/users/eve', 'https://b.example/@eve', now(), now()),
    (202, 'mal', 'c.example', 'https://c.example/users/mal', null, now(), now());
insert into statuses (id, account_id, text, visibility, created_at, updated_at, local, uri) values
    (2001, 201, '<p>hello</p>', 0, '2023-01-01', now(), false, 'https://b.example/1'),
    (1501, 102, '<p>Bob''s own</p>', 0, '2023-01-01', now(), false, 'https://social.example/users/bob/statuses/1501');
";

/// Where everything has gone: keys there to keys at the old home, by table.
#[derive(Default)]
struct Moved {
    statuses: BTreeMap<i64, i64>,
    files: BTreeMap<i64, i64>,
    /// Addresses there, to addresses at the old home.
    addresses: Vec<(String, String)>,
    owner: i64,
}

/// One database as it is compared.
struct Side<'a> {
    stage: &'a Stage,
    owner: i64,
    moved: Moved,
    /// Names of topics, lists and filters, and posts of polls, by key.
    names: BTreeMap<(&'static str, i64), Value>,
}

impl Side<'_> {
    async fn name_all(&mut self) {
        let mut c = self.stage.admin().await;
        for (column, sql) in [
            ("tag_id", "select id, name::text from tags"),
            ("list_id", "select id, title::text from lists"),
            ("custom_filter_id", "select id, phrase from custom_filters"),
        ] {
            let rows: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(&mut c).await.unwrap();
            self.names.extend(rows.into_iter().map(|(id, name)| ((column, id), json!(name))));
        }
    }

    /// The rows of a table without those that were there before, as they would be at the old home.
    async fn rows(&self, table: &str, condition: &str, before: &BTreeSet<String>) -> Vec<Map<String, Value>> {
        let mut rows = Vec::new();
        for row in raw(self.stage, table, condition, self.owner).await {
            if !before.contains(&row.to_string()) {
                let Value::Object(columns) = row else { panic!("{row}") };
                rows.push(
                    columns
                        .into_iter()
                        .map(|(name, value)| {
                            let value = self.at_the_old_home(table, &name, value);
                            (name, value)
                        })
                        .collect(),
                );
            }
        }
        rows
    }

    fn at_the_old_home(&self, table: &str, column: &str, value: Value) -> Value {
        let through = |map: &BTreeMap<i64, i64>, value: &Value| {
            value.as_i64().map(|id| map.get(&id).copied().unwrap_or(id))
        };
        match (table, column) {
            ("statuses", "id")
            | (_, "status_id" | "in_reply_to_id" | "reblog_of_id" | "quoted_status_id") => {
                json!(through(&self.moved.statuses, &value))
            }
            ("media_attachments", "id") => json!(through(&self.moved.files, &value)),
            (_, "ordered_media_attachment_ids") => match value {
                Value::Array(ids) => ids.iter().map(|id| json!(through(&self.moved.files, id))).collect(),
                other => other,
            },
            (_, "account_id" | "target_account_id" | "in_reply_to_account_id" | "quoted_account_id") => {
                let id = value.as_i64();
                json!(id.map(|id| if id == self.owner { self.moved.owner } else { id }))
            }
            (_, "tag_id" | "list_id" | "custom_filter_id") => {
                let id = value.as_i64().unwrap();
                let named = self.names.iter().find(|((one, key), _)| *one == column && *key == id);
                named.unwrap().1.clone()
            }
            ("statuses", "edited_at" | "created_at") => match value {
                Value::String(text) => json!(text.split('.').next()),
                other => other,
            },
            (_, "text" | "uri") => match value {
                Value::String(text) => {
                    let all = self.moved.addresses.iter();
                    json!(all.fold(text, |text, (new, old)| text.replace(new, old)))
                }
                other => other,
            },
            _ => value,
        }
    }
}

async fn raw(stage: &Stage, table: &str, condition: &str, owner: i64) -> Vec<Value> {
    let own = format!("(select id from statuses where account_id = {owner} and deleted_at is null)");
    let condition = condition.replace("{own}", &own).replace("{a}", &owner.to_string());
    let sql = format!("select to_jsonb(t) from {table} t where {condition}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut stage.admin().await).await.unwrap()
}

/// A thing as it arrives: written as it travels, and read.
fn carried(actor: &Url, item: Item) -> Item {
    let followers = Url::parse(&format!("{actor}/followers")).unwrap();
    match item {
        Item::Post(object) => {
            let read = wire::object::read(&wire::object::write(&object), Some(&followers)).unwrap();
            Item::Post(Box::new(read))
        }
        Item::Boost(boost) => {
            let value = wire::activity::announce(&boost, actor, &followers);
            Item::Boost(wire::activity::read_announce(&value, Some(&followers)).unwrap().unwrap())
        }
        Item::Like(it) => {
            let value = wire::relation::write_reference("Like", actor, &it);
            Item::Like(wire::relation::read_reference(&value).unwrap())
        }
        Item::Bookmark(it) => {
            let value = wire::relation::write_reference("Add", actor, &it);
            Item::Bookmark(wire::relation::read_reference(&value).unwrap())
        }
        Item::Belonging(it) => {
            let (kind, value) = (it.kind(), wire::belonging::write(actor, &it));
            Item::Belonging(wire::belonging::read(kind, &value).unwrap())
        }
        other => other,
    }
}

fn picture(number: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let dots = image::RgbImage::from_pixel(40, 30, image::Rgb([number, 99, 199]));
    dots.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The old home, with pictures that are some.
async fn old_home(version: Version) -> Option<Home> {
    let home = Home::at(version, Url::parse("https://social.example").unwrap()).await?;
    let application =
        "insert into oauth_applications (id, name, uid, secret, redirect_uri) values (7, 'x', 'x', 'x', 'x')";
    let has = "select count(*) from information_schema.tables where table_name = 'oauth_applications'";
    let has: i64 = sqlx::query_scalar(has).fetch_one(&mut home.stage.admin().await).await.unwrap();
    if has > 0 {
        home.stage.run(application).await;
    }
    home.stage.run(MORE).await;
    if version >= Version::V4_4 {
        home.stage.run("update statuses set quote_approval_policy = 131072 where id = 1001; \
                        delete from quotes where state = 3; \
                        update quotes set quoted_status_id = 1001, quoted_account_id = 101 where status_id = 1002")
            .await;
    }
    for (path, number) in [
        ("media_attachments/files/000/000/031/original/1111111111111111.png", 31),
        ("media_attachments/files/000/000/032/original/2222222222222222.png", 32),
        ("media_attachments/files/000/000/034/original/4444444444444444.png", 34),
    ] {
        let bytes = picture(number);
        std::fs::write(home.disk().join(path), &bytes).unwrap();
        let length = bytes.len();
        home.stage
            .run(&format!("update media_attachments set file_file_size = {length} where id = {number}"))
            .await;
    }
    Some(home)
}

/// Packs everything an account has.
async fn packed(home: &Home) -> Luggage {
    let (database, place) = (home.stage.database.clone(), home.place.clone());
    let source = MastodonSource::open(database, place.clone(), place.web, &"101".into(), true).await.unwrap();
    let mut luggage = Luggage { profile: source.profile().await.unwrap(), ..Luggage::default() };
    luggage.owner = source.actor().clone();
    for kind in CollectionKind::ALL {
        let page = source.page(kind, None, 500).await.unwrap();
        assert!(page.unreadable.is_empty() && page.next.is_none());
        for item in page.items {
            let Item::Media(file) = &item else {
                luggage.items.push(carried(source.actor(), item));
                continue;
            };
            let bytes: Vec<_> = source.media(file).await.unwrap().try_collect().await.unwrap();
            if file.role == MediaRole::Attachment {
                luggage.pack(&file.url, bytes.concat(), &file.media_type);
            }
        }
    }
    luggage.items.sort_by_key(Item::kind);
    luggage
}

#[tokio::test]
async fn from_database_to_database_everything_is_the_same_but_for_a_list_of_columns() {
    let mut met: BTreeSet<(&str, &str)> = BTreeSet::new();
    for version in Version::ALL {
        let Some(home) = old_home(version).await else { return };
        let Some(house) = House::of(version).await else { return };
        house.stage.run(OTHERS).await;
        let mut before = BTreeMap::new();
        let tables: Vec<_> =
            TABLES.iter().filter(|(table, _)| *table != "quotes" || version >= Version::V4_4).collect();
        for (table, condition) in &tables {
            let rows = raw(&house.stage, table, condition, EVE).await;
            before.insert(*table, rows.iter().map(Value::to_string).collect::<BTreeSet<_>>());
        }
        let luggage = packed(&home).await;
        let transfer = TransferId::from("t1");
        let copied = house.copy(&transfer, &luggage).await;
        for (one, written) in copied.prepared.iter().zip(&copied.written) {
            // Of choices, those stay that are made at the new server itself.
            let is_choice = one.reservation.kind == ItemKind::Settings;
            assert!(*written == Written::Done || is_choice, "{version}: {} {written:?}", one.reservation.key);
        }
        house.destination.release(&transfer, &House::eve()).await.unwrap();

        let mut there = Side {
            stage: &house.stage,
            owner: EVE,
            moved: Moved { owner: 101, ..Moved::default() },
            names: BTreeMap::new(),
        };
        for one in &copied.prepared {
            let place = &one.reservation;
            let old =
                |text: &str| text.trim_end_matches("/activity").rsplit('/').next().unwrap().parse().unwrap();
            if matches!(place.kind, ItemKind::Posts | ItemKind::Boosts) {
                let (new, old): (i64, i64) =
                    (place.local_id.as_str().parse().unwrap(), old(place.key.as_str()));
                there.moved.statuses.insert(new, old);
                there.moved.addresses.push((place.url.to_string(), place.key.to_string()));
                let page = place.page.as_ref().map(Url::to_string).unwrap_or_default();
                there.moved.addresses.push((page, format!("https://social.example/@ann/{old}")));
            }
            for (url, (id, _)) in &one.blobs {
                // The first post that shows a file has the key that was given to it.
                let key = luggage.keys_of_files.lock().unwrap().get(url).cloned().unwrap();
                let name = key.rsplit('/').next().unwrap().to_owned();
                let sql = "select id from media_attachments where file_file_name = $1";
                let mut c = home.stage.admin().await;
                let old: i64 = sqlx::query_scalar(sql).bind(name).fetch_one(&mut c).await.unwrap();
                there.moved.files.insert(id.as_str().parse().unwrap(), old);
            }
        }
        there.moved.addresses.retain(|(new, _)| !new.is_empty());
        let mut here = Side {
            stage: &home.stage,
            owner: 101,
            moved: Moved { owner: 101, ..Moved::default() },
            names: BTreeMap::new(),
        };
        // A bare name means the server it was typed at.
        here.moved.addresses = vec![("@bob".to_owned(), "@bob@social.example".to_owned())];
        here.name_all().await;
        there.name_all().await;
        let mut findings = Vec::new();
        for (table, condition) in tables {
            let old = here.rows(table, condition, &BTreeSet::new()).await;
            let new = there.rows(table, condition, &before[table]).await;
            assert!(!old.is_empty(), "{version}: nothing to compare in {table}");
            findings.extend(
                compared(table, old, new, &mut met).into_iter().map(|found| format!("{version} {found}")),
            );
        }
        assert!(findings.is_empty(), "{}", findings.join("\n"));
        let focus = "select (file_meta -> 'focus' ->> 'x') || ' ' || (file_meta -> 'focus' ->> 'y') \
                     from media_attachments where description = 'a cup'";
        assert_eq!(house.texts(focus).await, ["0.5 -0.5"], "{version}");
        let profile = "select concat(display_name, '|', note, '|', fields) from accounts where id = ";
        let mut c = home.stage.admin().await;
        let sql = format!("select x::text from ({profile} 101) q(x)");
        let old: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut c).await.unwrap();
        assert_eq!(house.texts(&format!("{profile} {EVE}")).await, [old], "{version}");
    }
    let stale: Vec<_> =
        DIFFERS.iter().filter(|(table, column, _)| !met.contains(&(*table, *column))).collect();
    assert!(stale.is_empty(), "these are no columns of a table that is compared: {stale:?}");
}

/// Compares the rows of a table, each column that may not differ; by what they have in common.
fn compared(
    table: &str,
    old: Vec<Map<String, Value>>,
    new: Vec<Map<String, Value>>,
    met: &mut BTreeSet<(&'static str, &'static str)>,
) -> Vec<String> {
    let excused = |column: &str| {
        let found = DIFFERS.iter().find(|(one, name, _)| (*one == table || *one == "*") && *name == column);
        found.map(|(one, name, _)| (*one, *name))
    };
    // What is stated to the second, and what the map is followed for, is compared all the same.
    let kept = |column: &str| {
        table == "statuses" && matches!(column, "id" | "created_at" | "edited_at")
            || table == "status_edits" && column == "created_at"
            || table == "media_attachments" && column == "id"
    };
    let mut strip = |rows: Vec<Map<String, Value>>| {
        let mut rows: Vec<Value> = rows
            .into_iter()
            .map(|row| {
                row.into_iter()
                    .filter(|(column, _)| {
                        let pair = excused(column);
                        met.extend(pair);
                        pair.is_none() || kept(column)
                    })
                    .collect::<Map<_, _>>()
                    .into()
            })
            .collect();
        rows.sort_by_key(Value::to_string);
        rows
    };
    let (old, new) = (strip(old), strip(new));
    let only = |one: &[Value], other: &[Value]| {
        one.iter().filter(|row| !other.contains(row)).map(Value::to_string).collect::<Vec<_>>()
    };
    let (gone, come) = (only(&old, &new), only(&new, &old));
    if old == new {
        return Vec::new();
    }
    vec![format!("{table}:\n  old {}\n  new {}", gone.join("\n      "), come.join("\n      "))]
}
