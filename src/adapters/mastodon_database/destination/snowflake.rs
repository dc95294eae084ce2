//! Ids that the server beside us would have given at the original time: 48 bits of milliseconds, then
//! 16 bits. Everything there is sorted by id, never by date, so an old post needs an old id.

use crate::model::digest::Digest;

/// Places kept free for each rank, so that a taken one is stepped over without passing the next rank.
const STEP: i64 = 8;
/// First place of a millisecond, at most; above it there is room for [`RANKS`].
const BASES: u64 = 0x7000;
/// Ranks within one millisecond; later ones stand in the next.
const RANKS: i64 = (0x1_0000 - 0x7000) / STEP;
/// How often a place is looked for before it is given up.
const TRIES: i64 = 100;

/// The millisecond an id is made for: what the old id itself says where it is of this kind and agrees
/// with the original time, else that time. Never later than now.
pub(super) fn millis(key: &str, published_micros: Option<i64>, now_micros: i64) -> i64 {
    let now = now_micros.div_euclid(1000).max(1);
    let Some(published) = published_micros else { return now };
    let said = published.div_euclid(1000);
    // The original time comes with whole seconds; an id that lies within that second is more exact.
    let exact = id_in(key).map(|id| id >> 16).filter(|exact| (0..1000).contains(&(exact - said)));
    exact.unwrap_or(said).clamp(1, now)
}

/// The last number in an address, if it is long enough to be such an id.
fn id_in(key: &str) -> Option<i64> {
    let digits = key.split(['/', '?', '#']).rev().find(|part| part.bytes().all(|b| b.is_ascii_digit()));
    digits.filter(|digits| digits.len() >= 15)?.parse().ok()
}

/// Ids that may be had for one thing, best first. Things of one millisecond stand by rank.
pub(super) fn candidates(seed: &str, millis: i64, rank: u16) -> impl Iterator<Item = i64> {
    let rank = i64::from(rank);
    let millis = millis.saturating_add(rank / RANKS);
    let within = (rank % RANKS) * STEP;
    (0..TRIES).map(move |attempt| {
        // Whoever finds all places of its rank taken goes on to the milliseconds after.
        let millis = millis.saturating_add(attempt / STEP);
        let base = Digest::of(format!("{seed}\n{millis}").as_bytes()).start() % BASES;
        let base = i64::try_from(base).unwrap_or(0);
        (millis << 16) | (base + within + attempt % STEP)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000_000;

    fn first(millis: i64, rank: u16) -> i64 {
        candidates("t1", millis, rank).next().unwrap()
    }

    #[test]
    fn order_by_id_is_order_by_time_and_then_by_rank() {
        let mut made = Vec::new();
        for millis in [1, 1_500_000_000_000, 1_500_000_000_001, 1_700_000_000_000] {
            made.extend((0..u16::try_from(RANKS).unwrap()).step_by(97).map(|rank| first(millis, rank)));
        }
        assert!(made.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn places_of_two_ranks_never_meet_and_the_millisecond_holds_all_of_them() {
        let of = |rank| candidates("t1", 5, rank).take(8).collect::<Vec<_>>();
        assert!(of(3).iter().max() < of(4).iter().min());
        assert!(of(u16::try_from(RANKS).unwrap() - 1).iter().all(|id| id >> 16 == 5));
        assert_eq!(first(5, u16::try_from(RANKS).unwrap()) >> 16, 6);
    }

    #[test]
    fn all_places_differ_however_often_one_is_taken() {
        let mut all: Vec<i64> = candidates("t1", 1_600_000_000_000, 7).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 100);
    }

    #[test]
    fn an_old_id_that_agrees_with_the_time_is_more_exact_than_it() {
        let said = 1_600_000_000_000_000;
        let exact = (1_600_000_000_345_i64 << 16) | 0x77;
        let key = format!("https://old.example/users/ann/statuses/{exact}");
        assert_eq!(millis(&key, Some(said), NOW), 1_600_000_000_345);
        assert_eq!(millis(&format!("{key}/activity"), Some(said), NOW), 1_600_000_000_345);
        let other = (1_500_000_000_000_i64 << 16) | 0x77;
        let key = format!("https://old.example/users/ann/statuses/{other}");
        assert_eq!(millis(&key, Some(said), NOW), 1_600_000_000_000, "an id that says something else");
    }

    #[test]
    fn nothing_is_dated_into_the_future_or_before_ids_begin() {
        assert_eq!(millis("x", Some(NOW + 9_000_000), NOW), NOW / 1000);
        assert_eq!(millis("x", Some(-5), NOW), 1);
        assert_eq!(millis("x", None, NOW), NOW / 1000);
    }
}
