//! What Ann wrote and passed on before she came here; invented, one oddity of real archives each.

use serde_json::{Value, json};

/// The server Ann's archive came from; it does not exist.
const SERVER: &str = "https://birds.example";
/// Everybody.
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Somebody Ann mentions.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Actor id.
    pub(crate) href: String,
    /// `@name@host`.
    pub(crate) name: String,
}

/// Ann's id at the server her archive came from.
pub(crate) fn actor() -> String {
    format!("{SERVER}/users/ann")
}

/// Id of the post with this number.
pub(crate) fn id(number: u32) -> String {
    format!("{}/statuses/1102854800{number:04}", actor())
}

fn page(number: u32) -> String {
    format!("{SERVER}/@ann/1102854800{number:04}")
}

fn followers() -> String {
    format!("{}/followers", actor())
}

/// `to` and `cc` by a word.
fn audience(word: &str, mentioned: &[&Person]) -> (Vec<String>, Vec<String>) {
    let people: Vec<String> = mentioned.iter().map(|person| person.href.clone()).collect();
    let (all, mine) = (PUBLIC.to_owned(), followers());
    match word {
        "public" => (vec![all], [vec![mine], people].concat()),
        "unlisted" => (vec![mine], [vec![all], people].concat()),
        "followers" => (vec![mine], people),
        _ => (people, Vec::new()),
    }
}

/// One post being written.
struct Draft<'a> {
    number: u32,
    /// Day and time in March 2023.
    at: &'a str,
    word: &'a str,
    text: &'a str,
    mentioned: Vec<&'a Person>,
    /// Fields that replace or join the ordinary ones.
    more: Value,
}

fn create(draft: &Draft<'_>) -> Value {
    let (to, cc) = audience(draft.word, &draft.mentioned);
    let published = format!("2023-03-{}Z", draft.at);
    let mut tags: Vec<Value> = draft
        .mentioned
        .iter()
        .map(|person| json!({"type": "Mention", "href": person.href, "name": person.name}))
        .collect();
    if draft.text.contains("#<span>") {
        tags.push(json!({"type": "Hashtag", "href": format!("{SERVER}/tags/birds"), "name": "#birds"}));
    }
    let mut object = json!({
        "id": id(draft.number), "type": "Note", "summary": null, "inReplyTo": null, "published": published,
        "url": page(draft.number), "attributedTo": actor(), "to": to, "cc": cc, "sensitive": false,
        "atomUri": id(draft.number), "inReplyToAtomUri": null, "content": draft.text,
        "contentMap": {"en": draft.text}, "attachment": [], "tag": tags,
        "replies": {"id": format!("{}/replies", id(draft.number)), "type": "Collection"},
    });
    if let (Some(fields), Some(more)) = (object.as_object_mut(), draft.more.as_object()) {
        fields.extend(more.clone());
    }
    json!({
        "id": format!("{}/activity", id(draft.number)), "type": "Create", "actor": actor(),
        "published": published, "to": to, "cc": cc, "object": object,
    })
}

fn announce(number: u32, at: &str, word: &str, object: &Value) -> Value {
    let (to, cc) = audience(word, &[]);
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}/activity", id(number)),
        "type": "Announce", "actor": actor(), "published": format!("2023-03-{at}Z"), "to": to, "cc": cc,
        "object": object,
    })
}

fn picture(url: &str, alt: Option<&str>) -> Value {
    json!({
        "type": "Document", "mediaType": "image/png", "url": url, "name": alt, "width": 32, "height": 24,
        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "focalPoint": [0.25, -0.5],
    })
}

fn answer(name: &str, votes: u32) -> Value {
    json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}})
}

/// Paths of the attached pictures inside the archive.
pub(crate) const PICTURES: [&str; 5] = [
    "media_attachments/files/110/285/001/original/0a1b2c3d4e5f6071.png",
    "media_attachments/files/110/285/002/original/1a1b2c3d4e5f6072.png",
    "media_attachments/files/110/285/003/original/2a1b2c3d4e5f6073.png",
    "media_attachments/files/110/285/004/original/3a1b2c3d4e5f6074.png",
    "media_attachments/files/110/285/005/original/4a1b2c3d4e5f6075.png",
];

