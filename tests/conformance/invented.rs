//! A person with everything a person can have, drawn at random but always the same; and the plainest
//! source there is, which gives it out from memory.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use godwit::{
    model::{
        actor::{Profile, ProfileField},
        belonging::{
            Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase, SettingName,
        },
        collection::{CollectionKind, Cursor, Page},
        earlier::Earlier,
        follow::FollowOptions,
        item::{Boost, Item, Reference},
        login::Login,
        media::{Attachment, MediaFile, MediaRole},
        moment::Moment,
        object::{Object, Poll, PollOption, SourceText, Tag, TagKind, Tallies, Visibility},
        transfer::Transfer,
    },
    port::{
        error::AdapterError,
        source::{MediaStream, Source},
    },
    transfer::engine::Sources,
};
use proptest::{
    prelude::{Just, Strategy, any, prop_oneof},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use url::Url;

/// The person; their server does not exist.
pub const ACTOR: &str = "https://birds.example/users/dora";
/// Posts of theirs.
const POSTS: usize = 40;
/// The types posts can have.
const KINDS: [&str; 6] = ["Note", "Question", "Article", "Page", "Video", "Event"];
/// Times as they are written out there: with fractions, offsets, before 1970, twice the same.
const TIMES: [&str; 8] = [
    "2019-02-28T23:59:59.123456789+05:45",
    "2019-02-28T23:59:59Z",
    "2019-02-28T23:59:59.000Z",
    "2019-02-28T18:59:59-05:00",
    "1969-12-31T23:59:59.5Z",
    "2024-02-29T00:00:00.120000+00:00",
    "2001-09-09T01:46:40-00:30",
    "2019-03-01T00:00:00.001Z",
];

/// What a draw decides about one post.
type Draw = (usize, (usize, u32), usize, (u8, u8), (String, String), (u64, u64), u8);

/// An account in memory.
#[derive(Clone)]
pub struct Invented {
    actor: Url,
    lists: BTreeMap<CollectionKind, Vec<Item>>,
    bytes: BTreeMap<String, Vec<u8>>,
}

impl Invented {
    /// The person.
    pub fn dora() -> Self {
        let draw = (
            0..KINDS.len(),
            (0..TIMES.len() * 2, 0_u32..50_000_000),
            0..Visibility::ALL.len(),
            (any::<u8>(), any::<u8>()),
            (text(), text()),
            (any::<u32>().prop_map(u64::from), 0_u64..100),
            any::<u8>(),
        );
        let draws = proptest::collection::vec(draw, POSTS);
        let drawn = draws.new_tree(&mut TestRunner::deterministic()).unwrap().current();
        let mut made = Self { actor: url(ACTOR), lists: BTreeMap::new(), bytes: BTreeMap::new() };
        let mut files = vec![made.file("face", MediaRole::Avatar), made.file("sky", MediaRole::Header)];
        let mut posts = Vec::new();
        for (number, draw) in drawn.into_iter().enumerate() {
            let attached = if draw.6.is_multiple_of(3) { usize::from(draw.6 % 4) } else { 0 };
            let own: Vec<_> = (0..attached)
                .map(|index| made.file(&format!("p{number}-{index}"), MediaRole::Attachment))
                .collect();
            let urls: Vec<String> = own.iter().map(key).collect();
            files.extend(own);
            posts.push(post(number, draw, urls));
        }
        let boosts = (0..6_usize).map(|number| {
            Item::Boost(Boost {
                id: url(&format!("{ACTOR}/statuses/{}/activity", 900 + number)),
                object: if number == 0 {
                    id(3)
                } else {
                    url(&format!("https://friends.example/notes/{number}"))
                },
                published: Moment::parse(TIMES[number]).unwrap(),
                visibility: Visibility::ALL[number % 3],
                previously: Vec::new(),
            })
        });
        let pointer = |number: usize, published: Option<&str>| Reference {
            object: if number == 1 {
                id(5)
            } else {
                url(&format!("https://friends.example/notes/{number}?a=b&c"))
            },
            published: published.map(|text| Moment::parse(text).unwrap()),
        };
        let actor = |number: usize| url(&format!("https://friends.example/users/u{number}"));
        made.lists = BTreeMap::from([
            (CollectionKind::Blocked, (0..3).map(|n| Item::Block { actor: actor(n) }).collect()),
            (CollectionKind::Media, files),
            (CollectionKind::Content, posts),
            (CollectionKind::Outbox, boosts.collect()),
            (CollectionKind::Liked, (0..5).map(|n| Item::Like(pointer(n, TIMES.get(n).copied()))).collect()),
            (CollectionKind::Bookmarks, (1..4).map(|n| Item::Bookmark(pointer(n, None))).collect()),
            (
                CollectionKind::Following,
                (5..9).map(|n| Item::Follow { actor: actor(n), options: followed(n) }).collect(),
            ),
        ]);
        for belonging in belongings() {
            let kind = CollectionKind::from_word(belonging.kind().as_str()).unwrap();
            made.lists.entry(kind).or_default().push(Item::Belonging(belonging.checked().unwrap()));
        }
        made
    }

    /// Addresses of all files.
    pub fn files(&self) -> Vec<String> {
        self.bytes.keys().cloned().collect()
    }

    fn file(&mut self, name: &str, role: MediaRole) -> Item {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(name.as_bytes().iter().cycle().take(name.len() * 9_000));
        let url = format!("https://birds.example/media/{name}.png");
        let length = u64::try_from(bytes.len()).unwrap();
        self.bytes.insert(url.clone(), bytes);
        let media_type = "image/png".to_owned();
        Item::Media(MediaFile { url, fetch_url: None, role, media_type, bytes: Some(length), sha256: None })
    }
}

/// Words with whatever words have: quotes, brackets, other scripts, smileys.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,8}",
        Just("Grünfink & Co".to_owned()),
        Just("a < b > \"c\" 'd'".to_owned()),
        Just("渡り鳥".to_owned()),
        Just("🐦\u{200d}⬛ e\u{301}".to_owned()),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.join(" "))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn id(number: usize) -> Url {
    url(&format!("{ACTOR}/statuses/{}", 100 + number))
}

