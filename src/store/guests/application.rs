//! Table `guest_applications`: what we are registered as at the server beside us.

use crate::{
    model::login::Client,
    store::{Store, StoreResult, from_json, to_json},
};

/// What binds a sealed application to its row.
fn place(redirect_uri: &str) -> String {
    format!("guest_applications {redirect_uri}")
}

/// What we are registered as with this way back; nothing when the key that sealed it is lost.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn application(store: &Store, redirect_uri: &str) -> StoreResult<Option<Client>> {
    let mut c = store.reader().await?;
    let sql = "select application from guest_applications where redirect_uri = $1";
    let found = row!(&mut c, (String,), sql, redirect_uri)?;
    let opened = found.and_then(|(sealed,)| store.sealing.unseal(&place(redirect_uri), &sealed));
    opened.map(|text| from_json("application", &text)).transpose()
}

/// Keeps it. Whoever registers a second time replaces the first.
///
/// # Errors
/// [`crate::store::StoreError`].
pub async fn keep_application(
    store: &Store,
    redirect_uri: String,
    client: &Client,
    now: i64,
) -> StoreResult<()> {
    let sealed = store.sealing.seal(&place(&redirect_uri), &to_json(client))?;
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into guest_applications (redirect_uri, application, created_at) values ($1, $2, $3) \
                     on conflict (redirect_uri) do update set application = excluded.application, \
                     created_at = excluded.created_at",
                    redirect_uri,
                    sealed,
                    now,
                )?;
                Ok(())
            })
        })
        .await
}
