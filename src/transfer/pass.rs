//! New home: one pass over Old home during a trial. It compares, brings what differs into the copy, and
//! compares again until nothing new is found.

use futures::future::BoxFuture;

use super::{
    Engine, TransferResult, access::open_source, again, certificate, differences, follow, import, look,
    verify::freeze,
};
use crate::{
    model::{
        certificate::Occasion,
        pass::{Found, Pass, PassReason, PassState},
        transfer::{Transfer, TransferState},
    },
    store::{deltas, passes, stated, transfers},
    words::text,
};

/// Comparisons of one pass at most: an account in use changes while it is looked at.
const ROUNDS: u32 = 5;

/// How a pass went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It came to its end.
    Finished,
    /// Old home cannot say what it has: there is nothing to compare with.
    Unsupported,
    /// The trial is over; nothing more is changed.
    Over,
}

/// Makes a pass, or goes on with the one that is open.
///
/// # Errors
/// [`super::TransferError`] with its disposition; the pass stays open and goes on where it was.
pub fn run<'a>(
    engine: &'a Engine,
    transfer: &'a Transfer,
    why: PassReason,
) -> BoxFuture<'a, TransferResult<Outcome>> {
    // It is long, and who runs it twice needs no room for it twice.
    Box::pin(make(engine, transfer, why))
}

async fn make(engine: &Engine, transfer: &Transfer, why: PassReason) -> TransferResult<Outcome> {
    let mut pass = passes::open(&engine.store, &transfer.id, why, engine.clock.now_micros()).await?;
    let source = open_source(engine, transfer).await?;
    let mut touched = Found::default();
    if pass.state == PassState::Waiting {
        let gives = look::can_look(engine, transfer).await?;
        again::offer(engine, transfer, &*source, gives).await?;
    }
    // What an earlier pass found and did not finish goes first, and what failed before.
    if deltas::is_waiting(&engine.store, &transfer.id).await? {
        if pass.state == PassState::Waiting {
            go(engine, transfer, &mut pass, PassState::Comparing).await?;
        }
        go(engine, transfer, &mut pass, PassState::Applying).await?;
        touched.own += follow::follow(engine, transfer, &source).await?;
        touched.changed += 1;
    }
    let (mut is_settled, mut is_followed) = (false, true);
    for _ in 0..ROUNDS {
        if is_over(engine, transfer).await? {
            end(engine, transfer, &mut pass, PassState::Ended).await?;
            return Ok(Outcome::Over);
        }
        let last = stated::last(&engine.store, &transfer.id).await?.map_or(0, |kept| kept.pass);
        pass.inventory = last.max(pass.inventory) + 1;
        pass.rounds += 1;
        go(engine, transfer, &mut pass, PassState::Comparing).await?;
        let Some(found) = differences::find(engine, transfer, &*source, pass.inventory).await? else {
            (is_settled, is_followed) = (true, false);
            break;
        };
        if found.is_nothing() {
            is_settled = true;
            break;
        }
        pass.found = pass.found.and(found);
        go(engine, transfer, &mut pass, PassState::Applying).await?;
        pass.found.own += follow::follow(engine, transfer, &source).await?;
    }
    touched = touched.and(pass.found);
    // Name and biography are in no inventory; writing them again writes nothing where they are the same.
    if is_followed {
        import::write_profile(engine, transfer, source.profile().await?).await?;
    }
    let removed = follow::notice_removed(engine, transfer).await?;
    if !touched.is_nothing() || removed > 0 {
        pass.problem = freeze(engine, transfer)
            .await?
            .map(|differing| text!("refusals-numbers-do-not-agree", differing = differing));
        certificate::issue(engine, transfer, Occasion::Trial).await?;
    }
    if !is_settled {
        pass.problem = Some(text!("refusals-keeps-changing"));
    }
    end(engine, transfer, &mut pass, PassState::Done).await?;
    Ok(if is_followed { Outcome::Finished } else { Outcome::Unsupported })
}

async fn go(engine: &Engine, transfer: &Transfer, pass: &mut Pass, to: PassState) -> TransferResult<()> {
    let from = std::mem::replace(&mut pass.state, to);
    Ok(passes::keep(&engine.store, &transfer.id, from, pass).await?)
}

/// Ends a pass; whoever looked and found nothing has it from the last comparison.
async fn end(engine: &Engine, transfer: &Transfer, pass: &mut Pass, to: PassState) -> TransferResult<()> {
    if pass.state == PassState::Applying && to == PassState::Done {
        go(engine, transfer, pass, PassState::Comparing).await?;
    }
    pass.ended_at = Some(engine.clock.now_micros());
    go(engine, transfer, pass, to).await
}

/// Ends the open pass, if there is one, with a sentence for the person.
///
/// # Errors
/// [`super::TransferError::Store`].
pub async fn fail(engine: &Engine, transfer: &Transfer, why: String) -> TransferResult<()> {
    let open = passes::last(&engine.store, &transfer.id).await?.filter(|pass| pass.state.is_open());
    let Some(mut pass) = open else { return Ok(()) };
    if pass.state == PassState::Waiting {
        go(engine, transfer, &mut pass, PassState::Comparing).await?;
    }
    pass.problem = Some(why);
    end(engine, transfer, &mut pass, PassState::Failed).await
}

async fn is_over(engine: &Engine, transfer: &Transfer) -> TransferResult<bool> {
    let now = transfers::find(&engine.store, &transfer.id).await?;
    let is_on = |state| matches!(state, TransferState::Trial | TransferState::Looking);
    Ok(!now.is_some_and(|transfer| is_on(transfer.state)))
}
