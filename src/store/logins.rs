//! Columns `source` and `hand_over` of `transfers`: what a transfer may do at its source, sealed.

use super::{Store, StoreResult, from_json, to_json};
use crate::model::{
    id::TransferId,
    login::{Login, Purpose},
    transfer::Origin,
};

/// What binds a sealed login to its row and column.
fn place(id: &TransferId, purpose: Purpose) -> String {
    let column = match purpose {
        Purpose::Read => "source",
        Purpose::HandOver => "hand_over",
    };
    format!("transfers {id} {column}")
}

/// A login as it is stored.
///
/// # Errors
/// [`super::StoreError`].
pub(super) fn sealed(store: &Store, id: &TransferId, login: &Login) -> StoreResult<String> {
    store.sealing.seal(&place(id, login.purpose), &to_json(login))
}

/// The authorization a transfer has at its source for a purpose; none either when the key that sealed
/// it is lost, as after a restore of the database alone: the owner is asked again then.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, id: &TransferId, purpose: Purpose) -> StoreResult<Option<Login>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<String>, Option<String>)> = row!(
        &mut c,
        (Option<String>, Option<String>),
        "select source, hand_over from transfers where id = $1",
        id.as_str()
    )?;
    let text = found.and_then(|(source, hand_over)| match purpose {
        Purpose::Read => source,
        Purpose::HandOver => hand_over,
    });
    let Some(text) = text else { return Ok(None) };
    let Some(text) = store.sealing.unseal(&place(id, purpose), &text) else {
        tracing::warn!(transfer.id = %id, "a stored permission does not open with this server's sealing key");
        return Ok(None);
    };
    Ok(Some(from_json("login", &text)?))
}

/// Keeps an authorization; the one for reading also says which actor the transfer copies.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, id: &TransferId, login: &Login) -> StoreResult<()> {
    let (id, text, login) = (id.clone(), sealed(store, id, login)?, login.clone());
    store
        .write(move |c| {
            Box::pin(async move {
                match login.purpose {
                    Purpose::Read => {
                        let sql = "select origin from transfers where id = $1";
                        let before = row!(c, (String,), sql, id.as_str())?;
                        let Some((before,)) = before else { return Ok(()) };
                        let origin = to_json(&from_json::<Origin>("origin", &before)?.of(login.actor));
                        run!(
                            c,
                            "update transfers set source = $2, origin = $3 where id = $1",
                            id.as_str(),
                            text,
                            origin,
                        )?
                    }
                    Purpose::HandOver => {
                        run!(c, "update transfers set hand_over = $2 where id = $1", id.as_str(), text)?
                    }
                };
                Ok(())
            })
        })
        .await
}

/// Forgets the authorization to read.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget_reading(store: &Store, id: &TransferId) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "update transfers set source = null where id = $1", id.as_str())?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::{
        model::transfer::{Transfer, TransferState},
        store::transfers,
    };

    fn login(purpose: Purpose) -> Login {
        let url = |text: &str| Url::parse(text).unwrap();
        Login {
            purpose,
            issuer: "https://old.example".to_owned(),
            authorization_endpoint: url("https://old.example/authorize"),
            token_endpoint: url("https://old.example/token"),
            revocation_endpoint: None,
            must_name_issuer: true,
            actor: url("https://old.example/users/ann"),
            state_hash: String::new(),
            verifier: "the-verifier".to_owned(),
            access_token: Some("the-access-token".to_owned()),
            refresh_token: Some("the-refresh-token".to_owned()),
            expires_at: None,
            client: None,
        }
    }

    #[tokio::test]
    async fn no_token_stands_readable_in_the_database() {
        let dir = tempfile::tempdir().unwrap();
        let id = TransferId::from("t");
        let transfer = Transfer {
            id: id.clone(),
            account: "a".into(),
            asked_for: String::new(),
            origin: Origin::Live { actor: Url::parse("https://old.example/users/ann").unwrap() },
            state: TransferState::AwaitingConsent,
            problem: None,
            resume_at: None,
            ending: None,
        };
        let store = Store::open(dir.path()).await.unwrap();
        transfers::insert(&store, transfer, Some(login(Purpose::Read)), 0).await.unwrap();
        keep(&store, &id, &login(Purpose::HandOver)).await.unwrap();
        keep(&store, &id, &login(Purpose::Read)).await.unwrap();
        for purpose in [Purpose::Read, Purpose::HandOver] {
            let found = find(&store, &id, purpose).await.unwrap().unwrap();
            assert_eq!(found.access_token.as_deref(), Some("the-access-token"));
        }
        for file in ["godwit.sqlite", "godwit.sqlite-wal"] {
            let bytes = std::fs::read(dir.path().join(file)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            for secret in ["the-access-token", "the-refresh-token", "the-verifier"] {
                assert!(!text.contains(secret), "{secret} in {file}");
            }
        }
        std::fs::remove_file(dir.path().join("sealing.key")).unwrap();
        let restored = Store::open(dir.path()).await.unwrap();
        assert!(find(&restored, &id, Purpose::Read).await.unwrap().is_none(), "opens without its key");
    }
}
