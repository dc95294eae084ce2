//! An account in a few numbers, for whoever plans to copy it.

use std::{cmp::Reverse, collections::BTreeMap};

use url::Url;

use super::{Site, SiteResult, exports::Export};
use crate::{
    model::{
        actor::authority,
        outlook::{Outline, ServerShare},
    },
    store::outlines,
};

/// Followers read at a time.
const BATCH: i64 = 5_000;
/// Servers named at most; the followers on smaller ones count in the sum only.
const MOST_SERVERS: usize = 1_000;

impl Site {
    /// The numbers. Followers are counted by server, nobody is named.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn outline(&self, export: &Export) -> SiteResult<Outline> {
        let media_bytes = outlines::media_bytes(&self.store, export.scope()).await?;
        let account = export.account.id.as_str();
        let mut by_host: BTreeMap<String, u64> = BTreeMap::new();
        let (mut after, mut followers) = (String::new(), 0_u64);
        loop {
            let batch = outlines::followers_after(&self.store, account, &after, BATCH).await?;
            let Some((last,)) = batch.last() else { break };
            after.clone_from(last);
            for (actor,) in &batch {
                followers += 1;
                if let Ok(url) = Url::parse(actor) {
                    *by_host.entry(authority(&url)).or_default() += 1;
                }
            }
        }
        let mut servers: Vec<ServerShare> =
            by_host.into_iter().map(|(host, followers)| ServerShare { host, followers }).collect();
        servers.sort_by_key(|share| Reverse(share.followers));
        servers.truncate(MOST_SERVERS);
        Ok(Outline {
            media_bytes: Some(media_bytes),
            followers: Some(followers),
            servers,
            ..Outline::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        site::{exports::Export, fixture::Fixture},
        store::followers::{FollowerRow, add_follower_in},
    };

    #[tokio::test]
    async fn followers_are_counted_by_server_and_nobody_is_named() {
        let fixture = Fixture::open().await;
        let account = fixture.account("ann").await;
        for actor in ["https://b.example/users/x", "https://c.example/y", "https://b.example/users/z"] {
            let new = FollowerRow {
                account_id: account.id.to_string(),
                actor: actor.to_owned(),
                inbox: format!("{actor}/inbox"),
                shared_inbox: None,
                follow_id: format!("{actor}#f"),
                since: 1,
            };
            let write =
                fixture.site.store.write(move |c| Box::pin(async move { add_follower_in(c, &new).await }));
            assert!(write.await.unwrap());
        }
        let outline = fixture.site.outline(&Export { account, includes_private: false }).await.unwrap();
        let servers: Vec<_> = outline.servers.iter().map(|s| (s.host.as_str(), s.followers)).collect();
        assert_eq!(servers, [("b.example", 2), ("c.example", 1)]);
        assert_eq!((outline.followers, outline.media_bytes), (Some(3), Some(0)));
        assert!(!serde_json::to_string(&outline).unwrap().contains("users"));
    }
}
