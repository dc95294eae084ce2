//! What somebody brings who wrote a lot: answers to herself, topics, links, names, polls, numbers.

use godwit::model::{
    moment::Moment,
    object::{Object, Poll, PollOption, Tag, TagKind, Tallies, Visibility},
};
use godwit::wire::audience;
use url::Url;

use super::house::{OLD, bird};

/// The address of a post at the old home.
pub fn address(number: usize) -> Url {
    Url::parse(&format!("{OLD}/statuses/{}", 110_000_000_000_000_000 + number)).unwrap()
}

/// The first instant of the account's writing, and how far its posts are apart, in microseconds.
pub fn published(number: usize) -> Moment {
    Moment::from_micros((1_483_228_800 + i64::try_from(number).unwrap() * 1_800) * 1_000_000)
}

/// A post: every third answers the one before, every third has two topics, every seventh a link, every
/// tenth names somebody, every fiftieth asks, every fourth has numbers.
pub fn post(number: usize) -> Object {
    let visibility = match number % 10 {
        7 => Visibility::Unlisted,
        8 => Visibility::Followers,
        _ => Visibility::Public,
    };
    let named: Vec<String> = if number.is_multiple_of(10) { vec![bird(number / 10)] } else { Vec::new() };
    let followers = Url::parse(&format!("{OLD}/followers")).unwrap();
    let (to, cc) = audience::addressing(visibility, &followers, &named);
    let mut tags: Vec<Tag> = named
        .iter()
        .map(|actor| tag(TagKind::Mention, &format!("@bird{}@birds.example", number / 10 % 500), actor))
        .collect();
    if number.is_multiple_of(3) {
        tags.extend(["birds", "moult"].map(|name| {
            tag(TagKind::Hashtag, &format!("#{name}"), &format!("https://old.example/tags/{name}"))
        }));
    }
    Object {
        id: address(number),
        url: None,
        other_urls: Vec::new(),
        kind: if number % 50 == 1 { "Question" } else { "Note" }.into(),
        attributed_to: Url::parse(OLD).unwrap(),
        name: None,
        content: content(number, &named),
        source: None,
        summary: (number % 40 == 3).then(|| "birds".to_owned()),
        is_sensitive: false,
        language: Some("en".into()),
        published: published(number),
        updated: (number % 30 == 2).then(|| published(number + 1)),
        visibility,
        to,
        cc,
        in_reply_to: (number % 3 == 1).then(|| address(number - 1)),
        quote: None,
        tags,
        attachments: Vec::new(),
        poll: (number % 50 == 1).then(|| poll(number)),
        previously: Vec::new(),
        tallies: if number.is_multiple_of(4) {
            Tallies { replies: 1, likes: 3, shares: 2 }
        } else {
            Tallies::default()
        },
        answers: Vec::new(),
        earlier: Vec::new(),
    }
}

fn content(number: usize, named: &[String]) -> String {
    let name = named
        .iter()
        .map(|actor| format!(r#"<a href="{actor}" class="u-url mention">@<span>bird</span></a> "#));
    let link = if number % 7 == 6 {
        r#" See <a href="https://water.example/places/north-shore?day=7">water.example/places</a>."#
    } else {
        ""
    };
    format!(
        "<p>{}Sighting number {number}: a bar-tailed godwit on its way south, tired and far from home.</p>\
         <p>It stood in the shallow water for an hour and then flew on with the others.{link}</p>",
        name.collect::<String>()
    )
}

fn tag(kind: TagKind, name: &str, href: &str) -> Tag {
    Tag { kind, name: name.into(), href: Some(href.into()) }
}

fn poll(number: usize) -> Poll {
    let option = |name: &str, votes| PollOption { name: name.into(), votes };
    Poll {
        options: vec![option("Godwit", 3), option("Curlew", 4)],
        is_multiple: false,
        closed: Some(published(number + 10)),
        ends: Some(published(number + 10)),
        voters: Some(7),
    }
}
