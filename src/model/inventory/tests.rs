//! Whatever the order, the same; whatever changes, it shows, and it shows where.

use proptest::prelude::*;

use super::*;
use crate::model::item::Reference;

fn entries(numbers: &[u16]) -> Vec<Entry> {
    let entry = |n: &u16| Entry {
        key: ItemKey::from(format!("https://old.example/{n}")),
        content: Digest::of(&n.to_be_bytes()),
    };
    numbers.iter().map(entry).collect()
}

fn tally(entries: &[Entry], bits: u8) -> Tally {
    let mut tally = Tally { bits, buckets: BTreeMap::new() };
    for entry in entries {
        tally.add(ItemKind::Posts, entry);
    }
    tally
}

proptest! {
    #[test]
    fn the_order_of_pages_makes_no_difference(
        (numbers, shuffled) in prop::collection::hash_set(any::<u16>(), 0..300)
            .prop_map(|set| set.into_iter().collect::<Vec<_>>())
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        bits in 0..=MOST_BITS,
    ) {
        let (one, other) = (tally(&entries(&numbers), bits), tally(&entries(&shuffled), bits));
        prop_assert!(one.is_sound());
        prop_assert_eq!(one.total(), other.total());
        prop_assert_eq!(one.total().count, u64::try_from(numbers.len()).unwrap());
    }

    #[test]
    fn a_change_shows_in_its_own_bucket_only(
        numbers in prop::collection::hash_set(0_u16..60_000, 1..300),
        at in any::<prop::sample::Index>(),
        what in 0..3_u8,
        (mine, theirs) in (0..=MOST_BITS, 0..=MOST_BITS),
    ) {
        let before = entries(&numbers.into_iter().collect::<Vec<_>>());
        let mut after = before.clone();
        let at = at.index(after.len());
        let touched = match what {
            0 => after.remove(at),
            1 => { after.extend(entries(&[60_001])); after.last().unwrap().clone() }
            _ => { after[at].content = Digest::of(b"edited"); after[at].clone() }
        };
        let (one, other) = (tally(&before, mine), tally(&after, theirs));
        let (bits, differing) = one.differing(&other);
        prop_assert_eq!(bits, mine.min(theirs));
        prop_assert_eq!(differing, vec![bucket_of(&touched.key, bits)]);
        prop_assert_ne!(one.folded(bits).total().digest, other.folded(bits).total().digest);
    }

    #[test]
    fn folding_is_counting_with_fewer_bits(
        numbers in prop::collection::hash_set(any::<u16>(), 0..200), many in 0..=MOST_BITS, few in 0..=MOST_BITS,
    ) {
        let list = entries(&numbers.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(tally(&list, many).folded(few), tally(&list, many.min(few)));
    }
}

#[test]
fn a_bucket_holds_about_as_many_however_many_there_are() {
    for (count, bits) in [(0, 0), (256, 0), (257, 1), (1_000_000, 12), (u64::MAX, MOST_BITS)] {
        assert_eq!(bits_for(count), bits, "{count}");
    }
}

#[test]
fn swapped_contents_and_swapped_kinds_show() {
    let [a, b] = [1, 2].map(|n: u16| entries(&[n]).remove(0));
    let swapped = [Entry { content: b.content, ..a.clone() }, Entry { content: a.content, ..b.clone() }];
    assert_ne!(tally(&[a.clone(), b.clone()], 0), tally(&swapped, 0));
    let mut other = Tally::default();
    for entry in [&a, &b] {
        other.add(ItemKind::Boosts, entry);
    }
    assert_ne!(tally(&[a, b], 0), other);
}

#[test]
fn what_others_did_with_it_makes_no_other_item() {
    let reference = |when: Option<&str>| {
        Item::Like(Reference {
            object: Url::parse("https://third.example/1").unwrap(),
            published: when.map(|text| Moment::parse(text).unwrap()),
        })
    };
    assert_eq!(content_hash(&reference(None)), content_hash(&reference(None)));
    assert_ne!(content_hash(&reference(None)), content_hash(&reference(Some("2023-07-20T12:00:00Z"))));
}

#[test]
fn what_another_server_wrote_is_not_sound_by_itself() {
    let bucket = Bucket { count: 1, digest: Digest::default() };
    let with = |bits, number, bucket| Tally { bits, buckets: BTreeMap::from([(number, bucket)]) };
    assert!(with(3, 7, bucket).is_sound());
    assert!(!with(3, 8, bucket).is_sound());
    assert!(!with(3, 7, Bucket { count: 0, ..bucket }).is_sound());
    assert!(!with(63, 7, bucket).is_sound());
}