/// Everything in the order it was made: 22 posts, 3 boosts.
pub(crate) fn all(fay: &Person) -> Vec<Value> {
    let bob =
        Person { href: "https://friends.example/users/bob".into(), name: "@bob@friends.example".into() };
    let [first, second, third, fourth, fifth] = PICTURES;
    let slashed = format!("/{second}");
    let link = format!(
        "<p>As I said: <a href=\"{0}\" rel=\"nofollow noopener\" target=\"_blank\">\
         <span class=\"invisible\">https://</span><span class=\"\">{1}</span></a></p>",
        page(1),
        page(1).trim_start_matches("https://"),
    );
    let hello_bob = "<p><span class=\"h-card\"><a href=\"https://friends.example/@bob\" class=\"u-url mention\">\
                     @<span>bob</span></a></span> well put</p>";
    let hello_fay =
        format!("<p><a href=\"{}\" class=\"u-url mention\">@<span>fay</span></a> hello</p>", fay.href);
    let tagged = "<p>First light over the flats \
                  <a href=\"https://birds.example/tags/birds\" class=\"mention hashtag\">#<span>birds</span></a></p>";
    let draft =
        |number, at, word, text| Draft { number, at, word, text, mentioned: Vec::new(), more: json!({}) };
    let with = |number, at, word, text, more| Draft { more, ..draft(number, at, word, text) };
    let german = json!({"content": "<p>Guten Abend</p>", "contentMap": {"de": "<p>Guten Abend</p>"}});
    let private = create(&draft(4, "02T09:00:00", "followers", "<p>Only for those who follow me</p>"));
    let drafts = vec![
        draft(1, "01T06:00:00", "public", tagged),
        with(2, "01T07:00:00", "public", "<p>Bread again</p>", json!({"summary": "food", "sensitive": true})),
        draft(3, "01T08:00:00", "unlisted", "<p>Quietly said</p>"),
        Draft { mentioned: vec![&bob], ..draft(5, "02T10:00:00", "direct", "<p>For your eyes, Bob</p>") },
        draft(6, "03T06:00:00", "public", "<p>A long story, part one</p>"),
        // In the very same second as what it answers.
        with(7, "03T06:00:00", "public", "<p>Part two</p>", json!({"inReplyTo": id(6)})),
        with(8, "03T06:05:00", "unlisted", "<p>Part three</p>", json!({"inReplyTo": id(7)})),
        Draft {
            mentioned: vec![&bob],
            ..with(
                9,
                "04T06:00:00",
                "public",
                hello_bob,
                json!({"inReplyTo": "https://friends.example/notes/77"}),
            )
        },
        with(
            10,
            "05T06:00:00",
            "public",
            "<p>Tea or coffee?</p>",
            json!({
                "type": "Question", "endTime": "2023-03-06T06:00:00Z", "closed": "2023-03-06T06:00:00Z",
                "votersCount": 5, "oneOf": [answer("Tea", 3), answer("Coffee", 2)],
            }),
        ),
        with(
            11,
            "07T06:00:00",
            "public",
            "<p>The flats</p>",
            json!({
                "attachment": [picture(first, Some("Mud flats at low tide, seen from the dyke"))],
            }),
        ),
        with(
            12,
            "07T07:00:00",
            "public",
            "<p>From the other server's shelf</p>",
            json!({
                "attachment": [picture(&slashed, None)],
            }),
        ),
        with(
            13,
            "07T08:00:00",
            "followers",
            "<p>Two for my followers</p>",
            json!({
                "attachment": [picture(third, Some("A nest")), picture(fourth, Some("Its owner"))],
            }),
        ),
        with(
            14,
            "08T06:00:00",
            "public",
            "<p>Corrected later</p>",
            json!({"updated": "2023-03-09T12:30:00Z"}),
        ),
        with(
            15,
            "10T06:00:00",
            "public",
            "<p>Still the best one</p>",
            json!({"quote": id(11), "quoteUri": id(11)}),
        ),
        draft(16, "10T07:00:00", "public", &link),
        Draft { mentioned: vec![fay], ..draft(17, "11T06:00:00", "public", &hello_fay) },
        Draft { mentioned: vec![fay], ..draft(18, "11T07:00:00", "direct", "<p>Between us, Fay</p>") },
        with(19, "12T06:00:00", "followers", "<p>More for followers</p>", json!({"inReplyTo": id(4)})),
        with(20, "13T06:00:00", "public", "<p>Guten Abend</p>", german),
        with(
            21,
            "14T06:00:00",
            "public",
            "<p>Which ones did you see?</p>",
            json!({
                "type": "Question", "endTime": "2023-03-15T06:00:00Z", "closed": "2023-03-15T06:00:00Z",
                "votersCount": 4, "anyOf": [answer("Knot", 4), answer("Dunlin", 1), answer("None", 0)],
            }),
        ),
        with(
            22,
            "16T06:00:00",
            "public",
            "<p>A last one</p>",
            json!({
                "summary": "bright", "sensitive": true, "attachment": [picture(fifth, Some("The sun"))],
            }),
        ),
    ];
    let mut all: Vec<Value> = drafts.iter().map(create).collect();
    all.push(announce(30, "16T07:00:00", "public", &json!("https://friends.example/notes/12")));
    all.push(announce(31, "17T06:00:00", "unlisted", &json!(id(1))));
    // A boost of one's own private post carries the whole post.
    all.push(announce(32, "18T06:00:00", "followers", private.get("object").unwrap_or(&Value::Null)));
    all.push(private);
    all.sort_by_key(|activity| activity.get("published").and_then(Value::as_str).map(str::to_owned));
    all
}
