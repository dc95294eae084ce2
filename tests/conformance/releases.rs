//! What stands at a destination once a copy is released, and what is left when it is removed.

use std::collections::BTreeMap;

use godwit::{
    model::{
        collection::CollectionKind,
        id::TransferId,
        item::{Item, ItemKind},
        moment::Moment,
        object::{Object, TagKind},
    },
    port::destination::Written,
    site::clean,
    transfer::remap,
};

use super::{
    destinations::{AT_ONCE, expected, same},
    invented::Invented,
    landings::{self, Landing},
    openings::{Stage, walk},
};

fn t1() -> TransferId {
    TransferId::from("t1")
}

#[actix_web::test]
async fn in_whatever_batches_it_comes_the_same_stands_there() {
    let luggage = landings::luggage().await;
    let mut first = BTreeMap::new();
    for at_once in [AT_ONCE, 1, 3] {
        for there in Landing::all().await {
            let name = format!("{}, {at_once} at once", there.name);
            let copied = there.copy(&t1(), &luggage, at_once).await;
            let counted = there.counts(&t1()).await;
            assert_eq!(counted, expected(&copied, &luggage), "{name}");
            there.destination.release(&t1(), there.account()).await.unwrap();
            let stands = (copied.written, counted, there.threads().await, there.rows(true).await);
            let at_first = first.entry(there.name.clone()).or_insert_with(|| stands.clone());
            assert_eq!(stands.0, at_first.0, "{name}");
            assert_eq!(stands.1, at_first.1, "{name}");
            same(&stands.2, &at_first.2, &format!("{name}: threads"));
            for (kind, rows) in &stands.3 {
                same(rows, &at_first.3[kind], &format!("{name}: {}", kind.as_str()));
            }
        }
    }
}

#[actix_web::test]
async fn as_much_is_read_back_as_was_written() {
    let luggage = landings::luggage().await;
    for there in Landing::all().await {
        let before = there.rows(true).await;
        let copied = there.copy(&t1(), &luggage, AT_ONCE).await;
        there.destination.release(&t1(), there.account()).await.unwrap();
        let (written, after) = (there.counts(&t1()).await, there.rows(true).await);
        assert_eq!(written, expected(&copied, &luggage), "{}", there.name);
        for kind in CollectionKind::ALL {
            let counted =
                kind.yields().iter().filter(|kind| there.stands(**kind)).map(|kind| written.get(kind));
            let counted: u64 = counted.flatten().sum();
            let more = after[&kind].len() - before[&kind].len();
            assert_eq!(u64::try_from(more).unwrap(), counted, "{} {}", there.name, kind.as_str());
        }
    }
}

#[actix_web::test]
async fn a_released_post_reads_back_with_its_words_times_readers_topics_files_and_parent() {
    let luggage = landings::luggage().await;
    for there in Landing::all().await {
        let copied = there.copy(&t1(), &luggage, AT_ONCE).await;
        there.destination.release(&t1(), there.account()).await.unwrap();
        let source = there.open(true).await;
        let read = walk(&*source, CollectionKind::Content, None, 100).await.items;
        let millis = |item: &Item| item.published().map(|time| time.micros().div_euclid(1000));
        assert!(
            read.iter().is_sorted_by_key(millis),
            "{}: they stand in the order of their times",
            there.name
        );
        let posts = read.iter().filter_map(post).map(|object| (&object.id, object));
        let by_address: BTreeMap<_, _> = posts.collect();
        for (one, written) in copied.prepared.iter().zip(&copied.written) {
            let Some(brought) = post(&one.item).filter(|_| *written == Written::Done) else { continue };
            let name = format!("{} {}", there.name, one.reservation.key);
            let Some(copy) = by_address.get(&one.reservation.url) else { panic!("{name} is not there") };
            assert_eq!(what_survives(copy), what_survives(brought), "{name}");
            assert_eq!(copy.attributed_to, there.sides.account.actor, "{name}");
            let said = remap::without_markup(&copy.content);
            let mut said = said.split(' ');
            for word in remap::without_markup(&brought.content).split(' ') {
                assert!(said.any(|other| other == word), "{name}: {word:?} of {brought:?} not in {copy:?}");
            }
        }
    }
}

