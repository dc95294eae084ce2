//! Which addresses may be reached at all, and what a name resolves to.
//!
//! Two halves that need each other: [`Guard::check`] looks at the address (literals never meet the
//! resolver), [`Names`] looks at what a name resolves to at the moment of connecting (so that a name
//! cannot change its mind between check and use).

use std::{net::SocketAddr, sync::Arc};

use activitypub_federation::resolver::ValidatingDnsResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::port::remote::RemoteError;

/// Endings of names that only exist inside a house.
const INDOORS: [&str; 6] = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".onion"];

/// What kind of address passed the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// An ordinary server: https, a name, the usual port.
    Public,
    /// One of the laboratory's listed loopback hosts.
    Loopback,
}

/// A listed `host[:port]`.
#[derive(Debug)]
struct Listed {
    host: Host<String>,
    /// `None`: the scheme's own port.
    port: Option<u16>,
}

/// The rules.
#[derive(Debug)]
pub struct Guard {
    loopback: Vec<Listed>,
}

impl Guard {
    /// Rules with the laboratory's exceptions, each `host` or `host:port`.
    ///
    /// # Errors
    /// [`RemoteError::Forbidden`] when an exception is no host or an address outside loopback.
    pub fn new(loopback_hosts: &[String]) -> Result<Self, RemoteError> {
        let loopback = loopback_hosts.iter().map(|entry| listed(entry)).collect::<Result<_, _>>()?;
        Ok(Self { loopback })
    }

    /// Whether an address may be reached.
    ///
    /// # Errors
    /// [`RemoteError::Forbidden`] with the rule it breaks.
    pub fn check(&self, url: &Url) -> Result<Standing, RemoteError> {
        let refuse = |why: &str| Err(forbidden(url, why));
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("only https addresses are reached");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address carries a login");
        }
        let Some(host) = url.host() else {
            return refuse("the address has no host");
        };
        if self.loopback.iter().any(|one| one.is(&host, url)) {
            return Ok(Standing::Loopback);
        }
        let Host::Domain(name) = host else {
            return refuse("numeric addresses are not reached, only names");
        };
        let name = name.trim_end_matches('.');
        if self.is_listed_name(name) {
            return refuse("this loopback host is not listed with this port");
        }
        if !name.contains('.') || INDOORS.iter().any(|ending| name.ends_with(ending)) {
            return refuse("this is not a name of a public server");
        }
        if url.scheme() != "https" {
            return refuse("only https addresses are reached");
        }
        if url.port().is_some() {
            return refuse("only the usual port of https is reached");
        }
        Ok(Standing::Public)
    }

    /// Whether a redirect from an address of standing `from` may be followed.
    ///
    /// # Errors
    /// [`RemoteError::Forbidden`] as [`Guard::check`], or when a public server points at loopback.
    pub fn check_redirect(&self, from: Standing, to: &Url) -> Result<Standing, RemoteError> {
        let standing = self.check(to)?;
        if from == Standing::Public && standing == Standing::Loopback {
            return Err(forbidden(to, "a public server redirects to loopback"));
        }
        Ok(standing)
    }

    /// Whether a name is listed, with whatever port.
    pub fn is_listed_name(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        self.loopback
            .iter()
            .any(|one| matches!(&one.host, Host::Domain(host) if host.eq_ignore_ascii_case(name)))
    }
}

impl Listed {
    fn is(&self, host: &Host<&str>, url: &Url) -> bool {
        let same_host = match (&self.host, host) {
            (Host::Domain(ours), Host::Domain(theirs)) => ours == theirs,
            (Host::Ipv4(ours), Host::Ipv4(theirs)) => ours == theirs,
            (Host::Ipv6(ours), Host::Ipv6(theirs)) => ours == theirs,
            _ => false,
        };
        same_host && (self.port == url.port() || self.port == url.port_or_known_default())
    }
}

