//! New home: counts, reasons and Old home's own statement in one signed document; and the list of all
//! items behind it.

use std::collections::BTreeMap;

use futures::{
    StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};

use super::{
    Engine, TransferError, TransferResult,
    status::{old_actor, report},
};
use crate::{
    model::{
        certificate::{Certificate, FORM, KindLine, Occasion, OldSide},
        digest::Running,
        id::TransferId,
        inventory::Inventory,
        item::ItemKind,
        listing::{Line, Unshown},
        report::{ReasonCount, Report},
        transfer::{Origin, Transfer},
    },
    port::error::AdapterError,
    store::{
        Store, certificates, gaps,
        listing::{self, Wanted},
        stated, transfers, unshown,
    },
    wire::seal::{self, Sealed},
    words::text,
};

/// Lines read in one go.
const BATCH: i64 = 500;

/// What differs between the two sides and needs the person's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Differences {
    /// Failed items and gaps together.
    pub count: u64,
    /// How many the person has accepted.
    pub accepted: u64,
    /// Differences that are nobody's item.
    pub gaps: Vec<ReasonCount>,
}

impl Differences {
    /// Whether nothing stands in the way of keeping or announcing.
    pub fn are_accepted(&self) -> bool {
        self.count == self.accepted || self.count == 0
    }
}

/// The differences of a report.
///
/// # Errors
/// [`TransferError::Store`].
pub async fn differences(engine: &Engine, id: &TransferId, report: &Report) -> TransferResult<Differences> {
    let gaps: Vec<ReasonCount> = gaps::gaps(&engine.store, id)
        .await?
        .into_iter()
        .map(|gap| ReasonCount { kind: gap.kind, count: gap.count, why: gap.why })
        .collect();
    let failed = report.items.values().fold(0_u64, |sum, counts| sum.saturating_add(counts.failed));
    let count = gaps.iter().fold(failed, |sum, gap| sum.saturating_add(gap.count));
    Ok(Differences { count, accepted: certificates::accepted(&engine.store, id).await?, gaps })
}

/// All items of a transfer as lines, a batch at a time.
pub fn lines(
    store: &Store,
    transfer: &TransferId,
    wanted: Wanted,
) -> BoxStream<'static, TransferResult<Vec<Line>>> {
    let (store, transfer) = (store.clone(), transfer.clone());
    stream::try_unfold(Some(wanted), move |wanted| -> BoxFuture<'static, _> {
        let (store, transfer) = (store.clone(), transfer.clone());
        Box::pin(async move {
            let Some(mut wanted) = wanted else { return Ok(None) };
            let batch = listing::page(&store, &transfer, &wanted, BATCH).await?;
            let next = batch.last().map(|last| {
                wanted.after = (last.kind.clone(), last.key.clone());
                wanted
            });
            Ok(next.map(|next| (batch, Some(next))))
        })
    })
    .boxed()
}

/// Everything that could not be read or shown here, a batch at a time.
pub fn unshown(store: &Store, transfer: &TransferId) -> BoxStream<'static, TransferResult<Vec<Unshown>>> {
    let (store, transfer) = (store.clone(), transfer.clone());
    stream::try_unfold((String::new(), String::new()), move |after| -> BoxFuture<'static, _> {
        let (store, transfer) = (store.clone(), transfer.clone());
        Box::pin(async move {
            let batch = unshown::page(&store, &transfer, &after, BATCH).await?;
            let last = batch.last().map(|last| (last.kind.clone(), last.key.clone()));
            Ok(last.map(|last| (batch, last)))
        })
    })
    .boxed()
}

