//! How often the dear things may be asked for: by one address, and by one account. Each process counts for itself.
//!
//! Where a proxy stands in front, an address is what that proxy says, and only proxies of the configuration are
//! believed. What comes from such a proxy without a name, as a program on the same machine does, is known by nothing
//! and counted by its account only.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use actix_web::{HttpRequest, http::Method};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use ipnet::IpNet;

use crate::config::Rates;

/// Calls after which those who have been quiet for long are forgotten.
const TIDY_EVERY: u32 = 4096;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Whatever asks for a password.
    Passwords,
    /// New accounts.
    SignUps,
    /// Copies that are asked for.
    Starts,
    /// Permissions to read, and their tokens.
    Exports,
    /// Files that are given to be brought in.
    Uploads,
    /// Activities of other servers.
    Inbox,
    /// Searches of strangers.
    Searches,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Passwords,
        Self::SignUps,
        Self::Starts,
        Self::Exports,
        Self::Uploads,
        Self::Inbox,
        Self::Searches,
    ];

    /// What a request is counted as; most are not.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        if *method == Method::GET {
            return (path == "/search").then_some(Self::Searches);
        }
        if *method != Method::POST {
            return None;
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Some(match parts.as_slice() {
            ["inbox"] | ["users", _, "inbox"] | ["godwit", "actor", "inbox"] => Self::Inbox,
            ["sign-in"]
            | ["transfers", _, "remove"]
            | ["api", "v1", "transfers", _, "remove"]
            | ["departures", _, "finish" | "delete"] => Self::Passwords,
            ["sign-up"] => Self::SignUps,
            ["transfers" | "former-homes"] | ["api", "v1", "transfers" | "former-homes"] => Self::Starts,
            ["godwit", "oauth", ..] => Self::Exports,
            ["transfers", "archive" | "upload", ..]
            | ["api", "v1", "transfers", "archive" | "upload", ..]
            | ["archives", ..]
            | ["api", "v1", "archives", ..] => Self::Uploads,
            _ => return None,
        })
    }

    fn a_minute(self, rates: &Rates) -> u32 {
        match self {
            Self::Passwords => rates.passwords,
            Self::SignUps => rates.sign_ups,
            Self::Starts => rates.starts,
            Self::Exports => rates.exports,
            Self::Uploads => rates.uploads,
            Self::Inbox => rates.inbox,
            Self::Searches => rates.searches,
        }
    }

    /// Whether accounts are counted, too.
    pub fn is_by_account(self) -> bool {
        matches!(self, Self::Starts | Self::Exports | Self::Uploads)
    }
}

/// The counts of a process.
#[derive(Clone)]
pub struct Limits {
    kinds: Arc<BTreeMap<Kind, DefaultKeyedRateLimiter<String>>>,
    proxies: Arc<[IpNet]>,
    calls: Arc<AtomicU32>,
}

impl Limits {
    /// Nothing is counted yet.
    pub fn new(rates: &Rates, proxies: &[IpNet]) -> Self {
        let kinds = Kind::ALL.into_iter().filter_map(|kind| {
            let a_minute = NonZeroU32::new(kind.a_minute(rates))?;
            Some((kind, RateLimiter::keyed(Quota::per_minute(a_minute))))
        });
        Self { kinds: Arc::new(kinds.collect()), proxies: proxies.into(), calls: Arc::default() }
    }

    /// Counts one.
    ///
    /// # Errors
    /// The seconds after which it may be tried again.
    pub fn count(&self, kind: Kind, who: String) -> Result<(), u64> {
        let Some(limiter) = self.kinds.get(&kind) else { return Ok(()) };
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDY_EVERY) {
            self.kinds.values().for_each(DefaultKeyedRateLimiter::<String>::retain_recent);
        }
        let denied = limiter.check_key(&who).err();
        denied.map_or(Ok(()), |until| {
            Err(until.wait_time_from(governor::clock::DefaultClock::default().now()).as_secs() + 1)
        })
    }

    /// The network somebody asks from, where it is known: of IPv6 the half that one customer is given.
    pub fn from(&self, request: &HttpRequest) -> Option<String> {
        let address = self.address(request)?;
        Some(match address {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => IpNet::new(address.into(), 64)
                .map_or_else(|_| address.to_string(), |net| net.trunc().to_string()),
            other => other.to_canonical().to_string(),
        })
    }

    /// The address somebody asks from. From the last proxy backwards, the first that is none of ours.
    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let is_proxy =
            |address: &IpAddr| self.proxies.iter().any(|net| net.contains(&address.to_canonical()));
        let peer = request.peer_addr()?.ip();
        if !is_proxy(&peer) {
            return Some(peer);
        }
        let said: Vec<&str> = request
            .headers()
            .get_all("x-forwarded-for")
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for word in said.into_iter().rev() {
            // What cannot be read was not written by a proxy of ours: nothing before it is believed either.
            let address = word.trim().parse::<IpAddr>().ok()?;
            if !is_proxy(&address) {
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn limits(proxies: &[&str]) -> Limits {
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        Limits::new(&Rates { searches: 0, inbox: 3, ..Rates::default() }, &proxies)
    }

    fn asked_from(limits: &Limits, peer: &str, said: &[&str]) -> Option<String> {
        let mut request = TestRequest::get().peer_addr(format!("{peer}:1").parse().unwrap());
        for line in said {
            request = request.append_header(("x-forwarded-for", *line));
        }
        limits.from(&request.to_http_request())
    }

    #[test]
    fn only_proxies_of_ours_are_believed_about_whom_they_ask_for() {
        let limits = limits(&["127.0.0.0/8", "10.0.0.0/8"]);
        let of = |peer: &str, said: &[&str]| asked_from(&limits, peer, said);
        assert_eq!(of("203.0.113.7", &["192.0.2.1"]).as_deref(), Some("203.0.113.7"), "asked directly");
        assert_eq!(of("127.0.0.1", &["192.0.2.1"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(of("127.0.0.1", &["1.1.1.1, 192.0.2.1, 10.0.0.9"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(of("127.0.0.1", &["1.1.1.1", "192.0.2.1"]).as_deref(), Some("192.0.2.1"), "the last line");
        assert_eq!(of("127.0.0.1", &["1.1.1.1, nobody"]), None, "nothing before nonsense is believed");
        assert_eq!(of("127.0.0.1", &[]), None);
        assert_eq!(of("[2001:db8:1:2:3::4]", &[]).as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(of("[::ffff:203.0.113.7]", &[]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let limits = limits(&[]);
        for _ in 0..3 {
            limits.count(Kind::Inbox, "a".to_owned()).unwrap();
        }
        let seconds = limits.count(Kind::Inbox, "a".to_owned()).unwrap_err();
        assert!((1..=21).contains(&seconds), "{seconds}");
        limits.count(Kind::Inbox, "b".to_owned()).unwrap();
        for _ in 0..1000 {
            limits.count(Kind::Searches, "a".to_owned()).unwrap();
        }
    }
}
