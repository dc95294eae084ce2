//! Letters leave: those that are due are put into words and carried. Who has no address reads them on the page.

use url::Url;

use crate::{
    port::{
        error::{AdapterError, Disposition},
        mail::Mail,
    },
    store::{
        StoreResult,
        letters::{self, Letter},
    },
    transfer::Engine,
    words::{letters::told, text},
};

/// Letters carried in one go.
const AT_ONCE: i64 = 20;
/// Tries before a letter is given up; it stands on the page all the same.
const MOST_TRIES: i64 = 12;
/// Between two tries, in microseconds.
const REST: i64 = 5 * 60 * 1_000_000;

/// Carries what is due.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn run_due(engine: &Engine) -> StoreResult<()> {
    let (store, now) = (&engine.store, engine.clock.now_micros());
    for (letter, address) in letters::due(store, now, AT_ONCE).await? {
        store.goes_on()?;
        let Some(to) = address else {
            letters::became(store, &letter.id, "page", 0).await?;
            continue;
        };
        let outcome = match mail(engine, &letter, to) {
            Some(mail) => engine.postman.carry(&mail).await,
            None => Err(AdapterError::item("there are no words for it")),
        };
        let (state, next_at) = match outcome {
            Ok(()) => ("sent", 0),
            Err(error) if error.disposition() == Disposition::SkipItem || letter.attempts >= MOST_TRIES => {
                tracing::warn!(kind = letter.kind, %error, "a letter could not be sent; it stands on the page");
                ("failed", 0)
            }
            Err(error) => {
                tracing::info!(kind = letter.kind, %error, "a letter waits");
                ("waiting", now.saturating_add(REST))
            }
        };
        letters::became(store, &letter.id, state, next_at).await?;
    }
    Ok(())
}

/// The letter in words, with the page it is about and the link that stops.
fn mail(engine: &Engine, letter: &Letter, to: String) -> Option<Mail> {
    let told = told(&letter.kind, &letter.about, &engine.domain)?;
    let at = |path: &str| engine.base.join(path).map(Url::into).unwrap_or_default();
    let page: String = match &letter.transfer_id {
        Some(id) => at(&format!("/transfers/{id}")),
        None => at("/departures"),
    };
    let mut body = format!("{}\n\n{}\n", told.body, text!("letters-see", url = page));
    if let Some(secret) = letters::secret(&engine.store, letter) {
        let stop = if letter.kind == letters::kind::RESTS {
            let url: String = at(&format!("/call-off/{secret}"));
            text!("letters-call-off", url = url)
        } else {
            let url: String = at(&format!("/stop/{secret}"));
            text!("letters-stop", url = url)
        };
        body = format!("{body}\n{stop}\n");
    }
    Some(Mail { to, subject: told.subject, body })
}
