//! Ids for copied items: the same request gives the same id, and ids sort by original time.

use aws_lc_rs::hmac;

use crate::{model::moment::Moment, port::destination::Wanted};

/// Where items without a time of their own are put: 2000-01-01, in milliseconds. Any constant would
/// do; this one is older than every server a copy can come from.
const TIMELESS_MILLIS: u64 = 946_684_800_000;
/// The largest time a `UUIDv7` can hold, in milliseconds (48 bits, year 10889).
const LAST_MILLIS: u64 = (1 << 48) - 1;
/// The largest rank that still sorts (12 bits); later ones share it and are told apart by the hash.
const LAST_RANK: u16 = 0x0fff;
/// Longest file name in an address, in characters; what is longer loses its beginning, not its ending.
const FILE_NAME_CHARS: usize = 80;

/// The id of one wanted item: a `UUIDv7` of its original time, then its rank, then 62 bits that
/// depend on transfer, kind and key alone.
pub(super) fn reserved(transfer: &str, wanted: &Wanted) -> String {
    let millis = wanted.published.as_ref().map_or(TIMELESS_MILLIS, millis);
    let key = hmac::Key::new(hmac::HMAC_SHA256, transfer.as_bytes());
    let named = format!("{}\n{}", wanted.kind.as_str(), wanted.key);
    let tag = hmac::sign(&key, named.as_bytes());
    let mut rest = [0_u8; 10];
    let (rank, hash) = rest.split_at_mut(2);
    rank.copy_from_slice(&wanted.rank.min(LAST_RANK).to_be_bytes());
    for (place, byte) in hash.iter_mut().zip(tag.as_ref()) {
        *place = *byte;
    }
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid().to_string()
}

/// Milliseconds since 1970; what lies outside of what an id can hold goes to the nearest end.
fn millis(moment: &Moment) -> u64 {
    u64::try_from(moment.micros().div_euclid(1000)).unwrap_or(0).min(LAST_MILLIS)
}

/// A file name that means the same in every address and on every disk.
pub(super) fn file_name(wanted: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let surplus = wanted.chars().count().saturating_sub(FILE_NAME_CHARS);
    let name: String = wanted.chars().skip(surplus).map(plain).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{id::ItemKey, item::ItemKind};

    fn wanted(key: &str, published: Option<&str>, rank: u16) -> Wanted {
        Wanted {
            key: ItemKey::from(key),
            kind: ItemKind::Posts,
            published: published.map(|text| Moment::parse(text).unwrap()),
            rank,
            file_name: None,
            media_type: None,
        }
    }

    #[test]
    fn the_same_request_gets_the_same_id_and_any_other_gets_another() {
        let time = Some("2022-05-06T07:08:09Z");
        let id = reserved("t1", &wanted("a", time, 0));
        assert_eq!(id, reserved("t1", &wanted("a", time, 0)));
        let mut boost = wanted("a", time, 0);
        boost.kind = ItemKind::Boosts;
        for other in [
            reserved("t2", &wanted("a", time, 0)),
            reserved("t1", &wanted("b", time, 0)),
            reserved("t1", &boost),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn ids_sort_by_time_and_then_by_rank() {
        let in_order = [
            wanted("z", Some("1960-01-01T00:00:00Z"), 0),
            wanted("y", None, 0),
            wanted("x", Some("2022-05-06T07:08:09.001Z"), 0),
            wanted("w", Some("2022-05-06T07:08:09.001Z"), 1),
            wanted("v", Some("2022-05-06T07:08:09.001Z"), 300),
            wanted("u", Some("2022-05-06T07:08:09.002Z"), 0),
            wanted("t", Some("9999-12-31T23:59:59Z"), 0),
        ];
        let ids: Vec<String> = in_order.iter().map(|one| reserved("t", one)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn an_id_is_a_uuid_of_version_seven_that_tells_the_original_time() {
        let id: uuid::Uuid =
            reserved("t", &wanted("a", Some("2022-05-06T07:08:09.123Z"), 65_535)).parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos / 1_000_000), (1_651_820_889, 123));
    }

    #[test]
    fn a_file_name_is_plain_short_and_never_hidden() {
        assert_eq!(file_name("Ein Bild/äöü?.png"), "Ein-Bild-----.png");
        assert_eq!(file_name("../../.htaccess"), "-..-.htaccess");
        assert_eq!(file_name("...."), "file");
        let long = format!("{}.jpeg", "a".repeat(300));
        assert_eq!(file_name(&long), format!("{}.jpeg", "a".repeat(75)));
    }
}