#[actix_web::test]
async fn releasing_and_removing_twice_is_doing_it_once_and_what_was_removed_leaves_nothing() {
    let luggage = landings::luggage().await;
    for there in Landing::all().await {
        let (name, account) = (&there.name, there.account());
        let (before, unseen) = (there.standing().await, there.shown().await);
        there.copy(&t1(), &luggage, AT_ONCE).await;
        there.destination.release(&t1(), account).await.unwrap();
        let (released, counted) = (there.standing().await, there.counts(&t1()).await);
        assert_ne!(there.shown().await, unseen, "{name}");
        there.destination.release(&t1(), account).await.unwrap();
        same(&there.standing().await, &released, &format!("{name}, released twice"));
        assert!(there.destination.discard(&t1(), account).await.is_err(), "{name}: others have seen it");
        same(&there.standing().await, &released, &format!("{name}, not thrown away"));
        assert_eq!(there.counts(&t1()).await, counted, "{name}");
        for times in 1..=2 {
            there.destination.remove(&t1(), account).await.unwrap();
            assert_eq!(there.counts(&t1()).await, BTreeMap::new(), "{name}, {times}");
            same(&there.standing().await, &before, &format!("{name}, removed {times} times"));
            assert_eq!(there.shown().await, unseen, "{name}, {times}");
        }
    }
}

fn post(item: &Item) -> Option<&Object> {
    if let Item::Post(object) = item { Some(object) } else { None }
}

/// What every house keeps of a post, whatever it makes of its markup: times by the second, topics as they are compared.
fn what_survives(object: &Object) -> String {
    let second = |at: &Moment| at.micros().div_euclid(1_000_000);
    let times = (second(&object.published), object.updated.as_ref().map(second));
    let seen = (object.visibility, object.is_sensitive, &object.summary, &object.in_reply_to);
    let topics = object.tags.iter().filter(|tag| tag.kind == TagKind::Hashtag);
    let mut topics: Vec<_> = topics.map(|tag| tag.name.to_lowercase()).collect();
    topics.sort();
    let files: Vec<_> = object.attachments.iter().map(|file| (&file.media_type, &file.alt)).collect();
    let poll = object.poll.as_ref().map(|poll| (&poll.options, poll.is_multiple, poll.voters));
    let earlier: Vec<_> = object.earlier.iter().map(|one| (second(&one.written), one.is_sensitive)).collect();
    format!("{times:?} {seen:?} {topics:?} {files:?} {poll:?} {earlier:?}")
}

/// Of the built-in server, which keeps more than others, brought by the engine's own steps.
#[actix_web::test]
async fn what_was_written_reads_back_as_it_was_but_for_what_the_house_changes() {
    let stage = Stage::set().await;
    let source = stage.beside(true).await;
    let read = walk(&*source, CollectionKind::Content, None, 100).await.items;
    let written = walk(&Invented::dora(), CollectionKind::Content, None, 100).await.items;
    assert_eq!(read.len(), written.len());
    assert!(read.iter().is_sorted_by_key(|item| item.published().map(|time| time.micros().div_euclid(1000))));
    let post = |item: &Item| match item {
        Item::Post(object) => (**object).clone(),
        other => panic!("{} is no post", other.key()),
    };
    let by_old_id: BTreeMap<_, _> =
        read.iter().map(post).map(|object| (object.previously[0].id.clone(), object)).collect();
    for original in written.iter().map(post) {
        let copy = &by_old_id[&original.id];
        assert_eq!(essence(&original), essence(copy));
        assert_eq!(original.attachments.len(), copy.attachments.len());
        let Some(parent) = &original.in_reply_to else { continue };
        let parent = by_old_id.get(parent).map_or(parent, |own| &own.id);
        assert_eq!(copy.in_reply_to.as_ref(), Some(parent), "a reply answers the copy of what it answered");
    }
}

/// A post without what moves: addresses, links, audience lists; content as the house cleans it.
fn essence(object: &Object) -> String {
    let mut object = object.clone();
    let poll = object.poll.take().map(|poll| (poll.options, poll.is_multiple, poll.ends, poll.voters));
    let alt: Vec<_> =
        object.attachments.iter().map(|file| (file.alt.clone(), file.blurhash.clone())).collect();
    let words = remap::without_markup(&clean::html(&object.content));
    let tags: Vec<_> = object.tags.iter().map(|tag| (tag.kind, tag.name.clone())).collect();
    let kept =
        (object.kind, object.name, object.summary, object.is_sensitive, object.language, object.source);
    let times = (object.published, object.updated, object.visibility, object.tallies);
    format!("{kept:?} {times:?} {words} {tags:?} {alt:?} {poll:?} {}", ItemKind::Posts.as_str())
}
