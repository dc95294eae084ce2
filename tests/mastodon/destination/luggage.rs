//! What somebody brings along: of everything something.

use std::{collections::BTreeMap, sync::Mutex};

use godwit::{
    model::{
        actor::{Profile, ProfileField},
        belonging::{
            Belonging, Filter, FilterAction, FilterPlace, ListReplies, PeopleList, Phrase, SettingName,
        },
        digest::Digest,
        earlier::Earlier,
        follow::FollowOptions,
        item::{Boost, Item, Reference},
        media::Attachment,
        moment::Moment,
        object::{Object, Poll, PollOption, SourceText, Tag, TagKind, Tallies, Visibility},
    },
    port::destination::StoredBlob,
    store::blobs::Blobs,
    wire::audience,
};
use url::Url;

/// A suitcase.
pub struct Luggage {
    pub items: Vec<Item>,
    pub files: BTreeMap<String, StoredBlob>,
    pub profile: Profile,
    pub avatar: Option<StoredBlob>,
    pub header: Option<StoredBlob>,
    /// Whose it is.
    pub owner: Url,
    /// The keys of files by the addresses they were given.
    pub keys_of_files: Mutex<BTreeMap<String, String>>,
    pub bytes: Vec<(String, Vec<u8>)>,
}

impl Default for Luggage {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            files: BTreeMap::new(),
            profile: Profile::default(),
            avatar: None,
            header: None,
            owner: url(ANN),
            keys_of_files: Mutex::default(),
            bytes: Vec::new(),
        }
    }
}

const ANN: &str = "https://old.example/users/ann";
const GRETA: &str = "https://far.example/users/greta";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The address of a post at the old home.
pub fn old(number: u32) -> Url {
    url(&format!("{ANN}/statuses/{number}"))
}

/// A post; the number is the year it was written in, after 2000.
pub fn post(number: u32, visibility: Visibility, content: &str) -> Object {
    let (to, cc) = audience::addressing(visibility, &url(&format!("{ANN}/followers")), &[GRETA.to_owned()]);
    Object {
        id: old(number),
        url: None,
        other_urls: Vec::new(),
        kind: "Note".into(),
        attributed_to: url(ANN),
        name: None,
        content: content.into(),
        source: None,
        summary: None,
        is_sensitive: false,
        language: Some("de-DE".into()),
        published: Moment::parse(&format!("{:04}-03-01T10:00:00Z", 2000 + number)).unwrap(),
        updated: None,
        visibility,
        to,
        cc,
        in_reply_to: None,
        quote: None,
        tags: Vec::new(),
        attachments: Vec::new(),
        poll: None,
        previously: Vec::new(),
        tallies: Tallies::default(),
        answers: Vec::new(),
        earlier: Vec::new(),
    }
}

fn tag(kind: TagKind, name: &str, href: &str) -> Tag {
    Tag { kind, name: name.into(), href: Some(href.into()) }
}