/// Issues the certificate of an occasion; issuing it again replaces it.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub async fn issue(engine: &Engine, transfer: &Transfer, occasion: Occasion) -> TransferResult<Sealed> {
    let report = frozen(engine, transfer).await?;
    let differences = differences(engine, &transfer.id, &report).await?;
    let (old_side, stated) = old_side(engine, transfer).await?;
    let mut kinds: BTreeMap<ItemKind, KindLine> = BTreeMap::new();
    for kind in ItemKind::ALL {
        let (counts, said) = (report.kind(kind), stated.as_ref().and_then(|all| all.kinds.get(&kind)));
        let line = KindLine {
            stated: said.copied(),
            read: counts.source,
            // What only its owner's word keeps here has no counterpart at the source.
            here: counts.destination.saturating_sub(counts.own),
            declined: counts.declined,
            not_carried: counts.skipped,
            failed: counts.failed,
        };
        if line.read + line.here > 0 || said.is_some() {
            kinds.insert(kind, line);
        }
    }
    let mut hash = Running::default();
    let mut all = lines(&engine.store, &transfer.id, Wanted::default());
    while let Some(batch) = all.next().await {
        for line in batch? {
            hash.add(line.json().as_bytes());
        }
    }
    let now = engine.clock.now();
    let account = engine.host.account(&transfer.account).await?;
    let mut issuer = engine.base.clone();
    issuer.set_path("/godwit/actor");
    let unsigned = |why| TransferError::Adapter(AdapterError::fatal("signing the certificate", why));
    let key = &engine.signer.private_key_pem;
    let certificate = Certificate {
        form: FORM,
        transfer: transfer.id.to_string(),
        occasion,
        issued_at: now,
        old_actor: old_actor(transfer).cloned(),
        new_actor: account.map(|account| account.actor),
        old_side,
        kinds,
        reasons: report.reasons,
        differences: differences.count,
        accepted: differences.accepted,
        gaps: differences.gaps,
        items: hash.finish(),
        issuer,
        issuer_key_pem: seal::public_pem(key).map_err(unsigned)?,
    };
    let statement = serde_json::to_value(&certificate).unwrap_or_default();
    let sealed = seal::seal(statement, &engine.signer.key_id, key).map_err(unsigned)?;
    let now = engine.clock.now_micros();
    certificates::keep(&engine.store, &transfer.id, occasion, &sealed, now).await?;
    Ok(sealed)
}

/// The numbers as they were counted last, before anybody changed anything here.
async fn frozen(engine: &Engine, transfer: &Transfer) -> TransferResult<Report> {
    match transfers::report(&engine.store, &transfer.id).await? {
        Some(report) => Ok(report),
        None => report(engine, transfer).await,
    }
}

async fn old_side(engine: &Engine, transfer: &Transfer) -> TransferResult<(OldSide, Option<Inventory>)> {
    let kept = stated::last(&engine.store, &transfer.id).await?;
    let alone = |why| OldSide::NewHomeAlone { why };
    let Some(kept) = kept else {
        let why = match transfer.origin {
            Origin::Live { .. } => text!("reasons-makes-no-statement"),
            Origin::ClientApi { .. } => text!("reasons-nothing-there-counts"),
            Origin::Archive { .. } => text!("reasons-nobody-counted-the-file"),
        };
        return Ok((alone(why), None));
    };
    let (Some(document), Some(key_pem)) = (kept.document, kept.key_pem) else {
        let why = kept.trouble.unwrap_or_else(|| text!("reasons-statement-is-not-believed"));
        return Ok((alone(why), None));
    };
    let inventory = inventory(&document);
    let statement = serde_json::to_value(&document).unwrap_or_default();
    Ok((OldSide::OldHome { statement, key_pem }, inventory))
}

/// The kinds of a signed statement that this version knows.
pub fn inventory(document: &Sealed) -> Option<Inventory> {
    let mut statement = document.statement.clone();
    let kinds = statement.get_mut("kinds")?.as_object_mut()?;
    kinds.retain(|name, _| ItemKind::from_word(name).is_some());
    serde_json::from_value(statement).ok()
}

/// The person accepts the differences they saw.
///
/// # Errors
/// [`TransferError::Refused`] when there are others by now.
pub async fn accept(engine: &Engine, transfer: &Transfer, seen: u64) -> TransferResult<()> {
    let differences = differences(engine, &transfer.id, &frozen(engine, transfer).await?).await?;
    if differences.count != seen {
        return Err(TransferError::Refused(text!(
            "refusals-other-differences-by-now",
            n = differences.count,
            seen = seen
        )));
    }
    certificates::accept(&engine.store, &transfer.id, seen, engine.clock.now_micros()).await?;
    Ok(())
}

/// Refuses as long as there are differences the person has not accepted.
///
/// # Errors
/// [`TransferError::Refused`].
pub async fn must_be_accepted(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let differences = differences(engine, &transfer.id, &frozen(engine, transfer).await?).await?;
    if differences.are_accepted() {
        return Ok(());
    }
    Err(TransferError::Refused(text!("refusals-things-differ", n = differences.count)))
}
