//! An account of somebody who wrote a lot, put straight into the tables of a home.

use std::ops::Range;

use godwit::{
    app::App,
    model::{
        media::Attachment,
        moment::Moment,
        object::{Object, Tag, TagKind, Tallies, Visibility},
    },
    site::accounts::Account,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use url::Url;

use super::pictures::{Pictures, Random};

/// Every so many posts one shows a file.
pub const PICTURE_EVERY: usize = 5;
/// Rows of a transaction.
const TOGETHER: usize = 2_000;

/// How the ids of an account sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the posts were written.
    Time,
    /// Anyhow.
    Random,
}

impl Order {
    /// The word in the lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "ordered",
            Self::Random => "random",
        }
    }

    fn id(self, kind: u64, number: usize, millis: i64) -> String {
        let mut random = Random::new(number * 2 + usize::try_from(kind).unwrap());
        let rest = random.next().to_be_bytes();
        let mut bytes = [0_u8; 10];
        bytes.iter_mut().zip(rest.iter().cycle()).for_each(|(place, byte)| *place = *byte);
        let at = match self {
            Self::Time => u64::try_from(millis).unwrap(),
            Self::Random => random.next() >> 16,
        };
        uuid::Builder::from_unix_timestamp_millis(at, &bytes).into_uuid().to_string()
    }
}

/// A connection that writes into a home nobody runs yet.
pub async fn connect(app: &App) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(app.config.server.data_dir.join("godwit.sqlite"))
        .foreign_keys(true)
        .busy_timeout(std::time::Duration::from_secs(10));
    options.connect().await.unwrap()
}

/// Writes `posts` posts of an account, a fifth of them with a file.
pub async fn write(app: &App, account: &Account, posts: usize, order: Order, pictures: &Pictures) {
    write_span(app, account, 0..posts, order, pictures).await;
}

/// Writes the posts with these numbers, which no other account of the home has.
pub async fn write_span(
    app: &App,
    account: &Account,
    numbers: Range<usize>,
    order: Order,
    pictures: &Pictures,
) {
    let mut c = connect(app).await;
    let mut number = numbers.start;
    while number < numbers.end {
        let mut together = c.begin().await.unwrap();
        for number in number..numbers.end.min(number + TOGETHER) {
            write_post(&mut together, app, account, number, order, pictures).await;
        }
        together.commit().await.unwrap();
        number += TOGETHER;
    }
    c.close().await.unwrap();
}

async fn write_post(
    c: &mut SqliteConnection,
    app: &App,
    account: &Account,
    number: usize,
    order: Order,
    pictures: &Pictures,
) {
    let urls = &app.site.urls;
    let id = order.id(0, number, millis(number));
    let mut object = post(app, account, number, order);
    let mut medium = None;
    if number.is_multiple_of(PICTURE_EVERY) {
        let picture = pictures.link(number, &app.config.server.data_dir);
        let (id, file) = (order.id(1, number, millis(number)), format!("{number}.png"));
        object.attachments.push(Attachment {
            url: urls.media(&id, &file).into(),
            media_type: "image/png".into(),
            alt: Some("A bird at the water, seen from far away".into()),
            blurhash: None,
            width: None,
            height: None,
            focal_point: None,
        });
        medium = Some((id, file, picture));
    }
    sqlx::query(
        "insert into posts (id, account_id, object, visibility, published_at, in_reply_to, is_reply, is_trial) \
         values ($1, $2, $3, $4, $5, $6, $7, false)",
    )
    .bind(&id)
    .bind(account.id.as_str())
    .bind(serde_json::to_string(&object).unwrap())
    .bind(object.visibility.as_str())
    .bind(object.published.micros())
    .bind(object.in_reply_to.as_ref().map(Url::as_str))
    .bind(object.in_reply_to.is_some())
    .execute(&mut *c)
    .await
    .unwrap();
    for tag in &object.tags {
        sqlx::query("insert into post_tags (tag, post_id) values ($1, $2)")
            .bind(tag.name.trim_start_matches('#'))
            .bind(&id)
            .execute(&mut *c)
            .await
            .unwrap();
    }
    if let Some((medium, file, picture)) = medium {
        sqlx::query(
            "insert into media (id, account_id, post_id, sha256, bytes, media_type, file_name, is_trial) \
             values ($1, $2, $3, $4, $5, 'image/png', $6, false)",
        )
        .bind(medium)
        .bind(account.id.as_str())
        .bind(&id)
        .bind(picture.sha256)
        .bind(i64::try_from(picture.bytes).unwrap())
        .bind(file)
        .execute(&mut *c)
        .await
        .unwrap();
    }
}

/// About half a minute apart, from 2010 on.
fn millis(number: usize) -> i64 {
    1_262_304_000_000 + i64::try_from(number).unwrap() * 31_000
}

fn post(app: &App, account: &Account, number: usize, order: Order) -> Object {
    let (urls, name) = (&app.site.urls, account.username.as_str());
    let own = |number: usize| order.id(0, number, millis(number));
    let actor = urls.actor(name);
    let followers = urls.of_actor(name, "followers");
    let visibility = match number % 10 {
        7 => Visibility::Unlisted,
        8 => Visibility::Followers,
        _ => Visibility::Public,
    };
    let (to, cc) = godwit::wire::audience::addressing(visibility, &followers, &[]);
    let link = if number % 7 == 6 {
        format!(r#" See <a href="{}">what I wrote before</a>."#, urls.post_page(name, &own(number - 3)))
    } else {
        String::new()
    };
    let tags: &[&str] = if number.is_multiple_of(3) { &["birds", "moult"] } else { &[] };
    Object {
        id: urls.post(name, &own(number)),
        url: Some(urls.post_page(name, &own(number))),
        other_urls: Vec::new(),
        kind: "Note".into(),
        attributed_to: actor,
        name: None,
        content: format!(
            "<p>Sighting number {number}: a bar-tailed godwit on its way south, tired and far from home.</p>\
             <p>It stood in the shallow water for an hour and then flew on with the others.{link}</p>"
        ),
        source: None,
        summary: None,
        is_sensitive: false,
        language: Some("en".into()),
        published: Moment::from_micros(millis(number) * 1000),
        updated: None,
        visibility,
        to,
        cc,
        in_reply_to: (number % 3 == 1).then(|| urls.post(name, &own(number - 1))),
        quote: None,
        tags: tags
            .iter()
            .map(|tag| Tag {
                kind: TagKind::Hashtag,
                name: format!("#{tag}"),
                href: Some(urls.tag(tag).to_string()),
            })
            .collect(),
        attachments: Vec::new(),
        poll: None,
        previously: Vec::new(),
        tallies: Tallies::default(),
        answers: Vec::new(),
        earlier: Vec::new(),
    }
}
