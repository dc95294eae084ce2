//! Table `forwards`: the map a destination handed over, inert until each entry is proven.

use super::{Store, StoreResult, count};

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ForwardRow {
    pub departure_id: String,
    pub old_url: String,
    pub new_url: String,
    pub new_page: Option<String>,
    pub kind: String,
    pub visibility: String,
    pub proof: String,
    pub why: Option<String>,
}

/// The outcome of looking at one new object.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Which entry.
    pub old_url: String,
    /// `Ok` with the object's page and its media, or why it is refused.
    pub outcome: Result<Proven, String>,
}

/// What a proven object brought.
#[derive(Debug, Clone, Default)]
pub struct Proven {
    /// Its page on the target's own server.
    pub page: Option<String>,
    /// Addresses of the files it shows.
    pub files: Vec<String>,
}

/// How many entries stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct MapCounts {
    /// All of them.
    pub entries: u64,
    /// Proven: they are forwarded.
    pub proven: u64,
    /// Looked at and refused.
    pub refused: u64,
    /// Not for strangers: never looked at, never forwarded.
    pub hidden: u64,
}

/// Adds entries; answers the old addresses that already lead elsewhere: the first word wins.
///
/// # Errors
/// [`super::StoreError`]; a conflict when the departure is announced or withdrawn.
pub async fn add(
    store: &Store,
    departure: String,
    entries: Vec<ForwardRow>,
    is_complete: bool,
) -> StoreResult<Vec<String>> {
    store
        .write(move |c| {
            Box::pin(async move {
                let state =
                    row!(c, (String,), "select state from departures where id = $1", departure.as_str(),)?;
                // What rests was not looked at yet, and may be called off: its list is as open as before.
                let is_open = state.is_some_and(|(state,)| matches!(state.as_str(), "started" | "resting"));
                let mut elsewhere = Vec::new();
                for entry in entries {
                    let there = row!(
                        c,
                        (String,),
                        "select new_url from forwards where departure_id = $1 and old_url = $2",
                        departure.as_str(),
                        entry.old_url.as_str(),
                    )?;
                    match there {
                        Some((new_url,)) if new_url == entry.new_url => {}
                        Some(_) => elsewhere.push(entry.old_url),
                        None if !is_open => elsewhere.push(entry.old_url),
                        None => {
                            run!(
                                c,
                                "insert into forwards (departure_id, old_url, new_url, new_page, kind, \
                                 visibility, proof) values ($1, $2, $3, $4, $5, $6, 'none')",
                                departure.as_str(),
                                entry.old_url,
                                entry.new_url,
                                entry.new_page,
                                entry.kind,
                                entry.visibility,
                            )?;
                        }
                    }
                }
                if is_complete && is_open {
                    run!(c, "update departures set is_map_complete = $2 where id = $1", departure, true)?;
                }
                Ok(elsewhere)
            })
        })
        .await
}

/// Entries whose objects were erased where they went: those that lead there answer that it is gone, others never will
/// lead there. Gives how many were not known as erased. The ids must be such as [`add`] keeps.
///
/// # Errors
/// [`super::StoreError`].
pub async fn erase(store: &Store, departure: String, ids: Vec<String>) -> StoreResult<u64> {
    store
        .write(move |c| {
            Box::pin(async move {
                let mut erased = 0;
                for id in ids {
                    erased += run!(
                        c,
                        "update forwards set proof = case when proof = 'proven' then 'erased' else 'refused' end, \
                         why = 'it was erased where it went' where departure_id = $1 and old_url = $2 \
                         and visibility in ('public', 'unlisted') and proof in ('none', 'proven')",
                        departure.as_str(),
                        id,
                    )?;
                }
                Ok(erased)
            })
        })
        .await
}

/// Objects whose proof is still to be looked at; files are proven by the objects that show them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn to_prove(store: &Store, departure: &str, limit: i64) -> StoreResult<Vec<ForwardRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        ForwardRow,
        "select * from forwards where departure_id = $1 and proof = 'none' and kind in ('posts', 'boosts') \
         and visibility in ('public', 'unlisted') order by old_url limit $2",
        departure,
        limit,
    )?)
}

/// Keeps what was found about objects, and with each proven one proves its files.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep_proofs(store: &Store, departure: String, proofs: Vec<Proof>) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                for proof in proofs {
                    let (word, page, why, files) = match proof.outcome {
                        Ok(proven) => ("proven", proven.page, None, proven.files),
                        Err(why) => ("refused", None, Some(why), Vec::new()),
                    };
                    run!(
                        c,
                        "update forwards set proof = $3, new_page = $4, why = $5 \
                         where departure_id = $1 and old_url = $2",
                        departure.as_str(),
                        proof.old_url,
                        word,
                        page,
                        why,
                    )?;
                    prove_files_in(c, &departure, files).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn prove_files_in(c: &mut super::Connection, departure: &str, files: Vec<String>) -> StoreResult<()> {
    for file in files {
        run!(
            c,
            "update forwards set proof = 'proven', why = null where departure_id = $1 and new_url = $2 \
             and kind in ('media', 'profile_images') and visibility in ('public', 'unlisted')",
            departure,
            file,
        )?;
    }
    Ok(())
}

/// Ends proving: the files the target's profile shows are proven, every other open entry that
/// nothing speaks for is refused.
///
/// # Errors
/// [`super::StoreError`].
pub async fn close_proofs(
    store: &Store,
    departure: String,
    files: Vec<String>,
    why: String,
) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                prove_files_in(c, &departure, files).await?;
                run!(
                    c,
                    "update forwards set proof = 'refused', why = $2 where departure_id = $1 and proof = 'none' \
                     and visibility in ('public', 'unlisted')",
                    departure,
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Counts a departure's entries.
///
/// # Errors
/// [`super::StoreError`].
pub async fn counts(store: &Store, departure: &str) -> StoreResult<MapCounts> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (bool, String, i64),
        "select visibility in ('public', 'unlisted'), proof, count(*) from forwards \
         where departure_id = $1 group by 1, 2",
        departure,
    )?;
    let mut counts = MapCounts::default();
    for (is_open, proof, number) in found {
        let number = count(number);
        counts.entries += number;
        match (is_open, proof.as_str()) {
            (false, _) => counts.hidden += number,
            (true, "proven") => counts.proven += number,
            (true, "refused") => counts.refused += number,
            (true, _) => {}
        }
    }
    Ok(counts)
}