/// Reads one exception.
fn listed(entry: &str) -> Result<Listed, RemoteError> {
    let refuse = |why: &str| RemoteError::Forbidden { url: entry.to_owned(), why: why.to_owned() };
    let url = Url::parse(&format!("http://{entry}")).map_err(|_| refuse("loopback_hosts wants host:port"))?;
    if url.path() != "/" || url.query().is_some() || !url.username().is_empty() {
        return Err(refuse("loopback_hosts wants host:port, nothing else"));
    }
    let host = url.host().ok_or_else(|| refuse("loopback_hosts wants host:port"))?.to_owned();
    let is_loopback = match &host {
        Host::Domain(_) => true,
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    if !is_loopback {
        return Err(refuse("loopback_hosts may list names and loopback addresses only"));
    }
    Ok(Listed { host, port: url.port() })
}

/// The refusal of an address; its query may hold secrets and is left out.
fn forbidden(url: &Url, why: &str) -> RemoteError {
    RemoteError::Forbidden { url: shown(url), why: why.to_owned() }
}

/// An address as it may be shown.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let (_no_login, _no_password) = (url.set_username(""), url.set_password(None));
    url.to_string()
}

/// Resolves names: listed ones to loopback, others to public addresses or not at all.
pub struct Names {
    guard: Arc<Guard>,
    public: ValidatingDnsResolver,
}

impl Names {
    /// A resolver under the guard's rules.
    pub fn new(guard: Arc<Guard>) -> Self {
        Self { guard, public: ValidatingDnsResolver::new(Vec::new(), true) }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        if !self.guard.is_listed_name(name.as_str()) {
            return self.public.resolve(name);
        }
        Box::pin(async {
            let loopback: Addrs = Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0))));
            Ok(loopback)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(&["old.localhost:4001".into(), "127.0.0.1:4002".into(), "plain.test".into()]).unwrap()
    }

    fn standing(address: &str) -> Option<Standing> {
        guard().check(&Url::parse(address).unwrap()).ok()
    }

    #[test]
    fn ordinary_servers_are_reached() {
        for address in ["https://social.example/users/ann", "https://social.example:443/"] {
            assert_eq!(standing(address), Some(Standing::Public), "{address}");
        }
    }

    #[test]
    fn whatever_may_lead_indoors_is_refused() {
        for address in [
            "http://social.example/",
            "https://social.example:8443/",
            "ftp://social.example/",
            "https://ann:secret@social.example/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.1/",
            "https://8.8.8.8/",
            "https://localhost/",
            "https://localhost./",
            "https://redis/",
            "https://db.internal/",
            "https://printer.local/",
        ] {
            assert_eq!(standing(address), None, "{address}");
        }
    }

    #[test]
    fn listed_loopback_hosts_are_reached_with_their_port_only() {
        for address in
            ["http://old.localhost:4001/users/ann", "https://old.localhost:4001/", "http://127.1:4002/"]
        {
            assert_eq!(standing(address), Some(Standing::Loopback), "{address}");
        }
        for address in ["http://plain.test/", "https://plain.test/"] {
            assert_eq!(standing(address), Some(Standing::Loopback), "{address}");
        }
        for address in [
            "http://old.localhost:4002/",
            "http://old.localhost/",
            "https://old.localhost/",
            "http://new.localhost:4001/",
            "http://127.0.0.1:4001/",
            "http://127.0.0.2:4002/",
            "https://plain.test.:8080/",
            "https://plain.test./",
        ] {
            assert_eq!(standing(address), None, "{address}");
        }
    }

    #[test]
    fn a_public_server_cannot_redirect_to_loopback_even_where_it_is_listed() {
        let listed = Url::parse("http://old.localhost:4001/").unwrap();
        let public = Url::parse("https://social.example/").unwrap();
        assert!(guard().check_redirect(Standing::Public, &listed).is_err());
        assert_eq!(guard().check_redirect(Standing::Loopback, &listed).unwrap(), Standing::Loopback);
        assert_eq!(guard().check_redirect(Standing::Loopback, &public).unwrap(), Standing::Public);
    }

    #[test]
    fn only_loopback_may_be_listed() {
        for entry in ["10.0.0.1:80", "169.254.169.254", "a/b", ""] {
            assert!(Guard::new(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_what_the_query_holds() {
        let error = guard().check(&Url::parse("http://a.example/x?token=hush").unwrap()).unwrap_err();
        assert!(!error.to_string().contains("hush"));
    }

    #[tokio::test]
    async fn a_listed_name_resolves_to_loopback_and_an_unlisted_local_one_not_at_all() {
        let names = Names::new(Arc::new(guard()));
        let addresses: Vec<_> = names.resolve("old.localhost".parse().unwrap()).await.unwrap().collect();
        assert_eq!(addresses, [SocketAddr::from(([127, 0, 0, 1], 0))]);
        assert!(names.resolve("localhost".parse().unwrap()).await.is_err());
    }
}
