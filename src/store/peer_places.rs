//! Tables `peer_places` and `peer_shares`: how many things are asked of a peer at the same time by all
//! daemons together, and who asks now. A daemon is heard of every few seconds while it asks; who is not
//! heard of any more leaves its part to the others.

use std::collections::BTreeMap;

use super::{Connection, Store, StoreResult, count};

/// How long it is remembered how a peer answered: a day, in microseconds.
const REMEMBERED: i64 = 86_400_000_000;

/// What a daemon tells of a peer.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// Its origin; empty for the places of all peers together.
    pub peer: String,
    /// Places more or fewer since it was told last.
    pub change: i64,
    /// Places at first.
    pub first: i64,
    /// Places at least.
    pub least: i64,
    /// Places at most.
    pub most: i64,
}

/// How the places of a peer are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Places of all together.
    pub places: i64,
    /// Daemons that ask.
    pub daemons: i64,
    /// Which of them this one is, from 0.
    pub rank: i64,
}

/// Tells what was learnt, keeps this daemon's part until `until`, and says what it is now.
///
/// # Errors
/// [`super::StoreError`].
pub async fn divide(
    store: &Store,
    now: i64,
    until: i64,
    learnt: Vec<Learnt>,
) -> StoreResult<BTreeMap<String, Part>> {
    let daemon = store.daemon().to_owned();
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                run!(&mut *c, "delete from peer_shares where until <= $1", now)?;
                run!(&mut *c, "delete from peer_places where told_at < $1", now.saturating_sub(REMEMBERED))?;
                let mut parts = BTreeMap::new();
                for one in learnt {
                    let part = divide_one(&mut *c, &daemon, &one, (now, until)).await?;
                    parts.insert(one.peer, part);
                }
                Ok(parts)
            })
        })
        .await
}

async fn divide_one(
    c: &mut Connection,
    daemon: &str,
    learnt: &Learnt,
    (now, until): (i64, i64),
) -> StoreResult<Part> {
    let peer = learnt.peer.as_str();
    run!(
        &mut *c,
        "insert into peer_shares (peer, daemon, until) values ($1, $2, $3) \
         on conflict (peer, daemon) do update set until = excluded.until",
        peer,
        daemon,
        until,
    )?;
    let known = row!(&mut *c, (i64,), "select places from peer_places where peer = $1", peer)?;
    let places = known.map_or(learnt.first, |(places,)| places).saturating_add(learnt.change);
    let places = places.clamp(learnt.least, learnt.most);
    run!(
        &mut *c,
        "insert into peer_places (peer, places, told_at) values ($1, $2, $3) \
         on conflict (peer) do update set places = excluded.places, told_at = excluded.told_at",
        peer,
        places,
        now,
    )?;
    let asking =
        rows!(&mut *c, (String,), "select daemon from peer_shares where peer = $1 order by daemon", peer)?;
    let rank = asking.iter().position(|(name,)| name == daemon).unwrap_or(0);
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Part { places, daemons: number(asking.len()), rank: number(rank) })
}

/// How many daemons ask a peer at this time.
///
/// # Errors
/// [`super::StoreError`].
pub async fn asking(store: &Store, peer: &str, now: i64) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from peer_shares where peer = $1 and until > $2",
        peer,
        now,
    )?;
    Ok(found.map_or(0, |(n,)| count(n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(change: i64) -> Vec<Learnt> {
        vec![Learnt { peer: "https://a.example".into(), change, first: 4, least: 1, most: 12 }]
    }

    async fn part(store: &Store, now: i64, change: i64) -> Part {
        divide(store, now, now + 10, learnt(change)).await.unwrap()["https://a.example"]
    }

    #[tokio::test]
    async fn what_is_learnt_adds_up_between_bounds_and_is_forgotten_after_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let alone = |places| Part { places, daemons: 1, rank: 0 };
        assert_eq!(part(&store, 0, 0).await, alone(4));
        assert_eq!(part(&store, 1, 3).await, alone(7));
        assert_eq!(part(&store, 2, 100).await, alone(12));
        assert_eq!(part(&store, 3, -100).await, alone(1));
        assert_eq!(asking(&store, "https://a.example", 3).await.unwrap(), 1);
        assert_eq!(asking(&store, "https://a.example", 13).await.unwrap(), 0, "it is not heard of any more");
        assert_eq!(part(&store, 4 + REMEMBERED, 0).await, alone(4));
    }

    #[tokio::test]
    async fn each_daemon_has_its_part_as_long_as_it_is_heard_of() {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let one = Store::open(dirs[0].path()).await.unwrap();
        let Some(other) = one.of_another_daemon(dirs[1].path()).await else { return };
        assert_eq!(part(&one, 0, 0).await.daemons, 1);
        let theirs = part(&other, 5, 2).await;
        assert_eq!((theirs.places, theirs.daemons), (6, 2));
        let ours = part(&one, 9, 0).await;
        assert_eq!((ours.places, ours.daemons), (6, 2));
        assert_ne!(ours.rank, theirs.rank);
        assert_eq!(part(&one, 15, 0).await, Part { places: 6, daemons: 1, rank: 0 });
    }
}
