//! New home: the last rung of the ladder. The person brings a file; it is looked at before anything else, and
//! goes the way of every other copy then, by the same rules.

use url::Url;

use super::{
    Engine, TransferError, TransferResult,
    admit::{allowed, applicant, rules},
    step, turn,
};
use crate::{
    model::{
        choices::Choices,
        id::{AccountId, TransferId},
        policy::{Broken, Request, Rule, RuleWord, Size},
        transfer::{Origin, Transfer, TransferState as S},
    },
    store::{admissions, choices, transfers, uploads::Arriving},
    words::text,
};

/// What a file may hold beside pictures, in bytes: documents, and how they are packed.
const BESIDE_MEDIA: u64 = 1 << 30;

/// How many bytes somebody may bring now: what the rules and the disk have room for, at most `most`.
///
/// # Errors
/// [`TransferError::Refused`] with the rules in sentences where nothing may be brought at all.
pub async fn room_for_a_file(engine: &Engine, account: &AccountId, most: u64) -> TransferResult<u64> {
    if !engine.takes_copies {
        return Err(TransferError::Refused(text!("refusals-only-hands-out", here = engine.domain)));
    }
    let rules = rules(engine).await?.arrivals;
    let (free, now) = (engine.blobs.free_bytes(), engine.clock.now_micros());
    let room = admissions::room(&engine.store, Some(account), "", free, now).await?;
    let size = Size { posts: Some(0), media_bytes: Some(0), ..Size::default() };
    let mut broken = rules.judge(&Request { size, is_archive: true, ..Request::default() }, &room).broken;
    // Whose file it is, is known when it is here.
    let is_nobody = rules.who == Rule::Word(RuleWord::Nobody);
    broken.retain(|rule| is_nobody || !matches!(rule, Broken::Who | Broken::Blocked(_)));
    if !broken.is_empty() {
        let other = text!("policy-any-server");
        let said = broken.iter().map(|rule| rule.sentence(&rules, &engine.domain, &other));
        return Err(TransferError::Refused(said.collect::<Vec<_>>().join(" ")));
    }
    let limits = &rules.terms.limits;
    let by_rule = limits.media_bytes.map(|media| media.saturating_add(BESIDE_MEDIA));
    let by_disk = free.map(|free| {
        free.saturating_sub(limits.free_disk_bytes.unwrap_or(0)).saturating_sub(room.promised_bytes)
    });
    Ok([by_rule, by_disk].into_iter().flatten().fold(most, u64::min))
}

/// Looks at what was brought: is it an archive, whose does it say it is, may that one come? Nothing is begun.
///
/// # Errors
/// [`TransferError`] with a sentence for the person.
pub async fn look(engine: &Engine, brought: &Transfer) -> TransferResult<Url> {
    let source = engine.sources.open(brought, None).await?;
    allowed(engine, &applicant(engine, source.actor(), "").await).await?;
    Ok(source.actor().clone())
}

/// A copy of a file that lies here, as it begins.
pub fn copy_of(
    id: &TransferId,
    account: &AccountId,
    called: &str,
    path: String,
    beside: Vec<String>,
) -> Transfer {
    Transfer {
        id: id.clone(),
        account: account.clone(),
        asked_for: called.to_owned(),
        origin: Origin::Archive { path, beside },
        state: S::Surveying,
        problem: None,
        resume_at: None,
        ending: None,
    }
}

/// Keeps what was brought and begins: the survey comes next, then the person chooses.
///
/// # Errors
/// [`TransferError::Refused`] when the disk does not take it.
pub async fn begin(engine: &Engine, brought: Transfer, arriving: Arriving) -> TransferResult<()> {
    let (id, old_place) = (brought.id.clone(), arriving.path().to_owned());
    let kept = arriving.keep(&engine.uploads, &id);
    let kept = kept.map_err(|error| {
        tracing::error!(%error, "an archive that was brought could not be kept");
        TransferError::Refused(text!("refusals-disk-did-not-take-the-file"))
    })?;
    let moved = |path: &String| {
        let inside =
            std::path::Path::new(path).strip_prefix(&old_place).map(|inside| kept.folder.join(inside));
        inside.map_or_else(|_| path.clone(), |path| path.to_string_lossy().into_owned())
    };
    let origin = match &brought.origin {
        Origin::Archive { path, beside } => {
            Origin::Archive { path: moved(path), beside: beside.iter().map(moved).collect() }
        }
        other => other.clone(),
    };
    let transfer = Transfer { origin, ..brought };
    // Taken before it can be seen: nothing goes on before it is noted that the person chooses.
    let holder = format!("bring {}", engine.clock.id());
    let noted = Box::pin(async {
        transfers::insert(&engine.store, transfer, None, engine.clock.now_micros()).await?;
        choices::keep(&engine.store, &id, Choices::default(), true).await
    });
    let done = turn::with(&engine.store, &*engine.clock, step::work(id.as_str()), holder, noted).await?;
    done.unwrap_or(Ok(()))?;
    drop(kept);
    Ok(())
}

/// Removes an archive that was brought for a copy and is not needed any more.
pub(super) fn forget(engine: &Engine, id: &TransferId) {
    if let Err(error) = engine.uploads.remove(id) {
        tracing::warn!(%error, "an archive that is not needed any more could not be removed; the next start tries again");
    }
}

/// Removes what a daemon that fell over left behind: files of no copy, or of one that is over.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn sweep(engine: &Engine) -> TransferResult<()> {
    let resting = engine.uploads.resting().unwrap_or_else(|error| {
        tracing::warn!(%error, "the archives that were brought cannot be looked at");
        Vec::new()
    });
    for name in resting {
        let copy = transfers::find(&engine.store, &TransferId::from(name.as_str())).await?;
        let is_over =
            copy.is_none_or(|copy| matches!(copy.state, S::Kept | S::Discarded | S::Removed | S::Done));
        if is_over && let Err(error) = engine.uploads.remove_folder(&name) {
            tracing::warn!(%error, "an archive that is not needed any more could not be removed");
        }
    }
    Ok(())
}