fn page(number: usize) -> Url {
    url(&format!("https://birds.example/@dora/{}", 100 + number))
}

fn key(item: &Item) -> String {
    item.key().as_str().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A few of everything owners set up.
fn belongings() -> Vec<Belonging> {
    let actor = |number: usize| url(&format!("https://friends.example/users/u{number}"));
    let end = || Moment::parse("2099-01-01T00:00:00.120000+01:00").unwrap();
    let filter = |title: &str, words: &[&str], ends| {
        let phrase = |text: &&str| Phrase { text: (*text).to_owned(), is_whole_word: text.len() > 4 };
        Belonging::Filter(Filter {
            title: title.to_owned(),
            phrases: words.iter().map(phrase).collect(),
            places: FilterPlace::ALL.to_vec(),
            action: if words.len() > 1 { FilterAction::Hide } else { FilterAction::Warn },
            ends,
        })
    };
    let list = |title: &str, people: std::ops::Range<usize>, replies, is_exclusive| {
        Belonging::List(PeopleList {
            title: title.into(),
            members: people.map(actor).collect(),
            replies,
            is_exclusive,
        })
    };
    let mut all = vec![
        Belonging::Mute { actor: actor(10), hides_notifications: true, ends: None },
        Belonging::Mute { actor: actor(11), hides_notifications: false, ends: Some(end()) },
        Belonging::DomainBlock { domain: "worse.example".into() },
        Belonging::DomainBlock { domain: "xn--bcher-kva.example:8443".into() },
        filter("Fußball & Co", &["Tor", "<b>goal</b>"], None),
        filter("Fußball & Co", &["elections"], Some(end())),
        list("Birds \"best\"", 5..9, ListReplies::List, true),
        list("Empty", 0..0, ListReplies::None, false),
        Belonging::Pin { object: id(2), position: 1 },
        Belonging::Pin { object: id(7), position: 0 },
        Belonging::FeaturedTag { name: "birds".into() },
        Belonging::FollowedTag { name: "渡り鳥".into() },
        Belonging::FollowedTag { name: "birds".into() },
        Belonging::Note { actor: actor(6), text: "line one\n<line two>".into() },
    ];
    let chosen = ["unlisted", "pt-BR", "true", "false", "false", "true"];
    let settings = SettingName::ALL.into_iter().zip(chosen);
    all.extend(settings.map(|(name, value)| Belonging::Setting { name, value: value.to_owned() }));
    all
}

/// One of the times, or a time of the post's own.
fn time(which: usize, fraction: u32) -> Moment {
    let own = || Moment::from_micros(1_600_000_000_000_000 + i64::from(fraction) * 1_001);
    TIMES.get(which).map_or_else(own, |text| Moment::parse(text).unwrap())
}

fn post(number: usize, draw: Draw, files: Vec<String>) -> Item {
    let (kind, (which, fraction), visibility, (tags, extras), (words, more), (votes, tally), _) = draw;
    let has = |bit: u8| extras & (1 << bit) != 0;
    let earlier = number.checked_sub(1 + usize::from(tags) % 7);
    let link = earlier.filter(|_| has(0)).map_or_else(String::new, |other| {
        format!(r#"<p><a href="{}">before</a> and <a href="{}">the same</a></p>"#, page(other), id(other))
    });
    let tag = |kind, name: &str, href: &str| Tag { kind, name: name.into(), href: Some(href.into()) };
    let all_tags = [
        tag(TagKind::Hashtag, "#Birds", "https://birds.example/tags/birds"),
        tag(TagKind::Mention, "@bob@friends.example", "https://friends.example/users/bob"),
        tag(TagKind::Mention, "@dora@birds.example", ACTOR),
        tag(TagKind::Emoji, ":godwit:", "https://birds.example/emoji/godwit.png"),
    ];
    let is_question = KINDS[kind] == "Question";
    Item::Post(Box::new(Object {
        id: id(number),
        url: Some(page(number)),
        other_urls: if has(1) { vec![url(&format!("https://birds.example/dora/{number}"))] } else { vec![] },
        kind: KINDS[kind].to_owned(),
        attributed_to: url(ACTOR),
        name: has(2).then(|| more.clone()),
        content: format!("<p>{}</p>{link}", escaped(&words)),
        source: has(3).then(|| SourceText { content: words.clone(), media_type: "text/markdown".into() }),
        summary: has(4).then(|| more.clone()),
        is_sensitive: has(5),
        language: has(6).then(|| "pt-BR".to_owned()),
        published: time(which, fraction),
        updated: has(7).then(|| Moment::parse("2025-01-01T00:00:00.10Z").unwrap()),
        visibility: Visibility::ALL[visibility],
        to: Vec::new(),
        cc: Vec::new(),
        in_reply_to: earlier
            .filter(|_| has(1))
            .map(id)
            .or(has(4).then(|| url("https://friends.example/notes/7"))),
        quote: earlier.filter(|_| has(5)).map(id),
        tags: all_tags
            .into_iter()
            .enumerate()
            .filter(|(n, _)| tags & (1 << n) != 0)
            .map(|(_, tag)| tag)
            .collect(),
        attachments: files.into_iter().enumerate().map(|(n, url)| attachment(n, url, &more)).collect(),
        poll: is_question.then(|| Poll {
            options: vec![
                PollOption { name: words.clone(), votes },
                PollOption { name: "no".into(), votes: 0 },
            ],
            is_multiple: has(2),
            ends: has(3).then(|| Moment::parse("2020-01-01T00:00:00+01:00").unwrap()),
            closed: None,
            voters: has(4).then_some(votes),
        }),
        previously: Vec::new(),
        tallies: Tallies { replies: tally, likes: votes, shares: 0 },
        answers: Vec::new(),
        earlier: if has(7) { vec![before(&words)] } else { Vec::new() },
    }))
}

/// A version that was replaced.
fn before(words: &str) -> Earlier {
    Earlier {
        written: Moment::parse("2024-01-01T00:00:00Z").unwrap(),
        content: format!("<p>{} before</p>", escaped(words)),
        source: Some(SourceText { content: format!("{words} before"), media_type: "text/plain".into() }),
        summary: None,
        is_sensitive: false,
        attachments: Vec::new(),
        options: Vec::new(),
    }
}

/// Every second one is followed in a way of its own.
fn followed(number: usize) -> FollowOptions {
    let languages = if number % 2 == 1 { vec!["de".to_owned(), "en".to_owned()] } else { Vec::new() };
    FollowOptions { shows_boosts: number.is_multiple_of(2), notifies: number % 2 == 1, languages }
}

fn attachment(number: usize, url: String, alt: &str) -> Attachment {
    Attachment {
        url,
        media_type: "image/png".into(),
        alt: number.is_multiple_of(2).then(|| alt.to_owned()),
        blurhash: (number == 1).then(|| "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH".into()),
        focal_point: (number == 1).then_some((0.25, -0.5)),
        width: (number == 0).then_some(640),
        height: (number == 0).then_some(480),
    }
}

#[async_trait]
impl Source for Invented {
    fn actor(&self) -> &Url {
        &self.actor
    }

    fn collections(&self) -> Vec<CollectionKind> {
        CollectionKind::ALL.to_vec()
    }

    async fn profile(&self) -> Result<Profile, AdapterError> {
        let field = ProfileField { name: "Nest".into(), value: "<p>no</p>".into() };
        Ok(Profile { name: "Dora & 🐦".into(), summary: "<p>I count.</p>".into(), fields: vec![field] })
    }

    async fn count(&self, kind: CollectionKind) -> Result<Option<u64>, AdapterError> {
        Ok(Some(u64::try_from(self.lists[&kind].len()).unwrap()))
    }

    async fn page(
        &self,
        kind: CollectionKind,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, AdapterError> {
        let all = &self.lists[&kind];
        let start =
            cursor.map_or(Some(0), |Cursor(text)| text.parse().ok()).filter(|start| *start <= all.len());
        let start = start.ok_or_else(|| AdapterError::fatal("reading", "this cursor is from elsewhere"))?;
        let end = (start + limit).min(all.len());
        let next = (end < all.len()).then(|| Cursor(end.to_string()));
        Ok(Page { items: all[start..end].to_vec(), next, ..Page::default() })
    }

    async fn media(&self, file: &MediaFile) -> Result<MediaStream, AdapterError> {
        let bytes = self.bytes.get(&file.url).ok_or_else(|| AdapterError::item("there is no such file"))?;
        let chunks: Vec<_> = bytes.chunks(10_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        Ok(futures::stream::iter(chunks).boxed())
    }
}

/// Opens the person whatever is asked for.
#[async_trait]
impl Sources for Invented {
    async fn open(&self, _: &Transfer, _: Option<&Login>) -> Result<Arc<dyn Source>, AdapterError> {
        Ok(Arc::new(self.clone()))
    }
}