impl Luggage {
    /// Of everything something.
    pub fn full() -> Self {
        let mut all = Self {
            profile: Profile {
                name: "Ann".into(),
                summary: "<p>Looks at <b>birds</b></p>".into(),
                fields: vec![ProfileField {
                    name: "Home".into(),
                    value: "<a href=\"https://ann.example\">ann.example</a>".into(),
                }],
            },
            ..Self::default()
        };
        all.avatar = Some(all.picture("face", 10, 10));
        let mut first = post(
            10,
            Visibility::Public,
            "<p>first <a href=\"x\" class=\"mention hashtag\">#<span>Birds</span></a></p>",
        );
        first.tags = vec![
            tag(TagKind::Hashtag, "#Birds", "https://old.example/tags/birds"),
            tag(TagKind::Hashtag, "#Zaunkönig", "https://old.example/tags/zk"),
        ];
        first.tallies = Tallies { replies: 4, likes: 7, shares: 0 };
        let mut named = post(11, Visibility::Public, "<p>hello</p>");
        named.source = Some(SourceText {
            content: "hello @bob and @greta@far.example".into(),
            media_type: "text/plain".into(),
        });
        named.tags = vec![
            tag(TagKind::Mention, "@bob", "https://old.example/users/bob"),
            tag(TagKind::Mention, "@greta@far.example", GRETA),
        ];
        named.in_reply_to = Some(old(10));
        named.updated = Some(Moment::parse("2011-03-02T10:00:00Z").unwrap());
        named.earlier = ["first", "second"]
            .into_iter()
            .zip(0_u8..)
            .map(|(word, hour)| Earlier {
                written: Moment::parse(&format!("2011-03-01T1{hour}:00:00Z")).unwrap(),
                content: String::new(),
                source: Some(SourceText {
                    content: format!("{word} to @bob, see {}", old(10)),
                    media_type: "text/plain".into(),
                }),
                summary: (hour == 0).then(|| "birds".to_owned()),
                is_sensitive: hour == 0,
                attachments: Vec::new(),
                options: Vec::new(),
            })
            .collect();
        let mut shown = post(12, Visibility::Unlisted, "<p>look</p>");
        for name in ["one", "two"] {
            let address = format!("https://old.example/media/{name}.png");
            let blob = all.picture(name, 900, 500);
            all.files.insert(address.clone(), blob);
            shown.attachments.push(Attachment {
                url: address,
                media_type: "image/png".into(),
                alt: Some(format!("a picture of {name}")),
                blurhash: None,
                focal_point: Some((0.1, -0.2)),
                width: None,
                height: None,
            });
        }
        let mut again = post(13, Visibility::Followers, "<p>again</p>");
        again.attachments.push(shown.attachments[0].clone());
        let mut asked = post(14, Visibility::Public, "<p>which?</p>");
        let option = |name: &str, votes| PollOption { name: name.into(), votes };
        asked.poll = Some(Poll {
            options: vec![option("tea, \"green\"", 3), option("coffee", 4)],
            is_multiple: false,
            ends: Some(Moment::parse("2999-01-01T00:00:00Z").unwrap()),
            closed: None,
            voters: Some(7),
        });
        let mut direct = post(15, Visibility::Direct, "<p>psst</p>");
        direct.tags = vec![tag(TagKind::Mention, "@greta@far.example", GRETA)];
        let mut answer = post(16, Visibility::Public, "<p>indeed</p>");
        answer.in_reply_to = Some(url("https://new.example/@frank/115000000000000000"));
        let mut lost = post(17, Visibility::Public, "<p>to nobody here</p>");
        lost.in_reply_to = Some(url("https://gone.example/notes/1"));
        let mut quoting = post(18, Visibility::Public, "<p>as I said</p>");
        quoting.quote = Some(old(10));
        // Dated into the future, to stand above everything for ever.
        let mut late = post(19, Visibility::Public, "<p>tomorrow</p>");
        late.published = Moment::parse("2999-01-01T00:00:00Z").unwrap();
        let posts = [first, named, shown, again, asked, direct, answer, lost, quoting, late];
        all.items.extend(posts.into_iter().map(|post| Item::Post(Box::new(post))));
        let boost = |number: u32, object: &str| {
            Item::Boost(Boost {
                id: url(&format!("{ANN}/statuses/{number}/activity")),
                object: url(object),
                published: Moment::parse("2020-05-05T05:05:05Z").unwrap(),
                visibility: Visibility::Public,
                previously: Vec::new(),
            })
        };
        all.items.push(boost(30, "https://far.example/notes/1"));
        all.items.push(boost(31, "https://nowhere.example/notes/1"));
        all.items.push(boost(32, old(10).as_str()));
        let reference = |object: &str| Reference { object: url(object), published: None };
        all.items.push(Item::Like(reference("https://new.example/users/frank/statuses/115000000000000000")));
        all.items.push(Item::Like(reference("https://nowhere.example/notes/1")));
        all.items.push(Item::Bookmark(reference("https://far.example/notes/1")));
        let languages = vec!["de".to_owned(), "en".to_owned()];
        let options = FollowOptions { shows_boosts: false, notifies: true, languages };
        all.items.push(Item::Follow { actor: url("https://far.example/users/hugo"), options });
        all.items.push(Item::Block { actor: url("https://far.example/users/ivan") });
        let about = || url(GRETA);
        all.items.extend(
            [
                Belonging::Pin { object: old(10), position: 0 },
                Belonging::FeaturedTag { name: "zaunkönig".into() },
                Belonging::FollowedTag { name: "meisen".into() },
                Belonging::Mute { actor: about(), hides_notifications: true, ends: None },
                Belonging::DomainBlock { domain: "evil.example".into() },
                Belonging::Filter(Filter {
                    title: "football".into(),
                    phrases: vec![Phrase { text: "goal".into(), is_whole_word: true }],
                    places: vec![FilterPlace::Home, FilterPlace::Public],
                    action: FilterAction::Hide,
                    ends: None,
                }),
                Belonging::List(PeopleList {
                    title: "friends".into(),
                    members: vec![about(), url("https://far.example/users/hugo")],
                    replies: ListReplies::Followed,
                    is_exclusive: true,
                }),
                Belonging::Note { actor: about(), text: "met in Graz".into() },
                Belonging::Setting { name: SettingName::DefaultLanguage, value: "de".into() },
            ]
            .map(Item::Belonging),
        );
        all
    }

    /// Many posts that answer each other.
    pub fn thread(length: u32) -> Self {
        let posts = (0..length).map(|number| {
            let mut post = post(10, Visibility::Public, &format!("<p>number {number}</p>"));
            post.id = old(1000 + number);
            post.in_reply_to = (number > 0).then(|| old(999 + number));
            let (day, minute) = (1 + number / 1000, number % 1000);
            let at = format!("2015-03-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60);
            post.published = Moment::parse(&at).unwrap();
            Item::Post(Box::new(post))
        });
        Self { items: posts.collect(), ..Self::default() }
    }

    /// Adds a file.
    pub fn pack(&mut self, address: &str, bytes: Vec<u8>, media_type: &str) {
        let blob = self.wrap(bytes, media_type);
        self.files.insert(address.to_owned(), blob);
    }

    /// Takes the bytes of something along.
    pub fn wrap(&mut self, bytes: Vec<u8>, media_type: &str) -> StoredBlob {
        let (sha256, length) = (Digest::of(&bytes).hex(), u64::try_from(bytes.len()).unwrap());
        self.bytes.push((sha256.clone(), bytes));
        StoredBlob { sha256, bytes: length, media_type: media_type.into() }
    }

    /// Takes a picture along.
    pub fn picture(&mut self, name: &str, width: u32, height: u32) -> StoredBlob {
        // Each is another: the name is in the first dot.
        let mut picture = image::RgbImage::from_pixel(width, height, image::Rgb([9, 99, 199]));
        picture.put_pixel(0, 0, image::Rgb([name.as_bytes()[0], name.as_bytes()[1], 0]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        self.wrap(bytes.into_inner(), "image/png")
    }

    /// Puts the files where fetched ones lie.
    pub fn shelve(&self, blobs: &Blobs) {
        for (sha256, bytes) in &self.bytes {
            let path = blobs.path(sha256);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}
