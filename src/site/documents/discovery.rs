//! How others find us: `WebFinger` and `NodeInfo`.

use serde_json::{Value, json};
use url::Url;

use super::actor::HOST_NAME;
use crate::{
    site::{Site, SiteResult, urls::Meaning},
    store::overview,
};

/// Relation of a `NodeInfo` 2.1 document.
const NODEINFO: &str = "http://nodeinfo.diaspora.software/ns/schema/2.1";

impl Site {
    /// Answers `WebFinger` for a `resource`; `None` when nobody here has it. Spec: RFC 7033.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn webfinger(&self, resource: &str) -> SiteResult<Option<Value>> {
        let domain = self.urls.domain();
        let host = self.urls.host_actor();
        let is_host = match resource.strip_prefix("acct:") {
            Some(account) => self.local_name(account).is_some_and(|name| name == HOST_NAME || name == domain),
            None => resource == host.as_str(),
        };
        if is_host {
            return Ok(Some(json!({
                "subject": format!("acct:{HOST_NAME}@{domain}"),
                "aliases": [host],
                "links": [self_link(&host)],
            })));
        }
        let name = match resource.strip_prefix("acct:") {
            Some(account) => self.local_name(account).map(str::to_owned),
            None => match Url::parse(resource).ok().and_then(|url| self.urls.meaning(&url)) {
                Some(Meaning::Actor(name) | Meaning::Profile(name)) => Some(name),
                _ => None,
            },
        };
        let Some(name) = name else {
            return Ok(None);
        };
        let Some(account) = self.public_account(&name).await? else {
            return Ok(None);
        };
        let (actor, page) = (self.urls.actor(&account.username), self.urls.profile(&account.username));
        Ok(Some(json!({
            "subject": format!("acct:{}@{domain}", account.username),
            "aliases": [page, actor],
            "links": [
                self_link(&actor),
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
            ],
        })))
    }

    /// The name in `name@host` when the host is ours, with or without port: some servers drop it.
    fn local_name<'a>(&self, account: &'a str) -> Option<&'a str> {
        let account = account.trim_start_matches('@');
        let (name, host) = account.rsplit_once('@')?;
        let bare = self.urls.base().host_str().unwrap_or_default();
        let is_ours = host.eq_ignore_ascii_case(&self.urls.domain()) || host.eq_ignore_ascii_case(bare);
        is_ours.then_some(name)
    }

    /// Where the `NodeInfo` document is.
    pub fn nodeinfo_links(&self) -> Value {
        json!({"links": [
            {"rel": NODEINFO, "href": self.urls.at(&["nodeinfo", "2.1"])},
            {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": self.urls.host_actor()},
        ]})
    }

    /// The `NodeInfo` document. Accounts that moved away are left out of the numbers.
    ///
    /// # Errors
    /// [`crate::site::SiteError::Store`].
    pub async fn nodeinfo(&self, server_name: &str) -> SiteResult<Value> {
        let (accounts, posts) = overview::usage(&self.store).await?;
        Ok(json!({
            "version": "2.1",
            "software": {"name": "godwit", "version": env!("CARGO_PKG_VERSION")},
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": []},
            "openRegistrations": false,
            "usage": {"users": {"total": accounts}, "localPosts": posts},
            "metadata": {"nodeName": server_name},
        }))
    }
}

fn self_link(actor: &Url) -> Value {
    json!({"rel": "self", "type": "application/activity+json", "href": actor})
}
